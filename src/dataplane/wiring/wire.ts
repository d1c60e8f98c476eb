// Answers: which network does this cluster have under these settings? Namespaces are made when a packet first comes to them,
// and kept with the cluster value.
import { contains, type Ip } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import type { Node } from '../../model/node';
import { keyOf } from '../../model/objects';
import { isLive, type Pod } from '../../model/pod';
import type { BridgeDevice, Dataplane, NetNamespace, NextHop, WireAnswer } from '../network';
import type { Packet } from '../packet';
import type { DataplaneSettings } from '../profile';
import { ownAddresses } from './addresses';
import { bridgeOf } from './bridge';
import type { Wiring } from './context';
import { nodeNamespace } from './node';
import { outsideNamespace } from './outside';
import { podNamespace } from './pod';
import { strayReason } from './stray';
import { switchNamespace } from './switch';
import { homeOf } from './tunnel';

const wired = new WeakMap<Cluster, WeakMap<DataplaneSettings, Dataplane>>();

/** The network of `cluster`; wired once per cluster value and settings value (`settingsFor` makes one for each choice). */
export function dataplaneOf(cluster: Cluster, settings: DataplaneSettings): Dataplane {
  const known = wired.get(cluster) ?? new WeakMap<DataplaneSettings, Dataplane>();
  wired.set(cluster, known);
  const made = known.get(settings) ?? wire(cluster, settings);
  known.set(settings, made);
  return made;
}

function wire(cluster: Cluster, settings: DataplaneSettings): Dataplane {
  const lookup = lookupOf(cluster);
  const namespaces = new Map<string, NetNamespace>();
  const bridges = new Map<string, BridgeDevice>();
  const remembered = <T>(kept: Map<string, T>, id: string, make: () => T): T => {
    const known = kept.get(id) ?? make();
    kept.set(id, known);
    return known;
  };
  const wiring: Wiring = {
    cluster,
    lookup,
    settings,
    nodeNamespace: (node) => remembered(namespaces, `node ${node.name}`, () => nodeNamespace(wiring, node)),
    podNamespace: (pod, node) =>
      remembered(namespaces, `pod ${keyOf(pod)}`, () => podNamespace(wiring, pod, node)),
    switchNamespace: (node) =>
      remembered(namespaces, `switch ${node.name}`, () => switchNamespace(wiring, node)),
    bridge: (node, name) => remembered(bridges, node.name, () => bridgeOf(wiring, node, name)),
    isNode: (ip) => lookup.owners(ip).some(({ kind }) => kind === 'node'),
    isPod: (ip) =>
      lookup.owners(ip).some(({ kind }) => kind === 'pod') ||
      cluster.network.podCidrs.some(({ value }) => contains(value, ip)),
  };
  const ofNode = (name: string): NetNamespace | undefined => {
    const node = lookup.node(name);
    return node && wiring.nodeNamespace(node);
  };
  return {
    ofNode,
    ofPod: (pod: Pod) => {
      const node = pod.node === undefined ? undefined : lookup.node(pod.node.value);
      if (node === undefined) return undefined;
      return pod.spec.hostNetwork ? wiring.nodeNamespace(node) : wiring.podNamespace(pod, node);
    },
    outside: (ip, entry) => outsideNamespace(wiring, ip, entry),
    podsAreRoutable: settings.cni.between.kind === 'fabric',
    wire: (packet, nextHop) => answerOnWire(wiring, packet, nextHop),
    nodeOwning: (ip) => nodeOwning(wiring, ip),
    nodeNetworkPods: (name) => lookup.podsOn(name).filter((pod) => pod.spec.hostNetwork && isLive(pod)),
    strayReason: (packet) => strayReason(wiring, packet),
  };
}

function answerOnWire(wiring: Wiring, packet: Packet, nextHop: NextHop): WireAnswer {
  const { lookup, settings } = wiring;
  if (nextHop !== 'gateway') {
    const owner = lookup.owners(nextHop).find(({ kind }) => kind === 'node');
    return owner?.kind === 'node'
      ? { kind: 'node', netns: wiring.nodeNamespace(owner.node) }
      : { kind: 'nobody' };
  }
  const home = settings.cni.between.kind === 'fabric' ? homeOf(wiring, packet.destination) : undefined;
  return home === undefined ? { kind: 'gateway' } : { kind: 'node', netns: wiring.nodeNamespace(home) };
}

/** By the node's own addresses, else by the range that its bridge's and tunnel's addresses come from. */
function nodeOwning(wiring: Wiring, ip: Ip): Node | undefined {
  const { lookup } = wiring;
  const owner = lookup.owners(ip).find(({ kind }) => kind === 'node');
  if (owner?.kind === 'node') return owner.node;
  const range = lookup.rangeOf(ip);
  if (range?.kind !== 'node-pod-cidr') return undefined;
  return ownAddresses(wiring, range.node).some(({ text }) => text === ip.text) ? range.node : undefined;
}
