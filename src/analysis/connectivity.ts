// Answers: who may talk to whom, as far as policies permit? A table of pairs with their ports, on any port, declared or not, and
// the list that is read off it. Pods that policies cannot tell apart are asked once: the cost grows with what policies
// distinguish, not with pods (contract of design.md section 4).
import { settingsFor } from '../dataplane/detect';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import type { AdminPolicy, Direction } from '../model/policy';
import { isAll, protocols, type PortRange, type PortSet, type Protocol } from '../model/ports';
import { finish } from '../model/steps';
import { engineInSteps } from '../policy/judge';
import type { Cohort } from '../policy/cohorts';
import type { PolicyEngine } from '../policy/engine';
import { every, none, type PortsId } from '../policy/portTable';
import { clearBit, hasBit, setBit, wordsFor } from '../policy/receivers';
import { namedPorts } from '../policy/rulePorts';
import { policiesOf, policyReadingOf } from '../trace/policyReading';
import { partiesInSteps, type ConnectivityLevel, type ConnectivityPeer, type Party } from './parties';

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
  /** The same towards every peer, as numbers of sets: 0 is none, 1 every port. */
  row(source: number): Uint32Array;
  setOf(number: number): PortSet;
  /** Peers, as bits by position, towards which some of these ports is permitted. Far less work than a row. */
  reached(source: number, ports: PortSet): Uint32Array;
  /** What could change the table, a sentence each. */
  readonly problems: readonly string[];
}

export function connectivityTable(
  cluster: Cluster,
  options: { readonly level: ConnectivityLevel },
): ConnectivityTable {
  return finish(tableInSteps(cluster, options));
}

/** Pods that are looked at before others get their turn. */
const podsAtOnce = 500;

/** The same in steps, for those who must not be kept waiting. */
export function* tableInSteps(
  cluster: Cluster,
  { level }: { readonly level: ConnectivityLevel },
): Generator<undefined, ConnectivityTable, void> {
  const engine = yield* engineInSteps(cluster, policyReadingOf(cluster));
  for (const [position, pod] of cluster.pods.entries()) {
    const cohort = engine.cohortOf(pod);
    engine.senderOf(cohort);
    engine.receiverOf(cohort);
    if (position % podsAtOnce === podsAtOnce - 1) yield;
  }
  const parties = yield* partiesInSteps(cluster, engine, level);
  const senders = yield* numberedInSteps(parties, (cohort) => engine.senderOf(cohort));
  const receivers = yield* numberedInSteps(parties, (cohort) => engine.receiverOf(cohort));
  const rows = partyRows(parties, engine, senders, receivers);
  yield;
  return {
    level,
    peers: parties.map(({ peer }) => peer),
    parties,
    between: (source, destination) => engine.ports.portsOf(rows.cell(source, destination)),
    row: (source) => rows.row(source),
    setOf: (number) => engine.ports.portsOf(number),
    reached: (source, ports) => rows.reached(source, engine.ports.idOf(ports)),
    problems: [...unenforced(cluster), ...unjudged(cluster), ...leftOpen(cluster), ...sidecarNames(cluster)],
  };
}

/** Parties whose pods fall in the same groups share a number, so that each pair of numbers is asked once. */
function partyRows(
  parties: readonly Party[],
  engine: PolicyEngine,
  senders: Numbered,
  receivers: Numbered,
): {
  row(source: number): Uint32Array;
  cell(source: number, destination: number): PortsId;
  reached(source: number, ports: PortsId): Uint32Array;
} {
  const inside = parties.filter(({ peer }) => peer.type !== 'external').length;
  const onNodes = hostMeetings(parties);
  const remembered = new Map<number, Uint32Array>();
  const mostRemembered = Math.floor(mostCells / Math.max(1, receivers.sets.length));

  /** By number of receivers. */
  function bySets(sender: number): Uint32Array {
    const known = remembered.get(sender);
    if (known !== undefined) return known;
    const rows = (senders.sets[sender] ?? []).map((each) => engine.rowOf(each));
    const [first] = rows;
    const made = new Uint32Array(receivers.sets.length);
    receivers.sets.forEach((set, position) => {
      const [one] = set;
      if (first !== undefined && rows.length === 1 && set.length === 1)
        made[position] = first[one ?? 0] ?? none;
      else made[position] = unionOf(rows, set);
    });
    if (remembered.size >= mostRemembered) {
      remembered.clear();
      pairs.clear();
    }
    remembered.set(sender, made);
    return made;
  }

  function unionOf(rows: readonly Uint32Array[], set: readonly number[]): PortsId {
    let ports = none;
    for (const row of rows)
      for (const receiver of set) ports = engine.ports.union(ports, row[receiver] ?? none);
    return ports;
  }

  const askedOf = new Uint32Array(senders.sets.length);
  const pairs = new Map<number, PortsId>();

  function pairOf(sender: number, receiver: number): PortsId {
    const key = sender * receivers.sets.length + receiver;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    askedOf[sender] = (askedOf[sender] ?? 0) + 1;
    let ports = none;
    for (const from of senders.sets[sender] ?? [])
      for (const to of receivers.sets[receiver] ?? [])
        ports = engine.ports.union(ports, engine.betweenGroups(from, to).certain);
    pairs.set(key, ports);
    return ports;
  }

  const reachedBy = new Map<string, Uint32Array>();
  const words = wordsFor(parties.length);

  /** Peers that a sender reaches, were they all inside and others than itself. */
  function reachedFrom(sender: number, ports: PortsId): Uint32Array {
    const key = `${sender} ${ports}`;
    const known = reachedBy.get(key);
    if (known !== undefined) return known;
    let row: Uint32Array = new Uint32Array(0);
    for (const each of senders.sets[sender] ?? []) row = engine.reachOf(each, ports, row);
    const isReached = receivers.sets.map((set) => set.some((receiver) => hasBit(row, receiver)));
    const made = new Uint32Array(words);
    for (let to = 0; to < parties.length; to++)
      if (isReached[receivers.numbers[to] ?? 0] === true) setBit(made, to);
    if (reachedBy.size * words >= mostCells) reachedBy.clear();
    reachedBy.set(key, made);
    return made;
  }

  return {
    reached: (source, ports) => {
      const bits = reachedFrom(senders.numbers[source] ?? 0, ports).slice();
      if (source >= inside) for (let to = inside; to < parties.length; to++) clearBit(bits, to);
      if (ports !== none) for (const to of onNodes.from(source)) setBit(bits, to);
      clearBit(bits, source);
      return bits;
    },
    row: (source) => {
      const sets = bySets(senders.numbers[source] ?? 0);
      const row = new Uint32Array(parties.length);
      const end = source < inside ? parties.length : inside;
      for (let to = 0; to < end; to++) row[to] = sets[receivers.numbers[to] ?? 0] ?? none;
      for (const to of onNodes.from(source)) row[to] = every;
      row[source] = none;
      return row;
    },
    cell: (source, destination) => {
      if (source === destination || (source >= inside && destination >= inside)) return none;
      if (onNodes.between(source, destination)) return every;
      const [sender, receiver] = [senders.numbers[source] ?? 0, receivers.numbers[destination] ?? 0];
      const row = (askedOf[sender] ?? 0) < pairsBeforeRow ? remembered.get(sender) : bySets(sender);
      return row === undefined ? pairOf(sender, receiver) : (row[receiver] ?? none);
    },
  };
}

/** Receivers of a sender that are answered one by one; whoever asks for more will want them all. */
const pairsBeforeRow = 64;

/** 64 MB of remembered answers; when there are more, all are made again as they are asked for. */
const mostCells = 1 << 24;

/** Between a node's own network and pods on it everything passes (rules E50, E51). */
function hostMeetings(parties: readonly Party[]): {
  from(source: number): readonly number[];
  between(source: number, destination: number): boolean;
} {
  const hosts = parties.flatMap(({ hostNodes }, position) => (hostNodes.size > 0 ? [position] : []));
  const between = (source: number, destination: number): boolean => {
    const [from, to] = [parties[source], parties[destination]];
    return (
      from !== undefined &&
      to !== undefined &&
      (meet(from.hostNodes, to.nodes) || meet(from.nodes, to.hostNodes))
    );
  };
  return {
    between: hosts.length === 0 ? () => false : between,
    from: (source) => {
      if (hosts.length === 0) return [];
      const others = (parties[source]?.hostNodes.size ?? 0) > 0 ? [...parties.keys()] : hosts;
      return others.filter((position) => between(source, position));
    },
  };
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (some.size === 0 || others.size === 0) return false;
  const [few, many] = some.size < others.size ? [some, others] : [others, some];
  for (const each of few) if (many.has(each)) return true;
  return false;
}

/** Sets of groups by number, and the number of each party's set. */
interface Numbered {
  readonly sets: readonly (readonly number[])[];
  readonly numbers: Uint32Array;
}

function* numberedInSteps(
  parties: readonly Party[],
  groupOf: (cohort: Cohort) => number,
): Generator<undefined, Numbered, void> {
  const sets: (readonly number[])[] = [];
  const known = new Map<string, number>();
  const numbers = new Uint32Array(parties.length);
  for (const [position, { cohorts }] of parties.entries()) {
    const list = unique(cohorts.map(groupOf));
    const key = list.join();
    const number = known.get(key) ?? sets.push(list) - 1;
    known.set(key, number);
    numbers[position] = number;
    if (position % podsAtOnce === podsAtOnce - 1) yield;
  }
  return { sets, numbers };
}

function unique(numbers: readonly number[]): readonly number[] {
  return numbers.length < 2 ? numbers : [...new Set(numbers)].sort((a, b) => a - b);
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
  const ids = order.map((position) => peers[position]?.id ?? '');
  const said: Pick<Connection, 'all' | 'allowed'>[] = [];
  const connections: Connection[] = [];
  order.forEach((from, at) => {
    const source = ids[at] ?? '';
    const row = table.row(from);
    for (let index = 0; index < order.length; index++) {
      const number = row[order[index] ?? 0] ?? none;
      if (number === none) continue;
      const { all, allowed } = (said[number] ??= allowedBy(table.setOf(number)));
      connections.push({ source, destination: ids[index] ?? '', all, allowed });
    }
  });
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

/** The list says what policies permit; what becomes of it is the plugin's (rule E61). */
function unenforced(cluster: Cluster): readonly string[] {
  const { enforced, by } = settingsFor(cluster).cni.value.policies;
  return enforced || cluster.policies.length + cluster.adminPolicies.length === 0
    ? []
    : [`${by} does not enforce policies: the list says what they would permit.`];
}

/** What the admin tiers do not tell (spec E2): connections that hang on it are in no list. */
function leftOpen({ adminPolicies }: Cluster): readonly string[] {
  const byPriority = new Map<string, AdminPolicy[]>();
  for (const policy of adminPolicies) {
    const key = `${policy.tier} ${policy.priority}`;
    const list = byPriority.get(key);
    if (list === undefined) byPriority.set(key, [policy]);
    else list.push(policy);
  }
  const ties = [...byPriority.values()].flatMap((policies): readonly string[] => {
    const [first] = policies;
    if (first === undefined || policies.length < 2) return [];
    const names = policies.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    return [
      `${names} have the same priority ${first.priority}: where they decide differently, the list leaves connections out.`,
    ];
  });
  const names = adminPolicies
    .filter(({ egress }) => egress.some(({ peers }) => peers.some(({ kind }) => kind === 'domainNames')))
    .map(
      ({ kind, name }) =>
        `${kind} ${name} allows domain names, whose addresses are not known: the list leaves out what only they allow.`,
    );
  return [...ties, ...names];
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
  const withName = podsBySidecarPort(cluster);
  if (withName.size === 0) return [];
  const judge = policiesOf(cluster);
  return [...cluster.policies, ...cluster.adminPolicies].flatMap((policy) =>
    directions
      .filter((direction) => policy.kind !== 'NetworkPolicy' || policy.isolates[direction])
      .flatMap((direction) => {
        const named = policy[direction].flatMap(({ ports }) =>
          ports.filter(({ port }) => typeof port === 'string' && withName.has(port)),
        );
        if (named.length === 0) return [];
        const selected = direction === 'ingress' ? new Set(judge.selectedBy(policy)) : undefined;
        return named
          .filter(({ port, protocol }) =>
            withName
              .get(String(port))
              ?.some(
                (pod) =>
                  selected?.has(pod) !== false &&
                  namedPorts(pod, String(port), protocol, ['sidecar']).length > 0,
              ),
          )
          .map(
            ({ port, protocol }) =>
              `${policy.kind} ${keyOf(policy)} names ${protocol === undefined ? '' : `${protocol} `}port ${port ?? ''} for ${direction}, which a sidecar declares; whether plugins look there varies, and the list leaves such ports out.`,
          );
      }),
  );
}

/** Live pods by the names of their sidecars' ports. */
function podsBySidecarPort({ pods }: Cluster): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods) {
    for (const { role, ports } of pod.spec.containers) {
      if (role !== 'sidecar' || !isLive(pod)) continue;
      for (const { name } of ports) {
        if (name === undefined) continue;
        const list = found.get(name);
        if (list === undefined) found.set(name, [pod]);
        else list.push(pod);
      }
    }
  }
  return found;
}
