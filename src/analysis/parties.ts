// Answers: who are the ends of the connectivity list? Workloads (or pods) of the cluster and ranges of addresses outside, each with
// the cohorts that its pods fall in. A workload without pods is judged by the pod that its template would make. Who has which pods
// is kept with the list of pods, so that a cluster whose policies alone were edited is not sorted out again.
import type { Cluster } from '../model/cluster';
import { append } from '../model/inserted';
import { compareText, keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import { finish } from '../model/steps';
import type { Cohort } from '../policy/cohorts';
import type { PolicyEngine } from '../policy/engine';

export type ConnectivityLevel = 'workload' | 'pod';

export type InsidePeer =
  | { readonly id: string; readonly type: 'workload'; readonly pods: number }
  | { readonly id: string; readonly type: 'pod' };

export type ConnectivityPeer = InsidePeer | { readonly id: string; readonly type: 'external' };

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
  return finish(partiesInSteps(cluster, engine, level));
}

/** Ends that are looked at before others get their turn. */
const endsAtOnce = 500;

/** The same in steps, for those who must not be kept waiting. */
export function* partiesInSteps(
  cluster: Cluster,
  engine: PolicyEngine,
  level: ConnectivityLevel,
): Generator<undefined, readonly Party[], void> {
  const parties: Party[] = [];
  for (const { peer, namespace, pods, judged, nodes, hostNodes } of (yield* endsInSteps(
    cluster,
    level,
  )).values()) {
    if (parties.length % endsAtOnce === endsAtOnce - 1) yield;
    parties.push({ peer, namespace, pods, cohorts: cohortsOf(engine, judged), nodes, hostNodes });
  }
  for (const { id, first } of engine.outside)
    parties.push({
      peer: { id, type: 'external' },
      namespace: '',
      pods: [],
      cohorts: [engine.outsideCohort(first)],
      nodes: nowhere,
      hostNodes: nowhere,
    });
  return parties;
}

/** The cohorts of pods, each once. */
function cohortsOf(engine: PolicyEngine, pods: readonly Pod[]): readonly Cohort[] {
  const found: Cohort[] = [];
  for (const pod of pods) {
    const cohort = engine.cohortOf(pod);
    // Pods of one workload are mostly alike.
    if (cohort !== found[0] && !found.includes(cohort)) found.push(cohort);
  }
  return found;
}

/** Id of the peer that stands for a pod: its workload's, or its own. */
export function workloadId(pod: Pod): string {
  const { owner } = pod;
  return owner === undefined ? podId(pod) : `${keyOf(owner)}[${owner.kind}]`;
}

export function podId({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string {
  return `${keyOf({ namespace, name })}[Pod]`;
}

const nowhere: ReadonlySet<string> = new Set();

/** A party inside, as far as policies do not matter. */
export interface End extends Pick<Party, 'namespace' | 'pods' | 'nodes' | 'hostNodes'> {
  readonly peer: InsidePeer;
  /** Pods that stand for it: its own, or the one that its template would make. */
  readonly judged: readonly Pod[];
  /** Of a workload that is in the input. */
  readonly workload: Workload | undefined;
}

interface Ends {
  readonly workloads: readonly Workload[];
  /** By id, in that order. */
  readonly ends: ReadonlyMap<string, End>;
}

const known: Readonly<Record<ConnectivityLevel, WeakMap<readonly Pod[], Ends>>> = {
  workload: new WeakMap(),
  pod: new WeakMap(),
};

/** Workloads or live pods by id, in that order; made once. */
export function endsOf(cluster: Cluster, level: ConnectivityLevel): ReadonlyMap<string, End> {
  return finish(endsInSteps(cluster, level));
}

/** The same with turns for others. */
export function* endsInSteps(
  { pods, workloads }: Cluster,
  level: ConnectivityLevel,
): Generator<undefined, ReadonlyMap<string, End>, void> {
  const before = known[level].get(pods);
  if (before?.workloads === workloads) return before.ends;
  const made = level === 'pod' ? yield* podEnds(pods) : yield* workloadEnds(pods, workloads);
  yield;
  made.sort((a, b) => compareText(a.peer.id, b.peer.id));
  yield;
  const ends = new Map(made.map((end) => [end.peer.id, end]));
  known[level].set(pods, { workloads, ends });
  return ends;
}

function* podEnds(pods: readonly Pod[]): Generator<undefined, End[], void> {
  const ends: End[] = [];
  for (const pod of pods) {
    if (!isLive(pod)) continue;
    if (ends.length % endsAtOnce === endsAtOnce - 1) yield;
    ends.push(endOf({ id: podId(pod), type: 'pod' }, [pod], undefined));
  }
  return ends;
}

function* workloadEnds(
  pods: readonly Pod[],
  workloads: readonly Workload[],
): Generator<undefined, End[], void> {
  const owned = new Map<string, Pod[]>();
  for (const [position, pod] of pods.entries()) {
    if (position % podsAtOnce === podsAtOnce - 1) yield;
    if (!isLive(pod)) continue;
    append(owned, workloadId(pod), pod);
  }
  yield;
  const templates = new Map(workloads.map((workload) => [`${keyOf(workload)}[${workload.kind}]`, workload]));
  for (const [id, workload] of templates) {
    if (workload.owner === undefined && !owned.has(id)) owned.set(id, []);
  }
  yield;
  const ends: End[] = [];
  for (const [id, own] of owned) {
    if (ends.length % endsAtOnce === endsAtOnce - 1) yield;
    const peer: InsidePeer = id.endsWith('[Pod]')
      ? { id, type: 'pod' }
      : { id, type: 'workload', pods: own.length };
    ends.push(endOf(peer, own, templates.get(id)));
  }
  return ends;
}

/** Pods that are looked at before others get their turn. */
const podsAtOnce = 2000;

function endOf(peer: InsidePeer, pods: readonly Pod[], workload: Workload | undefined): End {
  const judged = pods.length === 0 && workload !== undefined ? [podLike(workload)] : pods;
  const onHost = pods.filter(({ spec }) => spec.hostNetwork);
  return {
    peer,
    namespace: judged[0]?.namespace ?? '',
    pods,
    judged,
    workload,
    nodes: nodesOf(pods),
    hostNodes: onHost.length === 0 ? nowhere : nodesOf(onHost),
  };
}

function nodesOf(pods: readonly Pod[]): ReadonlySet<string> {
  const nodes = new Set<string>();
  for (const { node } of pods) if (node !== undefined) nodes.add(node.value);
  return nodes.size === 0 ? nowhere : nodes;
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
