// Answers: which pods does a policy select, and which does a peer of its rules name? Read backwards from the cohorts, once for all
// policies, so that asking for each policy of a large cluster costs its pods and not all pods.
import type { Cluster } from '../model/cluster';
import { isLive, type Pod } from '../model/pod';
import type { PolicyPeer } from '../model/policy';
import { contains } from '../model/address';
import { lookupOf } from '../model/lookup';
import { matches } from '../model/selector';
import type { Selection } from './selectionIndex';
import type { Policy } from './compile';
import type { PolicyEngine } from './engine';

export interface SelectedPods {
  /** Live pods, by namespace and name; hostNetwork pods left out. */
  by(policy: Policy): readonly Pod[];
  named(policy: Policy, peer: PolicyPeer): readonly Pod[];
}

export function selectedPods(cluster: Cluster, engine: PolicyEngine): SelectedPods {
  const position = new Map<Pod, number>();
  const podsOf = new Map<number, Pod[]>();
  cluster.pods.forEach((pod, at) => {
    if (!isLive(pod) || pod.spec.hostNetwork) return;
    position.set(pod, at);
    const { id } = engine.cohortOf(pod);
    const pods = podsOf.get(id);
    if (pods === undefined) podsOf.set(id, [pod]);
    else pods.push(pod);
  });
  const byPolicy = new Map<Policy, number[]>();
  const byTerm = new Map<number, number[]>();
  for (const [id, [pod]] of podsOf) {
    if (pod === undefined) continue;
    const cohort = engine.cohortOf(pod);
    const { admin, network, baseline } = engine.policiesOf(cohort);
    for (const policy of [...admin, ...network, ...baseline]) push(byPolicy, policy, id);
    for (const term of engine.termsNaming(cohort)) push(byTerm, term, id);
  }
  const pods = (cohorts: readonly number[] = []): readonly Pod[] => {
    const found = cohorts.flatMap((id) => podsOf.get(id) ?? []);
    return cohorts.length < 2 ? found : found.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  };
  const known = new Set<Policy>([...cluster.policies, ...cluster.adminPolicies]);
  const lookup = lookupOf(cluster);

  /** For policies that are written otherwise than in the cluster: an editor's text is ahead of it. */
  function chosenBy({ namespace, namespaceSelector, podSelector }: Selection): readonly Pod[] {
    const among = namespace === undefined ? cluster.pods : lookup.podsIn(namespace);
    return among.filter(
      (pod) =>
        position.has(pod) &&
        (podSelector === undefined || matches(podSelector, pod.labels)) &&
        (namespaceSelector === undefined ||
          matches(namespaceSelector, lookup.namespaceLabels(pod.namespace))),
    );
  }

  function withAddressIn({ cidr, except }: PolicyPeer & { readonly kind: 'ipBlock' }): readonly Pod[] {
    return cluster.pods.filter(
      (pod) =>
        position.has(pod) &&
        pod.addresses.some(
          ({ value }) => contains(cidr, value) && !except.some((each) => contains(each, value)),
        ),
    );
  }

  return {
    by: (policy) => {
      if (known.has(policy)) return pods(byPolicy.get(policy));
      return chosenBy(policy.kind === 'NetworkPolicy' ? policy : policy.subject);
    },
    named: (policy, peer) => {
      const term = engine.termOf(policy, peer);
      if (term !== undefined) return pods(byTerm.get(term));
      if (peer.kind === 'ipBlock') return withAddressIn(peer);
      if (peer.kind !== 'pods') return [];
      const { podSelector, namespaceSelector } = peer;
      return chosenBy({
        namespace: namespaceSelector === undefined ? policy.namespace : undefined,
        namespaceSelector,
        podSelector,
      });
    },
  };
}

function push<K>(lists: Map<K, number[]>, key: K, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
