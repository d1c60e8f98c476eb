// Answers: what did the kernel do with these connections? Tries them all at once, then reads captures and connection tables, and
// picks out what belongs to each connection: TCP by its initial sequence number, which no NAT changes, UDP by its payload.
import type { Account } from './account';
import type { Agents } from './agents';
import type { ArpRequest, Captures, Sighting } from './capture';
import { tupleKey, type ConnectionEvents, type ConnectionTable, type Tracked } from './conntrack';
import type { DeviceName } from './devices';
import { insideVxlan, tcpFlags, type Ipv4 } from './packets';
import type { Answer, Probe, ProbeResult } from './probe';
import { vxlan } from './wire';
import { hopLine, memoryLine, type Outer } from './words';

export interface Attempt {
  readonly netns: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
}

export interface Observation extends Account {
  /** Every neighbour lookup of the batch. */
  readonly lookups: ReadonlySet<string>;
  /** TCP sent again: the machine was so busy that more than one packet was seen, perhaps on different ways. */
  readonly isDisturbed: boolean;
}

interface Tools {
  readonly agents: Agents;
  readonly captures: Captures;
  readonly deviceName: DeviceName;
  /** By namespace of the node. */
  readonly connections: ReadonlyMap<string, ConnectionEvents>;
}

export type Observe = (attempts: readonly Attempt[], patience: number) => Promise<readonly Observation[]>;

/** A packet of some connection, seen on a device. */
interface Seen {
  readonly sighting: Sighting;
  readonly ip: Ipv4;
  /** The packet that it was inside of there. */
  readonly outer: Outer | undefined;
}

interface Packets {
  readonly requests: ReadonlyMap<string, readonly Seen[]>;
  readonly replies: ReadonlyMap<string, readonly Seen[]>;
  /** First packets of TCP connections by namespace and tuple. */
  readonly beginnings: ReadonlyMap<string, number>;
}

const firstPort = 20_000;
const lastPort = 32_000;

export function observer({ agents, captures, deviceName, connections }: Tools): Observe {
  let lastId = 0;

  /** One after the other: both count the datagrams that the nodes' agents send to themselves. */
  async function collect(): Promise<{
    readonly sightings: readonly Sighting[];
    readonly arp: readonly ArpRequest[];
    readonly tableOf: ReadonlyMap<string, ConnectionTable>;
  }> {
    const tables = await Promise.all(
      [...connections].map(async ([netns, events]): Promise<readonly [string, ConnectionTable]> => [
        netns,
        await events.collect(),
      ]),
    );
    return { ...(await captures.collect()), tableOf: new Map(tables) };
  }

  return async (attempts, patience) => {
    // What was seen before belongs to others.
    await collect();
    const probes = attempts.map(({ protocol, address, port }): Probe => {
      lastId += 1;
      const localPort = firstPort + (lastId % (lastPort - firstPort));
      return { id: lastId, protocol, address, port, localPort, patience };
    });
    const byNetns = new Map<string, Probe[]>();
    attempts.forEach(({ netns }, index) => {
      const probe = probes[index];
      if (probe === undefined) return;
      const list = byNetns.get(netns);
      if (list === undefined) byNetns.set(netns, [probe]);
      else list.push(probe);
    });
    const results = new Map<number, ProbeResult>();
    await Promise.all(
      [...byNetns].map(async ([netns, list]) => {
        for (const result of await agents.order(netns, { kind: 'probe', probes: list }))
          results.set(result.id, result);
      }),
    );
    const { sightings, arp, tableOf } = await collect();
    const packets = sortPackets(sightings);
    const lookups = new Set(
      arp.map(({ netns, device, address }) => `${netns} ${deviceName(netns, device)} ${address}`),
    );
    return attempts.map((attempt, index): Observation => {
      const probe = probes[index];
      const result = probe && results.get(probe.id);
      if (probe === undefined || result === undefined) throw new Error('an agent left out a probe');
      const key = packetKey(attempt, probe, packets, tableOf);
      const allRequests = (key === undefined ? undefined : packets.requests.get(key)) ?? [];
      const requests = once(allRequests);
      const replies = once((key === undefined ? undefined : packets.replies.get(key)) ?? []);
      const line = ({ sighting, ip, outer }: Seen, side: 'request' | 'reply'): string => {
        const { netns, device, movement } = sighting;
        const spot = { netns, device: deviceName(netns, device), movement };
        return hopLine(spot, ip, side, probe.localPort, outer);
      };
      return {
        outcomes: [result.outcome],
        answer: result.answer && answerText(result.answer, probe.localPort),
        request: requests.map((seen) => line(seen, 'request')),
        reply: replies.map((seen) => line(seen, 'reply')),
        memory: memoryOf(attempt, probe, requests, tableOf),
        lookup: undefined,
        lookups,
        isDisturbed: requests.length < allRequests.length,
      };
    });
  };
}

/** Connects without looking. */
export async function tryOnly(agents: Agents, attempts: readonly Attempt[]): Promise<void> {
  await Promise.all(
    attempts.map(({ netns, protocol, address, port }, index) => {
      const probe: Probe = {
        id: -1,
        protocol,
        address,
        port,
        localPort: lastPort + 1 + index,
        patience: 250,
      };
      return agents.order(netns, { kind: 'probe', probes: [probe] });
    }),
  );
}

function answerText({ netns, peer, peerPort }: Answer, clientPort: number): string {
  return `${netns} sees ${peer}:${peerPort === clientPort ? 'client' : 'new'}`;
}

/** Packets by connection: `tcp` and the initial sequence number, `udp` and the probe's number. */
function sortPackets(sightings: readonly Sighting[]): Packets {
  const requests = new Map<string, Seen[]>();
  const replies = new Map<string, Seen[]>();
  const beginnings = new Map<string, number>();
  const add = (map: Map<string, Seen[]>, key: string, seen: Seen): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [seen]);
    else list.push(seen);
  };
  for (const sighting of sightings) {
    const tunnelled = insideVxlan(sighting.ip, vxlan.port);
    const ip = tunnelled?.inner ?? sighting.ip;
    const { source, destination, ttl } = sighting.ip;
    const outer = tunnelled && { source, destination, ttl, port: vxlan.port, vni: tunnelled.vni };
    const seen: Seen = { sighting, ip, outer };
    if (ip.tcp !== undefined) {
      const { flags, sequence, acknowledges } = ip.tcp;
      const isBeginning = (flags & tcpFlags.syn) !== 0 && (flags & tcpFlags.ack) === 0;
      if (isBeginning) {
        beginnings.set(`${sighting.netns} ${tupleKey('TCP', ip)}`, sequence);
        add(requests, `tcp ${sequence}`, seen);
      } else add(replies, `tcp ${(acknowledges - 1) >>> 0}`, seen);
    } else if (ip.protocol === 'UDP') {
      const match = /^probe (\d+) (.?)/.exec(ip.payload?.toString() ?? '');
      if (match !== null) add(match[2] === '' ? requests : replies, `udp ${match[1] ?? ''}`, seen);
    }
  }
  return { requests, replies, beginnings };
}

/** @returns what the connection's packets are found by; undefined when none left the client. */
function packetKey(
  attempt: Attempt,
  probe: Probe,
  packets: Packets,
  tables: ReadonlyMap<string, ConnectionTable>,
): string | undefined {
  if (probe.protocol === 'UDP') return `udp ${probe.id}`;
  const own = ownConnection(attempt, probe, tables);
  if (own !== undefined) {
    // The client's own namespace rewrites: the packet is known by the answer that is expected.
    const sent = {
      source: own.reply.destination,
      sourcePort: own.reply.destinationPort,
      destination: own.reply.source,
      destinationPort: own.reply.sourcePort,
    };
    const sequence = packets.beginnings.get(`${attempt.netns} ${tupleKey('TCP', sent)}`);
    return sequence === undefined ? undefined : `tcp ${sequence}`;
  }
  const suffix = `>${probe.address}:${probe.port}`;
  for (const [key, sequence] of packets.beginnings) {
    if (key.startsWith(`${attempt.netns} TCP `) && key.endsWith(`:${probe.localPort}${suffix}`))
      return `tcp ${sequence}`;
  }
  return undefined;
}

/** The connection as the client's own node remembers it; undefined for pods, which remember nothing. */
function ownConnection(
  attempt: Attempt,
  probe: Probe,
  tables: ReadonlyMap<string, ConnectionTable>,
): Tracked | undefined {
  const table = tables.get(attempt.netns);
  if (table === undefined) return undefined;
  for (const tracked of table.values()) {
    const { sourcePort, destination, destinationPort } = tracked.original;
    const same = sourcePort === probe.localPort && destination === probe.address;
    if (same && destinationPort === probe.port && tracked.protocol === probe.protocol) return tracked;
  }
  return undefined;
}

/** The first sighting on each device and direction: what comes later is sent again. */
function once(seen: readonly Seen[]): readonly Seen[] {
  const spots = new Set<string>();
  return seen.filter(({ sighting: { netns, device, movement } }) => {
    const spot = `${netns} ${device} ${movement}`;
    return !spots.has(spot) && spots.add(spot);
  });
}

function memoryOf(
  attempt: Attempt,
  probe: Probe,
  requests: readonly Seen[],
  tables: ReadonlyMap<string, ConnectionTable>,
): readonly string[] {
  const lines: string[] = [];
  const told = new Set<string>();
  const tell = (netns: string, tracked: Tracked | undefined): void => {
    const key = tracked && `${netns} ${tupleKey(tracked.protocol, tracked.original)}`;
    if (tracked === undefined || key === undefined || told.has(key)) return;
    told.add(key);
    const { original, reply } = tracked;
    const left = {
      source: reply.destination,
      sourcePort: reply.destinationPort,
      destination: reply.source,
      destinationPort: reply.sourcePort,
    };
    lines.push(memoryLine(netns, original, left, probe.localPort));
  };
  tell(attempt.netns, ownConnection(attempt, probe, tables));
  for (const { sighting, ip } of requests) {
    tell(sighting.netns, tables.get(sighting.netns)?.get(tupleKey(probe.protocol, ip)));
  }
  return lines;
}
