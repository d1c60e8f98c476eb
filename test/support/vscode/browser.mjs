// Answers: which browser shows VS Code in the tests? PODNET_BROWSER, an installed Chrome, Chromium or Edge, or one
// that Playwright installed. If there is none, one is installed: by apt where that is possible (it brings the system
// libraries too), else by Playwright. Only the tests need a browser; `npm start` does not.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const missing =
  'No browser for the tests: install Chrome or Chromium, or name one with PODNET_BROWSER=/path/to/chrome.';

/** @returns {boolean} whether the executable really starts: a download without its system libraries does not */
function starts(/** @type {string} */ executable) {
  if (process.platform === 'win32') return true;
  return spawnSync(executable, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** @returns {string | undefined} */
function installedBrowser() {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...usualPlaces, chromium.executablePath()].find(
    (path) => existsSync(path) && starts(path),
  );
}

/** @returns {boolean} whether the command ran without error; its output goes to stderr so that stdout stays ours */
function run(/** @type {string} */ command, /** @type {readonly string[]} */ args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env: environment }).status === 0;
}

/** @returns {boolean} */
function installByApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.error('No browser found: installing chromium with apt-get.');
  return (
    run('apt-get', ['update', '-qq']) &&
    run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'])
  );
}

/** @returns {boolean} */
function installByPlaywright() {
  console.error('No browser found: asking Playwright to install Chromium.');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  return run(process.execPath, [cli, 'install', '--no-shell', 'chromium']);
}

/**
 * @returns {string} the executable of a Chromium-like browser
 * @throws {Error} with one line that says what is missing
 */
export function findBrowser() {
  const named = process.env['PODNET_BROWSER'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`PODNET_BROWSER names ${named}, which does not exist.`);
  }
  const present = installedBrowser();
  if (present !== undefined) return present;
  for (const install of [installByApt, installByPlaywright]) {
    if (!install()) continue;
    const installed = installedBrowser();
    if (installed !== undefined) return installed;
  }
  throw new Error(missing);
}

/** @returns {Promise<import('playwright-core').Browser>} headless, without traffic of its own */
export function launchBrowser() {
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      // Chromium refuses its sandbox to root, which is what containers run as.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
