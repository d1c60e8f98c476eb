// Answers: what does a policy judgement say? Made by `policy/`, placed on a packet's way by `dataplane/`, shown by
// everything above. NetworkPolicy has no deny rule: traffic is denied because no isolating policy admits it (rules E5, E6).
import type { Direction } from './policy';
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
  readonly direction: Direction;
  readonly index: number;
  readonly at?: Location | undefined;
  readonly peerAt?: Location | undefined;
  readonly portAt?: Location | undefined;
}

/** What one rule of an isolating policy does to the flow, and why (`peer does not match: ...`). */
export interface RuleFinding {
  readonly rule: RuleRef;
  readonly effect: 'admits' | 'does not admit' | 'undecidable';
  readonly reason: string;
}

/**
 * Why a ruling came out as it did.
 * - `not-isolated`: no policy isolates the pod in this direction. `admitted`: a rule admits it. `not-admitted`: isolated, and no rule does.
 * - `self`: a pod to itself (E47). `own-node`: the pod's own node (E50, E51). `host-network`: the pod is not subject to policy (E53).
 * - `not-enforced`: the CNI does not look at policies (E61).
 * - `unjudged-policies`: policies of kinds that are not judged yet could change the outcome. `undefined-by-api`: the API leaves it open.
 */
export type RulingBasis =
  | 'not-isolated'
  | 'admitted'
  | 'not-admitted'
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
  readonly outcome: 'allow' | 'deny' | 'undetermined';
  readonly basis: RulingBasis;
  /** All policies that isolate the subject in this direction, by namespace and name. */
  readonly isolating: readonly PolicyRef[];
  /** The first rule that admits; undefined unless `basis` is `admitted`. */
  readonly deciding?: RuleRef | undefined;
  /** Every rule of the isolating policies, in order, with its effect. */
  readonly findings: readonly RuleFinding[];
  /** The ruling in one sentence. */
  readonly reason: string;
  /** What the reader should know besides: plugin differences, unjudged policies. */
  readonly notes: readonly string[];
}
