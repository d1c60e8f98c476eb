// Answers: which connections did a node remember, and as what? Listens to the kernel's events, because a refused connection
// is forgotten at once; and lists what is there, because the kernel may lose an event, which it says. For TCP and UDP.
import { spawn } from 'node:child_process';
import { firstFencePort, lastFencePort } from './probe';
import { inNetns, run } from './run';

export interface Tuple {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export interface Tracked {
  readonly protocol: 'TCP' | 'UDP';
  readonly original: Tuple;
  /** The header of the answer that is expected. */
  readonly reply: Tuple;
}

/** Connections of one node, found by protocol and original tuple. */
export type ConnectionTable = ReadonlyMap<string, Tracked>;

export interface ConnectionEvents {
  /** What was remembered since the last call, once everything that was sent before is in it. */
  readonly collect: () => Promise<ConnectionTable>;
}

/** Bytes that the kernel keeps of events while this process does not get to read them. */
const eventBuffer = 16 * 1024 * 1024;

const event =
  /(tcp|udp) .*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) .*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/;

/**
 * Listens in a node's namespace, whose rules must be there already: without any the kernel tracks nothing. `sendFence`
 * sends a datagram to that port of 127.0.0.1.
 */
export async function watchConnections(
  netns: string,
  sendFence: (port: number) => Promise<unknown>,
): Promise<ConnectionEvents> {
  const command = ['conntrack', '-E', '-e', 'NEW', '-b', String(eventBuffer)];
  const [program = '', ...args] = inNetns(netns, command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let table = new Map<string, Tracked>();
  let awaited:
    | { readonly port: number; readonly passed: () => void; readonly failed: (error: Error) => void }
    | undefined;
  let rest = '';
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.on('exit', () => awaited?.failed(new Error(`conntrack in ${netns} ended: ${complaint}`)));
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const tracked = readEvent(line);
      if (tracked === undefined) continue;
      const { destination, destinationPort } = tracked.original;
      if (destination !== '127.0.0.1' || destinationPort < firstFencePort)
        table.set(tupleKey(tracked.protocol, tracked.original), tracked);
      else if (destinationPort === awaited?.port) awaited.passed();
    }
  });

  let port = firstFencePort;
  /** @param again milliseconds after which the fence is sent again */
  function passFence(again: number): Promise<void> {
    port = port === lastFencePort ? firstFencePort : port + 1;
    const own = port;
    return new Promise((resolve, reject) => {
      const repeat = setInterval(() => void sendFence(own).catch(reject), again);
      const end = (): void => {
        clearInterval(repeat);
        awaited = undefined;
      };
      awaited = {
        port: own,
        passed: () => {
          end();
          resolve();
        },
        failed: (error) => {
          end();
          reject(error);
        },
      };
      if (child.exitCode !== null) awaited.failed(new Error(`conntrack in ${netns} ended: ${complaint}`));
      sendFence(own).catch(reject);
    });
  }

  // It has begun to listen when it hears a fence.
  await passFence(10);
  return {
    collect: async () => {
      // The event of a fence may be the one that is lost.
      await passFence(1_000);
      const taken = table;
      table = new Map();
      for (const line of (await run(['conntrack', '-L'], { netns })).split('\n')) {
        const tracked = readEvent(line);
        if (tracked === undefined) continue;
        const key = tupleKey(tracked.protocol, tracked.original);
        if (!taken.has(key)) taken.set(key, tracked);
      }
      return taken;
    },
  };
}

function readEvent(line: string): Tracked | undefined {
  const match = event.exec(line);
  if (match === null) return undefined;
  const part = (index: number): string => match[index] ?? '';
  const tuple = (at: number): Tuple => ({
    source: part(at),
    destination: part(at + 1),
    sourcePort: Number(part(at + 2)),
    destinationPort: Number(part(at + 3)),
  });
  return { protocol: part(1) === 'tcp' ? 'TCP' : 'UDP', original: tuple(2), reply: tuple(6) };
}

export function tupleKey(protocol: string, tuple: Tuple): string {
  return `${protocol} ${tuple.source}:${tuple.sourcePort}>${tuple.destination}:${tuple.destinationPort}`;
}
