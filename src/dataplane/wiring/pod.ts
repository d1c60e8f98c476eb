// Answers: what is in a pod's network namespace? `lo` and `eth0` with the pod's addresses, and a default route to the node:
// over a bridge, over a veth of its own, or over a virtual switch (spec C2). Containers of every kind share it (spec A1).
import { contains, isLoopback, type Ip } from '../../model/address';
import type { Node } from '../../model/node';
import { keyOf } from '../../model/objects';
import type { Pod } from '../../model/pod';
import type { Device, NetNamespace, NextHop, Route } from '../network';
import { addressOf, gatewayAddress, inferredRoute, nodePortAddress, podRangeOf, vethName } from './addresses';
import type { Wiring } from './context';
import { podMtu } from './mtu';
import { connectHook } from './services';

export function podNamespace(wiring: Wiring, pod: Pod, node: Node): NetNamespace {
  const own = pod.addresses.map(({ value }) => value);
  const eth0 = podDevice(wiring, pod, node);
  return {
    id: `pod ${keyOf(pod)}`,
    place: { kind: 'pod', namespace: pod.namespace, name: pod.name, node: node.name },
    label: `pod ${keyOf(pod)}`,
    pod,
    node,
    isLocal: (ip) => isLoopback(ip) || own.some(({ text }) => text === ip.text),
    routeTo: (ip) => podRoute(wiring, pod, node, eth0, ip),
    sourceFor: (_device, family) => addressOf(pod.addresses, family),
    rules: undefined,
    forwards: false,
    connect: connectHook(wiring, node, 'pod'),
  };
}

function podDevice(wiring: Wiring, pod: Pod, node: Node): Device {
  const { cni } = wiring.settings;
  const { attachment } = cni;
  const base = { name: 'eth0', mtu: podMtu(cni) };
  if (attachment.kind === 'bridge') {
    const port = { name: vethName(cni, pod), pod };
    return { ...base, kind: 'bridged-veth', port, bridge: wiring.bridge(node, attachment.bridge) };
  }
  const onSwitch = attachment.kind === 'switch';
  return {
    ...base,
    kind: 'veth',
    peer: () => ({
      netns: onSwitch ? wiring.switchNamespace(node) : wiring.nodeNamespace(node),
      device: vethName(cni, pod),
    }),
    answersFor: (hop) => !onSwitch || answersOnSwitch(wiring, node, hop),
  };
}

/** A virtual switch answers for its router and for the pods on its ports. */
function answersOnSwitch(wiring: Wiring, node: Node, hop: NextHop): boolean {
  if (hop === 'gateway') return true;
  const ofNode = [gatewayAddress(wiring, node, hop.family), nodePortAddress(wiring, node, hop.family)];
  if (ofNode.some((ip) => ip?.text === hop.text)) return true;
  return wiring.lookup
    .owners(hop)
    .some((owner) => owner.kind === 'pod' && owner.pod.node?.value === node.name);
}

function podRoute(wiring: Wiring, pod: Pod, node: Node, eth0: Device, ip: Ip): Route | undefined {
  const { cni } = wiring.settings;
  if (addressOf(pod.addresses, ip.family) === undefined) return undefined;
  const range = podRangeOf(node, ip.family);
  const gateway = gatewayAddress(wiring, node, ip.family);
  if (cni.attachment.kind !== 'routed' && range !== undefined && contains(range.value, ip)) {
    return {
      text: `${range.value.text} dev eth0`,
      device: eth0,
      nextHop: ip,
      evidence: [inferredRoute(`pods of ${node.name} share one subnet`)],
    };
  }
  return {
    text: `default via ${gateway?.text ?? 'its node'} dev eth0`,
    device: eth0,
    nextHop: gateway ?? 'gateway',
    evidence: [inferredRoute('the default route of every pod goes to its node')],
  };
}
