// Answers: who sends, and which source address does the kernel choose? A pod has one per family; a node process gets the
// address of the device that the route leaves by (spec R5).
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface SendStep extends StepBase {
  readonly kind: 'send';
}

export function send(packet: Packet, sender: string, why: string, evidence: readonly Evidence[]): SendStep {
  return {
    kind: 'send',
    outcome: 'ok',
    before: packet,
    after: packet,
    causesDrop: false,
    reason: `${sender} sends from ${packet.source.text}${why}.`,
    evidence,
  };
}
