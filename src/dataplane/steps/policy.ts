// Answers: do the policies of this pod let the packet through, in this direction? Judged where the packet passes the
// pod's node, after Service translation and before masquerading (spec D6). Replies are never judged again (rule E7).
import type { Ruling } from '../../model/ruling';
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase, StepOutcome } from '../step';

export interface PolicyStep extends StepBase {
  readonly kind: 'policy';
  readonly ruling: Ruling;
}

export function applyPolicy(packet: Packet, ruling: Ruling): PolicyStep {
  return {
    kind: 'policy',
    outcome: outcomeOf(ruling),
    before: packet,
    after: packet,
    causesDrop: ruling.outcome === 'deny',
    ruling,
    reason: ruling.reason,
    evidence: evidenceOf(ruling),
  };
}

function outcomeOf(ruling: Ruling): StepOutcome {
  switch (ruling.outcome) {
    case 'deny':
      return 'dropped';
    case 'undetermined':
      return 'unknown';
    case 'allow':
      return ruling.basis === 'admitted' || ruling.basis === 'not-isolated' ? 'ok' : 'skipped';
  }
}

/** The deciding rule first, then every policy that isolates the pod. */
function evidenceOf(ruling: Ruling): readonly Evidence[] {
  const deciding = ruling.deciding;
  const rule: readonly Evidence[] =
    deciding === undefined
      ? []
      : [
          {
            text: `${deciding.policy.kind} ${deciding.policy.namespace}/${deciding.policy.name}, ${deciding.direction} rule ${deciding.index + 1}`,
            provenance: 'declared',
            at: deciding.at ?? deciding.policy.at,
          },
        ];
  const isolating = ruling.isolating.map((policy): Evidence => ({
    text: `${policy.kind} ${policy.namespace}/${policy.name} isolates ${ruling.subject} for ${ruling.direction}`,
    provenance: 'declared',
    at: policy.at,
  }));
  return [...rule, ...isolating];
}
