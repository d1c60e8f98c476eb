// Answers: who may talk to whom, as far as NetworkPolicy permits? A list of pairs with their ports, on any port, declared or not.
// Pods that policies cannot tell apart are asked once: the list grows with workloads, not with pods.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import type { Direction } from '../model/policy';
import {
  allPorts,
  isAll,
  isEmpty,
  noPorts,
  protocols,
  unionPorts,
  type PortRange,
  type PortSet,
  type Protocol,
} from '../model/ports';
import { policyJudgeOf } from '../policy/judge';
import { namedPorts } from '../policy/rulePorts';
import { grouperOf, rangeGroup, type Group } from './groups';
import { outsideRanges } from './outsideRanges';
import { permittedBetween } from './permitted';

const directions: readonly Direction[] = ['ingress', 'egress'];

export type ConnectivityLevel = 'workload' | 'pod';

export type ConnectivityPeer =
  | { readonly id: string; readonly type: 'workload'; readonly pods: number }
  | { readonly id: string; readonly type: 'pod' }
  | { readonly id: string; readonly type: 'external' };

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

/** One end of a connection: a peer of the list. */
interface Party {
  readonly peer: ConnectivityPeer;
  readonly groups: readonly Group[];
  /** Nodes of its pods, and of those that are on their node's network: pods of one node reach these in any case (rule E50). */
  readonly nodes: ReadonlySet<string>;
  readonly hostNodes: ReadonlySet<string>;
}

/**
 * Everybody who may talk, and what each pair may: the list and the matrix are read off it. Ends are positions in `peers`.
 * A workload may reach what any of its pods may reach; one without pods is judged by its template.
 */
export interface ConnectivityTable {
  readonly level: ConnectivityLevel;
  /** Inside by id, then ranges outside in order. */
  readonly peers: readonly ConnectivityPeer[];
  /** Ports permitted; none for a peer with itself and from outside to outside. */
  between(source: number, destination: number): PortSet;
  /** What could change the table, a sentence each. */
  readonly problems: readonly string[];
}

export function connectivityTable(
  cluster: Cluster,
  { level }: { readonly level: ConnectivityLevel },
): ConnectivityTable {
  const outside = outsideRanges(cluster);
  const inside = level === 'pod' ? podPeers(cluster) : workloadPeers(cluster);
  const groupsOf = grouperOf(cluster, outside);
  const parties = [
    ...inside.map(({ peer, pods, standIn }) => partyOf(peer, pods, groupsOf(standIn ?? pods))),
    ...outside.map((range) => partyOf({ id: range.id, type: 'external' }, [], [rangeGroup(range)])),
  ];
  const permitted = permittedBetween(
    cluster,
    parties.flatMap(({ groups }) => groups),
  );
  return {
    level,
    peers: parties.map(({ peer }) => peer),
    between: (source, destination) => {
      const [from, to] = [parties[source], parties[destination]];
      if (from === undefined || to === undefined || from === to) return noPorts;
      if (from.peer.type === 'external' && to.peer.type === 'external') return noPorts;
      return portsBetween(permitted, from, to);
    },
    problems: [...unjudged(cluster), ...sidecarNames(cluster)],
  };
}

export function connectivity(
  cluster: Cluster,
  options: { readonly level: ConnectivityLevel },
): ConnectivityList {
  return listOf(connectivityTable(cluster, options));
}

export function listOf(table: ConnectivityTable): ConnectivityList {
  const { peers, problems } = table;
  const ordered = peers.map(({ id }, position) => ({ id, position })).sort((a, b) => compareText(a.id, b.id));
  const connections: Connection[] = [];
  for (const from of ordered) {
    for (const to of ordered) {
      const ports = table.between(from.position, to.position);
      if (!isEmpty(ports)) connections.push(connection(from.id, to.id, ports));
    }
  }
  return { apiVersion: 'podnet/v1', kind: 'ConnectivityList', peers, connections, problems };
}

function portsBetween(permitted: (from: Group, to: Group) => PortSet, from: Party, to: Party): PortSet {
  if (meet(from.hostNodes, to.nodes) || meet(from.nodes, to.hostNodes)) return allPorts;
  let ports = noPorts;
  for (const source of from.groups) {
    for (const destination of to.groups) ports = unionPorts(ports, permitted(source, destination));
  }
  return ports;
}

interface Inside {
  readonly peer: ConnectivityPeer;
  readonly pods: readonly Pod[];
  /** What stands for a workload that has no pods. */
  readonly standIn?: readonly Pod[] | undefined;
}

function podPeers(cluster: Cluster): readonly Inside[] {
  return cluster.pods
    .filter(isLive)
    .map((pod): Inside => ({ peer: { id: `${keyOf(pod)}[Pod]`, type: 'pod' }, pods: [pod] }))
    .sort((a, b) => compareText(a.peer.id, b.peer.id));
}

function workloadPeers(cluster: Cluster): readonly Inside[] {
  const owned = new Map<string, Pod[]>();
  for (const pod of cluster.pods.filter(isLive)) {
    const id = pod.owner === undefined ? `${keyOf(pod)}[Pod]` : `${keyOf(pod.owner)}[${pod.owner.kind}]`;
    const pods = owned.get(id);
    if (pods === undefined) owned.set(id, [pod]);
    else pods.push(pod);
  }
  const templates = new Map(
    cluster.workloads.map((workload) => [`${keyOf(workload)}[${workload.kind}]`, workload]),
  );
  for (const [id, workload] of templates) {
    if (workload.owner === undefined && !owned.has(id)) owned.set(id, []);
  }
  return [...owned]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, pods]): Inside => {
      const workload = templates.get(id);
      return {
        peer: id.endsWith('[Pod]') ? { id, type: 'pod' } : { id, type: 'workload', pods: pods.length },
        pods,
        standIn: pods.length === 0 && workload !== undefined ? [podLike(workload)] : undefined,
      };
    });
}

function partyOf(peer: ConnectivityPeer, pods: readonly Pod[], groups: readonly Group[]): Party {
  const nodesOf = (some: readonly Pod[]): ReadonlySet<string> =>
    new Set(some.flatMap(({ node }) => (node === undefined ? [] : [node.value])));
  const hostPods = pods.filter(({ spec }) => spec.hostNetwork);
  return { peer, groups, nodes: nodesOf(pods), hostNodes: nodesOf(hostPods) };
}

/** The pod that a workload scaled to nothing would make. */
function podLike(workload: Workload): Pod {
  const { template } = workload;
  return {
    kind: 'Pod',
    namespace: workload.namespace,
    name: workload.name,
    labels: template.labels,
    provenance: 'simulated',
    spec: template.spec,
    addresses: [],
    hostAddresses: [],
    phase: { value: 'Pending', provenance: 'simulated' },
    ready: { value: false, provenance: 'simulated' },
    terminating: false,
    containerStatuses: [],
  };
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (some.size === 0 || others.size === 0) return false;
  const [few, many] = some.size < others.size ? [some, others] : [others, some];
  for (const each of few) if (many.has(each)) return true;
  return false;
}

const nothing: Connection['allowed'] = [];

function connection(source: string, destination: string, ports: PortSet): Connection {
  if (isAll(ports)) return { source, destination, all: true, allowed: nothing };
  const allowed = protocols
    .filter((protocol) => ports[protocol].length > 0)
    .map((protocol) => ({ protocol, ports: ports[protocol] }));
  return { source, destination, all: false, allowed };
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
