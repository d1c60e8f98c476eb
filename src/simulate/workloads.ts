// Answers: which pods do the workloads want that no pod of the input stands for? A workload gets simulated pods only if
// no existing pod belongs to it, and a ReplicaSet or Job none if the input has the Deployment or CronJob above it, or its pods.
// Names and labels are those that the controllers set, with ordinals in place of random suffixes (apps/v1, batch/v1).
import type { Cluster } from '../model/cluster';
import type { Node } from '../model/node';
import type { ObjectKey, ObjectRef } from '../model/objects';
import { keyOf } from '../model/objects';
import type { Pod, PodSpec, Workload } from '../model/pod';
import type { Problem } from '../model/problem';
import type { Labels } from '../model/selector';
import { simulated } from '../model/source';
import { tableOf } from '../model/tables';
import { daemonTolerations, refusalOf } from './constraints';

/**
 * A pod on its way to a node and an address. `identity` names it across edits (`StatefulSet/shop/db/0`): replicas,
 * labels and ports of its workload do not change it. Pods of one `group` are spread over the nodes.
 */
export interface PodPlan {
  readonly pod: Pod;
  readonly key: ObjectKey;
  readonly identity: string;
  readonly group: string;
  readonly ordinal: number;
  /** The only node it may go to: a DaemonSet makes each pod for one node. */
  readonly pinned?: string | undefined;
}

const mostReplicas = 5000;
/** A step over so many workloads takes a few milliseconds. */
const workloadsPerStep = 500;

/** In the order in which controllers get the plain name when two workloads would make the same pod name. */
const kindOrder = [
  'StatefulSet',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const;

export interface PlannedPods {
  readonly plans: readonly PodPlan[];
  readonly problems: readonly Problem[];
}

/** In steps. The plan of a pod is the same object as before as long as its workload is. */
export function* podsOfWorkloads(
  cluster: Cluster,
  nodes: readonly Node[],
): Generator<void, PlannedPods, void> {
  const names = new Set<ObjectKey>(cluster.pods.map((pod) => keyOf(pod)));
  yield;
  const served = ownersOfPods(cluster.pods);
  yield;
  const known = new Set(cluster.workloads.map(refText));
  const problems: Problem[] = [];
  const plans: PodPlan[] = [];
  let count = 0;
  for (const kind of kindOrder) {
    for (const workload of cluster.workloads) {
      if (workload.kind !== kind || served.has(refText(workload))) continue;
      if (++count % workloadsPerStep === 0) yield;
      const above = workload.owner && refText(workload.owner);
      if (above !== undefined && (known.has(above) || served.has(above))) continue;
      if (kind === 'DaemonSet') plans.push(...daemonPods(workload, nodes, names));
      else {
        const wanted = Math.max(0, Math.floor(workload.replicas.value)) || 0;
        plans.push(...replicaPods(workload, Math.min(wanted, mostReplicas), names));
        if (wanted > mostReplicas) problems.push(...tooMany(workload, wanted));
      }
    }
  }
  return { plans, problems };
}

/** A pod of a manifest is its own group. */
export const planOfPod = tableOf((pod: Pod): PodPlan => {
  const key = keyOf(pod);
  const identity = `Pod/${key}`;
  return { pod, key, identity, group: identity, ordinal: 0 };
});

/** By the name of the pod, which other workloads may take away. */
const plansOf = tableOf((workload: Workload) => ({ workload, byName: new Map<string, PodPlan>() }));

function planNamed(
  { workload, byName }: ReturnType<typeof plansOf>,
  name: string,
  identity: string,
  make: () => Omit<PodPlan, 'key' | 'identity'>,
): PodPlan {
  const known = byName.get(name);
  if (known?.identity === identity) return known;
  const plan = { ...make(), identity, key: keyOf({ namespace: workload.namespace, name }) };
  byName.set(name, plan);
  return plan;
}

function replicaPods(workload: Workload, count: number, names: Set<ObjectKey>): readonly PodPlan[] {
  const group = refText(workload);
  const plans = plansOf(workload);
  return Array.from({ length: count }, (_, ordinal): PodPlan => {
    const name = freeName(workload, `${ordinal}`, names);
    return planNamed(plans, name, `${group}/${ordinal}`, () => ({
      pod: podOf(workload, name, workload.template.spec, labelsOf(workload, name, ordinal)),
      group,
      ordinal,
    }));
  });
}

/** The spec of a DaemonSet's pods: one object for all of them. */
const daemonSpec = tableOf(({ template: { spec } }: Workload): PodSpec => {
  return { ...spec, tolerations: [...spec.tolerations, ...daemonTolerations(spec.hostNetwork)] };
});

function daemonPods(workload: Workload, nodes: readonly Node[], names: Set<ObjectKey>): readonly PodPlan[] {
  const { template } = workload;
  const spec = daemonSpec(workload);
  const only = spec.nodeName?.value;
  const eligible = nodes.filter(
    (node) => refusalOf(spec, node) === undefined && (only === undefined || only === node.name),
  );
  const group = refText(workload);
  const plans = plansOf(workload);
  return eligible.map((node): PodPlan => {
    const name = freeName(workload, node.name, names);
    return planNamed(plans, name, `${group}/${node.name}`, () => ({
      pod: podOf(workload, name, spec, template.labels),
      group,
      ordinal: 0,
      pinned: node.name,
    }));
  });
}

function podOf(workload: Workload, name: string, spec: PodSpec, labels: Labels): Pod {
  const owner: ObjectRef = {
    kind: workload.kind,
    namespace: workload.namespace,
    name: workload.name,
    at: workload.nameAt,
  };
  return {
    kind: 'Pod',
    namespace: workload.namespace,
    name,
    labels,
    provenance: 'simulated',
    owner,
    spec,
    addresses: [],
    hostAddresses: [],
    phase: simulated('Pending'),
    ready: simulated(false),
    terminating: false,
    containerStatuses: [],
    at: workload.at,
    nameAt: workload.nameAt,
  };
}

function labelsOf(workload: Workload, podName: string, ordinal: number): Labels {
  const { labels } = workload.template;
  const jobLabels = (job: string): Labels => ({
    ...labels,
    'batch.kubernetes.io/job-name': job,
    'job-name': job,
  });
  switch (workload.kind) {
    case 'StatefulSet':
      return {
        ...labels,
        'statefulset.kubernetes.io/pod-name': podName,
        'apps.kubernetes.io/pod-index': `${ordinal}`,
      };
    case 'Job':
      return jobLabels(workload.name);
    case 'CronJob':
      // The real Job is named after the minute of its run, which nobody knows here.
      return jobLabels(`${workload.name}-next`);
    case 'DaemonSet':
    case 'Deployment':
    case 'ReplicaSet':
    case 'ReplicationController':
      return labels;
  }
}

/** The plain name, or one that adds the kind when a pod of the input or of another workload has the plain one. */
function freeName(workload: Workload, suffix: string, names: Set<ObjectKey>): string {
  const base = workload.kind === 'CronJob' ? `${workload.name}-next` : workload.name;
  const { namespace } = workload;
  let name = `${base}-${suffix}`;
  for (let attempt = 1; names.has(keyOf({ namespace, name })); attempt++) {
    const number = attempt === 1 ? '' : `-${attempt}`;
    name = `${base}-${workload.kind.toLowerCase()}${number}-${suffix}`;
  }
  names.add(keyOf({ namespace, name }));
  return name;
}

/** Workloads that have pods, also a CronJob whose Job is not in the input and only names it: `<cronjob>-<minutes>`. */
function ownersOfPods(pods: readonly Pod[]): ReadonlySet<string> {
  const owners = new Set<string>();
  for (const { owner } of pods) {
    if (owner === undefined) continue;
    owners.add(refText(owner));
    const cronJob = owner.kind === 'Job' ? /^(.+)-\d{8,}$/.exec(owner.name)?.[1] : undefined;
    if (cronJob !== undefined) owners.add(refText({ ...owner, kind: 'CronJob', name: cronJob }));
  }
  return owners;
}

function tooMany(workload: Workload, wanted: number): readonly Problem[] {
  const at = workload.replicas.at ?? workload.nameAt;
  if (at === undefined) return [];
  const message = `${workload.kind} ${workload.name} wants ${wanted} pods; only ${mostReplicas} are simulated.`;
  return [{ code: 'workload.replicas', severity: 'warning', message, at }];
}

function refText(object: ObjectRef | Workload): string {
  return `${object.kind}/${keyOf(object)}`;
}
