// The Connectivity Matrix as VS Code sees it: one panel, used again. What is in it is for the end-to-end tests.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './extension';

function matrixPanels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('podNetwork.matrix'),
    );
}

describe('The Connectivity Matrix', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens in a panel of its own, and is used again', async () => {
    await vscode.commands.executeCommand('podNetwork.showMatrix');
    await eventually('the panel', () => (matrixPanels().length === 1 ? true : undefined));
    await vscode.commands.executeCommand('podNetwork.showMatrix');
    assert.deepEqual(
      matrixPanels().map(({ label }) => label),
      ['Connectivity Matrix'],
    );
  });

  it('opens again after it was closed', async () => {
    await vscode.window.tabGroups.close(matrixPanels());
    await vscode.commands.executeCommand('podNetwork.showMatrix');
    await eventually('the panel', () => (matrixPanels().length === 1 ? true : undefined));
  });
});
