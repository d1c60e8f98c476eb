// Runs the checks of a page in a real browser, all at once in a process of its own, and makes a test of each. Skipped, with the reason,
// where there is no browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/**
 * @param file of test/webview, that prints what is wrong by check
 * @returns makes the test of one check
 */
export function pageChecks(file: string): (name: string, fact: string) => void {
  const output = execFileSync(process.execPath, [`test/webview/${file}`], {
    encoding: 'utf8',
    timeout: 180_000,
  });
  const found: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '{}');
  const missing: unknown = Reflect.get(Object(found), 'missing');
  return (name, fact) => {
    test(fact, { skip: typeof missing === 'string' ? missing : false }, () => {
      assert.deepEqual(Reflect.get(Object(found), name), []);
    });
  };
}
