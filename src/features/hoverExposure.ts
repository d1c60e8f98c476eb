// Answers: what does this field of a Service open, and for whom? Its type, its traffic policies, session affinity, and the addresses
// that lead to it from outside (core/v1 Service). What clients meet is read off traces (reach.ts); the field itself is explained in
// one sentence.
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Service, ServicePort } from '../model/service';
import { objectAt, restOf, type Place, type ShownCluster } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import {
  assumedProfileSaid,
  countedOf,
  reachFromOutside,
  reachOfAddress,
  reachOfService,
  reachWithin,
} from './reach';
import { listed } from './words';

export function exposureHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const [first, field, ...deeper] = place.path;
  const service = serviceAt(shown, place);
  if (service === undefined || first !== 'spec' || deeper.length > 0) return undefined;
  const explained = sentenceOf(service, field);
  const [port] = service.ports;
  if (explained === undefined) return undefined;
  const { namespace, name } = service;
  return {
    answer: { text: explained, provenance: 'declared' },
    facts:
      port === undefined
        ? []
        : [...factsOf(shown.cluster, service, port, field), ...assumedProfileSaid(shown.cluster)],
    to: { end: { kind: 'service', namespace, name }, port: port?.port },
  };
}

/** For an address of externalIPs, loadBalancerIP or a load balancer's status, beside what is known of the address itself. */
export function exposedAddressFacts(shown: ShownCluster, place: Place): readonly Said[] {
  const service = serviceAt(shown, place);
  const isExposed = addressPaths.some((path) => restOf(place.path, path)?.length === 0);
  const { node } = place;
  const address = node.kind === 'scalar' ? parseIp(node.text) : undefined;
  const [port] = service?.ports ?? [];
  if (service === undefined || port === undefined || !isExposed || address === undefined) return [];
  const taken = [...service.externalIps, ...service.loadBalancerIps.map(({ value }) => value)];
  if (!taken.some(({ text }) => text === address.text)) {
    const text = `Asked for only: the status of Service ${keyOf(service)} does not name it, so no node takes it.`;
    return [{ text, provenance: 'declared' }];
  }
  return [...reachOfAddress(shown.cluster, service, port, address), ...assumedProfileSaid(shown.cluster)];
}

const addressPaths: readonly (readonly string[])[] = [
  ['spec', 'externalIPs', '*'],
  ['spec', 'loadBalancerIP'],
  ['status', 'loadBalancer', 'ingress', '*', 'ip'],
];

function serviceAt({ cluster }: ShownCluster, place: Place): Service | undefined {
  if (place.kind !== 'Service' || place.group !== '') return undefined;
  return objectAt(place, (key) => lookupOf(cluster).service(key), cluster.services);
}

/** What the field does, whoever asks. */
function sentenceOf(service: Service, field: unknown): string | undefined {
  switch (field) {
    case 'type':
      return typeSentences[service.type];
    case 'externalTrafficPolicy':
      return service.externalTrafficPolicy === 'Local'
        ? 'externalTrafficPolicy Local: a node passes clients from outside to its own endpoints only, and leaves their addresses alone.'
        : 'externalTrafficPolicy Cluster: a node passes clients from outside to endpoints of any node, in its own name.';
    case 'internalTrafficPolicy':
      return service.internalTrafficPolicy === 'Local'
        ? 'internalTrafficPolicy Local: pods and processes of a node reach the endpoints of that node only.'
        : 'internalTrafficPolicy Cluster: pods and processes of a node reach the endpoints of any node.';
    case 'sessionAffinity':
      return service.sessionAffinity === 'ClientIP'
        ? 'sessionAffinity ClientIP: connections of one client address go to one endpoint; each node remembers for itself.'
        : 'sessionAffinity None: each connection may go to another endpoint.';
    default:
      return undefined;
  }
}

const typeSentences: Readonly<Record<Service['type'], string>> = {
  ClusterIP: 'ClusterIP: an address that the nodes of the cluster know, and nobody else.',
  NodePort: 'NodePort: besides the ClusterIP, a port of every node.',
  LoadBalancer: 'LoadBalancer: besides the ClusterIP and node ports, an address in front of the nodes.',
  ExternalName: 'ExternalName: another name in DNS, without an address or endpoints.',
};

function factsOf(cluster: Cluster, service: Service, port: ServicePort, field: unknown): readonly Said[] {
  switch (field) {
    case 'type':
      return service.type === 'ExternalName'
        ? []
        : [...reachOfService(cluster, service, port), ...openedSaid(service)];
    case 'externalTrafficPolicy':
      return reachFromOutside(cluster, service, port);
    case 'internalTrafficPolicy':
      return reachWithin(cluster, service, port);
    default:
      return service.sessionAffinity === 'ClientIP' ? countedOf(cluster, service, port) : [];
  }
}

/** The node ports and addresses that clients outside may use. */
function openedSaid(service: Service): readonly Said[] {
  const nodePorts = service.ports.filter(({ nodePort }) => nodePort !== undefined);
  const addresses = [
    ...service.loadBalancerIps.map(({ value }) => value.text),
    ...(service.loadBalancerProxies ?? []).map(({ value }) => value),
    ...service.externalIps.map(({ text }) => text),
  ];
  const ofNodes: readonly Said[] =
    nodePorts.length === 0
      ? []
      : [
          {
            text: `On every node: ${listed(nodePorts.map(({ protocol, port, nodePort }) => `${protocol} ${nodePort ?? 0} for ${port}`))}.`,
            provenance: nodePorts.some(({ nodePortProvenance }) => nodePortProvenance !== undefined)
              ? 'simulated'
              : 'declared',
          },
        ];
  if (addresses.length > 0)
    return [...ofNodes, { text: `Addresses for the outside: ${listed(addresses)}.`, provenance: 'declared' }];
  return service.type === 'LoadBalancer'
    ? [
        ...ofNodes,
        { text: 'Its load balancer has no address yet: the status names none.', provenance: 'declared' },
      ]
    : ofNodes;
}
