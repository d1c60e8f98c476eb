// Answers: which pods does a policy select, and which does a peer of its rules name? In a small namespace its pods are asked; else it is
// read backwards from the cohorts, once for all policies, so that asking for each policy of a large cluster costs its pods and not
// all pods.
import type { Cluster } from '../model/cluster';
import { append } from '../model/inserted';
import { isOnPodNetwork, type Pod } from '../model/pod';
import type { PolicyPeer } from '../model/policy';
import { contains } from '../model/address';
import { lookupOf } from '../model/lookup';
import { finish } from '../model/steps';
import { tableOf } from '../model/tables';
import { chooses, peerSelection, type Selection } from './selectionIndex';
import type { Policy } from './compile';
import type { PolicyEngine } from './engine';

export interface SelectedPods {
  /** Live pods, by namespace and name; hostNetwork pods left out. */
  by(policy: Policy): readonly Pod[];
  named(policy: Policy, peer: PolicyPeer): readonly Pod[];
}

const made = new WeakMap<PolicyEngine, Tables>();

/** Makes what `selectedPods` needs to know of all policies, in steps; nothing is to do when it is there already. */
export function* selectionInSteps(
  cluster: Cluster,
  engine: PolicyEngine,
): Generator<undefined, undefined, void> {
  yield* tablesOf(cluster, engine);
}

function* tablesOf(cluster: Cluster, engine: PolicyEngine): Generator<undefined, Tables, void> {
  const known = made.get(engine);
  if (known !== undefined) return known;
  const tables = yield* selectionTables(cluster, engine);
  made.set(engine, tables);
  return tables;
}

/** Selected pods read backwards from the cohorts, by cohort. */
interface Tables {
  readonly podsOf: ReadonlyMap<number, readonly Pod[]>;
  readonly byPolicy: ReadonlyMap<Policy, readonly number[]>;
  readonly byTerm: ReadonlyMap<number, readonly number[]>;
}

/** Pods or cohorts that are looked at before others get their turn. */
const atOnce = 250;

function* selectionTables(cluster: Cluster, engine: PolicyEngine): Generator<undefined, Tables, void> {
  const podsOf = new Map<number, Pod[]>();
  for (const [at, pod] of cluster.pods.entries()) {
    if (at % atOnce === atOnce - 1) yield;
    if (!isOnPodNetwork(pod)) continue;
    const { id } = engine.cohortOf(pod);
    append(podsOf, id, pod);
  }
  const byPolicy = new Map<Policy, number[]>();
  const byTerm = new Map<number, number[]>();
  let count = 0;
  for (const [id, [pod]] of podsOf) {
    if (++count % atOnce === 0) yield;
    if (pod === undefined) continue;
    const cohort = engine.cohortOf(pod);
    const { admin, network, baseline } = engine.policiesOf(cohort);
    for (const policy of [...admin, ...network, ...baseline]) append(byPolicy, policy, id);
    for (const term of engine.termsNaming(cohort)) append(byTerm, term, id);
  }
  return { podsOf, byPolicy, byTerm };
}

/** In so small a namespace its pods are asked themselves: no table of the whole cluster is needed for that. */
const smallNamespace = 500;

/** Whether `selectedPods` answers whom the policies select without the tables of the whole cluster. */
export function selectsInSmallNamespaces(cluster: Cluster, policies: readonly Policy[]): boolean {
  return policies.every((policy) =>
    isSmall(cluster, policy.kind === 'NetworkPolicy' ? policy.namespace : undefined),
  );
}

function isSmall(cluster: Cluster, namespace: string | undefined): boolean {
  return namespace !== undefined && lookupOf(cluster).podsIn(namespace).length <= smallNamespace;
}

const positionsOf = tableOf(
  (pods: readonly Pod[]): ReadonlyMap<Pod, number> => new Map(pods.map((pod, at) => [pod, at])),
);

export function selectedPods(cluster: Cluster, engine: PolicyEngine): SelectedPods {
  const tables = (): Tables => finish(tablesOf(cluster, engine));
  const pods = (cohorts: readonly number[] = []): readonly Pod[] => {
    const { podsOf } = tables();
    const found = cohorts.flatMap((id) => podsOf.get(id) ?? []);
    if (cohorts.length < 2) return found;
    const position = positionsOf(cluster.pods);
    return found.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  };
  const known = new Set<Policy>([...cluster.policies, ...cluster.adminPolicies]);
  const lookup = lookupOf(cluster);

  /** For policies that are written otherwise than in the cluster: an editor's text is ahead of it. */
  function chosenBy(selection: Selection): readonly Pod[] {
    const { namespace } = selection;
    const among = namespace === undefined ? cluster.pods : lookup.podsIn(namespace);
    return among.filter(
      (pod) =>
        isOnPodNetwork(pod) &&
        chooses(selection, {
          namespace: pod.namespace,
          namespaceLabels: lookup.namespaceLabels(pod.namespace),
          labels: pod.labels,
        }),
    );
  }

  function withAddressIn({ cidr, except }: PolicyPeer & { readonly kind: 'ipBlock' }): readonly Pod[] {
    return cluster.pods.filter(
      (pod) =>
        isOnPodNetwork(pod) &&
        pod.addresses.some(
          ({ value }) => contains(cidr, value) && !except.some((each) => contains(each, value)),
        ),
    );
  }

  return {
    by: (policy) => {
      const selection: Selection = policy.kind === 'NetworkPolicy' ? policy : policy.subject;
      return known.has(policy) && !isSmall(cluster, selection.namespace)
        ? pods(tables().byPolicy.get(policy))
        : chosenBy(selection);
    },
    named: (policy, peer) => {
      const selection: Selection | undefined =
        peer.kind === 'pods' ? peerSelection(peer, policy.namespace) : undefined;
      if (selection !== undefined && isSmall(cluster, selection.namespace)) return chosenBy(selection);
      const term = engine.termOf(policy, peer);
      if (term !== undefined) return pods(tables().byTerm.get(term));
      if (peer.kind === 'ipBlock') return withAddressIn(peer);
      return selection === undefined ? [] : chosenBy(selection);
    },
  };
}
