// Answers: as whom do policies see each peer of the connectivity list? By namespace, labels, addresses, named ports and whether it
// is on its node's network; everything else about a pod is nothing to a policy (rules E22-E36, E40, E54).
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod, type PodSpec } from '../model/pod';
import type { Labels } from '../model/selector';
import type { Location } from '../model/source';

/** One kind of pod of a peer: pods that no policy can tell apart are one. */
export interface SeenPod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly hostNetwork: boolean;
  readonly addresses: readonly Ip[];
  /** Labels of its node. */
  readonly nodeLabels: Labels;
  /** `http TCP 8080`, of app containers, in order. */
  readonly namedPorts: readonly string[];
}

/** A workload, or a bare pod, and what its pods look like to policies. */
export interface SeenPeer {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly pods: readonly SeenPod[];
  /** Addresses that were written or reported; simulated ones are no edit of anybody. */
  readonly knownAddresses: readonly string[];
  readonly at?: Location | undefined;
}

/** Id of the peer that stands for the pod at workload level. */
export function workloadId({ owner, namespace, name }: Pod): string {
  return owner === undefined ? `${keyOf({ namespace, name })}[Pod]` : `${keyOf(owner)}[${owner.kind}]`;
}

/** Workloads and bare pods by the id that they have in the list at workload level. */
export function seenPeers(cluster: Cluster): ReadonlyMap<string, SeenPeer> {
  const lookup = lookupOf(cluster);
  const podsById = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    if (!isLive(pod)) continue;
    const id = workloadId(pod);
    const pods = podsById.get(id);
    if (pods === undefined) podsById.set(id, [pod]);
    else pods.push(pod);
  }
  const peers = new Map<string, SeenPeer>();
  for (const workload of cluster.workloads) {
    if (workload.owner !== undefined) continue;
    const { kind, namespace, name, nameAt, at, template } = workload;
    const id = `${keyOf(workload)}[${kind}]`;
    const pods = podsById.get(id) ?? [];
    const unmade = seen(cluster, { namespace, labels: template.labels, spec: template.spec });
    peers.set(id, {
      ...{ kind, namespace, name },
      pods: pods.length === 0 ? [unmade] : distinct(pods.map((pod) => seen(cluster, pod))),
      knownAddresses: knownAddresses(pods),
      at: nameAt ?? at,
    });
  }
  for (const [id, pods] of podsById) {
    const [first] = pods;
    if (first === undefined || peers.has(id)) continue;
    const { kind, namespace, name } = first.owner ?? first;
    const owner = lookup.workload(kind, keyOf({ namespace, name }));
    const object = owner ?? first;
    peers.set(id, {
      ...{ kind, namespace, name },
      pods: distinct(pods.map((pod) => seen(cluster, pod))),
      knownAddresses: knownAddresses(pods),
      at: object.nameAt ?? object.at,
    });
  }
  return peers;
}

export function seen(
  cluster: Cluster,
  pod: Pick<Pod, 'namespace' | 'labels' | 'spec'> & Partial<Pick<Pod, 'addresses' | 'node'>>,
): SeenPod {
  const lookup = lookupOf(cluster);
  return {
    namespace: pod.namespace,
    namespaceLabels: {
      ...lookup.namespace(pod.namespace)?.labels,
      'kubernetes.io/metadata.name': pod.namespace,
    },
    labels: pod.labels,
    hostNetwork: pod.spec.hostNetwork,
    addresses: (pod.addresses ?? []).map(({ value }) => value),
    nodeLabels: (pod.node === undefined ? undefined : lookup.node(pod.node.value)?.labels) ?? {},
    namedPorts: namedPorts(pod.spec),
  };
}

function namedPorts({ containers }: PodSpec): readonly string[] {
  return containers.flatMap(({ role, ports }) =>
    role === 'app'
      ? ports.flatMap(({ name, protocol, containerPort }) =>
          name === undefined ? [] : [`${name} ${protocol} ${containerPort}`],
        )
      : [],
  );
}

function knownAddresses(pods: readonly Pod[]): readonly string[] {
  return pods
    .flatMap(({ addresses }) => addresses.filter(({ provenance }) => provenance !== 'simulated'))
    .map(({ value }) => value.text)
    .sort();
}

/** Pods that differ by their addresses alone stand together, with the addresses of all. */
function distinct(pods: readonly SeenPod[]): readonly SeenPod[] {
  const kinds = new Map<string, SeenPod & { addresses: Ip[] }>();
  for (const pod of pods) {
    const key = JSON.stringify([
      Object.entries(pod.labels).sort(),
      pod.hostNetwork,
      pod.hostNetwork ? pod.nodeLabels : null,
      pod.namedPorts,
    ]);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { ...pod, addresses: [...pod.addresses] });
    else known.addresses.push(...pod.addresses);
  }
  return [...kinds.values()];
}
