// Answers: which receivers does a term, a kind of ports or a tier lead to? The receivers' side of a row of bits, added to as
// receivers are asked for, so that a new one costs its own terms and not all that is known.
import type { Family } from '../model/address';
import { inserted } from '../model/inserted';
import type { Cohort } from './cohorts';
import type { Evaluator } from './evaluate';
import { bothFamilies, type GroupFace } from './groups';
import type { PortsId } from './portTable';
import { createReceivers, type Receivers } from './receivers';
import { hasTiers, isOpen, tiersTellNames, type Profile, type TermSet } from './standing';
import type { TermId } from './terms';

/** Destinations, all and by what names of ports mean there. */
export interface Destinations {
  readonly all: Receivers;
  /** With one cohort of each. */
  readonly bySign: ReadonlyMap<number, { readonly cohort: Cohort; readonly receivers: Receivers }>;
}

/** Destinations that the same admin rules name. */
export interface AdminDestinations extends Destinations {
  readonly named: TermSet;
  readonly cohort: Cohort;
}

/** Takers with the same admin and baseline rules. */
export interface TieredTakers {
  readonly profile: Profile;
  readonly cohort: Cohort;
  readonly receivers: Receivers;
}

export interface Columns {
  length(): number;
  add(face: GroupFace): void;
  /** By the terms of egress rules that name them. */
  destinations(term: TermId): Destinations | undefined;
  adminDestinations(): Iterable<AdminDestinations>;
  /** By the terms of their ingress rules, and the ports of these. */
  takers(term: TermId): ReadonlyMap<PortsId, Receivers> | undefined;
  /** How many there are, with repeats for those whose ports differ. */
  takerCount(term: TermId): number;
  tieredTakers(): Iterable<TieredTakers>;
  /** Takers about which no policy says anything. */
  readonly openTakers: Receivers;
  readonly inside: Readonly<Record<Family, Receivers>>;
  readonly outside: Readonly<Record<Family, Receivers>>;
}

export function createColumns(evaluator: Evaluator): Columns {
  let length = 0;
  const destinations = new Map<TermId, OpenDestinations>();
  const adminDestinations = new Map<
    number,
    OpenDestinations & { readonly named: TermSet; readonly cohort: Cohort }
  >();
  const takers = new Map<TermId, Map<PortsId, Receivers>>();
  const takerCounts = new Map<TermId, number>();
  const tieredTakers = new Map<string, TieredTakers>();
  const openTakers = createReceivers();
  const inside = { 4: createReceivers(), 6: createReceivers() };
  const outside = { 4: createReceivers(), 6: createReceivers() };

  function addAsDestination({ standing: { terms }, cohort }: GroupFace, at: number): void {
    for (const term of terms.egress.list) addSigned(inserted(destinations, term, noDestinations), cohort, at);
    const { adminId } = terms.egress;
    const alike = inserted(adminDestinations, adminId, () => ({
      ...noDestinations(),
      named: terms.egress,
      cohort,
    }));
    addSigned(alike, cohort, at);
  }

  function addAsTaker({ standing, cohort }: GroupFace, at: number): void {
    const profile = standing.profile.ingress;
    if (cohort.kind !== 'pods' || isOpen(profile)) {
      openTakers.add(at);
      return;
    }
    for (const [term, rulePorts] of profile.network ?? []) {
      const met = evaluator.resolve(rulePorts, cohort).sure;
      inserted(inserted(takers, term, noTakers), met, createReceivers).add(at);
      takerCounts.set(term, (takerCounts.get(term) ?? 0) + 1);
    }
    if (!hasTiers(profile)) return;
    const isolated = profile.network !== undefined;
    const sign = tiersTellNames(profile) ? cohort.portSign : '';
    const key = `${profile.tiersId} ${isolated} ${sign}`;
    inserted(tieredTakers, key, () => ({ profile, cohort, receivers: createReceivers() })).receivers.add(at);
  }

  return {
    length: () => length,
    add: (face) => {
      const at = length++;
      addAsDestination(face, at);
      addAsTaker(face, at);
      const side = face.cohort.kind === 'outside' ? outside : inside;
      for (const family of bothFamilies) if (face.cohort.families.includes(family)) side[family].add(at);
    },
    destinations: (term) => destinations.get(term),
    adminDestinations: () => adminDestinations.values(),
    takers: (term) => takers.get(term),
    takerCount: (term) => takerCounts.get(term) ?? 0,
    tieredTakers: () => tieredTakers.values(),
    openTakers,
    inside,
    outside,
  };
}

interface OpenDestinations {
  readonly all: Receivers;
  readonly bySign: Map<number, { readonly cohort: Cohort; readonly receivers: Receivers }>;
}

function noDestinations(): OpenDestinations {
  return { all: createReceivers(), bySign: new Map() };
}

function noTakers(): Map<PortsId, Receivers> {
  return new Map();
}

function addSigned({ all, bySign }: OpenDestinations, cohort: Cohort, at: number): void {
  all.add(at);
  inserted(bySign, cohort.portSign, () => ({ cohort, receivers: createReceivers() })).receivers.add(at);
}
