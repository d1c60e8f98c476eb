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

/** A route taken for a packet this namespace sends itself, or delivers to itself. */
export function chooseRoute(
  packet: Packet,
  route: string,
  reason: string,
  evidence: readonly Evidence[],
): RouteStep {
  return {
    kind: 'route',
    outcome: 'ok',
    before: packet,
    after: packet,
    causesDrop: false,
    route,
    forwarded: false,
    reason,
    evidence,
  };
}

/** A route taken for somebody else's packet: one TTL less. */
export function forward(
  packet: Packet,
  route: string,
  reason: string,
  evidence: readonly Evidence[],
): RouteStep {
  const after = { ...packet, ttl: packet.ttl - 1 };
  return {
    kind: 'route',
    outcome: 'ok',
    before: packet,
    after,
    causesDrop: false,
    route,
    forwarded: true,
    reason,
    evidence,
  };
}
