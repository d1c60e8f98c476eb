// Answers: which ClusterIPs and node ports has a Service that does not state them? One ClusterIP for each family that
// its ipFamilyPolicy asks for, drawn above the band that the API server keeps for picked addresses, min(max(16, size/16),
// 256) long; the cluster's DNS Service gets the tenth by convention. Node ports likewise from 30086-32767.
// Source: kubernetes.io, "Service ClusterIP allocation" and "Avoid NodePort conflicts" (KEP-3070, KEP-3668); spec part B.
import type { Cidr, Family, Ip } from '../model/address';
import { bitsOf, contains, offsetIp } from '../model/address';
import { keptValue, sameValue } from '../model/kept';
import { keyOf } from '../model/objects';
import type { Problem } from '../model/problem';
import type { Service, ServicePort } from '../model/service';
import type { Fact } from '../model/source';
import { simulated } from '../model/source';
import type { NumberRange } from './draw';
import { drawNumbers } from './draw';
import type { NetworkPlan } from './network';
import { offsetIn } from './podAddresses';

const nodePorts: NumberRange = { first: 30086, count: 32767 - 30086 + 1 };
const dnsOffset = 10;
/** Largest number of addresses that are drawn from; the API server allows no larger IPv6 range either. */
const mostAddresses = 2 ** 20;

export interface AddressedServices {
  readonly services: readonly Service[];
  readonly problems: readonly Problem[];
}

/** What a Service was made from. */
const written = new WeakMap<Service, Service>();

/**
 * In steps. @param earlier the same Service as an earlier simulation left it: what it was given then, it keeps, and when
 * nothing else changed it is that very object.
 */
export function* withServiceAddresses(
  services: readonly Service[],
  network: NetworkPlan,
  earlier: (service: Service) => Service | undefined,
): Generator<void, AddressedServices, void> {
  const resolved = services.map((service) => ({
    ...service,
    ipFamilies: familiesOf(service, network.families),
  }));
  const given = new Map<string, Fact<Ip>[]>();
  for (const family of network.families) {
    yield;
    drawClusterIps(resolved, family, network, earlier, given);
  }
  yield;
  const problems: Problem[] = [];
  const addressed = resolved.map((service) => {
    if (!hasVirtualAddress(service)) return service;
    const all = [...service.clusterIps, ...(given.get(keyOf(service)) ?? [])];
    const clusterIps = service.ipFamilies.flatMap(
      (family) => all.find((ip) => ip.value.family === family) ?? [],
    );
    if (clusterIps.length < service.ipFamilies.length) problems.push(...noAddress(service, network));
    return { ...service, clusterIps };
  });
  yield;
  const made = withNodePorts(addressed, earlier);
  yield;
  const kept = made.map((service, index) => {
    const source = services[index];
    const before = earlier(service);
    if (before !== undefined && source !== undefined && written.get(before) === source)
      if (sameDrawn(before, service)) return before;
    if (source !== undefined) written.set(service, source);
    return service;
  });
  return { services: kept, problems };
}

/** Whether two Services that were made from one have the same families, addresses and node ports. */
function sameDrawn(a: Service, b: Service): boolean {
  return (
    sameValue(a.ipFamilies, b.ipFamilies) &&
    sameValue(a.clusterIps, b.clusterIps) &&
    a.ports.every(({ nodePort }, index) => nodePort === b.ports[index]?.nodePort)
  );
}

function hasVirtualAddress(service: Service): boolean {
  return !service.headless && service.type !== 'ExternalName';
}

/** ipFamilies after the API server's defaulting: single-stack unless the policy asks for more. */
function familiesOf(service: Service, ofCluster: readonly Family[]): readonly Family[] {
  if (service.type === 'ExternalName') return service.ipFamilies;
  const stated = [...service.ipFamilies, ...service.clusterIps.map((ip) => ip.value.family)];
  const dual = service.ipFamilyPolicy === 'PreferDualStack' || service.ipFamilyPolicy === 'RequireDualStack';
  const families = stated.length > 0 ? stated : ofCluster.slice(0, 1);
  return [...new Set(dual ? [...families, ...ofCluster] : families)];
}

function drawClusterIps(
  services: readonly Service[],
  family: Family,
  network: NetworkPlan,
  earlier: (service: Service) => Service | undefined,
  given: Map<string, Fact<Ip>[]>,
): void {
  const range = network.network.serviceCidrs.find((known) => known.value.first.family === family)?.value;
  if (range === undefined) return;
  const give = (key: string, ip: Fact<Ip>): void => void given.set(key, [...(given.get(key) ?? []), ip]);
  const used = new Set<number>();
  for (const service of services) {
    for (const ip of service.clusterIps) {
      const offset = offsetIn(range, ip.value);
      if (offset !== undefined) used.add(offset);
    }
  }
  const wanting = services.filter(
    (service) =>
      hasVirtualAddress(service) &&
      service.ipFamilies.includes(family) &&
      !service.clusterIps.some((ip) => ip.value.family === family),
  );
  const drawing: Service[] = [];
  for (const service of wanting) {
    const place = conventionalPlace(service);
    const ip =
      place === undefined || used.has(place.offset) ? undefined : offsetIp(range.first, place.offset);
    if (place === undefined || ip === undefined || !contains(range, ip)) drawing.push(service);
    else {
      used.add(place.offset);
      give(keyOf(service), simulated(ip, place.why));
    }
  }
  const held = new Map<string, Fact<Ip>>();
  const requests = drawing.map((service) => {
    const name = keyOf(service);
    const ip = earlier(service)?.clusterIps.find((each) => contains(range, each.value));
    if (ip !== undefined) held.set(name, ip);
    return { name, rank: 0, keep: ip && offsetIn(range, ip.value) };
  });
  const why = `drawn from the range of Services ${range.text} by a hash of the Service's name, so that edits elsewhere do not move it`;
  for (const [key, offset] of drawNumbers(requests, serviceNumbers(range), (offset) => used.has(offset))) {
    const ip = offsetIp(range.first, offset);
    if (ip !== undefined) give(key, keptValue(held.get(key), simulated(ip, why)));
  }
}

function conventionalPlace(service: Service): { readonly offset: number; readonly why: string } | undefined {
  if (service.namespace === 'default' && service.name === 'kubernetes')
    return { offset: 1, why: 'the API server takes the first address of the range of Services' };
  const isDns =
    service.namespace === 'kube-system' &&
    (service.name === 'kube-dns' || service.labels['k8s-app'] === 'kube-dns');
  return isDns
    ? { offset: dnsOffset, why: 'by convention cluster DNS has the tenth address of the range of Services' }
    : undefined;
}

function serviceNumbers(range: Cidr): NumberRange {
  const size = 2 ** Math.min(bitsOf(range.first.family) - range.prefix, 64);
  const band = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  // A range of 16 addresses or fewer has no band to spare.
  const first = size > 32 ? band : 2;
  return { first, count: Math.max(0, Math.min(size - 1 - first, mostAddresses)) };
}

function noAddress(service: Service, network: NetworkPlan): readonly Problem[] {
  if (service.nameAt === undefined) return [];
  const foreign = service.ipFamilies.filter((family) => !network.families.includes(family));
  const reason =
    foreign.length > 0
      ? `the cluster has no IPv${foreign.join(' and no IPv')} network`
      : 'the range of Services is used up';
  return [
    {
      code: 'service.address',
      severity: 'warning',
      message: `Service ${service.name} gets no ClusterIP of every family it asks for: ${reason}.`,
      at: service.nameAt,
    },
  ];
}

function withNodePorts(
  services: readonly Service[],
  earlier: (service: Service) => Service | undefined,
): readonly Service[] {
  const wants = ({ type, withoutNodePorts }: Service): boolean =>
    type === 'NodePort' || (type === 'LoadBalancer' && withoutNodePorts !== true);
  const nameOf = (service: Service, port: ServicePort): string =>
    `${keyOf(service)}:${port.port}/${port.protocol}`;
  const taken = new Set(
    services.flatMap((service) => service.ports.flatMap((port) => (port.nodePort ? [port.nodePort] : []))),
  );
  const requests = services.filter(wants).flatMap((service) => {
    const before = earlier(service);
    return service.ports
      .filter((port) => !port.nodePort)
      .map((port) => ({
        name: nameOf(service, port),
        rank: 0,
        keep: before?.ports.find((other) => nameOf(service, other) === nameOf(service, port))?.nodePort,
      }));
  });
  const drawn = drawNumbers(requests, nodePorts, (port) => taken.has(port));
  return services.map((service) => {
    if (!wants(service)) return service;
    const ports = service.ports.map((port): ServicePort => {
      const nodePort = port.nodePort ? undefined : drawn.get(nameOf(service, port));
      return nodePort === undefined ? port : { ...port, nodePort, nodePortProvenance: 'simulated' };
    });
    return { ...service, ports };
  });
}
