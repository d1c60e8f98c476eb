// What the checks of the pages share: a preview, looking at one page after the other, and what was found, printed as JSON by check: nothing
// is an empty list, and `missing` says why no page could be shown.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { startPreview } from './preview.mjs';

/** @typedef {import('playwright-core').Page} Page */

export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Record<string, string[]>} */
const found = {};

/** Ends this process, with the reason, where there is no browser. */
async function start() {
  try {
    return await startPreview();
  } catch (error) {
    console.log(JSON.stringify({ missing: error instanceof Error ? error.message : String(error) }));
    process.exit(0);
  }
}

export const preview = await start();

/** Opens a page, lets `look` find what is wrong, adds errors of the console, and closes it. */
export async function checkPage(
  /** @type {string} */ name,
  /** @type {string} */ label,
  /** @type {Promise<import('./preview.mjs').Opened>} */ opening,
  /** @type {(page: Page) => Promise<string[]>} */ look,
) {
  const { page, errors } = await opening;
  let problems;
  try {
    problems = await look(page);
  } catch (error) {
    problems = [error instanceof Error ? error.message : String(error)];
  }
  found[name] = [
    ...(found[name] ?? []),
    ...[...problems, ...errors].map((problem) => `${label}: ${problem}`),
  ];
  await page.close();
}

/** @returns {string[]} a problem when the two differ */
export function same(
  /** @type {string} */ what,
  /** @type {unknown} */ actual,
  /** @type {unknown} */ expected,
) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  return a === e ? [] : [`${what} is ${a}, not ${e}`];
}

/** @returns {Promise<unknown[][]>} what the page asked its host, each with its arguments */
export function requests(/** @type {Page} */ page) {
  return page.evaluate(() => /** @type {unknown[][]} */ (Reflect.get(window, 'asked')));
}

/** To be called when every page was looked at. */
export async function printFound() {
  await preview.close();
  console.log(JSON.stringify(found));
}
