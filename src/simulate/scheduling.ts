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

interface Claim {
  readonly plan: PodPlan;
  readonly ports: readonly HostPort[];
  /** The node that an earlier simulation chose. */
  readonly before: string | undefined;
  readonly hash: number;
}

/**
 * The plans with their nodes filled in, or the scheduler's reason.
 * @param running pods of the input that are on nodes already: their host ports are in use.
 * @param before the node that an earlier simulation gave to a pod, by identity.
 */
export function schedule(
  plans: readonly PodPlan[],
  running: readonly Pod[],
  nodes: readonly Node[],
  before: (identity: string) => string | undefined,
): readonly PodPlan[] {
  const table = new HostPortTable();
  const bound: PodPlan[] = [];
  const free: Claim[] = [];
  for (const pod of running) {
    if (pod.node !== undefined && isLive(pod)) table.take(pod.node.value, hostPortsOf(pod.spec));
  }
  for (const plan of plans) {
    const name = plan.pod.node ?? plan.pod.spec.nodeName;
    const ports = hostPortsOf(plan.pod.spec);
    if (name === undefined) {
      const claims = { plan, ports, hash: hashText(plan.identity) };
      free.push({ ...claims, before: ports.length > 0 ? before(plan.identity) : undefined });
      continue;
    }
    table.take(name.value, ports);
    bound.push(onNode(plan, name));
  }
  const candidates = candidateTable(nodes);
  const counts = new Map<string, Map<string, number>>();
  const placed = free.sort(byPrecedence).map((claim) => {
    const { plan, ports } = claim;
    const fitting = candidates(plan.pod.spec).filter(
      ({ node, refusal }) =>
        refusal === undefined &&
        (plan.pinned === undefined || plan.pinned === node.name) &&
        table.isFree(node.name, ports),
    );
    const count = counts.get(plan.group) ?? new Map<string, number>();
    counts.set(plan.group, count);
    const chosen =
      fitting.find(({ node }) => node.name === claim.before) ?? prefer(plan.group, fitting, count);
    if (chosen === undefined) {
      const reason = unscheduledReason(plan, candidates(plan.pod.spec));
      return { ...plan, pod: { ...plan.pod, node: undefined, unscheduled: reason } };
    }
    const { name } = chosen.node;
    count.set(name, (count.get(name) ?? 0) + 1);
    table.take(name, ports);
    return onNode(plan, simulated(name, reasonFor(plan, fitting.length)));
  });
  return [...bound, ...placed];
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

/** Which nodes take which pod spec; computed once for all pods of a template, and for all specs without constraints. */
function candidateTable(nodes: readonly Node[]): (spec: PodSpec) => readonly Candidate[] {
  const hashed = nodes.map((node) => ({ node, hash: hashText(node.name) }));
  const bySpec = new Map<PodSpec | 'unconstrained', readonly Candidate[]>();
  return (spec) => {
    const key = isUnconstrained(spec) ? 'unconstrained' : spec;
    const known = bySpec.get(key);
    if (known !== undefined) return known;
    const made = hashed.map((entry) => ({ ...entry, refusal: refusalOf(spec, entry.node) }));
    bySpec.set(key, made);
    return made;
  };
}

function prefer(
  group: string,
  fitting: readonly Candidate[],
  count: ReadonlyMap<string, number>,
): Candidate | undefined {
  const groupHash = hashText(group);
  let best: Candidate | undefined;
  let bestCount = Infinity;
  let bestScore = Infinity;
  for (const candidate of fitting) {
    const pods = count.get(candidate.node.name) ?? 0;
    const score = mix(groupHash, candidate.hash);
    if (pods > bestCount || (pods === bestCount && score >= bestScore)) continue;
    best = candidate;
    bestCount = pods;
    bestScore = score;
  }
  return best;
}

function onNode(plan: PodPlan, node: Fact<string>): PodPlan {
  return { ...plan, pod: { ...plan.pod, node } };
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
