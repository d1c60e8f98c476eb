// Answers: who are the ends of the connectivity list? Workloads (or pods) of the cluster and ranges of addresses outside, each with
// the cohorts that its pods fall in. A workload without pods is judged by the pod that its template would make.
import type { Cluster } from '../model/cluster';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import type { Cohort } from '../policy/cohorts';
import type { PolicyEngine } from '../policy/engine';

export type ConnectivityLevel = 'workload' | 'pod';

export type ConnectivityPeer =
  | { readonly id: string; readonly type: 'workload'; readonly pods: number }
  | { readonly id: string; readonly type: 'pod' }
  | { readonly id: string; readonly type: 'external' };

export interface Party {
  readonly peer: ConnectivityPeer;
  /** '' for outside. */
  readonly namespace: string;
  readonly pods: readonly Pod[];
  /** Without repeats. */
  readonly cohorts: readonly Cohort[];
  /** Nodes of its pods, and of those that are on their node's network: pods of one node reach these in any case (rule E50). */
  readonly nodes: ReadonlySet<string>;
  readonly hostNodes: ReadonlySet<string>;
}

/** Inside by id, then ranges outside in order. */
export function partiesOf(
  cluster: Cluster,
  engine: PolicyEngine,
  level: ConnectivityLevel,
): readonly Party[] {
  const inside = level === 'pod' ? podEnds(cluster) : workloadEnds(cluster);
  const outside = engine.outside.map(({ id, first }): Party => ({
    peer: { id, type: 'external' },
    namespace: '',
    pods: [],
    cohorts: [engine.outsideCohort(first)],
    nodes: nowhere,
    hostNodes: nowhere,
  }));
  return [...inside.map((end) => partyOf(engine, end)), ...outside];
}

const nowhere: ReadonlySet<string> = new Set();

interface End {
  readonly peer: ConnectivityPeer;
  readonly pods: readonly Pod[];
  /** What stands for a workload that has no pods. */
  readonly standIn?: Pod | undefined;
}

function partyOf(engine: PolicyEngine, { peer, pods, standIn }: End): Party {
  const judged = standIn === undefined ? pods : [standIn];
  return {
    peer,
    namespace: judged[0]?.namespace ?? '',
    pods,
    cohorts: [...new Set(judged.map((pod) => engine.cohortOf(pod)))],
    nodes: nodesOf(pods),
    hostNodes: nodesOf(pods.filter(({ spec }) => spec.hostNetwork)),
  };
}

function nodesOf(pods: readonly Pod[]): ReadonlySet<string> {
  return pods.length === 0
    ? nowhere
    : new Set(pods.flatMap(({ node }) => (node === undefined ? [] : [node.value])));
}

function podEnds(cluster: Cluster): readonly End[] {
  return cluster.pods
    .filter(isLive)
    .map((pod): End => ({ peer: { id: `${keyOf(pod)}[Pod]`, type: 'pod' }, pods: [pod] }))
    .sort((a, b) => compareText(a.peer.id, b.peer.id));
}

function workloadEnds(cluster: Cluster): readonly End[] {
  const owned = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    if (!isLive(pod)) continue;
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
    .map(([id, pods]): End => {
      const workload = templates.get(id);
      return {
        peer: id.endsWith('[Pod]') ? { id, type: 'pod' } : { id, type: 'workload', pods: pods.length },
        pods,
        standIn: pods.length === 0 && workload !== undefined ? podLike(workload) : undefined,
      };
    });
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
