// Answers: what do checks ask of a cluster? Whom selectors choose, resolved once per selector through groups of pods that are alike,
// so that the cost grows with kinds of pods and of selectors, not with pods times policies. Workloads without pods count by their
// template: a policy for a Deployment that is scaled to nothing, or for a CronJob, selects something.
import type { Cluster } from '../../model/cluster';
import { append } from '../../model/inserted';
import { lookupOf } from '../../model/lookup';
import { keyOf } from '../../model/objects';
import type { PodSpec } from '../../model/pod';
import type { Direction, NetworkPolicy, PolicyPeer, PolicyRule } from '../../model/policy';
import { matches, type LabelSelector, type Labels } from '../../model/selector';
import { finish } from '../../model/steps';
import type { AnyPolicy } from './finding';

/** Pods that are alike: one namespace, one set of labels, one spec. */
export interface Member {
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  /** What made them, or a bare pod: `Deployment shop/web`, `Pod shop/debug`. */
  readonly owner: string;
}

export interface CheckContext {
  readonly cluster: Cluster;
  /** Pods and templates of a namespace, also on the host network. */
  membersIn(namespace: string): readonly Member[];
  /** Kinds of pods in all namespaces. */
  readonly kinds: number;
  /** Namespaces with pods, workloads or policies, in order. */
  readonly namespaces: readonly string[];
  labelsOf(namespace: string): Labels;
  /** Values that pods of the namespace have for a label, each once. */
  valuesOf(namespace: string, key: string): readonly string[];
  policiesIn(namespace: string): readonly NetworkPolicy[];
  /** Whom the policy is about, by labels alone: hostNetwork pods too. */
  subjects(policy: AnyPolicy): readonly Member[];
  /** Names of known namespaces that the selector chooses. */
  namespacesBy(selector: LabelSelector): readonly string[];
  /** Pods that a peer names by labels, also on the host network. */
  peerMembers(policy: AnyPolicy, peer: PolicyPeer & { readonly kind: 'pods' }): readonly Member[];
  /** Where connections of the rule go to; undefined: anybody, or addresses, so not only pods. Never on the host network. */
  destinations(policy: AnyPolicy, direction: Direction, rule: PolicyRule): readonly Member[] | undefined;
  /** @returns whether this is asked for the first time: what many rules say alike is reported once. */
  first(key: string): boolean;
}

/** The cluster as far as checks need it; tables are made when first asked for. */
export function checkContext(cluster: Cluster): CheckContext {
  return finish(contextInSteps(cluster));
}

/** Yields after some thousand pods each, so that a host can let others run. */
export function* contextInSteps(cluster: Cluster): Generator<undefined, CheckContext, void> {
  const members = yield* membersByNamespace(cluster);
  const policies = new Map<string, NetworkPolicy[]>();
  for (const policy of cluster.policies) append(policies, policy.namespace, policy);
  const labels = new Map(cluster.namespaces.map((namespace) => [namespace.name, namespace.labels]));
  const namespaces = [...new Set([...members.keys(), ...policies.keys()])].sort();
  const known = [...new Set([...labels.keys(), ...namespaces])].sort();
  const byLabel = new Map<string, ReadonlyMap<string, readonly Member[]>>();
  const selected = new Map<string, readonly Member[]>();
  const chosenNamespaces = new Map<string, readonly string[]>();
  const valuesKnown = new Map<string, readonly string[]>();
  const seen = new Set<string>();

  const labelsOf = (name: string): Labels => lookupOf(cluster).namespaceLabels(name);
  const membersIn = (namespace: string): readonly Member[] => members.get(namespace) ?? [];

  /** Those that may match: with an exact label asked for, only its pods are looked at. */
  function candidates(namespace: string, selector: LabelSelector): readonly Member[] {
    const exact = selector.requirements.find(
      ({ operator, values }) => operator === 'In' && values.length === 1,
    );
    if (exact === undefined) return membersIn(namespace);
    const index = byLabel.get(namespace) ?? labelIndex(membersIn(namespace));
    byLabel.set(namespace, index);
    return index.get(`${exact.key}=${exact.values[0] ?? ''}`) ?? [];
  }

  function select(namespace: string, selector: LabelSelector | undefined): readonly Member[] {
    if (selector === undefined || selector.requirements.length === 0) return membersIn(namespace);
    const key = `${namespace} ${selectorKey(selector)}`;
    const before = selected.get(key);
    if (before !== undefined) return before;
    const found = candidates(namespace, selector).filter((member) => matches(selector, member.labels));
    selected.set(key, found);
    return found;
  }

  function namespacesBy(selector: LabelSelector): readonly string[] {
    if (selector.requirements.length === 0) return known;
    const key = selectorKey(selector);
    const before = chosenNamespaces.get(key);
    if (before !== undefined) return before;
    const found = known.filter((name) => matches(selector, labelsOf(name)));
    chosenNamespaces.set(key, found);
    return found;
  }

  function inNamespaces(
    chosen: readonly string[],
    podSelector: LabelSelector | undefined,
  ): readonly Member[] {
    const [only] = chosen;
    return chosen.length === 1 && only !== undefined
      ? select(only, podSelector)
      : chosen.flatMap((namespace) => select(namespace, podSelector));
  }

  const context: CheckContext = {
    cluster,
    kinds: [...members.values()].reduce((sum, list) => sum + list.length, 0),
    membersIn,
    namespaces,
    labelsOf,
    valuesOf: (namespace, key) => {
      const before = valuesKnown.get(`${namespace} ${key}`);
      if (before !== undefined) return before;
      const written = membersIn(namespace).flatMap(({ labels: own }) =>
        Object.hasOwn(own, key) ? [own[key] ?? ''] : [],
      );
      const made = [...new Set(written)];
      valuesKnown.set(`${namespace} ${key}`, made);
      return made;
    },
    policiesIn: (namespace) => policies.get(namespace) ?? [],
    subjects: (policy) =>
      policy.kind === 'NetworkPolicy'
        ? select(policy.namespace, policy.podSelector)
        : inNamespaces(namespacesBy(policy.subject.namespaceSelector), policy.subject.podSelector),
    namespacesBy,
    peerMembers: (policy, peer) =>
      peer.namespaceSelector === undefined
        ? select(policy.namespace, peer.podSelector)
        : inNamespaces(namespacesBy(peer.namespaceSelector), peer.podSelector),
    destinations: (policy, direction, rule) => {
      if (direction === 'ingress') return onPodNetwork(context.subjects(policy));
      if (rule.peers.length === 0) return undefined;
      const found = new Set<Member>();
      for (const peer of rule.peers) {
        if (peer.kind !== 'pods') return undefined;
        for (const member of context.peerMembers(policy, peer)) found.add(member);
      }
      return onPodNetwork([...found]);
    },
    first: (key) => {
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    },
  };
  return context;
}

/** To policies a hostNetwork pod is its node (rules E53, E54). */
export function onPodNetwork(members: readonly Member[]): readonly Member[] {
  return members.some(({ spec }) => spec.hostNetwork)
    ? members.filter(({ spec }) => !spec.hostNetwork)
    : members;
}

/** `Deployment shop/web` each, once, in order. */
export function owners(members: readonly Member[]): readonly string[] {
  return [...new Set(members.map(({ owner }) => owner))].sort();
}

/** The same text for selectors that say the same, whatever their order. */
export function selectorKey(selector: LabelSelector): string {
  const known = keys.get(selector);
  if (known !== undefined) return known;
  const parts = selector.requirements.map(({ key, operator, values }) =>
    JSON.stringify([key, operator, [...new Set(values)].sort()]),
  );
  const made = [...new Set(parts)].sort().join();
  keys.set(selector, made);
  return made;
}

const keys = new WeakMap<LabelSelector, string>();

/** Pods that are grouped in one step. */
const podsAtOnce = 2000;

/** Kept with the cluster: the checks of another file, or the next question, need them again. */
const grouped = new WeakMap<Cluster, ReadonlyMap<string, readonly Member[]>>();

function* membersByNamespace(
  cluster: Cluster,
): Generator<undefined, ReadonlyMap<string, readonly Member[]>, void> {
  const known = grouped.get(cluster);
  if (known !== undefined) return known;
  const found = new Map<string, Member>();
  const owned = new Set<string>();
  const specs = new Map<PodSpec, number>();
  const add = (member: Member): void => {
    const spec = specs.get(member.spec) ?? specs.size;
    specs.set(member.spec, spec);
    const key = JSON.stringify([member.namespace, Object.entries(member.labels).sort(), spec]);
    if (!found.has(key)) found.set(key, member);
  };
  for (const [index, { namespace, labels, spec, owner, name }] of cluster.pods.entries()) {
    if (index % podsAtOnce === podsAtOnce - 1) yield;
    const text = owner === undefined ? `Pod ${namespace}/${name}` : `${owner.kind} ${keyOf(owner)}`;
    owned.add(text);
    add({ namespace, labels, spec, owner: text });
  }
  for (const workload of cluster.workloads) {
    const owner = `${workload.kind} ${keyOf(workload)}`;
    const { labels, spec } = workload.template;
    if (workload.owner === undefined && !owned.has(owner))
      add({ namespace: workload.namespace, labels, spec, owner });
  }
  const byNamespace = new Map<string, Member[]>();
  for (const member of found.values()) append(byNamespace, member.namespace, member);
  grouped.set(cluster, byNamespace);
  return byNamespace;
}

function labelIndex(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const index = new Map<string, Member[]>();
  for (const member of members)
    for (const [key, value] of Object.entries(member.labels)) append(index, `${key}=${value}`, member);
  return index;
}
