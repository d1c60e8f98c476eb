// Answers: who may talk to whom, as far as NetworkPolicy permits? A list of pairs with their ports, on any port, declared or not.
// Pods whose policies cannot differ are asked once: the list grows with workloads, not with pods.
import type { Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import type { Direction } from '../model/policy';
import {
  allPorts,
  intersectPorts,
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
import type { RangeEnd } from '../policy/peers';
import { namedPorts } from '../policy/rulePorts';
import { outsideRanges, rangeFinder, type OutsideRange } from './outsideRanges';

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

/** A peer with the pods that stand for it: one per group of pods that policies cannot tell apart. */
interface Member {
  readonly peer: ConnectivityPeer;
  readonly pods: readonly Pod[];
  /** Nodes of all its pods, and of those that are on their node's network: pods of one node reach these in any case. */
  readonly nodes: ReadonlySet<string>;
  readonly hostNodes: ReadonlySet<string>;
}

/** One end of a connection; either a member or a range outside. */
interface Party {
  readonly id: string;
  readonly member?: Member;
  readonly range?: OutsideRange;
}

/** A workload may reach what any of its pods may reach; one without pods is judged by its template. */
export function connectivity(
  cluster: Cluster,
  options: { readonly level: ConnectivityLevel },
): ConnectivityList {
  const outside = outsideRanges(cluster);
  const members = options.level === 'pod' ? podMembers(cluster) : workloadMembers(cluster, outside);
  const permitted = pairJudge(cluster);
  const parties: readonly Party[] = [
    ...members.map((member) => ({ id: member.peer.id, member })),
    ...outside.map((range) => ({ id: range.id, range })),
  ].sort((a, b) => compareText(a.id, b.id));
  const connections: Connection[] = [];
  for (const from of parties) {
    for (const to of parties) {
      if (from === to || (from.range !== undefined && to.range !== undefined)) continue;
      const ports = permitted(from, to);
      if (!isEmpty(ports)) connections.push(connection(from.id, to.id, ports));
    }
  }
  return {
    apiVersion: 'podnet/v1',
    kind: 'ConnectivityList',
    peers: [
      ...members.map(({ peer }) => peer),
      ...outside.map(({ id }): ConnectivityPeer => ({ id, type: 'external' })),
    ],
    connections,
    problems: [...unjudged(cluster), ...sidecarNames(cluster)],
  };
}

function podMembers(cluster: Cluster): readonly Member[] {
  return cluster.pods
    .filter(isLive)
    .map((pod) => memberOf({ id: `${keyOf(pod)}[Pod]`, type: 'pod' }, [pod], [pod]))
    .sort((a, b) => compareText(a.peer.id, b.peer.id));
}

function workloadMembers(cluster: Cluster, outside: readonly OutsideRange[]): readonly Member[] {
  const owned = new Map<string, Pod[]>();
  for (const pod of cluster.pods.filter(isLive)) {
    const id = pod.owner === undefined ? `${keyOf(pod)}[Pod]` : `${keyOf(pod.owner)}[${pod.owner.kind}]`;
    const pods = owned.get(id);
    if (pods === undefined) owned.set(id, [pod]);
    else pods.push(pod);
  }
  for (const workload of cluster.workloads) {
    const id = `${keyOf(workload)}[${workload.kind}]`;
    if (workload.owner === undefined && !owned.has(id)) owned.set(id, []);
  }
  const templates = new Map(
    cluster.workloads.map((workload) => [`${keyOf(workload)}[${workload.kind}]`, workload]),
  );
  const distinct = distinguisher(cluster, outside);
  return [...owned]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, pods]) => {
      const workload = templates.get(id);
      const peer: ConnectivityPeer = id.endsWith('[Pod]')
        ? { id, type: 'pod' }
        : { id, type: 'workload', pods: pods.length };
      const standIns = pods.length === 0 && workload !== undefined ? [podLike(workload)] : distinct(pods);
      return memberOf(peer, standIns, pods);
    });
}

function memberOf(peer: ConnectivityPeer, pods: readonly Pod[], all: readonly Pod[]): Member {
  const nodesOf = (some: readonly Pod[]): ReadonlySet<string> =>
    new Set(some.flatMap(({ node }) => (node === undefined ? [] : [node.value])));
  return { peer, pods, nodes: nodesOf(all), hostNodes: nodesOf(all.filter(({ spec }) => spec.hostNetwork)) };
}

/**
 * One pod of each kind that policies could tell apart. Labels that some policy selects by do that, the names of ports, the
 * node's network, and the ranges that blocks cut the addresses into.
 */
function distinguisher(
  cluster: Cluster,
  outside: readonly OutsideRange[],
): (pods: readonly Pod[]) => readonly Pod[] {
  const rangeOf = rangeFinder(outside);
  const selectors = cluster.policies.flatMap((policy) => [
    policy.podSelector,
    ...[...policy.ingress, ...policy.egress].flatMap(({ peers }) =>
      peers.flatMap((peer) =>
        peer.kind === 'pods' && peer.podSelector !== undefined ? [peer.podSelector] : [],
      ),
    ),
  ]);
  const keys = [...new Set(selectors.flatMap(({ requirements }) => requirements.map(({ key }) => key)))];
  const kindOf = ({ labels, spec, addresses }: Pod): string =>
    JSON.stringify([
      keys.map((key) => (Object.hasOwn(labels, key) ? labels[key] : null)),
      spec.hostNetwork,
      spec.containers.flatMap(({ role, ports }) =>
        ports.map(({ name, protocol, containerPort }) => [role, name, protocol, containerPort]),
      ),
      addresses.map(({ value }) => rangeOf(value)),
    ]);
  return (pods) => {
    const kinds = new Map<string, Pod>();
    for (const pod of pods) {
      const kind = kindOf(pod);
      if (!kinds.has(kind)) kinds.set(kind, pod);
    }
    return [...kinds.values()];
  };
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

/** Egress of the one and ingress of the other, as far as each is a pod. */
function pairJudge(cluster: Cluster): (from: Party, to: Party) => PortSet {
  const judge = policyJudgeOf(cluster);
  const between = (from: Pod, to: Pod): PortSet =>
    unionOf(sharedFamilies(from, to), (family) => {
      const egress = judge.permittedPorts('egress', from, to, family);
      if (isEmpty(egress)) return noPorts;
      return intersectPorts(egress, judge.permittedPorts('ingress', to, from, family));
    });
  const outside = ({ first }: OutsideRange): RangeEnd => ({ kind: 'range', first });
  return (from, to) => {
    if (from.member !== undefined && to.member !== undefined) {
      const { pods } = to.member;
      if (meet(from.member.hostNodes, to.member.nodes) || meet(from.member.nodes, to.member.hostNodes))
        return allPorts;
      return unionOf(from.member.pods, (source) => unionOf(pods, (pod) => between(source, pod)));
    }
    if (from.member !== undefined && to.range !== undefined) {
      const range = outside(to.range);
      return unionOf(from.member.pods, (pod) => judge.permittedPorts('egress', pod, range));
    }
    if (from.range !== undefined && to.member !== undefined) {
      const range = outside(from.range);
      return unionOf(to.member.pods, (pod) => judge.permittedPorts('ingress', pod, range));
    }
    return noPorts;
  };
}

const anyFamily: readonly undefined[] = [undefined];

/** A connection has one family at both ends (rule E60). A pod without an address could get one of any. */
function sharedFamilies(from: Pod, to: Pod): readonly (Family | undefined)[] {
  if (from.addresses.length === 0 || to.addresses.length === 0) return anyFamily;
  return from.addresses
    .map(({ value }) => value.family)
    .filter((family) => to.addresses.some(({ value }) => value.family === family));
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  const [few, many] = some.size < others.size ? [some, others] : [others, some];
  for (const each of few) if (many.has(each)) return true;
  return false;
}

function unionOf<T>(items: readonly T[], portsOf: (item: T) => PortSet): PortSet {
  let ports: PortSet = noPorts;
  for (const item of items) {
    ports = unionPorts(ports, portsOf(item));
    if (isAll(ports)) return ports;
  }
  return ports;
}

function connection(source: string, destination: string, ports: PortSet): Connection {
  if (isAll(ports)) return { source, destination, all: true, allowed: [] };
  const allowed = protocols
    .filter((protocol) => ports[protocol].length > 0)
    .map((protocol) => ({ protocol, ports: ports[protocol] }));
  return { source, destination, all: false, allowed };
}

function unjudged(cluster: Cluster): readonly string[] {
  return cluster.unjudgedPolicies.map((policy) => {
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
