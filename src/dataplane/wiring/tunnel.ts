// Answers: where does a tunnel device send a packet? To the node that has the destination: by the pod that owns the address,
// else by the range it lies in. The outer packet goes from node address to node address (spec C2).
import type { Ip } from '../../model/address';
import type { Node } from '../../model/node';
import type { NetNamespace, TunnelDevice, TunnelEnds } from '../network';
import type { Between } from '../profile';
import { addressOf, ownAddresses } from './addresses';
import type { Wiring } from './context';
import { tunnelMtu } from './mtu';

type Tunnel = Extract<Between, { kind: 'tunnel' }>;

/** A device of the node's own namespace, such as flannel.1. */
export function tunnelBetweenNodes(wiring: Wiring, node: Node, tunnel: Tunnel): TunnelDevice {
  return makeTunnel(wiring, node, tunnel, wiring.nodeNamespace);
}

/** A port of the node's virtual switch, such as antrea-tun0: what it carries comes out of the other switch. */
export function tunnelBetweenSwitches(wiring: Wiring, node: Node, tunnel: Tunnel): TunnelDevice {
  return makeTunnel(wiring, node, tunnel, wiring.switchNamespace);
}

function makeTunnel(
  wiring: Wiring,
  node: Node,
  tunnel: Tunnel,
  exitOf: (node: Node) => NetNamespace,
): TunnelDevice {
  return {
    kind: 'tunnel',
    name: tunnel.device,
    mtu: tunnelMtu(wiring.settings.cni),
    encapsulation: tunnel.encapsulation,
    far: (hop): TunnelEnds | undefined => {
      const home = hop === 'gateway' ? undefined : homeOf(wiring, hop);
      // Outer packets are IPv4 where the nodes have it, whatever they carry.
      const family = addressOf(node.addresses, 4) === undefined ? 6 : 4;
      const near = addressOf(node.addresses, family);
      const far = home && addressOf(home.addresses, family);
      if (home === undefined || near === undefined || far === undefined || home.name === node.name)
        return undefined;
      return {
        near: { node: wiring.nodeNamespace(node), address: near },
        far: { node: wiring.nodeNamespace(home), address: far },
        exit: { netns: exitOf(home), device: tunnel.device },
      };
    },
  };
}

/** The node behind whose tunnel the address is: its pod's, the range's, or the tunnel device's own. */
export function homeOf(wiring: Wiring, ip: Ip): Node | undefined {
  const { lookup, cluster } = wiring;
  const owner = lookup.owners(ip).find(({ kind }) => kind === 'pod');
  if (owner?.kind === 'pod')
    return owner.pod.node === undefined ? undefined : lookup.node(owner.pod.node.value);
  const range = lookup.rangeOf(ip);
  if (range?.kind === 'node-pod-cidr') return range.node;
  // Ranges are not known: only the devices of the nodes themselves are left.
  return cluster.nodes.find((node) => ownAddresses(wiring, node).some(({ text }) => text === ip.text));
}
