// Answers: which object has this name, and who owns this address? Tables over one cluster value, built once per value
// and kept with it. Only live pods own addresses: a finished pod's address may already belong to another (rule E57).
import type { Cidr, Ip } from './address';
import { bitsOf, cidr, contains } from './address';
import type { Cluster } from './cluster';
import type { Namespace, Node } from './node';
import type { ObjectKey } from './objects';
import { keyOf } from './objects';
import type { Pod, Workload } from './pod';
import { isLive } from './pod';
import type { Labels } from './selector';
import type { EndpointSlice, Service } from './service';
import type { Fact } from './source';

/** Who has an address. hostNetwork pods share their node's, so they are found through the node. */
export type AddressOwner =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'service'; readonly service: Service };

/** The range an address lies in, when nobody owns the address itself. */
export type AddressRange =
  | { readonly kind: 'node-pod-cidr'; readonly node: Node; readonly cidr: Fact<Cidr> }
  | { readonly kind: 'pod-cidr'; readonly cidr: Fact<Cidr> }
  | { readonly kind: 'service-cidr'; readonly cidr: Fact<Cidr> };

export interface ClusterLookup {
  pod(key: ObjectKey): Pod | undefined;
  node(name: string): Node | undefined;
  namespace(name: string): Namespace | undefined;
  /** Of any namespace, also one that nothing tells of: the control plane labels each with its name (rule E28). */
  namespaceLabels(name: string): Labels;
  service(key: ObjectKey): Service | undefined;
  workload(kind: string, key: ObjectKey): Workload | undefined;
  /** Pods scheduled to the node, in order. */
  podsOn(node: string): readonly Pod[];
  podsIn(namespace: string): readonly Pod[];
  /** Pods whose top owner is this object. */
  podsOf(kind: string, key: ObjectKey): readonly Pod[];
  slicesOf(service: ObjectKey): readonly EndpointSlice[];
  /** All owners of an address, most specific first: more than one is a conflict worth showing. */
  owners(ip: Ip): readonly AddressOwner[];
  /** The most specific range the address lies in. */
  rangeOf(ip: Ip): AddressRange | undefined;
}

const lookups = new WeakMap<Cluster, ClusterLookup>();

/** The lookup of this cluster value; building it is linear in the number of objects. */
export function lookupOf(cluster: Cluster): ClusterLookup {
  const known = lookups.get(cluster);
  if (known !== undefined) return known;
  const made = buildLookup(cluster);
  lookups.set(cluster, made);
  return made;
}

function buildLookup(cluster: Cluster): ClusterLookup {
  const pods = new Map(cluster.pods.map((pod) => [keyOf(pod), pod]));
  const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
  const namespaces = new Map(cluster.namespaces.map((namespace) => [namespace.name, namespace]));
  const namespaceLabels = new Map<string, Labels>();
  const services = new Map(cluster.services.map((service) => [keyOf(service), service]));
  const workloads = new Map(
    cluster.workloads.map((workload) => [`${workload.kind} ${keyOf(workload)}`, workload]),
  );
  const podsByNode = groupBy(cluster.pods, (pod) => pod.node?.value);
  const podsByNamespace = groupBy(cluster.pods, (pod) => pod.namespace);
  const podsByOwner = groupBy(cluster.pods, (pod) => pod.owner && `${pod.owner.kind} ${keyOf(pod.owner)}`);
  const slicesByService = groupBy(cluster.slices, (slice) => slice.service);
  const owners = ownersByAddress(cluster);
  const nodeRange = nodeRanges(cluster);
  return {
    pod: (key) => pods.get(key),
    node: (name) => nodes.get(name),
    namespace: (name) => namespaces.get(name),
    namespaceLabels: (name) => {
      const known = namespaceLabels.get(name);
      if (known !== undefined) return known;
      const made = { ...namespaces.get(name)?.labels, 'kubernetes.io/metadata.name': name };
      namespaceLabels.set(name, made);
      return made;
    },
    service: (key) => services.get(key),
    workload: (kind, key) => workloads.get(`${kind} ${key}`),
    podsOn: (node) => podsByNode.get(node) ?? [],
    podsIn: (namespace) => podsByNamespace.get(namespace) ?? [],
    podsOf: (kind, key) => podsByOwner.get(`${kind} ${key}`) ?? [],
    slicesOf: (service) => slicesByService.get(service) ?? [],
    owners: (ip) => owners.get(ip.text) ?? [],
    rangeOf: (ip) => nodeRange(ip) ?? clusterRange(cluster, ip),
  };
}

function ownersByAddress(cluster: Cluster): ReadonlyMap<string, readonly AddressOwner[]> {
  const owners = new Map<string, AddressOwner[]>();
  const add = (ip: Ip, owner: AddressOwner): void => {
    const list = owners.get(ip.text);
    if (list === undefined) owners.set(ip.text, [owner]);
    else list.push(owner);
  };
  for (const pod of cluster.pods) {
    if (!isLive(pod) || pod.spec.hostNetwork) continue;
    for (const address of pod.addresses) add(address.value, { kind: 'pod', pod });
  }
  for (const node of cluster.nodes) {
    for (const address of [...node.addresses, ...node.externalAddresses])
      add(address.value, { kind: 'node', node });
  }
  for (const service of cluster.services) {
    for (const address of service.clusterIps) add(address.value, { kind: 'service', service });
    for (const address of service.externalIps) add(address, { kind: 'service', service });
    for (const address of service.loadBalancerIps) add(address.value, { kind: 'service', service });
  }
  return owners;
}

/** Finds the node whose pod range holds an address: one table look-up per prefix length in use, longest first. */
function nodeRanges(cluster: Cluster): (ip: Ip) => AddressRange | undefined {
  const byText = new Map<string, AddressRange>();
  const prefixes = new Set<number>();
  for (const node of cluster.nodes) {
    for (const range of node.podCidrs) {
      if (!byText.has(range.value.text))
        byText.set(range.value.text, { kind: 'node-pod-cidr', node, cidr: range });
      prefixes.add(range.value.prefix);
    }
  }
  const longestFirst = [...prefixes].sort((a, b) => b - a);
  return (ip) => {
    for (const prefix of longestFirst) {
      const range = prefix > bitsOf(ip.family) ? undefined : byText.get(cidr(ip, prefix).text);
      if (range !== undefined) return range;
    }
    return undefined;
  };
}

function clusterRange(cluster: Cluster, ip: Ip): AddressRange | undefined {
  const podCidr = cluster.network.podCidrs.find((range) => contains(range.value, ip));
  if (podCidr !== undefined) return { kind: 'pod-cidr', cidr: podCidr };
  const serviceCidr = cluster.network.serviceCidrs.find((range) => contains(range.value, ip));
  return serviceCidr === undefined ? undefined : { kind: 'service-cidr', cidr: serviceCidr };
}

function groupBy<T>(
  items: readonly T[],
  keyOfItem: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
