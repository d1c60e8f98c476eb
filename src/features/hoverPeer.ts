// Answers: whom does a peer of a policy rule name? Pods by label, in the policy's own namespace unless a namespaceSelector says
// otherwise, both selectors of one entry together; or addresses by block. Pods on their node's network are known by the node's
// address only (networking/v1; rules E19, E22-E36, E54).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Direction, NetworkPolicy, PolicyPeer, PolicyRule } from '../model/policy';
import { everything, matches, selectorText, type LabelSelector } from '../model/selector';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { adminNetworkFacts } from './hoverAdmin';
import { provenanceOf, selectorAnswer, selectorIn, valuesSaid } from './hoverLabels';
import { isAt, restOf, type Place, type ShownCluster } from './hoverPlace';
import { portsOfRuleText } from './hoverPolicy';
import { ruleCounts } from './policyWords';
import { isNetworkPolicy, policyAt } from './hoverSelector';
import type { HoverAnswer, Said } from './hoverShape';
import { count, listed, podsText } from './words';

/** A rule of a policy in the text. */
export interface WrittenRule {
  readonly policy: NetworkPolicy;
  readonly direction: Direction;
  readonly rule: PolicyRule;
  /** From the rule to the place. */
  readonly rest: ReturnType<typeof restOf>;
}

/** The rule that the place is in; undefined: in none. */
export function ruleAt(place: Place): WrittenRule | undefined {
  if (!isNetworkPolicy(place)) return undefined;
  const [, direction, index, ...rest] = place.path;
  if (
    restOf(place.path, ['spec', 'ingress', '*']) === undefined &&
    restOf(place.path, ['spec', 'egress', '*']) === undefined
  )
    return undefined;
  const policy = policyAt(place);
  const side: Direction = direction === 'ingress' ? 'ingress' : 'egress';
  const rule = policy[side].find((each) => each.index === index);
  return rule && { policy, direction: side, rule, rest };
}

type PodsPeer = PolicyPeer & { readonly kind: 'pods' };

export function peerHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const written = ruleAt(place);
  if (written === undefined) return undefined;
  const { direction, rule, rest = [] } = written;
  const list = direction === 'ingress' ? 'from' : 'to';
  const [key, index, field] = rest;
  if (key !== list) return undefined;
  if (index === undefined) return place.state === 'sound' ? peersAnswer(shown.cluster, written) : undefined;
  const peer = rule.peers.find(({ at }) => isAt(place, place.path.slice(0, 5), at));
  if (peer?.kind !== 'pods') return undefined;
  const selectors = ['podSelector', 'namespaceSelector'] as const;
  const name = selectors.find((each) => each === field);
  if (name === undefined) return undefined;
  const selector = selectorIn(place, ['spec', direction, '*', list, '*', name], 'labelSelector');
  if (selector === undefined) return undefined;
  if (name === 'namespaceSelector')
    return place.state === 'sound' ? namespacesAnswer(shown.cluster, written, peer) : undefined;
  // A line of a podSelector next to a namespaceSelector is about pods of other namespaces: the peer as a whole is said.
  if (peer.namespaceSelector !== undefined)
    return place.state === 'sound' ? peerAnswer(shown.cluster, written, peer) : undefined;
  return selectorAnswer(shown, place, selector, () => peerAnswer(shown.cluster, written, peer));
}

/** What an address block means besides the addresses in it; nothing outside of one. */
export function blockFacts({ cluster }: ShownCluster, place: Place): readonly Said[] {
  const admin = adminNetworkFacts(cluster, place);
  if (admin.length > 0) return admin;
  const written = ruleAt(place);
  const block = written?.rest?.indexOf('ipBlock') ?? -1;
  if (written === undefined || block < 0 || place.state !== 'sound') return [];
  const excepted = written.rest?.includes('except') === true;
  return [
    excepted
      ? { text: 'Taken out of its block; another rule may still admit it.', provenance: 'declared' }
      : effectSaid(cluster, written, 'these addresses'),
    {
      text: 'Blocks are meant for addresses outside of the cluster: most plugins match pods by them too, Cilium does not.',
      provenance: 'inferred',
    },
  ];
}

function peersAnswer(cluster: Cluster, written: WrittenRule): HoverAnswer {
  const { policy, rule } = written;
  if (rule.peers.length === 0)
    return {
      answer: { text: 'Names no peer, which means anybody.', provenance: 'declared' },
      facts: [effectSaid(cluster, written, 'anybody')],
    };
  const pods = [...new Set(rule.peers.flatMap((peer) => policiesOf(cluster).peerPods(policy, peer)))];
  const text =
    pods.length === 0 ? 'Selects no pod.' : `Selects ${count(pods.length, 'pod')}: ${podsText(pods)}.`;
  return {
    answer: { text, provenance: provenanceOf(pods) },
    facts: [
      effectSaid(cluster, written, 'them'),
      countsSaid(cluster, written),
      ...(rule.peers.length === 1 ? [] : [alternativesSaid(policy, rule)]),
    ],
  };
}

function peerAnswer(cluster: Cluster, written: WrittenRule, peer: PodsPeer): HoverAnswer {
  const { policy } = written;
  const { podSelector = everything, namespaceSelector } = peer;
  const pods = policiesOf(cluster).peerPods(policy, peer);
  const scope = namespacesOf(cluster, policy, namespaceSelector);
  const where =
    namespaceSelector === undefined ? `in namespace ${policy.namespace}` : `in ${namespacesText(scope)}`;
  const candidates = scope.flatMap((namespace) => lookupOf(cluster).podsIn(namespace));
  const outside = candidates.filter((pod) => pod.spec.hostNetwork && matches(podSelector, pod.labels));
  return {
    answer: {
      text:
        pods.length === 0
          ? `Selects no pod ${where}.`
          : `Selects ${count(pods.length, 'pod')} ${where}: ${podsText(pods)}.`,
      provenance: provenanceOf(pods),
    },
    facts: [
      ...(pods.length === 0
        ? valuesSaid(podSelector, candidates, `pods ${where}`)
        : [effectSaid(cluster, written, 'them')]),
      ...togetherSaid(peer),
      ...(outside.length === 0
        ? []
        : [
            {
              text: `Not matched, as they have their node's address: ${podsText(outside)}.`,
              provenance: 'inferred' as const,
            },
          ]),
    ],
  };
}

function alternativesSaid(policy: NetworkPolicy, { peers }: PolicyRule): Said {
  const texts = peers.map((peer) => peerText(policy, peer));
  return { text: `One of these is enough: ${listed(texts, 3)}.`, provenance: 'declared' };
}

/** Two selectors in one entry are one peer; in two entries they would be two. */
function togetherSaid({ podSelector, namespaceSelector }: PodsPeer): readonly Said[] {
  if (podSelector === undefined || namespaceSelector === undefined) return [];
  const namespaces =
    namespaceSelector.requirements.length === 0
      ? 'any namespace'
      : `namespaces ${selectorText(namespaceSelector)}`;
  const pods = podSelector.requirements.length === 0 ? 'every pod' : `pods ${selectorText(podSelector)}`;
  return [{ text: `Both selectors must match: ${pods} in ${namespaces}.`, provenance: 'declared' }];
}

function namespacesAnswer(cluster: Cluster, written: WrittenRule, peer: PodsPeer): HoverAnswer {
  const { namespaceSelector = everything } = peer;
  const names = namespacesOf(cluster, written.policy, namespaceSelector);
  if (names.length > 0) return peerAnswer(cluster, written, peer);
  return {
    answer: {
      text: `Selects no namespace: ${selectorText(namespaceSelector)} is on none.`,
      provenance: 'declared',
    },
    facts: valuesSaid(namespaceSelector, cluster.namespaces, 'namespaces'),
  };
}

function namespacesOf(
  cluster: Cluster,
  policy: NetworkPolicy,
  selector: LabelSelector | undefined,
): readonly string[] {
  if (selector === undefined) return [policy.namespace];
  return cluster.namespaces.filter(({ labels }) => matches(selector, labels)).map(({ name }) => name);
}

function namespacesText(names: readonly string[]): string {
  return names.length === 1
    ? `namespace ${names[0] ?? ''}`
    : `${count(names.length, 'namespace')} (${listed(names, 3)})`;
}

/** `The policy selects 3 pods; this rule admits from 2 of 14 pods on TCP 6379.` */
export function countsSaid(cluster: Cluster, { policy, direction, rule }: WrittenRule): Said {
  const selected = policiesOf(cluster).selectedBy(policy);
  const text = `The policy selects ${count(selected.length, 'pod')}; this rule ${ruleCounts(cluster, policy, direction, rule)}.`;
  return { text, provenance: provenanceOf(selected) };
}

/** `Ingress rule 1 lets them connect to shop/db-0 on TCP 5432.` */
function effectSaid(cluster: Cluster, { policy, direction, rule }: WrittenRule, whom: string): Said {
  const subjects = policiesOf(cluster).selectedBy(policy);
  const side = direction === 'ingress' ? 'Ingress' : 'Egress';
  const start = `${side} rule ${rule.index + 1}`;
  if (!policy.isolates[direction])
    return { text: `${start} does nothing: policyTypes leaves ${direction} out.`, provenance: 'declared' };
  const selected = subjects.length === 0 ? 'no pod, as the policy selects none' : podsText(subjects, 3);
  const ports = portsOfRuleText(rule.ports);
  const text =
    direction === 'ingress'
      ? `${start} lets ${whom} connect to ${selected} on ${ports}.`
      : `${start} lets ${selected} connect to ${whom} on ${ports}.`;
  return { text, provenance: provenanceOf(subjects) };
}
