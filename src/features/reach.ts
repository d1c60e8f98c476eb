// Answers: who reaches this port from where, and whom would the pod see as its client? Each sentence is read off traces from a few
// clients that stand for all: somebody outside by a node with an endpoint and by one without, a pod of the same and of another
// node. Policies are another matter (callers.ts). Masquerading and traffic policies are the engine's; nothing is repeated here.
import { settingsFor } from '../dataplane/detect';
import { backendsOf } from '../dataplane/kubeProxy/endpoints';
import type { Family, Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Node } from '../model/node';
import { isOnPodNetwork, type Pod } from '../model/pod';
import type { Service, ServicePort } from '../model/service';
import { sightingsOf, type Behind, type Sighting } from '../trace/sightings';
import type { End, TraceQuery } from '../trace/query';
import type { Said } from './hoverShape';
import { weakest } from './provenance';
import { outsideExample } from './search';

/** What one kind of client meets. */
interface Outlook {
  /** The node that takes the connection: `worker-1, which has an endpoint`. */
  readonly by?: string | undefined;
  /** `from outside`, `from a pod of another node` */
  readonly who: string;
  readonly sightings: readonly Sighting[];
}

/** Clients of a Service's own address: inside the cluster always, outside as far as it lets them. */
export function reachOfService(cluster: Cluster, service: Service, port: ServicePort): readonly Said[] {
  const question = questionTo(service, port);
  return said(cluster, question.behind, [...fromPods(cluster, question), ...fromOutside(cluster, question)]);
}

/** Pods that ask for the ClusterIP. */
export function reachWithin(cluster: Cluster, service: Service, port: ServicePort): readonly Said[] {
  const question = questionTo(service, port);
  return said(cluster, question.behind, fromPods(cluster, question));
}

/** Clients outside, by whichever way in the Service offers. */
export function reachFromOutside(cluster: Cluster, service: Service, port: ServicePort): readonly Said[] {
  const question = questionTo(service, port);
  return said(cluster, question.behind, fromOutside(cluster, question));
}

/** As whom clients count where they are given an endpoint, which session affinity goes by. */
export function countedOf(cluster: Cluster, service: Service, port: ServicePort): readonly Said[] {
  const question = questionTo(service, port);
  const outlooks = [...fromPods(cluster, question), ...fromOutside(cluster, question)].filter(
    ({ sightings }) => sightings.some(({ countedAs }) => countedAs !== undefined),
  );
  return said(cluster, question.behind, outlooks, countedText);
}

/** Clients of an address outside the cluster's own ranges: of a load balancer, or in externalIPs. */
export function reachOfAddress(
  cluster: Cluster,
  service: Service,
  port: ServicePort,
  address: Ip,
): readonly Said[] {
  const question = questionTo(service, port, { kind: 'address', address: address.text });
  return said(cluster, question.behind, [...fromOutside(cluster, question), ...fromPods(cluster, question)]);
}

/** Clients of the node port, by the address of a node with an endpoint and of one without. */
export function reachOfNodePort(cluster: Cluster, service: Service, port: ServicePort): readonly Said[] {
  const { nodePort, protocol } = port;
  if (nodePort === undefined) return [];
  const behind = { service, port };
  const { hosting, without } = nodesBy(cluster, behind);
  const pod = podElsewhere(cluster, []);
  const clients = [
    { who: 'from outside', from: outsideExample(cluster, familyOf(service)) },
    { who: 'from a pod', from: pod && podEnd(pod) },
  ];
  const outlooks = [hosting, without].flatMap((node): readonly Outlook[] => {
    if (node === undefined) return [];
    const query = { to: { kind: 'node', name: node.name }, port: nodePort, protocol } as const;
    const by = nodeWords(node, node === hosting);
    return clients.flatMap(({ who, from }) =>
      from === undefined ? [] : [{ ...outlook(cluster, who, { ...query, from }, behind), by }],
    );
  });
  return said(cluster, behind, outlooks);
}

/** Clients of a host port: only the pod's own node has it. */
export function reachOfHostPort(
  cluster: Cluster,
  pod: Pod,
  hostPort: number,
  protocol: TraceQuery['protocol'],
): readonly Said[] {
  if (pod.node === undefined) return [];
  const own = pod.node.value;
  const query = { to: { kind: 'node', name: own }, port: hostPort, protocol } as const;
  const outside = outsideExample(cluster, pod.addresses[0]?.value.family ?? 4);
  const near = otherPodOn(cluster, own, [pod]);
  const far = podElsewhere(cluster, [own]);
  const clients = [
    { who: `from outside by ${own}`, from: outside },
    { who: 'from a pod of another node', from: far && podEnd(far) },
    { who: 'from a pod of the same node', from: near && podEnd(near) },
  ];
  const outlooks = clients.flatMap(({ who, from }) =>
    from === undefined ? [] : [outlook(cluster, who, { ...query, from }, undefined)],
  );
  return said(cluster, undefined, outlooks);
}

/** What is asked, by whomever. */
interface Question {
  readonly behind: Behind;
  readonly from: (from: End) => TraceQuery;
}

/** @param to the Service itself, unless one of its addresses is asked for. */
function questionTo(service: Service, port: ServicePort, to: End = serviceEnd(service)): Question {
  return {
    behind: { service, port },
    from: (from) => ({ from, to, port: port.port, protocol: port.protocol }),
  };
}

function fromPods(cluster: Cluster, { behind, from }: Question): readonly Outlook[] {
  const hosts = hostsOf(cluster, behind);
  const [host] = hosts;
  const near = host === undefined ? undefined : otherPodOn(cluster, host, endpointPods(cluster, behind));
  const far = podElsewhere(cluster, hosts);
  return [
    { who: 'from a pod beside an endpoint', pod: near },
    { who: 'from a pod of a node without one', pod: far },
  ].flatMap(({ who, pod }) => (pod === undefined ? [] : [outlook(cluster, who, from(podEnd(pod)), behind)]));
}

/** One outlook for each kind of node that the connection may come in by. */
function fromOutside(cluster: Cluster, { behind, from }: Question): readonly Outlook[] {
  const outside = outsideExample(cluster, familyOf(behind.service));
  if (outside === undefined) return [];
  const all = sightingsOf(cluster, from(outside), behind);
  const hosts = new Set(hostsOf(cluster, behind));
  const nodes = [...new Set(all.flatMap(({ entry }) => entry ?? []))];
  const kinds = [nodes.find((name) => hosts.has(name)), nodes.find((name) => !hosts.has(name))];
  if (nodes.length === 0) return [{ who: 'from outside', sightings: all }];
  return kinds.flatMap((name): readonly Outlook[] => {
    const node = name === undefined ? undefined : lookupOf(cluster).node(name);
    if (node === undefined) return [];
    const sightings = all.filter(({ entry }) => entry === name);
    return [{ by: nodeWords(node, hosts.has(node.name)), who: 'from outside', sightings }];
  });
}

function outlook(cluster: Cluster, who: string, query: TraceQuery, behind: Behind | undefined): Outlook {
  return { who, sightings: sightingsOf(cluster, query, behind) };
}

function nodeWords({ name }: Node, hasEndpoint: boolean): string {
  return hasEndpoint ? `${name}, which has an endpoint` : `${name}, which has none`;
}

/** Clients that meet the same stand in one sentence. */
function said(
  cluster: Cluster,
  behind: Behind | undefined,
  outlooks: readonly Outlook[],
  textOf: (sightings: readonly Sighting[]) => string = outcomeText,
): readonly Said[] {
  const groups = new Map<string, readonly Outlook[]>();
  for (const each of outlooks) {
    const key = JSON.stringify([each.by, textOf(each.sightings)]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const provenance = weakest([
    'inferred',
    ...(behind === undefined ? [] : endpointProvenance(cluster, behind)),
  ]);
  return [...groups.values()].map((group) => {
    const [first] = group;
    const by = first?.by === undefined ? '' : `by ${first.by}, `;
    const who = group.map((each) => each.who).join(' or ');
    return { text: `${capital(`${by}${who}`)}: ${textOf(first?.sightings ?? [])}.`, provenance };
  });
}

/** `the pod sees the client's own address`, `the pod sees 172.18.0.3, an address of worker-1`, `the connection times out` */
function outcomeText(sightings: readonly Sighting[]): string {
  if (sightings.some(({ byNode }) => byNode)) return 'the node itself is asked, not the pod';
  const arrived = sightings.filter(({ seen }) => seen !== undefined);
  const failed = sightings.find(({ outcome }) => outcome.result !== 'Reachable');
  const failure = failed && failureWords(failed);
  if (arrived.length === 0) return failure ?? 'it leaves the cluster, and what happens there is not known';
  const sees = `the pod sees ${seenWords(arrived)}`;
  return failure === undefined ? sees : `${sees}; for some endpoints ${failure}`;
}

/** Addresses of one node stand together. */
function seenWords(arrived: readonly Sighting[]): string {
  const isOwn = ({ client, seen }: Sighting): boolean => seen?.text === client?.text;
  const byNode = new Map<string | undefined, readonly string[]>();
  for (const { seen, seenNode } of arrived.filter((each) => !isOwn(each))) {
    const known = byNode.get(seenNode) ?? [];
    if (seen !== undefined && !known.includes(seen.text)) byNode.set(seenNode, [...known, seen.text]);
  }
  const others = [...byNode].map(([node, addresses]) => {
    const what = addresses.length === 1 ? 'an address' : 'addresses';
    return `${addresses.join(' or ')}${node === undefined ? '' : `, ${what} of ${node}`}`;
  });
  return [...(arrived.some(isOwn) ? ["the client's own address"] : []), ...others].join(' or ');
}

/** `each counts by its own address`, `all count as 198.51.100.8` */
function countedText(sightings: readonly Sighting[]): string {
  const others = [
    ...new Set(
      sightings.flatMap(({ client, countedAs }) =>
        countedAs === undefined || countedAs.text === client?.text ? [] : [countedAs.text],
      ),
    ),
  ];
  return others.length === 0 ? 'each counts by its own address' : `all count as ${others.join(' or ')}`;
}

function failureWords({ outcome: { result, final, verdict } }: Sighting): string {
  if (result === 'Undetermined') return `this cannot be told (${verdict.words.replace(/\.$/, '')})`;
  if (verdict.id === 'no-route' && final === 'Abort')
    return 'it is not reached, having no address for the outside';
  if (final === 'Reject') return 'the connection is refused at once';
  return final === 'Drop'
    ? 'the connection times out'
    : `it is not reached (${verdict.words.replace(/\.$/, '')})`;
}

function endpointProvenance(
  cluster: Cluster,
  { service }: Behind,
): readonly NonNullable<Said['provenance']>[] {
  return lookupOf(cluster)
    .slicesOf(`${service.namespace}/${service.name}`)
    .map(({ provenance }) => provenance);
}

function endpointPods(cluster: Cluster, { service, port }: Behind): readonly Pod[] {
  const { listed } = backendsOf(cluster, service, port, familyOf(service), undefined);
  return listed.flatMap(({ endpoint }) => {
    const pod = endpoint.pod === undefined ? undefined : lookupOf(cluster).pod(endpoint.pod);
    return pod === undefined ? [] : [pod];
  });
}

/** Nodes with a ready endpoint of the port. */
function hostsOf(cluster: Cluster, { service, port }: Behind): readonly string[] {
  const { cluster: usable } = backendsOf(cluster, service, port, familyOf(service), undefined);
  return [...new Set(usable.flatMap(({ endpoint }) => endpoint.nodeName ?? []))];
}

function nodesBy(
  cluster: Cluster,
  behind: Behind,
): { readonly hosting: Node | undefined; readonly without: Node | undefined } {
  const hosts = new Set(hostsOf(cluster, behind));
  return {
    hosting: cluster.nodes.find(({ name }) => hosts.has(name)),
    without: cluster.nodes.find(({ name }) => !hosts.has(name)),
  };
}

function familyOf(service: Service): Family {
  return service.ipFamilies[0] ?? 4;
}

function otherPodOn(cluster: Cluster, node: string, except: readonly Pod[]): Pod | undefined {
  return lookupOf(cluster)
    .podsOn(node)
    .find((pod) => isClient(pod) && !except.includes(pod));
}

function podElsewhere(cluster: Cluster, nodes: readonly string[]): Pod | undefined {
  for (const { name } of cluster.nodes) {
    const pod = nodes.includes(name) ? undefined : otherPodOn(cluster, name, []);
    if (pod !== undefined) return pod;
  }
  return undefined;
}

/** Sends from an address of its own. */
function isClient(pod: Pod): boolean {
  return isOnPodNetwork(pod) && pod.addresses.length > 0;
}

function serviceEnd({ namespace, name }: Service): End {
  return { kind: 'service', namespace, name };
}

function podEnd({ namespace, name }: Pod): End {
  return { kind: 'pod', namespace, name };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Under which profile that is so, where the input does not tell it. */
export function assumedProfileSaid(cluster: Cluster): readonly Said[] {
  const { cni } = settingsFor(cluster);
  if (cni.how !== 'assumed') return [];
  return [
    {
      text: `As the ${cni.value.name} does it, which is assumed: choose the CNI profile.`,
      provenance: 'inferred',
    },
  ];
}
