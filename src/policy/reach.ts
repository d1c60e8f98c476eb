// Answers: which groups may one group of senders reach at all, on some port? The same as a row, but as bits: 32 receivers at once.
// For each set of ports that rules name there is a set of receivers, on the sender's side and on theirs; where both have a
// port in common, the receivers of both are reached. Exact, because every port is decided for itself: what the other tiers
// make of admitted ports is the same for each of them (spec/performance 3d, 5.9).
import type { Family } from '../model/address';
import { inserted } from '../model/inserted';
import { createColumns } from './columns';
import { bothFamilies, type GroupFace } from './groups';
import { every, none, type PortsId } from './portTable';
import { addRow, clearRow, emptyRow, holdsAll, rowOn, wordsFor, type BitRow } from './receivers';
import type { RowSource } from './rows';
import { isOpen, tiersTellNames, type TermSet } from './standing';
import type { TermId } from './terms';
import { tierPlan, type TierPlan } from './tierPlan';

/**
 * @returns receivers as bits, 32 in a number, the first in the lowest bit; as many as there are now.
 * @param within ports of which one must be permitted; default: any
 * @param into a row to add to, which is returned unless it is too short by now
 */
export type ReachReader = (sender: number, within?: PortsId, into?: Uint32Array) => Uint32Array;

/** Receivers by the ports that the sender's side permits towards them. */
type ByPorts = Map<PortsId, BitRow>;

/** What receivers take from senders that the same admin rules name. */
interface Intake {
  /** The tiers around what their NetworkPolicies admit. */
  readonly plan: TierPlan;
  /** By ports that are asked for, and a term. */
  readonly rows: Map<number, BitRow>;
}

/** Terms that lead to more receivers are looked up once for each way of asking. */
const narrow = 64;

/** 64 MB of remembered rows; when there are more, all are made again as they are asked for. */
const mostWords = 1 << 24;

export function createReach({ ports, evaluator, familyOf, groups }: RowSource): ReachReader {
  const columns = createColumns(evaluator);
  const outlets = new Map<number, TierPlan>();
  const intakes = new Map<number, Intake>();
  /** null: everybody. */
  const masks = new Map<number, BitRow | null>();
  let remembered = 0;
  const pool: BitRow[] = [];
  let words = 0;

  function follow(): void {
    if (columns.length() === groups.receivers.length) return;
    for (let at = columns.length(); at < groups.receivers.length; at++) {
      const face = groups.receivers[at];
      if (face !== undefined) columns.add(face);
    }
    words = wordsFor(groups.receivers.length);
    outlets.clear();
    intakes.clear();
    masks.clear();
    remembered = 0;
    pool.length = 0;
  }

  /** @param term undefined: receivers that take the ports whoever sends. */
  function remember(
    { rows }: Intake,
    asked: PortsId,
    term: TermId | undefined,
    fill: (row: BitRow) => void,
  ): BitRow {
    // Exact below 2^53: there are never 2^26 of either.
    const key = asked * 0x400_0000 + (term === undefined ? 0 : term + 1);
    const known = rows.get(key);
    if (known !== undefined) return known;
    const made = emptyRow(words);
    fill(made);
    if (++remembered * words > mostWords) {
      for (const intake of intakes.values()) intake.rows.clear();
      remembered = 1;
    }
    rows.set(key, made);
    return made;
  }

  function rowFor(sets: ByPorts, id: PortsId): BitRow {
    const known = sets.get(id);
    if (known !== undefined) return known;
    const made = pool.pop() ?? emptyRow(words);
    sets.set(id, made);
    return made;
  }

  function release(row: BitRow): void {
    clearRow(row);
    pool.push(row);
  }

  /** What the sender's policies permit it; undefined: everything. */
  function sent({ standing, cohort }: GroupFace, family: Family): ByPorts | undefined {
    const profile = standing.profile.egress;
    if (cohort.kind !== 'pods' || isOpen(profile)) return undefined;
    const sets: ByPorts = new Map();
    for (const [term, rulePorts] of profile.network ?? []) {
      if ((familyOf(term) ?? family) !== family) continue;
      const there = columns.destinations(term);
      if (there === undefined) continue;
      if (rulePorts.named.length === 0) there.all.into(rowFor(sets, rulePorts.fixed));
      else
        for (const { cohort: destination, receivers } of there.bySign.values())
          receivers.into(rowFor(sets, evaluator.resolve(rulePorts, destination).sure));
    }
    const isolated = profile.network !== undefined;
    const plan = inserted(outlets, (profile.tiersId * 2 + (isolated ? 1 : 0)) * 2 + bitOf(family), () =>
      tierPlan(ports, words, (note) => {
        for (const { named, cohort: destination, all, bySign } of columns.adminDestinations()) {
          if (!tiersTellNames(profile))
            note(evaluator.around(profile, named, family, destination), isolated, all);
          else
            for (const each of bySign.values())
              note(evaluator.around(profile, named, family, each.cohort), isolated, each.receivers);
        }
      }),
    );
    for (const id of [...sets.keys()]) {
      const effect = plan.effectOn(id);
      if (effect === undefined) continue;
      const row = rowFor(sets, id);
      for (const [less, receivers] of effect.moves) addBoth(rowFor(sets, less), row, receivers);
      takeOut(row, effect.drops);
    }
    for (const [id, receivers] of plan.always) addRow(rowFor(sets, id), receivers);
    return sets;
  }

  function intakeOf(named: TermSet, family: Family): Intake {
    return inserted(intakes, named.adminId * 2 + bitOf(family), () => ({
      rows: new Map(),
      plan: tierPlan(ports, words, (note) => {
        for (const { profile, cohort, receivers } of columns.tieredTakers())
          note(evaluator.around(profile, named, family, cohort), profile.network !== undefined, receivers);
      }),
    }));
  }

  /** Adds receivers that take some of the ports from whom the term names. */
  function addTakers(target: BitRow, plan: TierPlan, term: TermId, asked: PortsId): void {
    for (const [id, receivers] of columns.takers(term) ?? []) {
      if (ports.intersection(id, asked) === none) continue;
      const effect = plan.effectOn(id);
      if (effect === undefined) {
        receivers.into(target);
        continue;
      }
      const row = pool.pop() ?? emptyRow(words);
      receivers.into(row);
      for (const [less, where] of effect.moves)
        if (ports.intersection(less, asked) !== none) addBoth(target, row, where);
      takeOut(row, effect.drops);
      addRow(target, row);
      release(row);
    }
  }

  /** Rows that together hold the receivers that take some of the ports from the sender. */
  function* takers(named: TermSet, family: Family, asked: PortsId): Generator<BitRow, void, void> {
    const intake = intakeOf(named, family);
    const { plan } = intake;
    yield remember(intake, asked, undefined, (row) => {
      if (asked !== none) columns.openTakers.into(row);
      for (const [id, receivers] of plan.always)
        if (ports.intersection(id, asked) !== none) addRow(row, receivers);
    });
    const few = pool.pop() ?? emptyRow(words);
    for (const term of named.list) {
      if ((familyOf(term) ?? family) !== family) continue;
      if (columns.takerCount(term) <= narrow) addTakers(few, plan, term, asked);
      else yield remember(intake, asked, term, (row) => addTakers(row, plan, term, asked));
    }
    yield few;
    release(few);
  }

  /** Receivers with which the sender can share a family; null: all. */
  function maskOf({ cohort }: GroupFace, family: Family): BitRow | null {
    if (cohort.kind === 'outside') return null;
    const own = cohort.families.includes(family);
    return inserted(masks, (own ? 2 : 0) + bitOf(family), () => {
      const row = emptyRow(words);
      columns.outside[family].into(row);
      if (own) columns.inside[family].into(row);
      return holdsAll(row, columns.length()) ? null : row;
    });
  }

  return (sender, within = every, into) => {
    follow();
    const reached = rowOn(into, words);
    const from = groups.senders[sender];
    if (from === undefined) return reached.bits;
    const named = from.standing.terms.ingress;
    for (const family of bothFamilies) {
      if (from.cohort.kind === 'outside' && !from.cohort.families.includes(family)) continue;
      const mask = maskOf(from, family);
      if (mask !== null && mask.low > mask.high) continue;
      const out = sent(from, family);
      if (out === undefined)
        for (const row of takers(named, family, within))
          if (mask === null) addRow(reached, row);
          else addBoth(reached, row, mask);
      else
        for (const [id, destinations] of out) {
          const asked = ports.intersection(id, within);
          if (asked !== none)
            for (const row of takers(named, family, asked))
              if (mask === null) addBoth(reached, row, destinations);
              else addThree(reached, row, destinations, mask);
          release(destinations);
        }
    }
    return reached.bits;
  };
}

function bitOf(family: Family): number {
  return family === 6 ? 1 : 0;
}

function takeOut({ bits, low, high }: BitRow, drops: BitRow): void {
  for (let word = low; word <= high; word++) bits[word] = (bits[word] ?? 0) & ~(drops.bits[word] ?? 0);
}

/** Adds what is in both. */
function addBoth(target: BitRow, a: BitRow, b: BitRow): void {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  if (low > high) return;
  const { bits } = target;
  const [some, others] = [a.bits, b.bits];
  for (let word = low; word <= high; word++)
    bits[word] = (bits[word] ?? 0) | ((some[word] ?? 0) & (others[word] ?? 0));
  target.low = Math.min(target.low, low);
  target.high = Math.max(target.high, high);
}

/** Adds what is in all three. */
function addThree(target: BitRow, a: BitRow, b: BitRow, c: BitRow): void {
  const low = Math.max(a.low, b.low, c.low);
  const high = Math.min(a.high, b.high, c.high);
  if (low > high) return;
  const { bits } = target;
  const [some, others, last] = [a.bits, b.bits, c.bits];
  for (let word = low; word <= high; word++)
    bits[word] = (bits[word] ?? 0) | ((some[word] ?? 0) & (others[word] ?? 0) & (last[word] ?? 0));
  target.low = Math.min(target.low, low);
  target.high = Math.max(target.high, high);
}
