// Answers: as whom do policies see each peer of the connectivity list? By namespace, labels, addresses, named ports and whether it
// is on its node's network; everything else about a pod is nothing to a policy (rules E22-E36, E40, E54).
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod, PodSpec } from '../model/pod';
import type { Labels } from '../model/selector';
import type { Location } from '../model/source';
import type { End } from './parties';

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

/** @param end of the cluster, at workload level. */
export function seenPeer(cluster: Cluster, end: End): SeenPeer | undefined {
  const { judged, pods, workload } = end;
  const [first] = judged;
  if (first === undefined) return undefined;
  const { kind, namespace, name } = workload ?? first.owner ?? first;
  const object = workload ?? first;
  return {
    ...{ kind, namespace, name },
    pods: seenPods(cluster, judged),
    knownAddresses: knownAddresses(pods),
    at: object.nameAt ?? object.at,
  };
}

/** Whether policies see the same in both clusters without a look at the pods: they are the very same. */
export function isSameEnd(before: End, after: End): boolean {
  return (
    before.pods.length === after.pods.length &&
    before.pods.every((pod, position) => pod === after.pods[position]) &&
    (before.pods.length > 0 || before.workload?.template === after.workload?.template)
  );
}

function seen(cluster: Cluster, pod: Pod): SeenPod {
  const lookup = lookupOf(cluster);
  return {
    namespace: pod.namespace,
    namespaceLabels: lookup.namespaceLabels(pod.namespace),
    labels: pod.labels,
    hostNetwork: pod.spec.hostNetwork,
    addresses: pod.addresses.map(({ value }) => value),
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
export function seenPods(cluster: Cluster, pods: readonly Pod[]): readonly SeenPod[] {
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
