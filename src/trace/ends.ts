// Answers: which network namespace sends, and which addresses are tried? Pods by name, one pod of a workload as source and
// each of them as destination, a Service by its virtual address or, headless, by its endpoints (spec D5).
import { backendsOf } from '../dataplane/kubeProxy/endpoints';
import type { Dataplane, NetNamespace } from '../dataplane/network';
import { isLoopback, parseIp, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import type { Protocol } from '../model/ports';
import type { Service, ServicePort } from '../model/service';
import type { Evidence } from '../model/source';
import { resolveName } from './dnsNames';
import { aborted, type Outcome } from './outcome';
import type { End, TraceQuery } from './query';
import type { ResolvedEnd } from './trace';

/** Who sends. */
export interface Origin {
  readonly netns: NetNamespace;
  /** The pod that sends; on its node's network when it is hostNetwork. */
  readonly pod: Pod | undefined;
  readonly families: readonly Family[];
  readonly resolved: ResolvedEnd;
  readonly assumptions: readonly Evidence[];
}

/** One address and port to try. */
export interface Target {
  readonly address: Ip;
  readonly port: number;
  readonly resolved: ResolvedEnd;
  readonly pod: Pod | undefined;
  /** Chance among the other targets of the same destination. */
  readonly probability: number;
}

export interface Destination {
  readonly resolved: ResolvedEnd;
  readonly targets: readonly Target[];
  /** The Service that was named, or that owns the address. */
  readonly service: Service | undefined;
  readonly servicePort: ServicePort | undefined;
  readonly assumptions: readonly Evidence[];
}

export type Resolution<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly resolved?: ResolvedEnd };

export function resolveSource(cluster: Cluster, dataplane: Dataplane, end: End): Resolution<Origin> {
  const lookup = lookupOf(cluster);
  switch (end.kind) {
    case 'pod': {
      const pod = lookup.pod(`${end.namespace}/${end.name}`);
      return pod === undefined
        ? unknownObject('Pod', `${end.namespace}/${end.name}`)
        : originPod(dataplane, pod, []);
    }
    case 'workload': {
      const key = `${end.namespace}/${end.name}`;
      const pods = lookup.podsOf(end.workload, key);
      const pod = pods.find(canSend) ?? pods[0];
      if (pod === undefined) {
        return lookup.workload(end.workload, key) === undefined
          ? unknownObject(end.workload, key)
          : failure(aborted('Unreachable', 'not-running', `${end.workload} ${key} has no pods.`));
      }
      const others: readonly Evidence[] =
        pods.length > 1
          ? [
              {
                text: `Traced from ${keyOf(pod)}, one of ${pods.length} pods of ${end.workload} ${key}.`,
                provenance: pod.provenance,
                at: pod.at,
              },
            ]
          : [];
      return originPod(dataplane, pod, others);
    }
    case 'node': {
      const netns = dataplane.ofNode(end.name);
      return netns === undefined ? unknownObject('Node', end.name) : found(originNode(netns));
    }
    case 'address':
      return originAddress(cluster, dataplane, end.address);
    case 'service':
      return failure(
        aborted(
          'Undetermined',
          'unknown',
          `A Service does not send; pick one of the pods behind ${end.namespace}/${end.name}.`,
        ),
      );
    case 'name':
      return failure(
        aborted(
          'Undetermined',
          'unknown',
          `${end.name} does not name a source; write namespace/pod, Kind/namespace/name, node/name or an address.`,
        ),
      );
  }
}

function originAddress(cluster: Cluster, dataplane: Dataplane, text: string): Resolution<Origin> {
  const ip = parseIp(text);
  if (ip === undefined) return failure(aborted('Undetermined', 'unknown', `${text} is not an IP address.`));
  for (const owner of lookupOf(cluster).owners(ip)) {
    if (owner.kind === 'pod') return originPod(dataplane, owner.pod, []);
    const netns = owner.kind === 'node' ? dataplane.ofNode(owner.node.name) : undefined;
    if (netns !== undefined) return found(originNode(netns));
  }
  return failure(
    aborted(
      'Undetermined',
      'unknown',
      `No pod or node has the address ${ip.text}; traces from outside the cluster are not made yet.`,
    ),
  );
}

function originPod(dataplane: Dataplane, pod: Pod, assumptions: readonly Evidence[]): Resolution<Origin> {
  const resolved = resolvedPod(pod);
  const unable = notRunning(pod);
  if (unable !== undefined) return failure(unable, resolved);
  const netns = dataplane.ofPod(pod);
  if (netns === undefined)
    return failure(
      aborted(
        'Undetermined',
        'unknown',
        `Nothing is known of ${pod.node?.value ?? 'the node'} where pod ${keyOf(pod)} runs.`,
      ),
      resolved,
    );
  return found({
    netns,
    pod,
    families: pod.addresses.map(({ value }) => value.family),
    resolved,
    assumptions,
  });
}

function originNode(netns: NetNamespace): Origin {
  const { node } = netns;
  const families = node.addresses.map(({ value }) => value.family);
  return {
    netns,
    pod: undefined,
    families,
    resolved: resolvedNode(node.name, node.addresses[0]?.value),
    assumptions: [],
  };
}

/** @param families those the source has; the destination is looked for in `query.family`, else in the first that fits. */
export function resolveDestination(
  cluster: Cluster,
  query: TraceQuery,
  origin: Origin,
): Resolution<Destination> {
  const families =
    query.family === undefined
      ? origin.families
      : origin.families.filter((family) => family === query.family);
  return resolveTo(cluster, query, query.to, origin, families);
}

function resolveTo(
  cluster: Cluster,
  query: TraceQuery,
  to: End,
  origin: Origin,
  families: readonly Family[],
): Resolution<Destination> {
  const lookup = lookupOf(cluster);
  switch (to.kind) {
    case 'pod': {
      const pod = lookup.pod(`${to.namespace}/${to.name}`);
      return pod === undefined
        ? unknownObject('Pod', `${to.namespace}/${to.name}`)
        : toPods(query, [pod], resolvedPod(pod), families, to.container);
    }
    case 'workload': {
      const key = `${to.namespace}/${to.name}`;
      const pods = lookup.podsOf(to.workload, key);
      const workload = lookup.workload(to.workload, key);
      const resolved = { label: `${to.workload} ${key}`, at: workload?.nameAt };
      if (pods.length > 0) return toPods(query, pods, resolved, families, undefined);
      return workload === undefined
        ? unknownObject(to.workload, key)
        : failure(aborted('Unreachable', 'not-running', `${to.workload} ${key} has no pods.`), resolved);
    }
    case 'service': {
      const service = lookup.service(`${to.namespace}/${to.name}`);
      return service === undefined
        ? unknownObject('Service', `${to.namespace}/${to.name}`)
        : toService(cluster, query, service, origin, families);
    }
    case 'node': {
      const node = lookup.node(to.name);
      if (node === undefined) return unknownObject('Node', to.name);
      const resolved = resolvedNode(node.name, node.addresses[0]?.value);
      const address = pickFamily(
        node.addresses.map(({ value }) => value),
        families,
      );
      if (address === undefined) return familyMismatch(resolved, families);
      return toAddress(query, address, resolvedNode(node.name, address), undefined);
    }
    case 'address':
      return toLiteral(cluster, query, to.address, origin);
    case 'name':
      return toName(cluster, query, to.name, origin, families);
  }
}

function toName(
  cluster: Cluster,
  query: TraceQuery,
  name: string,
  origin: Origin,
  families: readonly Family[],
): Resolution<Destination> {
  const inPod = origin.pod !== undefined && !origin.pod.spec.hostNetwork;
  if (name === 'localhost') return toLiteral(cluster, query, families[0] === 6 ? '::1' : '127.0.0.1', origin);
  const answer = resolveName(cluster, name, inPod ? origin.pod.namespace : undefined);
  if (answer.kind === 'outside')
    return failure(
      aborted(
        'Undetermined',
        'unknown',
        `${answer.name} is not a name of this cluster; which address it has is not known here.`,
      ),
    );
  if (answer.kind === 'no-such-name') {
    const words = `${name} does not resolve: no Service or pod has the name ${answer.tried.join(', nor ')}.`;
    return failure(aborted('Unreachable', 'dns-failed', words, 'name does not resolve (NXDOMAIN)'));
  }
  const resolution = resolveTo(cluster, query, answer.end, origin, families);
  if (resolution.kind === 'failed') return resolution;
  const lookedUp: Evidence = {
    text: `DNS answers ${name} as ${answer.fullName}; the lookup itself is not traced.`,
    provenance: 'inferred',
  };
  return found({ ...resolution.value, assumptions: [lookedUp, ...resolution.value.assumptions] });
}

function toLiteral(
  cluster: Cluster,
  query: TraceQuery,
  text: string,
  origin: Origin,
): Resolution<Destination> {
  const ip = parseIp(text);
  if (ip === undefined) return failure(aborted('Undetermined', 'unknown', `${text} is not an IP address.`));
  if (!isLoopback(ip) && !origin.families.includes(ip.family))
    return familyMismatch({ label: ip.text, address: ip.text }, origin.families);
  if (isLoopback(ip))
    return toAddress(query, ip, { label: `${ip.text} (localhost)`, address: ip.text }, origin.pod);
  const owner = lookupOf(cluster).owners(ip)[0];
  if (owner === undefined) return toAddress(query, ip, { label: ip.text, address: ip.text }, undefined);
  if (owner.kind === 'pod')
    return toAddress(query, ip, { ...resolvedPod(owner.pod), address: ip.text }, owner.pod);
  if (owner.kind === 'node') return toAddress(query, ip, resolvedNode(owner.node.name, ip), undefined);
  return toVirtualAddress(query, owner.service, ip);
}

function toService(
  cluster: Cluster,
  query: TraceQuery,
  service: Service,
  origin: Origin,
  families: readonly Family[],
): Resolution<Destination> {
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
  if (service.headless) return toHeadless(cluster, query, service, origin, families);
  const address = pickFamily(
    service.clusterIps.map(({ value }) => value),
    families,
  );
  if (address !== undefined) return toVirtualAddress(query, service, address);
  if (service.clusterIps.length > 0) return familyMismatch(resolved, families);
  return failure(aborted('Undetermined', 'no-ip', `Service ${keyOf(service)} has no ClusterIP.`), resolved);
}

function toVirtualAddress(query: TraceQuery, service: Service, address: Ip): Resolution<Destination> {
  const resolved = { ...resolvedService(service), address: address.text };
  const servicePort = findServicePort(service, query.port, query.protocol);
  const port = servicePort?.port ?? (typeof query.port === 'number' ? query.port : undefined);
  if (port === undefined) return noPort(query, `Service ${keyOf(service)}`, resolved);
  const target: Target = { address, port, resolved, pod: undefined, probability: 1 };
  return found({ resolved, targets: [target], service, servicePort, assumptions: [] });
}

/** A headless Service has no virtual address: DNS gives the endpoints, and the client connects to the target port. */
function toHeadless(
  cluster: Cluster,
  query: TraceQuery,
  service: Service,
  origin: Origin,
  families: readonly Family[],
): Resolution<Destination> {
  const resolved = resolvedService(service);
  const servicePort = findServicePort(service, query.port, query.protocol);
  if (servicePort === undefined) return noPort(query, `Service ${keyOf(service)}`, resolved);
  const family = families[0];
  const node = origin.netns.node.name;
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
      port,
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

function toPods(
  query: TraceQuery,
  pods: readonly Pod[],
  resolved: ResolvedEnd,
  families: readonly Family[],
  container: string | undefined,
): Resolution<Destination> {
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
    const port = podPort(pod, query.port, query.protocol, container);
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
  query: TraceQuery,
  address: Ip,
  resolved: ResolvedEnd,
  pod: Pod | undefined,
): Resolution<Destination> {
  const port =
    pod === undefined
      ? typeof query.port === 'number'
        ? query.port
        : undefined
      : podPort(pod, query.port, query.protocol, undefined);
  if (port === undefined) return noPort(query, resolved.label, resolved);
  return found({
    resolved,
    targets: [{ address, port, resolved, pod, probability: 1 }],
    service: undefined,
    servicePort: undefined,
    assumptions: [],
  });
}

/** Why the pod can neither send nor receive; undefined when it can. */
function notRunning(pod: Pod): Outcome | undefined {
  const name = `Pod ${keyOf(pod)}`;
  if (!isLive(pod))
    return aborted(
      'Unreachable',
      'completed',
      `${name} is ${pod.phase.value}: its sandbox is gone and its address was given back.`,
    );
  if (pod.node === undefined)
    return aborted(
      'Unreachable',
      'unscheduled',
      `${name} is Pending (unscheduled): ${pod.unscheduled ?? 'no node was chosen for it'}`,
    );
  if (pod.addresses.length > 0) return undefined;
  if (pod.phase.value === 'Pending')
    return aborted('Unreachable', 'not-running', `${name} is Pending: its sandbox has no address yet.`);
  return aborted('Undetermined', 'no-ip', `${name} has no address in the input.`);
}

function canSend(pod: Pod): boolean {
  return notRunning(pod) === undefined;
}

/** By number, else by a declared port's name, else the first port that a container of the pod declares. */
function podPort(
  pod: Pod,
  wanted: number | string | undefined,
  protocol: Protocol,
  container: string | undefined,
): number | undefined {
  if (typeof wanted === 'number') return wanted;
  const declared = pod.spec.containers
    .filter((each) => each.role !== 'init' && (container === undefined || each.name === container))
    .flatMap((each) => each.ports)
    .filter((port) => port.protocol === protocol);
  return declared.find((port) => wanted === undefined || port.name === wanted)?.containerPort;
}

function findServicePort(
  service: Service,
  wanted: number | string | undefined,
  protocol: Protocol,
): ServicePort | undefined {
  const ports = service.ports.filter((port) => port.protocol === protocol);
  if (wanted === undefined) return ports[0];
  return ports.find((port) => port.port === wanted || port.name === wanted);
}

function pickFamily(addresses: readonly Ip[], families: readonly Family[]): Ip | undefined {
  for (const family of families) {
    const address = addresses.find((each) => each.family === family);
    if (address !== undefined) return address;
  }
  return undefined;
}

export function resolvedPod(pod: Pod): ResolvedEnd {
  return {
    label: `pod ${keyOf(pod)}`,
    pod: keyOf(pod),
    node: pod.node?.value,
    address: pod.addresses[0]?.value.text,
    at: pod.nameAt ?? pod.at,
  };
}

export function resolvedNode(name: string, address: Ip | undefined): ResolvedEnd {
  return { label: `node ${name}`, node: name, address: address?.text };
}

function resolvedService(service: Service): ResolvedEnd {
  return {
    label: `Service ${keyOf(service)}`,
    address: service.clusterIps[0]?.value.text,
    at: service.nameAt ?? service.at,
  };
}

function found<T>(value: T): Resolution<T> {
  return { kind: 'found', value };
}

function failure(
  outcome: Outcome,
  resolved?: ResolvedEnd,
): { readonly kind: 'failed'; readonly outcome: Outcome; readonly resolved?: ResolvedEnd } {
  return resolved === undefined ? { kind: 'failed', outcome } : { kind: 'failed', outcome, resolved };
}

function unknownObject(kind: string, key: string): Resolution<never> {
  return failure(aborted('Undetermined', 'unknown', `${kind} ${key} is not in the input.`));
}

function familyMismatch(resolved: ResolvedEnd, families: readonly Family[]): Resolution<never> {
  const words = `${resolved.label} has no address of the family asked for (source side: ${families.map((family) => `IPv${family}`).join(', ') || 'none'}).`;
  return failure(
    aborted('Unreachable', 'family-mismatch', words, 'network is unreachable at once'),
    resolved,
  );
}

function noPort(query: TraceQuery, label: string, resolved: ResolvedEnd): Resolution<never> {
  const words =
    query.port === undefined
      ? `No ${query.protocol} port was given and ${label} declares none; give a port.`
      : `${label} has no ${query.protocol} port named ${query.port}; give its number.`;
  return failure(aborted('Undetermined', 'unknown', words), resolved);
}
