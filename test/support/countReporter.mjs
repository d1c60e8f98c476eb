// A node:test reporter that prints one JSON line: how many tests passed and failed. A file or a `describe` around
// tests is not counted, so a file without a single test counts as nothing instead of as a success.

/** @typedef {{ readonly passed: number, readonly failed: number }} Count */

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} source
 * @returns {AsyncGenerator<string>}
 */
export default async function* countReporter(source) {
  let passed = 0;
  let failed = 0;
  for await (const event of source) {
    if (event.type === 'test:fail') {
      // A suite fails because of its tests, which are counted, or by itself, in a hook: then it is the failure.
      if (event.data.details.type !== 'suite' || !isSubtestFailure(event.data.details.error)) failed += 1;
    } else if (event.type === 'test:pass') {
      const { skip, todo, details, name, file } = event.data;
      const isContainer = details.type === 'suite' || (file !== undefined && name === file);
      if (!isContainer && skip === undefined && todo === undefined) passed += 1;
    }
  }
  yield `${JSON.stringify({ passed, failed })}\n`;
}

/** @returns {boolean} whether an error only repeats that a test inside failed */
function isSubtestFailure(/** @type {Error} */ error) {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}
