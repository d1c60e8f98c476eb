// Where the project, the cached tools and the results of a run lie. Found by walking up from this file, so that it
// holds for the sources and for bundles in out/.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param {string} from @returns {string} the nearest folder at or above `from` that holds a package.json */
function projectRoot(from) {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('package.json of the project was not found');
  return projectRoot(parent);
}

/** The folder with package.json. */
export const root = projectRoot(dirname(fileURLToPath(import.meta.url)));

/** Downloaded tools, kept between runs, ignored by git. */
export const toolCache = join(root, '.vscode-test');

/** Screenshots and logs that a run leaves behind, ignored by git. */
export const artifacts = join(root, 'test-artifacts');
