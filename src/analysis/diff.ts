// Answers: which connections appear, disappear or change between two clusters, and which edits could have done it? The tables of
// both are read row by row, so that a host can let others run between two rows. Ranges outside are cut by the blocks of both
// clusters before they are compared, and neighbours with equal answers are said as one.
import { compareIp, offsetIp, parseIp, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import { compareText } from '../model/objects';
import { equalPorts, isEmpty, noPorts, subtractPorts, type PortSet } from '../model/ports';
import { finish, saying } from '../model/steps';
import type { Cohort } from '../policy/cohorts';
import { noteSuccessor, policyEngineOf } from '../policy/judge';
import { none } from '../policy/portTable';
import { policyReadingOf } from '../trace/policyReading';
import { causesOf, type ChangedEnd, type Effect, type Roles } from './causes';
import {
  tableInSteps,
  type ConnectivityLevel,
  type ConnectivityPeer,
  type ConnectivityTable,
} from './connectivity';
import { editsInSteps, type Edit } from './edits';
import type { Party } from './parties';

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

/** Nothing is compared yet. */
const notYet: DiffProgress = { done: 0, all: 1 };

/** Compares at once. */
export function connectivityDiff(before: Cluster, after: Cluster, options: DiffOptions): ConnectivityDiff {
  return finish(diffInSteps(before, after, options));
}

/** The same in steps: yields after each table and each row; abandoning the generator is cancelling. */
export function* diffInSteps(
  before: Cluster,
  after: Cluster,
  { level, most = Infinity }: DiffOptions,
): Generator<DiffProgress, ConnectivityDiff, void> {
  // Whichever of them was looked at already leads the other.
  noteSuccessor(after, before);
  const old = sideOf(yield* saying(tableInSteps(before, { level }), notYet));
  noteSuccessor(before, after);
  const now = sideOf(yield* saying(tableInSteps(after, { level }), notYet));
  const found = yield* saying(editsInSteps(before, after), notYet);
  const { causes, touched } = causesOf(before, after, level, found);
  const { ranges, remarks } = alignRanges(old, now);
  const peers = yield* saying(peersOf(old, now, regrouped(before, after, old, now), touched), notYet);
  const destinations = peers.filter(({ destination }) => destination);
  const ids = peers.map(({ id }) => id);
  yield { done: 0, all: ids.length };

  const [fromInside, fromOutside]: readonly [ConnectionChange[], Placed[]] = [[], []];
  const counts = { added: 0, removed: 0, changed: 0 };
  const effects = effectReader();
  const note = (source: Place, destination: Place, was: PortSet, is: PortSet): void => {
    if (was === is || equalPorts(was, is)) return;
    const effect = effects(was, is);
    const { change, gained, lost } = effect;
    counts[change]++;
    if (fromInside.length + fromOutside.length >= most) return;
    const because = causes(source.end, destination.end, effect);
    const ports = { before: was, after: is, gained, lost };
    const made = { source: source.id, destination: destination.id, change, ...ports, because };
    if (source.end.kind === 'peer') fromInside.push(made);
    else fromOutside.push({ source, destination, made });
  };
  const same = sameSets(old.table, now.table);
  const destinationsOnNodes = destinations.some(
    (peer) => isOnNodes(old, peer.old) || isOnNodes(now, peer.now),
  );
  const changesTo = (peer: Peer): readonly Changed[] =>
    destinations.flatMap((other) => {
      const was = between(old.table, peer.old, other.old);
      const is = between(now.table, peer.now, other.now);
      return was === is ? [] : [{ other, was, is }];
    });
  const changesBySender = new Map<string, readonly Changed[]>();
  const row = function* (peer: Peer): Generator<undefined, void, void> {
    if (peer.source) {
      const was = rowOf(old.table, peer.old);
      yield;
      const is = rowOf(now.table, peer.now);
      for (const [position, other] of peers.entries()) {
        if (position % peersAtOnce === 0) yield;
        const [a, b] = [cellOf(was, other.old), cellOf(is, other.now)];
        if (!same(a, b)) note(peer, other, old.table.setOf(a), now.table.setOf(b));
      }
    } else {
      // Peers that send alike, none of them on a node's network, have the same changes.
      const alike = peer.destination || destinationsOnNodes ? undefined : peer.sender;
      const changes =
        alike === undefined ? changesTo(peer) : inserted(changesBySender, alike, () => changesTo(peer));
      for (const { other, was, is } of changes) note(peer, other, was, is);
    }
    for (const outward of [true, false]) {
      if (!(outward ? peer.source : peer.destination)) continue;
      for (const { first, last, was, is } of runs(ranges, (range) =>
        answers(old, now, peer, range, outward),
      )) {
        const id = `${first.text}-${last.text}`;
        const range: Place = { id, end: { kind: 'range', first, last } };
        if (outward) note(peer, range, was, is);
        else note(range, peer, was, is);
      }
    }
  };
  for (const [index, peer] of peers.entries()) {
    yield* saying(row(peer), { done: index, all: ids.length });
    yield { done: index + 1, all: ids.length };
  }
  // Those from inside were found in order.
  fromOutside.sort((a, b) => byRange(a.source, b.source) || compareText(a.destination.id, b.destination.id));
  const only = (side: Side, other: Side): readonly ConnectivityPeer[] =>
    ids.flatMap((id) => {
      const position = other.inside.has(id) ? undefined : side.inside.get(id);
      const peer = position === undefined ? undefined : side.table.peers[position];
      return peer === undefined ? [] : [peer];
    });
  return {
    level,
    peers: { added: only(now, old), removed: only(old, now) },
    connections: [...fromInside, ...fromOutside.map(({ made }) => made)],
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
}

/** A peer inside with its positions in both tables, and whether anything can have changed for it in either role. */
interface Peer extends Place, Roles {
  readonly old: number | undefined;
  readonly now: number | undefined;
  /** Equal for peers that send alike on both sides; undefined: not known, or it is on a node's network. */
  readonly sender: string | undefined;
}

interface Changed {
  readonly other: Peer;
  readonly was: PortSet;
  readonly is: PortSet;
}

interface Placed {
  readonly source: Place;
  readonly destination: Place;
  readonly made: ConnectionChange;
}

function byRange({ end: a }: Place, { end: b }: Place): number {
  return a.kind === 'range' && b.kind === 'range'
    ? compareIp(a.first, b.first) || compareIp(a.last, b.last)
    : 0;
}

interface Regrouped extends Roles {
  /** Of a source that has not changed. */
  readonly sender: string | undefined;
}

const inAnyRole: Regrouped = { source: true, destination: true, sender: undefined };

/** Peers of both sides by id. @param rolesOf as what a peer can have changed: all must say so. */
function* peersOf(
  old: Side,
  now: Side,
  regroupedAs: ((old: number, now: number) => Regrouped) | undefined,
  touched: ((id: string) => Roles) | undefined,
): Generator<undefined, readonly Peer[], void> {
  const peers: Peer[] = [];
  for (const id of [...new Set([...old.inside.keys(), ...now.inside.keys()])].sort(compareText)) {
    if (peers.length % peersAtOnce === peersAtOnce - 1) yield;
    const [was, is] = [old.inside.get(id), now.inside.get(id)];
    const moved = was === undefined || is === undefined ? inAnyRole : (regroupedAs?.(was, is) ?? inAnyRole);
    // Where no policy is edited that is about it, a new number says only that more names are known.
    const meant = moved.source || moved.destination ? (touched?.(id) ?? inAnyRole) : inAnyRole;
    peers.push({
      ...{ id, end: { kind: 'peer', id }, old: was, now: is },
      sender: moved.sender,
      source: moved.source && meant.source,
      destination: moved.destination && meant.destination,
    });
  }
  return peers;
}

/** Peers that are looked at before others get their turn. */
const peersAtOnce = 500;

/**
 * As what a peer has another group now: what both ends of a connection keep their groups for has not changed. undefined: the
 * engines have numbers of their own, so that they say nothing.
 */
function regrouped(
  before: Cluster,
  after: Cluster,
  { table: old }: Side,
  { table: now }: Side,
): ((old: number, now: number) => Regrouped) | undefined {
  const [was, is] = [before, after].map((cluster) => policyEngineOf(cluster, policyReadingOf(cluster)));
  if (was === undefined || is === undefined || was.ports !== is.ports) return undefined;
  const groups = (of: (cohort: Cohort) => number, { cohorts }: Party): string =>
    [...new Set(cohorts.map(of))].sort((a, b) => a - b).join();
  return (oldAt, nowAt) => {
    const [one, other] = [old.parties[oldAt], now.parties[nowAt]];
    if (one === undefined || other === undefined) return inAnyRole;
    // Between a node's own network and pods on it everything passes, whatever groups they are in.
    if (!sameMembers(one.nodes, other.nodes) || !sameMembers(one.hostNodes, other.hostNodes))
      return inAnyRole;
    const sent = groups((cohort) => was.senderOf(cohort), one);
    const source = sent !== groups((cohort) => is.senderOf(cohort), other);
    const taken = groups((cohort) => was.receiverOf(cohort), one);
    return {
      source,
      destination: taken !== groups((cohort) => is.receiverOf(cohort), other),
      sender: source || one.hostNodes.size > 0 ? undefined : sent,
    };
  };
}

function isOnNodes({ table }: Side, position: number | undefined): boolean {
  return position !== undefined && (table.parties[position]?.hostNodes.size ?? 0) > 0;
}

function sameMembers<T>(some: ReadonlySet<T>, others: ReadonlySet<T>): boolean {
  return some === others || (some.size === others.size && [...some].every((each) => others.has(each)));
}

type Effects = Effect & Pick<ConnectionChange, 'change' | 'gained' | 'lost'>;

/** What becomes of a set of ports; few pairs of sets come often. */
function effectReader(): (before: PortSet, after: PortSet) => Effects {
  const known = new Map<PortSet, Map<PortSet, Effects>>();
  return (before, after) =>
    inserted(
      inserted(known, before, () => new Map<PortSet, Effects>()),
      after,
      () => {
        const [gained, lost] = [subtractPorts(after, before), subtractPorts(before, after)];
        return {
          change: isEmpty(before) ? 'added' : isEmpty(after) ? 'removed' : 'changed',
          ...{ gained, lost },
          gains: !isEmpty(gained),
          loses: !isEmpty(lost),
        };
      },
    );
}

/** @returns whether two numbers of sets, one of each table, stand for the same ports. */
function sameSets(old: ConnectivityTable, now: ConnectivityTable): (was: number, is: number) => boolean {
  const numbers = new Map<string, number>();
  const shared = (table: ConnectivityTable): ((number: number) => number) => {
    const known: number[] = [];
    return (number) =>
      (known[number] ??= inserted(numbers, JSON.stringify(table.setOf(number)), () => numbers.size));
  };
  const [oldNumber, nowNumber] = [shared(old), shared(now)];
  return (was, is) => oldNumber(was) === nowNumber(is);
}

function rowOf(table: ConnectivityTable, source: number | undefined): Uint32Array | undefined {
  return source === undefined ? undefined : table.row(source);
}

/** The number of no ports, where one of the ends is not there. */
function cellOf(row: Uint32Array | undefined, destination: number | undefined): number {
  return row === undefined || destination === undefined ? none : (row[destination] ?? none);
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
