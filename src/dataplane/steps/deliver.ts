// Answers: who receives the packet? It ends in a network namespace; whether a process listens there is declared at best,
// never known from the API (spec F: delivered, delivered-port-unknown).
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface DeliverStep extends StepBase {
  readonly kind: 'deliver';
  /** Containers that declare the port, by name; empty when none does. */
  readonly listeners: readonly string[];
}

export function deliver(
  packet: Packet,
  receiver: string,
  listeners: readonly string[],
  reason: string,
  evidence: readonly Evidence[],
): DeliverStep {
  return {
    kind: 'deliver',
    outcome: 'assumed',
    before: packet,
    after: packet,
    causesDrop: false,
    listeners,
    reason: `Delivered to ${receiver}, which sees ${packet.source.text} as its peer. ${reason}`.trimEnd(),
    evidence,
  };
}
