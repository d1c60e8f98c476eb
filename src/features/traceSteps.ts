// Answers: how do the hops and steps of one way look to a reader? Headers with what changed since the hop before, address
// translations as old and new, policy rulings with every rule that was looked at.
import { socketText, type OuterPacket, type Packet } from '../dataplane/packet';
import type { Hop, Step } from '../dataplane/step';
import type { Ip } from '../model/address';
import type { PolicyRef, RuleFinding, RuleRef, Ruling } from '../model/ruling';
import type { TraceResult } from '../trace/trace';
import type {
  FindingView,
  HeaderView,
  HopView,
  LegView,
  LinkView,
  NatView,
  OuterView,
  PolicyLineView,
  PolicyView,
  ShieldState,
  SocketView,
  StepView,
} from './traceViewShape';
import { evidenceOf, hopPlaceWords, linkOf, linksOf, outcomeWords, stepTitle } from './traceWords';

/** @param laneOf the id of the lane of each hop, by index. */
export function hopViews(
  hops: readonly Hop[],
  kind: LegView['kind'],
  laneOf: (hop: number) => string,
): readonly HopView[] {
  let nextStep = 0;
  return hops.map((hop, index): HopView => {
    const firstStep = nextStep;
    nextStep += hop.steps.length;
    const before = hops[index - 1];
    const opens = before !== undefined && endsConnection(before);
    return {
      index,
      lane: laneOf(index),
      place: hopPlaceWords(hop),
      device: hop.device,
      movement: movementWords(hop),
      header: headerOf(hop.packet, opens ? undefined : before?.packet),
      outer: hop.outer && outerOf(hop.outer),
      mtu: hop.mtu,
      opens: opens ? openingWords[kind] : undefined,
      steps: hop.steps.map((_, offset) => firstStep + offset),
    };
  });
}

/** How the connection behind a proxy is called: the answer comes back in the one that the client opened. */
export const openingWords: Readonly<Record<LegView['kind'], string>> = {
  request: 'a new connection',
  reply: 'the client’s own connection',
};

/** A proxy took the connection for itself there: the next hop belongs to another one. */
export function endsConnection({ steps }: Hop): boolean {
  return steps.at(-1)?.kind === 'proxy';
}

export function stepViews(hops: readonly Hop[], kind: LegView['kind']): readonly StepView[] {
  const steps = hops.flatMap((hop, index) => hop.steps.map((step) => ({ hop: index, step })));
  return steps.map(({ hop, step }, index): StepView => ({
    index,
    hop,
    kind: step.kind,
    title: stepTitle(step, kind),
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
  if (stopping?.kind === 'policy') {
    const { deciding, isolating } = stopping.ruling;
    // A rule of the admin or baseline tier that denies; NetworkPolicy denies by isolating only.
    if (deciding !== undefined) return linksOf(deciding.at ?? deciding.policy.at);
    return linksOf(...isolating.map((policy) => policy.at));
  }
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

/** @param before the packet at the hop before; undefined: the first hop of a connection. */
function headerOf(packet: Packet, before: Packet | undefined): HeaderView {
  return {
    source: socketView(packet.source, packet.sourcePort, before?.source, before?.sourcePort),
    destination: socketView(
      packet.destination,
      packet.destinationPort,
      before?.destination,
      before?.destinationPort,
    ),
    protocol: packet.protocol,
    ttl: packet.ttl,
    ttlChanged: before !== undefined && before.ttl !== packet.ttl,
  };
}

function socketView(
  address: Ip,
  port: number,
  oldAddress: Ip | undefined,
  oldPort: number | undefined,
): SocketView {
  return {
    address: address.text,
    port: port === 0 ? undefined : port,
    text: socketText(address, port),
    addressChanged: oldAddress !== undefined && oldAddress.text !== address.text,
    portChanged: oldPort !== undefined && oldPort !== port,
  };
}

function outerOf({ encapsulation, source, destination, ttl }: OuterPacket): OuterView {
  const { kind, port, vni, overhead } = encapsulation;
  const carrier = port === undefined ? 'IP protocol 4' : `UDP ${port}`;
  return {
    kind,
    detail: vni === undefined ? carrier : `${carrier}, VNI ${vni}`,
    source: source.text,
    destination: destination.text,
    ttl,
    overhead: `${overhead} bytes of headers around each packet`,
  };
}

/** undefined: the step rewrites nothing, or restores what was never changed. */
function natOf(step: Step): NatView | undefined {
  switch (step.kind) {
    case 'translate':
      return natView(step.atSocket ? 'at connect' : 'DNAT', 'destination', step);
    case 'masquerade':
      return step.outcome === 'ok' ? natView('SNAT', 'source', step) : undefined;
    case 'restore':
      return natView('restored', step.end, step);
    default:
      return undefined;
  }
}

function natView(
  what: NatView['what'],
  end: NatView['end'],
  { before, after }: { readonly before: Packet; readonly after: Packet },
): NatView | undefined {
  const [from, fromPort] = [before[end], before[`${end}Port`]];
  const [to, toPort] = [after[end], after[`${end}Port`]];
  const sameAddress = from.text === to.text;
  const samePort = fromPort === toPort;
  if (sameAddress && samePort) return undefined;
  const field = sameAddress ? `${end} port` : samePort ? `${end} address` : end;
  const label = what === 'at connect' ? `${field} at connect()` : `${what} ${field}`;
  const textOf = (ip: Ip, port: number): string =>
    sameAddress ? String(port) : samePort ? ip.text : socketText(ip, port);
  return { what, end, label, from: textOf(from, fromPort), to: textOf(to, toPort) };
}

export function policyView(ruling: Ruling): PolicyView {
  const state = shieldState(ruling);
  return {
    direction: ruling.direction,
    subject: ruling.subject,
    state,
    title: `${ruling.direction} ${state}`,
    words: ruling.reason,
    tier: ruling.tier && tierWords[ruling.tier],
    isolating: ruling.isolating.filter((policy) => !isUnjudged(policy, ruling)).map(policyLine),
    leftOpenBy: ruling.isolating.filter((policy) => isUnjudged(policy, ruling)).map(policyLine),
    deciding: ruling.deciding && ruleLine(ruling.deciding),
    findings: ruling.findings.map(findingView),
    notes: ruling.notes,
  };
}

const tierWords: Readonly<Record<NonNullable<Ruling['tier']>, string>> = {
  admin: 'tier: admin',
  network: 'tier: NetworkPolicy',
  baseline: 'tier: baseline',
  default: 'tier: none, it is allowed by default',
};

/** Policies of vendors are not judged: they leave a ruling open. */
function isUnjudged(policy: PolicyRef, ruling: Ruling): boolean {
  return ruling.basis === 'unjudged-policies' && policy.kind !== 'NetworkPolicy';
}

function policyLine(policy: PolicyRef): PolicyLineView {
  return { label: policyLabel(policy), links: linksOf(policy.at) };
}

function shieldState(ruling: Ruling): ShieldState {
  if (ruling.outcome === 'deny') return 'denied';
  if (ruling.outcome === 'ambiguous' || ruling.outcome === 'undetermined') return ruling.outcome;
  if (ruling.basis === 'admitted' || ruling.basis === 'admin-allow' || ruling.basis === 'baseline-allow')
    return 'admitted';
  return ruling.basis === 'not-isolated' ? 'not isolated' : 'exempt';
}

function findingView(finding: RuleFinding): FindingView {
  return { ...ruleLine(finding.rule), effect: finding.effect, reason: finding.reason };
}

/** The rule's line, then those of the peer and the port that matched, where they stand on other lines. */
function ruleLine(rule: RuleRef): PolicyLineView {
  const whole = linkOf(rule.at ?? rule.policy.at);
  return {
    label: `${policyLabel(rule.policy)}, ${rule.direction} rule ${rule.index + 1}${rule.name === undefined ? '' : ` "${rule.name}"`}`,
    links: linksOf(whole?.location, rule.peerAt, rule.portAt),
  };
}

function policyLabel(policy: PolicyRef): string {
  return `${policy.kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name}`;
}
