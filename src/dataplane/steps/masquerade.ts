// Answers: is the source address rewritten on the way out? MASQUERADE takes the address of the device the packet leaves
// by (spec R6); which packets it catches is the business of kube-proxy's mark and of the CNI (spec C3, D4).
import type { Ip } from '../../model/address';
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface MasqueradeStep extends StepBase {
  readonly kind: 'masquerade';
  /** What the rule is and who put it there; for `skipped` the rule that spares the packet. */
  readonly rule: string;
}

/** The source becomes `address`; `port` is the source port that the kernel picks, or the same. */
export function masquerade(
  packet: Packet,
  address: Ip,
  port: number,
  rule: string,
  evidence: readonly Evidence[],
): MasqueradeStep {
  const after = { ...packet, source: address, sourcePort: port };
  const kept = port === packet.sourcePort ? 'keeps its port' : 'picks a new source port';
  const change =
    address.text === packet.source.text
      ? `keeps the source ${address.text} and ${kept}`
      : `rewrites the source ${packet.source.text} to ${address.text}`;
  return {
    kind: 'masquerade',
    outcome: 'ok',
    before: packet,
    after,
    causesDrop: false,
    rule,
    reason: `Masquerading ${change}: ${rule}.`,
    evidence,
  };
}

/** A rule spares the packet: pods see each other's own addresses. */
export function masqueradeSkipped(
  packet: Packet,
  rule: string,
  evidence: readonly Evidence[],
): MasqueradeStep {
  return {
    kind: 'masquerade',
    outcome: 'skipped',
    before: packet,
    after: packet,
    causesDrop: false,
    rule,
    reason: `The source stays ${packet.source.text}: ${rule}.`,
    evidence,
  };
}
