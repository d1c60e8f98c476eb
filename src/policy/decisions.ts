// Answers: what may one admin tier decide about a flow? The first rule that matches, by priority and then from the top; each rule
// that cannot be told to match, and each of several policies of one priority, is a further possibility (spec E2, T9-T11).
import type { AdminPolicy } from '../model/policy';
import type { RuleFinding } from '../model/ruling';
import type { PolicyFlow } from './ends';
import { findingsIn } from './findings';
import type { PeerMatcher } from './peers';

export interface Decision {
  /** `next`: the tier does not decide. */
  readonly outcome: 'allow' | 'deny' | 'next';
  /** undefined: no rule of the tier matches. */
  readonly by: RuleFinding | undefined;
}

export interface TierDecisions {
  /** Every rule of the tier in order. */
  readonly findings: readonly RuleFinding[];
  /** What may come out: one, unless something is left open. */
  readonly decisions: readonly Decision[];
  /** More than one decision because of equal priorities; else because some rule cannot be told to match. */
  readonly tied: boolean;
}

export function decisionsOf(
  flow: PolicyFlow,
  policies: readonly AdminPolicy[],
  matchPeers: PeerMatcher,
): TierDecisions {
  const findings = policies.map((policy) => findingsIn(flow, [policy], matchPeers));
  const decisions: Decision[] = [];
  let at = 0;
  while (at < policies.length) {
    const priority = policies[at]?.priority;
    const sure: Decision[] = [];
    for (; at < policies.length && policies[at]?.priority === priority; at++) {
      for (const finding of findings[at] ?? []) {
        if (finding.effect === 'does not match') continue;
        const decision = decisionBy(finding);
        if (finding.effect === 'undecidable') decisions.push(decision);
        else {
          sure.push(decision);
          break;
        }
      }
    }
    decisions.push(...sure);
    if (sure.length > 0)
      return {
        findings: findings.flat(),
        decisions,
        tied: sure.length > 1 && sure.length === decisions.length,
      };
  }
  decisions.push({ outcome: 'next', by: undefined });
  return { findings: findings.flat(), decisions, tied: false };
}

function decisionBy(by: RuleFinding): Decision {
  const { action } = by.rule;
  return { outcome: action === 'Allow' ? 'allow' : action === 'Deny' ? 'deny' : 'next', by };
}
