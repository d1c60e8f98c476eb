// Answers: which port does the bridge send the frame to? Switching changes nothing in the IP header, so TTL stays (spec R2).
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface SwitchStep extends StepBase {
  readonly kind: 'switch';
  readonly bridge: string;
  readonly port: string;
}

/** @param whose what the port is: `the veth of shop/web-0`. */
export function switchTo(packet: Packet, bridge: string, port: string, whose: string): SwitchStep {
  return {
    kind: 'switch',
    outcome: 'ok',
    before: packet,
    after: packet,
    causesDrop: false,
    bridge,
    port,
    reason: `${bridge} switches it to ${port}, ${whose}; switching takes no TTL.`,
    evidence: [],
  };
}
