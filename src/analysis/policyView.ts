// Answers: as whom do policies see each peer of the connectivity list? By namespace, labels, addresses, named ports and whether it
// is on its node's network; everything else about a pod is nothing to a policy (rules E22-E36, E40, E54).
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod, type PodSpec } from '../model/pod';
import type { Labels } from '../model/selector';
import type { Location } from '../model/source';
import { finish } from '../model/steps';
import { workloadId } from './parties';

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

interface View {
  readonly cluster: Cluster;
  readonly peers: ReadonlyMap<string, SeenPeer>;
}

/** By the list of pods: a cluster that differs in its policies alone is seen alike. */
const views = new WeakMap<readonly Pod[], View>();

function known(cluster: Cluster): ReadonlyMap<string, SeenPeer> | undefined {
  const view = views.get(cluster.pods);
  const { namespaces, workloads, nodes } = view?.cluster ?? {};
  return namespaces === cluster.namespaces && workloads === cluster.workloads && nodes === cluster.nodes
    ? view?.peers
    : undefined;
}

/** Workloads and bare pods by the id that they have in the list at workload level; made once. */
export function seenPeers(cluster: Cluster): ReadonlyMap<string, SeenPeer> {
  return finish(seenPeersInSteps(cluster));
}

/** Workloads between two turns for others. */
const between = 200;

/** The same with turns for others. */
export function* seenPeersInSteps(
  cluster: Cluster,
): Generator<undefined, ReadonlyMap<string, SeenPeer>, void> {
  const before = known(cluster);
  if (before !== undefined) return before;
  const peers = yield* makePeers(cluster);
  views.set(cluster.pods, { cluster, peers });
  return peers;
}

function* makePeers(cluster: Cluster): Generator<undefined, ReadonlyMap<string, SeenPeer>, void> {
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
    if (peers.size % between === 0) yield undefined;
    const { kind, namespace, name, nameAt, at, template } = workload;
    const id = `${keyOf(workload)}[${kind}]`;
    const pods = podsById.get(id) ?? [];
    const unmade = { namespace, labels: template.labels, spec: template.spec };
    peers.set(id, {
      ...{ kind, namespace, name },
      pods: pods.length === 0 ? [seen(cluster, unmade)] : distinct(cluster, pods),
      knownAddresses: knownAddresses(pods),
      at: nameAt ?? at,
    });
  }
  for (const [id, pods] of podsById) {
    const [first] = pods;
    if (first === undefined || peers.has(id)) continue;
    if (peers.size % between === 0) yield undefined;
    const { kind, namespace, name } = first.owner ?? first;
    const owner = lookup.workload(kind, keyOf({ namespace, name }));
    const object = owner ?? first;
    peers.set(id, {
      ...{ kind, namespace, name },
      pods: distinct(cluster, pods),
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
    namespaceLabels: lookup.namespaceLabels(pod.namespace),
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
function distinct(cluster: Cluster, pods: readonly Pod[]): readonly SeenPod[] {
  const kinds = new Map<string, SeenPod & { addresses: Ip[] }>();
  let last: { readonly pod: Pod; readonly kind: SeenPod & { addresses: Ip[] } } | undefined;
  for (const pod of pods) {
    const addresses = pod.addresses.map(({ value }) => value);
    const { labels, spec } = pod;
    // Pods of one template share its values, so that most are known without a look at them.
    if (last?.pod.labels === labels && last.pod.spec === spec && !spec.hostNetwork) {
      last.kind.addresses.push(...addresses);
      continue;
    }
    const nodeLabels = spec.hostNetwork ? seen(cluster, pod).nodeLabels : null;
    const key = JSON.stringify([
      Object.entries(labels).sort(),
      spec.hostNetwork,
      nodeLabels,
      namedPorts(spec),
    ]);
    const kind = kinds.get(key) ?? { ...seen(cluster, pod), addresses: [] };
    kind.addresses.push(...addresses);
    kinds.set(key, kind);
    last = { pod, kind };
  }
  return [...kinds.values()];
}
