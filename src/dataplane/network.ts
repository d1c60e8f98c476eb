// Answers: what does a CNI build? Network namespaces with devices, addresses, routes and netfilter rules, and what lies
// at the other end of each device. A CNI profile is a function that makes these; the walker knows nothing else.
import type { Family, Ip } from '../model/address';
import type { Node } from '../model/node';
import type { ObjectRef } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import type { Packet } from './packet';
import type { Place } from './step';
import type { FailCause, Refusal } from './steps/fail';
import type { ChosenEndpoint } from './steps/translate';

/** Where a frame is sent on the local segment: an address that somebody there owns, or the segment's router. */
export type NextHop = Ip | 'gateway';

/** What a device is plugged into. */
export type Device =
  | {
      /** A pod's `eth0`: one end of a veth pair, the other is a port of its node's bridge. */
      readonly kind: 'pod-veth';
      readonly name: string;
      readonly port: BridgePort;
      readonly bridge: BridgeDevice;
    }
  | BridgeDevice
  | {
      /** A node's uplink to the other nodes and the world. */
      readonly kind: 'uplink';
      readonly name: string;
    };

/** A Linux bridge with the pods of its node on its ports. */
export interface BridgeDevice {
  readonly kind: 'bridge';
  readonly name: string;
  /** Whether `ip` is the bridge's own address, so that its frames go up to the node. */
  readonly owns: (ip: NextHop) => boolean;
  readonly portOf: (ip: NextHop) => BridgePort | undefined;
  /** net.bridge.bridge-nf-call-iptables: switched frames pass the node's rules too (spec C5). */
  readonly netfilter: boolean;
  /** A frame may leave by the port that it came from (spec C5). */
  readonly hairpin: boolean;
}

export interface BridgePort {
  /** The name of the veth on the node's side: inferred, no API tells it. */
  readonly name: string;
  readonly pod: Pod;
}

export interface Route {
  /** As `ip route` prints it. */
  readonly text: string;
  readonly device: Device;
  readonly nextHop: NextHop;
  readonly evidence: readonly Evidence[];
}

/** Picks one of `count` equally likely endpoints, from 0; a trace asks for each in turn. */
export type Picker = (count: number) => number;

/** What a rule set does with the destination of a new connection. */
export type Translation =
  | {
      readonly kind: 'rewrite';
      readonly service: ObjectRef;
      readonly chosen: ChosenEndpoint;
      readonly candidates: number;
      /** Set the mark that POSTROUTING masquerades by, and why. */
      readonly mark: string | undefined;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly kind: 'refuse';
      readonly how: Refusal;
      readonly cause: FailCause;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    };

/** Whether the source of a new connection is rewritten as it leaves. */
export type Masquerading =
  | { readonly kind: 'rewrite'; readonly rule: string; readonly address: Ip }
  | { readonly kind: 'spare'; readonly rule: string };

/** The rules of a node's network namespace, for the first packet of a connection. */
export interface NetfilterRules {
  /** PREROUTING and OUTPUT. undefined: not a Service, the packet stays as it is. */
  readonly translate: (packet: Packet, pick: Picker) => Translation | undefined;
  /** POSTROUTING. `mark` is what translate set. undefined: no rule speaks about this packet. */
  readonly masquerade: (packet: Packet, device: Device, mark: string | undefined) => Masquerading | undefined;
}

export interface NetNamespace {
  /** Unique: `pod ns/name` or `node name`. */
  readonly id: string;
  readonly place: Place;
  /** How people call it: `shop/web-0`, `node worker-1`. */
  readonly label: string;
  readonly pod: Pod | undefined;
  readonly node: Node;
  readonly isLocal: (ip: Ip) => boolean;
  readonly routeTo: (ip: Ip) => Route | undefined;
  /** Source address for what this namespace sends by `device`. */
  readonly sourceFor: (device: Device, family: Family) => Ip | undefined;
  /** undefined: none, and it does not forward (pods). */
  readonly rules: NetfilterRules | undefined;
}

/** The network of one cluster under one profile; namespaces are made when first asked for. */
export interface Dataplane {
  readonly cniProfile: string;
  readonly kubeProxyMode: string;
  readonly ofPod: (pod: Pod) => NetNamespace | undefined;
  readonly ofNode: (name: string) => NetNamespace | undefined;
  /** The node that has this address on its uplink; undefined: nobody on the wire answers. */
  readonly nodeAt: (ip: Ip) => NetNamespace | undefined;
  /** hostNetwork pods that run on the node, in order. */
  readonly nodeNetworkPods: (node: string) => readonly Pod[];
  /** Why an address that left by the default route cannot be answered; undefined: it is simply outside. */
  readonly strayReason: (
    packet: Packet,
  ) => { readonly cause: FailCause; readonly reason: string } | undefined;
}
