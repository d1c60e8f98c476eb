// Answers: how does the Cluster view appear in VS Code? Rows come from the engine, one level at a time; tooltips are made when the
// mouse rests; changes are drawn at most a few times a second.
import * as vscode from 'vscode';
import type { Grouping, TreeOptions, TreeRow } from '../features/tree';
import type { Deps, Engine } from './deps';
import { commands, contextKeys, views } from './ids';
import { propertiesMarkdown } from './markdown';
import type { ClusterState } from './session';

/** Shortest time between two drawings. */
const redrawMs = 200;

const groupings: readonly {
  readonly grouping: Grouping;
  readonly label: string;
  readonly description: string;
}[] = [
  { grouping: 'node', label: 'Node', description: 'where each pod runs' },
  { grouping: 'namespace', label: 'Namespace', description: 'as kubectl lists them' },
  { grouping: 'workload', label: 'Workload', description: 'what made each pod' },
];

/** The row that a context action was called on. */
export function isTreeRow(value: unknown): value is TreeRow {
  return typeof value === 'object' && value !== null && 'id' in value && 'flags' in value;
}

export function registerTree(deps: Deps): vscode.Disposable {
  const provider = new ClusterTree(deps);
  const view = vscode.window.createTreeView(views.cluster, {
    treeDataProvider: provider,
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

class ClusterTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  readonly #deps: Deps;
  readonly #redraw = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#redraw.event;
  readonly #described = new vscode.EventEmitter<void>();
  /** The options or the counts changed. */
  readonly onDidDescribe = this.#described.event;
  readonly #listening: vscode.Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  options: TreeOptions = { grouping: 'node', filter: '' };
  /** Pods shown and all; undefined before the first state. */
  counts: ReturnType<Engine['podCounts']> | undefined;
  /** What is simulated, in a sentence; empty when nothing is. */
  simulated = '';

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#listening = deps.session.onDidChangeState(() => this.#drawSoon());
  }

  /** The first change is drawn at once, those that follow closely together. */
  #drawSoon(): void {
    const wait = Math.max(0, this.#drawnAt + redrawMs - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drawnAt = performance.now();
      this.#redraw.fire(undefined);
    }, wait);
  }

  show(options: TreeOptions): void {
    this.options = options;
    void vscode.commands.executeCommand('setContext', contextKeys.filtered, options.filter !== '');
    this.#redraw.fire(undefined);
    this.#described.fire();
  }

  async getChildren(row?: TreeRow): Promise<TreeRow[]> {
    const engine = await this.#deps.loadEngine();
    const state = this.#deps.session.current ?? (await this.#deps.session.state());
    const { cluster } = state;
    if (row === undefined) {
      const instead = whatIsThereInstead(state);
      this.counts = engine.podCounts(cluster, this.options.filter);
      this.simulated = instead === undefined ? engine.simulatedSentence(cluster) : '';
      this.#described.fire();
      await vscode.commands.executeCommand('setContext', contextKeys.empty, instead);
      if (instead !== undefined) return [];
    }
    return [...engine.treeRows(cluster, this.options, row?.id)];
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    const collapsed = vscode.TreeItemCollapsibleState.Collapsed;
    const item = new vscode.TreeItem(
      row.label,
      row.expandable ? collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = row.id;
    item.description = row.description;
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.problem ? new vscode.ThemeColor('list.warningForeground') : undefined,
    );
    item.contextValue = row.flags.join(' ');
    item.accessibilityInformation = { label: row.accessibleName };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, row: TreeRow): vscode.TreeItem {
    if (row.tooltip.length > 0) item.tooltip = propertiesMarkdown(row.tooltip);
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listening.dispose();
    this.#redraw.dispose();
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

function filterText(filter: string, counts: ReturnType<Engine['podCounts']> | undefined): string {
  if (filter === '' || counts === undefined) return '';
  return counts.shown === 0
    ? `No pod of ${counts.all} matches "${filter}".`
    : `Filter "${filter}": ${counts.shown} of ${counts.all} pods.`;
}

function sourceText(kind: ClusterState['source']['kind']): string {
  return kind === 'workspace' ? '' : kind === 'sample' ? 'sample cluster' : 'snapshot';
}
