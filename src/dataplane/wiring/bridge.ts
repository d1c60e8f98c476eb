// Answers: who is on a node's Linux bridge? The node's own pods on its ports, and the node itself at the bridge's address
// (bridge CNI plugin with isGateway and hairpinMode; spec C2, C5).
import type { Node } from '../../model/node';
import type { BridgeDevice } from '../network';
import { gatewayAddress, vethName } from './addresses';
import type { Wiring } from './context';
import { podMtu } from './mtu';

export function bridgeOf(wiring: Wiring, node: Node, name: string): BridgeDevice {
  const { lookup, settings } = wiring;
  const { cni, conditions } = settings;
  return {
    kind: 'bridge',
    name,
    mtu: podMtu(cni),
    owns: (ip) => ip === 'gateway' || gatewayAddress(wiring, node, ip.family)?.text === ip.text,
    portOf: (ip) => {
      if (ip === 'gateway') return undefined;
      const owner = lookup
        .owners(ip)
        .find((each) => each.kind === 'pod' && each.pod.node?.value === node.name);
      return owner?.kind === 'pod' ? { name: vethName(cni, owner.pod), pod: owner.pod } : undefined;
    },
    netfilter: conditions.bridgeNetfilter,
    hairpin: conditions.hairpin,
  };
}
