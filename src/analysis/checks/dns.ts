// Answers: may isolated pods still look names up? Egress isolation that forgets DNS stops every connection by name before it is tried,
// and looks like an outage of everything (rules E13, E38, E64). Whether a rule could reach the cluster's DNS is answered
// generously: silence where it might.
import { overlaps, parseCidr, type Cidr } from '../../model/address';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../model/policy';
import type { Protocol } from '../../model/ports';
import { matches } from '../../model/selector';
import { onPodNetwork, owners, type CheckContext, type Member } from './context';
import { finding, fix, type Check, type Finding } from './finding';
import { policyName, some } from './words';

const dnsNamespace = 'kube-system';
/** What the DNS pods of clusters are labelled with, CoreDNS too. */
const dnsLabels = { 'k8s-app': 'kube-dns' };
/** NodeLocal DNSCache listens there. */
const nodeLocal = parseCidr('169.254.20.10/32');

export const noDns: Check = {
  code: 'policy.no-dns',
  severity: 'warning',
  title: 'Egress isolation without DNS',
  documentation:
    'The selected pods are isolated for egress, and no rule of any policy that isolates them admits UDP port 53 to the DNS of the cluster. Connections by name then fail before they begin, with a timeout of the lookup. Add an egress rule to the DNS pods for UDP and TCP 53. A port without `protocol` is TCP. Pods that may send nothing at all, or only to address blocks, are reported as information: they may well need no names.',
  source: 'kubernetes.io "Network Policies"; rules E13, E38, E64',
  ofPolicy: (context, policy) => {
    if (!policy.isolates.egress || isAllowedOtherwise(context, policy.namespace)) return [];
    const cut = cutOff(context, policy.namespace).get(policy) ?? [];
    if (cut.length === 0) return [];
    const isolating = isolatingIn(context, policy.namespace);
    const rulesFor = (member: Member): readonly PolicyRule[] =>
      (isolating.get(member) ?? []).flatMap(({ egress }) => egress);
    const rules = [...new Set(cut.flatMap(rulesFor))];
    if (rules.length === 0) return silenced(context, policy, rulesFor);
    const byName = rules.some(({ peers }) => peers.length === 0 || peers.some(({ kind }) => kind === 'pods'));
    const tcpOnly = rules.some((rule) => asks(rule, 'TCP') && mayReachDns(context, policy, rule));
    const what = tcpOnly
      ? 'may ask for names by TCP 53 only, and lookups begin with UDP; a port without protocol is TCP'
      : "may not ask for names: no rule admits UDP 53 to the cluster's DNS";
    const message = `${some(owners(cut))} ${what}. Isolated for egress by ${policyName(policy)}.`;
    return finding(noDns, policy.nameAt ?? policy.at, message, {
      severity: byName ? 'warning' : 'information',
      fixes: dnsFix(policy),
    });
  },
};

/** Pods that may send nothing at all are told together, once for their namespace. */
function silenced(
  context: CheckContext,
  policy: NetworkPolicy,
  rulesFor: (member: Member) => readonly PolicyRule[],
): readonly Finding[] {
  if (!context.first(`silenced ${policy.namespace}`)) return [];
  const cut = [...cutOff(context, policy.namespace).values()].flat();
  const who = owners(cut.filter((member) => rulesFor(member).length === 0));
  const message = `${some(who)} may send nothing, not even ask for names: egress is isolated and no rule admits anything.`;
  return finding(noDns, policy.nameAt ?? policy.at, message, {
    severity: 'information',
    fixes: dnsFix(policy),
  });
}

function dnsFix(policy: NetworkPolicy): NonNullable<Finding['fixes']> {
  return fix('Add an egress rule for DNS', policy.at, {
    kind: 'append',
    path: ['spec', 'egress'],
    value: dnsRule,
  });
}

const dnsRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': dnsNamespace } },
      podSelector: { matchLabels: dnsLabels },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/** Kinds that are judged by other rules, or not at all, may let the question through. */
function isAllowedOtherwise({ cluster }: CheckContext, namespace: string): boolean {
  return (
    cluster.adminPolicies.some(
      ({ tier, egress }) => tier === 'admin' && egress.some(({ action }) => action === 'Allow'),
    ) ||
    cluster.vendorPolicies.some(
      ({ namespace: where, effect }) =>
        (where === '' || where === namespace) && effect.egress?.mayAllow === true,
    )
  );
}

interface Tables {
  readonly isolating: Map<string, ReadonlyMap<Member, readonly NetworkPolicy[]>>;
  readonly cut: Map<string, ReadonlyMap<NetworkPolicy, readonly Member[]>>;
}
const tables = new WeakMap<CheckContext, Tables>();

function tablesOf(context: CheckContext): Tables {
  const known = tables.get(context);
  if (known !== undefined) return known;
  const made: Tables = { isolating: new Map(), cut: new Map() };
  tables.set(context, made);
  return made;
}

/** Policies that isolate each pod for egress, of those that ask the cluster for names. */
function isolatingIn(
  context: CheckContext,
  namespace: string,
): ReadonlyMap<Member, readonly NetworkPolicy[]> {
  const { isolating } = tablesOf(context);
  const known = isolating.get(namespace);
  if (known !== undefined) return known;
  const made = new Map<Member, NetworkPolicy[]>();
  for (const policy of context.policiesIn(namespace)) {
    if (!policy.isolates.egress) continue;
    for (const member of onPodNetwork(context.subjects(policy))) {
      if (member.spec.dnsPolicy === 'None' || member.spec.dnsPolicy === 'Default') continue;
      const list = made.get(member);
      if (list === undefined) made.set(member, [policy]);
      else list.push(policy);
    }
  }
  isolating.set(namespace, made);
  return made;
}

/** Pods that cannot ask, each under one of its policies: the first that has egress rules, else the first. */
function cutOff(context: CheckContext, namespace: string): ReadonlyMap<NetworkPolicy, readonly Member[]> {
  const { cut } = tablesOf(context);
  const known = cut.get(namespace);
  if (known !== undefined) return known;
  const admits = new Map<NetworkPolicy, boolean>();
  const admitsDns = (policy: NetworkPolicy): boolean => {
    const before = admits.get(policy);
    if (before !== undefined) return before;
    const found = policy.egress.some((rule) => asks(rule, 'UDP') && mayReachDns(context, policy, rule));
    admits.set(policy, found);
    return found;
  };
  const made = new Map<NetworkPolicy, Member[]>();
  for (const [member, policies] of isolatingIn(context, namespace)) {
    if (policies.some(admitsDns)) continue;
    const told = policies.find(({ egress }) => egress.length > 0) ?? policies[0];
    if (told === undefined) continue;
    const list = made.get(told);
    if (list === undefined) made.set(told, [member]);
    else list.push(member);
  }
  cut.set(namespace, made);
  return made;
}

function asks({ ports }: PolicyRule, protocol: Protocol): boolean {
  return ports.length === 0 || ports.some((port) => isDnsPort(port, protocol));
}

/** A name may stand for 53; what it is on pods that the input does not show, nobody knows. */
function isDnsPort({ protocol, port, endPort }: PolicyPort, wanted: Protocol): boolean {
  if (protocol !== undefined && protocol !== wanted) return false;
  if (typeof port !== 'number') return true;
  return port <= 53 && 53 <= (endPort ?? port);
}

function mayReachDns(context: CheckContext, policy: NetworkPolicy, rule: PolicyRule): boolean {
  const { peers, ports } = rule;
  return peers.length === 0 || peers.some((peer) => mayBeDns(context, policy, peer, ports.length > 0));
}

/** @param named the rule names port 53 itself, and so means whatever it leads to for a DNS server */
function mayBeDns(context: CheckContext, policy: NetworkPolicy, peer: PolicyPeer, named: boolean): boolean {
  if (peer.kind === 'ipBlock') return mayHoldDns(context, peer.cidr);
  if (peer.kind !== 'pods') return true;
  const { namespaceSelector, podSelector } = peer;
  if (namespaceSelector === undefined && policy.namespace === dnsNamespace) return true;
  // Perhaps a DNS server of one's own.
  const members = context.peerMembers(policy, peer);
  if (members.some(({ spec }) => named || spec.containers.some(listensOn53))) return true;
  if (namespaceSelector === undefined) return false;
  const labelled = context.cluster.namespaces.find(({ name }) => name === dnsNamespace);
  const asked = namespaceSelector.requirements.filter(({ key }) => key === 'kubernetes.io/metadata.name');
  const certain =
    labelled !== undefined && labelled.provenance !== 'inferred' ? namespaceSelector.requirements : asked;
  if (!matches({ requirements: certain }, context.labelsOf(dnsNamespace))) return false;
  const pods = context.membersIn(dnsNamespace).filter(({ spec }) => spec.containers.some(listensOn53));
  if (podSelector === undefined) return true;
  if (pods.length > 0) return pods.some(({ labels }) => matches(podSelector, labels));
  // The DNS pods are not shown: labels other than the usual one may be theirs, another value of it is not.
  return matches(
    { requirements: podSelector.requirements.filter(({ key }) => key === 'k8s-app') },
    dnsLabels,
  );
}

function listensOn53({ ports }: Member['spec']['containers'][number]): boolean {
  return ports.some(
    ({ containerPort, protocol }) => protocol === 'UDP' && (containerPort === 53 || containerPort === 5353),
  );
}

/** Blocks match pods by address with most plugins; where pods and nodes are is a guess when it is simulated, but a good one. */
function mayHoldDns({ cluster }: CheckContext, block: Cidr): boolean {
  const known: readonly Cidr[] = [
    ...cluster.network.podCidrs.map(({ value }) => value),
    ...cluster.network.serviceCidrs.map(({ value }) => value),
    ...(nodeLocal === undefined ? [] : [nodeLocal]),
  ];
  return known.some((range) => overlaps(range, block));
}
