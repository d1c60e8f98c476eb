// Answers: which packet is this? Reads what tcpdump writes (pcap with nanoseconds, link type LINUX_SLL2) and the headers that
// the pod network looks at: IPv4, TCP, UDP, ICMP with the packet it quotes, VXLAN with the packet inside, ARP requests.

export interface Ipv4 {
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly protocol: 'TCP' | 'UDP' | 'ICMP' | 'other';
  /** 0 for ICMP. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcp?: { readonly flags: number; readonly sequence: number; readonly acknowledges: number };
  readonly icmp?: { readonly type: number; readonly code: number; readonly quoted: Ipv4 | undefined };
  /** Payload of UDP and of ICMP echo. */
  readonly payload?: Buffer;
}

export interface Captured {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly deviceIndex: number;
  /** 0 for this host, 1 broadcast, 2 multicast, 3 for another host (on a bridge's port), 4 outgoing. */
  readonly direction: number;
  readonly ip?: Ipv4;
  /** The address that an ARP request asks for. */
  readonly arpFor?: string;
}

export const tcpFlags = { syn: 2, reset: 4, ack: 16 } as const;

const fileHeader = 24;
const recordHeader = 16;
const linkHeader = 20;
const nanosecondMagic = 0xa1b23c4d;

/** @returns a function that takes the next bytes of a capture and gives the packets that are complete. */
export function packetReader(): (chunk: Buffer) => readonly Captured[] {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const found: Captured[] = [];
    let at = 0;
    if (!started) {
      if (rest.length < fileHeader) return found;
      if (rest.readUInt32LE(0) !== nanosecondMagic)
        throw new Error('tcpdump does not write pcap with nanoseconds in this byte order');
      started = true;
      at = fileHeader;
    }
    while (rest.length - at >= recordHeader) {
      const length = rest.readUInt32LE(at + 8);
      if (rest.length - at < recordHeader + length) break;
      const time = BigInt(rest.readUInt32LE(at)) * 1_000_000_000n + BigInt(rest.readUInt32LE(at + 4));
      const packet = readLink(rest.subarray(at + recordHeader, at + recordHeader + length), time);
      if (packet !== undefined) found.push(packet);
      at += recordHeader + length;
    }
    rest = rest.subarray(at);
    return found;
  };
}

function readLink(frame: Buffer, time: bigint): Captured | undefined {
  if (frame.length < linkHeader) return undefined;
  const protocol = frame.readUInt16BE(0);
  const common = { time, deviceIndex: frame.readUInt32BE(4), direction: frame.readUInt8(10) };
  const body = frame.subarray(linkHeader);
  if (protocol === 0x0806) {
    const isRequest = body.length >= 28 && body.readUInt16BE(6) === 1;
    return isRequest ? { ...common, arpFor: address(body, 24) } : undefined;
  }
  const ip = protocol === 0x0800 ? readIpv4(body) : undefined;
  return ip && { ...common, ip };
}

/** @returns undefined when the bytes are no IPv4 header; a quoted packet may be cut after 8 bytes of its payload. */
export function readIpv4(bytes: Buffer): Ipv4 | undefined {
  if (bytes.length < 20 || bytes.readUInt8(0) >> 4 !== 4) return undefined;
  const headerLength = (bytes.readUInt8(0) & 15) * 4;
  const body = bytes.subarray(
    headerLength,
    Math.min(bytes.length, Math.max(bytes.readUInt16BE(2), headerLength)),
  );
  const number = bytes.readUInt8(9);
  const base = {
    source: address(bytes, 12),
    destination: address(bytes, 16),
    ttl: bytes.readUInt8(8),
    sourcePort: 0,
    destinationPort: 0,
  };
  if (body.length < 8) return { ...base, protocol: 'other' };
  const ports = { sourcePort: body.readUInt16BE(0), destinationPort: body.readUInt16BE(2) };
  if (number === 6) {
    const whole = body.length >= 14;
    const tcp = {
      sequence: body.readUInt32BE(4),
      acknowledges: whole ? body.readUInt32BE(8) : 0,
      flags: whole ? body.readUInt8(13) : 0,
    };
    return { ...base, ...ports, protocol: 'TCP', tcp };
  }
  if (number === 17) return { ...base, ...ports, protocol: 'UDP', payload: body.subarray(8) };
  if (number !== 1) return { ...base, protocol: 'other' };
  const type = body.readUInt8(0);
  const isError = type === 3 || type === 11;
  return {
    ...base,
    protocol: 'ICMP',
    icmp: { type, code: body.readUInt8(1), quoted: isError ? readIpv4(body.subarray(8)) : undefined },
    ...(isError ? {} : { payload: body.subarray(8) }),
  };
}

/** The packet inside a VXLAN datagram to `port`; undefined when it is something else. */
export function insideVxlan(
  outer: Ipv4,
  port: number,
): { readonly inner: Ipv4; readonly vni: number } | undefined {
  const { payload } = outer;
  if (
    outer.protocol !== 'UDP' ||
    outer.destinationPort !== port ||
    payload === undefined ||
    payload.length < 22
  )
    return undefined;
  const etherType = payload.readUInt16BE(8 + 12);
  const inner = etherType === 0x0800 ? readIpv4(payload.subarray(8 + 14)) : undefined;
  return inner && { inner, vni: payload.readUInt32BE(4) >>> 8 };
}

function address(bytes: Buffer, at: number): string {
  return `${bytes.readUInt8(at)}.${bytes.readUInt8(at + 1)}.${bytes.readUInt8(at + 2)}.${bytes.readUInt8(at + 3)}`;
}
