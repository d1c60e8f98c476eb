// Answers: how does a packet get from node to node when the network between them does not know pod addresses? The node
// wraps it in a packet of its own, from node to node; the inner header, TTL included, is carried as it is (spec R2, C2).
import { outerText, type OuterPacket, type Packet } from '../packet';
import type { StepBase } from '../step';

export interface EncapsulateStep extends StepBase {
  readonly kind: 'encapsulate';
  readonly device: string;
  readonly outer: OuterPacket;
}

export interface DecapsulateStep extends StepBase {
  readonly kind: 'decapsulate';
  readonly device: string;
  readonly outer: OuterPacket;
}

export function encapsulate(packet: Packet, device: string, outer: OuterPacket): EncapsulateStep {
  return {
    kind: 'encapsulate',
    ...unchanged(packet),
    device,
    outer,
    reason: `${device} wraps it for the way between the nodes: ${outerText(outer)}.`,
  };
}

export function decapsulate(packet: Packet, device: string, outer: OuterPacket): DecapsulateStep {
  return {
    kind: 'decapsulate',
    ...unchanged(packet),
    device,
    outer,
    reason: `The ${outer.encapsulation.kind} packet is for this node: ${device} takes the inner packet out, unchanged.`,
  };
}

function unchanged(packet: Packet) {
  return { outcome: 'ok', before: packet, after: packet, causesDrop: false, evidence: [] } as const;
}
