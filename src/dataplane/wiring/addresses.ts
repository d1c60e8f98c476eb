// Answers: which addresses do a node's devices have? Bridges and veths that carry a gateway have the first of the node's pod
// range, flannel's tunnel the range's own, management ports a fixed place in it; annotations of the CNI win where there are
// any. A device without an address of its own lends the node's (spec R5, C1).
import {
  cidr,
  contains,
  lastOf,
  offsetIp,
  parseIp,
  type Cidr,
  type Family,
  type Ip,
} from '../../model/address';
import type { Node } from '../../model/node';
import type { Pod } from '../../model/pod';
import type { Evidence, Fact } from '../../model/source';
import type { Device } from '../network';
import type { CniProfile } from '../profile';
import type { Wiring } from './context';

/** The part of a wiring that addresses follow from. */
type Wired = Pick<Wiring, 'settings' | 'lookup'>;

/** The node's pod range of a family; undefined when nothing tells it. */
export function podRangeOf(node: Node, family: Family): Fact<Cidr> | undefined {
  return node.podCidrs.find(({ value }) => value.first.family === family);
}

export function addressOf(facts: readonly Fact<Ip>[], family: Family): Ip | undefined {
  return facts.find(({ value }) => value.family === family)?.value;
}

function inRange(node: Node, family: Family, offset: number): Ip | undefined {
  const range = podRangeOf(node, family);
  return range && offsetIp(range.value.first, offset);
}

/** What pods route to, where the node has such an address: a bridge, or a veth with the gateway on it. */
export function gatewayAddress({ settings }: Wired, node: Node, family: Family): Ip | undefined {
  const { attachment } = settings.cni;
  switch (attachment.kind) {
    case 'bridge':
    case 'switch':
      return inRange(node, family, 1);
    case 'routed':
      if (attachment.gateway === 'link-local') return family === 4 ? linkLocalGateway : undefined;
      return attachment.nodeSource === 'cilium_host' ? ciliumHost(node, family) : inRange(node, family, 1);
  }
}

const linkLocalGateway = parseIp('169.254.1.1');

/** cilium_host: Cilium's own address on the node; the first of the range unless the annotation tells. */
function ciliumHost(node: Node, family: Family): Ip | undefined {
  return annotated(node, `network.cilium.io/ipv${family}-cilium-host`) ?? inRange(node, family, 1);
}

/** The address of the tunnel device, which a node process sends from when its packet goes through the tunnel. */
export function tunnelAddress({ settings }: Wired, node: Node, family: Family): Ip | undefined {
  const { between, attachment } = settings.cni;
  if (between.kind !== 'tunnel') return undefined;
  if (attachment.kind === 'routed' && attachment.nodeSource === 'cilium_host')
    return ciliumHost(node, family);
  const kind = between.encapsulation.kind === 'IPIP' ? 'IPIP' : 'VXLAN';
  const told =
    family === 4 && !between.device.startsWith('flannel.')
      ? annotated(node, `projectcalico.org/IPv4${kind}TunnelAddr`)
      : undefined;
  return told ?? inRange(node, family, between.addressOffset);
}

/**
 * The node's own port of a virtual switch. Addresses that we simulated ourselves do not know of it: where such a pod has the
 * port's address, the last of the range stands in.
 */
export function nodePortAddress({ settings, lookup }: Wired, node: Node, family: Family): Ip | undefined {
  const { attachment } = settings.cni;
  const range = podRangeOf(node, family);
  if (attachment.kind !== 'switch' || range === undefined) return undefined;
  const usual = offsetIp(range.value.first, attachment.nodePort.offset);
  const taken = usual !== undefined && lookup.owners(usual).some(({ kind }) => kind === 'pod');
  return taken ? offsetIp(lastOf(range.value), -1) : usual;
}

/** What a node's device is that has an address of the pod range; pods never get it. */
export interface ReservedAddress {
  /** `gateway`: pods route to it; `router`: so does a virtual switch, without a device; `device`: the node sends from it. */
  readonly role: 'gateway' | 'router' | 'device';
  /** undefined: every veth of the node has it, or no device. */
  readonly device: string | undefined;
}

/** @returns which of the node's own addresses `ip` is, apart from those that other machines know; undefined: none. */
export function reservedAddress(wired: Wired, node: Node, ip: Ip): ReservedAddress | undefined {
  const { attachment, between } = wired.settings.cni;
  const isIt = (address: Ip | undefined): boolean => address?.text === ip.text;
  if (attachment.kind === 'switch' && isIt(nodePortAddress(wired, node, ip.family)))
    return { role: 'device', device: attachment.nodePort.device };
  if (isIt(gatewayAddress(wired, node, ip.family))) {
    if (attachment.kind === 'switch') return { role: 'router', device: undefined };
    const ofBridge = attachment.kind === 'bridge' ? attachment.bridge : undefined;
    const ofCilium =
      attachment.kind === 'routed' && attachment.nodeSource === 'cilium_host' ? 'cilium_host' : undefined;
    return { role: 'gateway', device: ofBridge ?? ofCilium };
  }
  if (between.kind === 'tunnel' && isIt(tunnelAddressOnNode(wired, node, ip.family)))
    return { role: 'device', device: between.device };
  return undefined;
}

/** Source of what the node sends by `device`, and what MASQUERADE takes there (spec R5, R6). */
export function deviceAddress(wired: Wired, node: Node, device: Device, family: Family): Ip | undefined {
  return ownAddress(wired, node, device, family) ?? addressOf(node.addresses, family);
}

function ownAddress(wired: Wired, node: Node, device: Device, family: Family): Ip | undefined {
  const { attachment } = wired.settings.cni;
  switch (device.kind) {
    case 'bridge':
      return gatewayAddress(wired, node, family);
    case 'tunnel':
      return tunnelAddress(wired, node, family);
    case 'veth':
      if (attachment.kind === 'switch') return nodePortAddress(wired, node, family);
      return attachment.kind === 'routed' && attachment.nodeSource !== 'node'
        ? gatewayAddress(wired, node, family)
        : undefined;
    default:
      return undefined;
  }
}

/** Every address that the node answers to, loopback left out. */
export function ownAddresses(wired: Wired, node: Node): readonly Ip[] {
  const { attachment } = wired.settings.cni;
  const ofDevices = ([4, 6] as const).flatMap((family) => [
    attachment.kind === 'routed' && attachment.gateway === 'link-local'
      ? undefined
      : attachment.kind === 'switch'
        ? nodePortAddress(wired, node, family)
        : gatewayAddress(wired, node, family),
    tunnelAddressOnNode(wired, node, family),
  ]);
  return [
    ...[...node.addresses, ...node.externalAddresses].map(({ value }) => value),
    ...ofDevices.filter((ip) => ip !== undefined),
  ];
}

/** A virtual switch keeps its tunnel to itself. */
function tunnelAddressOnNode(wired: Wired, node: Node, family: Family): Ip | undefined {
  return wired.settings.cni.attachment.kind === 'switch' ? undefined : tunnelAddress(wired, node, family);
}

/** @returns whether both nodes are on one subnet: by the prefix that Calico annotates; without one they are taken to be. */
export function onOneSubnet(a: Node, b: Node): boolean {
  const prefix = /\/(\d+)$/.exec(a.annotations?.['projectcalico.org/IPv4Address'] ?? '')?.[1];
  const [own, other] = [addressOf(a.addresses, 4), addressOf(b.addresses, 4)];
  if (prefix === undefined || own === undefined || other === undefined) return true;
  return contains(cidr(own, Number(prefix)), other);
}

function annotated(node: Node, key: string): Ip | undefined {
  const text = node.annotations?.[key];
  return text === undefined ? undefined : parseIp(text.split('/')[0] ?? '');
}

/** @returns the name of the veth on the node's side: the profile's prefix and hexadecimal digits made from the pod's key. */
export function vethName(profile: CniProfile, pod: Pod): string {
  const { attachment } = profile;
  const prefix = attachment.kind === 'routed' ? attachment.veth : attachment.kind === 'bridge' ? 'veth' : '';
  let hash = 0x811c9dc5;
  for (const character of `${pod.namespace}/${pod.name}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const digits = hash.toString(16).padStart(8, '0');
  return attachment.kind === 'switch'
    ? `${pod.name.slice(0, 8)}-${digits.slice(0, 6)}`
    : `${prefix}${digits}`;
}

export function inferredRoute(text: string): Evidence {
  return { text, provenance: 'inferred' };
}

export function rangeEvidence(node: Node, range: Fact<Cidr>): Evidence {
  return {
    text: `node ${node.name} has the pod range ${range.value.text}`,
    provenance: range.provenance,
    at: range.at,
  };
}
