// The two-node network in IPv6: the same members, each IPv4 address by a fixed IPv6 one, so that the tables can be asked twice.
import { cidr, parseIp, type Cidr, type Ip } from '../../src/model/address';
import type { Cluster } from '../../src/model/cluster';
import type { Fact } from '../../src/model/source';

/** `10.244.1.2` as `fd00:10:244:1::2`, in any text; ends with a port get brackets. */
export function textInIpv6(text: string): string {
  return text
    .replace(
      /\b(\d+)\.(\d+)\.(\d+)\.(\d+):(\d+)/g,
      (_, a: string, b: string, c: string, d: string, port: string) => `[${inSix(a, b, c, d)}]:${port}`,
    )
    .replace(/\b(\d+)\.(\d+)\.(\d+)\.(\d+)\b/g, (_, a: string, b: string, c: string, d: string) =>
      inSix(a, b, c, d),
    );
}

function inSix(a: string, b: string, c: string, d: string): string {
  if (a === '127') return '::1';
  const six = parseIp(`fd00:${a}:${b}:${c}::${d === '0' ? '' : d}`);
  return six?.text ?? '';
}

/** The cluster with every address in IPv6 alone. */
export function inIpv6(cluster: Cluster): Cluster {
  const address = (ip: Ip): Ip => parseIp(textInIpv6(ip.text)) ?? ip;
  const range = ({ first, prefix }: Cidr): Cidr => cidr(address(first), prefix * 2 + 16);
  const facts = <T>(list: readonly Fact<T>[], change: (value: T) => T): readonly Fact<T>[] =>
    list.map((fact) => ({ ...fact, value: change(fact.value) }));
  return {
    ...cluster,
    network: {
      ...cluster.network,
      podCidrs: facts(cluster.network.podCidrs, range),
      serviceCidrs: facts(cluster.network.serviceCidrs, range),
    },
    nodes: cluster.nodes.map((node) => ({
      ...node,
      addresses: facts(node.addresses, address),
      podCidrs: facts(node.podCidrs, range),
    })),
    pods: cluster.pods.map((pod) => ({ ...pod, addresses: facts(pod.addresses, address) })),
    services: cluster.services.map((service) => ({
      ...service,
      clusterIps: facts(service.clusterIps, address),
    })),
    slices: cluster.slices.map((slice) => ({
      ...slice,
      name: `${slice.name}-v6`,
      family: 6,
      endpoints: slice.endpoints.map((endpoint) => ({ ...endpoint, address: address(endpoint.address) })),
    })),
  };
}

/** Each member with the addresses of both, those of `first` in front. */
export function bothFamilies(first: Cluster, second: Cluster): Cluster {
  return {
    ...first,
    network: {
      ...first.network,
      podCidrs: [...first.network.podCidrs, ...second.network.podCidrs],
      serviceCidrs: [...first.network.serviceCidrs, ...second.network.serviceCidrs],
    },
    nodes: first.nodes.map((node, index) => ({
      ...node,
      addresses: [...node.addresses, ...(second.nodes[index]?.addresses ?? [])],
      podCidrs: [...node.podCidrs, ...(second.nodes[index]?.podCidrs ?? [])],
    })),
    pods: first.pods.map((pod, index) => ({
      ...pod,
      addresses: [...pod.addresses, ...(second.pods[index]?.addresses ?? [])],
    })),
    services: first.services.map((service, index) => ({
      ...service,
      clusterIps: [...service.clusterIps, ...(second.services[index]?.clusterIps ?? [])],
    })),
    slices: [...first.slices, ...second.slices],
  };
}
