// Answers: how is a comparison shown in the editor? It makes the two clusters, compares them in slices with progress, and sends the
// page the answer. A comparison with the shown cluster follows it; a newer one takes the place of the one that is being made.
import * as vscode from 'vscode';
import type { ConnectivityDiff } from '../analysis/diff';
import type { DiffExplanation } from '../features/diffExplain';
import type { DiffTrace, DiffView } from '../features/diffView';
import type { Disposable } from '../load/store';
import type { Cluster } from '../model/cluster';
import type { Location } from '../model/source';
import { openDiffHost, type DiffHandlers } from '../protocol/diffEnds';
import type { DiffFormat, DiffState } from '../protocol/diffMessages';
import { reveal } from './convert';
import type { Deps, Engine } from './deps';
import { diffPanelType } from './ids';
import type { TracePanel } from './panel';
import { pageFolder, pageHtml } from './panelHtml';
import { inTurns } from './turns';
import { panelIcon, webviewPort } from './webviewPort';

/** Changes that are kept, and of these what the page gets for each group. More are counted. */
const mostKept = 20_000;
const mostShown = 500;

const title = 'Compare Connectivity';

export interface Sides {
  readonly before: Cluster;
  readonly after: Cluster;
  /** What of the inputs is not in them, in sentences. */
  readonly remarks?: readonly string[];
}

/** What is to be compared. */
export interface Comparison {
  /** `main`, `the saved file`, `without NetworkPolicy shop/db` */
  readonly before: string;
  readonly after: string;
  /** One side is the shown cluster: compared again when that changes. */
  readonly live: boolean;
  /** Reads the two clusters. Rejects with an error fit to be shown, or when cancelled. */
  readonly sides: (token: vscode.CancellationToken) => Promise<Sides>;
}

export interface DiffPanel extends Disposable {
  /** Opens the panel, or uses the open one, and compares. Resolves when the answer is there, or was cancelled. */
  show(comparison: Comparison): Promise<void>;
}

export function registerDiffPanel(deps: Deps, traces: TracePanel): DiffPanel {
  let open: OpenDiff | undefined;
  return {
    async show(comparison) {
      if (open === undefined) {
        const panel = vscode.window.createWebviewPanel(diffPanelType, title, vscode.ViewColumn.Beside, {
          enableScripts: true,
          localResourceRoots: [pageFolder(deps.extensionUri)],
        });
        const made = openDiff(deps, traces, panel);
        open = made;
        panel.onDidDispose(() => {
          if (open === made) open = undefined;
          made.dispose();
        });
      } else open.panel.reveal(undefined, true);
      await open.compare(comparison);
    },
    dispose() {
      open?.panel.dispose();
    },
  };
}

interface OpenDiff extends Disposable {
  readonly panel: vscode.WebviewPanel;
  compare(comparison: Comparison): Promise<void>;
}

/** An answer, and what it was made of. */
interface Answer extends Sides {
  readonly engine: Engine;
  readonly diff: ConnectivityDiff;
  readonly view: DiffView;
}

function openDiff(deps: Deps, traces: TracePanel, panel: vscode.WebviewPanel): OpenDiff {
  let revision = 0;
  let comparison: Comparison | undefined;
  let answer: Answer | undefined;
  let running: vscode.CancellationTokenSource | undefined;
  /** The cluster changed while nobody looked. */
  let isStale = false;
  let state: DiffState = { revision, before: '', after: '' };

  function tell(changed: Partial<DiffState>): void {
    const { before, after } = comparison ?? { before: '', after: '' };
    state = { ...state, progress: undefined, problem: undefined, ...changed, before, after };
    state = { ...state, revision: ++revision };
    channel.say('stateChanged', state);
  }

  async function run(asked: Comparison): Promise<void> {
    running?.cancel();
    const own = new vscode.CancellationTokenSource();
    running = own;
    isStale = false;
    tell({ progress: { done: 0, all: 0 } });
    try {
      const engine = await deps.loadEngine();
      const sides = await orCancelled(asked.sides(own.token), own.token);
      const diff = await inTurns(
        reporting(engine, sides, (done, all) => {
          if (!own.token.isCancellationRequested) tell({ progress: { done, all } });
        }),
        () => own.token.isCancellationRequested,
      );
      if (running !== own) return;
      const made = engine.diffView(diff, mostShown);
      const view = { ...made, remarks: [...(sides.remarks ?? []), ...made.remarks] };
      answer = { ...sides, engine, diff, view };
      panel.title = `Compare: ${asked.before} → ${asked.after}`;
      tell({ view });
    } catch (error) {
      if (running !== own) return;
      if (error instanceof vscode.CancellationError || own.token.isCancellationRequested)
        tell({ problem: 'The comparison was cancelled.' });
      else {
        deps.log.error(error instanceof Error ? error : String(error));
        tell({ problem: error instanceof Error ? error.message : String(error), view: undefined });
      }
    } finally {
      if (running === own) running = undefined;
      own.dispose();
    }
  }

  async function copy(format: DiffFormat): Promise<void> {
    if (answer === undefined || comparison === undefined) return;
    const { engine, diff, view } = answer;
    const text =
      format === 'csv'
        ? [...engine.diffCsv(diff)].join('')
        : format === 'json'
          ? `${JSON.stringify(engine.diffJson(diff), null, 2)}\n`
          : engine.diffMarkdown(inWorkspace(view), comparison);
    await vscode.env.clipboard.writeText(text);
    const { added, removed, changed } = diff.counts;
    const left = added + removed + changed - diff.connections.length;
    const note = left > 0 ? `; ${left} of the changes are only counted` : '';
    vscode.window.setStatusBarMessage(`Comparison copied${note}`, 3000);
  }

  async function trace({ from, to, port, protocol }: DiffTrace): Promise<void> {
    const { parseEnd } = await deps.loadEngine();
    const [source, destination] = [parseEnd(from)?.end, parseEnd(to)?.end];
    if (source !== undefined && destination !== undefined)
      await traces.show({ from: source, to: destination, port, protocol });
  }

  function explain(asked: DiffTrace): DiffExplanation {
    if (answer === undefined) throw new Error('There is no comparison yet.');
    return answer.engine.explainChange(answer.before, answer.after, asked);
  }

  const handlers: DiffHandlers = {
    ready: () => state,
    cancel: () => {
      running?.cancel();
      return state;
    },
    explain: (_signal, asked) => explain(asked),
    trace: (_signal, asked) => trace(asked),
    reveal: (_signal, location) => reveal(location, panel.viewColumn),
    copy: (_signal, format) => copy(format),
  };
  const channel = openDiffHost(webviewPort(panel.webview), handlers);
  const again = (): void => {
    if (comparison?.live !== true) return;
    if (panel.visible) void run(comparison);
    else isStale = true;
  };
  const following = vscode.Disposable.from(
    deps.session.onDidChangeState(again),
    panel.onDidChangeViewState(() => {
      if (panel.visible && isStale) again();
    }),
  );
  panel.iconPath = panelIcon(deps.extensionUri);
  panel.webview.html = pageHtml(panel.webview, deps.extensionUri, { script: 'diff', title });

  return {
    panel,
    compare(asked) {
      comparison = asked;
      answer = undefined;
      state = { ...state, view: undefined };
      panel.title = title;
      return run(asked);
    },
    dispose() {
      running?.cancel();
      running = undefined;
      following.dispose();
      channel.dispose();
    },
  };
}

/** Rejects at once when cancelled: a file system that does not answer must not hold the page. */
async function orCancelled<T>(work: Promise<T>, token: vscode.CancellationToken): Promise<T> {
  let listening: vscode.Disposable | undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    listening = token.onCancellationRequested(() => reject(new vscode.CancellationError()));
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    listening?.dispose();
  }
}

/** With files by their path in the workspace, as others know them. */
function inWorkspace(view: DiffView): DiffView {
  const short = (at: Location | undefined): Location | undefined =>
    at && { ...at, file: vscode.workspace.asRelativePath(vscode.Uri.parse(at.file, true)) };
  const edits = view.edits.map((edit) => ({ ...edit, before: short(edit.before), after: short(edit.after) }));
  return { ...view, edits };
}

/** Rows between two messages of progress. */
const rowsBetween = 200;

function* reporting(
  engine: Engine,
  { before, after }: Sides,
  report: (done: number, all: number) => void,
): Generator<undefined, ConnectivityDiff> {
  const steps = engine.diffInSteps(before, after, { level: 'workload', most: mostKept });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const { done, all } = step.value;
    if (done > 0 && done % rowsBetween === 0) report(done, all);
    yield undefined;
  }
}
