// Answers: is the window looking at something else than its workspace? Then the status bar says what, and leads back.
import * as vscode from 'vscode';
import type { Deps } from './deps';
import { commands } from './ids';

export function registerSourceStatus({ session }: Deps): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('podNetwork.source', vscode.StatusBarAlignment.Left);
  item.name = 'Pod Network source';
  item.command = commands.openWorkspace;
  const changed = session.onDidChangeState(({ source }) => {
    if (source.kind === 'workspace') item.hide();
    else {
      item.text = `$(type-hierarchy) ${source.kind === 'sample' ? 'Sample cluster' : 'Snapshot'}`;
      item.tooltip = 'Pod Network shows this instead of the manifests of the workspace. Select to go back.';
      item.show();
    }
  });
  return vscode.Disposable.from(item, changed);
}
