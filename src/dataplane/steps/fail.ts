// Answers: why does the network itself stop the packet? No route, nobody at the address, a Service without endpoints
// (spec table F). Policy drops are policy steps.
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

/** Conditions of table F that a device finds. */
export type FailCause =
  | 'no-route'
  | 'blackhole'
  | 'host-unreachable'
  | 'not-captured'
  | 'refused-no-listener'
  | 'rejected-no-endpoints'
  | 'dropped-no-local-endpoints'
  | 'dropped-source-range'
  | 'reply-not-restored'
  | 'hairpin-off'
  | 'not-forwarding'
  | 'ttl-expired'
  | 'not-modelled';

export interface FailStep extends StepBase {
  readonly kind: 'fail';
  readonly cause: FailCause;
}

/**
 * How a packet is refused: discarded silently, discarded with an answer to the sender so that it fails at once, or
 * `not-modelled`: the product does not know what happens here, and says so instead of guessing.
 */
export type Refusal = 'drop' | 'reject' | 'not-modelled';

const outcomes = { drop: 'dropped', reject: 'rejected', 'not-modelled': 'unknown' } as const;

export function refuse(
  packet: Packet,
  how: Refusal,
  cause: FailCause,
  reason: string,
  evidence: readonly Evidence[] = [],
): FailStep {
  return {
    kind: 'fail',
    outcome: outcomes[how],
    before: packet,
    after: packet,
    causesDrop: true,
    cause,
    reason,
    evidence,
  };
}

/** The neighbour lookup (ARP, NDP) for the packet's next hop fails on `device` of `owner`. */
export function nobodyAnswers(packet: Packet, owner: string, device: string): FailStep {
  const reason = `Nobody answers for ${packet.destination.text}: the neighbour lookup of ${owner} on ${device} fails.`;
  return drop(packet, 'host-unreachable', reason);
}

export function noRoute(packet: Packet, owner: string): FailStep {
  return drop(packet, 'no-route', `${owner} has no route to ${packet.destination.text}.`);
}

/** The route throws the packet away. */
export function discarded(packet: Packet, owner: string, route: string): FailStep {
  return drop(
    packet,
    'blackhole',
    `${owner} throws it away: ${route}, no pod has ${packet.destination.text}.`,
  );
}

export function drop(packet: Packet, cause: FailCause, reason: string): FailStep {
  return refuse(packet, 'drop', cause, reason);
}
