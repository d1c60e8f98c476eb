// Answers: which connections appear, disappear or change between two clusters, and which edits could have done it? The tables of
// both are read row by row, so that a host can let others run between two rows. Ranges outside are cut by the blocks of both
// clusters before they are compared, and neighbours with equal answers are said as one.
import { compareIp, offsetIp, parseIp, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { compareText } from '../model/objects';
import { equalPorts, isEmpty, noPorts, subtractPorts, type PortSet } from '../model/ports';
import { finish } from '../model/steps';
import { causesOf, type Causes, type ChangedEnd } from './causes';
import {
  tableInSteps,
  type ConnectivityLevel,
  type ConnectivityPeer,
  type ConnectivityTable,
} from './connectivity';
import { editsBetween, type Edit } from './edits';
import { seenPeersInSteps } from './policyView';

export interface ConnectionChange {
  readonly source: string;
  readonly destination: string;
  /** `added`: nothing was permitted before. `removed`: nothing is now. */
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: PortSet;
  readonly after: PortSet;
  readonly gained: PortSet;
  readonly lost: PortSet;
  /** Positions in `edits` of those that could be responsible. Empty: none, so where pods run or their addresses did it. */
  readonly because: readonly number[];
}

export interface ConnectivityDiff {
  readonly level: ConnectivityLevel;
  /** Peers inside that only one of the clusters has, by id. */
  readonly peers: {
    readonly added: readonly ConnectivityPeer[];
    readonly removed: readonly ConnectivityPeer[];
  };
  /** By source, then destination: inside by id, then ranges by address. */
  readonly connections: readonly ConnectionChange[];
  /** All that differ, also those that a limit left out of `connections`. */
  readonly counts: Readonly<Record<ConnectionChange['change'], number>>;
  readonly edits: readonly Edit[];
  /** What could change the answer, a sentence each. */
  readonly problems: readonly string[];
}

export interface DiffOptions {
  readonly level: ConnectivityLevel;
  /** Changes to list at most; the rest is counted. Default: all. */
  readonly most?: number | undefined;
}

export interface DiffProgress {
  readonly done: number;
  readonly all: number;
}

/** Compares at once. */
export function connectivityDiff(before: Cluster, after: Cluster, options: DiffOptions): ConnectivityDiff {
  return finish(diffInSteps(before, after, options));
}

/** The table of one side, in steps that say nothing of progress. */
function* tableOf(
  cluster: Cluster,
  level: ConnectivityLevel,
): Generator<DiffProgress, ConnectivityTable, void> {
  const steps = tableInSteps(cluster, { level });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield { done: 0, all: 1 };
  }
}

/** The same in steps: yields after each table and each row; abandoning the generator is cancelling. */
export function* diffInSteps(
  before: Cluster,
  after: Cluster,
  { level, most = Infinity }: DiffOptions,
): Generator<DiffProgress, ConnectivityDiff, void> {
  const old = sideOf(yield* tableOf(before, level));
  const now = sideOf(yield* tableOf(after, level));
  const ids = [...new Set([...old.inside.keys(), ...now.inside.keys()])].sort(compareText);
  yield { done: 0, all: ids.length };
  for (const side of [before, after])
    for (const steps = seenPeersInSteps(side); steps.next().done !== true;)
      yield { done: 0, all: ids.length };
  const found = editsBetween(before, after);
  yield { done: 0, all: ids.length };
  const { causes, touched } = causesOf(before, after, level, found);
  const { ranges, remarks } = alignRanges(old, now);
  const peers = ids.map((id): Peer => {
    const role = touched?.(id) ?? { source: true, destination: true };
    return { id, old: old.inside.get(id), now: now.inside.get(id), ...role };
  });
  const destinations = peers.filter(({ destination }) => destination);
  yield { done: 0, all: ids.length };

  const connections: Placed[] = [];
  const counts = { added: 0, removed: 0, changed: 0 };
  const note = (source: Place, destination: Place, was: PortSet, is: PortSet): void => {
    if (equalPorts(was, is)) return;
    const change = isEmpty(was) ? 'added' : isEmpty(is) ? 'removed' : 'changed';
    counts[change]++;
    if (connections.length < most)
      connections.push({ source, destination, made: changeOf(source, destination, change, was, is, causes) });
  };
  const row = (peer: Peer): void => {
    const place = placeOf(peer);
    for (const other of peer.source ? peers : destinations) {
      const was = between(old.table, peer.old, other.old);
      const is = between(now.table, peer.now, other.now);
      if (was !== is) note(place, placeOf(other), was, is);
    }
    for (const outward of [true, false]) {
      if (!(outward ? peer.source : peer.destination)) continue;
      for (const { first, last, was, is } of runs(ranges, (range) =>
        answers(old, now, peer, range, outward),
      )) {
        const id = `${first.text}-${last.text}`;
        const range: Place = { id, end: { kind: 'range', first, last }, rank: 1 };
        if (outward) note(place, range, was, is);
        else note(range, place, was, is);
      }
    }
  };
  for (const [index, peer] of peers.entries()) {
    row(peer);
    yield { done: index + 1, all: ids.length };
  }
  connections.sort((a, b) => byPlace(a.source, b.source) || byPlace(a.destination, b.destination));
  const only = (side: Side, other: Side): readonly ConnectivityPeer[] =>
    ids.flatMap((id) => {
      const position = other.inside.has(id) ? undefined : side.inside.get(id);
      const peer = position === undefined ? undefined : side.table.peers[position];
      return peer === undefined ? [] : [peer];
    });
  return {
    level,
    peers: { added: only(now, old), removed: only(old, now) },
    connections: connections.map(({ made }) => made),
    counts,
    edits: found.map(({ edit }) => edit),
    problems: [...joinProblems(old.table.problems, now.table.problems), ...remarks],
  };
}

/** @returns whether nothing differs; edits without an effect do not count. */
export function isSame({ counts, peers }: ConnectivityDiff): boolean {
  const { added, removed, changed } = counts;
  return added + removed + changed === 0 && peers.added.length === 0 && peers.removed.length === 0;
}

interface Place {
  readonly id: string;
  readonly end: ChangedEnd;
  /** Inside before outside. */
  readonly rank: 0 | 1;
}

/** A peer inside with its positions in both tables, and whether anything can have changed for it in either role. */
interface Peer {
  readonly id: string;
  readonly old: number | undefined;
  readonly now: number | undefined;
  readonly source: boolean;
  readonly destination: boolean;
}

function placeOf({ id }: Peer): Place {
  return { id, end: { kind: 'peer', id }, rank: 0 };
}

interface Placed {
  readonly source: Place;
  readonly destination: Place;
  readonly made: ConnectionChange;
}

function byPlace(a: Place, b: Place): number {
  if (a.end.kind === 'range' && b.end.kind === 'range')
    return compareIp(a.end.first, b.end.first) || compareIp(a.end.last, b.end.last);
  return a.rank - b.rank || compareText(a.id, b.id);
}

function changeOf(
  source: Place,
  destination: Place,
  change: ConnectionChange['change'],
  before: PortSet,
  after: PortSet,
  causes: Causes,
): ConnectionChange {
  const [gained, lost] = [subtractPorts(after, before), subtractPorts(before, after)];
  const effect = { gains: !isEmpty(gained), loses: !isEmpty(lost) };
  return {
    source: source.id,
    destination: destination.id,
    change,
    before,
    after,
    gained,
    lost,
    because: causes(source.end, destination.end, effect),
  };
}

interface Range {
  readonly first: Ip;
  readonly last: Ip;
  readonly position: number;
}

interface Side {
  readonly table: ConnectivityTable;
  /** Positions of the peers inside, by id. */
  readonly inside: ReadonlyMap<string, number>;
  readonly ranges: readonly Range[];
}

function sideOf(table: ConnectivityTable): Side {
  const inside = new Map<string, number>();
  const ranges: Range[] = [];
  for (const [position, { id, type }] of table.peers.entries()) {
    if (type !== 'external') inside.set(id, position);
    else {
      const [first, last] = id.split('-').map(parseIp);
      if (first !== undefined && last !== undefined) ranges.push({ first, last, position });
    }
  }
  return { table, inside, ranges };
}

function between(table: ConnectivityTable, from: number | undefined, to: number | undefined): PortSet {
  return from === undefined || to === undefined ? noPorts : table.between(from, to);
}

/** A range that lies in one range of each table. */
interface AlignedRange {
  readonly first: Ip;
  readonly last: Ip;
  readonly before: number;
  readonly after: number;
}

/** Ranges cut by both tables. A family that only one of them lists cannot be compared, which is remarked. */
function alignRanges(
  before: Side,
  after: Side,
): { readonly ranges: readonly AlignedRange[]; readonly remarks: readonly string[] } {
  const of = (side: Side, family: Family): readonly Range[] =>
    side.ranges.filter(({ first }) => first.family === family);
  const remarks: string[] = [];
  const ranges = ([4, 6] as const).flatMap((family): readonly AlignedRange[] => {
    const [old, now] = [of(before, family), of(after, family)];
    if (old.length > 0 !== now.length > 0)
      remarks.push(
        `Only the cluster ${old.length > 0 ? 'before' : 'after'} uses IPv${family}: its IPv${family} connections with the outside are not compared.`,
      );
    return cutByBoth(old, now);
  });
  return { ranges, remarks };
}

function cutByBoth(old: readonly Range[], now: readonly Range[]): readonly AlignedRange[] {
  const cut: AlignedRange[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [was, is] = [old[i], now[j]];
    if (was === undefined || is === undefined) return cut;
    const first = compareIp(was.first, is.first) > 0 ? was.first : is.first;
    const order = compareIp(was.last, is.last);
    const last = order < 0 ? was.last : is.last;
    if (compareIp(first, last) <= 0) cut.push({ first, last, before: was.position, after: is.position });
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

interface Answer {
  readonly was: PortSet;
  readonly is: PortSet;
}

function answers(
  old: Side,
  now: Side,
  { old: own, now: ownNow }: Peer,
  { before, after }: AlignedRange,
  outward: boolean,
): Answer {
  return outward
    ? { was: between(old.table, own, before), is: between(now.table, ownNow, after) }
    : { was: between(old.table, before, own), is: between(now.table, after, ownNow) };
}

/** Neighbouring ranges with equal answers, joined. */
function runs(
  ranges: readonly AlignedRange[],
  ask: (range: AlignedRange) => Answer,
): readonly (Answer & { readonly first: Ip; readonly last: Ip })[] {
  const joined: { first: Ip; last: Ip; was: PortSet; is: PortSet }[] = [];
  for (const range of ranges) {
    const { was, is } = ask(range);
    const previous = joined.at(-1);
    const next = previous && offsetIp(previous.last, 1);
    const touches = next !== undefined && compareIp(next, range.first) === 0;
    if (previous !== undefined && touches && equalPorts(previous.was, was) && equalPorts(previous.is, is))
      previous.last = range.last;
    else joined.push({ first: range.first, last: range.last, was, is });
  }
  return joined;
}

/** What both say stands once; what only one says names its side. */
function joinProblems(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((problem) => now.has(problem)),
    ...before.filter((problem) => !now.has(problem)).map((problem) => `Before: ${problem}`),
    ...after.filter((problem) => !old.has(problem)).map((problem) => `After: ${problem}`),
  ];
}
