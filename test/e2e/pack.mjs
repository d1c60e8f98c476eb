// Makes what the end-to-end tests drive: the packaged extension, installed by VS Code itself into an empty folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '../support/package.mjs';
import { installExtension } from '../support/vscode/server.mjs';

/**
 * @typedef {object} Packed
 * @property {{ readonly PODNET_E2E_EXTENSIONS: string }} environment tells window.ts where the extension is installed
 * @property {() => void} remove
 */

/** @returns {Promise<Packed>} */
export async function packForTests() {
  const folder = mkdtempSync(join(tmpdir(), 'podnet-e2e-'));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const vsix = join(folder, 'pod-network-explorer.vsix');
    packExtension(vsix);
    const extensions = join(folder, 'extensions');
    await installExtension(vsix, extensions);
    return { environment: { PODNET_E2E_EXTENSIONS: extensions }, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
