// Answers: which addresses are tried? Pods by name, every pod of a workload, a node, an address, or what a DNS name means to
// the source; Services are in `serviceTargets.ts`.
import type { Dataplane } from '../dataplane/network';
import { isLoopback, parseIp, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Service } from '../model/service';
import type { Evidence } from '../model/source';
import { asksClusterDns, resolveName } from './dnsNames';
import {
  failure,
  familyMismatch,
  found,
  noPort,
  notRunning,
  pickFamily,
  resolvedNode,
  resolvedPod,
  unknownObject,
  type Destination,
  type Origin,
  type Resolution,
  type Target,
} from './ends';
import { toEntry } from './entryTargets';
import { aborted } from './outcome';
import type { End, TraceQuery } from './query';
import { toService, toServiceAddress } from './serviceTargets';
import type { ResolvedEnd } from './trace';

/** What resolving looks at. `families`: those that the source has, the wanted one only when one is asked for. */
export interface Search {
  readonly cluster: Cluster;
  readonly dataplane: Dataplane;
  readonly query: TraceQuery;
  readonly origin: Origin;
  readonly families: readonly Family[];
}

export function resolveDestination(
  cluster: Cluster,
  dataplane: Dataplane,
  query: TraceQuery,
  origin: Origin,
): Resolution<Destination> {
  const families =
    query.family === undefined
      ? origin.families
      : origin.families.filter((family) => family === query.family);
  return resolveTo({ cluster, dataplane, query, origin, families }, query.to);
}

function resolveTo(search: Search, to: End): Resolution<Destination> {
  const { cluster, families } = search;
  const lookup = lookupOf(cluster);
  switch (to.kind) {
    case 'pod': {
      const pod = lookup.pod(`${to.namespace}/${to.name}`);
      return pod === undefined
        ? unknownObject('Pod', `${to.namespace}/${to.name}`)
        : toPods(search, [pod], resolvedPod(pod), to.container);
    }
    case 'workload': {
      const key = `${to.namespace}/${to.name}`;
      const pods = lookup.podsOf(to.workload, key);
      const workload = lookup.workload(to.workload, key);
      const resolved = { label: `${to.workload} ${key}`, at: workload?.nameAt };
      if (pods.length > 0) return toPods(search, pods, resolved, undefined);
      return workload === undefined
        ? unknownObject(to.workload, key)
        : failure(aborted('Unreachable', 'not-running', `${to.workload} ${key} has no pods.`), resolved);
    }
    case 'service': {
      const service = lookup.service(`${to.namespace}/${to.name}`);
      if (service === undefined) return unknownObject('Service', `${to.namespace}/${to.name}`);
      return service.type === 'ExternalName' ? toAlias(search, service) : toService(search, service);
    }
    case 'node': {
      const node = lookup.node(to.name);
      if (node === undefined) return unknownObject('Node', to.name);
      const address = pickFamily(
        node.addresses.map(({ value }) => value),
        families,
      );
      if (address === undefined)
        return familyMismatch(resolvedNode(node.name, node.addresses[0]?.value), families);
      return toAddress(search, address, resolvedNode(node.name, address), undefined);
    }
    case 'address':
      return toLiteral(search, to.address);
    case 'name':
      return toName(search, to.name, to.path ?? '/');
  }
}

function toName(search: Search, name: string, path: string): Resolution<Destination> {
  const { cluster, origin, families } = search;
  const inCluster = asksClusterDns(origin);
  if (name === 'localhost') return toLiteral(search, families[0] === 6 ? '::1' : '127.0.0.1');
  const answer = resolveName(cluster, name, inCluster ? origin.pod?.namespace : undefined);
  const inPods = inCluster ? answer : resolveName(cluster, name, origin.pod?.namespace ?? 'default');
  if (!inCluster && inPods.kind === 'end') return unknownToResolver(origin, name);
  if (answer.kind === 'outside')
    return (
      toEntry(search, answer.name, path) ??
      failure(
        aborted(
          'Undetermined',
          'unknown',
          `${answer.name} is not a name of this cluster, and no Ingress or route serves it; which address it has is not known here.`,
        ),
      )
    );
  if (answer.kind === 'no-such-name') {
    const words = `${name} does not resolve: no Service or pod has the name ${answer.tried.join(', nor ')}.`;
    return failure(aborted('Unreachable', 'dns-failed', words, 'name does not resolve (NXDOMAIN)'));
  }
  const resolution = resolveTo(search, answer.end);
  if (resolution.kind === 'failed') return resolution;
  const lookedUp: Evidence = {
    text: `DNS answers ${name} as ${answer.fullName}.`,
    provenance: 'inferred',
  };
  return found({ ...resolution.value, assumptions: [lookedUp, ...resolution.value.assumptions] });
}

/** DNS answers with another name, which the client's resolver follows; ports are not translated (spec D5). */
function toAlias(search: Search, service: Service): Resolution<Destination> {
  const name = service.externalName ?? '';
  const inZone = resolveName(search.cluster, `${name}.`, undefined);
  // An alias of an alias could lead in a circle.
  const target =
    inZone.kind === 'end' && inZone.end.kind === 'service'
      ? lookupOf(search.cluster).service(`${inZone.end.namespace}/${inZone.end.name}`)
      : undefined;
  if (target === undefined || target.type === 'ExternalName') return toService(search, service);
  const resolved = toService(search, target);
  if (resolved.kind === 'failed') return resolved;
  const alias: Evidence = {
    text: `Service ${keyOf(service)} is a DNS alias for ${name}: the client connects there, to the port that it asked for.`,
    provenance: service.provenance,
    at: service.nameAt ?? service.at,
  };
  return found({ ...resolved.value, assumptions: [alias, ...resolved.value.assumptions] });
}

/** The name is one of the cluster's, but the source does not ask the cluster's DNS. */
function unknownToResolver({ pod, outside, resolved }: Origin, name: string): Resolution<never> {
  const resolver = outside === undefined ? "its node's resolver" : 'a resolver outside the cluster';
  const onNode =
    pod?.spec.hostNetwork === true
      ? ' On the node’s network dnsPolicy ClusterFirst counts as Default; ClusterFirstWithHostNet would ask the cluster.'
      : '';
  const words = `${name} does not resolve: ${resolved.label} asks ${resolver}, which does not know the cluster's names.${onNode}`;
  return failure(aborted('Unreachable', 'dns-failed', words, 'name does not resolve (NXDOMAIN)'));
}

function toLiteral(search: Search, text: string): Resolution<Destination> {
  const { cluster, origin } = search;
  const ip = parseIp(text);
  if (ip === undefined) return failure(aborted('Undetermined', 'unknown', `${text} is not an IP address.`));
  if (isLoopback(ip))
    return origin.outside === undefined
      ? toAddress(search, ip, { label: `${ip.text} (localhost)`, address: ip.text }, origin.pod)
      : failure(
          aborted(
            'Undetermined',
            'unknown',
            `${ip.text} never leaves the host outside; pick an address of the cluster.`,
          ),
        );
  if (!origin.families.includes(ip.family))
    return familyMismatch({ label: ip.text, address: ip.text }, origin.families);
  const owner = lookupOf(cluster).owners(ip)[0];
  if (owner === undefined) return toAddress(search, ip, { label: ip.text, address: ip.text }, undefined);
  if (owner.kind === 'pod')
    return toAddress(search, ip, { ...resolvedPod(owner.pod), address: ip.text }, owner.pod);
  if (owner.kind === 'node') return toAddress(search, ip, resolvedNode(owner.node.name, ip), undefined);
  return toServiceAddress(search, owner.service, ip);
}

function toPods(
  search: Search,
  pods: readonly Pod[],
  resolved: ResolvedEnd,
  container: string | undefined,
): Resolution<Destination> {
  const { query, families } = search;
  const able = pods.filter((pod) => notRunning(pod) === undefined);
  const first = pods[0];
  if (able.length === 0)
    return failure(
      (first && notRunning(first)) ?? aborted('Unreachable', 'not-running', `${resolved.label} has no pods.`),
      resolved,
    );
  const targets: Target[] = [];
  for (const pod of able) {
    const address = pickFamily(
      pod.addresses.map(({ value }) => value),
      families,
    );
    if (address === undefined) return familyMismatch(resolvedPod(pod), families);
    const unroutable = notRoutable(search, address, resolvedPod(pod));
    if (unroutable !== undefined) return unroutable;
    const port = podPort(pod, query, container);
    if (port === undefined) return noPort(query, `pod ${keyOf(pod)}`, resolvedPod(pod));
    targets.push({
      address,
      port,
      resolved: { ...resolvedPod(pod), address: address.text },
      pod,
      probability: 1 / able.length,
    });
  }
  const left = pods.length - able.length;
  const assumptions: readonly Evidence[] =
    left > 0
      ? [
          {
            text: `${left} of ${pods.length} pods of ${resolved.label} cannot receive and are left out.`,
            provenance: 'inferred',
          },
        ]
      : [];
  return found({ resolved, targets, service: undefined, servicePort: undefined, assumptions });
}

function toAddress(
  search: Search,
  address: Ip,
  resolved: ResolvedEnd,
  pod: Pod | undefined,
): Resolution<Destination> {
  const { query } = search;
  const unroutable = notRoutable(search, address, resolved);
  if (unroutable !== undefined) return unroutable;
  const port = pod === undefined ? plainPort(query) : podPort(pod, query, undefined);
  if (port === undefined) return noPort(query, resolved.label, resolved);
  return found({
    resolved,
    targets: [{ address, port, resolved, pod, probability: 1 }],
    service: undefined,
    servicePort: undefined,
    assumptions: [],
  });
}

/** A host outside reaches pods directly only where the network outside knows their addresses. */
function notRoutable(
  { cluster, dataplane, origin }: Search,
  address: Ip,
  resolved: ResolvedEnd,
): Resolution<Destination> | undefined {
  if (origin.outside === undefined || dataplane.podsAreRoutable) return undefined;
  const inPods =
    lookupOf(cluster)
      .owners(address)
      .some(({ kind }) => kind === 'pod') ||
    lookupOf(cluster).rangeOf(address)?.kind.endsWith('pod-cidr') === true;
  if (!inPods) return undefined;
  const words = `${address.text} is an address of the pod network. Whether the network outside routes it to the nodes is not known; in most clusters it does not, and only node ports and load balancers are reached from there.`;
  return failure(aborted('Undetermined', 'unknown', words), resolved);
}

function plainPort({ port, protocol }: TraceQuery): number | undefined {
  if (protocol === 'ICMP') return 0;
  return typeof port === 'number' ? port : undefined;
}

/** By number, else by a declared port's name, else the first port that a container of the pod declares. */
function podPort(
  pod: Pod,
  { port: wanted, protocol }: TraceQuery,
  container: string | undefined,
): number | undefined {
  if (protocol === 'ICMP') return 0;
  if (typeof wanted === 'number') return wanted;
  const declared = pod.spec.containers
    .filter((each) => each.role !== 'init' && (container === undefined || each.name === container))
    .flatMap((each) => each.ports)
    .filter((port) => port.protocol === protocol);
  return declared.find((port) => wanted === undefined || port.name === wanted)?.containerPort;
}
