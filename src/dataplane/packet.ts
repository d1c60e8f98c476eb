// Answers: what is in the packet's header right now? Only the fields that the pod network changes or decides by:
// addresses, ports, protocol and TTL.
import type { Ip } from '../model/address';
import type { Protocol } from '../model/ports';

export interface Packet {
  readonly source: Ip;
  /** Source port; the client's is an ephemeral one picked for the trace. */
  readonly sourcePort: number;
  readonly destination: Ip;
  readonly destinationPort: number;
  readonly protocol: Protocol;
  /** Hop limit; every network namespace that routes the packet takes one off (spec R2). */
  readonly ttl: number;
}

/** TTL that Linux gives to what it sends. */
export const initialTtl = 64;

/** The answer to `packet` as the receiving socket sends it: ends swapped, a fresh TTL. */
export function answerTo(packet: Packet): Packet {
  return {
    source: packet.destination,
    sourcePort: packet.destinationPort,
    destination: packet.source,
    destinationPort: packet.sourcePort,
    protocol: packet.protocol,
    ttl: initialTtl,
  };
}

/** `address:port`, with brackets around IPv6. */
export function socketText(ip: Ip, port: number): string {
  return ip.family === 6 ? `[${ip.text}]:${port}` : `${ip.text}:${port}`;
}

/** `10.244.1.2:40000 > 10.244.2.2:8080 TCP ttl 64` */
export function packetText(packet: Packet): string {
  const from = socketText(packet.source, packet.sourcePort);
  const to = socketText(packet.destination, packet.destinationPort);
  return `${from} > ${to} ${packet.protocol} ttl ${packet.ttl}`;
}

/** @returns whether the two headers name the same ends, whatever the TTL. */
export function sameEnds(a: Packet, b: Packet): boolean {
  return (
    a.source.text === b.source.text &&
    a.sourcePort === b.sourcePort &&
    a.destination.text === b.destination.text &&
    a.destinationPort === b.destinationPort
  );
}
