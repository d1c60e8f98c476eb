// Answers: how does the Policies view appear in VS Code? Rows by tier from features/policyTree.ts, filtered, drawn by rowTree.ts.
// Without policies the view says what that means (viewsWelcome in package.json).
import * as vscode from 'vscode';
import type { Deps, Engine } from './deps';
import { commands, contextKeys, views } from './ids';
import { RowTree } from './rowTree';
import { filterText, registerFilter } from './viewFilter';

export function registerPoliciesTree(deps: Deps): vscode.Disposable {
  const filter = registerFilter({
    ask: commands.filterPolicies,
    clear: commands.clearPolicyFilter,
    contextKey: contextKeys.policiesFiltered,
    title: 'Filter the policies',
    placeHolder: 'name, kind, vendor, namespace:shop, tier:admin, selects:web or selects:nothing',
    prompt:
      'Shows the policies that all words fit; selects:web fits those about a pod with web in its name. Empty shows everything.',
  });
  let counts: ReturnType<Engine['policyCounts']> | undefined;
  const describe = (): void => {
    view.description = filter.text && `filter: ${filter.text}`;
    view.message =
      counts?.all === 0 && filter.text !== ''
        ? `There is no network policy to look for "${filter.text}" in.`
        : filterText(filter.text, counts, 'policy', 'policies');
  };
  const rows = new RowTree(deps, async (engine, { cluster }, row, drive) => {
    if (filter.text.includes('selects:')) await drive(engine.selectedInSteps(cluster));
    if (row === undefined) {
      counts = engine.policyCounts(cluster, filter.text);
      describe();
    }
    return engine.policyRows(cluster, filter.text, row?.id);
  });
  const view = vscode.window.createTreeView(views.policies, {
    treeDataProvider: rows,
    showCollapseAll: true,
  });
  return vscode.Disposable.from(
    filter,
    rows,
    view,
    filter.onDidChange(() => {
      describe();
      rows.redraw();
    }),
  );
}
