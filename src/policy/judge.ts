// Answers: does NetworkPolicy let this flow through at this pod, and which rule decides? A pod that no policy isolates in a
// direction is open; an isolated one admits what at least one rule of one isolating policy admits. Order never matters and
// nothing denies by itself. Source: kubernetes.io "Network Policies", networking/v1 types (rules E1-E66).
import type { Family, Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Direction, NetworkPolicy, PolicyPeer, PolicyRule, VendorPolicy } from '../model/policy';
import { hasPort, noPorts, allPorts, unionPorts, type PortSet, type Protocol } from '../model/ports';
import type { Ruling, RuleFinding, RuleRef } from '../model/ruling';
import { matches, type Labels } from '../model/selector';
import { classifierOf, type PodClass } from './podClass';
import { matchPeers, peerSelects, type RangeEnd } from './peers';
import { firstPortOfRange, matchPorts, portsOfRule } from './rulePorts';
import * as words from './words';

/** The other end of a flow as a plugin knows it: by address. */
export interface PolicyPeerEnd {
  readonly address: Ip;
  /** The live pod-network pod that has the address. */
  readonly pod?: Pod | undefined;
  /** The node that owns the address; hostNetwork pods are their node. */
  readonly node?: string | undefined;
}

/** One direction of one flow. `port` is the port at the destination pod; undefined for ICMP. */
export interface PolicyFlow {
  readonly direction: Direction;
  /** The pod whose policies are asked. */
  readonly subject: Pod;
  readonly peer: PolicyPeerEnd;
  readonly protocol: Protocol | 'ICMP';
  readonly port?: number | undefined;
}

export interface PolicyJudge {
  /** The ruling with every rule looked at. */
  judge(flow: PolicyFlow): Ruling;
  /** The outcome alone, without explanation. */
  permits(flow: PolicyFlow): Ruling['outcome'];
  /** Policies that isolate the pod in this direction, by name. hostNetwork pods are isolated by none. */
  isolating(direction: Direction, pod: Pod): readonly NetworkPolicy[];
  /** Live pods that the policy selects, by name; hostNetwork pods left out. */
  selectedBy(policy: NetworkPolicy): readonly Pod[];
  /** Live pods that a peer of the policy's rules selects, by namespace and name. Address blocks: pods with such an address. */
  peerPods(policy: NetworkPolicy, peer: PolicyPeer): readonly Pod[];
  /**
   * What NetworkPolicy permits between the subject and a pod or a range of outside addresses, as ports. Only what is certain
   * counts. With `family` a pod is taken by its address of that family (rule E60), else by all its addresses.
   */
  permittedPorts(direction: Direction, subject: Pod, peer: Pod | RangeEnd, family?: Family): PortSet;
  /** Policies of kinds that are not judged and could change rulings on this pod. */
  unjudgedFor(pod: Pod): readonly VendorPolicy[];
}

const judges = new WeakMap<Cluster, PolicyJudge>();

/** The judge of this cluster value, made once. */
export function policyJudgeOf(cluster: Cluster): PolicyJudge {
  const known = judges.get(cluster);
  if (known !== undefined) return known;
  const made = makeJudge(cluster);
  judges.set(cluster, made);
  return made;
}

function makeJudge(cluster: Cluster): PolicyJudge {
  const classOf = classifierOf(cluster);
  const lookup = lookupOf(cluster);
  const byNamespace = new Map<string, NetworkPolicy[]>();
  for (const policy of cluster.policies) {
    const list = byNamespace.get(policy.namespace);
    if (list === undefined) byNamespace.set(policy.namespace, [policy]);
    else list.push(policy);
  }
  const isolatingByClass = new Map<string, readonly NetworkPolicy[]>();
  /** Of namespaces with pods, in order; made when first asked for. */
  let labelsOfNamespaces: ReadonlyMap<string, Labels> | undefined;

  function isolatingClass(direction: Direction, podClass: PodClass): readonly NetworkPolicy[] {
    const key = `${direction} ${podClass.id}`;
    const known = isolatingByClass.get(key);
    if (known !== undefined) return known;
    const found = (byNamespace.get(podClass.namespace) ?? []).filter(
      (policy) => policy.isolates[direction] && matches(policy.podSelector, podClass.labels),
    );
    isolatingByClass.set(key, found);
    return found;
  }

  function isolating(direction: Direction, pod: Pod): readonly NetworkPolicy[] {
    return pod.spec.hostNetwork ? [] : isolatingClass(direction, classOf(pod));
  }

  function unjudgedFor(pod: Pod): readonly VendorPolicy[] {
    return cluster.vendorPolicies.filter(({ namespace }) => namespace === '' || namespace === pod.namespace);
  }

  function judge(flow: PolicyFlow): Ruling {
    const peerClass = classOfPeer(flow.peer.pod);
    const ruling = judgeNetworkPolicy(flow, isolating(flow.direction, flow.subject), peerClass);
    const unjudged =
      flow.subject.spec.hostNetwork || ruling.basis === 'self' ? [] : unjudgedFor(flow.subject);
    return unjudged.length === 0 ? ruling : words.leftOpenBy(ruling, unjudged);
  }

  /** undefined: no pod of the pod network, so no selector matches it (rules E31, E54). */
  function classOfPeer(pod: Pod | undefined): PodClass | undefined {
    return pod === undefined || pod.spec.hostNetwork ? undefined : classOf(pod);
  }

  function permits(flow: PolicyFlow): Ruling['outcome'] {
    const { direction, subject, peer, protocol, port } = flow;
    if (protocol === 'ICMP' || port === undefined) return judge(flow).outcome;
    if (subject.spec.hostNetwork || isSelf(flow)) return 'allow';
    if (unjudgedFor(subject).length > 0) return 'undetermined';
    const policies = isolating(direction, subject);
    if (policies.length === 0 || isOwnNode(flow)) return 'allow';
    const peerClass = classOfPeer(peer.pod);
    const destination = destinationOf(direction, subject, peer.pod);
    for (const policy of policies) {
      for (const rule of policy[direction]) {
        if (!peerSelects(policy, rule, peerClass, peer.address)) continue;
        if (hasPort(portsOfRule(rule, destination), protocol, port)) return 'allow';
      }
    }
    return judge(flow).outcome;
  }

  function permittedPorts(
    direction: Direction,
    subject: Pod,
    peer: Pod | RangeEnd,
    family?: Family,
  ): PortSet {
    const policies = isolating(direction, subject);
    if (policies.length === 0) return allPorts;
    const peerPod = peer.kind === 'Pod' ? peer : undefined;
    if (peerPod !== undefined && (peerPod === subject || isOnNodeOf(subject, peerPod))) return allPorts;
    const peerClass = classOfPeer(peerPod);
    const addresses = peer.kind === 'Pod' ? addressesOf(peer, family) : [peer.first];
    const destination = destinationOf(direction, subject, peerPod);
    let permitted = noPorts;
    for (const policy of policies) {
      for (const rule of policy[direction]) {
        if (peerSelects(policy, rule, peerClass, addresses))
          permitted = unionPorts(permitted, portsOfRule(rule, destination));
      }
    }
    return permitted;
  }

  /** Pods of the namespaces that a peer may name: labels of namespaces are matched once, not once a pod. */
  function podsToAsk(policy: NetworkPolicy, peer: PolicyPeer): readonly Pod[] {
    if (peer.kind !== 'pods') return cluster.pods;
    const { namespaceSelector } = peer;
    if (namespaceSelector === undefined) return lookup.podsIn(policy.namespace);
    labelsOfNamespaces ??= new Map(
      cluster.pods.map((pod) => [pod.namespace, classOf(pod).namespaceLabels] as const),
    );
    return [...labelsOfNamespaces]
      .filter(([, labels]) => matches(namespaceSelector, labels))
      .flatMap(([namespace]) => lookup.podsIn(namespace));
  }

  return {
    judge,
    permits,
    isolating,
    permittedPorts,
    unjudgedFor,
    selectedBy: (policy) =>
      lookup
        .podsIn(policy.namespace)
        .filter((pod) => subjectToPolicy(pod) && matches(policy.podSelector, pod.labels)),
    peerPods: (policy, peer) =>
      podsToAsk(policy, peer).filter(
        (pod) =>
          subjectToPolicy(pod) &&
          peerSelects(
            policy,
            { peers: [peer] },
            classOf(pod),
            peer.kind === 'ipBlock' ? pod.addresses.map(({ value }) => value) : [],
          ),
      ),
  };
}

function judgeNetworkPolicy(
  flow: PolicyFlow,
  policies: readonly NetworkPolicy[],
  peerClass: PodClass | undefined,
): Ruling {
  if (flow.subject.spec.hostNetwork) return words.hostNetworkSubject(flow);
  const findings = policies.flatMap((policy) => findingsOf(flow, policy, peerClass));
  const admitting = findings.find(({ effect }) => effect === 'admits');
  if (isSelf(flow)) return words.toItself(flow, policies.length > 0 && admitting === undefined);
  if (isOwnNode(flow)) return words.ownNode(flow, policies, findings);
  if (policies.length === 0) return words.notIsolated(flow);
  if (admitting !== undefined) {
    const range = firstPortOfRange(ruleOf(policies, admitting.rule), flow);
    return words.admitted(flow, policies, findings, admitting, range);
  }
  const open = findings.find(({ effect }) => effect === 'undecidable');
  return open === undefined
    ? words.notAdmitted(flow, policies, findings)
    : words.undefinedByApi(flow, policies, findings, open);
}

function findingsOf(
  flow: PolicyFlow,
  policy: NetworkPolicy,
  peerClass: PodClass | undefined,
): readonly RuleFinding[] {
  const destination = destinationOf(flow.direction, flow.subject, flow.peer.pod);
  return policy[flow.direction].map((rule): RuleFinding => {
    const peer = matchPeers(policy, rule, peerClass, flow.peer);
    const port = matchPorts(rule, flow, destination);
    const ref: RuleRef = {
      policy: words.policyRef(policy),
      direction: flow.direction,
      index: rule.index,
      at: rule.at,
      peerAt: peer.at,
      portAt: port.at,
    };
    if (peer.effect === 'no') return { rule: ref, effect: 'does not admit', reason: peer.reason };
    if (port.effect === 'no') return { rule: ref, effect: 'does not admit', reason: port.reason };
    if (port.effect === 'undecidable') return { rule: ref, effect: 'undecidable', reason: port.reason };
    return { rule: ref, effect: 'admits', reason: `${peer.reason}; ${port.reason}` };
  });
}

/** The pod whose ports names are looked up on; to policies a hostNetwork pod is only its node's address (rules E40, E42, E54). */
function destinationOf(direction: Direction, subject: Pod, peer: Pod | undefined): Pod | undefined {
  if (direction === 'ingress') return subject;
  return peer?.spec.hostNetwork === true ? undefined : peer;
}

function ruleOf(
  policies: readonly NetworkPolicy[],
  { policy, direction, index }: RuleRef,
): PolicyRule | undefined {
  return policies.find(({ name }) => name === policy.name)?.[direction][index];
}

/** A pod reaches itself whatever its policies say (rules E47, E48). */
function isSelf({ subject, peer }: PolicyFlow): boolean {
  return peer.pod !== undefined && keyOf(peer.pod) === keyOf(subject);
}

/** Traffic to and from the node that a pod runs on is always allowed (rules E50, E51). */
function isOwnNode({ subject, peer }: PolicyFlow): boolean {
  return peer.node !== undefined && peer.node === subject.node?.value;
}

/** A hostNetwork pod of the node that `subject` runs on: it is that node to policies (rules E50, E51). */
function isOnNodeOf(subject: Pod, peer: Pod): boolean {
  return peer.spec.hostNetwork && peer.node !== undefined && peer.node.value === subject.node?.value;
}

function addressesOf(pod: Pod, family: Family | undefined): readonly Ip[] {
  return pod.addresses.flatMap(({ value }) =>
    family === undefined || value.family === family ? [value] : [],
  );
}

function subjectToPolicy(pod: Pod): boolean {
  return !pod.spec.hostNetwork && pod.phase.value !== 'Succeeded' && pod.phase.value !== 'Failed';
}
