// Answers: what is behind the name or a port of a Service? Its virtual address, the endpoints that take its connections under which
// port, who of them declares to listen, and who may connect. A named targetPort is looked up in every pod for itself, and pods
// without it are left out (core/v1 Service; spec D2, D5).
import { backendsOf, type Backend } from '../dataplane/kubeProxy/endpoints';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import { containersWanting } from '../model/portConflict';
import { matches, selectorFromLabels } from '../model/selector';
import type { Service, ServicePort } from '../model/service';
import { callersSaid } from './callers';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { assumedProfileSaid, reachOfNodePort, reachOfService } from './reach';
import { count, podsText } from './words';

/** Endpoints that get a line each. */
const mostEndpoints = 3;
const mostPorts = 3;

/** `7070`, `targetPort` or `nodePort`: which number of the port is asked about. */
export type ServicePortField = 'port' | 'targetPort' | 'nodePort';

export function serviceAnswer(cluster: Cluster, service: Service): HoverAnswer {
  const { namespace, name } = service;
  if (service.type === 'ExternalName')
    return {
      answer: {
        text: `Service ${keyOf(service)} is another name of ${service.externalName ?? 'nothing'}.`,
        provenance: service.provenance,
      },
      facts: [
        {
          text: 'DNS answers with that name; the Service has no address and no endpoints.',
          provenance: 'inferred',
        },
      ],
    };
  const slices = lookupOf(cluster).slicesOf(keyOf(service));
  const endpoints = slices.flatMap((slice) => slice.endpoints);
  const all = new Set(endpoints.map(({ address }) => address.text));
  const ready = new Set(endpoints.filter((each) => each.ready).map(({ address }) => address.text));
  const known = weakest([...slices.map(({ provenance }) => provenance), ...addressProvenances(service)]);
  const addresses = service.clusterIps.map(({ value }) => value.text).join(', ');
  const has = `${count(ready.size, 'ready endpoint')}${all.size > ready.size ? ` of ${all.size}` : ''}`;
  const text = service.headless
    ? `Service ${keyOf(service)} is headless: DNS answers with ${has}.`
    : `Service ${keyOf(service)} is ${addresses === '' ? 'without address' : addresses}, with ${has}.`;
  const [first] = service.ports;
  return {
    answer: { text, provenance: known },
    facts: [
      ...(all.size === 0 ? [noEndpointsSaid(cluster, service)] : []),
      ...portsSaid(cluster, service),
      ...(all.size === 0 || first === undefined ? [] : reachOfService(cluster, service, first)),
      ...endpointLines(first === undefined ? [] : listedBackends(cluster, service, first), cluster),
      { text: `DNS name ${dnsName(cluster, service)}.`, provenance: 'inferred' },
    ],
    to: { end: { kind: 'service', namespace, name }, port: first?.port },
  };
}

export function servicePortAnswer(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  field: ServicePortField,
): HoverAnswer {
  const backends = listedBackends(cluster, service, port);
  const pods = podsOf(cluster, backends);
  const { namespace, name } = service;
  return {
    answer: portSentence(service, port, field, backends),
    facts: [
      ...(backends.length === 0 ? [noEndpointsSaid(cluster, service)] : []),
      ...(field === 'nodePort' && backends.length > 0
        ? [...reachOfNodePort(cluster, service, port), ...assumedProfileSaid(cluster)]
        : []),
      ...endpointLines(backends, cluster),
      ...namelessSaid(cluster, service, port),
      ...callersSaid(
        cluster,
        pods.map(({ pod, number }) => ({ pod, protocol: port.protocol, port: number })),
      ),
      ...(backends.length === 0 ? [] : addressSaid(cluster, service, port, field)),
      ...(field === 'nodePort' ? [] : nodePortSaid(port)),
    ],
    to: { end: { kind: 'service', namespace, name }, port: port.port },
  };
}

/** Endpoints of every family that the slices list for the port, ready or not. */
function listedBackends(cluster: Cluster, service: Service, port: ServicePort): readonly Backend[] {
  return ([4, 6] as const).flatMap((family) => backendsOf(cluster, service, port, family, undefined).listed);
}

function portSentence(
  service: Service,
  port: ServicePort,
  field: ServicePortField,
  backends: readonly Backend[],
): Said {
  const numbers = [...new Set(backends.map((backend) => backend.port))].sort((a, b) => a - b);
  const provenance = weakest([
    ...backends.map(({ slice }) => slice.provenance),
    ...(field === 'nodePort' && port.nodePortProvenance !== undefined ? [port.nodePortProvenance] : []),
  ]);
  const addresses = new Set(backends.map(({ endpoint }) => endpoint.address.text)).size;
  const there = `${port.protocol} ${numbers.join(' or ')} of ${count(addresses, 'endpoint')}`;
  const start = {
    port: `${port.protocol} ${port.port} of Service ${keyOf(service)}`,
    targetPort: `targetPort ${port.targetPort} of Service ${keyOf(service)}`,
    nodePort: `${port.protocol} ${port.nodePort ?? 0} on every node`,
  }[field];
  if (backends.length === 0) return { text: `${start} leads nowhere: there is no endpoint.`, provenance };
  if (field === 'targetPort') return { text: `${start} is ${there}.`, provenance };
  const by = field === 'nodePort' ? ` by Service ${keyOf(service)}` : '';
  return { text: `${start} leads to ${there}${by}.`, provenance };
}

/** Where the first ports of the Service lead. */
export function portsSaid(cluster: Cluster, service: Service): readonly Said[] {
  return service.ports
    .slice(0, mostPorts)
    .map((port) => leadsSaid(service, port, listedBackends(cluster, service, port)));
}

/** `TCP 80 (web) leads to http, which is 8080.` */
function leadsSaid(service: Service, port: ServicePort, backends: readonly Backend[]): Said {
  const numbers = [...new Set(backends.map((backend) => backend.port))].sort((a, b) => a - b);
  const name = port.name === '' ? '' : ` (${port.name})`;
  const node =
    port.nodePort === undefined
      ? ''
      : `; every node takes ${port.nodePort}${port.nodePortProvenance === undefined ? '' : ' (simulated)'}`;
  const target =
    typeof port.targetPort === 'number'
      ? `${port.targetPort}`
      : `${port.targetPort}${numbers.length === 0 ? ', which no endpoint has' : `, which is ${numbers.join(' or ')}`}`;
  const start = service.headless ? 'Endpoints take' : `${port.protocol} ${port.port}${name} leads to`;
  const headless = service.headless ? `${port.protocol} ` : '';
  return { text: `${start} ${headless}${target}${node}.`, provenance: service.provenance };
}

/** A line for each of the first endpoints: pod, address, node, and which container declares the port. */
function endpointLines(backends: readonly Backend[], cluster: Cluster): readonly Said[] {
  const lines = backends.slice(0, mostEndpoints).map(({ endpoint, port, slice }): Said => {
    const pod = endpoint.pod === undefined ? undefined : lookupOf(cluster).pod(endpoint.pod);
    const protocol = slice.ports.find((each) => each.port === port)?.protocol ?? 'TCP';
    const wanting = pod === undefined ? [] : containersWanting(pod, protocol, port);
    const listens =
      pod === undefined
        ? ''
        : wanting.length === 0
          ? '; no container declares the port'
          : `; container ${wanting.map(({ container }) => container.name).join(' and ')} declares it`;
    const address =
      endpoint.address.family === 6
        ? `[${endpoint.address.text}]:${port}`
        : `${endpoint.address.text}:${port}`;
    const node = endpoint.nodeName === undefined ? '' : ` on ${endpoint.nodeName}`;
    const state = endpoint.terminating ? ', terminating' : endpoint.ready ? '' : ', not ready';
    return {
      text: `${endpoint.pod === undefined ? 'No pod of the cluster:' : endpoint.pod} ${address}${node}${state}${listens}.`,
      provenance: slice.provenance,
    };
  });
  const more = backends.length - lines.length;
  return more === 0
    ? lines
    : [
        ...lines,
        { text: `And ${more} more.`, provenance: weakest(backends.map(({ slice }) => slice.provenance)) },
      ];
}

function podsOf(
  cluster: Cluster,
  backends: readonly Backend[],
): readonly { readonly pod: Pod; readonly number: number }[] {
  return backends.flatMap(({ endpoint, port }) => {
    const pod = endpoint.pod === undefined ? undefined : lookupOf(cluster).pod(endpoint.pod);
    return pod === undefined ? [] : [{ pod, number: port }];
  });
}

/** Live pods that the selector matches; none without a selector. */
export function selectedPods(cluster: Cluster, { namespace, selector }: Service): readonly Pod[] {
  if (selector === undefined) return [];
  const wanted = selectorFromLabels(selector);
  return lookupOf(cluster)
    .podsIn(namespace)
    .filter((pod) => isLive(pod) && matches(wanted, pod.labels));
}

function noEndpointsSaid(cluster: Cluster, service: Service): Said {
  const { provenance } = service;
  if (service.selector === undefined)
    return { text: 'It has no selector, and no EndpointSlice names backends for it.', provenance };
  const pods = selectedPods(cluster, service);
  if (pods.length === 0)
    return { text: 'Its selector matches no pod: connections are refused at once.', provenance };
  const waiting = pods.filter(({ addresses }) => addresses.length === 0);
  return {
    text:
      waiting.length === pods.length
        ? `The selected ${pods.length === 1 ? 'pod has' : 'pods have'} no address: ${podsText(pods)}.`
        : `No selected pod has its ports: ${podsText(pods)}.`,
    provenance: weakest(pods.map((pod) => pod.provenance)),
  };
}

/** Selected pods that declare no port of the targetPort's name. */
function namelessSaid(
  cluster: Cluster,
  service: Service,
  { targetPort, protocol }: ServicePort,
): readonly Said[] {
  if (typeof targetPort === 'number') return [];
  const pods = selectedPods(cluster, service).filter((pod) =>
    pod.spec.containers.every(
      ({ role, ports }) =>
        role === 'init' || ports.every((port) => port.name !== targetPort || port.protocol !== protocol),
    ),
  );
  if (pods.length === 0) return [];
  return [
    {
      text: `Left out, as they declare no ${protocol} port named ${targetPort}: ${podsText(pods)}.`,
      provenance: weakest(pods.map(({ provenance }) => provenance)),
    },
  ];
}

function addressSaid(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  field: ServicePortField,
): readonly Said[] {
  if (service.headless) {
    const text =
      'Headless: callers use the addresses of the pods and their own port; this number does nothing.';
    return field === 'port' && port.targetPort !== port.port ? [{ text, provenance: 'inferred' }] : [];
  }
  const addresses = service.clusterIps.map(({ value }) => value.text).join(', ');
  const which = addresses === '' ? '' : `, which is ${addresses}`;
  return [
    {
      text: `Callers use ${dnsName(cluster, service)}:${port.port}${which}.`,
      provenance: weakest(['inferred', ...addressProvenances(service)]),
    },
  ];
}

function nodePortSaid({ protocol, nodePort, nodePortProvenance }: ServicePort): readonly Said[] {
  if (nodePort === undefined) return [];
  return [
    {
      text: `Every node takes ${protocol} ${nodePort} for it.`,
      provenance: nodePortProvenance ?? 'declared',
    },
  ];
}

function addressProvenances({ clusterIps }: Service): readonly NonNullable<Said['provenance']>[] {
  return clusterIps.map(({ provenance }) => provenance);
}

function dnsName(cluster: Cluster, { name, namespace }: Service): string {
  return `${name}.${namespace}.svc.${cluster.network.dnsDomain.value}`;
}
