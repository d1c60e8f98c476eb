// What host tests share: the extension's name, its files as they are loaded in this very process, and waiting for what
// VS Code does in its own time.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('pod-network-explorer.pod-network-explorer');
  assert.ok(found);
  return found;
}

/** The folder that the tests may change. */
export function folder(): vscode.Uri {
  const uri = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(uri);
  return uri;
}

export function fileIn(...path: string[]): vscode.Uri {
  return vscode.Uri.joinPath(folder(), ...path);
}

export async function write(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

/** Names of the extension's bundles that this process has loaded. */
export function loadedBundles(): readonly string[] {
  const start = `${extension().extensionUri.fsPath}/dist/`;
  return Object.keys(require.cache)
    .filter((file) => file.startsWith(start))
    .map((file) => file.slice(start.length))
    .sort();
}

/** Calls until the value is there; fails with `what` when it does not come. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) assert.fail(`${what} did not come within 30 s`);
    await delay(25);
  }
}

/** Codes of the extension's diagnostics in a file. */
export function codesIn(uri: vscode.Uri): readonly string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'Pod Network')
    .map(({ code }) => codeText(code));
}

/** A code that leads to its documentation is an object. */
function codeText(code: vscode.Diagnostic['code']): string {
  const value = typeof code === 'object' ? code.value : code;
  return typeof value === 'string' ? value : '';
}

/** Titles of open trace panels. */
export function tracePanels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('podNetwork.trace'),
    );
}
