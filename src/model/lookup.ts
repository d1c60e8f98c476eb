// Answers: which object has this name, and who owns this address? Tables over the lists of a cluster, each built when it is
// first asked for and kept with its list: an edit of a policy leaves the tables of pods as they are. Only live pods own
// addresses: a finished pod's address may already belong to another (rule E57).
import type { Cidr, Ip } from './address';
import { bitsOf, cidr, contains } from './address';
import type { Cluster } from './cluster';
import { append } from './inserted';
import { namespaceLabelsOf } from './namespaceLabels';
import type { Namespace, Node } from './node';
import type { ObjectKey } from './objects';
import { keyOf } from './objects';
import type { Pod, Workload } from './pod';
import { isLive } from './pod';
import type { Labels } from './selector';
import type { EndpointSlice, Service } from './service';
import type { Fact } from './source';
import { tableOf } from './tables';

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

/** The lookup of this cluster value. Each table is made when first asked for, linear in its list. */
export const lookupOf = tableOf((cluster: Cluster): ClusterLookup => {
  const { nodes, namespaces, workloads, pods, services, slices } = cluster;
  return {
    pod: (key) => podTable(pods).get(key),
    node: (name) => nodeTable(nodes).get(name),
    namespace: (name) => namespaceTable(namespaces).get(name),
    namespaceLabels: (name) => namespaceLabelsOf(namespaces)(name),
    service: (key) => serviceTable(services).get(key),
    workload: (kind, key) => workloadTable(workloads).get(`${kind} ${key}`),
    podsOn: (node) => podsByNode(pods).get(node) ?? [],
    podsIn: (namespace) => podsByNamespace(pods).get(namespace) ?? [],
    podsOf: (kind, key) => podsByOwner(pods).get(`${kind} ${key}`) ?? [],
    slicesOf: (service) => slicesByService(slices).get(service) ?? [],
    owners: ({ text }) =>
      joined(podOwners(pods).get(text), nodeOwners(nodes).get(text), serviceOwners(services).get(text)),
    rangeOf: (ip) => nodeRanges(nodes)(ip) ?? clusterRange(cluster, ip),
  };
});

const podTable = tableOf((pods: readonly Pod[]) => new Map(pods.map((pod) => [keyOf(pod), pod])));
const nodeTable = tableOf((nodes: readonly Node[]) => new Map(nodes.map((node) => [node.name, node])));
const namespaceTable = tableOf(
  (namespaces: readonly Namespace[]) => new Map(namespaces.map((namespace) => [namespace.name, namespace])),
);
const serviceTable = tableOf(
  (services: readonly Service[]) => new Map(services.map((service) => [keyOf(service), service])),
);
const workloadTable = tableOf(
  (workloads: readonly Workload[]) =>
    new Map(workloads.map((workload) => [`${workload.kind} ${keyOf(workload)}`, workload])),
);
const podsByNode = tableOf((pods: readonly Pod[]) => groupBy(pods, (pod) => pod.node?.value));
const podsByNamespace = tableOf((pods: readonly Pod[]) => groupBy(pods, (pod) => pod.namespace));
const podsByOwner = tableOf((pods: readonly Pod[]) =>
  groupBy(pods, (pod) => pod.owner && `${pod.owner.kind} ${keyOf(pod.owner)}`),
);
const slicesByService = tableOf((slices: readonly EndpointSlice[]) =>
  groupBy(slices, (slice) => slice.service),
);

type Owners = ReadonlyMap<string, readonly AddressOwner[]>;

/** All owners of the lists; almost always at most one list is there. */
function joined(...lists: readonly (readonly AddressOwner[] | undefined)[]): readonly AddressOwner[] {
  const [first, ...more] = lists.filter((list) => list !== undefined);
  return more.length === 0 ? (first ?? []) : [...(first ?? []), ...more.flat()];
}

function ownersBy(tell: (add: (ip: Ip, owner: AddressOwner) => void) => void): Owners {
  const owners = new Map<string, AddressOwner[]>();
  tell((ip, owner) => {
    append(owners, ip.text, owner);
  });
  return owners;
}

const podOwners = tableOf((pods: readonly Pod[]): Owners =>
  ownersBy((add) => {
    for (const pod of pods) {
      if (!isLive(pod) || pod.spec.hostNetwork) continue;
      for (const address of pod.addresses) add(address.value, { kind: 'pod', pod });
    }
  }),
);

const nodeOwners = tableOf((nodes: readonly Node[]): Owners =>
  ownersBy((add) => {
    for (const node of nodes) {
      for (const address of [...node.addresses, ...node.externalAddresses])
        add(address.value, { kind: 'node', node });
    }
  }),
);

const serviceOwners = tableOf((services: readonly Service[]): Owners =>
  ownersBy((add) => {
    for (const service of services) {
      for (const address of service.clusterIps) add(address.value, { kind: 'service', service });
      for (const address of service.externalIps) add(address, { kind: 'service', service });
      for (const address of service.loadBalancerIps) add(address.value, { kind: 'service', service });
    }
  }),
);

/** Finds the node whose pod range holds an address: one table look-up per prefix length in use, longest first. */
const nodeRanges = tableOf((nodes: readonly Node[]): ((ip: Ip) => AddressRange | undefined) => {
  const byText = new Map<string, AddressRange>();
  const prefixes = new Set<number>();
  for (const node of nodes) {
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
});

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
    append(groups, key, item);
  }
  return groups;
}
