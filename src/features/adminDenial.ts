// Answers: what can be done about a connection that an admin policy denies? No NetworkPolicy helps, as the admin tier is asked before
// them (spec E2): its own rule has to change, or another has to be asked before it. Said where the smallest rule would be offered.
import type { PolicyStep } from '../dataplane/steps/policy';
import type { Ruling } from '../model/ruling';
import type { Way } from '../trace/trace';

/** The step at which policies stop this way; undefined: something else does, or nothing. */
export function stoppingStep({ hops }: Pick<Way, 'hops'>): PolicyStep | undefined {
  const last = hops.at(-1)?.steps.at(-1);
  return last?.kind === 'policy' && last.causesDrop ? last : undefined;
}

/** Which rule has to change, and by whom; undefined: it is not the admin tier that denies. */
export function adminDenial({ basis, direction, deciding }: Ruling): string | undefined {
  if (basis !== 'admin-deny' || deciding === undefined) return undefined;
  const { policy, index, name } = deciding;
  const rule = `${direction} rule ${index + 1}${name === undefined ? '' : ` “${name}”`}`;
  return [
    `No NetworkPolicy can let this through: ${policy.kind} ${policy.name} is asked before all of them, and its ${rule} denies it.`,
    'To allow it, change that rule, or put one that allows it in front: earlier in this policy, or in an admin policy with a lower priority number.',
    'Both are for the administrators of the cluster.',
  ].join(' ');
}
