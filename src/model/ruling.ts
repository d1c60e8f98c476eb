// Answers: what does a policy judgement say? Made by `policy/`, placed on a packet's way by `dataplane/`, shown by
// everything above. NetworkPolicy has no deny rule: traffic is denied because no isolating policy admits it (rules E5, E6).
// The admin tiers have rules that allow, deny or pass, and the first that matches decides (spec E2).
import type { Direction, PolicyTier, RuleAction } from './policy';
import type { Location } from './source';

export interface PolicyRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly at?: Location | undefined;
}

/** A rule of a policy; `index` from 0. `at` covers the rule, `peerAt` and `portAt` the entries that matched. */
export interface RuleRef {
  readonly policy: PolicyRef;
  readonly tier: PolicyTier;
  readonly direction: Direction;
  readonly index: number;
  /** As the admin tiers may name it. */
  readonly name?: string | undefined;
  readonly action: RuleAction;
  readonly at?: Location | undefined;
  readonly peerAt?: Location | undefined;
  readonly portAt?: Location | undefined;
}

/**
 * What one rule does to the flow, and why (`peer does not match: ...`). Rules of NetworkPolicy admit or do not; rules of the
 * admin tiers that match admit, deny or pass on.
 */
export interface RuleFinding {
  readonly rule: RuleRef;
  readonly effect: 'admits' | 'denies' | 'passes' | 'does not admit' | 'does not match' | 'undecidable';
  /** What stands against a match, or leaves it open; undefined for a rule that matches. */
  readonly because?: 'peer' | 'exception' | 'port' | undefined;
  readonly reason: string;
}

/**
 * Why a ruling came out as it did.
 * - `not-isolated`: no policy isolates the pod in this direction. `admitted`: a rule admits it. `not-admitted`: isolated, and no rule does.
 * - `admin-allow`, `admin-deny`, `baseline-allow`, `baseline-deny`: the first rule of that tier that matches decided.
 * - `priority-tie`: policies of one priority decide differently, and their order is undefined.
 * - `self`: a pod to itself (E47). `own-node`: the pod's own node (E50, E51). `host-network`: the pod is not subject to policy (E53).
 * - `not-enforced`: the CNI does not look at policies (E61).
 * - `unjudged-policies`: policies of vendors could change the outcome. `undefined-by-api`: the API leaves it open.
 */
export type RulingBasis =
  | 'not-isolated'
  | 'admitted'
  | 'not-admitted'
  | 'admin-allow'
  | 'admin-deny'
  | 'baseline-allow'
  | 'baseline-deny'
  | 'priority-tie'
  | 'self'
  | 'own-node'
  | 'host-network'
  | 'not-enforced'
  | 'unjudged-policies'
  | 'undefined-by-api';

export interface Ruling {
  readonly direction: Direction;
  /** Key of the pod whose policies were judged. */
  readonly subject: string;
  /** `ambiguous`: policies of equal priority disagree. */
  readonly outcome: 'allow' | 'deny' | 'ambiguous' | 'undetermined';
  readonly basis: RulingBasis;
  /** The tier that decided; undefined when no policy had to be asked, or several outcomes are open. */
  readonly tier?: PolicyTier | 'default' | undefined;
  /** Rules of the admin tiers that passed the flow on, in order. */
  readonly passed: readonly RuleRef[];
  /** All NetworkPolicies that isolate the subject in this direction, by namespace and name; vendor policies that could. */
  readonly isolating: readonly PolicyRef[];
  /** The rule that decided: the first that admits, or of an admin tier the first that matches. */
  readonly deciding?: RuleRef | undefined;
  /** Every rule that was looked at, in the order of the tiers, with its effect. */
  readonly findings: readonly RuleFinding[];
  /** What the plugin does with a packet that is denied; undefined: it drops it in silence. */
  readonly refusal?: 'drop' | 'reject' | undefined;
  /** The ruling in one sentence. */
  readonly reason: string;
  /** What the reader should know besides: plugin differences, unjudged policies. */
  readonly notes: readonly string[];
}
