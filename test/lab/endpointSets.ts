// Answers: which endpoints does kube-proxy on this node give to a Service port? Written for the lab from pkg/proxy/topology.go
// (CategorizeEndpoints) alone, so that it can disagree with src/dataplane/kubeProxy.
import type { Cluster } from '../../src/model/cluster';
import { keyOf } from '../../src/model/objects';
import type { Endpoint, Service, ServicePort } from '../../src/model/service';

export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** One Service port with what the rules of one node need to know. */
export interface PortRules {
  readonly service: Service;
  readonly port: ServicePort;
  /** `namespace/name:port` as kube-proxy writes it in comments. */
  readonly label: string;
  readonly clusterIp: string;
  readonly externalAddresses: readonly string[];
  readonly loadBalancerAddresses: readonly string[];
  /** Endpoints under policy Cluster, and under policy Local. */
  readonly cluster: readonly Backend[];
  readonly local: readonly Backend[];
  /** All that some chain of this node leads to. */
  readonly reachable: readonly Backend[];
  /** Usable anywhere in the cluster. */
  readonly any: boolean;
  readonly usesCluster: boolean;
  readonly usesLocal: boolean;
  readonly external: boolean;
}

interface Candidate extends Backend {
  readonly endpoint: Endpoint;
}

/** Every IPv4 Service port that kube-proxy on `node` writes rules for. */
export function servicePortsOn(cluster: Cluster, node: string): readonly PortRules[] {
  return cluster.services
    .filter((service) => service.type !== 'ExternalName' && !service.headless)
    .flatMap((service) => {
      const clusterIp = service.clusterIps.find(({ value }) => value.family === 4)?.value.text;
      return clusterIp === undefined
        ? []
        : service.ports.map((port) => portRules(cluster, node, service, port, clusterIp));
    });
}

function portRules(
  cluster: Cluster,
  node: string,
  service: Service,
  port: ServicePort,
  clusterIp: string,
): PortRules {
  const externalAddresses = service.externalIps.map(({ text }) => text);
  const loadBalancerAddresses = service.loadBalancerIps.map(({ value }) => value.text);
  const external =
    port.nodePort !== undefined || externalAddresses.length > 0 || loadBalancerAddresses.length > 0;
  const internalLocal = service.internalTrafficPolicy === 'Local';
  const externalLocal = service.externalTrafficPolicy === 'Local';
  const usesCluster = !internalLocal || external;
  const usesLocal = internalLocal || (externalLocal && external);
  const all = candidates(cluster, service, port);
  const clusterSet = usesCluster ? usable(nearNode(all, cluster, node)) : [];
  const localSet = usesLocal ? usable(all.filter(({ endpoint }) => endpoint.nodeName === node)) : [];
  const reachable = [...clusterSet, ...localSet].filter(
    (each, index, list) => list.findIndex((other) => sameBackend(each, other)) === index,
  );
  const portName = port.name === '' ? '' : `:${port.name}`;
  return {
    service,
    port,
    label: `${keyOf(service)}${portName}`,
    clusterIp,
    externalAddresses,
    loadBalancerAddresses,
    cluster: clusterSet,
    local: localSet,
    reachable,
    any: usable(all).length > 0,
    usesCluster,
    usesLocal,
    external,
  };
}

function candidates(cluster: Cluster, service: Service, port: ServicePort): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const slice of cluster.slices) {
    if (slice.service !== keyOf(service) || slice.family !== 4) continue;
    for (const slicePort of slice.ports) {
      if (slicePort.name !== port.name || slicePort.protocol !== port.protocol) continue;
      for (const endpoint of slice.endpoints) {
        const candidate = { address: endpoint.address.text, port: slicePort.port, endpoint };
        if (!found.some((each) => sameBackend(each, candidate))) found.push(candidate);
      }
    }
  }
  return found;
}

/** Ready ones, else those that serve while they terminate. */
function usable(all: readonly Candidate[]): readonly Candidate[] {
  const ready = all.filter(({ endpoint }) => endpoint.ready);
  return ready.length > 0 ? ready : all.filter(({ endpoint }) => endpoint.serving && endpoint.terminating);
}

/** Hints narrow the ready endpoints when all of them have hints and some name this node, else this zone. */
function nearNode(all: readonly Candidate[], cluster: Cluster, node: string): readonly Candidate[] {
  const ready = all.filter(({ endpoint }) => endpoint.ready);
  if (ready.length === 0) return all;
  const zone = cluster.nodes.find(({ name }) => name === node)?.labels['topology.kubernetes.io/zone'];
  const named = ready.filter(({ endpoint }) => endpoint.hintNodes.includes(node));
  if (ready.every(({ endpoint }) => endpoint.hintNodes.length > 0) && named.length > 0) return named;
  const zoned = ready.filter(({ endpoint }) => zone !== undefined && endpoint.hintZones.includes(zone));
  if (ready.every(({ endpoint }) => endpoint.hintZones.length > 0) && zoned.length > 0) return zoned;
  return all;
}

function sameBackend(a: Backend, b: Backend): boolean {
  return a.address === b.address && a.port === b.port;
}
