// Answers: what is different between two values of a cluster, for policies? Objects that did not change are the same objects, so
// lists are compared by identity, and only the stretch between their equal beginnings and ends is looked at.
import type { Cluster } from '../model/cluster';
import { keptList, sameValue } from '../model/kept';
import type { Namespace } from '../model/node';
import type { Pod } from '../model/pod';
import type { NetworkPolicy } from '../model/policy';

export interface Changed<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

export interface ClusterChanges {
  readonly pods: Changed<Pod>;
  readonly policies: Changed<NetworkPolicy>;
  /** Names of those that came, went or have other labels. */
  readonly namespaces: readonly string[];
  /** Admin policies are others. */
  readonly admin: boolean;
  /** Nodes are others. */
  readonly nodes: boolean;
}

export function changesBetween(before: Cluster, after: Cluster): ClusterChanges {
  const namespaces = changed(before.namespaces, after.namespaces);
  return {
    pods: changed(before.pods, after.pods),
    policies: changed(before.policies, after.policies),
    namespaces: relabelled(namespaces),
    admin: keptList(before.adminPolicies, after.adminPolicies) !== before.adminPolicies,
    nodes: keptList(before.nodes, after.nodes) !== before.nodes,
  };
}

const unchanged: Changed<never> = { added: [], removed: [] };

/** Items of the one list that the other lacks; items that only moved are in neither. */
export function changed<T>(before: readonly T[], after: readonly T[]): Changed<T> {
  if (before === after) return unchanged;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  // Most edits leave each item where it was: then there is little to look up.
  const kept = old.length === now.length;
  const [gone, come] = kept
    ? [old.filter((item, at) => item !== now[at]), now.filter((item, at) => item !== old[at])]
    : [old, now];
  const [had, has] = [new Set(gone), new Set(come)];
  return { added: come.filter((item) => !had.has(item)), removed: gone.filter((item) => !has.has(item)) };
}

function relabelled({ added, removed }: Changed<Namespace>): readonly string[] {
  const old = new Map(removed.map(({ name, labels }) => [name, labels]));
  const now = new Map(added.map(({ name, labels }) => [name, labels]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    return was === undefined || is === undefined || !sameValue(was, is);
  });
}
