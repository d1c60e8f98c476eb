// Answers: what does the Connectivity Matrix say in words? The names of rows and columns, what a cell means and which policies take
// part, the connections of one workload as a list, and which ends a trace of a cell has.
import type { ConnectivityPeer, ConnectivityTable } from '../analysis/connectivity';
import { onPort, partsOfPeer, portFocusText, readPortFocus } from '../analysis/connectivityFocus';
import { matrixOf, type Matrix, type MatrixEntry, type PairCount } from '../analysis/matrix';
import { compareIp, parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Direction } from '../model/policy';
import { isAll, isEmpty, portsText, protocols, type PortSet, type Protocol } from '../model/ports';
import { policiesOf } from '../trace/policyReading';
import type { End } from '../trace/query';
import type { AxisView, CellDetail, FocusView, MatrixPicks, PolicyLink } from './matrixShape';

/** The matrix of these picks. A port that cannot be read counts as none, and `portProblem` says so. */
export function matrixFor(
  table: ConnectivityTable,
  { sources, destinations, port, folding, toggled }: MatrixPicks,
): Matrix {
  return matrixOf(table, {
    sources,
    destinations,
    port: readPortFocus(port),
    folding,
    toggled: new Set(toggled),
  });
}

export function portProblem(text: string): string | null {
  return text.trim() === '' || readPortFocus(text) !== undefined
    ? null
    : `"${text}" is not a port: write a number from 1 to 65535, or tcp/5432.`;
}

export function axisView(table: ConnectivityTable, entries: readonly MatrixEntry[]): AxisView {
  return {
    ids: entries.map(({ id }) => id),
    labels: entries.map((entry) => shortName(table, entry)),
    kinds: entries.map(({ kind, folded, members }) =>
      kind === 'namespace'
        ? folded
          ? 'folded'
          : 'open'
        : table.peers[members[0] ?? 0]?.type === 'external'
          ? 'outside'
          : 'workload',
    ),
    counts: entries.map(({ members }) => members.length),
  };
}

/** Where no policy cuts the outside, its two numbers say less than its name. */
const wholeOutside: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0-255.255.255.255', 'outside (IPv4)'],
  ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'outside (IPv6)'],
]);

function shortName(table: ConnectivityTable, { id, kind, members }: MatrixEntry): string {
  if (kind === 'namespace') return id === '' ? 'outside' : id;
  const peer = table.peers[members[0] ?? 0];
  return (peer && partsOfPeer(peer)?.name) ?? wholeOutside.get(id) ?? id;
}

/** `shop/web`, `203.0.113.0-203.0.113.255`, `namespace shop`, `the outside`. */
function longName(table: ConnectivityTable, entry: MatrixEntry): string {
  if (entry.kind === 'namespace') return entry.id === '' ? 'the outside' : `namespace ${entry.id}`;
  const peer = table.peers[entry.members[0] ?? 0];
  return peer === undefined ? entry.id : peerName(peer);
}

function peerName(peer: ConnectivityPeer): string {
  const parts = partsOfPeer(peer);
  if (parts !== undefined) return `${parts.namespace}/${parts.name}`;
  return wholeOutside.has(peer.id) ? `outside (${peer.id})` : peer.id;
}

/** What one cell says: the ports of a pair with the policies of its ends, or how many pairs of namespaces permit what. */
export function* cellDetail(
  cluster: Cluster,
  matrix: Matrix,
  row: MatrixEntry,
  column: MatrixEntry,
): Generator<undefined, CellDetail> {
  const { table, port } = matrix;
  const between = `${longName(table, row)} → ${longName(table, column)}`;
  const [source, destination] = [row.members[0], column.members[0]];
  if (row.kind === 'peer' && column.kind === 'peer' && source !== undefined && destination !== undefined) {
    if (source === destination)
      return { text: `${between}: a workload with itself is not looked at.`, policies: [], canTrace: false };
    const [from, to] = [table.peers[source], table.peers[destination]];
    if (from?.type === 'external' && to?.type === 'external')
      return { text: `${between}: outside to outside is not looked at.`, policies: [], canTrace: false };
    const ports = table.between(source, destination);
    return {
      text: `${between}: ${pairWords(ports, port)}`,
      policies: [...speaking(cluster, from, 'egress'), ...speaking(cluster, to, 'ingress')],
      canTrace: true,
    };
  }
  const counted = yield* matrix.count(row, column);
  return { text: `${between}: ${countWords(counted, port !== undefined)}`, policies: [], canTrace: false };
}

function pairWords(ports: PortSet, port: Matrix['port']): string {
  if (port === undefined) return isEmpty(ports) ? 'nothing is permitted' : portsText(ports);
  const open = protocols.filter((protocol) => onPort(ports, port)[protocol].length > 0);
  const name = portFocusText(port);
  return open.length === 0 ? `closed on ${name}` : `open on ${name} (${open.join(', ')})`;
}

function countWords({ none, some, all }: PairCount, isPort: boolean): string {
  const pairs = none + some + all;
  if (pairs === 0) return 'no pair to look at';
  const of = `of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`;
  return isPort
    ? `${all} ${of} open, ${none} closed`
    : `${of} ${all} permit all ports, ${some} some, ${none} none`;
}

/** Of the whole matrix, in a sentence. */
export function* matrixSummary(matrix: Matrix): Generator<undefined, string> {
  const { table } = matrix;
  const inside = table.peers.filter(({ type }) => type !== 'external');
  const namespaces = new Set(inside.map((peer) => partsOfPeer(peer)?.namespace)).size;
  const size = `${inside.length} ${inside.length === 1 ? 'workload' : 'workloads'} in ${namespaces} ${namespaces === 1 ? 'namespace' : 'namespaces'}`;
  if (table.peers.length > mostCounted) return `${size}.`;
  const everybody: MatrixEntry = {
    id: '',
    kind: 'namespace',
    folded: true,
    members: table.peers.flatMap(({ type }, at) => (type === 'external' ? [] : [at])),
  };
  const counted = yield* matrix.count(everybody, everybody);
  return `${size}. Among them: ${countWords(counted, matrix.port !== undefined)}.`;
}

/** Counting the pairs of more would take as long as the whole matrix. */
const mostCounted = 500;

/** Policies of all tiers that say something of the pods of a peer in this direction, each once. */
function speaking(
  cluster: Cluster,
  peer: ConnectivityPeer | undefined,
  direction: Direction,
): readonly PolicyLink[] {
  const judge = policiesOf(cluster);
  const found = (peer === undefined ? [] : podsOf(cluster, peer).slice(0, mostPods)).flatMap((pod) => {
    const { admin, network, baseline } = judge.policiesOf(pod);
    return [
      ...admin.filter((policy) => policy[direction].length > 0),
      ...network.filter((policy) => policy.isolates[direction]),
      ...baseline.filter((policy) => policy[direction].length > 0),
    ];
  });
  return [...new Set(found)].map((policy) => ({
    label: `${keyOf(policy)} (${direction})`,
    at: policy.nameAt ?? policy.at,
  }));
}

/** Pods of a workload nearly always have the same labels; of many the first are looked at. */
const mostPods = 20;

function podsOf(cluster: Cluster, peer: ConnectivityPeer): readonly Pod[] {
  const parts = partsOfPeer(peer);
  if (parts === undefined) return [];
  const key = `${parts.namespace}/${parts.name}`;
  if (parts.kind !== 'Pod') return lookupOf(cluster).podsOf(parts.kind, key);
  const pod = lookupOf(cluster).pod(key);
  return pod === undefined ? [] : [pod];
}

/** Connections of one peer that are listed; the rest is counted. */
const mostListed = 200;

/** The connections of one peer, both ways; undefined: there is no such peer. */
export function focusView({ table, port }: Matrix, id: string): FocusView | undefined {
  const own = table.peers.findIndex((peer) => peer.id === id);
  const peer = table.peers[own];
  if (peer === undefined) return undefined;
  const list = (portsTo: (other: number) => PortSet): FocusView['sends'] => {
    const found = table.peers
      .map((other, at) => ({ other, ports: onPort(portsTo(at), port) }))
      .filter(({ ports }) => !isEmpty(ports))
      .sort((a, b) => compareText(a.other.id, b.other.id));
    return {
      listed: found
        .slice(0, mostListed)
        .map(({ other, ports }) => ({ id: other.id, name: peerName(other), ports: portsText(ports) })),
      more: Math.max(0, found.length - mostListed),
    };
  };
  return {
    id,
    name: peerName(peer),
    sends: list((other) => table.between(own, other)),
    receives: list((other) => table.between(other, own)),
  };
}

/** What to trace for a pair: its ends, and the first port that is permitted where not all are. */
export interface PairToTrace {
  readonly from: End;
  readonly to: End;
  readonly port: number | undefined;
  readonly protocol: Protocol;
}

/** @returns undefined when one of them is no peer, or has nothing that could be traced. */
export function pairToTrace(
  cluster: Cluster,
  { table, port }: Matrix,
  source: string,
  destination: string,
): PairToTrace | undefined {
  const position = (id: string): number => table.peers.findIndex((peer) => peer.id === id);
  const [from, to] = [position(source), position(destination)];
  const [fromPeer, toPeer] = [table.peers[from], table.peers[to]];
  const ends = [fromPeer && endOf(cluster, fromPeer), toPeer && endOf(cluster, toPeer)];
  const [fromEnd, toEnd] = ends;
  if (fromEnd === undefined || toEnd === undefined || from === to) return undefined;
  const ports = table.between(from, to);
  const permitted = onPort(ports, port);
  const protocol = protocols.find((each) => permitted[each].length > 0);
  const wanted = { from: fromEnd, to: toEnd, protocol: port?.protocol ?? protocol ?? 'TCP' } as const;
  if (port !== undefined) return { ...wanted, port: port.port };
  const first = protocol !== undefined && !isAll(ports) ? ports[protocol][0]?.[0] : undefined;
  return { ...wanted, port: first };
}

function endOf(cluster: Cluster, peer: ConnectivityPeer): End | undefined {
  const parts = partsOfPeer(peer);
  if (parts === undefined) return addressIn(peer.id);
  const { namespace, name, kind } = parts;
  const workload = lookupOf(cluster).workload(kind, `${namespace}/${name}`);
  if (kind !== 'Pod' && workload !== undefined)
    return { kind: 'workload', workload: workload.kind, namespace, name };
  const [pod] = podsOf(cluster, peer);
  return pod && { kind: 'pod', namespace: pod.namespace, name: pod.name };
}

/** Addresses that documentation uses for clients somewhere; else the first of the range that a host may have. */
const examples = ['203.0.113.10', '2001:db8::10'];

function addressIn(id: string): End | undefined {
  const dash = id.indexOf('-');
  const [first, last] = [parseIp(id.slice(0, dash)), parseIp(id.slice(dash + 1))];
  if (first === undefined || last === undefined) return undefined;
  const example = examples
    .flatMap((text) => parseIp(text) ?? [])
    .find((ip) => ip.family === first.family && compareIp(first, ip) <= 0 && compareIp(ip, last) <= 0);
  // 0.0.0.0 and :: are nobody's address.
  const isUnspecified = /^(0\.0\.0\.0|::)$/.test(first.text);
  return { kind: 'address', address: (example ?? (isUnspecified ? last : first)).text };
}
