// Answers: how is a ruling said? One function per basis; each makes the whole Ruling, so that no two surfaces word it twice.
import { keyOf } from '../model/objects';
import type { NetworkPolicy, VendorPolicy } from '../model/policy';
import type { PolicyRef, RuleFinding, RuleRef, Ruling } from '../model/ruling';
import type { Policy } from './compile';
import type { Decision, TierDecisions } from './decisions';
import type { PolicyFlow } from './ends';

export function policyRef(policy: Policy): PolicyRef {
  return {
    kind: policy.kind,
    namespace: policy.namespace,
    name: policy.name,
    at: policy.nameAt ?? policy.at,
  };
}

/** @param baseline whether a baseline was asked too, and had nothing to say. */
export function notIsolated(flow: PolicyFlow, baseline: boolean): Ruling {
  const reason = baseline
    ? `No NetworkPolicy isolates ${keyOf(flow.subject)} for ${flow.direction}, and no baseline rule matches: it is allowed by default.`
    : `No NetworkPolicy isolates ${keyOf(flow.subject)} for ${flow.direction}.`;
  return { ...ruling(flow, 'allow', 'not-isolated', [], [], reason), tier: 'default' };
}

/**
 * What an admin tier makes of a flow.
 * @param rest the ruling of the tiers behind it; undefined when none of the decisions leads there.
 * @param isolating NetworkPolicies that isolate the pod, to be told even where they are not asked.
 */
export function byTier(
  flow: PolicyFlow,
  tier: 'admin' | 'baseline',
  { findings, decisions }: TierDecisions,
  rest: (() => Ruling) | undefined,
  isolating: readonly NetworkPolicy[] = [],
): Ruling {
  const next = rest?.();
  const outcomeOf = ({ outcome }: Decision): Ruling['outcome'] =>
    outcome === 'next' ? (next?.outcome ?? 'allow') : outcome;
  const outcomes = new Set(decisions.map(outcomeOf));
  // Rules that cannot be told to match come first: the last decision surely holds when they do not.
  const sure = decisions.filter(({ by }) => by?.effect !== 'undecidable');
  const [first] = sure;
  if (outcomes.size === 1 && first !== undefined) {
    if (first.outcome !== 'next') return decidedByTier(flow, tier, findings, first, isolating);
    if (next !== undefined) return passedOn(next, findings, first.by?.rule, tier);
  }
  const from = next === undefined ? [] : next.findings;
  const names = isolating.map(policyRef);
  if (new Set(sure.map(outcomeOf)).size > 1) {
    const tied = list([...new Set(sure.flatMap(({ by }) => (by === undefined ? [] : [ruleText(by.rule)])))]);
    const reason = `${sideOf(flow)} depends on an order that is not defined: ${tied} have the same priority and decide differently.`;
    const made = ruling(flow, 'ambiguous', 'priority-tie', [], [...findings, ...from], reason);
    return { ...made, isolating: names };
  }
  const open = decisions.find(({ by }) => by?.effect === 'undecidable')?.by;
  if (open === undefined && next !== undefined) return passedOn(next, findings, first?.by?.rule, tier);
  const why = open === undefined ? 'its policies leave it open' : `${ruleText(open.rule)}: ${open.reason}`;
  const reason = `${sideOf(flow)} cannot be told: ${why}.`;
  const made = ruling(flow, 'undetermined', 'undefined-by-api', [], [...findings, ...from], reason);
  return { ...made, isolating: names };
}

function decidedByTier(
  flow: PolicyFlow,
  tier: 'admin' | 'baseline',
  findings: readonly RuleFinding[],
  { outcome, by }: Decision,
  isolating: readonly NetworkPolicy[],
): Ruling {
  const allowed = outcome === 'allow';
  const who = by === undefined ? '' : ` by ${ruleText(by.rule)}`;
  const target = flow.direction === 'ingress' ? `from ${peerName(flow)}` : `to ${peerName(flow)}`;
  const reason = `${sideOf(flow)} ${target} on ${portName(flow)} is ${allowed ? 'allowed' : 'denied'}${who}.`;
  const overruled =
    isolating.length === 0
      ? []
      : [
          `The ${tier} tier decides before NetworkPolicy: ${list(isolating.map(({ name }) => name))} ${isolating.length === 1 ? 'is' : 'are'} not asked.`,
        ];
  return {
    ...ruling(
      flow,
      allowed ? 'allow' : 'deny',
      `${tier}-${allowed ? 'allow' : 'deny'}`,
      [],
      findings,
      reason,
    ),
    tier,
    isolating: isolating.map(policyRef),
    deciding: by?.rule,
    notes: tier === 'admin' ? overruled : [],
  };
}

/** The ruling of a later tier, with what was looked at before it. */
function passedOn(
  next: Ruling,
  findings: readonly RuleFinding[],
  by: RuleRef | undefined,
  tier: 'admin' | 'baseline',
): Ruling {
  const all = { ...next, findings: [...findings, ...next.findings] };
  if (by === undefined) return all;
  const to =
    tier === 'baseline' ? 'the default' : next.isolating.length > 0 ? 'NetworkPolicy' : 'the baseline';
  return {
    ...all,
    passed: [by, ...next.passed],
    reason: `${capital(ruleText(by))} passes it on to ${to}. ${next.reason}`,
  };
}

/** `AdminNetworkPolicy lock, ingress rule 2 "dns"`, `NetworkPolicy shop/db, egress rule 1` */
export function ruleText({ policy, direction, index, name }: RuleRef): string {
  const called = name === undefined || name === '' ? '' : ` "${name}"`;
  return `${policy.kind} ${keyOf(policy)}, ${direction} rule ${index + 1}${called}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** @param range the first port of a range, when nothing but the range admits the flow. */
export function admitted(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
  by: RuleFinding,
  range: number | undefined,
): Ruling {
  const { policy, index } = by.rule;
  const name = `${policy.namespace}/${policy.name}`;
  const reason = `${sideOf(flow)} is admitted by NetworkPolicy ${name}, ${flow.direction} rule ${index + 1}.`;
  const byAddress =
    by.reason.startsWith('ipBlock') && (flow.peer.pod !== undefined || flow.peer.node !== undefined);
  const notes = byAddress
    ? [
        `${name} admits ${flow.peer.address.text} by address block; Cilium does not match blocks against pods and nodes.`,
      ]
    : [];
  const byRange =
    range === undefined ? [] : [`A plugin without support for endPort applies port ${range} alone.`];
  const made = ruling(flow, 'allow', 'admitted', policies, findings, reason);
  return { ...made, tier: 'network', deciding: by.rule, notes: [...notes, ...byRange, ...made.notes] };
}

export function notAdmitted(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
): Ruling {
  const names = list(policies.map(({ name }) => name));
  const rules = policies.length === 1 ? 'none of its rules admits' : 'none of their rules admits';
  const target = flow.direction === 'ingress' ? peerName(flow) : `traffic to ${peerName(flow)}`;
  const reason = `${sideOf(flow)} is not admitted: isolated by ${names}, and ${rules} ${target} on ${portName(flow)}.`;
  return { ...ruling(flow, 'deny', 'not-admitted', policies, findings, reason), tier: 'network' };
}

export function undefinedByApi(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
  open: RuleFinding,
): Ruling {
  const reason = `${sideOf(flow)} cannot be told: ${open.rule.policy.name}, rule ${open.rule.index + 1}: ${open.reason}.`;
  return ruling(flow, 'undetermined', 'undefined-by-api', policies, findings, reason);
}

export function hostNetworkSubject(flow: PolicyFlow): Ruling {
  const reason = `${keyOf(flow.subject)} is on its node's network, where NetworkPolicy does not apply.`;
  const notes = ['The API leaves policies on hostNetwork pods undefined; most plugins ignore them.'];
  return { ...ruling(flow, 'allow', 'host-network', [], [], reason), notes };
}

/** @param wouldDrop whether the pod's own policies admit nobody like itself. */
export function toItself(flow: PolicyFlow, wouldDrop: boolean): Ruling {
  const reason = `${keyOf(flow.subject)} reaches itself: a pod cannot block access to itself.`;
  const notes = wouldDrop
    ? [
        'Its policies do not admit the pod itself: by way of a Service some plugins drop this traffic all the same.',
      ]
    : [];
  return { ...ruling(flow, 'allow', 'self', [], [], reason), notes };
}

export function ownNode(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
): Ruling {
  const toOrFrom = flow.direction === 'ingress' ? 'from' : 'to';
  const reason = `Traffic ${toOrFrom} the node that ${keyOf(flow.subject)} runs on is always allowed.`;
  const notes =
    flow.direction === 'egress' && policies.length > 0
      ? ['Calico applies egress policy to it and then an action of its own, ACCEPT by default.']
      : [];
  return { ...ruling(flow, 'allow', 'own-node', policies, findings, reason), notes };
}

/** The same ruling, left open because policies that are not judged could change it. */
export function leftOpenBy(known: Ruling, unjudged: readonly VendorPolicy[]): Ruling {
  const names = list(unjudged.map((policy) => `${policy.kind} ${keyOf(policy)}`));
  const verb = unjudged.length === 1 ? 'is' : 'are';
  return {
    ...known,
    outcome: 'undetermined',
    basis: 'unjudged-policies',
    tier: undefined,
    reason: `${names} ${verb} not judged and could change this. Without: ${known.reason}`,
    notes: [...known.notes, `Not judged: ${names}.`],
    isolating: [
      ...known.isolating,
      ...unjudged.map(({ kind, namespace, name, at }) => ({ kind, namespace, name, at })),
    ],
  };
}

function ruling(
  flow: PolicyFlow,
  outcome: Ruling['outcome'],
  basis: Ruling['basis'],
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
  reason: string,
): Ruling {
  return {
    direction: flow.direction,
    subject: keyOf(flow.subject),
    outcome,
    basis,
    passed: [],
    isolating: policies.map(policyRef),
    findings,
    reason,
    notes: policies.length === 0 ? [] : protocolNotes(flow),
  };
}

/** What the API leaves to the plugin for this protocol (rules E45, E46). */
function protocolNotes({ protocol }: PolicyFlow): readonly string[] {
  if (protocol === 'SCTP') return ['Not every network plugin supports SCTP in policies.'];
  return protocol === 'ICMP'
    ? ['NetworkPolicy is defined for TCP, UDP and SCTP: what a plugin does with ICMP varies.']
    : [];
}

/** `Ingress at shop/db-0`, `Egress from shop/web-0` */
function sideOf({ direction, subject }: PolicyFlow): string {
  return direction === 'ingress' ? `Ingress at ${keyOf(subject)}` : `Egress from ${keyOf(subject)}`;
}

function peerName({ peer }: PolicyFlow): string {
  if (peer.pod !== undefined) return keyOf(peer.pod);
  return peer.node === undefined ? peer.address.text : `node ${peer.node} (${peer.address.text})`;
}

function portName({ protocol, port }: PolicyFlow): string {
  return port === undefined ? protocol : `${protocol} ${port}`;
}

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
