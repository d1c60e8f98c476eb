// Answers: which tests in a VS Code had to be tried again? A served VS Code on a busy machine loses a click or an event now
// and then; what fails twice is a failure. Told at once, and by rings.mjs again at the end of all tests.
import { appendFileSync } from 'node:fs';

export function tellFailedOnce(what: string, error: unknown): void {
  const text = `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  console.error(`FAILED ONCE, tried again: ${text}`);
  const file = process.env['PODNET_FAILED_ONCE'];
  if (file !== undefined) appendFileSync(file, text);
}
