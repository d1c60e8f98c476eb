// A node:test reporter that prints one JSON line: how many tests passed and failed, and what failed. A file or a
// `describe` around tests is not counted, so a file without a single test counts as nothing instead of as a success.

/**
 * What a ring of tests came to. `failures` says of each failure which test and why, in a few lines: the end of a long
 * log may be all that anybody sees of it.
 * @typedef {{ readonly passed: number, readonly failed: number, readonly failures: readonly string[] }} Count
 */

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} source
 * @returns {AsyncGenerator<string>}
 */
export default async function* countReporter(source) {
  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  for await (const event of source) {
    if (event.type === 'test:fail') {
      // A suite fails because of its tests, which are counted, or by itself, in a hook: then it is the failure.
      const { name, file, details } = event.data;
      if (details.type !== 'suite' || !isSubtestFailure(details.error))
        failures.push(`${file ?? ''}: ${name}\n${reasonOf(details.error)}`);
    } else if (event.type === 'test:pass') {
      const { skip, todo, details, name, file } = event.data;
      const isContainer = details.type === 'suite' || (file !== undefined && name === file);
      if (!isContainer && skip === undefined && todo === undefined) passed += 1;
    }
  }
  yield `${JSON.stringify({ passed, failed: failures.length, failures })}\n`;
}

/** @returns {boolean} whether an error only repeats that a test inside failed */
function isSubtestFailure(/** @type {Error} */ error) {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

/** @returns {string} what went wrong and where; node:test wraps what was thrown */
function reasonOf(/** @type {Error} */ error) {
  const thrown = error.cause instanceof Error ? error.cause : error;
  return thrown.stack ?? thrown.message;
}
