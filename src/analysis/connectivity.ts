// Answers: who may talk to whom, as far as policies permit? A table of pairs with their ports, on any port, declared or not, and
// the list that is read off it. Pods that policies cannot tell apart are asked once: the cost grows with what policies
// distinguish, not with pods (contract of design.md section 4).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import { isLive } from '../model/pod';
import type { Direction } from '../model/policy';
import {
  allPorts,
  isAll,
  noPorts,
  protocols,
  type PortRange,
  type PortSet,
  type Protocol,
} from '../model/ports';
import { policyEngineOf, policyJudgeOf } from '../policy/judge';
import type { PolicyEngine } from '../policy/engine';
import { none, type PortsId } from '../policy/portTable';
import { namedPorts } from '../policy/rulePorts';
import { policyReadingOf } from '../trace/policyReading';
import { partiesOf, type ConnectivityLevel, type ConnectivityPeer, type Party } from './parties';

export type { ConnectivityLevel, ConnectivityPeer };

const directions: readonly Direction[] = ['ingress', 'egress'];

export interface Connection {
  readonly source: string;
  readonly destination: string;
  /** Every protocol and port; `allowed` is empty then. */
  readonly all: boolean;
  readonly allowed: readonly { readonly protocol: Protocol; readonly ports: readonly PortRange[] }[];
}

/** The stable contract of `podnet connectivity --output json`. */
export interface ConnectivityList {
  readonly apiVersion: 'podnet/v1';
  readonly kind: 'ConnectivityList';
  readonly peers: readonly ConnectivityPeer[];
  /** By source and destination. Pairs with nothing allowed, a peer with itself and outside to outside are left out. */
  readonly connections: readonly Connection[];
  /** What could change the list, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Everybody who may talk, and what each pair may: the list and the matrix are read off it. Ends are positions in `peers`.
 * A workload may reach what any of its pods may reach; one without pods is judged by its template. Only what is certain
 * counts: what plugins or ties of priority leave open is in no cell.
 */
export interface ConnectivityTable {
  readonly level: ConnectivityLevel;
  /** Inside by id, then ranges outside in order. */
  readonly peers: readonly ConnectivityPeer[];
  /** Who each peer is, by the same position. */
  readonly parties: readonly Party[];
  /** Ports permitted; none for a peer with itself and from outside to outside. One object for each distinct set. */
  between(source: number, destination: number): PortSet;
  /** What could change the table, a sentence each. */
  readonly problems: readonly string[];
}

export function connectivityTable(
  cluster: Cluster,
  { level }: { readonly level: ConnectivityLevel },
): ConnectivityTable {
  const engine = policyEngineOf(cluster, policyReadingOf(cluster));
  const parties = partiesOf(cluster, engine, level);
  const sets = groupSets(parties, engine);
  const hosts = parties.map(({ hostNodes }) => hostNodes.size > 0);
  const inside = parties.filter(({ peer }) => peer.type !== 'external').length;
  return {
    level,
    peers: parties.map(({ peer }) => peer),
    parties,
    between: (source, destination) => {
      if (source === destination || (source >= inside && destination >= inside)) return noPorts;
      if ((hosts[source] === true || hosts[destination] === true) && onOwnNode(parties, source, destination))
        return allPorts;
      return engine.ports.portsOf(sets.between(source, destination));
    },
    problems: [...unjudged(cluster), ...sidecarNames(cluster)],
  };
}

/** Parties as numbers: those whose pods fall in the same groups share one, so that each pair of numbers is asked once. */
function groupSets(
  parties: readonly Party[],
  engine: PolicyEngine,
): { between(source: number, destination: number): PortsId } {
  const senders = numbered(
    parties.map(({ cohorts }) => unique(cohorts.map((cohort) => engine.senderOf(cohort)))),
  );
  const receivers = numbered(
    parties.map(({ cohorts }) => unique(cohorts.map((cohort) => engine.receiverOf(cohort)))),
  );
  const width = receivers.sets.length;
  const small = senders.sets.length * width <= mostCells;
  // 0: not asked yet; else the number of the set, and 1.
  const dense = small ? new Uint32Array(senders.sets.length * width) : undefined;
  const ask = (sender: number, receiver: number): PortsId => {
    let ports = none;
    for (const from of senders.sets[sender] ?? []) {
      for (const to of receivers.sets[receiver] ?? [])
        ports = engine.ports.union(ports, engine.betweenGroups(from, to).certain);
    }
    return ports;
  };
  return {
    between: (source, destination) => {
      const sender = senders.numbers[source] ?? 0;
      const receiver = receivers.numbers[destination] ?? 0;
      if (dense === undefined) return ask(sender, receiver);
      const cell = sender * width + receiver;
      const known = dense[cell] ?? 0;
      if (known > 0) return known - 1;
      const made = ask(sender, receiver);
      dense[cell] = made + 1;
      return made;
    },
  };
}

/** 64 MB of remembered answers; what is larger is asked row by row, and remembering would not pay. */
const mostCells = 1 << 24;

function numbered(lists: readonly (readonly number[])[]): {
  readonly sets: readonly (readonly number[])[];
  readonly numbers: Uint32Array;
} {
  const sets: (readonly number[])[] = [];
  const known = new Map<string, number>();
  const numbers = new Uint32Array(lists.length);
  lists.forEach((list, position) => {
    const key = list.join();
    const number = known.get(key) ?? sets.push(list) - 1;
    known.set(key, number);
    numbers[position] = number;
  });
  return { sets, numbers };
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

export function connectivity(
  cluster: Cluster,
  options: { readonly level: ConnectivityLevel },
): ConnectivityList {
  return listOf(connectivityTable(cluster, options));
}

export function listOf(table: ConnectivityTable): ConnectivityList {
  const { peers, problems } = table;
  const order = peers
    .map((_, position) => position)
    .sort((a, b) => compareText(peers[a]?.id ?? '', peers[b]?.id ?? ''));
  const said = new Map<PortSet, Pick<Connection, 'all' | 'allowed'>>();
  const connections: Connection[] = [];
  for (const from of order) {
    const source = peers[from]?.id ?? '';
    for (const to of order) {
      const ports = table.between(from, to);
      let what = said.get(ports);
      if (what === undefined) said.set(ports, (what = allowedBy(ports)));
      if (what.all || what.allowed.length > 0)
        connections.push({ source, destination: peers[to]?.id ?? '', all: what.all, allowed: what.allowed });
    }
  }
  return { apiVersion: 'podnet/v1', kind: 'ConnectivityList', peers, connections, problems };
}

const nothing: Connection['allowed'] = [];

function allowedBy(ports: PortSet): Pick<Connection, 'all' | 'allowed'> {
  if (isAll(ports)) return { all: true, allowed: nothing };
  const allowed = protocols
    .filter((protocol) => ports[protocol].length > 0)
    .map((protocol) => ({ protocol, ports: ports[protocol] }));
  return { all: false, allowed };
}

/** Between a node's own network and pods on it everything passes (rules E50, E51). */
function onOwnNode(parties: readonly Party[], source: number, destination: number): boolean {
  const [from, to] = [parties[source], parties[destination]];
  return (
    from !== undefined &&
    to !== undefined &&
    (meet(from.hostNodes, to.nodes) || meet(from.nodes, to.hostNodes))
  );
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (some.size === 0 || others.size === 0) return false;
  const [few, many] = some.size < others.size ? [some, others] : [others, some];
  for (const each of few) if (many.has(each)) return true;
  return false;
}

function unjudged(cluster: Cluster): readonly string[] {
  return cluster.vendorPolicies.map((policy) => {
    const where =
      policy.namespace === '' || lookupOf(cluster).namespace(policy.namespace) === undefined
        ? ''
        : ` in namespace ${policy.namespace}`;
    return `${policy.kind} ${keyOf(policy)} is not judged yet and may change connections${where}.`;
  });
}

/** Ports that are left out because only a sidecar has the name that a policy gives (rule E43). */
function sidecarNames(cluster: Cluster): readonly string[] {
  const judge = policyJudgeOf(cluster);
  return cluster.policies.flatMap((policy) =>
    directions
      .filter((direction) => policy.isolates[direction])
      .flatMap((direction) => {
        const named = policy[direction].flatMap(({ ports }) =>
          ports.flatMap(({ port, protocol }) => (typeof port === 'string' ? [{ port, protocol }] : [])),
        );
        if (named.length === 0) return [];
        const destinations = direction === 'ingress' ? judge.selectedBy(policy) : cluster.pods.filter(isLive);
        return named
          .filter(({ port, protocol }) =>
            destinations.some((pod) => namedPorts(pod, port, protocol, ['sidecar']).length > 0),
          )
          .map(
            ({ port, protocol }) =>
              `NetworkPolicy ${keyOf(policy)} names ${protocol} port ${port} for ${direction}, which a sidecar declares; whether plugins look there varies, and the list leaves such ports out.`,
          );
      }),
  );
}
