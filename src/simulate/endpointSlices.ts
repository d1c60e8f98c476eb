// Answers: which pods stand behind a Service, and under which port numbers? Made from the selector as the EndpointSlice
// controller does, for Services without slices of their own: one slice for each family and each distinct set of resolved
// ports. A pod counts when it has an address and is not finished; serving = pod ready, terminating = being deleted,
// ready = publishNotReadyAddresses, or serving and not terminating; spec.trafficDistribution becomes hints (KEP-4444, KEP-3015). A named targetPort is looked up in each pod by name and
// protocol, in app containers and then sidecars; a pod without it is left out of that port.
// Source: pkg/controller/endpointslice, staging/src/k8s.io/endpointslice/utils.go (spec D2).
import type { Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { Node } from '../model/node';
import { keptList, keptValue } from '../model/kept';
import { byNamespaceAndName, keyOf } from '../model/objects';
import type { ContainerPort, Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Labels } from '../model/selector';
import type { Endpoint, EndpointPort, EndpointSlice, Service, ServicePort } from '../model/service';
import { apiServerSlices, isApiServer } from './apiServer';
import { hashText } from './hash';
import type { NetworkPlan } from './network';

/** Steps of so many Services or pods take a few milliseconds. */
const servicesPerStep = 250;
const podsPerStep = 1000;

/** What the slices of a Service were made from, as long as the Service is the same object. */
interface Made {
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly slices: readonly EndpointSlice[];
}

const madeFor = new WeakMap<Service, Made>();

/**
 * All slices, in steps: those of the input, and made ones for each Service that has none. `cluster` has its pods and Services
 * complete. Slices of a Service whose pods and nodes are the very same as before are the same objects, too.
 */
export function* withSlices(
  cluster: Cluster,
  network: NetworkPlan,
): Generator<void, readonly EndpointSlice[], void> {
  const { nodes } = cluster;
  const served = new Set(cluster.slices.map((slice) => slice.service));
  const candidates = yield* podsByLabel(cluster);
  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  const result = [...cluster.slices];
  for (const [index, service] of cluster.services.entries()) {
    if (index % servicesPerStep === servicesPerStep - 1) yield;
    if (served.has(keyOf(service))) continue;
    const before = madeFor.get(service);
    if (isApiServer(service)) {
      const slices = keptValue(before?.slices, apiServerSlices(service, nodes, network));
      madeFor.set(service, { pods: [], nodes, slices });
      result.push(...slices);
      continue;
    }
    if (service.type === 'ExternalName' || service.selector === undefined) continue;
    const pods = candidates(service.namespace, service.selector);
    if (before?.nodes === nodes && keptList(before.pods, pods) === before.pods) {
      result.push(...before.slices);
      continue;
    }
    const slices = service.ipFamilies.flatMap((family) => slicesOf(service, family, pods, nodeOf));
    madeFor.set(service, { pods, nodes, slices });
    result.push(...slices);
  }
  yield;
  return result.sort(byNamespaceAndName);
}

/** @returns the port number that the Service's port has on this pod; undefined: the pod does not have it. */
export function resolveTargetPort(port: ServicePort, pod: Pod): number | undefined {
  const { targetPort, protocol } = port;
  if (typeof targetPort === 'number') return targetPort;
  const named = (entry: ContainerPort): boolean => entry.name === targetPort && entry.protocol === protocol;
  for (const role of ['app', 'sidecar'] as const) {
    for (const container of pod.spec.containers) {
      const found = container.role === role ? container.ports.find(named) : undefined;
      if (found !== undefined) return found.containerPort;
    }
  }
  return undefined;
}

function slicesOf(
  service: Service,
  family: Family,
  pods: readonly Pod[],
  nodeOf: ReadonlyMap<string, Node>,
): readonly EndpointSlice[] {
  const groups = new Map<
    string,
    { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }
  >();
  for (const pod of pods) {
    const endpoint = endpointOf(service, family, pod, nodeOf);
    if (endpoint === undefined) continue;
    const ports = service.ports.flatMap((port): readonly EndpointPort[] => {
      const number = resolveTargetPort(port, pod);
      return number === undefined ? [] : [{ name: port.name, port: number, protocol: port.protocol }];
    });
    // A headless Service may have no ports at all; otherwise a pod that has none of them serves nothing.
    if (ports.length === 0 && service.ports.length > 0) continue;
    const key = ports.map((port) => `${port.name}:${port.port}/${port.protocol}`).join(' ');
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpoint);
  }
  return [...groups].map(([key, { ports, endpoints }]) => ({
    kind: 'EndpointSlice',
    namespace: service.namespace,
    name: `${service.name}-${suffix(`${keyOf(service)} IPv${family} ${key}`)}`,
    service: keyOf(service),
    family,
    ports,
    endpoints,
    provenance: 'simulated',
  }));
}

function endpointOf(
  service: Service,
  family: Family,
  pod: Pod,
  nodeOf: ReadonlyMap<string, Node>,
): Endpoint | undefined {
  const address = pod.addresses.find((ip) => ip.value.family === family)?.value;
  if (address === undefined || !isLive(pod)) return undefined;
  const serving = pod.ready.value;
  const { terminating } = pod;
  const node = pod.node?.value;
  const zone = node === undefined ? undefined : nodeOf.get(node)?.labels['topology.kubernetes.io/zone'];
  const { trafficDistribution } = service;
  return {
    address,
    ready: service.publishNotReadyAddresses || (serving && !terminating),
    serving,
    terminating,
    nodeName: node,
    pod: keyOf(pod),
    zone,
    hintZones: trafficDistribution === undefined || zone === undefined ? [] : [zone],
    hintNodes: trafficDistribution !== 'PreferSameNode' || node === undefined ? [] : [node],
  };
}

/**
 * Finds the pods of a namespace that have all the labels, looking only at those that have the rarest of them. Only
 * labels that some Service selects by are indexed.
 */
function* podsByLabel({
  services,
  pods,
}: Cluster): Generator<void, (namespace: string, selector: Labels) => readonly Pod[], void> {
  const keys = new Set(services.flatMap(({ selector }) => Object.keys(selector ?? {})));
  const postings = new Map<string, Map<string, Pod[]>>();
  for (const [index, pod] of pods.entries()) {
    if (index % podsPerStep === podsPerStep - 1) yield;
    for (const key of keys) {
      const value = Object.hasOwn(pod.labels, key) ? pod.labels[key] : undefined;
      if (value === undefined) continue;
      const place = `${pod.namespace} ${key}`;
      const byValue = postings.get(place) ?? new Map<string, Pod[]>();
      if (byValue.size === 0) postings.set(place, byValue);
      const list = byValue.get(value);
      if (list === undefined) byValue.set(value, [pod]);
      else list.push(pod);
    }
  }
  return (namespace, selector) => {
    const pairs = Object.entries(selector);
    let shortest: readonly Pod[] | undefined;
    for (const [key, value] of pairs) {
      const list = postings.get(`${namespace} ${key}`)?.get(value) ?? [];
      if (shortest === undefined || list.length < shortest.length) shortest = list;
    }
    // An empty selector counts as none (core/v1 ServiceSpec).
    return (shortest ?? []).filter((pod) => pairs.every(([key, value]) => pod.labels[key] === value));
  };
}

/** Five characters in the alphabet of generated Kubernetes names. */
function suffix(text: string): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let rest = hashText(text);
  let result = '';
  for (let index = 0; index < 5; index++) {
    result += alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
  }
  return result;
}
