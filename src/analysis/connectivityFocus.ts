// Answers: which part of the connectivity does somebody ask for? Subjects (a workload, a namespace), the peers at the other end,
// a direction as seen from the subjects, a port. Connections come one by one: nobody needs all of them at once.
import { compareIp, hostCidr, lastOf, parseCidr, parseIp, type Cidr } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import type { Direction } from '../model/policy';
import {
  allPorts,
  intersectPorts,
  isAll,
  isEmpty,
  portSet,
  protocols,
  unionPorts,
  type Protocol,
} from '../model/ports';
import type { PortSet } from '../model/ports';
import { hasBit } from '../policy/receivers';
import type { Connection, ConnectivityPeer, ConnectivityTable } from './connectivity';

export interface PortFocus {
  /** undefined: any protocol. */
  readonly protocol: Protocol | undefined;
  readonly port: number;
}

/** As the user wrote it; undefined: not restricted. */
export interface FocusRequest {
  readonly workload?: string | undefined;
  readonly namespace?: string | undefined;
  readonly peer?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly port?: PortFocus | undefined;
}

/** Positions in the table's peers, by id. */
export interface Focus {
  readonly subjects: readonly number[];
  readonly peers: readonly number[];
  readonly direction: Direction | undefined;
  readonly port: PortFocus | undefined;
}

/** A connection with its ends as positions. */
export interface Permitted {
  readonly source: number;
  readonly destination: number;
  readonly ports: PortSet;
}

const portWords = /^(?:(tcp|udp|sctp)\/)?([0-9]{1,5})(?:\/(tcp|udp|sctp))?$/i;

/** @param text `5432`, `tcp/5432` or `5432/TCP`. @returns undefined when it is none of these. */
export function readPortFocus(text: string): PortFocus | undefined {
  const [, before, digits, after] = portWords.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535) return undefined;
  if (before !== undefined && after !== undefined) return undefined;
  const name = (before ?? after)?.toUpperCase();
  return { protocol: protocols.find((each) => each === name), port };
}

export function portFocusText({ protocol, port }: PortFocus): string {
  return protocol === undefined ? `port ${port}` : `${protocol} port ${port}`;
}

/** The ports that the focus is about. */
export function portsOfFocus(focus: PortFocus | undefined): PortSet {
  return focus === undefined ? allPorts : setOf(focus);
}

/** Cut down to the port: what is left of `ports` there. */
export function onPort(ports: PortSet, focus: PortFocus | undefined): PortSet {
  return focus === undefined ? ports : intersectPorts(ports, setOf(focus));
}

const sets = new Map<string, PortSet>();

function setOf({ protocol, port }: PortFocus): PortSet {
  const key = `${protocol ?? ''}/${port}`;
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = (protocol === undefined ? protocols : [protocol])
    .map((each) => portSet(each, [[port, port]]))
    .reduce(unionPorts);
  sets.set(key, made);
  return made;
}

/** @returns the focus, or a sentence that says which name is nobody's. */
export function focusOn(cluster: Cluster, table: ConnectivityTable, request: FocusRequest): Focus | string {
  const everybody = byId(
    table.peers,
    table.peers.map((_, position) => position),
  );
  const { workload, namespace, peer, direction, port } = request;
  const inNamespace =
    namespace === undefined ? everybody : everybody.filter((at) => isIn(table.peers[at], namespace));
  if (namespace !== undefined && inNamespace.length === 0)
    return `No workload of namespace "${namespace}" is in the input.`;
  const named = workload === undefined ? inNamespace : withName(cluster, table, inNamespace, workload);
  if (workload !== undefined && named.length === 0)
    return `No workload or pod is named "${workload}"${namespace === undefined ? '' : ` in namespace ${namespace}`}. Write name, namespace/name or namespace/name[Kind].`;
  const peers = peer === undefined ? everybody : peersNamed(cluster, table, everybody, peer);
  if (peers.length === 0)
    return `"${peer ?? ''}" is no peer. Write name, namespace/name, namespace/name[Kind], an address, a range, or outside.`;
  return { subjects: named, peers, direction, port };
}

function byId(peers: readonly ConnectivityPeer[], positions: readonly number[]): readonly number[] {
  return [...positions].sort((a, b) => compareText(peers[a]?.id ?? '', peers[b]?.id ?? ''));
}

/** `shop/web[Deployment]` in its parts; undefined for ranges outside. */
export function partsOfPeer({
  id,
  type,
}: ConnectivityPeer):
  { readonly namespace: string; readonly name: string; readonly kind: string } | undefined {
  if (type === 'external') return undefined;
  const slash = id.indexOf('/');
  const bracket = id.lastIndexOf('[');
  return {
    namespace: id.slice(0, slash),
    name: id.slice(slash + 1, bracket),
    kind: id.slice(bracket + 1, -1),
  };
}

function isIn(peer: ConnectivityPeer | undefined, namespace: string): boolean {
  return peer !== undefined && partsOfPeer(peer)?.namespace === namespace;
}

/** By id, namespace and name, or name alone; a pod also by its workload. */
function withName(
  cluster: Cluster,
  { peers, level }: ConnectivityTable,
  among: readonly number[],
  written: string,
): readonly number[] {
  const fits = (id: string, parts: ReturnType<typeof partsOfPeer>): boolean =>
    id === written ||
    (parts !== undefined && (parts.name === written || `${parts.namespace}/${parts.name}` === written));
  return among.filter((at) => {
    const peer = peers[at];
    if (peer === undefined) return false;
    const parts = partsOfPeer(peer);
    if (fits(peer.id, parts)) return true;
    if (level !== 'pod' || parts === undefined) return false;
    const owner = lookupOf(cluster).pod(`${parts.namespace}/${parts.name}`)?.owner;
    return owner !== undefined && fits(`${keyOf(owner)}[${owner.kind}]`, owner);
  });
}

function peersNamed(
  cluster: Cluster,
  table: ConnectivityTable,
  everybody: readonly number[],
  written: string,
): readonly number[] {
  const outside = everybody.filter((at) => table.peers[at]?.type === 'external');
  if (written === 'outside') return outside;
  const named = withName(cluster, table, everybody, written);
  if (named.length > 0) return named;
  const ip = parseIp(written);
  const range = ip === undefined ? parseCidr(written) : undefined;
  if (ip !== undefined) {
    const owners = lookupOf(cluster)
      .owners(ip)
      .flatMap((owner) => (owner.kind === 'pod' ? [owner.pod] : []));
    const ids = new Set(
      owners.flatMap((pod) => [
        `${keyOf(pod)}[Pod]`,
        ...(pod.owner === undefined ? [] : [`${keyOf(pod.owner)}[${pod.owner.kind}]`]),
      ]),
    );
    const inside = everybody.filter((at) => ids.has(table.peers[at]?.id ?? ''));
    if (inside.length > 0) return inside;
  }
  if (ip === undefined && range === undefined) return [];
  const wanted = ip === undefined ? range : hostCidr(ip);
  return wanted === undefined ? [] : outside.filter((at) => meets(table.peers[at]?.id ?? '', wanted));
}

/** Whether the range `first-last` and the block have an address in common. */
function meets(id: string, block: Cidr): boolean {
  const dash = id.indexOf('-');
  const [first, last] = [parseIp(id.slice(0, dash)), parseIp(id.slice(dash + 1))];
  return (
    first !== undefined &&
    last !== undefined &&
    first.family === block.first.family &&
    compareIp(first, lastOf(block)) <= 0 &&
    compareIp(block.first, last) <= 0
  );
}

/** What the focus asks for, by the ids of source and destination: each pair once, those without a port left out. */
export function* permittedIn(table: ConnectivityTable, focus: Focus): Generator<Permitted> {
  const { sources, destinationsOf } = pairsOf(table, focus);
  const asked = portsOfFocus(focus.port);
  for (const source of sources) {
    const reached = table.reached(source, asked);
    for (const destination of destinationsOf(source)) {
      if (!hasBit(reached, destination)) continue;
      const ports = onPort(table.between(source, destination), focus.port);
      if (!isEmpty(ports)) yield { source, destination, ports };
    }
  }
}

/** Ingress to a subject comes from a peer; egress of a subject goes to one. */
function pairsOf(
  { peers }: ConnectivityTable,
  { subjects, peers: others, direction }: Focus,
): {
  readonly sources: readonly number[];
  readonly destinationsOf: (source: number) => readonly number[];
} {
  const isSubject = new Set(subjects);
  const isPeer = new Set(others);
  const either = byId(peers, [...new Set([...subjects, ...others])]);
  const sources = either.filter(
    (at) => (direction !== 'ingress' && isSubject.has(at)) || (direction !== 'egress' && isPeer.has(at)),
  );
  return {
    sources,
    destinationsOf: (source) => {
      const sends = direction !== 'ingress' && isSubject.has(source);
      const asks = direction !== 'egress' && isPeer.has(source);
      return sends && asks ? either : sends ? others : subjects;
    },
  };
}

/** In the form of the list, by id. */
export function* connectionsIn(table: ConnectivityTable, focus: Focus): Generator<Connection> {
  for (const { source, destination, ports } of permittedIn(table, focus))
    yield connectionOf(table.peers[source]?.id ?? '', table.peers[destination]?.id ?? '', ports);
}

export function connectionOf(source: string, destination: string, ports: PortSet): Connection {
  const all = isAll(ports);
  const allowed = protocols
    .filter((protocol) => ports[protocol].length > 0)
    .map((protocol) => ({ protocol, ports: ports[protocol] }));
  return { source, destination, all, allowed: all ? [] : allowed };
}
