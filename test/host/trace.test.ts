// The trace panel as VS Code sees it: one panel, used again, named after what it shows. What is in it is for the end-to-end tests.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, fileIn, tracePanels } from './extension';

const accept = 'workbench.action.acceptSelectedQuickOpenItem';

async function titleIs(title: string): Promise<void> {
  await eventually(`a panel named "${title}"`, () =>
    tracePanels().some(({ label }) => label === title) ? true : undefined,
  );
}

describe('The trace panel', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens with the ends that a link hands over', async () => {
    await vscode.commands.executeCommand('podNetwork.trace', { from: 'shop/web', to: 'shop/db:5432' });
    await titleIs('Trace: shop/web to shop/db, TCP port 5432');
  });

  it('is used again', async () => {
    await vscode.commands.executeCommand('podNetwork.trace', { from: 'shop/db', to: 'shop/web:8080' });
    await titleIs('Trace: shop/db to shop/web, TCP port 8080');
    assert.equal(tracePanels().length, 1);
  });

  it('opens from the pod under the cursor, after the destination was picked', async () => {
    const editor = await vscode.window.showTextDocument(fileIn('shop.yaml'), {
      viewColumn: vscode.ViewColumn.One,
    });
    const line = editor.document.getText().split('\n').indexOf('  name: db');
    editor.selection = new vscode.Selection(line, 8, line, 8);
    const traced = vscode.commands.executeCommand('podNetwork.traceToCurrent');
    let done = false;
    void traced.then(() => (done = true));
    // The quick pick for the source: its first item is accepted as soon as it is there.
    await eventually('the trace', async () => {
      await vscode.commands.executeCommand(accept);
      return done ? true : undefined;
    });
    await titleIs('Trace: shop/db to shop/db, TCP port 5432');
  });
});

describe('The sample cluster', () => {
  it('takes the place of the workspace, without a complaint about its deliberate mistakes, and gives it back', async () => {
    const before = vscode.languages.getDiagnostics().length;
    await vscode.commands.executeCommand('podNetwork.openSample');
    await vscode.commands.executeCommand('podNetwork.trace', {
      from: 'shop/storefront-0',
      to: 'svc/shop/basket',
    });
    await titleIs('Trace: shop/storefront-0 to svc/shop/basket, TCP');
    assert.equal(vscode.languages.getDiagnostics().length, before);
    await vscode.commands.executeCommand('podNetwork.openWorkspace');
    await vscode.commands.executeCommand('podNetwork.trace', { from: 'shop/web', to: 'shop/db' });
    await titleIs('Trace: shop/web to shop/db, TCP');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
