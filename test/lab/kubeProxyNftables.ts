// Answers: which nftables rules does kube-proxy write for this cluster on this node? The shape of setupNFTables and
// syncProxyRules in pkg/proxy/nftables/proxier.go (v1.33): verdict maps lead to a chain per Service port and endpoint; node
// ports answer on the node's primary address only.
import { createHash } from 'node:crypto';
import type { Cluster } from '../../src/model/cluster';
import type { Node } from '../../src/model/node';
import { servicePortsOn, type Backend, type PortRules } from './endpointSets';
import { ipv4In } from './ranges';
import { internalAddress } from './wire';

export function kubeProxyNftables(cluster: Cluster, node: Node): string {
  const pods = cluster.network.podCidrs.find(({ value }) => value.first.family === 4)?.value.text;
  const services = cluster.network.serviceCidrs
    .filter(({ value }) => value.first.family === 4)
    .map(({ value }) => value.text);
  const ports = servicePortsOn(cluster, node.name);
  const chains: string[] = [];
  const serviceIps: string[] = [];
  const nodePorts: string[] = [];
  const noEndpointServices: string[] = [];
  const noEndpointNodePorts: string[] = [];
  const firewallIps: string[] = [];

  for (const each of ports) {
    const { service, port, clusterIp } = each;
    const protocol = port.protocol.toLowerCase();
    const key = (address: string): string => `${address} . ${protocol} . ${port.port}`;
    const internalLocal = service.internalTrafficPolicy === 'Local';
    const externalLocal = service.externalTrafficPolicy === 'Local';
    const hasInternal = internalLocal ? each.local.length > 0 : each.any;
    const hasExternal = externalLocal ? each.local.length > 0 : each.any;
    const clusterChain = chainName('service', each);
    const localChain = chainName('local', each);
    const externalChain = chainName('external', each);
    const firewallChain = chainName('firewall', each);
    const refusal = each.any ? 'drop' : 'goto reject-chain';
    const firewalled = each.loadBalancerAddresses.length > 0 && service.loadBalancerSourceRanges.length > 0;
    const before: Record<string, string[]> = { [clusterChain]: [], [localChain]: [] };
    const internal = internalLocal ? localChain : clusterChain;

    if (hasInternal) {
      serviceIps.push(`${key(clusterIp)} : goto ${internal}`);
      if (pods !== undefined) {
        before[internal]?.push(
          `ip daddr ${clusterIp} ${protocol} dport ${port.port} ip saddr != ${pods} jump mark-for-masquerade`,
        );
      }
    } else noEndpointServices.push(`${key(clusterIp)} : ${refusal}`);
    for (const address of [...each.externalAddresses, ...each.loadBalancerAddresses]) {
      if (each.any) serviceIps.push(`${key(address)} : goto ${externalChain}`);
      if (!hasExternal) noEndpointServices.push(`${key(address)} : ${refusal}`);
    }
    if (firewalled) {
      const ranges = service.loadBalancerSourceRanges;
      const ownAddresses = ranges.some((range) => ipv4In(range, internalAddress(node)))
        ? each.loadBalancerAddresses
        : [];
      chains.push(chain(firewallChain, [`ip saddr != { ${[...ranges, ...ownAddresses].join(', ')} } drop`]));
      firewallIps.push(
        ...each.loadBalancerAddresses.map((address) => `${key(address)} : goto ${firewallChain}`),
      );
    }
    if (port.nodePort !== undefined) {
      if (each.any) nodePorts.push(`${protocol} . ${port.nodePort} : goto ${externalChain}`);
      if (!hasExternal) noEndpointNodePorts.push(`${protocol} . ${port.nodePort} : ${refusal}`);
    }
    for (const backend of each.reachable) {
      chains.push(
        chain(endpointChain(each, backend), [
          `ip saddr ${backend.address} jump mark-for-masquerade`,
          `meta l4proto ${protocol} dnat to ${backend.address}:${backend.port}`,
        ]),
      );
    }
    if (each.usesCluster && each.cluster.length > 0)
      chains.push(chain(clusterChain, [...(before[clusterChain] ?? []), balance(each, each.cluster)]));
    if (each.usesLocal && each.local.length > 0)
      chains.push(chain(localChain, [...(before[localChain] ?? []), balance(each, each.local)]));
    if (each.external && each.any) {
      const shortcuts = [
        ...(pods === undefined ? [] : [`ip saddr ${pods} goto ${clusterChain}`]),
        'fib saddr type local jump mark-for-masquerade',
        `fib saddr type local goto ${clusterChain}`,
      ];
      chains.push(
        chain(externalChain, [
          ...(externalLocal ? shortcuts : ['jump mark-for-masquerade']),
          ...(hasExternal ? [`goto ${externalLocal ? localChain : clusterChain}`] : []),
        ]),
      );
    }
  }
  const addressed = 'type ipv4_addr . inet_proto . inet_service : verdict';
  const numbered = 'type inet_proto . inet_service : verdict';
  const clusterIps = [...new Set(ports.map(({ clusterIp }) => clusterIp))];
  return [
    'table ip kube-proxy',
    'delete table ip kube-proxy',
    'table ip kube-proxy {',
    `set cluster-ips { type ipv4_addr\n${elements(clusterIps)} }`,
    `set nodeport-ips { type ipv4_addr\n${elements([internalAddress(node)])} }`,
    chain('mark-for-masquerade', ['meta mark set meta mark or 0x4000']),
    chain('reject-chain', ['reject']),
    ...chains,
    `map service-ips { ${addressed}\n${elements(serviceIps)} }`,
    `map service-nodeports { ${numbered}\n${elements(nodePorts)} }`,
    `map no-endpoint-services { ${addressed}\n${elements(noEndpointServices)} }`,
    `map no-endpoint-nodeports { ${numbered}\n${elements(noEndpointNodePorts)} }`,
    `map firewall-ips { ${addressed}\n${elements(firewallIps)} }`,
    chain('cluster-ips-check', [
      'ip daddr @cluster-ips reject',
      ...(services.length === 0 ? [] : [`ip daddr { ${services.join(', ')} } drop`]),
    ]),
    chain('service-endpoints-check', ['ip daddr . meta l4proto . th dport vmap @no-endpoint-services']),
    chain('nodeport-endpoints-check', [
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports',
    ]),
    chain('firewall-check', ['ip daddr . meta l4proto . th dport vmap @firewall-ips']),
    chain('services', [
      'ip daddr . meta l4proto . th dport vmap @service-ips',
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
    ]),
    chain('masquerading', [
      'meta mark and 0x4000 == 0 return',
      'meta mark set meta mark xor 0x4000',
      'masquerade fully-random',
    ]),
    baseChain('filter', 'prerouting', 'dstnat - 10', ['ct state new jump firewall-check']),
    baseChain('filter', 'input', '-110', [
      'ct state new jump nodeport-endpoints-check',
      'ct state new jump service-endpoints-check',
    ]),
    baseChain('filter', 'forward', '-110', [
      'ct state new jump service-endpoints-check',
      'ct state new jump cluster-ips-check',
    ]),
    baseChain('filter', 'output', '-110', [
      'ct state new jump service-endpoints-check',
      'ct state new jump firewall-check',
    ]),
    'chain filter-output-post-dnat {\ntype filter hook output priority -90\nct state new jump cluster-ips-check\n}',
    baseChain('nat', 'prerouting', 'dstnat', ['jump services']),
    baseChain('nat', 'output', '-100', ['jump services']),
    baseChain('nat', 'postrouting', 'srcnat', ['jump masquerading']),
    '}',
    '',
  ].join('\n');
}

function balance(rules: PortRules, backends: readonly Backend[]): string {
  const choices = backends.map((backend, index) => `${index} : goto ${endpointChain(rules, backend)}`);
  return `numgen random mod ${backends.length} vmap { ${choices.join(', ')} }`;
}

function elements(entries: readonly string[]): string {
  return entries.length === 0 ? '' : `elements = { ${entries.join(', ')} }\n`;
}

function chain(name: string, rules: readonly string[]): string {
  return `chain ${name} {\n${rules.map((rule) => `${rule}\n`).join('')}}`;
}

function baseChain(type: string, hook: string, priority: string, rules: readonly string[]): string {
  return chain(`${type}-${hook}`, [`type ${type} hook ${hook} priority ${priority}`, ...rules]);
}

function chainName(prefix: string, { label, port }: PortRules): string {
  return `${prefix}-${hash(`${label}${port.protocol}`)}`;
}

function endpointChain({ label, port }: PortRules, { address, port: target }: Backend): string {
  return `endpoint-${hash(`${label}${port.protocol}${address}:${target}`)}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12).toUpperCase();
}
