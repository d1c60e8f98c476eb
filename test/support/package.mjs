// Makes the .vsix: a production build, packed by vsce from a folder of its own, held against the sizes that the project promises. Used by
// `npm run package`, by `npm start` and by the end-to-end tests, so all three run what a user would install.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedReadme } from './packagedReadme.mjs';
import { root } from './vscode/paths.mjs';

/** The most that each file may weigh, in bytes, by path below the project. */
const limits = { vsix: 1_500_000, 'dist/extension.js': 150_000 };

/** What is packed from; .vscodeignore says what of it is shipped. */
const sources = ['package.json', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'dist', 'media'];

/** Runs Node with these arguments; its output is shown only when it fails. */
function node(/** @type {string} */ cwd, /** @type {readonly string[]} */ ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${stdout}${stderr}`);
  if (stderr !== '') console.error(stderr.trim());
}

/** @returns {string | undefined} what is wrong with the size of the file */
function tooLarge(/** @type {string} */ file, /** @type {number} */ limit) {
  const { size } = statSync(file);
  if (size <= limit) return undefined;
  return `${file} has ${size.toLocaleString('en')} bytes; at most ${limit.toLocaleString('en')} are allowed`;
}

/**
 * @param {string} vsix the file to write
 * @throws {Error} when the build fails or when a size is over its limit; then there is no file
 */
export function packExtension(vsix) {
  node(root, 'esbuild.mjs', '--production');
  if (!existsSync(join(root, 'dist/extension.js'))) throw new Error('the build made no dist/extension.js');
  const stage = mkdtempSync(join(tmpdir(), 'podnet-package-'));
  try {
    for (const source of sources) cpSync(join(root, source), join(stage, source), { recursive: true });
    writeFileSync(join(stage, 'README.md'), packagedReadme(readFileSync(join(root, 'README.md'), 'utf8')));
    const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
    node(stage, join(root, 'node_modules/@vscode/vsce/vsce'), 'package', ...options, '--out', resolve(vsix));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  const problems = [
    tooLarge(join(root, 'dist/extension.js'), limits['dist/extension.js']),
    tooLarge(vsix, limits.vsix),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  rmSync(vsix);
  throw new Error(problems.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const vsix = join(root, 'pod-network-explorer.vsix');
  try {
    packExtension(vsix);
    console.log(`${vsix}: ${statSync(vsix).size.toLocaleString('en')} bytes`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
