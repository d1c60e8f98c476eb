// Answers: what becomes of a new connection to an address and port that may be a Service's? The order of capture, the endpoint
// sets by traffic policy, and who is masqueraded are one rule set; the modes differ in what they do with what is not captured,
// and in which of a node's addresses have node ports. Source: pkg/proxy/{iptables,nftables,ipvs}/proxier.go (spec D1-D4).
import { contains, parseCidr, type Cidr, type Ip } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import { keyOf, type ObjectRef } from '../../model/objects';
import type { Service, ServicePort } from '../../model/service';
import type { Evidence } from '../../model/source';
import type { Arrival, Mark, Picker, Translation } from '../network';
import { socketText } from '../packet';
import type { FailCause, Refusal } from '../steps/fail';
import type { Translator } from '../steps/translate';
import { backendsOf, type Backend } from './endpoints';
import { translateHostPort } from './hostPort';
import { portOwnersOf } from './portOwners';

/** What a mode does with addresses that no Service port captures; undefined: nothing, the packet goes on. */
export interface UncapturedRules {
  /** A ClusterIP, but none of its ports. */
  readonly wrongPort?:
    { readonly how: Refusal; readonly cause: FailCause; readonly words: string } | undefined;
  /** In the Service range, but no Service has the address. */
  readonly unallocated?:
    { readonly how: Refusal; readonly cause: FailCause; readonly words: string } | undefined;
}

export type Hook = 'prerouting' | 'input' | 'forward' | 'output';

/**
 * Where each kind of traffic is refused. A packet that comes in is refused in PREROUTING or later in INPUT or FORWARD; what
 * the node sends itself only in OUTPUT, or in INPUT when it is for the node.
 */
export interface RefusalHooks {
  /** A ClusterIP without usable endpoints. */
  readonly internal: readonly Hook[];
  /** A load balancer's or external address without usable endpoints. */
  readonly external: readonly Hook[];
  readonly nodePort: readonly Hook[];
  readonly outsideRanges: readonly Hook[];
  /** Whether what comes in is held against source ranges before it is asked whether there is an endpoint at all. */
  readonly rangesFirst: boolean;
  /** A wrong port of a ClusterIP, an address of the Service range that no Service has. */
  readonly uncaptured: readonly Hook[];
  /** OUTPUT refuses before it translates: what a Local policy leaves without an endpoint is dropped, even the node's own. */
  readonly outputFirst: boolean;
}

export interface ServiceRules {
  readonly by: Translator;
  readonly uncaptured: UncapturedRules;
  readonly refuses: RefusalHooks;
  /** Whether node ports are open on this address of the node. */
  readonly nodePortOn: (ip: Ip) => boolean;
  /** Whether an external client of a node port is masqueraded although its endpoint is on this very node. */
  readonly masqueradesLocalEndpoints: boolean;
  /** Whether every client of a ClusterIP is masqueraded (`masqueradeAll`). */
  readonly masqueradesAll: boolean;
  /** Who translates host ports. */
  readonly hostPorts: Translator;
  /** Whether the node itself answers pings to a ClusterIP. */
  readonly answersPing: boolean;
}

/** The node that evaluates the rules. */
export interface RuleSite {
  readonly cluster: Cluster;
  readonly node: string;
  readonly isLocal: (ip: Ip) => boolean;
  /** Range of the node's own pods in the packet's family. */
  readonly subnet: (ip: Ip) => Cidr | undefined;
}

type Capture =
  | {
      readonly kind: 'internal' | 'load-balancer' | 'external-ip' | 'node-port';
      readonly service: Service;
      readonly port: ServicePort;
    }
  | { readonly kind: 'wrong-port'; readonly service: Service };

export function translateByRules(
  rules: ServiceRules,
  site: RuleSite,
  arrival: Arrival,
  pick: Picker,
): Translation | undefined {
  const { packet } = arrival;
  // Nothing answers pings to a virtual address in iptables and nftables mode.
  const capture = packet.protocol === 'ICMP' ? undefined : captureOf(rules, site, arrival);
  if (capture !== undefined && capture.kind !== 'wrong-port')
    return toEndpoint(rules, site, arrival, pick, capture);
  const uncaptured = refuseUncaptured(rules, site, arrival, capture?.service);
  if (uncaptured !== undefined) return uncaptured;
  if (!site.isLocal(packet.destination)) return undefined;
  const owner = portOwnersOf(site.cluster).hostPort(
    site.node,
    packet.destination,
    packet.protocol,
    packet.destinationPort,
  );
  return owner && translateHostPort(rules.hostPorts, arrival, owner, site.subnet(packet.source));
}

/** The first that fits, in the order of kube-proxy's chains (spec D1). */
function captureOf(
  rules: ServiceRules,
  { cluster, isLocal }: RuleSite,
  { packet }: Arrival,
): Capture | undefined {
  const { destination, destinationPort, protocol } = packet;
  let wrongPort: Capture | undefined;
  for (const owner of lookupOf(cluster).owners(destination)) {
    if (owner.kind !== 'service') continue;
    const { service } = owner;
    const kind = addressKind(service, destination);
    if (kind === undefined) continue;
    const port = service.ports.find((each) => each.port === destinationPort && each.protocol === protocol);
    if (port !== undefined) return { kind, service, port };
    if (kind === 'internal') wrongPort ??= { kind: 'wrong-port', service };
  }
  if (isLocal(destination) && rules.nodePortOn(destination)) {
    const owner = portOwnersOf(cluster).nodePort(protocol, destinationPort);
    if (owner !== undefined) return { kind: 'node-port', ...owner };
  }
  return wrongPort;
}

function addressKind(service: Service, ip: Ip): 'internal' | 'load-balancer' | 'external-ip' | undefined {
  if (service.clusterIps.some(({ value }) => value.text === ip.text)) return 'internal';
  if (service.externalIps.some(({ text }) => text === ip.text)) return 'external-ip';
  return service.loadBalancerIps.some(({ value }) => value.text === ip.text) ? 'load-balancer' : undefined;
}

function toEndpoint(
  rules: ServiceRules,
  site: RuleSite,
  arrival: Arrival,
  pick: Picker,
  capture: Exclude<Capture, { kind: 'wrong-port' }>,
): Translation {
  const { packet } = arrival;
  const { service, port, kind } = capture;
  const evidence = [portEvidence(service, port, kind)];
  const target = `Service ${keyOf(service)} (${socketText(packet.destination, packet.destinationPort)})`;
  const refused = (how: Refusal, cause: FailCause, words: string): Translation => ({
    kind: 'refuse',
    how,
    where: whereRefused(
      cause === 'dropped-source-range' ? rules.refuses.outsideRanges : hooksFor(rules, kind),
      arrival,
    ),
    cause,
    reason: `${target} ${words}`,
    evidence,
  });
  const backends = backendsOf(site.cluster, service, port, packet.destination.family, site.node);
  const ranged =
    kind === 'load-balancer' &&
    (backends.cluster.length > 0 || (rules.refuses.rangesFirst && !arrival.sentHere));
  if (ranged && outsideSourceRanges(service, packet.source))
    return refused(
      'drop',
      'dropped-source-range',
      `accepts ${service.loadBalancerSourceRanges.join(', ')} only (loadBalancerSourceRanges), and the client is ${packet.source.text}: ${rules.by.who} drops the packet.`,
    );
  if (backends.cluster.length === 0)
    return refused(
      'reject',
      'rejected-no-endpoints',
      `has no endpoints: ${rules.by.who} rejects the packet.`,
    );
  const choice =
    kind === 'internal'
      ? internalChoice(service, backends)
      : externalChoice(
          service,
          backends,
          isFromPod(site, packet.source),
          !droppedOnOutput(rules, arrival, kind, backends) &&
            (arrival.sentHere || site.isLocal(packet.source)),
        );
  const chosen = choice.from[pick(choice.from.length)];
  if (chosen === undefined)
    return refused(
      'drop',
      'dropped-no-local-endpoints',
      `has ${choice.policy} Local and no endpoint on ${site.node}: ${rules.by.who} drops the packet.`,
    );
  const ref: ObjectRef = {
    kind: 'Service',
    namespace: service.namespace,
    name: service.name,
    at: service.nameAt,
  };
  return {
    kind: 'rewrite',
    by: rules.by,
    service: ref,
    chosen: {
      address: chosen.endpoint.address,
      port: chosen.port,
      owner: chosen.endpoint.pod ?? chosen.endpoint.address.text,
    },
    candidates: choice.from.length,
    mark: masqueradeMark(rules, site, arrival, chosen, choice.masquerade),
    evidence: [...evidence, endpointEvidence(chosen)],
    note: choice.note ?? affinityNote(service, choice.from.length),
  };
}

function hooksFor(
  { refuses }: ServiceRules,
  kind: 'internal' | 'load-balancer' | 'external-ip' | 'node-port',
) {
  if (kind === 'internal') return refuses.internal;
  return kind === 'node-port' ? refuses.nodePort : refuses.external;
}

function whereRefused(hooks: readonly Hook[], { sentHere }: Arrival): 'arrival' | 'filter' {
  return hooks.includes(sentHere ? 'output' : 'prerouting') ? 'arrival' : 'filter';
}

/** Whether OUTPUT drops the node's own packet before it could be short-circuited past a Local policy. */
function droppedOnOutput(
  { refuses }: ServiceRules,
  { sentHere }: Arrival,
  kind: Capture['kind'],
  { local }: Sets,
): boolean {
  const isExternal = kind === 'load-balancer' || kind === 'external-ip';
  return sentHere && refuses.outputFirst && isExternal && local.length === 0;
}

interface Choice {
  readonly from: readonly Backend[];
  readonly policy: 'internalTrafficPolicy' | 'externalTrafficPolicy';
  /** Who is masqueraded besides a pod that reaches itself. */
  readonly masquerade: 'all' | 'not-pods' | 'none';
  readonly note?: string | undefined;
}

type Sets = ReturnType<typeof backendsOf>;

function internalChoice(service: Service, { cluster, local }: Sets): Choice {
  const from = service.internalTrafficPolicy === 'Local' ? local : cluster;
  return { from, policy: 'internalTrafficPolicy', masquerade: 'not-pods' };
}

/** Clients inside the cluster are short-circuited past a Local policy: they cannot come from elsewhere (spec D3). */
function externalChoice(
  service: Service,
  { cluster, local }: Sets,
  fromPod: boolean,
  fromNode: boolean,
): Choice {
  const policy = 'externalTrafficPolicy';
  if (service.externalTrafficPolicy === 'Cluster') return { from: cluster, policy, masquerade: 'all' };
  if (fromPod)
    return {
      from: cluster,
      policy,
      masquerade: 'none',
      note: 'A pod of the cluster is not bound by externalTrafficPolicy Local: it gets any endpoint.',
    };
  if (fromNode)
    return {
      from: cluster,
      policy,
      masquerade: 'all',
      note: 'The node itself is not bound by externalTrafficPolicy Local: it gets any endpoint.',
    };
  return { from: local, policy, masquerade: 'none' };
}

/** Why the source will be rewritten on the way out; undefined when it will not (spec D4). */
function masqueradeMark(
  rules: ServiceRules,
  site: RuleSite,
  { packet }: Arrival,
  chosen: Backend,
  masquerade: Choice['masquerade'],
): Mark | undefined {
  const mark = (what: string): Mark => ({ rule: `${rules.by.who} masquerades ${what}`, keepsPort: false });
  if (packet.source.text === chosen.endpoint.address.text)
    return mark('a pod that reaches itself through its Service, so that the answer comes back by the node');
  if (masquerade === 'none') return undefined;
  if (masquerade === 'not-pods' && rules.masqueradesAll)
    return mark('every client of a ClusterIP (masqueradeAll)');
  if (masquerade === 'not-pods')
    return isFromPod(site, packet.source)
      ? undefined
      : mark('clients of a ClusterIP that are not in the pod range');
  if (!rules.masqueradesLocalEndpoints && chosen.endpoint.nodeName === site.node) return undefined;
  return mark(
    'clients from outside under externalTrafficPolicy Cluster, so that answers come back by this node',
  );
}

/** kube-proxy's detectLocal by the cluster's range; without one everything passes for local (spec D4). */
function isFromPod({ cluster }: RuleSite, source: Ip): boolean {
  const ranges = cluster.network.podCidrs.filter(({ value }) => value.first.family === source.family);
  return ranges.length === 0 || ranges.some(({ value }) => contains(value, source));
}

function refuseUncaptured(
  { uncaptured, answersPing, refuses }: ServiceRules,
  { cluster }: RuleSite,
  arrival: Arrival,
  wrongPortOf: Service | undefined,
): Translation | undefined {
  const { packet } = arrival;
  if (packet.protocol === 'ICMP' && answersPing) return undefined;
  const service = wrongPortOf ?? virtualOwner(cluster, packet.destination);
  if (service !== undefined) {
    if (uncaptured.wrongPort === undefined) return undefined;
    const asked =
      packet.protocol === 'ICMP'
        ? 'no ports for ICMP'
        : `no port ${packet.destinationPort}/${packet.protocol}`;
    return {
      kind: 'refuse',
      how: uncaptured.wrongPort.how,
      where: whereRefused(refuses.uncaptured, arrival),
      cause: uncaptured.wrongPort.cause,
      reason: `Service ${keyOf(service)} has ${asked}: ${uncaptured.wrongPort.words}`,
      evidence: [{ text: `Service ${keyOf(service)}`, provenance: service.provenance, at: service.at }],
    };
  }
  const range = uncaptured.unallocated && lookupOf(cluster).rangeOf(packet.destination);
  if (range?.kind !== 'service-cidr' || uncaptured.unallocated === undefined) return undefined;
  return {
    kind: 'refuse',
    how: uncaptured.unallocated.how,
    where: whereRefused(refuses.uncaptured, arrival),
    cause: uncaptured.unallocated.cause,
    reason: `No Service has ${packet.destination.text} of the Service range ${range.cidr.value.text}: ${uncaptured.unallocated.words}`,
    evidence: [],
  };
}

function virtualOwner(cluster: Cluster, ip: Ip): Service | undefined {
  for (const owner of lookupOf(cluster).owners(ip))
    if (owner.kind === 'service' && addressKind(owner.service, ip) === 'internal') return owner.service;
  return undefined;
}

function outsideSourceRanges(service: Service, source: Ip): boolean {
  const ranges = service.loadBalancerSourceRanges.flatMap((text) => parseCidr(text) ?? []);
  return ranges.length > 0 && !ranges.some((range) => contains(range, source));
}

function affinityNote(service: Service, count: number): string | undefined {
  if (service.sessionAffinity !== 'ClientIP' || count < 2) return undefined;
  return 'sessionAffinity ClientIP: later connections of the same client address get the same endpoint for as long as its timeout lasts.';
}

function portEvidence(service: Service, port: ServicePort, kind: Capture['kind']): Evidence {
  const what = kind === 'node-port' ? `node port ${port.nodePort ?? 0}` : `port ${port.port}`;
  return {
    text: `Service ${keyOf(service)} ${what}/${port.protocol}`,
    provenance: service.provenance,
    at: port.at ?? service.at,
  };
}

function endpointEvidence({ endpoint, slice }: Backend): Evidence {
  const owner = endpoint.pod ?? endpoint.address.text;
  return {
    text: `${owner} is listed in EndpointSlice ${keyOf(slice)}`,
    provenance: slice.provenance,
    at: slice.at,
  };
}
