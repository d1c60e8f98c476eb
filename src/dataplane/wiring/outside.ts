// Answers: what is beyond the cluster? A host somewhere, behind one router that stands for all there may be: it reaches the
// addresses of nodes, and whatever the load balancer sends to a node; pods only where the network knows their addresses.
import type { Ip } from '../../model/address';
import type { Node } from '../../model/node';
import type { NetNamespace, Route, UplinkDevice, VethDevice } from '../network';
import { addressOf, inferredRoute } from './addresses';
import type { Wiring } from './context';

/** @param entry the node that a load balancer sends its virtual addresses to. */
export function outsideNamespace(wiring: Wiring, ip: Ip, entry: Node | undefined): NetNamespace {
  const gateway = gatewayNamespace(wiring, entry);
  const eth0: VethDevice = {
    kind: 'veth',
    name: 'eth0',
    peer: () => ({ netns: gateway, device: 'gateway' }),
    answersFor: () => true,
  };
  return {
    id: `outside ${ip.text}`,
    place: { kind: 'outside' },
    label: `${ip.text} (outside)`,
    pod: undefined,
    node: undefined,
    isLocal: (each) => each.text === ip.text,
    routeTo: (to) =>
      to.family === ip.family
        ? {
            text: 'default via its gateway dev eth0',
            device: eth0,
            nextHop: 'gateway',
            evidence: [inferredRoute('routers on the way take one TTL each; one is shown for all')],
          }
        : undefined,
    sourceFor: (_device, family) => (family === ip.family ? ip : undefined),
    rules: undefined,
    forwards: false,
  };
}

function gatewayNamespace(wiring: Wiring, entry: Node | undefined): NetNamespace {
  const lan: UplinkDevice = { kind: 'uplink', name: 'gateway' };
  return {
    id: 'gateway',
    place: { kind: 'outside' },
    label: 'the gateway',
    pod: undefined,
    node: undefined,
    isLocal: () => false,
    routeTo: (ip): Route | undefined => {
      const evidence = [inferredRoute('the gateway is on the network of the nodes')];
      if (wiring.isNode(ip))
        return { text: `${ip.text} on the nodes’ network`, device: lan, nextHop: ip, evidence };
      const via = entry && addressOf(entry.addresses, ip.family);
      if (via !== undefined)
        return {
          text: `${ip.text} via ${via.text}`,
          device: lan,
          nextHop: via,
          evidence: [inferredRoute(`the load balancer sends this connection to node ${entry?.name ?? ''}`)],
        };
      const fabric = wiring.settings.cni.between.kind === 'fabric';
      return fabric && wiring.isPod(ip)
        ? { text: `${ip.text} by the network’s own routes`, device: lan, nextHop: 'gateway', evidence }
        : undefined;
    },
    sourceFor: () => undefined,
    rules: { translate: () => undefined, masquerade: () => undefined },
    forwards: true,
  };
}
