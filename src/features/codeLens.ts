// Answers: what stands above the objects of a manifest in the editor? On policies whom they select and what would change without
// them; on pods and workloads traces and the policies that apply. Plain data: titles, places and what a click does.
import { lookupOf } from '../model/lookup';
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import type { AdminPolicy, NetworkPolicy } from '../model/policy';
import type { Location } from '../model/source';
import { finish } from '../model/steps';
import { noteSuccessor } from '../policy/judge';
import { selectsInSmallNamespaces } from '../policy/selected';
import { endText } from '../trace/endText';
import { policiesInSteps, policiesOf, selectedInSteps } from '../trace/policyReading';
import { ownPods, workloadEnd } from './ownPods';
import { count } from './words';

/** A policy by what names it in a cluster. */
export interface PolicyName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export type LensAction =
  /** Shows these places beside the line. None: the title alone is the answer. */
  | { readonly kind: 'show'; readonly places: readonly Location[] }
  | { readonly kind: 'trace'; readonly from?: string; readonly to?: string }
  | { readonly kind: 'without'; readonly policy: PolicyName }
  | { readonly kind: 'unsaved'; readonly file: string };

export interface Lens {
  readonly title: string;
  readonly at: Location;
  readonly action: LensAction;
}

/** Objects of a file above which there are no lenses: what kubectl printed is read, not edited. */
const mostObjects = 300;
/** Places that a click on a count shows. */
const mostPlaces = 200;

/** @param isDirty the editor has text that is not saved. */
export function lensesOf(cluster: Cluster, file: string, isDirty: boolean): readonly Lens[] {
  return finish(lensesInSteps(cluster, file, isDirty));
}

/** The same in steps, for those who must not be kept waiting. */
export function* lensesInSteps(
  cluster: Cluster,
  file: string,
  isDirty: boolean,
): Generator<undefined, readonly Lens[], void> {
  const here = <T extends { readonly at?: Location | undefined }>(objects: readonly T[]): readonly T[] =>
    objects.filter(({ at }) => at?.file === file);
  const policies = [...here(cluster.policies), ...here(cluster.adminPolicies)];
  const workloads = here(cluster.workloads);
  // Pods that a workload makes stand where their template does.
  const pods = here(cluster.pods).filter(({ provenance }) => provenance !== 'simulated');
  if (policies.length + workloads.length + pods.length > mostObjects) return [];
  if (selectsInSmallNamespaces(cluster, policies)) yield* policiesInSteps(cluster);
  else yield* selectedInSteps(cluster);
  const lenses: Lens[] = [];
  for (const policy of policies) {
    lenses.push(...policyLenses(cluster, policy, file, isDirty));
    yield;
  }
  for (const workload of workloads) {
    lenses.push(...workloadLenses(cluster, workload));
    yield;
  }
  for (const pod of pods) {
    lenses.push(...podLenses(cluster, pod));
    yield;
  }
  return lenses;
}

function policyLenses(
  cluster: Cluster,
  policy: NetworkPolicy | AdminPolicy,
  file: string,
  isDirty: boolean,
): readonly Lens[] {
  const at = policy.nameAt ?? policy.at;
  if (at === undefined) return [];
  const pods = policiesOf(cluster).selectedBy(policy);
  const { kind, namespace, name } = policy;
  return [
    {
      title: pods.length === 0 ? 'selects no pod' : `selects ${count(pods.length, 'pod')}`,
      at,
      action: { kind: 'show', places: placesOf(cluster, pods) },
    },
    { title: 'Try Without This Policy', at, action: { kind: 'without', policy: { kind, namespace, name } } },
    ...(isDirty ? [{ title: 'Try With Unsaved Text', at, action: { kind: 'unsaved', file } } as const] : []),
  ];
}

/** Where the pods are written: those of one workload once. */
function placesOf(cluster: Cluster, pods: readonly Pod[]): readonly Location[] {
  const lookup = lookupOf(cluster);
  const places = new Map<string, Location>();
  for (const pod of pods) {
    const owner = pod.owner && lookup.workload(pod.owner.kind, keyOf(pod.owner));
    const object = owner ?? pod;
    const at = object.nameAt ?? object.at;
    if (at !== undefined) places.set(`${at.file} ${at.line}`, at);
    if (places.size >= mostPlaces) break;
  }
  return [...places.values()];
}

function workloadLenses(cluster: Cluster, workload: Workload): readonly Lens[] {
  const at = workload.nameAt ?? workload.at;
  const end = endText(workloadEnd(cluster, workload));
  return at === undefined ? [] : objectLenses(cluster, at, end, ownPods(cluster, workload));
}

function podLenses(cluster: Cluster, pod: Pod): readonly Lens[] {
  const at = pod.nameAt ?? pod.at;
  return at === undefined || !isLive(pod) ? [] : objectLenses(cluster, at, keyOf(pod), [pod]);
}

function objectLenses(cluster: Cluster, at: Location, end: string, pods: readonly Pod[]): readonly Lens[] {
  const applying = applyingTo(cluster, pods);
  const places = applying.flatMap(({ nameAt, at: whole }) => nameAt ?? whole ?? []);
  const title =
    applying.length === 0 ? 'no policy applies' : count(applying.length, 'policy applies', 'policies apply');
  return [
    { title: 'Trace from', at, action: { kind: 'trace', from: end } },
    { title: 'Trace to', at, action: { kind: 'trace', to: end } },
    { title, at, action: { kind: 'show', places } },
  ];
}

/** Policies of every tier that are about some of the pods. */
function applyingTo(cluster: Cluster, pods: readonly Pod[]): readonly (NetworkPolicy | AdminPolicy)[] {
  const judge = policiesOf(cluster);
  const found = new Set<NetworkPolicy | AdminPolicy>();
  const looked = new Set<unknown>();
  for (const pod of pods) {
    if (!isLive(pod)) continue;
    const about = judge.policiesOf(pod);
    // Pods that policies cannot tell apart have the very same answer.
    if (looked.has(about)) continue;
    looked.add(about);
    for (const policy of [...about.admin, ...about.network, ...about.baseline]) found.add(policy);
  }
  return [...found];
}

/** The cluster as it would be without the policy: what it simulated stays, because no policy has a part in that. */
export function withoutPolicy(cluster: Cluster, { kind, namespace, name }: PolicyName): Cluster {
  const others = <T extends PolicyName>(policies: readonly T[]): readonly T[] =>
    policies.filter(
      (policy) => policy.kind !== kind || policy.namespace !== namespace || policy.name !== name,
    );
  const without = {
    ...cluster,
    policies: others(cluster.policies),
    adminPolicies: others(cluster.adminPolicies),
  };
  noteSuccessor(cluster, without);
  return without;
}
