// Answers: what may one group of senders reach, group by group? Two short lists make a row: what the sender's egress says of each
// kind of destination, and what each kind of receiver says of the sender. Lists are filled from the rules, by the ends that
// each term names, so that what no rule speaks of costs nothing. Rows are made when asked for; a matrix of the largest
// clusters is never held (spec/performance 5.7, 5.9).
import type { Family } from '../model/address';
import { append } from '../model/inserted';
import type { Cohort } from './cohorts';
import type { RulePorts } from './compile';
import type { Evaluator } from './evaluate';
import { every, none, type PortsId, type PortTable } from './portTable';
import { bothFamilies, type GroupFace, type Groups, type ReceiverFace } from './groups';
import { hasTiers, isOpen, tiersTellNames, type Profile, type TermSet } from './standing';
import type { TermId } from './terms';
import type { Around } from './tiers';

export interface RowSource {
  readonly ports: PortTable;
  readonly evaluator: Evaluator;
  readonly familyOf: (term: TermId) => Family | undefined;
  readonly groups: Pick<Groups, 'senders' | 'receivers'>;
}

/** @returns for each receiver what is certainly permitted from the sender; as long as there are receivers now. */
export type RowReader = (sender: number) => Uint32Array;

export function rowReader({ ports, evaluator, familyOf, groups }: RowSource): RowReader {
  let columns = columnsOf([]);
  const outs = listKeeper();
  const intos = listKeeper();

  /** What the sender's policies permit towards each kind of destination. */
  function outList({ standing, cohort }: GroupFace, family: Family): Uint32Array {
    const { destinationFaces, destinationsByTerm } = columns;
    const made = new Uint32Array(destinationFaces.length);
    const profile = standing.profile.egress;
    if (cohort.kind !== 'pods' || isOpen(profile)) return made.fill(every);
    for (const [term, rulePorts] of profile.network ?? []) {
      if ((familyOf(term) ?? family) !== family) continue;
      for (const at of destinationsByTerm.get(term) ?? []) admit(made, at, rulePorts, destinationFaces[at]);
    }
    if (!hasTiers(profile)) return made;
    const around = tellerOf(family);
    destinationFaces.forEach(({ standing: { terms }, cohort: destination }, at) => {
      const tiers = around(terms.egress.adminId, profile, terms.egress, destination);
      made[at] = certain(tiers, profile, made[at]);
    });
    return made;
  }

  /** What each kind of receiver takes from the sender. */
  function intoList({ standing }: GroupFace, family: Family): Uint32Array {
    const { takerFaces, takersByTerm } = columns;
    const made = new Uint32Array(takerFaces.length);
    const named = standing.terms.ingress;
    const around = tellerOf(family);
    for (const term of named.list) {
      if ((familyOf(term) ?? family) !== family) continue;
      for (const [at, rulePorts] of takersByTerm.get(term) ?? []) admit(made, at, rulePorts, takerFaces[at]);
    }
    takerFaces.forEach((face, at) => {
      const profile = face.standing.profile.ingress;
      if (face.cohort.kind !== 'pods' || isOpen(profile)) made[at] = every;
      else if (hasTiers(profile))
        made[at] = certain(around(profile.tiersId, profile, named, face.cohort), profile, made[at]);
    });
    return made;
  }

  function admit(
    admitted: Uint32Array,
    at: number,
    rulePorts: RulePorts,
    destination: GroupFace | undefined,
  ): void {
    const met =
      rulePorts.named.length === 0 || destination === undefined
        ? rulePorts.fixed
        : evaluator.resolve(rulePorts, destination.cohort).sure;
    admitted[at] = ports.union(admitted[at] ?? none, met);
  }

  function certain({ always, left, open }: Around, { network }: Profile, admitted: PortsId = none): PortsId {
    return network === undefined ? open : ports.union(always, ports.intersection(left, admitted));
  }

  /** Ends with the same `key` have the same tiers and are told once. */
  function tellerOf(
    family: Family,
  ): (key: number, profile: Profile, named: TermSet, destination: Cohort) => Around {
    const known: Around[] = [];
    return (key, profile, named, destination) =>
      tiersTellNames(profile)
        ? evaluator.around(profile, named, family, destination)
        : (known[key] ??= evaluator.around(profile, named, family, destination));
  }

  return (sender) => {
    const all = groups.receivers;
    if (columns.length !== all.length) {
      columns = columnsOf(all);
      outs.clear();
      intos.clear();
    }
    const { destinations, takers, families } = columns;
    const row = new Uint32Array(all.length);
    const from = groups.senders[sender];
    if (from === undefined) return row;
    const outside = from.cohort.kind === 'outside';
    for (const family of bothFamilies) {
      // Towards outside every sender may speak any family; else both ends must have it.
      const own = from.cohort.families.includes(family);
      if (outside && !own) continue;
      const bit = family === 4 ? 1 : 2;
      const shared = outside ? anyBit(1) | anyBit(2) : own ? anyBit(bit) : bit << outsideShift;
      if ((columns.anyFamilies & shared) === 0) continue;
      const sent = outs.of(`${from.asSender} ${family}`, () => outList(from, family));
      const taken = intos.of(`${from.asSource} ${family}`, () => intoList(from, family));
      for (let at = 0; at < row.length; at++) {
        if (((families[at] ?? 0) & shared) === 0) continue;
        const there = sent[destinations[at] ?? 0] ?? none;
        if (there === none) continue;
        const both = ports.intersection(there, taken[takers[at] ?? 0] ?? none);
        if (both !== none) row[at] = ports.union(row[at] ?? none, both);
      }
    }
    return row;
  };
}

/** 64 MB of lists; when there are more, all are made again as they are asked for. */
const mostCells = 1 << 24;

function listKeeper(): {
  of(key: string, make: () => Uint32Array): Uint32Array;
  clear(): void;
} {
  const lists = new Map<string, Uint32Array>();
  let cells = 0;
  return {
    of: (key, make) => {
      const known = lists.get(key);
      if (known !== undefined) return known;
      const made = make();
      cells += made.length;
      if (cells > mostCells) {
        lists.clear();
        cells = made.length;
      }
      lists.set(key, made);
      return made;
    },
    clear: () => {
      lists.clear();
      cells = 0;
    },
  };
}

/** Bits of the families of an end: for ends inside, and shifted for outside. */
const outsideShift = 2;

function anyBit(bit: number): number {
  return bit | (bit << outsideShift);
}

/** What a row looks at of each receiver, side by side; and its kinds by the terms that lead to them. */
interface Columns {
  readonly length: number;
  readonly destinations: Uint32Array;
  readonly takers: Uint32Array;
  readonly families: Uint8Array;
  readonly anyFamilies: number;
  /** One of each kind, by its number. */
  readonly destinationFaces: readonly GroupFace[];
  readonly destinationsByTerm: ReadonlyMap<TermId, readonly number[]>;
  readonly takerFaces: readonly GroupFace[];
  readonly takersByTerm: ReadonlyMap<TermId, readonly (readonly [taker: number, ports: RulePorts])[]>;
}

function columnsOf(all: readonly ReceiverFace[]): Columns {
  const families = Uint8Array.from(all, ({ cohort }) => {
    const bits = cohort.families.reduce((sum, family) => sum | (family === 4 ? 1 : 2), 0);
    return cohort.kind === 'outside' ? bits << outsideShift : bits;
  });
  const destinations = numbered(all, ({ asDestination }) => asDestination);
  const takers = numbered(all, ({ asReceiver }) => asReceiver);
  const destinationsByTerm = new Map<TermId, number[]>();
  destinations.faces.forEach(({ standing }, at) => {
    for (const term of standing.terms.egress.list) append(destinationsByTerm, term, at);
  });
  const takersByTerm = new Map<TermId, (readonly [number, RulePorts])[]>();
  takers.faces.forEach(({ standing, cohort }, at) => {
    if (cohort.kind !== 'pods') return;
    for (const [term, rulePorts] of standing.profile.ingress.network ?? [])
      append(takersByTerm, term, [at, rulePorts]);
  });
  return {
    length: all.length,
    destinations: destinations.numbers,
    takers: takers.numbers,
    families,
    anyFamilies: families.reduce((some, each) => some | each, 0),
    destinationFaces: destinations.faces,
    destinationsByTerm,
    takerFaces: takers.faces,
    takersByTerm,
  };
}

/** Numbers without gaps for those that occur. */
function numbered(
  all: readonly ReceiverFace[],
  keyOf: (face: ReceiverFace) => number,
): { readonly numbers: Uint32Array; readonly faces: readonly GroupFace[] } {
  const known = new Map<number, number>();
  const faces: GroupFace[] = [];
  const numbers = Uint32Array.from(all, (face) => {
    const key = keyOf(face);
    const number = known.get(key) ?? faces.push(face) - 1;
    known.set(key, number);
    return number;
  });
  return { numbers, faces };
}
