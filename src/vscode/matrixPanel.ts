// Answers: what does the Connectivity Matrix do in the host? It keeps the picks and one matrix, sends rows and columns by name, and
// computes cells only when the page asks for a tile. A hidden panel computes nothing; what changed meanwhile is told when it shows.
import * as vscode from 'vscode';
import type { ConnectivityTable } from '../analysis/connectivity';
import type { Matrix } from '../analysis/matrix';
import type { MatrixPicks } from '../features/matrixShape';
import type { Disposable } from '../load/store';
import type { Cluster } from '../model/cluster';
import type { CancelSignal } from '../protocol/channel';
import { openMatrixHost, type MatrixHandlers } from '../protocol/matrixEnds';
import { isMatrixPicks } from '../protocol/matrixGuards';
import { tileCells, type MatrixState } from '../protocol/matrixMessages';
import { reveal } from './convert';
import type { Deps, Engine } from './deps';
import { matrixPanelType } from './ids';
import type { TracePanel } from './panel';
import { pageFolder, pageHtml } from './panelHtml';
import { latestOf } from './latest';
import { inTurns } from './turns';
import { panelIcon, webviewPort } from './webviewPort';

const title = 'Connectivity Matrix';

const noPicks: MatrixPicks = {
  sources: '',
  destinations: '',
  port: '',
  folding: 'auto',
  toggled: [],
  focus: null,
  size: 'medium',
};

export interface MatrixPanel extends Disposable {
  /** Opens the panel, or shows the open one. */
  show(): Promise<void>;
}

export function registerMatrixPanel(deps: Deps, traces: TracePanel): MatrixPanel {
  let open: { readonly panel: vscode.WebviewPanel; dispose(): void } | undefined;
  const adopt = (panel: vscode.WebviewPanel, picks: MatrixPicks): void => {
    const made = openMatrix(deps, traces, panel, picks);
    open = made;
    panel.onDidDispose(() => {
      if (open === made) open = undefined;
      made.dispose();
    });
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(matrixPanelType, {
    deserializeWebviewPanel: (panel, kept: unknown) => {
      open?.panel.dispose();
      adopt(panel, isMatrixPicks(kept) ? kept : noPicks);
      return Promise.resolve();
    },
  });
  return {
    show() {
      if (open === undefined)
        adopt(
          vscode.window.createWebviewPanel(matrixPanelType, title, vscode.ViewColumn.Active, {
            enableScripts: true,
            localResourceRoots: [pageFolder(deps.extensionUri)],
          }),
          noPicks,
        );
      else open.panel.reveal(undefined, false);
      return Promise.resolve();
    },
    dispose() {
      serializer.dispose();
      open?.panel.dispose();
    },
  };
}

/** The matrix as it is shown now. */
interface Shown {
  readonly engine: Engine;
  readonly cluster: Cluster;
  readonly matrix: Matrix;
  readonly revision: number;
}

function openMatrix(
  deps: Deps,
  traces: TracePanel,
  panel: vscode.WebviewPanel,
  first: MatrixPicks,
): { readonly panel: vscode.WebviewPanel; dispose(): void } {
  let picks = first;
  let shown: Shown | undefined;
  let known: { readonly cluster: Cluster; readonly table: ConnectivityTable } | undefined;
  /** The cluster changed while nobody looked. */
  let isStale = false;
  let isDisposed = false;
  const latest = latestOf(stateOf);
  const compute = (): Promise<MatrixState> => latest.ask();

  /** The state of the picks as they are now. */
  async function stateOf(isOver: () => boolean, own: number): Promise<MatrixState> {
    const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
    if (isOver()) throw new vscode.CancellationError();
    if (known?.cluster !== cluster)
      known = { cluster, table: await inTurns(engine.tableInSteps(cluster, { level: 'workload' }), isOver) };
    const { table } = known;
    const matrix = engine.matrixFor(table, picks);
    shown = { engine, cluster, matrix, revision: own };
    const summary = await inTurns(engine.matrixSummary(matrix), isOver);
    const focus = picks.focus === null ? undefined : engine.focusView(matrix, picks.focus);
    return {
      revision: own,
      picks,
      rows: engine.axisView(table, matrix.rows),
      columns: engine.axisView(table, matrix.columns),
      port: matrix.port === undefined ? null : engine.portFocusText(matrix.port),
      portProblem: engine.portProblem(picks.port),
      summary,
      problems: table.problems,
      focus: focus ?? null,
    };
  }

  /** Runs work on the matrix of that revision, in slices; null when another one is shown by now. */
  async function onRevision<T>(
    wanted: number,
    signal: CancelSignal,
    work: (now: Shown) => Generator<undefined, T> | undefined,
  ): Promise<T | null> {
    const now = shown;
    if (now?.revision !== wanted) return null;
    const steps = work(now);
    if (steps === undefined) return null;
    try {
      return await inTurns(steps, () => isDisposed || signal.cancelled || shown?.revision !== wanted);
    } catch (error) {
      if (error instanceof vscode.CancellationError) return null;
      throw error;
    }
  }

  const handlers: MatrixHandlers = {
    ready: (_signal, kept) => {
      if (kept !== null && picks === noPicks) picks = kept;
      return compute();
    },
    setPicks: (_signal, changed) => {
      picks = changed;
      return compute();
    },
    tile: (signal, wanted, row, column) =>
      onRevision(wanted, signal, ({ matrix }) => tileOf(matrix, wanted, row, column)),
    cell: (signal, wanted, row, column) =>
      onRevision(wanted, signal, ({ engine, cluster, matrix }) => {
        const [from, to] = [matrix.rows[row], matrix.columns[column]];
        return from && to && engine.cellDetail(cluster, matrix, from, to);
      }),
    openTrace: async (_signal, source, destination) => {
      const pair = shown && shown.engine.pairToTrace(shown.cluster, shown.matrix, source, destination);
      if (pair !== undefined) await traces.show(pair);
    },
    reveal: (_signal, location) => reveal(location, panel.viewColumn),
  };

  panel.iconPath = panelIcon(deps.extensionUri);
  const channel = openMatrixHost(webviewPort(panel.webview), handlers);
  const tell = (): void => {
    compute().then(
      (state) => channel.say('stateChanged', state),
      (error: unknown) => {
        if (!(error instanceof vscode.CancellationError))
          deps.log.error(error instanceof Error ? error : String(error));
      },
    );
  };
  const following = vscode.Disposable.from(
    deps.session.onDidChangeState(() => {
      if (panel.visible) tell();
      else isStale = true;
    }),
    panel.onDidChangeViewState(() => {
      if (!panel.visible || !isStale) return;
      isStale = false;
      tell();
    }),
  );
  panel.webview.options = { enableScripts: true, localResourceRoots: [pageFolder(deps.extensionUri)] };
  panel.webview.html = pageHtml(panel.webview, deps.extensionUri, { script: 'matrix', title });

  return {
    panel,
    dispose() {
      isDisposed = true;
      latest.dispose();
      following.dispose();
      channel.dispose();
    },
  };
}

function* tileOf(matrix: Matrix, revision: number, row: number, column: number) {
  const rows = Math.max(0, Math.min(tileCells, matrix.rows.length - row));
  const columns = Math.max(0, Math.min(tileCells, matrix.columns.length - column));
  const bytes = yield* matrix.cells({ row, column, rows, columns });
  return { revision, row, column, rows, columns, cells: bytes.buffer };
}
