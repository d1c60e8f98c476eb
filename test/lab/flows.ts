// Answers: which connections does the lab try? Every source with every destination: pods of both nodes, hostNetwork pods, nodes
// and the outside host; pod addresses, node addresses and ports, Services of every kind, addresses that nobody has.
import type { Cluster } from '../../src/model/cluster';
import { keyOf } from '../../src/model/objects';
import { isLive } from '../../src/model/pod';
import type { Service } from '../../src/model/service';
import type { End, TraceQuery } from '../../src/trace/query';
import { deafPort, loopbackOnlyPort } from './listening';
import { nodeNetns, outside, outsideAddress, podNetns, podsWithNetns } from './netns';
import { addressOf, internalAddress } from './wire';

/** One question to the trace, and the same connection for the kernel. */
export interface Flow {
  /** `lab/p1 -> svc/lab/db:80 TCP` */
  readonly name: string;
  readonly query: TraceQuery;
  /** Namespace of the process that connects. */
  readonly netns: string;
  readonly protocol: 'TCP' | 'UDP';
  /** Where to connect to: one address, or each that a headless Service's name has. */
  readonly destinations: readonly Destination[];
}

export interface Destination {
  readonly address: string;
  readonly port: number;
}

interface Source {
  readonly name: string;
  readonly end: End;
  readonly netns: string;
}

interface Target {
  readonly name: string;
  readonly end: End;
  readonly protocol: 'TCP' | 'UDP';
  /** The port to ask the trace for. */
  readonly port: number;
  readonly destinations: readonly Destination[];
}

export function flowsOf(sources: readonly Source[], targets: readonly Target[]): readonly Flow[] {
  return sources.flatMap((source) =>
    targets
      .filter((target) => isReal(source, target))
      .map(({ name, end, protocol, port, destinations }): Flow => ({
        name: `${source.name} -> ${name}:${port} ${protocol}`,
        query: { from: source.end, to: end, port, protocol },
        netns: source.netns,
        protocol,
        destinations,
      })),
  );
}

/** From outside a Service's name stands for other addresses than inside; those are targets of their own. */
function isReal(source: Source, { end, destinations }: Target): boolean {
  if (source.netns !== outside) return destinations.length > 0;
  return end.kind !== 'service' && destinations.every(({ address }) => address !== outsideAddress);
}

export function sourcesOf(cluster: Cluster): readonly Source[] {
  const pods = cluster.pods.filter((pod) => pod.spec.hostNetwork || podsWithNetns(cluster).includes(pod));
  return [
    ...pods.map((pod): Source => ({
      name: keyOf(pod),
      end: { kind: 'pod', namespace: pod.namespace, name: pod.name },
      netns: podNetns(pod),
    })),
    ...cluster.nodes.map(({ name }): Source => ({
      name: `node/${name}`,
      end: { kind: 'node', name },
      netns: nodeNetns(name),
    })),
    { name: 'outside', end: { kind: 'address', address: outsideAddress }, netns: outside },
  ];
}

/** Destinations that any cluster has: its pods, its nodes and its Services, by each address and port. */
export function targetsOf(cluster: Cluster): readonly Target[] {
  return [...podTargets(cluster), ...hostPortTargets(cluster), ...serviceTargets(cluster)];
}

function podTargets(cluster: Cluster): readonly Target[] {
  return cluster.pods.filter(isLive).flatMap((pod) => {
    const end: End = { kind: 'pod', namespace: pod.namespace, name: pod.name };
    return pod.spec.containers
      .flatMap((container) => container.ports)
      .flatMap(({ containerPort: port, protocol }): readonly Target[] =>
        protocol === 'SCTP'
          ? []
          : [{ name: keyOf(pod), end, protocol, port, destinations: [{ address: addressOf(pod), port }] }],
      );
  });
}

/** A port of each pod where nothing listens. */
export function deafTargets(cluster: Cluster): readonly Target[] {
  return cluster.pods.filter(isLive).map((pod): Target => ({
    name: keyOf(pod),
    end: { kind: 'pod', namespace: pod.namespace, name: pod.name },
    protocol: 'TCP',
    port: deafPort,
    destinations: [{ address: addressOf(pod), port: deafPort }],
  }));
}

function serviceTargets(cluster: Cluster): readonly Target[] {
  return cluster.services.flatMap((service) => {
    const end: End = { kind: 'service', namespace: service.namespace, name: service.name };
    return service.ports.flatMap(({ port, protocol, nodePort }): readonly Target[] => {
      if (protocol === 'SCTP') return [];
      const destinations = service.headless
        ? readyEndpoints(cluster, service)
        : service.clusterIps.slice(0, 1).map(({ value }) => ({ address: value.text, port }));
      const own: Target = { name: `svc/${keyOf(service)}`, end, protocol, port, destinations };
      const atNodes = nodePort === undefined ? [] : nodeTargets(cluster, protocol, nodePort);
      const virtual = [...service.externalIps, ...service.loadBalancerIps.map(({ value }) => value)];
      return [own, ...atNodes, ...virtual.map(({ text }) => addressTarget(text, protocol, port))];
    });
  });
}

/** What DNS answers for a headless Service. */
function readyEndpoints(cluster: Cluster, service: Service): readonly Destination[] {
  return cluster.slices
    .filter((slice) => slice.service === keyOf(service))
    .flatMap((slice) =>
      slice.endpoints
        .filter(({ ready }) => ready)
        .map(({ address }) => ({ address: address.text, port: slice.ports[0]?.port ?? 0 })),
    );
}

function hostPortTargets(cluster: Cluster): readonly Target[] {
  return podsWithNetns(cluster)
    .flatMap((pod) => pod.spec.containers)
    .flatMap(({ ports }) => ports)
    .flatMap(({ hostPort, protocol }) =>
      hostPort === undefined || protocol === 'SCTP' ? [] : nodeTargets(cluster, protocol, hostPort),
    );
}

function nodeTargets(cluster: Cluster, protocol: 'TCP' | 'UDP', port: number): readonly Target[] {
  return cluster.nodes.map((node): Target => {
    const end: End = { kind: 'node', name: node.name };
    const destinations = [{ address: internalAddress(node), port }];
    return { name: `node/${node.name}`, end, protocol, port, destinations };
  });
}

export function addressTarget(address: string, protocol: 'TCP' | 'UDP', port: number): Target {
  const end: End = { kind: 'address', address };
  return { name: address, end, protocol, port, destinations: [{ address, port }] };
}

/** What the fixed cluster is asked besides: loopback, addresses without an owner, ports that no Service has. */
export function oddTargets(): readonly Target[] {
  return [
    addressTarget('127.0.0.1', 'TCP', loopbackOnlyPort),
    addressTarget('127.0.0.1', 'TCP', 30080),
    addressTarget('10.244.1.1', 'TCP', 30080),
    addressTarget('10.244.1.2', 'TCP', loopbackOnlyPort),
    addressTarget('10.244.1.1', 'TCP', 9100),
    addressTarget('10.244.1.77', 'TCP', 8080),
    addressTarget('10.244.2.77', 'TCP', 8080),
    addressTarget('10.244.9.9', 'TCP', 8080),
    addressTarget('10.244.2.77', 'UDP', 5353),
    addressTarget('10.96.0.10', 'TCP', 81),
    addressTarget('10.96.0.10', 'UDP', 80),
    addressTarget('10.96.7.7', 'TCP', 80),
    addressTarget(outsideAddress, 'TCP', 80),
    addressTarget(outsideAddress, 'TCP', 81),
    addressTarget(outsideAddress, 'UDP', 53),
  ];
}
