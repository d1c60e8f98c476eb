// What VS Code loads as its test runner: finds every *.test.js beside it, runs them with mocha inside the extension host
// and writes the count to PODNET_RESULTS. Rejects, and so fails the run, on a failure or when there is no test.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Called by VS Code. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: 90_000,
    forbidOnly: process.env['CI'] === 'true',
  });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.test.js'),
  );
  for (const file of files.sort()) mocha.addFile(join(__dirname, file));

  const stats = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => {
      if (runner.stats === undefined) throw new Error('mocha kept no count');
      resolve(runner.stats);
    });
  });
  const results = process.env['PODNET_RESULTS'];
  if (results !== undefined) {
    writeFileSync(results, JSON.stringify({ passed: stats.passes, failed: stats.failures }));
  }
  if (stats.tests === 0) throw new Error('no host test was found');
  if (stats.failures > 0) throw new Error(`${String(stats.failures)} of ${String(stats.tests)} tests failed`);
}
