// Answers: which endpoints may a connection to this Service port get, seen from this node? Ready ones; if there is none,
// those that still serve while terminating; the Local set holds this node's only, the Cluster set is narrowed by topology hints.
// Source: pkg/proxy/topology.go, endpointslice/utils.go, KEP-1669, KEP-2433 (spec D2).
import type { Family } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import { compareText, keyOf } from '../../model/objects';
import type { Endpoint, EndpointSlice, Service, ServicePort } from '../../model/service';

/** An endpoint with the port number that its slice gives to the Service port. */
export interface Backend {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly slice: EndpointSlice;
}

/** Lists are in a fixed order; each member is as likely as the others. */
export interface BackendSet {
  /** Under traffic policy Cluster. */
  readonly cluster: readonly Backend[];
  /** Under traffic policy Local. */
  readonly local: readonly Backend[];
  /** All that the slices list for the port, used or not. */
  readonly listed: readonly Backend[];
}

/** @param node the node that handles the first packet; undefined leaves out everything that depends on the node. */
export function backendsOf(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  family: Family,
  node: string | undefined,
): BackendSet {
  const listed = listBackends(cluster, service, port, family);
  return {
    cluster: nearest(serving(listed), cluster, node),
    local: node === undefined ? [] : serving(listed.filter(({ endpoint }) => endpoint.nodeName === node)),
    listed,
  };
}

const listedBackends = new WeakMap<Cluster, Map<string, readonly Backend[]>>();

/** Kept with the cluster value: a trace of a Service with many endpoints asks once for each of them. */
function listBackends(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  family: Family,
): readonly Backend[] {
  const kept = listedBackends.get(cluster) ?? new Map<string, readonly Backend[]>();
  listedBackends.set(cluster, kept);
  const key = `${keyOf(service)} ${port.name} ${port.protocol} ${family}`;
  const listed = kept.get(key) ?? sortedBackends(cluster, service, port, family);
  kept.set(key, listed);
  return listed;
}

function sortedBackends(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  family: Family,
): readonly Backend[] {
  const byAddress = new Map<string, Backend>();
  for (const slice of lookupOf(cluster).slicesOf(keyOf(service))) {
    const slicePort = slice.ports.find(
      ({ name, protocol }) => name === port.name && protocol === port.protocol,
    );
    if (slice.family !== family || slicePort === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const key = `${endpoint.address.text} ${slicePort.port}`;
      if (!byAddress.has(key)) byAddress.set(key, { endpoint, port: slicePort.port, slice });
    }
  }
  return [...byAddress.values()].sort(
    (a, b) =>
      compareText(a.endpoint.pod ?? '', b.endpoint.pod ?? '') ||
      compareText(a.endpoint.address.text, b.endpoint.address.text) ||
      a.port - b.port,
  );
}

function serving(backends: readonly Backend[]): readonly Backend[] {
  const ready = backends.filter(({ endpoint }) => endpoint.ready);
  return ready.length > 0
    ? ready
    : backends.filter(({ endpoint }) => endpoint.serving && endpoint.terminating);
}

/** Topology hints apply only when every ready endpoint has one and some name this node or its zone. */
function nearest(
  backends: readonly Backend[],
  cluster: Cluster,
  node: string | undefined,
): readonly Backend[] {
  if (node === undefined || backends.length === 0) return backends;
  // The fallback to terminating endpoints ignores hints.
  if (backends.some(({ endpoint }) => !endpoint.ready)) return backends;
  const zone = lookupOf(cluster).node(node)?.labels['topology.kubernetes.io/zone'];
  const forNode = backends.filter(({ endpoint }) => endpoint.hintNodes.includes(node));
  if (forNode.length > 0 && backends.every(({ endpoint }) => endpoint.hintNodes.length > 0)) return forNode;
  const forZone = backends.filter(({ endpoint }) => zone !== undefined && endpoint.hintZones.includes(zone));
  if (forZone.length > 0 && backends.every(({ endpoint }) => endpoint.hintZones.length > 0)) return forZone;
  return backends;
}
