// Answers: do the policies of this pod let the packet through, in this direction? Judged where the packet passes the
// pod's node, after Service translation and before masquerading (spec D6). Replies are never judged again (rule E7).
import { keyOf } from '../../model/objects';
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

/** Rulings that policies had a say in; others exempt the packet. */
const asked: ReadonlySet<Ruling['basis']> = new Set([
  'admitted',
  'not-isolated',
  'admin-allow',
  'baseline-allow',
]);

function outcomeOf(ruling: Ruling): StepOutcome {
  switch (ruling.outcome) {
    case 'deny':
      return ruling.refusal === 'reject' ? 'rejected' : 'dropped';
    case 'ambiguous':
    case 'undetermined':
      return 'unknown';
    case 'allow':
      return asked.has(ruling.basis) ? 'ok' : 'skipped';
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
            text: `${deciding.policy.kind} ${keyOf(deciding.policy)}, ${deciding.direction} rule ${deciding.index + 1}`,
            provenance: 'declared',
            at: deciding.at ?? deciding.policy.at,
          },
        ];
  const isolating = ruling.isolating.map((policy): Evidence => ({
    text: `${policy.kind} ${keyOf(policy)} isolates ${ruling.subject} for ${ruling.direction}`,
    provenance: 'declared',
    at: policy.at,
  }));
  return [...rule, ...isolating];
}
