// Answers: which groups may one group of senders reach at all, on some port? The same as a row, but as bits: 32 receivers at once.
// For each set of ports that rules name there is a set of receivers, on the sender's side and on theirs; where both have a
// port in common, the receivers of both are reached. Exact, because every port is decided for itself: what the other tiers
// make of admitted ports is the same for each of them (spec/performance 3d, 5.9).
import type { Family } from '../model/address';
import { createColumns } from './columns';
import { bothFamilies, isOpen, tiersTellNames, type GroupFace } from './groups';
import { every, none, type PortsId } from './portTable';
import { clearRow, emptyRow, wordsFor, type BitRow } from './receivers';
import type { RowSource } from './rows';
import { tierPlan, type TierPlan } from './tierPlan';

/**
 * @returns receivers as bits, 32 in a number, the first in the lowest bit; as many as there are now.
 * @param within ports of which one must be permitted; default: any
 */
export type ReachReader = (sender: number, within?: PortsId) => Uint32Array;

/** Receivers by the ports that one side permits. */
type ByPorts = Map<PortsId, BitRow>;

export function createReach({ ports, evaluator, familyOf, groups }: RowSource): ReachReader {
  const columns = createColumns(evaluator);
  const plans = new Map<string, TierPlan>();
  const masks = new Map<string, BitRow>();
  const spare: BitRow[] = [];
  let words = 0;

  function follow(): void {
    if (columns.length() === groups.receivers.length) return;
    for (let at = columns.length(); at < groups.receivers.length; at++) {
      const face = groups.receivers[at];
      if (face !== undefined) columns.add(face);
    }
    words = wordsFor(groups.receivers.length);
    plans.clear();
    masks.clear();
    spare.length = 0;
  }

  function rowOf(sets: ByPorts, id: PortsId): BitRow {
    const known = sets.get(id);
    if (known !== undefined) return known;
    const made = spare.pop() ?? emptyRow(words);
    sets.set(id, made);
    return made;
  }

  function release(sets: Readonly<ByPorts>): void {
    for (const row of sets.values()) {
      clearRow(row);
      spare.push(row);
    }
  }

  /** What receivers take from the sender. */
  function taken({ standing }: GroupFace, family: Family): ByPorts {
    const named = standing.terms.ingress;
    const sets: ByPorts = new Map();
    for (const term of named.list) {
      if ((familyOf(term) ?? family) !== family) continue;
      for (const [id, receivers] of columns.takers(term) ?? []) receivers.into(rowOf(sets, id));
    }
    columns.openTakers.into(rowOf(sets, every));
    apply(
      planned(`in ${named.adminId} ${family}`, (note) => {
        for (const { profile, cohort, receivers } of columns.tieredTakers())
          note(evaluator.around(profile, named, family, cohort), profile.network !== undefined, receivers);
      }),
      sets,
    );
    return sets;
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
      if (rulePorts.named.length === 0) there.all.into(rowOf(sets, rulePorts.fixed));
      else
        for (const { cohort: destination, receivers } of there.bySign.values())
          receivers.into(rowOf(sets, evaluator.resolve(rulePorts, destination).sure));
    }
    const isolated = profile.network !== undefined;
    apply(
      planned(`out ${profile.tiersId} ${isolated} ${family}`, (note) => {
        for (const { named, cohort: destination, all, bySign } of columns.adminDestinations()) {
          if (!tiersTellNames(profile))
            note(evaluator.around(profile, named, family, destination), isolated, all);
          else
            for (const each of bySign.values())
              note(evaluator.around(profile, named, family, each.cohort), isolated, each.receivers);
        }
      }),
      sets,
    );
    return sets;
  }

  function planned(key: string, fill: Parameters<typeof tierPlan>[2]): TierPlan {
    const known = plans.get(key);
    if (known !== undefined) return known;
    const made = tierPlan(ports, words, fill);
    plans.set(key, made);
    return made;
  }

  /** What the tiers around make of the ports that NetworkPolicies admit. */
  function apply({ always, effectOn }: TierPlan, sets: ByPorts): void {
    for (const id of [...sets.keys()]) {
      const effect = effectOn(id);
      if (effect === undefined) continue;
      const row = rowOf(sets, id);
      for (const [less, receivers] of effect.moves) orBoth(rowOf(sets, less), row, receivers);
      const { bits, low, high } = row;
      const { bits: drops } = effect.drops;
      for (let word = low; word <= high; word++) bits[word] = (bits[word] ?? 0) & ~(drops[word] ?? 0);
    }
    for (const [id, receivers] of always) orBoth(rowOf(sets, id), receivers, receivers);
  }

  /** Receivers with which the sender can share a family; undefined: all. */
  function maskOf({ cohort }: GroupFace, family: Family): BitRow | undefined {
    if (cohort.kind === 'outside') return undefined;
    const own = cohort.families.includes(family);
    const key = `${family} ${own}`;
    const known = masks.get(key);
    if (known !== undefined) return known;
    const made = emptyRow(words);
    columns.outside[family].into(made);
    if (own) columns.inside[family].into(made);
    masks.set(key, made);
    return made;
  }

  return (sender, within = every) => {
    follow();
    const reached = emptyRow(words);
    const from = groups.senders[sender];
    if (from === undefined) return reached.bits;
    for (const family of bothFamilies) {
      if (from.cohort.kind === 'outside' && !from.cohort.families.includes(family)) continue;
      const mask = maskOf(from, family);
      if (mask !== undefined && mask.low > mask.high) continue;
      const into = taken(from, family);
      const out = sent(from, family);
      for (const [takes, receivers] of into) {
        const asked = ports.intersection(takes, within);
        if (asked === none) continue;
        if (out === undefined) {
          orBoth(reached, receivers, mask ?? receivers);
          continue;
        }
        for (const [sends, destinations] of out)
          if (ports.intersection(asked, sends) !== none)
            orThree(reached, receivers, destinations, mask ?? receivers);
      }
      release(into);
      if (out !== undefined) release(out);
    }
    return reached.bits;
  };
}

/** Adds what is in both. */
function orBoth(target: BitRow, a: BitRow, b: BitRow): void {
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
function orThree(target: BitRow, a: BitRow, b: BitRow, c: BitRow): void {
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
