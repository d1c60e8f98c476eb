// Answers: how does a user ask for a trace? By the palette in three steps, from the manifest under the cursor, or from a row of
// the Cluster view.
import * as vscode from 'vscode';
import type { PacketProtocol } from '../dataplane/packet';
import { isProtocol } from '../protocol/guards';
import type { Deps } from './deps';
import { escapeIcons } from './markdown';
import type { TracePanel } from './panel';
import { pickEnd, type PickedEnd } from './pickEnd';
import { isTreeRow } from './rowTree';

const traceTitle = 'Trace connectivity';

/** What a link in a hover or another extension hands over: ends as `podnet trace` takes them. */
interface TraceArgument {
  readonly from?: string;
  readonly to?: string;
  /** Instead of what `to` names behind its colon; only where both ends are given. */
  readonly port?: number | string;
  readonly protocol?: PacketProtocol;
}

/** Asks for what the argument leaves open; without one, for everything. */
export async function traceCommand(deps: Deps, panel: TracePanel, argument: unknown): Promise<void> {
  if (!isTraceArgument(argument)) return traceInSteps(deps, panel);
  const { parseEnd } = await deps.loadEngine();
  const read = (text: string | undefined): PickedEnd | undefined => {
    if (text === undefined) return undefined;
    const end = parseEnd(text);
    if (end === undefined) throw new Error(`"${text}" names no pod, workload, Service, node or address.`);
    return end;
  };
  const from = read(argument.from);
  const to = read(argument.to);
  const { port = to?.port, protocol } = argument;
  const how = protocol === undefined ? {} : { protocol };
  if (from !== undefined && to !== undefined) await panel.show({ from: from.end, to: to.end, port, ...how });
  else await traceInSteps(deps, panel, { from, to });
}

function isTraceArgument(value: unknown): value is TraceArgument {
  if (typeof value !== 'object' || value === null) return false;
  const { from, to, port, protocol }: Readonly<Partial<Record<keyof TraceArgument, unknown>>> = value;
  const isText = (text: unknown): boolean => text === undefined || typeof text === 'string';
  const isPort = typeof port === 'number' || isText(port);
  const isKnown = protocol === undefined || isProtocol(protocol);
  return isText(from) && isText(to) && isPort && isKnown && (from !== undefined || to !== undefined);
}

interface PickedPort {
  readonly port: number | string | undefined;
  readonly protocol: PacketProtocol;
}

/** Source, destination, port; each step can go back. `known` ends are not asked for. */
export async function traceInSteps(
  deps: Deps,
  panel: TracePanel,
  known: { readonly from?: PickedEnd | undefined; readonly to?: PickedEnd | undefined } = {},
): Promise<void> {
  const totalSteps = known.from === undefined && known.to === undefined ? 3 : 2;
  let { from, to } = known;
  for (;;) {
    if (from === undefined) {
      const picked = await pickEnd(deps, {
        title: `${traceTitle}: from`,
        role: 'source',
        step: 1,
        totalSteps,
      });
      if (picked === undefined || picked === 'back') return;
      from = picked;
    }
    if (to === undefined) {
      const canGoBack = known.from === undefined;
      const picked = await pickEnd(deps, {
        title: `${traceTitle}: to`,
        role: 'destination',
        step: totalSteps - 1,
        totalSteps,
        back: canGoBack,
      });
      if (picked === undefined) return;
      if (picked === 'back') {
        from = undefined;
        continue;
      }
      to = picked;
    }
    const port = await pickPort(deps, to, totalSteps);
    if (port === undefined) return;
    if (port !== 'back') {
      await panel.show({ from: from.end, to: to.end, ...port });
      return;
    }
    if (known.to === undefined) to = undefined;
    else from = undefined;
  }
}

interface PortItem extends vscode.QuickPickItem {
  readonly choice?: PickedPort;
}

const ping: PortItem = {
  label: 'ping',
  description: 'ICMP echo, without a port',
  alwaysShow: true,
  choice: { port: undefined, protocol: 'ICMP' },
};

/** Ports to choose from, or a ping; a number may be typed. Not asked for when there is nothing to choose. */
async function pickPort(
  deps: Deps,
  to: PickedEnd,
  totalSteps: number,
): Promise<PickedPort | 'back' | undefined> {
  const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
  const ports = engine.declaredPorts(cluster, to.end);
  if (to.port !== undefined) {
    const meant = ports.find(({ port, name }) => port === to.port || name === to.port);
    return { port: to.port, protocol: meant?.protocol ?? 'TCP' };
  }
  const declared = ports.map(({ port, name, protocol, of }): PortItem => ({
    label: `${port}`,
    description: escapeIcons([protocol, name, of].filter(Boolean).join(' ')),
    choice: { port, protocol },
  }));
  const [only] = ports;
  // A port that a node has for somebody else is not all that one may ask of it.
  if (ports.length === 1 && only !== undefined && only.of === undefined) return only;
  const pick = vscode.window.createQuickPick<PortItem>();
  try {
    pick.title = `${traceTitle}: port`;
    pick.step = totalSteps;
    pick.totalSteps = totalSteps;
    pick.placeholder =
      declared.length === 0
        ? 'Nothing declares a port there: type a number, or choose ping'
        : 'A declared port, ping, or type a number';
    pick.buttons = [vscode.QuickInputButtons.Back];
    pick.items = [...declared, ping];
    const chosen = new Promise<PickedPort | 'back' | undefined>((resolve) => {
      pick.onDidChangeValue((value) => {
        const isPort = /^[0-9]{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
        const typed = isPort && !declared.some(({ label }) => label === value);
        const item: PortItem = {
          label: value,
          description: 'TCP, as typed',
          alwaysShow: true,
          choice: { port: Number(value), protocol: 'TCP' },
        };
        pick.items = typed ? [item, ...declared] : [...declared, ping];
      });
      pick.onDidAccept(() => {
        const choice = pick.activeItems[0]?.choice;
        if (choice !== undefined) resolve(choice);
      });
      pick.onDidTriggerButton(() => resolve('back'));
      pick.onDidHide(() => resolve(undefined));
    });
    pick.show();
    return await chosen;
  } finally {
    pick.dispose();
  }
}

/** From or to what is written under the cursor of the active editor. */
export async function traceCurrent(
  deps: Deps,
  panel: TracePanel,
  role: 'source' | 'destination',
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state()]);
  const end =
    editor && engine.endAt(cluster, editor.document.uri.toString(), editor.selection.active.line, role);
  if (end === undefined) {
    await vscode.window.showInformationMessage(
      'The active editor shows no pod or workload of the cluster. Open a manifest that has one, or use Trace Connectivity.',
    );
    return;
  }
  await traceInSteps(deps, panel, role === 'source' ? { from: { end } } : { to: { end } });
}

/** From or to the row that the action was called on. */
export async function traceRow(
  deps: Deps,
  panel: TracePanel,
  row: unknown,
  role: 'source' | 'destination',
): Promise<void> {
  const end = isTreeRow(row) ? row.end : undefined;
  if (end !== undefined)
    await traceInSteps(deps, panel, role === 'source' ? { from: { end } } : { to: { end } });
}
