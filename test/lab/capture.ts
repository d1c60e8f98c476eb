// Answers: which packet was seen on which device, in which order? One tcpdump per network namespace runs for the whole life of
// a network, on all devices. A fence (a datagram that the namespace's agent sends to itself) tells that everything before it
// was seen, so nobody sleeps.
import { spawn } from 'node:child_process';
import type { Agents } from './agents';
import { packetReader, type Captured, type Ipv4 } from './packets';
import { discardPort, fenceMark } from './probe';
import { inNetns, run } from './run';

export interface Sighting {
  readonly netns: string;
  readonly device: string;
  /** `through`: on loopback, where a packet is seen once. */
  readonly movement: 'in' | 'out' | 'through';
  readonly time: bigint;
  readonly ip: Ipv4;
}

/** An ARP request that a namespace sent. */
export interface ArpRequest {
  readonly netns: string;
  readonly device: string;
  readonly address: string;
}

export interface Captures {
  /** Learns the names of the devices; to be called when devices were added. */
  readonly learnDevices: () => Promise<void>;
  /** Waits until everything that was sent before is recorded, then gives it, oldest first, and forgets it. */
  readonly collect: () => Promise<{
    readonly sightings: readonly Sighting[];
    readonly arp: readonly ArpRequest[];
  }>;
}

/** What is worth keeping: the beginnings and refusals of TCP connections, datagrams, ICMP, neighbour lookups. */
const filter = 'arp or (ip and ((tcp[tcpflags] & (tcp-syn|tcp-rst)) != 0 or udp or icmp))';

interface Raw {
  readonly netns: string;
  readonly packet: Captured;
}

interface Link {
  readonly ifindex: number;
  readonly ifname: string;
}

const outgoing = 4;

export async function startCaptures(names: readonly string[], agents: Agents): Promise<Captures> {
  const devices = new Map<string, ReadonlyMap<number, string>>();
  const fences = new Map<string, () => void>();
  let recorded: Raw[] = [];
  let lastFence = 0;

  await Promise.all(
    names.map(async (netns) => {
      const read = packetReader();
      await startTcpdump(netns, (chunk) => {
        for (const packet of read(chunk)) {
          const text = packet.ip?.payload?.subarray(0, 24).toString();
          if (text?.startsWith('fence ') === true) fences.get(`${netns} ${text}`)?.();
          else recorded.push({ netns, packet });
        }
      });
    }),
  );

  async function learn(netns: string): Promise<void> {
    const links = JSON.parse(await run(['ip', '-n', netns, '-j', 'link'])) as readonly Link[];
    devices.set(netns, new Map(links.map(({ ifindex, ifname }) => [ifindex, ifname])));
  }

  async function passFence(netns: string, mark: number): Promise<void> {
    const key = `${netns} ${fenceMark(mark)}`;
    const passed = new Promise<void>((resolve) => fences.set(key, resolve));
    await agents.order(netns, { kind: 'fence', mark, port: discardPort });
    await passed;
    fences.delete(key);
  }

  return {
    learnDevices: async () => {
      await Promise.all(names.map(learn));
    },
    collect: async () => {
      lastFence += 1;
      const mark = lastFence;
      await Promise.all(names.map((netns) => passFence(netns, mark)));
      const taken = recorded;
      recorded = [];
      const named = taken.map(({ netns, packet }, index) => ({
        netns,
        packet,
        index,
        device: devices.get(netns)?.get(packet.deviceIndex) ?? `device ${packet.deviceIndex}`,
      }));
      // Within a namespace the order of recording holds; between namespaces the kernel's clock.
      named.sort((a, b) => Number(a.packet.time - b.packet.time) || a.index - b.index);
      const sightings = named.flatMap(({ netns, device, packet }): readonly Sighting[] => {
        if (packet.ip === undefined) return [];
        const movement = device === 'lo' ? 'through' : packet.direction === outgoing ? 'out' : 'in';
        return [{ netns, device, movement, time: packet.time, ip: packet.ip }];
      });
      const arp = named.flatMap(({ netns, device, packet }): readonly ArpRequest[] =>
        packet.arpFor === undefined || packet.direction !== outgoing
          ? []
          : [{ netns, device, address: packet.arpFor }],
      );
      return { sightings, arp };
    },
  };
}

/** @returns when it listens. */
function startTcpdump(netns: string, take: (chunk: Buffer) => void): Promise<void> {
  // Root would become another user, which has no right to the lab's namespaces.
  const user = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const options = ['-i', 'any', '-y', 'LINUX_SLL2', '--time-stamp-precision=nano', ...user];
  const output = ['-s', '256', '-B', '8192', '-U', '--immediate-mode', '-w', '-'];
  const [program = '', ...args] = inNetns(netns, ['tcpdump', ...options, ...output, filter]);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', take);
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('listening on')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`tcpdump in ${netns} ended: ${said}`)));
  });
}
