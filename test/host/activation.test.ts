// Activation does no work: the engine waits in a file of its own until something is looked at. Runs before every other host
// test, as it is the first by name.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/vscode/ids';
import { eventually, extension, loadedBundles } from './extension';

describe('Activation', () => {
  it('loads the small file only, and reads nothing', async () => {
    await extension().activate();
    assert.deepEqual(loadedBundles(), ['extension.js']);
  });

  it('registers every command', async () => {
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      Object.values(commands).filter((id) => !registered.includes(id)),
      [],
    );
  });

  it('loads no engine for a hover in YAML that is no manifest', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: 'a: 10.0.0.1\n' });
    const at = new vscode.Position(0, 5);
    await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, at);
    assert.deepEqual(loadedBundles(), ['extension.js']);
  });

  it('loads the engine when the Cluster view is shown', async () => {
    await vscode.commands.executeCommand('podNetwork.cluster.focus');
    await eventually('engine.js', () => (loadedBundles().includes('engine.js') ? true : undefined));
    assert.deepEqual(loadedBundles(), ['engine.js', 'extension.js']);
  });
});
