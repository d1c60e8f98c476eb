// Answers: how does the Policies view appear in VS Code? Rows by tier from features/policyTree.ts, drawn by rowTree.ts. Without
// policies the view says what that means (viewsWelcome in package.json).
import * as vscode from 'vscode';
import type { Deps } from './deps';
import { views } from './ids';
import { RowTree } from './rowTree';

export function registerPoliciesTree(deps: Deps): vscode.Disposable {
  const rows = new RowTree(deps, (engine, { cluster }, row) => engine.policyRows(cluster, row?.id));
  const view = vscode.window.createTreeView(views.policies, {
    treeDataProvider: rows,
    showCollapseAll: true,
  });
  return vscode.Disposable.from(rows, view);
}
