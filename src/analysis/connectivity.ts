// Answers: who may talk to whom, as far as NetworkPolicy permits? A list of pairs with their ports, on any port, declared or not.
// Pods whose policies cannot differ are asked once: the list grows with workloads, not with pods.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod, type PodTemplate, type Workload } from '../model/pod';
import {
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
import { outsideRanges, type OutsideRange } from './outsideRanges';

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
}

/** A workload may reach what any of its pods may reach; one without pods is judged by its template. */
export function connectivity(
  cluster: Cluster,
  options: { readonly level: ConnectivityLevel },
): ConnectivityList {
  const members = options.level === 'pod' ? podMembers(cluster) : workloadMembers(cluster);
  const outside = outsideRanges(cluster);
  const permitted = pairJudge(cluster);
  const connections: Connection[] = [];
  const add = (source: string, destination: string, ports: PortSet): void => {
    if (!isEmpty(ports)) connections.push(connection(source, destination, ports));
  };
  for (const from of members) {
    for (const to of members)
      if (from !== to) add(from.peer.id, to.peer.id, union(from.pods, to.pods, permitted.between));
    for (const range of outside) {
      add(
        from.peer.id,
        range.id,
        unionOf(from.pods, (pod) => permitted.toOutside(pod, range)),
      );
      add(
        range.id,
        from.peer.id,
        unionOf(from.pods, (pod) => permitted.fromOutside(pod, range)),
      );
    }
  }
  const peers = [
    ...members.map(({ peer }) => peer),
    ...outside.map(({ id }): ConnectivityPeer => ({ id, type: 'external' })),
  ];
  return {
    apiVersion: 'podnet/v1',
    kind: 'ConnectivityList',
    peers,
    connections: connections.sort(
      (a, b) => compareText(a.source, b.source) || compareText(a.destination, b.destination),
    ),
    problems: unjudged(cluster),
  };
}

function podMembers(cluster: Cluster): readonly Member[] {
  return cluster.pods
    .filter(isLive)
    .map((pod) => ({ peer: { id: `${keyOf(pod)}[Pod]`, type: 'pod' }, pods: [pod] }));
}

function workloadMembers(cluster: Cluster): readonly Member[] {
  const live = cluster.pods.filter(isLive);
  const owned = new Map<string, Pod[]>();
  for (const pod of live) {
    const id = pod.owner === undefined ? `${keyOf(pod)}[Pod]` : `${keyOf(pod.owner)}[${pod.owner.kind}]`;
    owned.set(id, [...(owned.get(id) ?? []), pod]);
  }
  for (const workload of cluster.workloads) {
    const id = `${keyOf(workload)}[${workload.kind}]`;
    if (workload.owner === undefined && !owned.has(id)) owned.set(id, []);
  }
  const templates = new Map(
    cluster.workloads.map((workload) => [`${keyOf(workload)}[${workload.kind}]`, workload]),
  );
  return [...owned]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, pods]): Member => {
      const peer: ConnectivityPeer = id.endsWith('[Pod]')
        ? { id, type: 'pod' }
        : { id, type: 'workload', pods: pods.length };
      const workload = templates.get(id);
      return {
        peer,
        pods:
          pods.length === 0 && workload !== undefined
            ? [podLike(workload, workload.template)]
            : distinct(pods),
      };
    });
}

/** One pod of each kind that policies could tell apart: labels, named ports, host network and, for blocks, addresses do that. */
function distinct(pods: readonly Pod[]): readonly Pod[] {
  const kinds = new Map<string, Pod>();
  for (const pod of pods) {
    const key = JSON.stringify([
      Object.entries(pod.labels).sort(),
      pod.spec.hostNetwork ? pod.node?.value : '',
      pod.addresses.map(({ value }) => value.text),
    ]);
    if (!kinds.has(key)) kinds.set(key, pod);
  }
  return [...kinds.values()];
}

/** The pod that a workload scaled to nothing would make. */
function podLike(workload: Workload, template: PodTemplate): Pod {
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

interface PairJudge {
  readonly between: (from: Pod, to: Pod) => PortSet;
  readonly toOutside: (pod: Pod, range: OutsideRange) => PortSet;
  readonly fromOutside: (pod: Pod, range: OutsideRange) => PortSet;
}

/** Egress of the one and ingress of the other, each asked for both directions of view. */
function pairJudge(cluster: Cluster): PairJudge {
  const judge = policyJudgeOf(cluster);
  return {
    between: (from, to) => {
      const egress = judge.permittedPorts('egress', from, to);
      return isEmpty(egress) ? noPorts : intersectPorts(egress, judge.permittedPorts('ingress', to, from));
    },
    toOutside: (pod, { first }) => judge.permittedPorts('egress', pod, { kind: 'range', first }),
    fromOutside: (pod, { first }) => judge.permittedPorts('ingress', pod, { kind: 'range', first }),
  };
}

function union(from: readonly Pod[], to: readonly Pod[], between: PairJudge['between']): PortSet {
  return unionOf(from, (source) => unionOf(to, (destination) => between(source, destination)));
}

function unionOf<T>(items: readonly T[], portsOf: (item: T) => PortSet): PortSet {
  let ports = noPorts;
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
