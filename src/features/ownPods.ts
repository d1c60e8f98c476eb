// Answers: which pods are a workload's own? A pod knows its top owner, so a ReplicaSet of a Deployment, or a Job of a CronJob, has
// those of its owner's pods that its selector chooses, and is traced as its owner (apps/v1, batch/v1).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod, Workload } from '../model/pod';
import { matches } from '../model/selector';
import type { End } from '../trace/query';

export function ownPods(cluster: Cluster, workload: Workload): readonly Pod[] {
  const { kind, owner, selector } = workload;
  const lookup = lookupOf(cluster);
  if (owner === undefined) return lookup.podsOf(kind, keyOf(workload));
  const pods = lookup.podsOf(owner.kind, keyOf(owner));
  return selector === undefined ? pods : pods.filter((pod) => matches(selector, pod.labels));
}

/** The workload as an end of a trace, which knows top owners only. */
export function workloadEnd(cluster: Cluster, workload: Workload): End {
  const { owner } = workload;
  const top = owner && lookupOf(cluster).workload(owner.kind, keyOf(owner));
  const { kind, namespace, name } = top ?? workload;
  return { kind: 'workload', workload: kind, namespace, name };
}
