// Answers: do policies let this flow through at this pod, and which rule decides? The admin tier first, then NetworkPolicy if
// any isolates the pod, then the baseline; what all leave open is allowed. Within NetworkPolicy order never matters and nothing
// denies by itself; within an admin tier the first rule that matches decides (rules E1-E66, spec E2 with T1-T12).
import type { Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { Pod } from '../model/pod';
import type { AdminPolicy, Direction, NetworkPolicy, PolicyPeer, VendorPolicy } from '../model/policy';
import { commonReading, type PolicyReading } from '../model/policyReading';
import { hasPort, allPorts, type PortSet } from '../model/ports';
import type { RuleFinding, Ruling } from '../model/ruling';
import { finish } from '../model/steps';
import { changesBetween } from './changes';
import { decisionsOf, type Decision } from './decisions';
import type { PolicyFlow, PolicyPeerEnd, RangeEnd } from './ends';
import { policyEngineInSteps, type PolicyEngine } from './engine';
import { findingsIn } from './findings';
import { peerMatcher } from './peers';
import { none } from './portTable';
import { firstPortOfRange } from './rulePorts';
import { selectedPods, type SelectedPods } from './selected';
import type { PoliciesOfPod } from './standing';
import { vendorReader } from './vendor';
import * as words from './words';

export type { PolicyFlow, PolicyPeerEnd, RangeEnd };

export interface PolicyJudge {
  /** The ruling with every rule looked at. */
  judge(flow: PolicyFlow): Ruling;
  /** The outcome alone, without explanation. */
  permits(flow: PolicyFlow): Ruling['outcome'];
  /** NetworkPolicies that isolate the pod in this direction, by name. hostNetwork pods are isolated by none. */
  isolating(direction: Direction, pod: Pod): readonly NetworkPolicy[];
  /** Policies of all tiers about the pod, whatever they say. None for hostNetwork pods. */
  policiesOf(pod: Pod): PoliciesOfPod;
  /** Live pods that the policy selects, by namespace and name; hostNetwork pods left out. */
  selectedBy(policy: NetworkPolicy | AdminPolicy): readonly Pod[];
  /** Live pods that a peer of the policy's rules selects, by namespace and name. Address blocks: pods with such an address. */
  peerPods(policy: NetworkPolicy | AdminPolicy, peer: PolicyPeer): readonly Pod[];
  /**
   * What policies permit between the subject and a pod or a range of outside addresses, as ports. Only what is certain
   * counts. With `family` a pod is taken by its address of that family (rule E60), else by all its addresses.
   */
  permittedPorts(direction: Direction, subject: Pod, peer: Pod | RangeEnd, family?: Family): PortSet;
  /** Policies of vendors, which are not judged, that are about the pod and could change rulings on it. */
  unjudgedFor(pod: Pod): readonly VendorPolicy[];
}

const engines = new WeakMap<Cluster, Map<string, PolicyEngine>>();
const judges = new WeakMap<PolicyEngine, PolicyJudge>();

/** The engine of this cluster value as a plugin reads policies, made once. */
export function policyEngineOf(cluster: Cluster, reading: PolicyReading = commonReading): PolicyEngine {
  return finish(engineInSteps(cluster, reading));
}

/** The same in steps; nothing is to do when it is there already. */
export function* engineInSteps(
  cluster: Cluster,
  reading: PolicyReading,
): Generator<undefined, PolicyEngine, void> {
  const known = engines.get(cluster)?.get(readingKey(reading));
  if (known !== undefined) return known;
  const made = engineFollowed(cluster, reading) ?? (yield* policyEngineInSteps(cluster, reading));
  keep(cluster, reading, made);
  return made;
}

/** Of values that nobody asked about yet the one before that has an engine. */
const predecessors = new WeakMap<Cluster, Cluster>();

/**
 * Tells that a cluster became another one by an edit: what was found out for the one is then used for the other, as far as the
 * edit does not concern it. It changes no answer, only how long it takes. What was told first holds.
 */
export function noteSuccessor(before: Cluster, after: Cluster): void {
  if (before === after || engines.has(after) || predecessors.has(after)) return;
  const asked = engines.has(before) ? before : predecessors.get(before);
  if (asked !== undefined) predecessors.set(after, asked);
}

/** The engine of the value before, led over to this one. undefined: there is none, or too much changed. */
function engineFollowed(cluster: Cluster, reading: PolicyReading): PolicyEngine | undefined {
  const before = predecessors.get(cluster);
  const engine = before && engines.get(before)?.get(readingKey(reading));
  if (before === undefined || engine === undefined) return undefined;
  if (!engine.isOutgrown()) return engine.after(cluster, changesBetween(before, cluster));
  // Whoever asks about it next gets one without a past.
  engines.get(before)?.delete(readingKey(reading));
  return undefined;
}

function readingKey({ blocksSelectPods, blocksSelectNodes, by }: PolicyReading): string {
  return `${blocksSelectPods} ${blocksSelectNodes} ${by ?? ''}`;
}

function keep(cluster: Cluster, reading: PolicyReading, engine: PolicyEngine): void {
  const ofCluster = engines.get(cluster) ?? new Map<string, PolicyEngine>();
  engines.set(cluster, ofCluster);
  ofCluster.set(readingKey(reading), engine);
  predecessors.delete(cluster);
}

/** The judge of this cluster value as a plugin reads policies, made once. */
export function policyJudgeOf(cluster: Cluster, reading: PolicyReading = commonReading): PolicyJudge {
  const engine = policyEngineOf(cluster, reading);
  const known = judges.get(engine);
  if (known !== undefined) return known;
  const made = makeJudge(cluster, engine, reading);
  judges.set(engine, made);
  return made;
}

function makeJudge(cluster: Cluster, engine: PolicyEngine, reading: PolicyReading): PolicyJudge {
  const matchPeers = peerMatcher(cluster, reading);
  const vendor = vendorReader(cluster);
  let selected: SelectedPods | undefined;
  const selections = (): SelectedPods => (selected ??= selectedPods(cluster, engine));

  const policiesOf = (pod: Pod): PoliciesOfPod => engine.policiesOf(engine.cohortOf(pod));

  function isolating(direction: Direction, pod: Pod): readonly NetworkPolicy[] {
    return policiesOf(pod).network.filter((policy) => policy.isolates[direction]);
  }

  function judge(flow: PolicyFlow): Ruling {
    const ruling = judgeTiers(flow);
    return ruling.basis === 'host-network' || ruling.basis === 'self'
      ? ruling
      : vendor.leftOpen(ruling, flow);
  }

  function judgeTiers(flow: PolicyFlow): Ruling {
    const { direction, subject } = flow;
    if (subject.spec.hostNetwork) return words.hostNetworkSubject(flow);
    const policies = policiesOf(subject);
    const network = policies.network.filter((policy) => policy.isolates[direction]);
    const networkFindings = findingsIn(flow, network, matchPeers);
    if (isSelf(flow)) return words.toItself(flow, network.length > 0 && !networkFindings.some(admits));
    if (isOwnNode(flow)) return words.ownNode(flow, network, networkFindings);
    if (policies.admin.length === 0 && policies.baseline.length === 0)
      return judgeNetworkPolicy(flow, network, networkFindings);
    const admin = decisionsOf(flow, policies.admin, matchPeers);
    const reached = admin.decisions.some(goesOn);
    const own = (): Ruling => {
      if (network.length > 0) return judgeNetworkPolicy(flow, network, networkFindings);
      const baseline = decisionsOf(flow, policies.baseline, matchPeers);
      return words.byTier(flow, 'baseline', baseline, () => words.notIsolated(flow, true));
    };
    return words.byTier(flow, 'admin', admin, reached ? own : undefined, network);
  }

  function permits(flow: PolicyFlow): Ruling['outcome'] {
    const { direction, subject, peer, protocol, port } = flow;
    if (protocol === 'ICMP' || port === undefined || vendor.concerns(subject)) return judge(flow).outcome;
    if (subject.spec.hostNetwork || isSelf(flow) || isOwnNode(flow)) return 'allow';
    if (peer.pod === undefined) return judge(flow).outcome;
    const { certain, possible } = engine.permitted(
      direction,
      engine.cohortOf(subject),
      engine.cohortOf(peer.pod),
      peer.address.family,
    );
    if (hasPort(engine.ports.portsOf(certain), protocol, port)) return 'allow';
    // Which of the two open outcomes it is, only the explanation knows.
    return hasPort(engine.ports.portsOf(possible), protocol, port) ? judge(flow).outcome : 'deny';
  }

  function permittedPorts(
    direction: Direction,
    subject: Pod,
    peer: Pod | RangeEnd,
    family?: Family,
  ): PortSet {
    if (peer.kind === 'Pod' && (peer === subject || isOnNodeOf(subject, peer))) return allPorts;
    const other = peer.kind === 'Pod' ? engine.cohortOf(peer) : engine.outsideCohort(peer.first);
    let ports = none;
    for (const each of other.families) {
      if (family !== undefined && each !== family) continue;
      const { certain } = engine.permitted(direction, engine.cohortOf(subject), other, each);
      ports = engine.ports.union(ports, certain);
    }
    return engine.ports.portsOf(ports);
  }

  return {
    judge,
    permits,
    isolating,
    policiesOf,
    permittedPorts,
    unjudgedFor: (pod) => vendor.about(pod),
    selectedBy: (policy) => selections().by(policy),
    peerPods: (policy, peer) => selections().named(policy, peer),
  };
}

function judgeNetworkPolicy(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  findings: readonly RuleFinding[],
): Ruling {
  if (policies.length === 0) return words.notIsolated(flow, false);
  const admitting = findings.find(admits);
  if (admitting !== undefined) {
    const { policy, index } = admitting.rule;
    const rule = policies.find(({ name }) => name === policy.name)?.[flow.direction][index];
    return words.admitted(flow, policies, findings, admitting, firstPortOfRange(rule, flow));
  }
  const open = findings.find(({ effect }) => effect === 'undecidable');
  return open === undefined
    ? words.notAdmitted(flow, policies, findings)
    : words.undefinedByApi(flow, policies, findings, open);
}

function admits({ effect }: RuleFinding): boolean {
  return effect === 'admits';
}

function goesOn({ outcome }: Decision): boolean {
  return outcome === 'next';
}

/** A pod reaches itself whatever its policies say (rules E47, E48). */
function isSelf({ subject, peer }: PolicyFlow): boolean {
  const { pod } = peer;
  return pod !== undefined && pod.name === subject.name && pod.namespace === subject.namespace;
}

/** Traffic to and from the node that a pod runs on is always allowed (rules E50, E51). */
function isOwnNode({ subject, peer }: PolicyFlow): boolean {
  return peer.node !== undefined && peer.node === subject.node?.value;
}

/** A hostNetwork pod of the node that `subject` runs on: it is that node to policies (rules E50, E51). */
function isOnNodeOf(subject: Pod, peer: Pod): boolean {
  return peer.spec.hostNetwork && peer.node !== undefined && peer.node.value === subject.node?.value;
}
