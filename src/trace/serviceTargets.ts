// Answers: which addresses stand for a Service? Inside the cluster its ClusterIP, or for a headless one the endpoints that DNS
// gives; from outside its load balancer's address, an external address or its node port, through every node that may be the
// way in (spec D1, D5).
import { backendsOf } from '../dataplane/kubeProxy/endpoints';
import { parseIp, type Ip } from '../model/address';
import { lookupOf } from '../model/lookup';
import type { Node } from '../model/node';
import { keyOf } from '../model/objects';
import type { Service, ServicePort } from '../model/service';
import type { Evidence } from '../model/source';
import {
  failure,
  familyMismatch,
  found,
  noPort,
  pickFamily,
  resolvedPod,
  resolvedService,
  type Destination,
  type Resolution,
  type Target,
} from './ends';
import { aborted } from './outcome';
import type { TraceQuery } from './query';
import type { Search } from './resolveDestination';
import type { ResolvedEnd } from './trace';

export function toService(search: Search, service: Service): Resolution<Destination> {
  const { families, origin } = search;
  const resolved = resolvedService(service);
  if (service.type === 'ExternalName') {
    return failure(
      aborted(
        'Undetermined',
        'unknown',
        `Service ${keyOf(service)} is only a DNS alias for ${service.externalName ?? 'another name'}, whose address is not known here.`,
      ),
      resolved,
    );
  }
  if (origin.outside !== undefined) return fromOutside(search, service);
  if (service.headless) return toHeadless(search, service);
  const address = pickFamily(
    service.clusterIps.map(({ value }) => value),
    families,
  );
  if (address !== undefined) return toServiceAddress(search, service, address);
  if (service.clusterIps.length > 0) return familyMismatch(resolved, families);
  return failure(aborted('Undetermined', 'no-ip', `Service ${keyOf(service)} has no ClusterIP.`), resolved);
}

/** One of the Service's addresses, as it was asked for. */
export function toServiceAddress(search: Search, service: Service, address: Ip): Resolution<Destination> {
  const { query, origin } = search;
  const resolved = { ...resolvedService(service), address: address.text };
  if (origin.outside !== undefined) {
    if (service.clusterIps.some(({ value }) => value.text === address.text))
      return insideOnly(service, resolved);
    return throughNodes(search, service, address, resolved);
  }
  const servicePort = findServicePort(service, query);
  const port = query.protocol === 'ICMP' ? 0 : (servicePort?.port ?? literalPort(query));
  if (port === undefined) return noPort(query, `Service ${keyOf(service)}`, resolved);
  const target: Target = { address, port, resolved, pod: undefined, probability: 1 };
  return found({
    resolved,
    targets: [target],
    service,
    servicePort,
    assumptions: externalAddressRemark(service, address),
  });
}

/** A headless Service has no virtual address: DNS gives the endpoints, and the client connects to the target port. */
function toHeadless(search: Search, service: Service): Resolution<Destination> {
  const { cluster, query, origin, families } = search;
  const resolved = resolvedService(service);
  const servicePort = findServicePort(service, query);
  if (servicePort === undefined) return noPort(query, `Service ${keyOf(service)}`, resolved);
  const family = families[0];
  const node = origin.netns.node?.name;
  const backends =
    family === undefined
      ? []
      : backendsOf(cluster, service, servicePort, family, node).listed.filter(
          ({ endpoint }) => endpoint.ready,
        );
  if (backends.length === 0) {
    return failure(
      aborted(
        'Unreachable',
        'dns-failed',
        `Headless Service ${keyOf(service)} has no ready endpoints, so its name has no address.`,
        'name does not resolve',
      ),
      resolved,
    );
  }
  const targets = backends.map(({ endpoint, port }): Target => {
    const pod = endpoint.pod === undefined ? undefined : lookupOf(cluster).pod(endpoint.pod);
    const end = pod === undefined ? { label: endpoint.address.text } : resolvedPod(pod);
    return {
      address: endpoint.address,
      port: query.protocol === 'ICMP' ? 0 : port,
      resolved: { ...end, address: endpoint.address.text },
      pod,
      probability: 1 / backends.length,
    };
  });
  const direct: Evidence = {
    text: `Service ${keyOf(service)} is headless: the client connects to a pod's own address and target port.`,
    provenance: service.provenance,
    at: service.at,
  };
  return found({ resolved, targets, service, servicePort, assumptions: [direct] });
}

/** The way in that clients outside would use: a load balancer's address, else an external one, else the node port. */
function fromOutside(search: Search, service: Service): Resolution<Destination> {
  const resolved = resolvedService(service);
  const offered = [...service.loadBalancerIps.map(({ value }) => value), ...service.externalIps];
  const address = pickFamily(offered, search.families);
  if (address !== undefined)
    return throughNodes(search, service, address, { ...resolved, address: address.text });
  const servicePort = findServicePort(service, search.query);
  if (servicePort?.nodePort === undefined) {
    if (service.type === 'LoadBalancer' && (service.loadBalancerProxies ?? []).length === 0)
      return failure(
        aborted(
          'Unreachable',
          'no-ip',
          `Service ${keyOf(service)} of type LoadBalancer has no address yet (pending).`,
        ),
        resolved,
      );
    return insideOnly(service, resolved);
  }
  return throughNodePort(search, service, servicePort, servicePort.nodePort, resolved);
}

function insideOnly(service: Service, resolved: ResolvedEnd): Resolution<Destination> {
  const words = `Service ${keyOf(service)} has no address that is reached from outside: its ClusterIP is known to the nodes of the cluster only.`;
  return failure(aborted('Unreachable', 'no-route', words, 'timeout, or network is unreachable'), resolved);
}

/** A virtual address that the network outside sends to some node; each may be the one. */
function throughNodes(
  search: Search,
  service: Service,
  address: Ip,
  resolved: ResolvedEnd,
): Resolution<Destination> {
  const { query } = search;
  const servicePort = findServicePort(service, query);
  const port = query.protocol === 'ICMP' ? 0 : (servicePort?.port ?? literalPort(query));
  if (port === undefined) return noPort(query, `Service ${keyOf(service)}`, resolved);
  const nodes = entryNodes(search, service, servicePort, address);
  const targets = nodes.chosen.map(({ name }): Target => ({
    address,
    port,
    resolved,
    pod: undefined,
    entry: name,
    probability: 1 / nodes.chosen.length,
  }));
  const entered: Evidence = {
    text: `The network outside brings ${address.text} to one of the nodes; which one is not known, each is traced.`,
    provenance: 'inferred',
  };
  const assumptions = [entered, ...nodes.remark, ...externalAddressRemark(service, address)];
  return found({ resolved, targets, service, servicePort, assumptions });
}

function throughNodePort(
  search: Search,
  service: Service,
  servicePort: ServicePort,
  nodePort: number,
  resolved: ResolvedEnd,
): Resolution<Destination> {
  const proxy = service.loadBalancerProxies?.[0];
  const proxiedBy = proxy && parseIp(proxy.value);
  const family = search.families[0];
  if (proxy !== undefined && proxiedBy === undefined) {
    const words = `The load balancer ${proxy.value} of Service ${keyOf(service)} connects to node port ${nodePort} of some node itself, from an address that is not in the input; trace from that address to a node's port instead.`;
    return failure(aborted('Undetermined', 'unknown', words), resolved);
  }
  const nodes = entryNodes(search, service, servicePort, undefined);
  const targets = nodes.chosen.flatMap((node): readonly Target[] => {
    const address = node.addresses.find(({ value }) => value.family === family)?.value;
    if (address === undefined) return [];
    const end = {
      ...resolved,
      label: `${resolved.label} by node port ${nodePort} of ${node.name}`,
      address: address.text,
    };
    return [
      {
        address,
        port: nodePort,
        resolved: end,
        pod: undefined,
        proxiedBy,
        probability: 1 / nodes.chosen.length,
      },
    ];
  });
  if (targets.length === 0) return familyMismatch(resolved, search.families);
  const by: Evidence = proxy
    ? {
        text: `The load balancer ${proxy.value} is a proxy: it connects to the node port itself, so nodes and pods see its address, not the client's.`,
        provenance: proxy.provenance,
        at: proxy.at,
      }
    : {
        text: `Node port ${nodePort} is open on every node; clients pick one, each is traced.`,
        provenance: servicePort.nodePortProvenance ?? service.provenance,
        at: servicePort.at,
      };
  return found({ resolved, targets, service, servicePort, assumptions: [by, ...nodes.remark] });
}

const mostEntries = 8;

/** Nodes differ as ways in only by the endpoints they have: some with, one without, no more than eight. */
function entryNodes(
  { cluster, families }: Search,
  service: Service,
  servicePort: ServicePort | undefined,
  address: Ip | undefined,
): { readonly chosen: readonly Node[]; readonly remark: readonly Evidence[] } {
  const family = address?.family ?? families[0];
  const able = cluster.nodes.filter(({ addresses }) =>
    addresses.some(({ value }) => value.family === family),
  );
  if (able.length <= mostEntries) return { chosen: able, remark: [] };
  const hosting = new Set(
    servicePort === undefined || family === undefined
      ? []
      : backendsOf(cluster, service, servicePort, family, undefined).listed.map(
          ({ endpoint }) => endpoint.nodeName,
        ),
  );
  const withEndpoints = able.filter(({ name }) => hosting.has(name)).slice(0, mostEntries - 1);
  const without = able.find(({ name }) => !hosting.has(name));
  const chosen = without === undefined ? withEndpoints : [...withEndpoints, without];
  const text = `${chosen.length} of ${able.length} nodes are traced as ways in: some with an endpoint, one without.`;
  return { chosen, remark: [{ text, provenance: 'inferred' }] };
}

function externalAddressRemark(service: Service, address: Ip): readonly Evidence[] {
  return service.externalIps.some(({ text }) => text === address.text)
    ? [
        {
          text: `${address.text} is in externalIPs of Service ${keyOf(service)}: every node takes it for the Service, whoever really has it.`,
          provenance: service.provenance,
          at: service.at,
        },
      ]
    : [];
}

export function findServicePort(
  service: Service,
  { port: wanted, protocol }: TraceQuery,
): ServicePort | undefined {
  // A ping needs no port, but which endpoints a headless Service has depends on one.
  const ports =
    protocol === 'ICMP' ? service.ports : service.ports.filter((port) => port.protocol === protocol);
  if (wanted === undefined || protocol === 'ICMP') return ports[0];
  return ports.find((port) => port.port === wanted || port.name === wanted);
}

function literalPort({ port }: TraceQuery): number | undefined {
  return typeof port === 'number' ? port : undefined;
}
