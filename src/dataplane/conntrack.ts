// Answers: which translations does a node remember for the replies of a connection? Connection tracking keeps, per
// network namespace, the header as it came and as it left; replies are matched against the second and restored to the
// first (spec R4).
import { answerTo, sameEnds, type Packet } from './packet';

interface Translated {
  readonly before: Packet;
  readonly after: Packet;
}

/** Translations of one connection by namespace id. */
export type Conntrack = ReadonlyMap<string, readonly Translated[]>;

export const noConntrack: Conntrack = new Map();

/** The table with what namespace `id` did to the packet added; unchanged headers leave no trace. */
export function remember(table: Conntrack, id: string, before: Packet, after: Packet): Conntrack {
  if (sameEnds(before, after)) return table;
  return new Map(table).set(id, [...(table.get(id) ?? []), { before, after }]);
}

/** The packet with its destination restored (source rewriting undone), as PREROUTING and OUTPUT do for a reply. */
export function restoreDestination(table: Conntrack, id: string, packet: Packet): Packet {
  const match = matchReply(table, id, packet);
  if (match === undefined) return packet;
  return changed(packet, {
    ...packet,
    destination: match.before.source,
    destinationPort: match.before.sourcePort,
  });
}

/**
 * The packet with its source restored (destination rewriting undone), as POSTROUTING and INPUT do for a reply.
 * `entered` is the reply as it came into the namespace, before its destination was restored.
 */
export function restoreSource(table: Conntrack, id: string, entered: Packet, packet: Packet): Packet {
  const match = matchReply(table, id, entered);
  if (match === undefined) return packet;
  return changed(packet, {
    ...packet,
    source: match.before.destination,
    sourcePort: match.before.destinationPort,
  });
}

/** The very same value when nothing is different, so that callers see that nothing was restored. */
function changed(before: Packet, after: Packet): Packet {
  return sameEnds(before, after) ? before : after;
}

function matchReply(table: Conntrack, id: string, packet: Packet): Translated | undefined {
  return table.get(id)?.find(({ after }) => sameEnds(answerTo(after), packet));
}
