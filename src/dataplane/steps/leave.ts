// Answers: where does our knowledge end? The packet goes to a network whose configuration is not part of the cluster.
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface LeaveStep extends StepBase {
  readonly kind: 'leave';
}

export function leave(packet: Packet): LeaveStep {
  const reason = `${packet.destination.text} is outside the cluster: the packet leaves by the default gateway, and what happens there is not known here.`;
  return {
    kind: 'leave',
    outcome: 'assumed',
    before: packet,
    after: packet,
    causesDrop: false,
    reason,
    evidence: [],
  };
}
