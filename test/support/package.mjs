// Makes the .vsix: a production build, packed by vsce, held against the sizes that the project promises. Used by
// `npm run package`, by `npm start` and by the end-to-end tests, so all three run what a user would install.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './vscode/paths.mjs';

/** The most that each file may weigh, in bytes, by path below the project. */
const limits = { vsix: 1_500_000, 'dist/extension.js': 150_000 };

/** Runs Node with these arguments; its output is shown only when it fails. */
function node(/** @type {readonly string[]} */ ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
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
  node('esbuild.mjs', '--production');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  node('node_modules/@vscode/vsce/vsce', 'package', ...options, '--out', vsix);
  if (!existsSync(join(root, 'dist/extension.js'))) throw new Error('the build made no dist/extension.js');
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
