// Answers: how do the hops and steps of one way look to a reader? Headers with what changed since the hop before, address
// translations as old and new, policy rulings with every rule that was looked at.
import { socketText, type Packet } from '../dataplane/packet';
import type { Hop, Step } from '../dataplane/step';
import type { PolicyRef, RuleFinding, RuleRef, Ruling } from '../model/ruling';
import type { TraceResult } from '../trace/trace';
import type {
  FindingView,
  HeaderField,
  HeaderView,
  HopView,
  LinkView,
  NatView,
  PolicyLineView,
  PolicyView,
  ShieldState,
  StepView,
} from './traceViewShape';
import { evidenceOf, linkOf, linksOf, outcomeWords, placeWords, stepTitle } from './traceWords';

/** @param laneOf the id of the lane of each hop, by index. */
export function hopViews(hops: readonly Hop[], laneOf: (hop: number) => string): readonly HopView[] {
  let nextStep = 0;
  return hops.map((hop, index): HopView => {
    const firstStep = nextStep;
    nextStep += hop.steps.length;
    return {
      index,
      lane: laneOf(index),
      place: placeWords(hop.place),
      device: hop.device,
      movement: movementWords(hop),
      header: headerOf(hop.packet, hops[index - 1]?.packet),
      steps: hop.steps.map((_, offset) => firstStep + offset),
    };
  });
}

export function stepViews(hops: readonly Hop[]): readonly StepView[] {
  const steps = hops.flatMap((hop, index) => hop.steps.map((step) => ({ hop: index, step })));
  return steps.map(({ hop, step }, index): StepView => ({
    index,
    hop,
    kind: step.kind,
    title: stepTitle(step),
    outcome: step.outcome,
    outcomeWords: outcomeWords(step.outcome, step.causesDrop),
    drops: step.causesDrop,
    words: step.reason,
    nat: natOf(step),
    policy: step.kind === 'policy' ? policyView(step.ruling) : undefined,
    evidence: step.evidence.map(evidenceOf),
  }));
}

/**
 * The lines that decide how the way ends: of the step that drops it, else the rules that admit it; of a way that cannot
 * be told, those of the policies that leave it open.
 * A denial has no rule of its own; the policies that isolate the pod stand for it (rules E5, E6).
 */
export function decidingLinks({
  hops,
  result,
}: {
  readonly hops: readonly Hop[];
  readonly result: TraceResult;
}): readonly LinkView[] {
  const steps = hops.flatMap((hop) => hop.steps);
  if (result === 'Undetermined') {
    const open = steps.flatMap((step) => (step.kind === 'policy' ? [step.ruling] : []));
    return linksOf(
      ...open.flatMap((ruling) =>
        ruling.isolating.flatMap((policy) => (isUnjudged(policy, ruling) ? [policy.at] : [])),
      ),
    );
  }
  const stopping = steps.find((step) => step.causesDrop);
  if (stopping?.kind === 'policy') return linksOf(...stopping.ruling.isolating.map((policy) => policy.at));
  if (stopping !== undefined) return linksOf(...stopping.evidence.map((evidence) => evidence.at));
  return linksOf(
    ...steps.map((step) =>
      step.kind === 'policy' ? (step.ruling.deciding?.at ?? step.ruling.deciding?.policy.at) : undefined,
    ),
  );
}

function movementWords(hop: Hop): string {
  return hop.movement === 'through' ? 'through' : hop.movement === 'in' ? 'in by' : 'out by';
}

export function headerOf(packet: Packet, before: Packet | undefined): HeaderView {
  return {
    source: packet.source.text,
    sourcePort: packet.sourcePort,
    destination: packet.destination.text,
    destinationPort: packet.destinationPort,
    protocol: packet.protocol,
    ttl: packet.ttl,
    changed: before === undefined ? [] : changedFields(before, packet),
  };
}

function changedFields(before: Packet, after: Packet): readonly HeaderField[] {
  const changed: HeaderField[] = [];
  if (before.source.text !== after.source.text) changed.push('source');
  if (before.sourcePort !== after.sourcePort) changed.push('sourcePort');
  if (before.destination.text !== after.destination.text) changed.push('destination');
  if (before.destinationPort !== after.destinationPort) changed.push('destinationPort');
  if (before.ttl !== after.ttl) changed.push('ttl');
  return changed;
}

/** undefined: the step rewrites nothing, or restores what was never changed. */
function natOf(step: Step): NatView | undefined {
  const nat = rewriting(step);
  return nat === undefined || nat.from === nat.to ? undefined : nat;
}

function rewriting(step: Step): NatView | undefined {
  const { before, after } = step;
  const source = {
    from: socketText(before.source, before.sourcePort),
    to: socketText(after.source, after.sourcePort),
  };
  const destination = {
    from: socketText(before.destination, before.destinationPort),
    to: socketText(after.destination, after.destinationPort),
  };
  switch (step.kind) {
    case 'translate':
      return { what: 'DNAT', end: 'destination', ...destination };
    case 'masquerade':
      return step.outcome === 'ok' ? { what: 'masquerade', end: 'source', ...source } : undefined;
    case 'restore':
      return { what: 'restored', end: step.end, ...(step.end === 'source' ? source : destination) };
    default:
      return undefined;
  }
}

export function policyView(ruling: Ruling): PolicyView {
  const state = shieldState(ruling);
  return {
    direction: ruling.direction,
    subject: ruling.subject,
    state,
    title: `${ruling.direction} ${state}`,
    words: ruling.reason,
    isolating: ruling.isolating.filter((policy) => !isUnjudged(policy, ruling)).map(policyLine),
    leftOpenBy: ruling.isolating.filter((policy) => isUnjudged(policy, ruling)).map(policyLine),
    deciding: ruling.deciding && ruleLine(ruling.deciding),
    findings: ruling.findings.map(findingView),
    notes: ruling.notes,
  };
}

/** Only NetworkPolicy is judged; other kinds leave a ruling open. */
function isUnjudged(policy: PolicyRef, ruling: Ruling): boolean {
  return ruling.basis === 'unjudged-policies' && policy.kind !== 'NetworkPolicy';
}

function policyLine(policy: PolicyRef): PolicyLineView {
  return { label: policyLabel(policy), links: linksOf(policy.at) };
}

function shieldState(ruling: Ruling): ShieldState {
  if (ruling.outcome === 'deny') return 'denied';
  if (ruling.outcome === 'undetermined') return 'undetermined';
  if (ruling.basis === 'admitted') return 'admitted';
  return ruling.basis === 'not-isolated' ? 'not isolated' : 'exempt';
}

function findingView(finding: RuleFinding): FindingView {
  return { ...ruleLine(finding.rule), effect: finding.effect, reason: finding.reason };
}

/** The rule's line, then those of the peer and the port that matched, where they stand on other lines. */
function ruleLine(rule: RuleRef): PolicyLineView {
  const whole = linkOf(rule.at ?? rule.policy.at);
  return {
    label: `${policyLabel(rule.policy)}, ${rule.direction} rule ${rule.index + 1}`,
    links: linksOf(whole?.location, rule.peerAt, rule.portAt),
  };
}

function policyLabel(policy: PolicyRef): string {
  return `${policy.kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name}`;
}
