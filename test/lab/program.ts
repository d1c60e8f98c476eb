// Answers: how do kube-proxy, the CNI and the policy engine come into a wired network? All rules of all nodes are made from the
// cluster value and replace what was there; then the portmap plugin opens host ports, as a runtime would have it do.
import type { Cluster } from '../../src/model/cluster';
import { addToNetwork, type PortMapping } from './cni';
import { noTables, restoreIptables } from './iptables';
import { kubeProxyIptables } from './kubeProxyIptables';
import { kubeProxyNftables } from './kubeProxyNftables';
import { masqueradeRules } from './masqueradeRules';
import { nodeNetns, podNetns, podsWithNetns } from './netns';
import { noPolicyRules, policyRules } from './policyRules';
import { enforcesPolicies, type Mode } from './profile';
import { run, setKernel } from './run';
import { addressOf, type Wiring } from './wire';

/** @param cluster the wired cluster, or another one whose pods have the same places and addresses */
export async function program(wiring: Wiring, cluster: Cluster, mode: Mode): Promise<void> {
  await Promise.all(
    cluster.nodes.map(async (node) => {
      const netns = nodeNetns(node.name);
      const service = mode === 'iptables' ? kubeProxyIptables(cluster, node) : noTables;
      await restoreIptables(netns, [service, masqueradeRules(cluster, wiring.shape, node)]);
      const proxy =
        mode === 'nftables'
          ? kubeProxyNftables(cluster, node)
          : 'table ip kube-proxy\ndelete table ip kube-proxy\n';
      const policies = enforcesPolicies(wiring.shape) ? policyRules(cluster, node.name) : noPolicyRules;
      await run(['nft', '-f', '-'], { netns, input: `${proxy}${policies}` });
      // kube-proxy in iptables mode lets 127.0.0.1 reach node ports.
      await setKernel(netns, { 'ipv4/conf/all/route_localnet': mode === 'iptables' ? 1 : 0 });
      await openHostPorts(wiring, cluster, node.name);
      await run(['conntrack', '-F'], { netns });
    }),
  );
}

async function openHostPorts(wiring: Wiring, cluster: Cluster, node: string): Promise<void> {
  for (const pod of podsWithNetns(cluster)) {
    if (pod.node?.value !== node) continue;
    const portMappings = pod.spec.containers.flatMap(({ ports }) =>
      ports.flatMap(({ hostPort, containerPort, protocol, hostIp }): readonly PortMapping[] =>
        hostPort === undefined || protocol === 'SCTP'
          ? []
          : [
              {
                hostPort,
                containerPort,
                protocol: protocol === 'TCP' ? 'tcp' : 'udp',
                ...(hostIp === undefined ? {} : { hostIP: hostIp }),
              },
            ],
      ),
    );
    const previous = wiring.results.get(addressOf(pod));
    if (portMappings.length === 0 || previous === undefined) continue;
    await addToNetwork({
      node: nodeNetns(node),
      netns: podNetns(pod),
      network: wiring.shape,
      plugins: [{ type: 'portmap', capabilities: { portMappings: true } }],
      portMappings,
      previous,
    });
  }
}
