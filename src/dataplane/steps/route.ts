// Answers: which route does this network namespace take? Forwarding costs one TTL; sending and local delivery cost none (spec R2).
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface RouteStep extends StepBase {
  readonly kind: 'route';
  /** The route as `ip route` prints it, e.g. `10.244.2.0/24 via 172.18.0.3 dev eth0`. */
  readonly route: string;
  /** The packet came from another device and is passed on: TTL went down by one. */
  readonly forwarded: boolean;
}

interface KnownRoute {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** The route of a packet that `owner` sends itself. */
export function chooseRoute(packet: Packet, owner: string, { text, evidence }: KnownRoute): RouteStep {
  const reason = `${owner} routes it by ${text}.`;
  return { ...passing(packet, text, reason), evidence };
}

/** The packet is for an address of `owner` itself: it stays on `lo`. */
export function stayLocal(packet: Packet, owner: string): RouteStep {
  const reason = `${packet.destination.text} is an address of ${owner} itself: the packet stays on lo.`;
  return passing(packet, `local ${packet.destination.text} dev lo`, reason);
}

/** A route taken for somebody else's packet: one TTL less. */
export function forward(packet: Packet, owner: string, { text, evidence }: KnownRoute): RouteStep {
  const after = { ...packet, ttl: packet.ttl - 1 };
  const reason = `${owner} routes it by ${text}; TTL goes down to ${after.ttl}.`;
  return { ...passing(packet, text, reason), after, forwarded: true, evidence };
}

function passing(packet: Packet, route: string, reason: string): RouteStep {
  return {
    kind: 'route',
    outcome: 'ok',
    before: packet,
    after: packet,
    causesDrop: false,
    route,
    forwarded: false,
    reason,
    evidence: [],
  };
}
