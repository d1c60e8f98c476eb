// Answers: how does the Cluster view appear in VS Code? What is shown by which grouping and filter, and what its title and message
// say; rows are drawn by rowTree.ts.
import * as vscode from 'vscode';
import type { Grouping, PodCounts, TreeOptions, TreeRow } from '../features/tree';
import type { Deps, Engine } from './deps';
import { commands, contextKeys, views } from './ids';
import { RowTree, type Drive } from './rowTree';
import type { ClusterState } from './session';

const groupings: readonly {
  readonly grouping: Grouping;
  readonly label: string;
  readonly description: string;
}[] = [
  { grouping: 'node', label: 'Node', description: 'where each pod runs' },
  { grouping: 'namespace', label: 'Namespace', description: 'as kubectl lists them' },
  { grouping: 'workload', label: 'Workload', description: 'what made each pod' },
];

export function registerTree(deps: Deps): vscode.Disposable {
  const provider = new ClusterTree(deps);
  const view = vscode.window.createTreeView(views.cluster, {
    treeDataProvider: provider.rows,
    showCollapseAll: true,
  });
  const describe = (): void => {
    const { options, counts } = provider;
    view.description = [
      `by ${options.grouping}`,
      sourceText(deps.session.source.kind),
      options.filter && `filter: ${options.filter}`,
    ]
      .filter(Boolean)
      .join(' · ');
    // VS Code hides the description of a view that is alone in its container. An empty message shows none.
    view.message = [provider.simulated, filterText(options.filter, counts)].filter(Boolean).join(' ');
  };
  describe();
  return vscode.Disposable.from(
    provider,
    view,
    provider.onDidDescribe(describe),
    vscode.commands.registerCommand(commands.chooseGrouping, async () => {
      const items = groupings.map((item) => ({
        ...item,
        picked: item.grouping === provider.options.grouping,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        title: 'Group pods by',
        placeHolder: `Now grouped by ${provider.options.grouping}`,
      });
      if (picked !== undefined) provider.show({ ...provider.options, grouping: picked.grouping });
    }),
    vscode.commands.registerCommand(commands.filter, async () => {
      const filter = await vscode.window.showInputBox({
        title: 'Filter the cluster',
        value: provider.options.filter,
        placeHolder: 'name, node, app=web, 10.244.1.0/24, exposed:outside, exposed:cluster or unprotected',
        prompt: 'Shows the pods that all words fit. Empty shows everything.',
      });
      if (filter !== undefined) provider.show({ ...provider.options, filter: filter.trim() });
    }),
    vscode.commands.registerCommand(commands.clearFilter, () =>
      provider.show({ ...provider.options, filter: '' }),
    ),
  );
}

class ClusterTree implements vscode.Disposable {
  readonly #described = new vscode.EventEmitter<void>();
  /** The options or the counts changed. */
  readonly onDidDescribe = this.#described.event;
  readonly rows: RowTree;
  options: TreeOptions = { grouping: 'node', filter: '' };
  /** Pods shown and all; undefined before the first state. */
  counts: PodCounts | undefined;
  /** What is simulated, in a sentence; empty when nothing is. */
  simulated = '';

  constructor(deps: Deps) {
    this.rows = new RowTree(deps, (...asked) => this.#rowsBelow(...asked));
  }

  show(options: TreeOptions): void {
    this.options = options;
    void vscode.commands.executeCommand('setContext', contextKeys.filtered, options.filter !== '');
    this.rows.redraw();
    this.#described.fire();
  }

  async #rowsBelow(
    engine: Engine,
    state: ClusterState,
    row: TreeRow | undefined,
    drive: Drive,
  ): Promise<readonly TreeRow[]> {
    const { cluster } = state;
    if (row === undefined) {
      const instead = whatIsThereInstead(state);
      this.counts = await drive(engine.podCountsInSteps(cluster, this.options.filter));
      this.simulated = instead === undefined ? engine.simulatedSentence(cluster) : '';
      this.#described.fire();
      await vscode.commands.executeCommand('setContext', contextKeys.empty, instead);
      if (instead !== undefined) return [];
    }
    return drive(engine.treeRowsInSteps(cluster, this.options, row?.id));
  }

  dispose(): void {
    this.rows.dispose();
    this.#described.dispose();
  }
}

/** Why there is nothing to look at, for the welcome content; undefined: there is. Simulated nodes alone are nothing. */
function whatIsThereInstead({
  cluster,
  problems,
}: ClusterState): 'nothing' | 'templates' | 'problems' | undefined {
  const { pods, workloads, nodes } = cluster;
  const onlySimulated = nodes.every(({ provenance }) => provenance === 'simulated');
  if (pods.length > 0 || workloads.length > 0 || !onlySimulated) return undefined;
  if (problems.some(({ code }) => code === 'helm.template')) return 'templates';
  return problems.some(({ severity }) => severity !== 'information') ? 'problems' : 'nothing';
}

function filterText(filter: string, counts: PodCounts | undefined): string {
  if (filter === '' || counts === undefined) return '';
  return counts.shown === 0
    ? `No pod of ${counts.all} matches "${filter}".`
    : `Filter "${filter}": ${counts.shown} of ${counts.all} pods.`;
}

function sourceText(kind: ClusterState['source']['kind']): string {
  return kind === 'workspace' ? '' : kind === 'sample' ? 'sample cluster' : 'snapshot';
}
