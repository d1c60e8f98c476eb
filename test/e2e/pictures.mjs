// `npm run pictures`: takes the pictures of the README with the packaged extension, and writes them to media/pictures/.
import { spawnSync } from 'node:child_process';
import { root } from '../support/vscode/paths.mjs';
import { packForTests } from './pack.mjs';

/** Runs Node with these arguments and passes on a bad end. */
function node(/** @type {readonly string[]} */ args, /** @type {NodeJS.ProcessEnv} */ environment = {}) {
  const env = { ...process.env, ...environment };
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}`);
}

node(['esbuild.mjs', '--pictures']);
const packed = await packForTests();
try {
  node(['out/pictures/pictures.mjs'], packed.environment);
} finally {
  packed.remove();
}
