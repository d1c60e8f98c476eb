// Answers: how is a ruling said? One function per basis; each makes the whole Ruling, so that no two surfaces word it twice.
import { keyOf } from '../model/objects';
import type { NetworkPolicy, VendorPolicy } from '../model/policy';
import type { PolicyRef, RuleFinding, Ruling } from '../model/ruling';
import type { PolicyFlow } from './judge';

export function policyRef(policy: NetworkPolicy): PolicyRef {
  return {
    kind: policy.kind,
    namespace: policy.namespace,
    name: policy.name,
    at: policy.nameAt ?? policy.at,
  };
}

export function notIsolated(flow: PolicyFlow): Ruling {
  return ruling(
    flow,
    'allow',
    'not-isolated',
    [],
    [],
    `No NetworkPolicy isolates ${keyOf(flow.subject)} for ${flow.direction}.`,
  );
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
  return { ...made, deciding: by.rule, notes: [...notes, ...byRange, ...made.notes] };
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
  return ruling(flow, 'deny', 'not-admitted', policies, findings, reason);
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
    reason: `${names} ${verb} not judged yet and could change this. By NetworkPolicy alone: ${known.reason}`,
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
