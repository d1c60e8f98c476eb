// The one place in these tests that knows the API of policies and traces: manifests and a flow in, one line of words out.
//   flow   `a/x -> b/z:80`, `203.0.113.7 -> a/x:53/UDP`, `node/n1 -> [fd00::2]:80`, `a/x -> b/z/ICMP`
//   ruling `denied; egress open; ingress closed by b/p@policies.yaml:3`
// Every flow between pods and nodes is traced as well, and the trace must say the same.
import assert from 'node:assert/strict';
import { lookupOf } from '../../src/model/lookup';
import { keyOf } from '../../src/model/objects';
import { hasPort, type Protocol } from '../../src/model/ports';
import { isLoopback, parseIp, type Ip } from '../../src/model/address';
import type { Cluster } from '../../src/model/cluster';
import type { Pod } from '../../src/model/pod';
import type { PolicyRef, RuleRef, Ruling } from '../../src/model/ruling';
import { policyJudgeOf, type PolicyFlow, type PolicyPeerEnd } from '../../src/policy/judge';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { enforcedPolicies } from './enforcing';

interface FlowEnd {
  readonly text: string;
  readonly address: Ip;
  /** The pod that is asked for its policies; undefined for nodes and addresses outside. */
  readonly pod: Pod | undefined;
  readonly node: string | undefined;
}

interface Flow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly protocol: Protocol | 'ICMP';
  readonly port: number;
}

/** What policies say of a flow, in one line. */
export function rulingOf(cluster: Cluster, flow: string): string {
  const parsed = parseFlow(cluster, flow);
  const rulings = rulingsOf(cluster, parsed);
  const outcome = outcomeOf(rulings);
  checkAgreement(cluster, parsed, rulings);
  checkTrace(cluster, flow, parsed, outcome);
  return [outcome, ...rulings.map((ruling) => `${ruling.direction} ${basisText(ruling)}`)].join('; ');
}

/** Reasons and notes of all rulings of a flow. */
export function wordsOf(cluster: Cluster, flow: string): string {
  const rulings = rulingsOf(cluster, parseFlow(cluster, flow));
  return rulings
    .flatMap(({ reason, notes, findings }) => [reason, ...notes, ...findings.map((each) => each.reason)])
    .join('\n');
}

/** `Reachable delivered-port-unknown, answered` */
export function traceOf(cluster: Cluster, query: string): string {
  const { result, verdict, reply } = trace(cluster, query);
  return `${result} ${verdict.id}${reply.length > 0 ? ', answered' : ''}`;
}

/** Everything that a trace says besides its steps: verdict, assumptions, warnings. */
export function traceWordsOf(cluster: Cluster, query: string): string {
  const { verdict, assumptions, warnings } = trace(cluster, query);
  return [verdict.words, ...[...assumptions, ...warnings].map(({ text }) => text)].join('\n');
}

/** Steps of the answer's way at which a policy was asked. */
export function policiesOnReply(cluster: Cluster, query: string): number {
  const steps = trace(cluster, query).reply.flatMap((hop) => hop.steps);
  return steps.filter(({ kind }) => kind === 'policy').length;
}

function trace(cluster: Cluster, query: string, protocol: Protocol = 'TCP'): Trace {
  const [from, to] = query.split(' -> ').map(parseEnd);
  assert(from && to, `${query} names two ends`);
  return traceConnectivity(cluster, { from: from.end, to: to.end, port: to.port, protocol });
}

function parseFlow(cluster: Cluster, text: string): Flow {
  const match = /^(.+) -> (.+?)(?::([0-9]+)(?:\/(UDP|SCTP))?|\/ICMP)$/.exec(text);
  assert(match, `${text} is a flow`);
  const [, from = '', to = '', port, protocol] = match;
  const source = endOf(cluster, from);
  const target = endOf(cluster, to);
  return {
    from: source,
    to: isLoopback(target.address) ? { ...source, address: target.address } : target,
    protocol: port === undefined ? 'ICMP' : protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
    port: Number(port ?? 0),
  };
}

function endOf(cluster: Cluster, text: string): FlowEnd {
  const lookup = lookupOf(cluster);
  const ip = parseIp(text.replace(/^\[(.*)\]$/, '$1'));
  if (ip !== undefined) {
    const owner = lookup.owners(ip)[0];
    const pod = owner?.kind === 'pod' ? owner.pod : undefined;
    return { text, address: ip, pod, node: owner?.kind === 'node' ? owner.node.name : undefined };
  }
  const pod = lookup.pod(text);
  const node = text.startsWith('node/') ? lookup.node(text.slice('node/'.length)) : undefined;
  const address = (pod ?? node)?.addresses[0]?.value;
  assert(address, `${text} is a pod or node with an address`);
  return { text, address, pod, node: pod?.spec.hostNetwork === true ? pod.node?.value : node?.name };
}

function peerOf({ address, pod, node }: FlowEnd): PolicyPeerEnd {
  return node === undefined ? { address, pod } : { address, node };
}

/** Egress of the sender and ingress of the receiver, each if it is a pod. */
function rulingsOf(cluster: Cluster, { from, to, protocol, port }: Flow): readonly Ruling[] {
  const ask = (
    direction: PolicyFlow['direction'],
    subject: Pod | undefined,
    peer: FlowEnd,
  ): readonly Ruling[] => {
    if (subject === undefined) return [];
    if (protocol === 'ICMP')
      return [policyJudgeOf(cluster).judge({ direction, subject, peer: peerOf(peer), protocol })];
    const ends = { source: from.address, destination: to.address, sourcePort: 40000, destinationPort: port };
    return [enforcedPolicies(cluster)(direction, subject, { ...ends, protocol, ttl: 64 })];
  };
  return [...ask('egress', from.pod, to), ...ask('ingress', to.pod, from)];
}

function outcomeOf(rulings: readonly Ruling[]): keyof typeof results {
  if (rulings.some(({ outcome }) => outcome === 'deny')) return 'denied';
  if (rulings.some(({ outcome }) => outcome === 'ambiguous')) return 'ambiguous';
  return rulings.some(({ outcome }) => outcome !== 'allow') ? 'cannot tell' : 'allowed';
}

function basisText(ruling: Ruling): string {
  const all = ruling.isolating.map(policyText).join(', ');
  switch (ruling.basis) {
    case 'not-isolated':
      return 'open';
    case 'admitted':
      return `admitted by ${ruling.deciding === undefined ? 'nobody' : ruleText(ruling.deciding)} of ${all}`;
    case 'not-admitted':
      return `closed by ${all}`;
    case 'admin-allow':
    case 'admin-deny':
    case 'baseline-allow':
    case 'baseline-deny':
      return `${ruling.basis} by ${ruling.deciding === undefined ? 'nobody' : ruleText(ruling.deciding)}`;
    case 'priority-tie':
      return 'priority tie';
    case 'self':
      return 'to itself';
    case 'own-node':
      return 'own node';
    case 'host-network':
      return 'host network';
    case 'not-enforced':
      return 'not enforced';
    case 'unjudged-policies':
      return `not judged with ${all}`;
    case 'undefined-by-api': {
      const open = ruling.findings.find(({ effect }) => effect === 'undecidable');
      return `undefined at ${open === undefined ? 'nothing' : ruleText(open.rule)}`;
    }
  }
}

function ruleText({ policy, index, at }: RuleRef): string {
  return `${keyOf(policy)} rule ${index + 1}@${at?.file ?? '?'}:${(at?.line ?? -2) + 1}`;
}

function policyText({ kind, namespace, name, at }: PolicyRef): string {
  const named = kind === 'NetworkPolicy' ? '' : `${kind} `;
  return `${named}${keyOf({ namespace, name })}@${at?.file ?? '?'}:${(at?.line ?? -2) + 1}`;
}

/** The short cuts of the judge say what the full ruling says. */
function checkAgreement(cluster: Cluster, flow: Flow, rulings: readonly Ruling[]): void {
  const judge = policyJudgeOf(cluster);
  for (const ruling of rulings) {
    const [own, other] = ruling.direction === 'egress' ? [flow.from, flow.to] : [flow.to, flow.from];
    const { pod: subject } = own;
    assert(subject);
    const { direction, outcome } = ruling;
    const { protocol, port } = flow;
    const asked = {
      direction,
      subject,
      peer: peerOf(other),
      protocol,
      port: protocol === 'ICMP' ? undefined : port,
    };
    assert.equal(judge.permits(asked), outcome, `permits says what judge says: ${direction}`);
    if (
      protocol === 'ICMP' ||
      ruling.basis === 'unjudged-policies' ||
      (other.pod === undefined && other.node !== undefined)
    )
      continue;
    const peer = other.pod ?? ({ kind: 'range', first: other.address } as const);
    const single = other.pod === undefined || other.pod.addresses.length === 1;
    if (single)
      assert.equal(
        hasPort(judge.permittedPorts(direction, subject, peer), protocol, port),
        outcome === 'allow',
        `permittedPorts says what judge says: ${direction}`,
      );
  }
}

const results = {
  allowed: 'Reachable',
  denied: 'Unreachable',
  'cannot tell': 'Undetermined',
  ambiguous: 'Ambiguous',
} as const;

function checkTrace(
  cluster: Cluster,
  flow: string,
  { from, to, protocol }: Flow,
  outcome: keyof typeof results,
): void {
  const inside = [from, to].every(({ pod, node }) => pod !== undefined || node !== undefined);
  if (!inside || protocol === 'ICMP') return;
  const made = trace(cluster, flow.replace(/\/(UDP|SCTP)$/, ''), protocol);
  assert.equal(made.result, results[outcome], `the trace says the same: ${made.verdict.words}`);
  if (outcome === 'denied')
    assert.match(made.verdict.id, /^(dropped-policy|denied-admin|denied-baseline)$/, made.verdict.words);
}
