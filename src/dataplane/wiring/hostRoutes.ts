// Answers: which namespaces, devices and routes does a Linux bridge with host routes make? Each node has a bridge `cni0` with
// its pods' veths, routes the other nodes' pod ranges by their addresses, and masquerades what leaves the pod range.
// The shape of flannel's host-gw backend and of kubenet (spec C1, C2; bridge CNI plugin with isGateway and hairpinMode).
import { cidr, contains, isLoopback, offsetIp, type Cidr, type Family, type Ip } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import type { Node } from '../../model/node';
import { keyOf } from '../../model/objects';
import { isLive, type Pod } from '../../model/pod';
import type { Evidence, Fact } from '../../model/source';
import { translateByKubeProxy } from '../kubeProxy/iptables';
import type { BridgeDevice, BridgePort, Dataplane, Device, NetNamespace, NextHop, Route } from '../network';
import type { Packet } from '../packet';
import { masqueradeByFlannel } from './flannelMasquerade';

const uplink: Device = { kind: 'uplink', name: 'eth0' };

const wired = new WeakMap<Cluster, Dataplane>();

/** The network of `cluster` as a bridge and host routes, with kube-proxy in iptables mode; wired once per cluster value. */
export function hostRoutesOf(cluster: Cluster): Dataplane {
  const known = wired.get(cluster);
  if (known !== undefined) return known;
  const made = wireHostRoutes(cluster);
  wired.set(cluster, made);
  return made;
}

function wireHostRoutes(cluster: Cluster): Dataplane {
  const lookup = lookupOf(cluster);
  const namespaces = new Map<string, NetNamespace>();
  const bridges = new Map<string, BridgeDevice>();

  const remembered = (id: string, make: () => NetNamespace): NetNamespace => {
    const known = namespaces.get(id);
    if (known !== undefined) return known;
    const made = make();
    namespaces.set(id, made);
    return made;
  };
  const bridgeOn = (node: Node): BridgeDevice => {
    const known = bridges.get(node.name);
    if (known !== undefined) return known;
    const made = bridgeOf(cluster, node);
    bridges.set(node.name, made);
    return made;
  };
  const ofNode = (name: string): NetNamespace | undefined => {
    const node = lookup.node(name);
    return node && remembered(`node ${name}`, () => nodeNamespace(cluster, node, bridgeOn(node)));
  };
  const ofPod = (pod: Pod): NetNamespace | undefined => {
    const node = pod.node === undefined ? undefined : lookup.node(pod.node.value);
    if (node === undefined || pod.spec.hostNetwork) return node && ofNode(node.name);
    return remembered(`pod ${keyOf(pod)}`, () => podNamespace(pod, node, bridgeOn(node)));
  };

  return {
    cniProfile: 'Linux bridge with host routes',
    kubeProxyMode: 'iptables',
    ofPod,
    ofNode,
    nodeAt: (ip) => {
      const owner = lookup.owners(ip).find(({ kind }) => kind === 'node');
      return owner?.kind === 'node' ? ofNode(owner.node.name) : undefined;
    },
    nodeNetworkPods: (name) => lookup.podsOn(name).filter((pod) => pod.spec.hostNetwork && isLive(pod)),
    strayReason: (packet) => strayReason(cluster, packet),
  };
}

/** @returns the name of the veth on the node's side: `veth` and eight hexadecimal digits, made from the pod's key. */
export function vethName(pod: Pod): string {
  let hash = 0x811c9dc5;
  for (const character of keyOf(pod))
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `veth${hash.toString(16).padStart(8, '0')}`;
}

/** The bridge's own address: the first of the node's pod range. undefined when that range is not known. */
export function bridgeAddress(node: Node, family: Family): Ip | undefined {
  const range = podRangeOf(node, family);
  return range && offsetIp(range.value.first, 1);
}

function podRangeOf(node: Node, family: Family): Fact<Cidr> | undefined {
  return node.podCidrs.find(({ value }) => value.first.family === family);
}

function addressOf(facts: readonly Fact<Ip>[], family: Family): Ip | undefined {
  return facts.find(({ value }) => value.family === family)?.value;
}

function bridgeOf(cluster: Cluster, node: Node): BridgeDevice {
  const lookup = lookupOf(cluster);
  const portOf = (ip: NextHop): BridgePort | undefined => {
    if (ip === 'gateway') return undefined;
    const owner = lookup.owners(ip).find((each) => each.kind === 'pod' && each.pod.node?.value === node.name);
    return owner?.kind === 'pod' ? { name: vethName(owner.pod), pod: owner.pod } : undefined;
  };
  return {
    kind: 'bridge',
    name: 'cni0',
    owns: (ip) => ip === 'gateway' || bridgeAddress(node, ip.family)?.text === ip.text,
    portOf,
    netfilter: true,
    hairpin: true,
  };
}

function podNamespace(pod: Pod, node: Node, bridge: BridgeDevice): NetNamespace {
  const own = pod.addresses.map(({ value }) => value);
  const eth0: Device = { kind: 'pod-veth', name: 'eth0', port: { name: vethName(pod), pod }, bridge };
  const routeTo = (ip: Ip): Route | undefined => {
    if (addressOf(pod.addresses, ip.family) === undefined) return undefined;
    const range = podRangeOf(node, ip.family);
    if (range !== undefined && contains(range.value, ip)) {
      return {
        text: `${range.value.text} dev eth0`,
        device: eth0,
        nextHop: ip,
        evidence: [inferredRoute(`pods of ${node.name} share one subnet`)],
      };
    }
    const gateway = bridgeAddress(node, ip.family);
    return {
      text: `default via ${gateway?.text ?? 'cni0'} dev eth0`,
      device: eth0,
      nextHop: gateway ?? 'gateway',
      evidence: [inferredRoute('the default route of every pod goes to the bridge of its node')],
    };
  };
  return {
    id: `pod ${keyOf(pod)}`,
    place: { kind: 'pod', namespace: pod.namespace, name: pod.name, node: node.name },
    label: `pod ${keyOf(pod)}`,
    pod,
    node,
    isLocal: (ip) => isLoopback(ip) || own.some(({ text }) => text === ip.text),
    routeTo,
    sourceFor: (_device, family) => addressOf(pod.addresses, family),
    rules: undefined,
  };
}

function nodeNamespace(cluster: Cluster, node: Node, bridge: BridgeDevice): NetNamespace {
  const own = [...node.addresses, ...node.externalAddresses].map(({ value }) => value);
  const isLocal = (ip: Ip): boolean =>
    isLoopback(ip) ||
    own.some(({ text }) => text === ip.text) ||
    bridgeAddress(node, ip.family)?.text === ip.text;
  const deviceAddress = (device: Device, family: Family): Ip | undefined =>
    (device.kind === 'bridge' ? bridgeAddress(node, family) : undefined) ?? addressOf(node.addresses, family);
  return {
    id: `node ${node.name}`,
    place: { kind: 'node', name: node.name },
    label: `node ${node.name}`,
    pod: undefined,
    node,
    isLocal,
    routeTo: (ip) => nodeRoute(cluster, node, bridge, ip),
    sourceFor: deviceAddress,
    rules: {
      translate: (packet, pick) => translateByKubeProxy(cluster, node.name, isLocal, pick, packet),
      masquerade: (packet, device, mark) => {
        const address = deviceAddress(device, packet.source.family);
        const ranges = {
          cluster: clusterRange(cluster, packet.source.family),
          node: podRangeOf(node, packet.source.family)?.value,
        };
        return address && masqueradeByFlannel(packet, ranges, mark, address);
      },
    },
  };
}

/** The node's routing table, longest prefix first: its own pods, other nodes and their pods, then the default route. */
function nodeRoute(cluster: Cluster, node: Node, bridge: BridgeDevice, ip: Ip): Route | undefined {
  const lookup = lookupOf(cluster);
  const own = podRangeOf(node, ip.family);
  if (own !== undefined && contains(own.value, ip)) {
    return {
      text: `${own.value.text} dev cni0`,
      device: bridge,
      nextHop: ip,
      evidence: [rangeEvidence(node, own)],
    };
  }
  const range = lookup.rangeOf(ip);
  const owner = lookup.owners(ip)[0];
  if (range?.kind === 'node-pod-cidr')
    return remoteRoute(range.node, range.cidr.value, [rangeEvidence(range.node, range.cidr)]);
  if (owner?.kind === 'pod') {
    const home = owner.pod.node === undefined ? undefined : lookup.node(owner.pod.node.value);
    const host = cidr(ip, ip.family === 4 ? 32 : 128);
    const known: Evidence = {
      text: `pod ${keyOf(owner.pod)} runs on ${home?.name ?? 'no node'}`,
      provenance: owner.pod.node?.provenance ?? 'inferred',
      at: owner.pod.node?.at,
    };
    if (home?.name === node.name)
      return { text: `${host.text} dev cni0`, device: bridge, nextHop: ip, evidence: [known] };
    if (home !== undefined) return remoteRoute(home, host, [known]);
  }
  if (addressOf(node.addresses, ip.family) === undefined) return undefined;
  if (owner?.kind === 'node')
    return {
      text: `${ip.text} dev eth0`,
      device: uplink,
      nextHop: ip,
      evidence: [inferredRoute('nodes are taken to share one network')],
    };
  return {
    text: 'default via the node network’s gateway dev eth0',
    device: uplink,
    nextHop: 'gateway',
    evidence: [inferredRoute('a node has a default route')],
  };
}

function remoteRoute(home: Node, range: Cidr, evidence: readonly Evidence[]): Route | undefined {
  const via = addressOf(home.addresses, range.first.family);
  return via && { text: `${range.text} via ${via.text} dev eth0`, device: uplink, nextHop: via, evidence };
}

/** Packets that must not be taken for outside traffic: addresses of the cluster's own ranges that nobody answers for. */
function strayReason(cluster: Cluster, packet: Packet): ReturnType<Dataplane['strayReason']> {
  const range = lookupOf(cluster).rangeOf(packet.destination);
  const service = lookupOf(cluster)
    .owners(packet.destination)
    .find(({ kind }) => kind === 'service');
  if (service?.kind === 'service') {
    return {
      cause: 'not-captured',
      reason: `Service ${keyOf(service.service)} has no port ${packet.destinationPort}/${packet.protocol}: kube-proxy in iptables mode leaves the packet alone, and it is lost outside the cluster.`,
    };
  }
  if (range?.kind === 'service-cidr') {
    return {
      cause: 'not-captured',
      reason: `${packet.destination.text} is in the Service range ${range.cidr.value.text}, but no Service has it: the packet is lost outside the cluster.`,
    };
  }
  if (range?.kind === 'pod-cidr') {
    return {
      cause: 'no-route',
      reason: `${packet.destination.text} is in the pod range ${range.cidr.value.text}, but in no node's part of it: the packet is lost outside the cluster.`,
    };
  }
  return undefined;
}

function clusterRange(cluster: Cluster, family: Family): Cidr | undefined {
  return cluster.network.podCidrs.find(({ value }) => value.first.family === family)?.value;
}

function rangeEvidence(node: Node, range: Fact<Cidr>): Evidence {
  return {
    text: `node ${node.name} has the pod range ${range.value.text}`,
    provenance: range.provenance,
    at: range.at,
  };
}

function inferredRoute(text: string): Evidence {
  return { text, provenance: 'inferred' };
}
