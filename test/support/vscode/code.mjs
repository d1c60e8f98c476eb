#!/usr/bin/env node
// Stands in for the desktop executable of VS Code where none can be downloaded: @vscode/test-electron starts it with
// the arguments of desktop VS Code. It serves a real VS Code on loopback, opens it in a headless browser, lets
// extensionTestsPath run in the real extension host, prints what that prints and exits with its code.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { artifacts } from './paths.mjs';
import { startServer } from './server.mjs';

const exitCodes = { interrupted: 130, timeout: 124, serverEnded: 70, pageEnded: 71, setup: 72 };
const timeout = Number(process.env['PODNET_HOST_TIMEOUT'] ?? 300_000);

/** @returns {readonly string[]} the values of `--name=value` */
function values(/** @type {string} */ name) {
  const prefix = `--${name}=`;
  return process.argv.filter((argument) => argument.startsWith(prefix)).map((a) => a.slice(prefix.length));
}

/**
 * What VS Code prints about itself: its remote connection, and native modules that are not compiled here and that it
 * does without. PODNET_VERBOSE=1 shows it.
 */
const chatter = [
  /^(Resolving|Resolved|Creating a socket|\[reconnection|Updating additional|\[Service Worker|\[AgentHost)/,
  /^(\[AccountPolicy|getaddrinfo|%c|Ignoring |Failed snippets )/,
  /Could not locate the bindings file|Cannot find module '\.\/build\/Release\//,
];

/** @type {import('./server.mjs').Server | undefined} */
let server;
/** @type {import('playwright-core').Browser | undefined} */
let browser;
/** @type {import('playwright-core').Page | undefined} */
let page;
let ending = false;

/** Cleans up in any case and ends this process. */
async function end(/** @type {number} */ code, /** @type {string | undefined} */ problem) {
  if (ending) return;
  ending = true;
  if (problem !== undefined) {
    console.error(`VS Code test run: ${problem}`);
    mkdirSync(artifacts, { recursive: true });
    await page?.screenshot({ path: join(artifacts, 'host-failure.png') }).catch(() => undefined);
  }
  await Promise.race([browser?.close(), new Promise((done) => setTimeout(done, 3000))]).catch(
    () => undefined,
  );
  await server?.stop();
  process.exit(code);
}

async function main() {
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  server = await startServer({ automation: true, trusted: true });
  void server.exited.then((code) => end(exitCodes.serverEnded, `the server ended with code ${String(code)}`));
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on('crash', () => void end(exitCodes.pageEnded, 'the page crashed'));
  page.on('close', () => void end(exitCodes.pageEnded, 'the page was closed'));
  await page.exposeFunction(
    'codeAutomationLog',
    (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
      const line = format(...args);
      if (process.env['PODNET_VERBOSE'] !== '1' && chatter.some((pattern) => pattern.test(line))) return;
      if (type === 'error' || type === 'warn') console.error(line);
      else console.log(line);
    },
  );
  // The pause lets the last lines of output arrive: they travel apart from the exit code.
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => {
    setTimeout(() => void end(code, undefined), 200);
  });

  const remote = `vscode-remote://127.0.0.1:${String(server.port)}`;
  const payload = ['extensionDevelopmentPath', 'extensionTestsPath'].flatMap((name) =>
    values(name).map((path) => [name, remote + resolve(path)]),
  );
  const query = new URLSearchParams(folder === undefined ? {} : { folder: resolve(folder) });
  query.set('payload', JSON.stringify(payload));
  await page.goto(`http://127.0.0.1:${String(server.port)}/?${query.toString()}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => void end(exitCodes.interrupted, `stopped by ${signal}`));
}
setTimeout(() => void end(exitCodes.timeout, `no result after ${String(timeout)} ms`), timeout).unref();
main().catch((/** @type {unknown} */ error) => end(exitCodes.setup, String(error)));
