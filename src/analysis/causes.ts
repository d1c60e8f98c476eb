// Answers: which edits could be responsible for a changed connection? A policy that selects the source for egress or the destination
// for ingress, on the side where it isolates or where a rule that differs names the other end; labels and ports of an end itself.
// An edit that could only have opened is not named for what closed (rules E3-E7: policies add up, and isolation alone closes).
import { compareIp, contains, lastOf, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { isLive } from '../model/pod';
import type { Direction, PolicyPeer, PolicyRule } from '../model/policy';
import { matches } from '../model/selector';
import { chooses, peerSelection } from '../policy/selectionIndex';
import type { ConnectivityLevel } from './connectivity';
import type { EditSubject, FoundEdit, RulePolicy } from './edits';
import { endsOf, workloadId } from './parties';
import { seenPods, type SeenPod } from './policyView';

/** An end of a connection: a peer by its id, or a range of addresses outside. */
export type ChangedEnd =
  | { readonly kind: 'peer'; readonly id: string }
  | { readonly kind: 'range'; readonly first: Ip; readonly last: Ip };

export interface Effect {
  readonly gains: boolean;
  readonly loses: boolean;
}

export type Roles = Readonly<Record<'source' | 'destination', boolean>>;

/** @returns positions of the edits that could be responsible, in order. */
export type Causes = (source: ChangedEnd, destination: ChangedEnd, effect: Effect) => readonly number[];

export interface CauseFinder {
  readonly causes: Causes;
  /**
   * As what a peer can have changed at all: a source whose egress, a destination whose ingress some edited policy is about.
   * undefined: more than policies differ, so any peer may have changed.
   */
  readonly touched: ((id: string) => Roles) | undefined;
}

/** How an end is seen before and after; empty where it is not there. */
interface SeenEnd {
  readonly before: readonly SeenPod[];
  readonly after: readonly SeenPod[];
  /** At workload level; undefined: a range. */
  readonly owner: string | undefined;
  readonly namespaces: ReadonlySet<string>;
  readonly range?: { readonly first: Ip; readonly last: Ip } | undefined;
}

type Selection = Readonly<Record<'before' | 'after', boolean>>;

export function causesOf(
  before: Cluster,
  after: Cluster,
  level: ConnectivityLevel,
  edits: readonly FoundEdit[],
): CauseFinder {
  const endOf = endReader(before, after, level);
  let keysMade: SelectingKeys | undefined;
  const keysIn = (kind: keyof SelectingKeys): ReadonlySet<string> =>
    (keysMade ??= selectingKeys([before, after]))[kind];
  /** By edit: ends that its policy selects, so that each end is matched once for each edit. */
  const selections = new Map<EditSubject, Map<SeenEnd, Readonly<Record<Direction, Selection>>>>();

  function selectionOf(subject: EditSubject & { readonly kind: 'policy' }, end: SeenEnd) {
    const known = selections.get(subject) ?? new Map<SeenEnd, Readonly<Record<Direction, Selection>>>();
    selections.set(subject, known);
    const made = known.get(end) ?? {
      ingress: selected(subject, end, 'ingress'),
      egress: selected(subject, end, 'egress'),
    };
    known.set(end, made);
    return made;
  }

  function policyMay(
    subject: EditSubject & { readonly kind: 'policy' },
    direction: Direction,
    end: SeenEnd,
    other: SeenEnd,
    effect: Effect,
  ): boolean {
    if (end.range !== undefined) return false;
    const selection = selectionOf(subject, end)[direction];
    if (!selection.before && !selection.after) return false;
    const policy = subject.after ?? subject.before;
    const { removed, added } = subject.rules[direction];
    const admin = policy?.kind !== 'NetworkPolicy';
    const names = (rules: readonly PolicyRule[], owner: RulePolicy | undefined, pods: readonly SeenPod[]) =>
      owner !== undefined && rules.some((rule) => rule.peers.length === 0 || some(rule, owner, pods));
    const some = (rule: PolicyRule, owner: RulePolicy, pods: readonly SeenPod[]): boolean =>
      rule.peers.some((peer) => namesEnd(peer, owner, other, pods));
    if (selection.before !== selection.after) {
      // All its rules came or went for this end, and with them its isolation.
      const rules = (selection.after ? subject.after : subject.before)?.[direction] ?? [];
      const owner = selection.after ? subject.after : subject.before;
      const named = names(rules, owner, selection.after ? other.after : other.before);
      if (admin) return named;
      const isolating = selection.after ? effect.loses : effect.gains;
      return isolating || (named && (selection.after ? effect.gains : effect.loses));
    }
    const opens = names(added, subject.after, other.after);
    const closes = names(removed, subject.before, other.before);
    if (admin) return opens || closes;
    return (opens && effect.gains) || (closes && effect.loses);
  }

  function may(subject: EditSubject, source: SeenEnd, destination: SeenEnd, effect: Effect): boolean {
    switch (subject.kind) {
      case 'policy':
        return (
          policyMay(subject, 'egress', source, destination, effect) ||
          policyMay(subject, 'ingress', destination, source, effect)
        );
      case 'vendor':
        return false;
      case 'namespace':
        return (
          (source.namespaces.has(subject.name) || destination.namespaces.has(subject.name)) &&
          meet(subject.keys, keysIn('namespaces'))
        );
      case 'peer':
        return (
          (source.owner === subject.id || destination.owner === subject.id) &&
          (subject.keys === undefined || meet(subject.keys, keysIn('pods')))
        );
    }
  }

  const policies = edits.flatMap(({ subject }) => (subject.kind === 'policy' ? [subject] : []));
  const onlyPolicies = policies.length === edits.length && standAlike(before, after);
  const isTouched = (direction: Direction, end: SeenEnd): boolean =>
    policies.some((subject) => {
      const selection = selectionOf(subject, end)[direction];
      return selection.before || selection.after;
    });
  return {
    causes: (source, destination, effect) => {
      const [from, to] = [endOf(source), endOf(destination)];
      return edits.flatMap(({ subject }, position) => (may(subject, from, to, effect) ? [position] : []));
    },
    touched: onlyPolicies
      ? (id) => {
          const end = endOf({ kind: 'peer', id });
          return { source: isTouched('egress', end), destination: isTouched('ingress', end) };
        }
      : undefined,
  };
}

/** Whether the same pods run on the same nodes with the same addresses: what policies notice without any edit. */
function standAlike(before: Cluster, after: Cluster): boolean {
  if (before.pods === after.pods && before.nodes === after.nodes) return true;
  const addressed = (one: readonly { readonly value: Ip }[], other: readonly { readonly value: Ip }[]) =>
    one.length === other.length && one.every(({ value }, index) => value.text === other[index]?.value.text);
  return (
    before.pods.length === after.pods.length &&
    before.nodes.length === after.nodes.length &&
    before.pods.every((pod, index) => {
      const other = after.pods[index];
      return (
        other?.name === pod.name &&
        other.namespace === pod.namespace &&
        other.node?.value === pod.node?.value &&
        isLive(other) === isLive(pod) &&
        addressed(pod.addresses, other.addresses)
      );
    }) &&
    before.nodes.every((node, index) => {
      const other = after.nodes[index];
      return (
        other?.name === node.name &&
        addressed(node.addresses, other.addresses) &&
        JSON.stringify(node.labels) === JSON.stringify(other.labels)
      );
    })
  );
}

function endReader(before: Cluster, after: Cluster, level: ConnectivityLevel): (end: ChangedEnd) => SeenEnd {
  const [old, now] = [endsOf(before, level), endsOf(after, level)];
  const known = new Map<string, SeenEnd>();
  return (end) => {
    if (end.kind === 'range')
      return { before: [], after: [], owner: undefined, namespaces: new Set(), range: end };
    const found = known.get(end.id);
    if (found !== undefined) return found;
    const [was, is] = [old.get(end.id), now.get(end.id)];
    const pod = level === 'workload' ? undefined : (is ?? was)?.pods[0];
    const made: SeenEnd = {
      before: was === undefined ? [] : seenPods(before, was.judged),
      after: is === undefined ? [] : seenPods(after, is.judged),
      owner: pod === undefined ? end.id : workloadId(pod),
      namespaces: new Set([was, is].flatMap((each) => each?.namespace ?? [])),
    };
    known.set(end.id, made);
    return made;
  };
}

function selected(
  { before, after }: EditSubject & { readonly kind: 'policy' },
  end: SeenEnd,
  direction: Direction,
): Selection {
  // An end that is only on one side is asked as it is there: what else would the policy have meant?
  const then = end.before.length === 0 ? end.after : end.before;
  const now = end.after.length === 0 ? end.before : end.after;
  return {
    before: before !== undefined && then.some((pod) => selects(before, pod, direction)),
    after: after !== undefined && now.some((pod) => selects(after, pod, direction)),
  };
}

function selects(policy: RulePolicy, pod: SeenPod, direction: Direction): boolean {
  if (pod.hostNetwork) return false;
  return policy.kind === 'NetworkPolicy'
    ? policy.isolates[direction] && chooses(policy, pod)
    : policy[direction].length > 0 && chooses(policy.subject, pod);
}

function namesEnd(
  peer: PolicyPeer,
  policy: RulePolicy,
  { range }: SeenEnd,
  pods: readonly SeenPod[],
): boolean {
  switch (peer.kind) {
    case 'pods':
      return pods.some((pod) => !pod.hostNetwork && chooses(peerSelection(peer, policy.namespace), pod));
    case 'ipBlock':
      return range === undefined
        ? pods.some(({ addresses }) => addresses.some((ip) => contains(peer.cidr, ip)))
        : compareIp(range.first, lastOf(peer.cidr)) <= 0 && compareIp(peer.cidr.first, range.last) <= 0;
    case 'nodes':
      return pods.some(({ hostNetwork, nodeLabels }) => hostNetwork && matches(peer.selector, nodeLabels));
    case 'domainNames':
      return range !== undefined;
    case 'unknown':
      return true;
  }
}

type SelectingKeys = Readonly<Record<'pods' | 'namespaces', ReadonlySet<string>>>;

/** Label keys that some policy of either cluster selects pods, or namespaces, by. */
function selectingKeys(clusters: readonly Cluster[]): SelectingKeys {
  const keys = { pods: new Set<string>(), namespaces: new Set<string>() };
  for (const { policies, adminPolicies } of clusters) {
    for (const policy of [...policies, ...adminPolicies]) {
      const selectors =
        policy.kind === 'NetworkPolicy' ? { podSelector: policy.podSelector } : policy.subject;
      const peers = [...policy.ingress, ...policy.egress].flatMap((rule) => rule.peers);
      for (const each of [selectors, ...peers]) {
        if ('podSelector' in each)
          for (const { key } of each.podSelector?.requirements ?? []) keys.pods.add(key);
        if ('namespaceSelector' in each)
          for (const { key } of each.namespaceSelector?.requirements ?? []) keys.namespaces.add(key);
      }
    }
  }
  return keys;
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) if (others.has(each)) return true;
  return false;
}
