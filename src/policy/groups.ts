// Answers: which cohorts send alike, which receive alike? Those whose policies say the same and whom the same rules name. An answer
// is found once for a pair of groups, however many cohorts and pods they have (spec/performance 3d).
import type { Family } from '../model/address';
import type { Cohort } from './cohorts';
import { pairInterner } from './interner';
import type { RuleBook } from './ruleBook';
import type { Standing } from './standing';

/** One cohort stands for its group. */
export interface GroupFace {
  readonly standing: Standing;
  readonly cohort: Cohort;
}

/** What rows need to know of who sends: numbers that are equal where the answer is. */
export interface SenderFace extends GroupFace {
  /** Equal when the same may be sent to the same destination. */
  readonly asSender: number;
  /** Equal when the same receiver takes the same. */
  readonly asSource: number;
}

/** The same of who receives. */
export interface ReceiverFace extends GroupFace {
  /** Equal when the same sender may send the same. */
  readonly asDestination: number;
  /** Equal when the same is taken from the same sender. */
  readonly asReceiver: number;
}

export interface Groups {
  /** One face of each group, by number; they grow as cohorts are asked for. */
  readonly senders: readonly SenderFace[];
  readonly receivers: readonly ReceiverFace[];
  senderOf(standing: Standing): number;
  receiverOf(standing: Standing): number;
}

export function createGroups(book: RuleBook): Groups {
  const senders: SenderFace[] = [];
  const receivers: ReceiverFace[] = [];
  const [destinations, takers] = [pairInterner<number>(), pairInterner<number>()];
  const [senderNumbers, receiverNumbers] = [pairInterner<number>(), pairInterner<number>()];

  function findSender(standing: Standing): number {
    const { cohort, profile, terms } = standing;
    const asSender = cohort.kind === 'pods' ? profile.egress.id + 1 : 0;
    const asSource = terms.ingress.id;
    return senderNumbers(
      asSender,
      asSource * sides + sideOf(cohort),
      () => senders.push({ standing, cohort, asSender, asSource }) - 1,
    );
  }

  function findReceiver(standing: Standing): number {
    const { cohort, profile, terms } = standing;
    const toldByName = terms.egress.list.some((term) => book.isUsed('egressNames', term));
    const sign = toldByName ? cohort.portSign : 0;
    const ownSign = profile.ingress.named ? cohort.portSign : 0;
    const asDestination = destinations(terms.egress.id, sign, (id) => id);
    const asReceiver = cohort.kind === 'pods' ? takers(profile.ingress.id, ownSign, (id) => id + 1) : 0;
    return receiverNumbers(
      asReceiver,
      asDestination * sides + sideOf(cohort),
      () => receivers.push({ standing, cohort, asDestination, asReceiver }) - 1,
    );
  }

  return {
    senders,
    receivers,
    senderOf: (standing) => {
      const { group } = standing;
      if (group.sender < 0) group.sender = findSender(standing);
      return group.sender;
    },
    receiverOf: (standing) => {
      const { group } = standing;
      if (group.receiver < 0) group.receiver = findReceiver(standing);
      return group.receiver;
    },
  };
}

/** The families of an end, and whether it is outside. */
function sideOf({ kind, families }: Cohort): number {
  const bits = (families.includes(4) ? 1 : 0) + (families.includes(6) ? 2 : 0);
  return kind === 'outside' ? bits + 4 : bits;
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
