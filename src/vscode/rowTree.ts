// Answers: how do rows of the engine appear as a tree in VS Code? They come one level at a time; tooltips are made when the mouse
// rests; changes of the cluster are drawn at most a few times a second. The views differ in which rows they ask for.
import * as vscode from 'vscode';
import type { TreeRow } from '../features/tree';
import type { Deps, Engine } from './deps';
import { propertiesMarkdown } from './markdown';
import type { ClusterState } from './session';

/** Shortest time between two drawings. */
const redrawMs = 200;

/** @param row the one whose children are asked for; undefined for the top. */
export type RowsBelow = (
  engine: Engine,
  state: ClusterState,
  row?: TreeRow,
) => Promise<readonly TreeRow[]> | readonly TreeRow[];

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

  async getChildren(row?: TreeRow): Promise<TreeRow[]> {
    const engine = await this.#deps.loadEngine();
    const state = this.#deps.session.current ?? (await this.#deps.session.state());
    return [...(await this.#rowsBelow(engine, state, row))];
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
