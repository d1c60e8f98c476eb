// Answers: what do the policies of a cluster look at? Label keys, names of ports, and which terms stand in rules of which direction:
// whatever they do not look at tells no pod from another.
import type { Cluster } from '../model/cluster';
import type { Direction } from '../model/policy';
import type { LabelSelector } from '../model/selector';
import type { Compiled, CompiledRule, RulePorts } from './compile';
import type { PortTable } from './portTable';
import type { TermId } from './terms';

const directions: readonly Direction[] = ['ingress', 'egress'];

export function labelKeysOf({ policies, adminPolicies }: Cluster): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (selector: LabelSelector | undefined): void => {
    for (const { key } of selector?.requirements ?? []) keys.add(key);
  };
  for (const { podSelector } of policies) add(podSelector);
  for (const { subject } of adminPolicies) add(subject.podSelector);
  for (const { ingress, egress } of [...policies, ...adminPolicies])
    for (const { peers } of [...ingress, ...egress])
      for (const peer of peers) if (peer.kind === 'pods') add(peer.podSelector);
  return keys;
}

export function termUse(compiled: readonly Compiled[]): Readonly<Record<Direction, ReadonlySet<TermId>>> {
  const used = { ingress: new Set<TermId>(), egress: new Set<TermId>() };
  for (const rules of compiled)
    for (const direction of directions)
      for (const rule of rules[direction]) for (const term of rule.terms) used[direction].add(term);
  return used;
}

/** Terms of egress rules that tell ports by name. */
export function namedTerms(compiled: readonly Compiled[]): ReadonlySet<TermId> {
  const found = new Set<TermId>();
  for (const { egress } of compiled)
    for (const { terms, ports } of egress)
      if (ports.named.length > 0) for (const term of terms) found.add(term);
  return found;
}

export function namesIn(compiled: readonly Compiled[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { ingress, egress } of compiled)
    for (const { ports } of [...ingress, ...egress])
      for (const { port } of ports.named) if (typeof port === 'string') names.add(port);
  return names;
}

export function portsByTerm(
  table: PortTable,
  rules: readonly CompiledRule[],
): ReadonlyMap<TermId, RulePorts> {
  const found = new Map<TermId, RulePorts>();
  for (const { terms, ports } of rules) {
    for (const term of terms) {
      const before = found.get(term);
      found.set(
        term,
        before === undefined
          ? ports
          : {
              fixed: table.union(before.fixed, ports.fixed),
              named: ports.named.length === 0 ? before.named : [...before.named, ...ports.named],
            },
      );
    }
  }
  return found;
}
