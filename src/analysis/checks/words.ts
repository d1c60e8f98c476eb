// Answers: how do checks say names, lists and rules? Short, and the same everywhere.
import { keyOf } from '../../model/objects';
import type { Direction, PolicyRule } from '../../model/policy';
import type { AnyPolicy } from './finding';

/** Names in one line before the rest is only counted. */
const mostNamed = 4;

/** `a, b and 3 more` */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}

/** `NetworkPolicy shop/db` */
export function policyName(policy: AnyPolicy): string {
  return `${policy.kind} ${keyOf(policy)}`;
}

/** `ingress rule 2` */
export function ruleName(direction: Direction, { index }: Pick<PolicyRule, 'index'>): string {
  return `${direction} rule ${index + 1}`;
}

export const directions: readonly Direction[] = ['ingress', 'egress'];

/** As policyTypes writes it. */
export const typeOf = { ingress: 'Ingress', egress: 'Egress' } as const;

/** Rules that do something: those of a direction that policyTypes leaves out are idle (rules E10, E11). */
export function rulesOf(
  policy: AnyPolicy,
): readonly { readonly direction: Direction; readonly rule: PolicyRule }[] {
  return directions
    .filter((direction) => policy.kind !== 'NetworkPolicy' || policy.isolates[direction])
    .flatMap((direction) => policy[direction].map((rule) => ({ direction, rule })));
}
