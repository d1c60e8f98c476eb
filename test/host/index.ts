// What VS Code loads as its test runner: finds every *.test.js beside it, runs them with mocha inside the extension host
// and writes the count to PODNET_RESULTS. Rejects, and so fails the run, on a failure or when there is no test.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { tellFailedOnce } from '../support/failedOnce';

/** Called by VS Code. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: 90_000,
    retries: 1,
    forbidOnly: process.env['CI'] === 'true',
  });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.test.js'),
  );
  for (const file of files.sort()) mocha.addFile(join(__dirname, file));

  const failures: string[] = [];
  const stats = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => {
      if (runner.stats === undefined) throw new Error('mocha kept no count');
      resolve(runner.stats);
    });
    leaveOutForeign();
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      tellFailedOnce(test.fullTitle(), error);
    });
    runner.on('fail', (test, error: Error) => {
      failures.push(`${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
  });
  const results = process.env['PODNET_RESULTS'];
  if (results !== undefined) {
    writeFileSync(results, JSON.stringify({ passed: stats.passes, failed: stats.failures, failures }));
  }
  if (stats.tests === 0) throw new Error('no host test was found');
  if (stats.failures > 0) throw new Error(`${String(stats.failures)} of ${String(stats.tests)} tests failed`);
}

/** A file of an extension that VS Code brings along. */
const foreign = /[\\/]vscode[\\/]extensions[\\/]/;

/**
 * VS Code's own extensions run in the same process. What one of them throws where nobody catches it, e.g. git for a
 * program that ended early, is told and fails no test of ours.
 */
function leaveOutForeign(): void {
  const uncaught = process.listeners('uncaughtException').at(-1);
  if (uncaught === undefined) throw new Error('mocha does not listen to what nobody catches');
  process.removeListener('uncaughtException', uncaught);
  process.on('uncaughtException', (error, origin) => {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const thrower = stack.split('\n').find((line) => /^ +at .*[\\/]/.test(line) && !line.includes('node:'));
    if (thrower === undefined || !foreign.test(thrower)) uncaught(error, origin);
    else console.log(`not of this extension: ${stack}`);
  });
}
