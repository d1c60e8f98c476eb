// Answers: how does a reply get its addresses back? The node that translated the request remembers it (conntrack) and
// undoes the translation on the reply, the destination on the way in, the source on the way out (spec R4).
import { socketText, type Packet } from '../packet';
import type { StepBase } from '../step';

export interface RestoreStep extends StepBase {
  readonly kind: 'restore';
  readonly end: 'source' | 'destination';
}

export function restore(before: Packet, after: Packet, end: 'source' | 'destination'): RestoreStep {
  const from =
    end === 'source'
      ? socketText(before.source, before.sourcePort)
      : socketText(before.destination, before.destinationPort);
  const to =
    end === 'source'
      ? socketText(after.source, after.sourcePort)
      : socketText(after.destination, after.destinationPort);
  return {
    kind: 'restore',
    outcome: 'ok',
    before,
    after,
    causesDrop: false,
    end,
    reason: `Connection tracking undoes the translation: ${end} ${from} becomes ${to} again.`,
    evidence: [],
  };
}
