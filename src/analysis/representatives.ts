// Answers: which pods could still come that policies tell from others? For each peer that rules select by labels, one invented pod
// that it names, and one that its exclusions leave out, in namespaces that the cluster need not have; and a pod that has nothing
// but a namespace. What a policy permits to them it permits to pods that do not exist yet (after netpol-analyzer's exposure).
import type { Cluster } from '../model/cluster';
import type { Namespace } from '../model/node';
import type { Pod } from '../model/pod';
import type { PolicyPeer } from '../model/policy';
import { matches, type LabelSelector, type Labels, type Requirement } from '../model/selector';

export type PodPeer = Extract<PolicyPeer, { readonly kind: 'pods' }>;

export interface Representatives {
  /** Nodes, policies and namespaces of the cluster, with those that the invented pods are in. Of its pods one for each family. */
  readonly cluster: Cluster;
  /** Without labels, in a namespace that is new. */
  readonly blank: Pod;
  /** A pod that the peer of a policy in `namespace` names; undefined: no pod can be that. */
  readonly named: (peer: PodPeer) => Pod | undefined;
  /** A pod that only the exclusions of the peer keep out; undefined: it has none. */
  readonly excluded: (peer: PodPeer) => Pod | undefined;
}

const nameLabel = 'kubernetes.io/metadata.name';

export function representativesOf(cluster: Cluster): Representatives {
  const namespaces = new Map(cluster.namespaces.map((each) => [each.name, each]));
  const made: Namespace[] = [];
  const byLabels = new Map<string, string | undefined>();

  /** A namespace with these labels: one that the cluster has by name, or a new one. */
  function namespaceWith(labels: Labels, selector: LabelSelector | undefined): string | undefined {
    const named = labels[nameLabel];
    const there = named === undefined ? undefined : namespaces.get(named);
    if (there !== undefined)
      return selector === undefined || matches(selector, withName(there)) ? there.name : undefined;
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = byLabels.get(key);
    if (known !== undefined) return known;
    const name = named ?? `not-there-yet-${made.length}`;
    const namespace: Namespace = { kind: 'Namespace', name, labels, provenance: 'simulated' };
    made.push(namespace);
    byLabels.set(key, name);
    return name;
  }

  const pods = new Map<string, Pod>();
  function podIn(namespace: string | undefined, labels: Labels | undefined): Pod | undefined {
    if (namespace === undefined || labels === undefined) return undefined;
    const key = JSON.stringify([namespace, Object.entries(labels).sort()]);
    const known = pods.get(key) ?? invented(namespace, labels);
    pods.set(key, known);
    return known;
  }

  const peers = [...cluster.policies, ...cluster.adminPolicies].flatMap(({ namespace, ingress, egress }) =>
    [...ingress, ...egress].flatMap((rule) =>
      rule.peers.flatMap((peer) => (peer.kind === 'pods' ? [{ peer, namespace }] : [])),
    ),
  );
  const blank = invented(namespaceWith({}, undefined) ?? '', {});
  const named = new Map<PodPeer, Pod | undefined>();
  const excluded = new Map<PodPeer, Pod | undefined>();
  for (const { peer, namespace } of peers) {
    const { namespaceSelector, podSelector } = peer;
    const where = namespaceSelector && meeting(namespaceSelector);
    const into = (labels: Labels | undefined): string | undefined =>
      namespaceSelector === undefined ? namespace : labels && namespaceWith(labels, namespaceSelector);
    named.set(peer, podIn(into(where), podSelector === undefined ? {} : meeting(podSelector)));
    const [outNamespace, outPod] = [breaking(namespaceSelector), breaking(podSelector)];
    if (outNamespace !== undefined || outPod !== undefined) {
      const there = outNamespace === undefined ? into(where) : namespaceWith(outNamespace, undefined);
      excluded.set(peer, podIn(there, outPod ?? {}));
    }
  }
  return {
    cluster: {
      ...cluster,
      namespaces: [...cluster.namespaces, ...made],
      pods: onePerFamily(cluster),
      services: [],
      slices: [],
    },
    blank,
    named: (peer) => named.get(peer),
    excluded: (peer) => excluded.get(peer),
  };
}

/** Enough to tell which families of addresses are in use, and no more to look through. */
function onePerFamily({ pods }: Cluster): readonly Pod[] {
  const found = new Map<number, Pod>();
  for (const pod of pods) {
    for (const { value } of pod.addresses) if (!found.has(value.family)) found.set(value.family, pod);
    if (found.size === 2) break;
  }
  return [...found.values()];
}

function withName({ name, labels }: Namespace): Labels {
  return { ...labels, [nameLabel]: name };
}

/** The fewest labels that the selector matches; undefined: nothing can match it. */
function meeting(selector: LabelSelector): Labels | undefined {
  const labels: Record<string, string> = {};
  const byKey = new Map<string, Requirement[]>();
  for (const each of selector.requirements) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
  for (const [key, requirements] of byKey) {
    if (!requirements.some(({ operator }) => operator === 'In' || operator === 'Exists')) continue;
    const allowed =
      requirements.find(({ operator }) => operator === 'In')?.values ?? candidates(requirements);
    const value = allowed.find((each) => matches({ requirements }, { [key]: each }));
    if (value === undefined) return undefined;
    labels[key] = value;
  }
  return matches(selector, labels) ? labels : undefined;
}

/** Values of which at least one is in no list of NotIn. */
function candidates(requirements: readonly Requirement[]): readonly string[] {
  const excluded = requirements.flatMap(({ values }) => values).length;
  return Array.from({ length: excluded + 1 }, (_, index) => `any-${index}`);
}

/** Labels that the exclusions of the selector keep out; undefined: it excludes nothing. */
function breaking(selector: LabelSelector | undefined): Labels | undefined {
  const excluding = (selector?.requirements ?? []).filter(
    ({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist',
  );
  if (excluding.length === 0) return undefined;
  return Object.fromEntries(excluding.map(({ key, values }) => [key, values[0] ?? 'any-0']));
}

function invented(namespace: string, labels: Labels): Pod {
  return {
    kind: 'Pod',
    namespace,
    name: 'not-there-yet',
    labels,
    provenance: 'simulated',
    spec: {
      containers: [],
      nodeSelector: {},
      tolerations: [],
      hostNetwork: false,
      hostPid: false,
      hostIpc: false,
      shareProcessNamespace: false,
      switchesAt: {},
    },
    addresses: [],
    hostAddresses: [],
    phase: { value: 'Pending', provenance: 'simulated' },
    ready: { value: false, provenance: 'simulated' },
    terminating: false,
    containerStatuses: [],
  };
}
