// Answers: what is in a node's network namespace? The devices of its pods, its uplink, its tunnel; routes to its own pods, to
// other nodes and their pods, and to the world; and the rules that translate Services and masquerade (spec C0, C2, R5).
import { cidr, contains, isLoopback, type Cidr, type Family, type Ip } from '../../model/address';
import type { Node } from '../../model/node';
import { keyOf } from '../../model/objects';
import type { Pod } from '../../model/pod';
import type { Evidence } from '../../model/source';
import type { Device, NetNamespace, Route, TunnelDevice, UplinkDevice, VethDevice } from '../network';
import type { AddressPool } from '../profile';
import {
  addressOf,
  deviceAddress,
  inferredRoute,
  onOneSubnet,
  ownAddresses,
  podRangeOf,
  rangeEvidence,
  vethName,
} from './addresses';
import type { Wiring } from './context';
import { podMtu } from './mtu';
import { connectHook, nodeServices } from './services';
import { tunnelBetweenNodes } from './tunnel';

export function nodeNamespace(wiring: Wiring, node: Node): NetNamespace {
  const { settings } = wiring;
  const { cni, conditions } = settings;
  const own = new Set(ownAddresses(wiring, node).map(({ text }) => text));
  const devices = devicesOf(wiring, node);
  const virtual = settings.kubeProxy === 'ipvs' ? virtualAddresses(wiring) : undefined;
  const isLocal = (ip: Ip): boolean => isLoopback(ip) || own.has(ip.text) || virtual?.has(ip.text) === true;
  return {
    id: `node ${node.name}`,
    place: { kind: 'node', name: node.name },
    label: `node ${node.name}`,
    pod: undefined,
    node,
    isLocal,
    routeTo: (ip) => nodeRoute(wiring, node, devices, ip),
    sourceFor: (device, family) => deviceAddress(wiring, node, device, family),
    rules: {
      ...nodeServices(wiring, node),
      masquerade: (packet, _device, mark) =>
        mark === undefined
          ? cni.masquerade({
              packet,
              cluster: clusterRange(wiring, packet.source.family),
              node: podRangeOf(node, packet.source.family)?.value,
              pools: poolsOf(wiring),
              isNode: wiring.isNode,
              isPod: wiring.isPod,
              toItself: isLocal(packet.destination),
            })
          : { kind: 'rewrite', ...mark },
    },
    forwards: conditions.ipForward,
    connect: connectHook(wiring, node, 'node'),
  };
}

/** IPVS binds every virtual address to the node (kube-ipvs0). */
function virtualAddresses({ cluster }: Wiring): ReadonlySet<string> {
  return new Set(
    cluster.services.flatMap((service) =>
      [
        ...service.clusterIps.map(({ value }) => value),
        ...service.externalIps,
        ...service.loadBalancerIps.map(({ value }) => value),
      ].map(({ text }) => text),
    ),
  );
}

function clusterRange({ cluster }: Wiring, family: Family): Cidr | undefined {
  return cluster.network.podCidrs.find(({ value }) => value.first.family === family)?.value;
}

/** Calico's pools; without IPPool objects the cluster's pod ranges are taken for pools with natOutgoing. */
function poolsOf({ cluster }: Wiring): readonly AddressPool[] {
  const pools = cluster.cni?.pools ?? [];
  return pools.length > 0
    ? pools.map(({ range, natOutgoing }) => ({ range: range.value, natOutgoing }))
    : cluster.network.podCidrs.map(({ value }) => ({ range: value, natOutgoing: true }));
}

interface Devices {
  readonly uplink: UplinkDevice;
  readonly tunnel: TunnelDevice | undefined;
  /** The device that a pod of this node is behind. */
  readonly towards: (pod: Pod | undefined) => Device | undefined;
}

function devicesOf(wiring: Wiring, node: Node): Devices {
  const { cni } = wiring.settings;
  const { attachment, between } = cni;
  const uplink: UplinkDevice = { kind: 'uplink', name: 'eth0', mtu: cni.uplinkMtu };
  if (attachment.kind === 'switch') {
    const port: VethDevice = {
      kind: 'veth',
      name: attachment.nodePort.device,
      mtu: podMtu(cni),
      peer: () => ({ netns: wiring.switchNamespace(node), device: attachment.nodePort.device }),
      answersFor: () => true,
    };
    return { uplink, tunnel: undefined, towards: () => port };
  }
  const tunnel = between.kind === 'tunnel' ? tunnelBetweenNodes(wiring, node, between) : undefined;
  if (attachment.kind === 'bridge') {
    const bridge = wiring.bridge(node, attachment.bridge);
    return { uplink, tunnel, towards: () => bridge };
  }
  return { uplink, tunnel, towards: (pod) => pod && podVeth(wiring, pod, node) };
}

/** The node's end of a pod's own veth. */
function podVeth(wiring: Wiring, pod: Pod, node: Node): VethDevice {
  const { cni } = wiring.settings;
  return {
    kind: 'veth',
    name: vethName(cni, pod),
    mtu: podMtu(cni),
    peer: () => ({ netns: wiring.podNamespace(pod, node), device: 'eth0' }),
    pod,
    answersFor: (hop) => hop === 'gateway' || pod.addresses.some(({ value }) => value.text === hop.text),
  };
}

/** The node's routing table, longest prefix first: its own pods, other nodes and their pods, then the default route. */
function nodeRoute(wiring: Wiring, node: Node, devices: Devices, ip: Ip): Route | undefined {
  const { lookup, settings } = wiring;
  const range = lookup.rangeOf(ip);
  const owner = lookup.owners(ip)[0];
  const pod = owner?.kind === 'pod' ? owner.pod : undefined;
  if (pod?.node?.value === node.name) return ownPodRoute(wiring, node, devices, pod, ip);
  const own = podRangeOf(node, ip.family);
  if (own !== undefined && contains(own.value, ip)) {
    const { attachment } = settings.cni;
    const device = devices.towards(undefined);
    if (device !== undefined)
      return {
        text: `${own.value.text} dev ${device.name}`,
        device,
        nextHop: ip,
        evidence: [rangeEvidence(node, own)],
      };
    if (attachment.kind === 'routed' && attachment.unallocated === 'blackhole')
      return {
        text: `blackhole ${own.value.text}`,
        device: devices.uplink,
        nextHop: ip,
        evidence: [rangeEvidence(node, own)],
        discards: true,
      };
  } else if (settings.conditions.podRoutes) {
    const remote = remotePodRoute(
      wiring,
      node,
      devices,
      ip,
      pod,
      range?.kind === 'node-pod-cidr' ? range.node : undefined,
    );
    if (remote !== undefined) return remote;
  }
  if (addressOf(node.addresses, ip.family) === undefined) return undefined;
  if (owner?.kind === 'node')
    return {
      text: `${ip.text} dev eth0`,
      device: devices.uplink,
      nextHop: ip,
      evidence: [inferredRoute('nodes are taken to share one network')],
    };
  return {
    text: 'default via the node network’s gateway dev eth0',
    device: devices.uplink,
    nextHop: 'gateway',
    evidence: [inferredRoute('a node has a default route')],
  };
}

function ownPodRoute(wiring: Wiring, node: Node, devices: Devices, pod: Pod, ip: Ip): Route | undefined {
  const device = devices.towards(pod);
  const own = podRangeOf(node, ip.family);
  if (device === undefined) return undefined;
  if (wiring.settings.cni.attachment.kind !== 'routed' && own !== undefined && contains(own.value, ip))
    return {
      text: `${own.value.text} dev ${device.name}`,
      device,
      nextHop: ip,
      evidence: [rangeEvidence(node, own)],
    };
  return { text: `${hostText(ip)} dev ${device.name}`, device, nextHop: ip, evidence: [podEvidence(pod)] };
}

/** By the range of the node that has the pod, else by the pod's own address where ranges are not known. */
function remotePodRoute(
  wiring: Wiring,
  node: Node,
  devices: Devices,
  ip: Ip,
  pod: Pod | undefined,
  rangeOwner: Node | undefined,
): Route | undefined {
  const { settings, lookup } = wiring;
  const { between, attachment } = settings.cni;
  const home = pod?.node === undefined ? rangeOwner : lookup.node(pod.node.value);
  if (home === undefined || home.name === node.name) return undefined;
  const range = podRangeOf(home, ip.family);
  const inRange = range !== undefined && contains(range.value, ip);
  const text = inRange ? range.value.text : hostText(ip);
  const evidence = inRange ? [rangeEvidence(home, range)] : pod === undefined ? [] : [podEvidence(pod)];
  const via = addressOf(home.addresses, ip.family);
  if (attachment.kind === 'switch') {
    const device = devices.towards(undefined);
    return device && { text: `${text} dev ${device.name}`, device, nextHop: ip, evidence };
  }
  if (between.kind === 'fabric') {
    const known = inferredRoute(`${between.fabric} knows which node has which pod address`);
    return {
      text: 'default via the node network’s gateway dev eth0',
      device: devices.uplink,
      nextHop: 'gateway',
      evidence: [...evidence, known],
    };
  }
  const direct = between.kind === 'host-routes' || (between.directInSubnet && onOneSubnet(node, home));
  if (direct || devices.tunnel === undefined)
    return (
      via && { text: `${text} via ${via.text} dev eth0`, device: devices.uplink, nextHop: via, evidence }
    );
  return { text: `${text} dev ${devices.tunnel.name}`, device: devices.tunnel, nextHop: ip, evidence };
}

function hostText(ip: Ip): string {
  return cidr(ip, ip.family === 4 ? 32 : 128).text;
}

function podEvidence(pod: Pod): Evidence {
  return {
    text: `pod ${keyOf(pod)} runs on ${pod.node?.value ?? 'no node'}`,
    provenance: pod.node?.provenance ?? 'inferred',
    at: pod.node?.at,
  };
}
