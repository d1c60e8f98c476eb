// Answers: how many pods of the pod network send alike, how many receive alike? Policies are asked once for a group, however many
// pods it has; so a hover says how many of a cluster's pods may connect in time of its groups (`policy/groups.ts`).
import type { Cluster } from '../model/cluster';
import { isOnPodNetwork, type Pod } from '../model/pod';
import type { Provenance } from '../model/source';
import { finish } from '../model/steps';
import { tableOf } from '../model/tables';
import { policyEngineOf } from '../policy/judge';
import { policiesInSteps, policyReadingOf } from '../trace/policyReading';

export interface PodGroups {
  /** Pods by number of the group. */
  readonly senders: ReadonlyMap<number, number>;
  readonly receivers: ReadonlyMap<number, number>;
  /** Pods by how they are known. */
  readonly provenances: ReadonlyMap<Provenance, number>;
}

/** Pods that policies can be about, in the order of the cluster. */
export const podsOfNetwork = tableOf((pods: readonly Pod[]) => pods.filter(isOnPodNetwork));

const known = new WeakMap<Cluster, PodGroups>();

/** Pods that are looked at before others get their turn. */
const podsAtOnce = 500;

export function podGroupsOf(cluster: Cluster): PodGroups {
  return finish(podGroupsInSteps(cluster));
}

/** The same in steps, with the engine; kept with the cluster. */
export function* podGroupsInSteps(cluster: Cluster): Generator<undefined, PodGroups, void> {
  const before = known.get(cluster);
  if (before !== undefined) return before;
  yield* policiesInSteps(cluster);
  const engine = policyEngineOf(cluster, policyReadingOf(cluster));
  const [senders, receivers] = [new Map<number, number>(), new Map<number, number>()];
  const provenances = new Map<Provenance, number>();
  for (const [position, pod] of podsOfNetwork(cluster.pods).entries()) {
    if (position % podsAtOnce === podsAtOnce - 1) yield;
    const cohort = engine.cohortOf(pod);
    more(senders, engine.senderOf(cohort));
    more(receivers, engine.receiverOf(cohort));
    more(provenances, pod.provenance);
  }
  const made = { senders, receivers, provenances };
  known.set(cluster, made);
  return made;
}

function more<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
