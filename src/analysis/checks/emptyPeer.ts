// Answers: does a peer of a rule name nobody? A podSelector alone means the policy's own namespace, the most usual mistake; a
// namespaceSelector chooses by labels of the Namespace object, and every namespace has its name as one (rules E22 to E31).
// A namespace that the input does not show at all proves nothing: that is information, and for namespaces that every cluster has
// not even that.
import type { PolicyPeer, PolicyRule, Direction } from '../../model/policy';
import { matches, selectorText, type LabelSelector } from '../../model/selector';
import { onPodNetwork, type CheckContext } from './context';
import { finding, type AnyPolicy, type Check, type Finding } from './finding';
import { nearMiss } from './selectsNothing';
import { policyName, ruleName, rulesOf, some } from './words';

/** Namespaces that clusters have without anybody writing a manifest of them, and pods in them likewise. */
const always: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const nameLabel = 'kubernetes.io/metadata.name';
/** Kinds of pods that are looked through for one hint. */
const mostSearched = 5000;

type PodsPeer = PolicyPeer & { readonly kind: 'pods' };

export const emptyPeer: Check = {
  code: 'policy.empty-peer',
  severity: 'warning',
  title: 'Peer matches nothing',
  documentation:
    'An entry of `from` or `to` matches no pod, so it admits nobody. A `podSelector` alone means pods of the namespace of the policy; for pods of another namespace put a `namespaceSelector` into the same entry. A `namespaceSelector` compares labels of the Namespace object, not names: every namespace has the label `kubernetes.io/metadata.name` with its name. Where the manifests simply do not hold that namespace or its pods, the finding is information only.',
  source: 'networking/v1 NetworkPolicyPeer; rules E22 to E31',
  ofPolicy: emptyPeers,
  ofAdminPolicy: emptyPeers,
};

function emptyPeers(context: CheckContext, policy: AnyPolicy): readonly Finding[] {
  return rulesOf(policy).flatMap(({ direction, rule }) =>
    rule.peers.flatMap((peer) => {
      if (peer.kind === 'nodes') return emptyNodes(context, policy, direction, rule, peer);
      if (peer.kind !== 'pods' || onPodNetwork(context.peerMembers(policy, peer)).length > 0) return [];
      return emptyPods(context, policy, direction, rule, peer);
    }),
  );
}

function emptyPods(
  context: CheckContext,
  policy: AnyPolicy,
  direction: Direction,
  rule: PolicyRule,
  peer: PodsPeer,
): readonly Finding[] {
  const tell = (message: string, severity: Finding['severity'] = 'warning'): readonly Finding[] =>
    finding(
      emptyPeer,
      peer.at ?? rule.at,
      `${policyName(policy)}, ${ruleName(direction, rule)}: ${message}`,
      {
        severity,
      },
    );
  const hosts = context.peerMembers(policy, peer);
  if (hosts.length > 0)
    return tell(
      'this peer names only pods on the host network, which selectors do not match; an ipBlock with the addresses of their nodes does.',
    );
  const { namespaceSelector, podSelector } = peer;
  if (namespaceSelector === undefined) return emptyHere(context, policy.namespace, podSelector, tell);
  const chosen = context.namespacesBy(namespaceSelector);
  if (chosen.length === 0) return noNamespace(context, namespaceSelector, tell);
  const populated = chosen.filter((name) => context.membersIn(name).length > 0);
  if (populated.length === 0 || podSelector === undefined) return [];
  const surely = populated.filter((name) => !always.has(name));
  if (surely.length === 0 && !context.cluster.pods.some(isObservedSystemPod)) return [];
  const everywhere = namespaceSelector.requirements.length === 0;
  if (everywhere) {
    // Pods of the cluster's own namespaces, such as its DNS, are seldom among manifests.
    const systemPods = podSelector.requirements.some(({ key }) => key === 'k8s-app');
    const shown = [...always].some((name) => context.membersIn(name).length > 0);
    if ((systemPods && !shown) || !context.first(`anywhere ${selectorText(podSelector)}`)) return [];
    return tell(`no pod in any namespace matches ${selectorText(podSelector)}.`, 'information');
  }
  const where = chosen.length === 1 ? `namespace ${chosen[0] ?? ''}` : some(chosen);
  const near = nearMiss(context, podSelector, populated);
  return tell(`no pod in ${where} matches ${selectorText(podSelector)}.${near}`);
}

function isObservedSystemPod({ namespace, provenance }: { namespace: string; provenance: string }): boolean {
  return always.has(namespace) && provenance === 'observed';
}

type Tell = (message: string, severity?: Finding['severity']) => readonly Finding[];

function emptyHere(
  context: CheckContext,
  namespace: string,
  podSelector: LabelSelector | undefined,
  tell: Tell,
): readonly Finding[] {
  if (podSelector === undefined || context.membersIn(namespace).length === 0) return [];
  // Looked through for a hint only, so not in clusters where that would take long.
  const elsewhere =
    context.kinds > mostSearched
      ? []
      : context.namespaces.filter((other) =>
          context.membersIn(other).some(({ labels }) => matches(podSelector, labels)),
        );
  const hint =
    elsewhere.length === 0
      ? nearMiss(context, podSelector, [namespace])
      : ` Such pods are in ${some(elsewhere)}: a podSelector alone means the policy's own namespace.`;
  return tell(`no pod in namespace ${namespace} matches ${selectorText(podSelector)}.${hint}`);
}

function noNamespace(context: CheckContext, selector: LabelSelector, tell: Tell): readonly Finding[] {
  const names = selector.requirements.flatMap(({ key, operator, values }) =>
    key === nameLabel && operator === 'In' ? values : [],
  );
  if (names.length > 0) {
    const known = names.filter((name) => context.namespaces.includes(name));
    if (known.length === 0) {
      if (names.every((name) => always.has(name)) || !context.first(`namespace ${names.join()}`)) return [];
      const which = names.length === 1 ? `namespace ${names[0] ?? ''} is` : `namespaces ${some(names)} are`;
      return tell(`${which} not among these manifests.`, 'information');
    }
  }
  const byName = selector.requirements.find(
    ({ key, values }) => key === 'name' && values.some((value) => context.namespaces.includes(value)),
  );
  if (byName !== undefined)
    return tell(
      `no namespace has the label ${selectorText({ requirements: [byName] })}. Namespaces have their name as ${nameLabel}, not as name.`,
    );
  // Labels of a namespace that only its pods tell of are not known.
  const allKnown = context.namespaces.every((name) =>
    context.cluster.namespaces.some((each) => each.name === name && each.provenance !== 'inferred'),
  );
  if (!allKnown && !context.first(`namespace ${selectorText(selector)}`)) return [];
  return tell(
    `no namespace among these manifests has the labels ${selectorText(selector)}.`,
    allKnown ? 'warning' : 'information',
  );
}

function emptyNodes(
  context: CheckContext,
  policy: AnyPolicy,
  direction: Direction,
  rule: PolicyRule,
  peer: PolicyPeer & { readonly kind: 'nodes' },
): readonly Finding[] {
  const { nodes } = context.cluster;
  if (nodes.length === 0 || nodes.some(({ provenance }) => provenance === 'simulated')) return [];
  if (nodes.some(({ labels }) => matches(peer.selector, labels))) return [];
  const message = `${policyName(policy)}, ${ruleName(direction, rule)}: no node matches ${selectorText(peer.selector)}.`;
  return finding(emptyPeer, peer.at ?? rule.at, message);
}
