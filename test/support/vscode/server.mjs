// Runs one VS Code server on loopback with folders of its own, so that nothing of the user's VS Code is read or
// changed and no run sees what an earlier one cached. Everything is gone after stop().
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installVsCode } from './install.mjs';

/** Settings of every run: no welcome page, no AI features, no traffic, no animation that a screenshot could catch. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  // As on the desktop: in a browser VS Code saves by itself after a second, and unsaved edits would not stay unsaved.
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.banner': 'never',
};

/**
 * @typedef {object} ServerOptions
 * @property {number} [port] 0 or undefined: any free port
 * @property {string} [token] what the address must carry as `tkn`; undefined lets every local process in, for tests
 * @property {boolean} [automation] lets a page start tests in the extension host and hear their result
 * @property {boolean} [trusted] true: no question about trusting the folder
 * @property {string} [extensions] folder of installed extensions; undefined: a new empty one
 * @property {Readonly<Record<string, unknown>>} [settings] user settings on top of the quiet ones
 * @property {NodeJS.ProcessEnv} [environment] the environment of the extension host
 *
 * @typedef {object} Server
 * @property {number} port
 * @property {() => string} log what the server printed so far
 * @property {Promise<number>} exited resolves with the exit code when the server ends by itself or is stopped
 * @property {() => Promise<void>} stop ends the server with all its children and removes its folder
 */

/** Resolves after `milliseconds`, or earlier with `promise`; keeps no process alive. */
function atMost(/** @type {Promise<unknown>} */ promise, /** @type {number} */ milliseconds) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** @returns {string} a token that no other local process can guess */
export function newToken() {
  return randomBytes(16).toString('hex');
}

/**
 * @param {ServerOptions} options
 * @returns {Promise<Server>} when it listens
 */
export async function startServer(options = {}) {
  const vscode = await installVsCode();
  const folder = mkdtempSync(join(tmpdir(), 'podnet-vscode-'));
  const userData = join(folder, 'user');
  const extensions = options.extensions ?? join(folder, 'extensions');
  mkdirSync(join(userData, 'User'), { recursive: true });
  const settings = { ...quietSettings, ...options.settings };
  writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  mkdirSync(extensions, { recursive: true });

  const child = spawn(
    vscode.node,
    [
      vscode.server,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      ...(options.token === undefined
        ? ['--without-connection-token']
        : ['--connection-token', options.token]),
      ...(options.automation === true ? ['--enable-smoke-test-driver'] : []),
      ...(options.trusted === true ? ['--disable-workspace-trust'] : []),
      ...['--accept-server-license-terms', '--disable-telemetry'],
      ...[
        '--server-data-dir',
        join(folder, 'server'),
        '--user-data-dir',
        userData,
        '--extensions-dir',
        extensions,
      ],
    ],
    // A process group of its own: stop() reaches the extension hosts, terminals and watchers too.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...options.environment } },
  );
  let output = '';
  /** @type {Promise<number>} */
  const exited = new Promise((resolve) => {
    child.on('error', (error) => {
      output += String(error);
      resolve(1);
    });
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });
  const signal = (/** @type {NodeJS.Signals} */ name) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  const stop = async () => {
    signal('SIGTERM');
    await atMost(exited, 3000);
    signal('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  /** @type {Promise<number>} */
  const listening = new Promise((resolve, reject) => {
    const read = (/** @type {Buffer} */ data) => {
      output += data.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
      // The server stays alive although it cannot listen.
      const refused = /Error: (listen E.*)/.exec(output)?.[1];
      if (refused !== undefined) reject(new Error(`VS Code's server cannot start: ${refused}`));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const port = await atMost(Promise.race([listening, exited.then(() => undefined)]), 60_000).catch(
    async (/** @type {unknown} */ error) => {
      await stop();
      throw error;
    },
  );
  if (typeof port !== 'number') {
    await stop();
    throw new Error(`VS Code's server did not start:\n${output.trim()}`);
  }
  return { port, log: () => output, exited, stop };
}

/**
 * Installs a packaged extension into a folder of extensions, as a user would.
 *
 * @param {string} vsix
 * @param {string} extensions
 * @returns {Promise<void>}
 */
export async function installExtension(vsix, extensions) {
  const vscode = await installVsCode();
  const folder = mkdtempSync(join(tmpdir(), 'podnet-install-'));
  try {
    await new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const child = spawn(
        vscode.node,
        [
          vscode.server,
          ...['--install-extension', vsix, '--force', '--extensions-dir', extensions],
          ...['--server-data-dir', join(folder, 'server'), '--user-data-dir', join(folder, 'user')],
          '--accept-server-license-terms',
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let output = '';
      child.stdout.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
      child.stderr.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`VS Code did not install ${vsix} (${String(code)}):\n${output}`));
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
