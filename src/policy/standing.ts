// Answers: what is known of a cohort once policies have been matched with it? Its profile, which is what the policies about it say,
// and the terms that name it, which is what others may say of it. Both are shared by all cohorts for which they are equal.
import type { AdminPolicy, Direction, NetworkPolicy } from '../model/policy';
import type { Cohort } from './cohorts';
import type { CompiledRule, RulePorts } from './compile';
import type { TermId } from './terms';
import type { Passed, Permitted } from './tiers';

/** Policies about one pod, whatever they say of a direction: admin and baseline in order, others by name. */
export interface PoliciesOfPod {
  readonly admin: readonly AdminPolicy[];
  readonly network: readonly NetworkPolicy[];
  readonly baseline: readonly AdminPolicy[];
}

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
  /** In increasing order. */
  readonly list: readonly TermId[];
  /** Equal for sets with the same terms of admin rules. */
  readonly adminId: number;
}

/** Admin policies about a cohort, by position in their order; one object for equal sets. */
export interface AdminSet {
  readonly id: number;
  readonly list: readonly number[];
}

/** What is known of a cohort whichever NetworkPolicies are about it. */
export interface Names {
  readonly admin: AdminSet;
  /** Terms of ingress and of egress rules that name it. */
  readonly terms: Readonly<Record<Direction, TermSet>>;
}

/** All that is known of one cohort. */
export interface Standing extends Names {
  readonly cohort: Cohort;
  /** One object for all cohorts with the same policies. */
  readonly policies: PoliciesOfPod;
  readonly profile: Readonly<Record<Direction, Profile>>;
  /** Numbers of its groups (`groups.ts`), kept as they are found; below 0: not asked for yet. */
  readonly group: { sender: number; receiver: number };
}

/** No policy says anything. */
export function isOpen({ admin, network, baseline }: Profile): boolean {
  return admin === undefined && network === undefined && baseline === undefined;
}

export function hasTiers({ admin, baseline }: Profile): boolean {
  return admin !== undefined || baseline !== undefined;
}

/** Whether some rule of the other tiers tells ports by name, so that each destination is asked for itself. */
export function tiersTellNames({ admin, baseline }: Profile): boolean {
  return admin?.named === true || baseline?.named === true;
}

/** Looks in halves: few sets are long, but some are. */
export function hasTerm({ list }: TermSet, term: TermId): boolean {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = list[middle] ?? 0;
    if (found === term) return true;
    if (found < term) low = middle + 1;
    else high = middle;
  }
  return false;
}
