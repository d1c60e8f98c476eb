// Shows the trace page without VS Code: `node test/webview/preview.mjs [state] [--theme dark] [--width 1200]` writes pictures
// to test-artifacts/webview/; without arguments every state in three themes and at three widths. The page's checks use it too.
import { build } from 'esbuild';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../support/vscode/browser.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @type {Readonly<Record<string, string>>} */
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** @returns {Promise<Map<string, Uint8Array>>} the page's files by name, bundled in memory */
async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      panel: 'webview/panel.ts',
      host: 'test/webview/fakeHost.ts',
      matrix: 'webview/matrix.ts',
      matrixHost: 'test/webview/matrixHost.ts',
      matrixWorker: 'test/webview/matrixWorker.ts',
    },
    bundle: true,
    write: false,
    outdir: 'preview',
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    logLevel: 'warning',
  });
  /** @type {Map<string, Uint8Array>} */
  const files = new Map([
    ['preview.html', new Uint8Array(readFileSync(join(root, 'test/webview/preview.html')))],
    ['matrix.html', new Uint8Array(readFileSync(join(root, 'test/webview/matrix.html')))],
  ]);
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  return files;
}

/**
 * @typedef {object} Opened
 * @property {import('playwright-core').Page} page
 * @property {string[]} errors what the console and uncaught errors said, content security violations included
 */

/** Serves the page on loopback and starts a browser. */
export async function startPreview() {
  const files = await bundle();
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    const body = name === 'favicon.ico' ? new Uint8Array() : files.get(name);
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': types[extname(name)] ?? 'text/plain',
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = await launchBrowser();
  return {
    /** @returns {Promise<Opened>} the page with this state */
    async open(/** @type {string} */ state, /** @type {string} */ theme, /** @type {number} */ width) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      /** @type {string[]} */
      const errors = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`http://127.0.0.1:${port}/preview.html?state=${state}&theme=${theme}`);
      await page.waitForSelector('.answer-parts');
      // The drawing waits for its first size.
      await page.waitForFunction(
        () => document.querySelector('.stage') === null || document.querySelector('.diagram') !== null,
      );
      return { page, errors };
    },
    /** @returns {Promise<Opened>} the matrix page of this cluster */
    async openMatrix(
      /** @type {string} */ state,
      /** @type {string} */ theme,
      /** @type {{ width?: number, height?: number, kept?: unknown }} */ {
        width = 1200,
        height = 800,
        kept,
      } = {},
    ) {
      const page = await browser.newPage({ viewport: { width, height } });
      /** @type {string[]} */
      const errors = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      const query = new URLSearchParams({ state, theme, kept: JSON.stringify(kept ?? null) });
      await page.goto(`http://127.0.0.1:${port}/matrix.html?${query}`);
      await page.waitForSelector('.grid [role=columnheader], .empty-matrix', { state: 'attached' });
      return { page, errors };
    },
    /** @returns {Promise<import('playwright-core').Page>} a page that shows only this SVG document */
    async openFile(/** @type {string} */ text) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      await page.goto(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** @returns {string} the value after `--name`, or the fallback */
function option(/** @type {string} */ name, /** @type {string} */ fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

const everyState =
  'empty,busy,problem,reachable,service,service-locked,denied,denied-egress,same-node,localhost,host-network,to-host-network,outside,no-endpoints,markup,' +
  'vxlan,cluster-ip,node-port,node-port-remote,host-port,hairpin,ingress,dns-blocked,cilium,antrea,ipv6,icmp,compare,compare-service';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv[2];
  const states = named === undefined || named.startsWith('--') ? everyState.split(',') : [named];
  const folder = join(root, 'test-artifacts/webview');
  mkdirSync(folder, { recursive: true });
  const preview = await startPreview();
  for (const state of states)
    for (const theme of option('theme', 'light,dark,high-contrast').split(','))
      for (const width of option('width', '1200,760,420').split(',')) {
        const { page, errors } = await preview.open(state, theme, Number(width));
        for (const error of errors) console.error(`${state}: ${error}`);
        await page.screenshot({ path: join(folder, `${state}-${theme}-${width}.png`), fullPage: true });
        await page.close();
      }
  await preview.close();
}
