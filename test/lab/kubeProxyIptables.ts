// Answers: which iptables rules does kube-proxy write for this cluster on this node? The shape of syncProxyRules in
// pkg/proxy/iptables/proxier.go (v1.33): chains per Service port and endpoint in nat, refusals in filter.
import { createHash } from 'node:crypto';
import type { Cluster } from '../../src/model/cluster';
import type { Node } from '../../src/model/node';
import { servicePortsOn, type Backend, type PortRules } from './endpointSets';
import type { Tables } from './iptables';
import { internalAddress } from './wire';
import { ipv4In } from './ranges';

export function kubeProxyIptables(cluster: Cluster, node: Node): Tables {
  const filterRules: string[] = [];
  const natChains: string[] = [];
  const natRules: string[] = [];
  const pods = cluster.network.podCidrs.find(({ value }) => value.first.family === 4)?.value.text;

  for (const each of servicePortsOn(cluster, node.name)) {
    const { service, port, clusterIp } = each;
    const protocol = port.protocol.toLowerCase();
    const to = (address: string): string =>
      `-p ${protocol} -m ${protocol} -d ${address}/32 --dport ${port.port}`;
    const comment = `-m comment --comment "${each.label}"`;
    const internalLocal = service.internalTrafficPolicy === 'Local';
    const externalLocal = service.externalTrafficPolicy === 'Local';
    const hasInternal = internalLocal ? each.local.length > 0 : each.any;
    const hasExternal = externalLocal ? each.local.length > 0 : each.any;
    const clusterChain = chain('KUBE-SVC', each);
    const localChain = chain('KUBE-SVL', each);
    const externalChain = chain('KUBE-EXT', each);
    const firewallChain = chain('KUBE-FW', each);
    const internalChain = internalLocal ? localChain : clusterChain;
    const firewalled =
      each.any && each.loadBalancerAddresses.length > 0 && service.loadBalancerSourceRanges.length > 0;
    const refusal = each.any ? 'DROP' : 'REJECT';

    if (hasInternal) natRules.push(`-A KUBE-SERVICES ${comment} ${to(clusterIp)} -j ${internalChain}`);
    else filterRules.push(`-A KUBE-SERVICES ${comment} ${to(clusterIp)} -j ${refusal}`);
    for (const address of [...each.externalAddresses, ...each.loadBalancerAddresses]) {
      const isLoadBalancer = each.loadBalancerAddresses.includes(address);
      const target = isLoadBalancer && firewalled ? firewallChain : externalChain;
      if (each.any) natRules.push(`-A KUBE-SERVICES ${comment} ${to(address)} -j ${target}`);
      if (isLoadBalancer && firewalled)
        filterRules.push(`-A KUBE-PROXY-FIREWALL ${comment} ${to(address)} -j DROP`);
      if (!hasExternal) filterRules.push(`-A KUBE-EXTERNAL-SERVICES ${comment} ${to(address)} -j ${refusal}`);
    }
    if (port.nodePort !== undefined) {
      const atNode = `-p ${protocol} -m ${protocol} --dport ${port.nodePort}`;
      if (each.any) natRules.push(`-A KUBE-NODEPORTS ${comment} ${atNode} -j ${externalChain}`);
      if (!hasExternal) {
        filterRules.push(
          `-A KUBE-EXTERNAL-SERVICES ${comment} -m addrtype --dst-type LOCAL ${atNode} -j ${refusal}`,
        );
      }
    }
    if (hasInternal && pods !== undefined)
      natRules.push(`-A ${internalChain} ${comment} ${to(clusterIp)} ! -s ${pods} -j KUBE-MARK-MASQ`);
    if (each.external && each.any) {
      natChains.push(externalChain);
      if (!externalLocal) natRules.push(`-A ${externalChain} -j KUBE-MARK-MASQ`);
      else {
        if (pods !== undefined) natRules.push(`-A ${externalChain} -s ${pods} -j ${clusterChain}`);
        natRules.push(
          `-A ${externalChain} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
          `-A ${externalChain} -m addrtype --src-type LOCAL -j ${clusterChain}`,
        );
      }
      if (hasExternal) natRules.push(`-A ${externalChain} -j ${externalLocal ? localChain : clusterChain}`);
    }
    if (firewalled) {
      natChains.push(firewallChain);
      const ranges = service.loadBalancerSourceRanges;
      natRules.push(...ranges.map((range) => `-A ${firewallChain} -s ${range} -j ${externalChain}`));
      if (ranges.some((range) => ipv4In(range, internalAddress(node)))) {
        natRules.push(
          ...each.loadBalancerAddresses.map(
            (address) => `-A ${firewallChain} -s ${address}/32 -j ${externalChain}`,
          ),
        );
      }
    }
    if (each.usesCluster && each.cluster.length > 0)
      writeBalancer(each, clusterChain, each.cluster, natChains, natRules);
    if (each.usesLocal && each.local.length > 0)
      writeBalancer(each, localChain, each.local, natChains, natRules);
    for (const backend of each.reachable) {
      const own = endpointChain(each, backend);
      natChains.push(own);
      natRules.push(
        `-A ${own} ${comment} -s ${backend.address}/32 -j KUBE-MARK-MASQ`,
        `-A ${own} ${comment} -p ${protocol} -m ${protocol} -j DNAT --to-destination ${backend.address}:${backend.port}`,
      );
    }
  }
  natRules.push('-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS');
  return {
    filterChains: [
      'KUBE-SERVICES',
      'KUBE-EXTERNAL-SERVICES',
      'KUBE-FORWARD',
      'KUBE-NODEPORTS',
      'KUBE-PROXY-FIREWALL',
      'KUBE-FIREWALL',
    ],
    filterRules: [
      ...jumps,
      ...filterRules,
      '-A KUBE-FIREWALL -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
      '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
      `-A KUBE-FORWARD -m mark --mark ${mark} -j ACCEPT`,
      '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ],
    natChains: ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ', ...natChains],
    natRules: [
      '-A PREROUTING -j KUBE-SERVICES',
      '-A OUTPUT -j KUBE-SERVICES',
      '-A POSTROUTING -j KUBE-POSTROUTING',
      `-A KUBE-POSTROUTING -m mark ! --mark ${mark} -j RETURN`,
      '-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000',
      '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
      '-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
      ...natRules,
    ],
  };
}

const mark = '0x4000/0x4000';

/** In the order that they end up in: kube-proxy puts each before the ones it put before. */
const jumps: readonly string[] = [
  '-A INPUT -j KUBE-FIREWALL',
  '-A OUTPUT -j KUBE-FIREWALL',
  '-A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL',
  '-A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL',
  '-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL',
  '-A FORWARD -j KUBE-FORWARD',
  '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
  '-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES',
  '-A INPUT -j KUBE-NODEPORTS',
  '-A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES',
  '-A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES',
];

/** Each endpoint is chosen with the chance that is left to it: 1/n, then 1/(n-1), and so on. */
function writeBalancer(
  rules: PortRules,
  name: string,
  backends: readonly Backend[],
  chains: string[],
  natRules: string[],
): void {
  chains.push(name);
  backends.forEach((backend, index) => {
    const left = backends.length - index;
    const chance = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(10)} `;
    natRules.push(`-A ${name} ${chance}-j ${endpointChain(rules, backend)}`);
  });
}

function chain(prefix: string, { label, port }: PortRules): string {
  return `${prefix}-${hash(`${label}${port.protocol}`)}`;
}

function endpointChain({ label, port }: PortRules, backend: Backend): string {
  return `KUBE-SEP-${hash(`${label}${port.protocol}${backend.address}:${backend.port}`)}`;
}

/** Chain names have at most 28 characters. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16).toUpperCase();
}
