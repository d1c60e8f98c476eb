// Answers: what is in the packet's header right now? Only the fields that the pod network changes or decides by:
// addresses, ports, protocol and TTL; and, inside a tunnel, the outer header that the nodes see.
import type { Ip } from '../model/address';
import type { Protocol } from '../model/ports';

/** What a trace can send. ICMP is an echo request: it has no ports, and Services never translate it (spec D1). */
export type PacketProtocol = Protocol | 'ICMP';

export interface Packet {
  readonly source: Ip;
  /** Source port; the client's is an ephemeral one picked for the trace. 0 for ICMP. */
  readonly sourcePort: number;
  readonly destination: Ip;
  /** 0 for ICMP. */
  readonly destinationPort: number;
  readonly protocol: PacketProtocol;
  /** Hop limit; every network namespace that routes the packet takes one off (spec R2). */
  readonly ttl: number;
}

/** How a tunnel wraps packets. UDP tunnels pick their outer source port by a hash of the inner packet. */
export interface Encapsulation {
  readonly kind: 'VXLAN' | 'Geneve' | 'IPIP';
  /** Outer UDP destination port; undefined for IPIP, which is IP protocol 4. */
  readonly port?: number | undefined;
  /** Virtual network identifier; undefined: none, or not the same for every packet. */
  readonly vni?: number | undefined;
  /** Bytes that the outer headers take from the MTU (outer IPv4; IPv6 takes 20 more). */
  readonly overhead: number;
}

/** The packet around the packet: from node to node, with a TTL of its own (spec R2). */
export interface OuterPacket {
  readonly encapsulation: Encapsulation;
  readonly source: Ip;
  readonly destination: Ip;
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

/** `address:port`, with brackets around IPv6; without port 0, which no packet with ports has. */
export function socketText(ip: Ip, port: number): string {
  if (port === 0) return ip.text;
  return ip.family === 6 ? `[${ip.text}]:${port}` : `${ip.text}:${port}`;
}

/** `10.244.1.2:40000 > 10.244.2.2:8080 TCP ttl 64` */
export function packetText(packet: Packet): string {
  const from = socketText(packet.source, packet.sourcePort);
  const to = socketText(packet.destination, packet.destinationPort);
  return `${from} > ${to} ${packet.protocol} ttl ${packet.ttl}`;
}

/** `172.18.0.3 > 172.18.0.4 VXLAN udp 8472 vni 1 ttl 64` */
export function outerText({ encapsulation, source, destination, ttl }: OuterPacket): string {
  const { kind, port, vni } = encapsulation;
  const how = [kind, port === undefined ? '' : ` udp ${port}`, vni === undefined ? '' : ` vni ${vni}`].join(
    '',
  );
  return `${source.text} > ${destination.text} ${how} ttl ${ttl}`;
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
