// Answers: how do rows of the engine appear as a tree in VS Code? They come one level at a time; tooltips are made when the mouse
// rests; changes of the cluster are drawn at most a few times a second. The views differ in which rows they ask for.
import * as vscode from 'vscode';
import type { TreeRow } from '../features/tree';
import type { Deps, Engine } from './deps';
import { propertiesMarkdown } from './markdown';
import type { ClusterState } from './session';
import { inTurns } from './turns';

/** Shortest time between two drawings. */
const redrawMs = 200;

/** Does work in turns; rejects with CancellationError when there is something newer to show. */
export type Drive = <T>(steps: Generator<unknown, T, void>) => Promise<T>;

/** @param row the one whose children are asked for; undefined for the top. */
export type RowsBelow = (
  engine: Engine,
  state: ClusterState,
  row: TreeRow | undefined,
  drive: Drive,
) => Promise<readonly TreeRow[]> | readonly TreeRow[];

/** Rows about policies: what is below them asks whom every policy selects. */
const ofPolicies: ReadonlySet<TreeRow['kind']> = new Set(['tier', 'policy', 'selects', 'rule', 'peer']);

function isOfPolicies({ kind, id }: TreeRow): boolean {
  // The id of a row "more" ends with that of the row whose rest it stands for.
  const [, , rest] = id.split(':');
  return ofPolicies.has(kind) || (kind === 'more' && [...ofPolicies].some((each) => each === rest));
}

/** The row that a context action was called on. */
export function isTreeRow(value: unknown): value is TreeRow {
  return typeof value === 'object' && value !== null && 'id' in value && 'flags' in value;
}

export class RowTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  readonly #deps: Deps;
  readonly #rowsBelow: RowsBelow;
  readonly #redraw = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#redraw.event;
  readonly #listening: vscode.Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;

  constructor(deps: Deps, rowsBelow: RowsBelow) {
    this.#deps = deps;
    this.#rowsBelow = rowsBelow;
    this.#listening = deps.session.onDidChangeState(() => this.#drawSoon());
  }

  redraw(): void {
    this.#redraw.fire(undefined);
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

  /** VS Code shows by itself that it waits. Rows of a state that is over are given up for those of the newest. */
  async getChildren(row?: TreeRow): Promise<TreeRow[]> {
    const { loadEngine, session } = this.#deps;
    const engine = await loadEngine();
    for (;;) {
      const state = session.current ?? (await session.state());
      const isOver = (): boolean => session.current !== state;
      try {
        const drive: Drive = (steps) => inTurns(steps, isOver);
        if (row !== undefined && isOfPolicies(row)) await drive(engine.selectedInSteps(state.cluster));
        else if (row !== undefined) await drive(engine.policiesInSteps(state.cluster));
        return [...(await this.#rowsBelow(engine, state, row, drive))];
      } catch (error) {
        if (!(error instanceof vscode.CancellationError) || !isOver()) throw error;
      }
    }
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
  }
}
