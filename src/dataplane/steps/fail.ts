// Answers: why does the network itself stop the packet? No route, nobody at the address, a Service without endpoints
// (spec table F). Policy drops are policy steps.
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

/** Conditions of table F that a device finds. */
export type FailCause =
  | 'no-route'
  | 'host-unreachable'
  | 'not-captured'
  | 'rejected-no-endpoints'
  | 'dropped-no-local-endpoints'
  | 'reply-not-restored'
  | 'hairpin-off'
  | 'ttl-expired'
  | 'not-modelled';

export interface FailStep extends StepBase {
  readonly kind: 'fail';
  readonly cause: FailCause;
}

export function drop(
  packet: Packet,
  cause: FailCause,
  reason: string,
  evidence: readonly Evidence[] = [],
): FailStep {
  return {
    kind: 'fail',
    outcome: 'dropped',
    before: packet,
    after: packet,
    causesDrop: true,
    cause,
    reason,
    evidence,
  };
}

/** Discarded with an answer to the sender, so that it fails at once. */
export function reject(
  packet: Packet,
  cause: FailCause,
  reason: string,
  evidence: readonly Evidence[] = [],
): FailStep {
  return { ...drop(packet, cause, reason, evidence), outcome: 'rejected' };
}

/** The product does not model what happens here, and says so instead of guessing. */
export function notModelled(packet: Packet, reason: string, evidence: readonly Evidence[] = []): FailStep {
  return { ...drop(packet, 'not-modelled', reason, evidence), outcome: 'unknown' };
}
