// Answers: how does the Cluster view appear in VS Code? What is shown by which grouping and filter, and what its title and message
// say; rows are drawn by rowTree.ts.
import * as vscode from 'vscode';
import type { Grouping, PodCounts, TreeRow } from '../features/tree';
import type { Deps, Engine } from './deps';
import { commands, contextKeys, views } from './ids';
import { RowTree, type Drive } from './rowTree';
import type { ClusterState } from './session';
import { filterText, registerFilter, type ViewFilter } from './viewFilter';

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
  const filter = registerFilter({
    ask: commands.filter,
    clear: commands.clearFilter,
    contextKey: contextKeys.filtered,
    title: 'Filter the cluster',
    placeHolder: 'name, node, app=web, 10.244.1.0/24, exposed:outside, exposed:cluster or unprotected',
    prompt: 'Shows the pods that all words fit. Empty shows everything.',
  });
  const provider = new ClusterTree(deps, filter);
  const view = vscode.window.createTreeView(views.cluster, {
    treeDataProvider: provider.rows,
    showCollapseAll: true,
  });
  const describe = (): void => {
    view.description = [
      `by ${provider.grouping}`,
      sourceText(deps.session.source.kind),
      filter.text && `filter: ${filter.text}`,
    ]
      .filter(Boolean)
      .join(' · ');
    // VS Code hides the description of a view that is alone in its container. An empty message shows none.
    view.message = [provider.simulated, filterText(filter.text, provider.counts, 'pod', 'pods')]
      .filter(Boolean)
      .join(' ');
  };
  describe();
  return vscode.Disposable.from(
    filter,
    provider,
    view,
    provider.onDidDescribe(describe),
    vscode.commands.registerCommand(commands.chooseGrouping, async () => {
      const items = groupings.map((item) => ({
        ...item,
        picked: item.grouping === provider.grouping,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        title: 'Group pods by',
        placeHolder: `Now grouped by ${provider.grouping}`,
      });
      if (picked !== undefined) provider.group(picked.grouping);
    }),
  );
}

class ClusterTree implements vscode.Disposable {
  readonly #described = new vscode.EventEmitter<void>();
  /** Grouping, filter or the counts changed. */
  readonly onDidDescribe = this.#described.event;
  readonly rows: RowTree;
  readonly #filter: ViewFilter;
  readonly #filtering: vscode.Disposable;
  grouping: Grouping = 'node';
  /** Pods shown and all; undefined before the first state. */
  counts: PodCounts | undefined;
  /** What is simulated, in a sentence; empty when nothing is. */
  simulated = '';

  constructor(deps: Deps, filter: ViewFilter) {
    this.rows = new RowTree(deps, (...asked) => this.#rowsBelow(...asked));
    this.#filter = filter;
    this.#filtering = filter.onDidChange(() => this.#show());
  }

  group(grouping: Grouping): void {
    this.grouping = grouping;
    this.#show();
  }

  #show(): void {
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
    const filter = this.#filter.text;
    if (row === undefined) {
      const instead = whatIsThereInstead(state);
      this.counts = await drive(engine.podCountsInSteps(cluster, filter));
      this.simulated = instead === undefined ? engine.simulatedSentence(cluster) : '';
      this.#described.fire();
      await vscode.commands.executeCommand('setContext', contextKeys.empty, instead);
      if (instead !== undefined) return [];
    }
    return drive(engine.treeRowsInSteps(cluster, { grouping: this.grouping, filter }, row?.id));
  }

  dispose(): void {
    this.#filtering.dispose();
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

function sourceText(kind: ClusterState['source']['kind']): string {
  return kind === 'workspace' ? '' : kind === 'sample' ? 'sample cluster' : 'snapshot';
}
