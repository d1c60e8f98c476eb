// Runs the host tests in a real VS Code through @vscode/test-electron: in the desktop VS Code that PODNET_VSCODE names,
// else in the one that test/support/vscode/code.mjs serves to a headless browser. The tests work on a copy of
// test/host/workspace, so they may change files.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { root } from '../support/vscode/paths.mjs';

const served = fileURLToPath(new URL('../support/vscode/code.mjs', import.meta.url));
const run = mkdtempSync(join(tmpdir(), 'podnet-host-'));
const workspace = join(run, 'workspace');
cpSync(join(root, 'test', 'host', 'workspace'), workspace, { recursive: true });
try {
  process.exitCode = await runTests({
    vscodeExecutablePath: process.env['PODNET_VSCODE'] || served,
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'out', 'host', 'index.js'),
    launchArgs: [
      workspace,
      '--disable-extensions',
      `--user-data-dir=${join(run, 'user')}`,
      `--extensions-dir=${join(run, 'extensions')}`,
    ],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(run, { recursive: true, force: true });
}
