// Answers: what is known of a cohort once policies have been matched with it? Its profile, which is what the policies about it say,
// and the terms that name it, which is what others may say of it. Both are shared by all cohorts for which they are equal.
import type { AdminPolicy, Direction, NetworkPolicy } from '../model/policy';
import type { Cohort } from './cohorts';
import type { CompiledRule, RulePorts } from './compile';
import type { TermId } from './terms';
import type { Passed, Permitted } from './tiers';

/** What one cohort's policies say in one direction; one object for all that say the same, whichever objects say it. */
export interface Profile {
  readonly id: number;
  readonly admin: RuleTier | undefined;
  /** Ports by term; undefined: not isolated. */
  readonly network: ReadonlyMap<TermId, RulePorts> | undefined;
  readonly baseline: RuleTier | undefined;
  /** Equal for profiles with the same admin and baseline rules. */
  readonly tiersId: number;
  /** Some rule tells ports by name. */
  readonly named: boolean;
  /** Some rule names blocks, so that the family counts. */
  readonly blocks: boolean;
  readonly known: Map<number, Permitted>;
}

/** What the policies of one tier say in one direction; one object for the same policies. */
export interface RuleTier {
  /** Policies in order, those of equal priority together. */
  readonly groups: readonly (readonly (readonly CompiledRule[])[])[];
  /** Some rule tells ports by name. */
  readonly named: boolean;
  readonly known: Map<number, Passed>;
}

/** The terms that name a cohort; one object for equal sets. */
export interface TermSet {
  readonly id: number;
  readonly terms: ReadonlySet<TermId>;
  readonly list: readonly TermId[];
  /** Equal for sets with the same terms of admin rules. */
  readonly adminId: number;
}

/** Policies about one pod, whatever they say of a direction: admin and baseline in order, others by name. */
export interface PoliciesOfPod {
  readonly admin: readonly AdminPolicy[];
  readonly network: readonly NetworkPolicy[];
  readonly baseline: readonly AdminPolicy[];
}

/** All that is known of one cohort. Policies by position in the cluster's lists. */
export interface Standing {
  readonly cohort: Cohort;
  /** One object for all cohorts with the same. */
  readonly policies: PoliciesOfPod;
  readonly network: readonly number[];
  readonly admin: readonly number[];
  readonly profile: Readonly<Record<Direction, Profile>>;
  /** Terms of ingress and of egress rules that name it. */
  readonly terms: Readonly<Record<Direction, TermSet>>;
}

/** @returns the value of a key, made when it is first asked for with the next number. */
export function interner<T>(): (key: string, make: (id: number) => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(known.size);
    known.set(key, made);
    return made;
  };
}
