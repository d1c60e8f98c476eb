// One VS Code window for one test: a fresh server, browser and copy of the folder, with the packaged extension
// installed. Breaking the content security policy or throwing in a webview fails the test that caused it.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { tellFailedOnce } from '../support/failedOnce';
import { launchBrowser } from '../support/vscode/browser.mjs';
import { artifacts, root } from '../support/vscode/paths.mjs';
import { startServer } from '../support/vscode/server.mjs';
import { themes, Ui } from './ui';
import type { Theme } from './ui';

export interface WindowOptions {
  /** Folder below the project whose copy is opened, e.g. `media/sample`; the test may change it. */
  readonly folder?: string;
  /** Files written into the opened folder: text by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default: dark. */
  readonly theme?: Theme;
  /** The folder is not trusted: VS Code is in Restricted Mode, without asking. Default: false. */
  readonly restricted?: boolean;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default: 1400 x 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/**
 * Marks an error as ours: it names the extension, or comes from a file that a webview loaded. VS Code logs errors of its
 * own all the time when it is served without network and without native modules.
 */
const ours = /pod-network-explorer|podNetwork|vscode-resource/;

const policyViolation = /Content Security Policy/;

/** Collects what the extension, in the extension host and in webviews, reports as errors. */
function listen(page: Page): { readonly errors: string[]; readonly fatal: string[] } {
  const errors: string[] = [];
  const fatal: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (policyViolation.test(text)) fatal.push(text);
    else if (ours.test(text)) errors.push(text);
  });
  page.on('pageerror', (error) => {
    const text = error.stack ?? error.message;
    if (ours.test(text)) fatal.push(text);
  });
  return { errors, fatal };
}

/**
 * Opens VS Code, hands it to `use`, and removes everything again. Keeps a screenshot of a failure. What fails is tried
 * once more, in another window (failedOnce.ts); what breaks the security policy or throws in a webview is not.
 */
export async function withWorkbench(options: WindowOptions, use: (ui: Ui) => Promise<void>): Promise<void> {
  try {
    await tryInWindow(options, use);
  } catch (error) {
    if (error instanceof WebviewFault) throw error;
    tellFailedOnce(options.folder ?? 'a window', error);
    await tryInWindow(options, use);
  }
}

/** What no second try excuses. */
class WebviewFault extends Error {}

function assertNoFault(fatal: readonly string[]): void {
  if (fatal.length > 0)
    throw new WebviewFault(`a webview broke its content security policy or threw:\n${fatal.join('\n')}`);
}

async function tryInWindow(options: WindowOptions, use: (ui: Ui) => Promise<void>): Promise<void> {
  const extensions = process.env['PODNET_E2E_EXTENSIONS'];
  assert.ok(extensions !== undefined, 'run the end-to-end tests with `npm run test:e2e`');
  const run = mkdtempSync(join(tmpdir(), 'podnet-window-'));
  const folder = join(run, basename(options.folder ?? 'workspace'));
  const isFolderOpen = options.folder !== undefined || options.files !== undefined;
  if (options.folder !== undefined) cpSync(join(root, options.folder), folder, { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const theme = options.theme ?? 'dark';
  const settings = {
    'workbench.reduceMotion': 'on',
    'security.workspace.trust.startupPrompt': 'never',
    ...options.settings,
    'workbench.colorTheme': themes[theme].setting,
  };
  const server = await startServer({ extensions, trusted: options.restricted !== true, settings });
  const browser = await launchBrowser().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  try {
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1400, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const heard = listen(page);
    const query = isFolderOpen ? `?${new URLSearchParams({ folder }).toString()}` : '';
    await page.goto(`http://127.0.0.1:${String(server.port)}/${query}`);
    const ui = new Ui(page, folder, theme, () => [...heard.fatal, ...heard.errors]);
    try {
      await ui.ready();
      await use(ui);
      assertNoFault(heard.fatal);
    } catch (error) {
      const failed = join(
        artifacts,
        'screenshots',
        `failed-${new Date().toISOString().replace(/\D/g, '')}.png`,
      );
      await page.screenshot({ path: failed }).catch(() => undefined);
      console.error([`screenshot of the failure: ${failed}`, ...heard.fatal, ...heard.errors].join('\n'));
      assertNoFault(heard.fatal);
      throw error;
    }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(run, { recursive: true, force: true });
  }
}
