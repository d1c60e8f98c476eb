// Answers: as whom do policies see each peer of the connectivity list? By namespace, labels, addresses, named ports and whether it
// is on its node's network; everything else about a pod is nothing to a policy (rules E22-E36, E40, E54).
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { namespaceLabelsOf } from '../model/namespaceLabels';
import type { Pod, PodSpec } from '../model/pod';
import type { Labels } from '../model/selector';
import type { Location } from '../model/source';
import type { End } from './parties';

/** Pods of a peer that look alike to policies. */
export interface SeenPod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly hostNetwork: boolean;
  readonly addresses: readonly Ip[];
  /** Labels of its node; looked at of pods on its network alone. */
  readonly nodeLabels: Labels;
}

/** A workload, or a bare pod, and what its pods look like to policies. */
export interface SeenPeer {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly pods: readonly SeenPod[];
  /** `http TCP 8080`, of app containers, in order. */
  readonly namedPorts: readonly string[];
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
    namedPorts: [...new Set(judged.map(({ spec }) => spec))].flatMap(namedPorts),
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

function seen(cluster: Cluster, { namespace, labels, spec, node }: Pod): Omit<SeenPod, 'addresses'> {
  const onNode = spec.hostNetwork && node !== undefined ? lookupOf(cluster).node(node.value) : undefined;
  return {
    namespace,
    namespaceLabels: namespaceLabelsOf(cluster.namespaces)(namespace),
    labels,
    hostNetwork: spec.hostNetwork,
    nodeLabels: onNode?.labels ?? noLabels,
  };
}

const noLabels: Labels = {};

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

/** Pods that stand side by side and differ by their addresses alone are one, with the addresses of all. */
export function seenPods(cluster: Cluster, pods: readonly Pod[]): readonly SeenPod[] {
  const kinds: SeenPod[] = [];
  let [last, addresses]: [Pod | undefined, Ip[]] = [undefined, []];
  for (const pod of pods) {
    if (last === undefined || !looksLike(pod, last)) {
      addresses = [];
      kinds.push({ ...seen(cluster, pod), addresses });
    }
    for (const { value } of pod.addresses) addresses.push(value);
    last = pod;
  }
  return kinds;
}

/** Pods of one template share its spec, and mostly its labels, so that most are known without a look at them. */
function looksLike(pod: Pod, other: Pod): boolean {
  if (pod.spec !== other.spec || pod.spec.hostNetwork) return false;
  if (pod.labels === other.labels) return true;
  const keys = Object.keys(pod.labels);
  return (
    keys.length === Object.keys(other.labels).length &&
    keys.every((key) => pod.labels[key] === other.labels[key])
  );
}
