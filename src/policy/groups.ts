// Answers: which cohorts send alike, which receive alike? Those whose policies say the same and whom the same rules name. An answer
// is found once for a pair of groups, however many cohorts and pods they have (spec/performance 3d).
import type { Family } from '../model/address';
import type { Cohort } from './cohorts';
import type { Evaluator } from './evaluate';
import { pairInterner } from './interner';
import type { RuleBook } from './ruleBook';
import type { Standing } from './standing';

/** What rows need to know of a group: numbers that are equal where the answer is. */
export interface GroupFace {
  /** Of one cohort of the group. */
  readonly standing: Standing;
  readonly cohort: Cohort;
  /** Equal when the same sender may send the same. */
  readonly asDestination: number;
  /** Equal when the same is taken from the same sender. */
  readonly asReceiver: number;
  /** Equal when the same may be sent to the same destination. */
  readonly asSender: number;
  /** Equal when the same receiver takes the same. */
  readonly asSource: number;
}

export interface Groups {
  /** One face of each group, by number; they grow as cohorts are asked for. */
  readonly senders: readonly GroupFace[];
  readonly receivers: readonly GroupFace[];
  senderOf(standing: Standing): number;
  receiverOf(standing: Standing): number;
}

export function createGroups(book: RuleBook, evaluator: Evaluator): Groups {
  const faces = new WeakMap<Standing, GroupFace>();
  const [destinations, takers] = [pairInterner<number>(), pairInterner<number>()];
  const [senders, receivers] = [grouper(), grouper()];

  function faceOf(standing: Standing): GroupFace {
    const known = faces.get(standing);
    if (known !== undefined) return known;
    const { cohort, profile, terms } = standing;
    const subject = cohort.kind === 'pods';
    const toldByName = terms.egress.list.some((term) => book.isUsed('egressNames', term));
    const sign = toldByName ? evaluator.portSign(cohort) : 0;
    const ownSign = profile.ingress.named ? evaluator.portSign(cohort) : 0;
    const made = {
      standing,
      cohort,
      asDestination: destinations(terms.egress.id, sign, (id) => id),
      asReceiver: subject ? takers(profile.ingress.id, ownSign, (id) => id + 1) : 0,
      asSender: subject ? profile.egress.id + 1 : 0,
      asSource: terms.ingress.id,
    };
    faces.set(standing, made);
    return made;
  }

  return {
    senders: senders.faces,
    receivers: receivers.faces,
    senderOf: (standing) => {
      const face = faceOf(standing);
      return senders.of(face, face.asSender, face.asSource);
    },
    receiverOf: (standing) => {
      const face = faceOf(standing);
      return receivers.of(face, face.asReceiver, face.asDestination);
    },
  };
}

/** Numbers faces by what is equal of them: two numbers, their families, and whether they are outside. */
function grouper(): {
  readonly faces: readonly GroupFace[];
  of(face: GroupFace, one: number, other: number): number;
} {
  const faces: GroupFace[] = [];
  const numbers = pairInterner<number>();
  const known = new WeakMap<GroupFace, number>();
  return {
    faces,
    of: (face, one, other) => {
      const before = known.get(face);
      if (before !== undefined) return before;
      const { kind, families } = face.cohort;
      const bits = (families.includes(4) ? 1 : 0) + (families.includes(6) ? 2 : 0);
      const side = kind === 'outside' ? bits + 4 : bits;
      const number = numbers(one, other * sides + side, () => faces.push(face) - 1);
      known.set(face, number);
      return number;
    },
  };
}

/** Families and whether they are outside, as a number below this. */
const sides = 8;

export const bothFamilies: readonly Family[] = [4, 6];

/** A connection has one family at both ends (rule E60); whether an address outside has another name is not known. */
export function share(from: Cohort, to: Cohort, family: Family): boolean {
  if (from.kind === 'outside') return from.families.includes(family);
  if (to.kind === 'outside') return to.families.includes(family);
  return from.families.includes(family) && to.families.includes(family);
}
