// Answers: does the output still read as it was accepted? Compares text with a file below test/golden/; a difference leaves
// `<file>.actual` beside it, and UPDATE_GOLDEN=1 (`npm run accept`) takes the new text as accepted.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param name path below test/golden/, with an extension. Tests run in the project's root folder. */
export function assertGolden(name: string, actual: string): void {
  const file = join('test/golden', name);
  const leftover = `${file}.actual`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
    rmSync(leftover, { force: true });
    return;
  }
  const accepted = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (accepted === actual) {
    rmSync(leftover, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(leftover, actual);
  assert.equal(actual, accepted, `${file} differs; see ${leftover}, or accept it with npm run accept`);
}
