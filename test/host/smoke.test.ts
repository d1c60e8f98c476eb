// Says that the ring itself works: a real VS Code has opened the copy of the workspace and knows the extension.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('VS Code', () => {
  it('has opened the workspace of the host tests', async () => {
    const manifests = await vscode.workspace.findFiles('**/*.yaml');
    assert.deepEqual(
      manifests.map((uri) => vscode.workspace.asRelativePath(uri)),
      ['shop.yaml'],
    );
  });

  it('knows the extension under its published name', () => {
    assert.ok(vscode.extensions.getExtension('pod-network-explorer.pod-network-explorer'));
  });
});
