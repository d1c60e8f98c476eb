// Answers: what must be seen if this way of a trace is true? Its hops, the answer's hops, what nodes remember, what the client
// is told and whom the server sees, in the words that `observe.ts` uses for what the kernel did.
import type { Hop, Step } from '../../src/dataplane/step';
import type { Cluster } from '../../src/model/cluster';
import type { Trace, Way } from '../../src/trace/trace';
import { deviceOfTrace, type DeviceName } from './devices';
import { listens } from './listening';
import { netnsOfPlace, outside, outsideAddress, router } from './netns';
import type { Listener } from './probe';
import type { Shape } from './profile';
import { hopLine, memoryLine, type Header, type Outer, type Spot } from './words';

/** One side's account of a connection: the trace's, or the kernel's. */
export interface Account {
  /** What the client may get: `connected`, `timeout` or an errno; empty: no claim. The kernel's account has one. */
  readonly outcomes: readonly string[];
  /** Whom the server saw, and as what; undefined when nothing was answered. */
  readonly answer: string | undefined;
  readonly request: readonly string[];
  /** undefined: no claim, because nothing is answered or the answer comes from outside. */
  readonly reply: readonly string[] | undefined;
  readonly memory: readonly string[];
  /** A neighbour lookup that finds nobody, as `namespace device address`. */
  readonly lookup: string | undefined;
}

export interface TraceAccount extends Account {
  readonly way: Way;
  /** The trace follows the packet only as far as it knows the network: what comes after the last hop is not compared. */
  readonly openEnded: { readonly request: boolean; readonly reply: boolean };
}

export function accountOf(
  cluster: Cluster,
  shape: Shape,
  listeners: ReadonlyMap<string, readonly Listener[]>,
  protocol: 'TCP' | 'UDP',
  way: Way,
): TraceAccount {
  const steps = way.hops.flatMap((hop) => hop.steps);
  const last = steps.at(-1);
  const clientPort = steps[0]?.before.sourcePort ?? 0;
  const deviceName = deviceOfTrace(cluster, shape);
  const lines = (hops: readonly Hop[], side: 'request' | 'reply'): readonly string[] =>
    hops.flatMap((hop, index) => {
      const spot = spotOf(cluster, hop, hops[index - 1], deviceName);
      if (spot === undefined || !isCaptured(hop)) return [];
      return [hopLine(spot, headerOf(hop.packet), side, clientPort, outerOf(hop))];
    });
  const lastHop = way.hops.at(-1);
  const unanswered = last !== undefined && isLookup(last) && lastHop !== undefined;
  const end = endOf(cluster, listeners, protocol, way, clientPort);
  // A closed UDP port is told by ICMP, which the trace does not follow.
  const isAnswered = protocol === 'TCP' || end.answer !== undefined;
  return {
    way,
    openEnded: { request: leavesCluster(way.hops), reply: leavesCluster(way.reply) },
    ...end,
    request: lines(way.hops, 'request'),
    reply: way.reply.length === 0 || isElsewhere(way) || !isAnswered ? undefined : lines(way.reply, 'reply'),
    memory: memoryOf(cluster, way.hops, clientPort),
    lookup: unanswered
      ? `${netnsOfPlace(cluster, lastHop.place) ?? ''} ${deviceName(netnsOfPlace(cluster, lastHop.place) ?? '', lastHop.device)} ${last.after.destination.text}`
      : undefined,
  };
}

function leavesCluster(hops: readonly Hop[]): boolean {
  return hops.at(-1)?.steps.at(-1)?.kind === 'leave';
}

/** The device of the lab that a hop stands for; the trace shows one gateway, with one device, for all routers outside. */
function spotOf(
  cluster: Cluster,
  hop: Hop,
  previous: Hop | undefined,
  deviceName: DeviceName,
): Spot | undefined {
  const { place, device, movement } = hop;
  if (place.kind === 'outside') {
    if (device !== 'gateway') return { netns: outside, device, movement };
    const fromOutside = movement === 'in' && previous?.place.kind === 'outside';
    return { netns: router, device: fromOutside ? 'eth1' : 'eth0', movement };
  }
  const netns = netnsOfPlace(cluster, place);
  return netns === undefined ? undefined : { netns, device: deviceName(netns, device), movement };
}

function outerOf({ outer }: Hop): Outer | undefined {
  return (
    outer && {
      source: outer.source.text,
      destination: outer.destination.text,
      port: outer.encapsulation.port ?? 0,
      vni: outer.encapsulation.vni ?? 0,
      ttl: outer.ttl,
    }
  );
}

/** A packet that is stopped before it leaves by a device is not on that device. */
function isCaptured(hop: Hop): boolean {
  return hop.movement !== 'out' || !hop.steps.some((step) => step.causesDrop);
}

function headerOf(packet: Hop['packet']): Header {
  return {
    source: packet.source.text,
    sourcePort: packet.sourcePort,
    destination: packet.destination.text,
    destinationPort: packet.destinationPort,
    ttl: packet.ttl,
  };
}

/** Per visit of a node that the packet passed or ended in: the header that came, and the answer that is expected. */
function memoryOf(cluster: Cluster, hops: readonly Hop[], clientPort: number): readonly string[] {
  const visits: Hop[][] = [];
  for (const hop of hops) {
    const previous = visits.at(-1)?.at(-1);
    if (previous !== undefined && netnsOfPlace(cluster, previous.place) === netnsOfPlace(cluster, hop.place))
      visits.at(-1)?.push(hop);
    else visits.push([hop]);
  }
  return visits.flatMap((visit) => {
    const place = visit[0]?.place;
    const steps = visit.flatMap((hop) => hop.steps);
    const isOrigin = visit[0] === hops[0];
    const came = isOrigin ? steps[0]?.before : visit[0]?.packet;
    const left = steps.at(-1)?.after;
    if (place?.kind !== 'node' || came === undefined || left === undefined) return [];
    // A node remembers what passed its rules; a failed neighbour lookup comes after them, and so does INPUT after loopback.
    const passed =
      steps.every((step) => !step.causesDrop || isLookup(step)) || visit.at(-1)?.movement === 'through';
    if (!passed) return [];
    return [memoryLine(netnsOfPlace(cluster, place) ?? '', headerOf(came), headerOf(left), clientPort)];
  });
}

function isLookup(step: Step): boolean {
  return step.kind === 'fail' && step.cause === 'host-unreachable';
}

/** Sent to somebody outside who is not the lab's outside host: nobody knows what is there. */
function isElsewhere(way: Way): boolean {
  const last = way.hops.at(-1)?.steps.at(-1)?.after;
  return way.final === 'Forward' && last?.destination.text !== outsideAddress;
}

/** What the client gets and what the server sees, by the verdict's own words and by what listens in the lab. */
function endOf(
  cluster: Cluster,
  listeners: ReadonlyMap<string, readonly Listener[]>,
  protocol: 'TCP' | 'UDP',
  way: Way,
  clientPort: number,
): Pick<Account, 'outcomes' | 'answer'> {
  const last = way.hops.at(-1)?.steps.at(-1)?.after;
  if (last === undefined) return { outcomes: outcomesOf(way.verdict.symptom), answer: undefined };
  if (way.final !== 'Deliver' && way.final !== 'Forward')
    return { outcomes: outcomesOf(way.verdict.symptom), answer: undefined };
  if (way.result === 'Unreachable') return { outcomes: outcomesOf(way.verdict.symptom), answer: undefined };
  if (isElsewhere(way)) return { outcomes: [], answer: undefined };
  const place = way.hops.at(-1)?.place;
  const netns = way.final === 'Forward' ? outside : place && netnsOfPlace(cluster, place);
  const open = listens(
    listeners.get(netns ?? '') ?? [],
    protocol,
    last.destination.text,
    last.destinationPort,
  );
  if (!open) return { outcomes: ['ECONNREFUSED'], answer: undefined };
  const port = last.sourcePort === clientPort ? 'client' : 'new';
  return { outcomes: ['connected'], answer: `${netns ?? ''} sees ${last.source.text}:${port}` };
}

/** The errno, or the lack of an answer, that a symptom of table F promises. */
function outcomesOf(symptom: string | undefined): readonly string[] {
  switch (symptom) {
    case 'connection refused at once':
      return ['ECONNREFUSED'];
    case 'no route to host after about 3 s':
      return ['EHOSTUNREACH'];
    case 'network is unreachable at once, or a timeout':
      return ['ENETUNREACH', 'timeout'];
    case 'network is unreachable at once':
      return ['ENETUNREACH'];
    case 'operation not permitted at once':
      return ['EPERM'];
    case 'invalid argument at once':
      return ['EINVAL'];
    case 'timeout after about 130 s':
    case 'no answer':
      return ['timeout'];
    default:
      return [`no errno is known for the symptom "${symptom ?? ''}"`];
  }
}

/** Why the trace makes no claim about this connection; undefined when it does. */
export function silenceOf(trace: Trace): string | undefined {
  return trace.result === 'Undetermined' ? trace.verdict.words : undefined;
}
