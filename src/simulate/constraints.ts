// Answers: may this pod run on this node, and if not, what does the scheduler say? nodeSelector and required node
// affinity must both hold (terms are ORed, their expressions ANDed), every NoSchedule and NoExecute taint must be
// tolerated, and a cordoned node takes only pods that tolerate `node.kubernetes.io/unschedulable`. Checked in the order of
// the scheduler's default plugins; the first that fails gives the reason.
// Source: pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity}, component-helpers nodeaffinity;
// wording as since v1.34.2, where the taint is no longer named (kubernetes/kubernetes#134740).
import type { Node, Taint } from '../model/node';
import type { NodeRequirement, NodeSelectorTerm, PodSpec, Toleration } from '../model/pod';
import type { Labels } from '../model/selector';

export type Refusal =
  | 'node(s) were unschedulable'
  | 'node(s) had untolerated taint(s)'
  | "node(s) didn't match Pod's node affinity/selector"
  | "node(s) didn't have free ports for the requested pod ports"
  | "node(s) didn't satisfy plugin(s) [NodeAffinity]";

const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** @returns why the node refuses the pod, by everything but host ports; undefined: it takes the pod. */
export function refusalOf(spec: PodSpec, node: Node): Refusal | undefined {
  if (node.unschedulable && !isTolerated(cordoned, spec.tolerations)) return 'node(s) were unschedulable';
  const repels = node.taints.some(
    (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, spec.tolerations),
  );
  if (repels) return 'node(s) had untolerated taint(s)';
  return isSelected(spec, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

/** @returns whether nothing in the pod spec prefers one node over another, so that all such pods fit the same nodes. */
export function isUnconstrained(spec: PodSpec): boolean {
  return (
    spec.tolerations.length === 0 &&
    spec.requiredNodeAffinity === undefined &&
    Object.keys(spec.nodeSelector).length === 0
  );
}

/** Tolerations that the DaemonSet controller adds to its pods (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations). */
export function daemonTolerations(hostNetwork: boolean): readonly Toleration[] {
  const exists = (name: string, effect: string): Toleration => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect,
  });
  return [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect)
      return false;
    const anyKey = toleration.key === undefined || toleration.key === '';
    if (anyKey) return toleration.operator === 'Exists';
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === taint.value;
  });
}

function isSelected(spec: PodSpec, node: Node): boolean {
  const selected = Object.entries(spec.nodeSelector).every(
    ([key, value]) => labelOf(node.labels, key) === value,
  );
  return selected && (spec.requiredNodeAffinity?.some((term) => matchesTerm(term, node)) ?? true);
}

/** A term without any requirement matches no node. */
function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  if (term.labels.length === 0 && term.fields.length === 0) return false;
  return (
    term.labels.every((requirement) => meets(requirement, labelOf(node.labels, requirement.key))) &&
    term.fields.every((requirement) => requirement.key === 'metadata.name' && meets(requirement, node.name))
  );
}

function meets({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return compares(operator, value, values);
  }
}

/** Both sides must be whole numbers, and there must be exactly one to compare with. */
function compares(operator: 'Gt' | 'Lt', value: string | undefined, values: readonly string[]): boolean {
  const [limit, ...more] = values;
  if (value === undefined || limit === undefined || more.length > 0) return false;
  if (!/^[+-]?\d+$/.test(value) || !/^[+-]?\d+$/.test(limit)) return false;
  return operator === 'Gt' ? BigInt(value) > BigInt(limit) : BigInt(value) < BigInt(limit);
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
