// Answers: on which node does a pod run, or why on none? `spec.nodeName` decides by itself, as it bypasses the scheduler;
// else the pod goes to a node that takes it and has its host ports free. Of these it takes the one with the fewest pods of
// the same workload, and among equals the one that a hash of the workload's and the node's name prefers.
// So a pod's node depends on its own workload and on the nodes, never on other workloads: only pods that want the same
// host port stand in each other's way, and among them whoever was placed before stays.
// Source: kubernetes.io, Kubernetes Scheduler; FitError in pkg/scheduler/framework/types.go for the sentence.
import type { Node } from '../model/node';
import { compareText } from '../model/objects';
import type { Pod, PodSpec } from '../model/pod';
import { isLive } from '../model/pod';
import type { Fact } from '../model/source';
import { simulated } from '../model/source';
import { tableOf } from '../model/tables';
import type { Refusal } from './constraints';
import { isUnconstrained, refusalOf } from './constraints';
import { hashText, mix } from './hash';
import type { HostPort } from './hostPorts';
import { HostPortTable, hostPortsOf } from './hostPorts';
import type { PodPlan } from './workloads';

interface Candidate {
  readonly node: Node;
  readonly hash: number;
  readonly refusal: Refusal | undefined;
}

/** What the scheduler finds for one pod spec: a verdict on every node, and the nodes that take it. */
interface Candidates {
  readonly all: readonly Candidate[];
  readonly fitting: readonly Candidate[];
}

/** Where a pod runs, or the scheduler's reason why nowhere. */
export type Placement =
  | { readonly node: Fact<string>; readonly unscheduled?: undefined }
  | { readonly node?: undefined; readonly unscheduled: string };

interface Claim {
  readonly plan: PodPlan;
  readonly ports: readonly HostPort[];
  /** The node that an earlier simulation chose. */
  readonly before: string | undefined;
  readonly hash: number;
}

/** A step over so many pods takes a few milliseconds when none of them was placed before. */
const podsPerStep = 500;

/** What was found out for one list of nodes, as long as that very list is there. */
interface Nodes {
  readonly candidatesOf: (spec: PodSpec) => Candidates;
  /** Pods without host ports: where one goes follows from its group and the nodes alone. */
  readonly placed: WeakMap<PodPlan, Placed>;
}

interface Placed {
  readonly placement: Placement;
  readonly chosen: Candidate | undefined;
}

const knownOf = tableOf((nodes: readonly Node[]): Nodes => {
  return { candidatesOf: candidateTable(nodes), placed: new WeakMap() };
});

/**
 * Where each pod goes, by plan, in steps. Pods of one group must come together, in the order of their ordinals.
 * @param running pods of the input that are on nodes already: their host ports are in use.
 * @param before the node that an earlier simulation gave to a pod.
 */
export function* schedule(
  plans: readonly PodPlan[],
  running: readonly Pod[],
  nodes: readonly Node[],
  before: (plan: PodPlan) => string | undefined,
): Generator<void, ReadonlyMap<PodPlan, Placement>, void> {
  const table = new HostPortTable();
  const { candidatesOf, placed } = knownOf(nodes);
  const spread = spreader();
  const placements = new Map<PodPlan, Placement>();
  const rivals: Claim[] = [];
  for (const [index, plan] of plans.entries()) {
    if (index % podsPerStep === podsPerStep - 1) yield;
    const known = placed.get(plan);
    if (known !== undefined) {
      placements.set(plan, known.placement);
      spread.count(plan.group, known.chosen);
      continue;
    }
    const bound = plan.pod.node ?? plan.pod.spec.nodeName;
    const ports = hostPortsOf(plan.pod.spec);
    if (bound !== undefined) {
      table.take(bound.value, ports);
      placements.set(plan, { node: bound });
    } else if (ports.length > 0) {
      const { identity } = plan;
      rivals.push({ plan, ports, before: before(plan), hash: hashText(identity) });
    } else {
      const candidates = candidatesOf(plan.pod.spec);
      const fitting = pinnedTo(plan, candidates.fitting);
      const chosen = spread.choose(plan.group, fitting, () => placedBefore(index));
      const placement = placementOf(plan, chosen, fitting.length, candidates.all);
      placed.set(plan, { placement, chosen });
      placements.set(plan, placement);
    }
  }
  for (const pod of rivals.length > 0 ? running : []) {
    if (pod.node !== undefined && isLive(pod)) table.take(pod.node.value, hostPortsOf(pod.spec));
  }
  yield;
  for (const [index, { plan, ports, before: earlier }] of rivals.sort(byPrecedence).entries()) {
    if (index % podsPerStep === podsPerStep - 1) yield;
    const candidates = candidatesOf(plan.pod.spec);
    const fitting = pinnedTo(plan, candidates.fitting).filter(({ node }) => table.isFree(node.name, ports));
    const kept = fitting.filter(({ node }) => node.name === earlier);
    const chosen = spread.choose(plan.group, kept.length > 0 ? kept : fitting, () => []);
    if (chosen !== undefined) table.take(chosen.node.name, ports);
    placements.set(plan, placementOf(plan, chosen, fitting.length, candidates.all));
  }
  return placements;

  /** Nodes of the pods of the same group that come before. */
  function placedBefore(index: number): readonly Node[] {
    const group = plans[index]?.group;
    const found: Node[] = [];
    for (let at = index - 1; plans[at] !== undefined && plans[at]?.group === group; at--) {
      const plan = plans[at];
      const node = plan && placed.get(plan)?.chosen?.node;
      if (node !== undefined) found.push(node);
    }
    return found;
  }
}

/** Pods of a DaemonSet first, then those placed before, then by ordinal and hash: no count of other pods plays a part. */
function byPrecedence(a: Claim, b: Claim): number {
  return (
    Number(a.plan.pinned === undefined) - Number(b.plan.pinned === undefined) ||
    Number(a.before === undefined) - Number(b.before === undefined) ||
    a.plan.ordinal - b.plan.ordinal ||
    a.hash - b.hash ||
    compareText(a.plan.identity, b.plan.identity)
  );
}

/** Computed once for all pods of a template, and once for all specs without constraints. */
function candidateTable(nodes: readonly Node[]): (spec: PodSpec) => Candidates {
  const hashed = nodes.map((node) => ({ node, hash: hashText(node.name) }));
  const bySpec = new WeakMap<object, Candidates>();
  const unconstrained = {};
  return (spec) => {
    const key = isUnconstrained(spec) ? unconstrained : spec;
    const known = bySpec.get(key);
    if (known !== undefined) return known;
    const all = hashed.map((entry) => ({ ...entry, refusal: refusalOf(spec, entry.node) }));
    const made = { all, fitting: all.filter(({ refusal }) => refusal === undefined) };
    bySpec.set(key, made);
    return made;
  };
}

function pinnedTo(plan: PodPlan, fitting: readonly Candidate[]): readonly Candidate[] {
  return plan.pinned === undefined ? fitting : fitting.filter(({ node }) => node.name === plan.pinned);
}

/** Chooses for the pods of each group in turn: the fewest pods of the group first, then the lowest hash of both names. */
function spreader(): {
  /** @param placed the nodes of the group's pods so far; asked for once. */
  readonly choose: (
    group: string,
    fitting: readonly Candidate[],
    placed: () => readonly Node[],
  ) => Candidate | undefined;
  /** Counts a pod that was placed before, in a group that was asked about already. */
  readonly count: (group: string, chosen: Candidate | undefined) => void;
} {
  const groups = new Map<string, { readonly hash: number; readonly counts: Map<Node, number> }>();
  const stateOf = (group: string, placed: () => readonly Node[]) => {
    const known = groups.get(group);
    if (known !== undefined) return known;
    const counts = new Map<Node, number>();
    for (const node of placed()) counts.set(node, (counts.get(node) ?? 0) + 1);
    const made = { hash: hashText(group), counts };
    groups.set(group, made);
    return made;
  };
  const choose = (
    group: string,
    fitting: readonly Candidate[],
    placed: () => readonly Node[],
  ): Candidate | undefined => {
    const state = stateOf(group, placed);
    let best: Candidate | undefined;
    let bestCount = Infinity;
    let bestScore = Infinity;
    for (const candidate of fitting) {
      const pods = state.counts.size === 0 ? 0 : (state.counts.get(candidate.node) ?? 0);
      if (pods > bestCount) continue;
      const score = mix(state.hash, candidate.hash);
      if (pods === bestCount && score >= bestScore) continue;
      best = candidate;
      bestCount = pods;
      bestScore = score;
    }
    if (best !== undefined) state.counts.set(best.node, bestCount + 1);
    return best;
  };
  const count = (group: string, chosen: Candidate | undefined): void => {
    const counts = groups.get(group)?.counts;
    if (chosen !== undefined) counts?.set(chosen.node, (counts.get(chosen.node) ?? 0) + 1);
  };
  return { choose, count };
}

function placementOf(
  plan: PodPlan,
  chosen: Candidate | undefined,
  fitting: number,
  all: readonly Candidate[],
): Placement {
  if (chosen === undefined) return { unscheduled: unscheduledReason(plan, all) };
  return { node: simulated(chosen.node.name, reasonFor(plan, fitting)) };
}

function reasonFor(plan: PodPlan, fitting: number): string {
  if (plan.pinned !== undefined) return 'its DaemonSet makes this pod for this node';
  if (fitting === 1) return 'the only node that takes it';
  return `one of ${fitting} nodes that take it: the one with the fewest pods of ${plan.group}; among equals, names decide, so that edits elsewhere do not move it`;
}

/** The scheduler's sentence: how many nodes gave which reason, in the order of the text. */
function unscheduledReason(plan: PodPlan, candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return 'no nodes available to schedule pods';
  const counts = new Map<Refusal, number>();
  for (const { node, refusal } of candidates) {
    const elsewhere = plan.pinned !== undefined && plan.pinned !== node.name;
    const reason = elsewhere
      ? "node(s) didn't satisfy plugin(s) [NodeAffinity]"
      : (refusal ?? "node(s) didn't have free ports for the requested pod ports");
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(compareText);
  return `0/${candidates.length} nodes are available: ${reasons.join(', ')}.`;
}
