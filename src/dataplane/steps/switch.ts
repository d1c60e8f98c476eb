// Answers: which port does the bridge send the frame to? Switching changes nothing in the IP header, so TTL stays (spec R2).
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface SwitchStep extends StepBase {
  readonly kind: 'switch';
  readonly bridge: string;
  readonly port: string;
}

/** @param pod whose veth the port is, as `namespace/name`. */
export function switchTo(packet: Packet, bridge: string, port: string, pod: string): SwitchStep {
  return {
    kind: 'switch',
    outcome: 'ok',
    before: packet,
    after: packet,
    causesDrop: false,
    bridge,
    port,
    reason: `${bridge} switches it to ${port}, the veth of ${pod}; switching takes no TTL.`,
    evidence: [],
  };
}
