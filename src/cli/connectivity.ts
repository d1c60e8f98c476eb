// Answers: what does `podnet connectivity` do? It prints who may talk to whom, all of it or the part that the options name, in one
// of many formats; row by row where the format allows it.
import { connectivityTable, type ConnectivityLevel, type ConnectivityTable } from '../analysis/connectivity';
import {
  connectionsIn,
  focusOn,
  readPortFocus,
  type Focus,
  type FocusRequest,
  type PortFocus,
} from '../analysis/connectivityFocus';
import { entryConnections, type EntryConnections } from '../analysis/entryConnections';
import { exposureOf } from '../analysis/exposure';
import { connectivitySvg } from '../diagram/connectivitySvg';
import { connectivityDot, connectivityMermaid } from '../features/connectivityDiagrams';
import { connectivityGraph, mostBoxes } from '../features/connectivityGraph';
import { connectivityCsv, connectivityJson, connectivityMarkdown } from '../features/connectivityTables';
import { connectivityLines } from '../features/connectivityText';
import type { Cluster } from '../model/cluster';
import { exposureCsv, exposureJson, exposureMarkdown, exposureText } from '../features/exposureText';
import {
  choice,
  print,
  printAll,
  printJson,
  readCluster,
  tellWarnings,
  text,
  UsageError,
  type Command,
  type ExitCode,
  type Values,
} from './command';

const focusOptions = ['workload', 'namespace', 'peer', 'direction', 'port'] as const;

export const connectivityCommand: Command = {
  options: ['level', ...focusOptions],
  switches: ['exposure', 'ingress-controller'],
  formats: ['text', 'json', 'csv', 'markdown', 'dot', 'mermaid', 'svg'],
  run,
};

async function run(paths: readonly string[], values: Values): Promise<ExitCode> {
  const level = choice(values, 'level', ['workload', 'pod'] as const) ?? 'workload';
  if (values['exposure'] === true) return runExposure(paths, values, level);
  const { cluster, table, focus } = await readTable(paths, level, focusRequest(values));
  const entries =
    values['ingress-controller'] === true ? unknownControllers(cluster, table, focus, values) : none;
  tellWarnings(entries.problems);
  const parts = {
    peers: [...table.peers, ...entries.peers],
    connections: chained(connectionsIn(table, focus), entries.connections),
    problems: [...table.problems, ...entries.problems],
    focus: writtenFocus(values),
  };
  switch (text(values, 'output')) {
    case 'json':
      return printAll(connectivityJson(parts));
    case 'csv':
      return printAll(connectivityCsv(parts));
    case 'markdown':
      return printAll(connectivityMarkdown(parts));
    case 'dot':
      return printAll(connectivityDot(connectivityGraph(table, focus, { most: Infinity, merge: false })));
    case 'mermaid':
      return printAll(connectivityMermaid(graph(focus)));
    case 'svg':
      return printAll([connectivitySvg(graph(focus), titleOf(values))]);
    default:
      return printAll(connectivityLines(parts.connections));
  }

  function graph(shown: Focus): ReturnType<typeof connectivityGraph> {
    return connectivityGraph(table, shown, { most: mostBoxes, merge: true });
  }
}

/** The table, what it leaves open on standard error, and the part of it that is asked for. */
async function readTable(
  paths: readonly string[],
  level: ConnectivityLevel,
  request: FocusRequest,
): Promise<{ readonly cluster: Cluster; readonly table: ConnectivityTable; readonly focus: Focus }> {
  const cluster = await readCluster(paths);
  const table = connectivityTable(cluster, { level });
  tellWarnings(table.problems);
  const focus = focusOn(cluster, table, request);
  if (typeof focus === 'string') throw new UsageError(focus);
  return { cluster, table, focus };
}

const none: EntryConnections = { peers: [], connections: [], problems: [] };

/** What the controllers that the input does not show may connect to, of what the focus asks for. */
function unknownControllers(
  cluster: Cluster,
  table: ConnectivityTable,
  focus: Focus,
  values: Values,
): EntryConnections {
  choice(values, 'output', ['text', 'json', 'csv', 'markdown'] as const);
  if (text(values, 'peer') !== undefined)
    throw new UsageError('--ingress-controller adds a peer; leave --peer out.');
  if (focus.direction === 'egress') return none;
  const wanted = new Set(focus.subjects.map((at) => table.peers[at]?.id));
  return entryConnections(cluster, table, focus.port, (id) => wanted.has(id));
}

function* chained<T>(first: Iterable<T>, second: Iterable<T>): Generator<T> {
  yield* first;
  yield* second;
}

/** How far each workload is open, also to what does not exist yet. */
async function runExposure(
  paths: readonly string[],
  values: Values,
  level: ConnectivityLevel,
): Promise<ExitCode> {
  const format = choice(values, 'output', ['text', 'json', 'csv', 'markdown'] as const);
  const request = focusRequest(values);
  for (const name of ['peer', 'direction', 'port'] as const)
    if (request[name] !== undefined)
      throw new UsageError(`--exposure takes --workload and --namespace, not --${name}.`);
  const { cluster, table, focus } = await readTable(paths, level, request);
  const wanted = new Set(focus.subjects.map((at) => table.peers[at]?.id));
  const rows = exposureOf(cluster, level).filter(({ peer }) => wanted.has(peer.id));
  switch (format) {
    case 'json':
      return printJson(exposureJson(rows));
    case 'csv':
      return printAll(exposureCsv(rows));
    case 'markdown':
      return printAll(exposureMarkdown(rows));
    default:
      return print(exposureText(rows));
  }
}

function focusRequest(values: Values): FocusRequest {
  const direction = choice(values, 'direction', ['ingress', 'egress'] as const);
  const [workload, namespace, peer] = [
    text(values, 'workload'),
    text(values, 'namespace'),
    text(values, 'peer'),
  ];
  if (direction !== undefined && workload === undefined && namespace === undefined && peer === undefined)
    throw new UsageError(
      '--direction is seen from somebody: add --workload, --namespace or --peer. Without them every connection is both.',
    );
  return { workload, namespace, peer, direction, port: portFocus(values) };
}

function portFocus(values: Values): PortFocus | undefined {
  const written = text(values, 'port');
  if (written === undefined) return undefined;
  const port = readPortFocus(written);
  if (port === undefined)
    throw new UsageError(
      `--port must be a number from 1 to 65535, or with a protocol as in tcp/5432; it is "${written}".`,
    );
  return port;
}

/** undefined: no option of the focus is there, and the output is the contract's alone. */
function writtenFocus(values: Values): Readonly<Record<string, string>> | undefined {
  const written = focusOptions.flatMap((name): readonly (readonly [string, string])[] => {
    const value = text(values, name);
    return value === undefined ? [] : [[name, value]];
  });
  return written.length === 0 ? undefined : Object.fromEntries(written);
}

function titleOf(values: Values): string {
  const focus = Object.entries(writtenFocus(values) ?? {}).map(([name, value]) => `${name} ${value}`);
  return focus.length === 0 ? 'Permitted connections' : `Permitted connections: ${focus.join(', ')}`;
}
