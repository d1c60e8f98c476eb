// Answers: what does a virtual switch (OVS) of a node do? Pods and the node are on its ports; it switches between its own pods,
// routes and tunnels to the switches of other nodes, and hands everything else to the node. Antrea and OVN-Kubernetes balance
// Services and judge policies in it. TTL and devices follow from sources, no kernel was measured (spec C2, C1b).
import { contains, parseIp, type Ip } from '../../model/address';
import type { Node } from '../../model/node';
import { keyOf } from '../../model/objects';
import type { Pod } from '../../model/pod';
import type { Masquerading, NetNamespace, Route, VethDevice } from '../network';
import { inferredRoute, nodePortAddress, podRangeOf, rangeEvidence, vethName } from './addresses';
import type { Wiring } from './context';
import { podMtu } from './mtu';
import { switchServices } from './services';
import { homeOf, tunnelBetweenSwitches } from './tunnel';

export function switchNamespace(wiring: Wiring, node: Node): NetNamespace {
  const { cni } = wiring.settings;
  const { attachment, between } = cni;
  const bridge = attachment.kind === 'switch' ? attachment.bridge : 'br-int';
  const tunnel = between.kind === 'tunnel' ? tunnelBetweenSwitches(wiring, node, between) : undefined;
  const nodePort: VethDevice = {
    kind: 'veth',
    name: attachment.kind === 'switch' ? attachment.nodePort.device : 'eth0',
    mtu: podMtu(cni),
    peer: () => ({
      netns: wiring.nodeNamespace(node),
      device: attachment.kind === 'switch' ? attachment.nodePort.device : 'eth0',
    }),
    answersFor: () => true,
  };
  return {
    id: `switch ${node.name}`,
    place: { kind: 'node', name: node.name },
    label: `the switch ${bridge} of node ${node.name}`,
    pod: undefined,
    node,
    isLocal: () => false,
    routeTo: (ip): Route | undefined => {
      const home = homeOf(wiring, ip);
      const owner = wiring.lookup.owners(ip).find(({ kind }) => kind === 'pod');
      if (home?.name === node.name && owner?.kind === 'pod') return podRoute(wiring, node, owner.pod, ip);
      const ofNode = nodePortAddress(wiring, node, ip.family)?.text === ip.text;
      if (home?.name === node.name && !ofNode && inPodRange(node, ip)) return undefined;
      if (home !== undefined && home.name !== node.name && tunnel !== undefined && inPodRange(home, ip))
        return {
          text: `${ip.text} dev ${tunnel.name}`,
          device: tunnel,
          nextHop: ip,
          evidence: rangeOf(home, ip),
        };
      const evidence = [inferredRoute('the switch hands the node whatever is not for a pod')];
      return {
        text: `default dev ${nodePort.name}`,
        device: nodePort,
        nextHop: 'gateway',
        evidence,
        switched: true,
      };
    },
    sourceFor: (_device, family) => nodePortAddress(wiring, node, family),
    rules: {
      translate: switchServices(wiring, node),
      masquerade: (_packet, _device, mark): Masquerading | undefined =>
        mark === undefined ? undefined : { kind: 'rewrite', ...mark, address: hairpinAddress(wiring) },
    },
    forwards: true,
  };
}

function podRoute(wiring: Wiring, node: Node, pod: Pod, ip: Ip): Route {
  const { cni } = wiring.settings;
  const device: VethDevice = {
    kind: 'veth',
    name: vethName(cni, pod),
    mtu: podMtu(cni),
    peer: () => ({ netns: wiring.podNamespace(pod, node), device: 'eth0' }),
    pod,
    answersFor: () => true,
  };
  const evidence = [inferredRoute(`pod ${keyOf(pod)} is on a port of the switch`)];
  return { text: `${ip.text} dev ${device.name}`, device, nextHop: ip, evidence, switched: true };
}

/** What a pod sees when it reaches itself through a Service. */
function hairpinAddress({ settings: { cni } }: Wiring): Ip | undefined {
  return parseIp(cni.services === 'ovn' ? '169.254.169.5' : '169.254.0.253');
}

function inPodRange(node: Node, ip: Ip): boolean {
  const range = podRangeOf(node, ip.family);
  return range === undefined || contains(range.value, ip);
}

function rangeOf(node: Node, ip: Ip): Route['evidence'] {
  const range = podRangeOf(node, ip.family);
  return range === undefined ? [] : [rangeEvidence(node, range)];
}
