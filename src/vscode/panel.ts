// Answers: what does the trace panel do in the host? It keeps the picks, asks the engine, and sends the page its whole state each
// time something changes. One panel is used again; a new cluster state traces again.
import * as vscode from 'vscode';
import type { ComparisonView } from '../features/profileComparison';
import type { Disposable } from '../load/store';
import type { Cluster } from '../model/cluster';
import { openHostEnd, type PanelHandlers } from '../protocol/ends';
import { isPicks, protocolChoices } from '../protocol/guards';
import type { CopyFormat, FamilyChoice, PanelState, Picks } from '../protocol/messages';
import { reveal } from './convert';
import type { TraceQuery } from '../trace/query';
import { allowConnection } from './allowConnection';
import type { Deps, Engine } from './deps';
import { panelType } from './ids';
import { latestOf } from './latest';
import { pageFolder, pageHtml } from './panelHtml';
import { pickEnd } from './pickEnd';
import { formatName, saveTrace, traceAs, type ShownTrace } from './exportTrace';
import { inTurns } from './turns';
import { panelIcon, webviewPort } from './webviewPort';

const noPicks: Picks = { protocol: 'TCP', way: 0 };
/** Endpoints of a Service that are compared under every profile: the window must not wait for thousands. */
const mostCompared = 40;
const families: readonly FamilyChoice[] = ['any', '4', '6'];

export interface TracePanel extends Disposable {
  /** Opens the panel, or uses the open one, with these picks. */
  show(picks: Partial<Picks>): Promise<void>;
  /** undefined: no panel is open, or not both ends are picked. */
  readonly shown: ShownTrace | undefined;
  /** Where the panel is; undefined: it is not open, or not in view. */
  readonly column: vscode.ViewColumn | undefined;
}

export function registerPanel(deps: Deps): TracePanel {
  let open: OpenPanel | undefined;
  const adopt = (panel: vscode.WebviewPanel, picks: Partial<Picks>): OpenPanel => {
    const made = openPanel(deps, panel, picks);
    panel.onDidDispose(() => {
      if (open === made) open = undefined;
      made.dispose();
    });
    return made;
  };
  const serializer = vscode.window.registerWebviewPanelSerializer(panelType, {
    deserializeWebviewPanel: (panel, kept: unknown) => {
      open?.panel.dispose();
      open = adopt(panel, isPicks(kept) ? kept : {});
      return Promise.resolve();
    },
  });
  return {
    get shown() {
      return open?.shown;
    },
    get column() {
      return open?.panel.viewColumn;
    },
    async show(picks) {
      if (open === undefined) {
        const panel = vscode.window.createWebviewPanel(
          panelType,
          'Trace Connectivity',
          vscode.ViewColumn.Beside,
          { enableScripts: true, localResourceRoots: [pageFolder(deps.extensionUri)] },
        );
        open = adopt(panel, picks);
      } else {
        open.panel.reveal(undefined, false);
        await open.change(picks);
      }
    },
    dispose() {
      serializer.dispose();
      open?.panel.dispose();
    },
  };
}

interface OpenPanel extends Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly shown: ShownTrace | undefined;
  change(picks: Partial<Picks>): Promise<PanelState>;
}

function openPanel(deps: Deps, panel: vscode.WebviewPanel, first: Partial<Picks>): OpenPanel {
  let picks: Picks = { ...noPicks, ...first };
  let revision = 0;
  let shown: ShownTrace | undefined;
  let known: { readonly cluster: Cluster; readonly key: string; readonly view: ComparisonView } | undefined;

  const latest = latestOf(stateOf);
  const compute = (): Promise<PanelState> => latest.ask();

  /** Traces the picks as they are now. */
  async function stateOf(isOver: () => boolean): Promise<PanelState> {
    const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
    const { from, to, port, protocol, family, way, profile, compare } = picks;
    if (from !== undefined && to !== undefined) await inTurns(engine.policiesInSteps(cluster), isOver);
    if (isOver()) throw new vscode.CancellationError();
    shown = undefined;
    let comparison: ComparisonView | undefined;
    if (from !== undefined && to !== undefined) {
      const query = { from, to, port, protocol, family };
      const { choice } = engine.readChoice(profile ?? {});
      const trace = engine.traceConnectivity(cluster, query, choice);
      shown = { trace, view: engine.traceView(trace, cluster, { way, choice }), choice };
      if (compare === true) comparison = await compared(engine, cluster, query, isOver);
      if (isOver()) throw new vscode.CancellationError();
    }
    panel.title = shown === undefined ? 'Trace Connectivity' : `Trace: ${shown.view.title}`;
    return {
      revision: ++revision,
      picks,
      from: from && engine.endLabel(cluster, from),
      to: to && engine.endLabel(cluster, to),
      options: {
        ports: to === undefined ? [] : engine.declaredPorts(cluster, to),
        protocols: protocolChoices,
        families,
      },
      busy: false,
      view: shown?.view,
      comparison,
    };
  }

  /** Traces under every profile; kept while only another of the ways or profiles is looked at. */
  async function compared(
    engine: Engine,
    cluster: Cluster,
    query: TraceQuery,
    isOver: () => boolean,
  ): Promise<ComparisonView> {
    const key = JSON.stringify(query);
    if (known?.cluster === cluster && known.key === key) return known.view;
    const profiles = await inTurns(engine.compareInSteps(cluster, query, mostCompared), isOver);
    known = { cluster, key, view: engine.comparisonView(profiles) };
    return known.view;
  }

  function change(changed: Partial<Picks>): Promise<PanelState> {
    picks = { ...picks, way: 0, ...changed };
    return compute();
  }

  /** A page that was closed while the quick pick was open gets nothing. */
  async function pickAnd(role: 'source' | 'destination'): Promise<PanelState> {
    const title = role === 'source' ? 'Trace from' : 'Trace to';
    const picked = await pickEnd(deps, { title, role });
    if (picked === undefined || picked === 'back') return compute();
    return role === 'source'
      ? change({ from: picked.end })
      : change({
          to: picked.end,
          port: picked.port ?? undefined,
          protocol: await protocolFor(deps, picked.end, picks.protocol),
        });
  }

  const handlers: PanelHandlers = {
    ready: (_signal, kept) =>
      kept !== null && picks.from === undefined && picks.to === undefined ? change(kept) : compute(),
    pickSource: () => pickAnd('source'),
    pickDestination: () => pickAnd('destination'),
    setPort: (_signal, text) => change({ port: portFromText(text) }),
    setProtocol: (_signal, protocol) => change({ protocol }),
    setFamily: (_signal, family) => change({ family: family === 'any' ? undefined : family === '4' ? 4 : 6 }),
    swap: () => change({ from: picks.to, to: picks.from, port: undefined }),
    trace: () => change({}),
    chooseWay: (_signal, way) => change({ way }),
    compare: (_signal, on) => change({ compare: on, way: picks.way }),
    setProfile: (_signal, profile) => change({ profile: profile ?? undefined }),
    reveal: (_signal, location) => reveal(location, panel.viewColumn),
    copy: (_signal, format) => copy(format),
    exportTrace: () => saveTrace(deps, shown),
    allowConnection: () => allowConnection(deps, shown, panel.viewColumn),
  };

  async function copy(format: CopyFormat): Promise<void> {
    if (shown === undefined) return;
    await vscode.env.clipboard.writeText(traceAs(await deps.loadEngine(), format, shown));
    vscode.window.setStatusBarMessage(`Trace copied as ${formatName(format)}`, 3000);
  }

  panel.iconPath = panelIcon(deps.extensionUri);
  const channel = openHostEnd(webviewPort(panel.webview), handlers);
  const tell = async (computing: Promise<PanelState>): Promise<PanelState> => {
    const state = await computing;
    channel.say('stateChanged', state);
    return state;
  };
  const following = deps.session.onDidChangeState(() => {
    tell(compute()).catch((error: unknown) => {
      if (!(error instanceof vscode.CancellationError))
        deps.log.error(error instanceof Error ? error : String(error));
    });
  });
  panel.webview.options = { enableScripts: true, localResourceRoots: [pageFolder(deps.extensionUri)] };
  panel.webview.html = pageHtml(panel.webview, deps.extensionUri, {
    script: 'panel',
    title: 'Trace Connectivity',
  });

  return {
    panel,
    get shown() {
      return shown;
    },
    change: (changed) => tell(change(changed)),
    dispose() {
      latest.dispose();
      following.dispose();
      channel.dispose();
    },
  };
}

/** Keeps the protocol unless the destination declares ports, and none of it. A ping needs no port. */
async function protocolFor(
  deps: Deps,
  to: NonNullable<Picks['to']>,
  protocol: Picks['protocol'],
): Promise<Picks['protocol']> {
  if (protocol === 'ICMP') return protocol;
  const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
  const declared = engine.declaredPorts(cluster, to);
  return declared.some((port) => port.protocol === protocol) ? protocol : (declared[0]?.protocol ?? protocol);
}

/** A number, a port's name, or nothing. */
function portFromText(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^[0-9]+$/.test(trimmed) ? Number(trimmed) : trimmed;
}
