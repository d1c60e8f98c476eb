// Answers: what does a CNI build? Network namespaces with devices, addresses, routes and netfilter rules, and what lies
// at the other end of each device. A CNI profile makes these; the walker knows nothing else.
import type { Family, Ip } from '../model/address';
import type { Node } from '../model/node';
import type { ObjectRef } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import type { Encapsulation, Packet } from './packet';
import type { Place } from './step';
import type { FailCause, Refusal } from './steps/fail';
import type { ChosenEndpoint, Translator } from './steps/translate';

/** Where a frame is sent on the local segment: an address that somebody there owns, or the segment's router. */
export type NextHop = Ip | 'gateway';

interface DeviceBase {
  readonly name: string;
  /** Bytes of the largest packet; undefined: not known. */
  readonly mtu?: number | undefined;
}

/** A pod's `eth0` whose other end is a port of its node's bridge. */
export interface BridgedVeth extends DeviceBase {
  readonly kind: 'bridged-veth';
  readonly port: BridgePort;
  readonly bridge: BridgeDevice;
}

/** One end of a veth pair whose other end is a device of another namespace that routes. */
export interface VethDevice extends DeviceBase {
  readonly kind: 'veth';
  readonly peer: () => { readonly netns: NetNamespace; readonly device: string } | undefined;
  /** On the node's side: the pod at the other end. */
  readonly pod?: Pod | undefined;
  /** Whether the other end answers for this next hop: it owns the address, or proxies for all (proxy_arp). */
  readonly answersFor: (ip: NextHop) => boolean;
}

/** A Linux bridge with the pods of its node on its ports. */
export interface BridgeDevice extends DeviceBase {
  readonly kind: 'bridge';
  /** Whether `ip` is the bridge's own address, so that its frames go up to the node. */
  readonly owns: (ip: NextHop) => boolean;
  readonly portOf: (ip: NextHop) => BridgePort | undefined;
  /** net.bridge.bridge-nf-call-iptables: switched frames pass the node's rules too (spec C5). */
  readonly netfilter: boolean;
  /** A frame may leave by the port that it came from (spec C5). */
  readonly hairpin: boolean;
}

/** A node's uplink to the other nodes and the world. */
export interface UplinkDevice extends DeviceBase {
  readonly kind: 'uplink';
}

/** A device that wraps packets and sends them from node to node. */
export interface TunnelDevice extends DeviceBase {
  readonly kind: 'tunnel';
  readonly encapsulation: Encapsulation;
  /** The far end for a next hop; undefined: no node answers for it. */
  readonly far: (ip: NextHop) => TunnelEnds | undefined;
}

export interface TunnelEnds {
  /** The node that sends the outer packet, and its address. */
  readonly near: { readonly node: NetNamespace; readonly address: Ip };
  readonly far: { readonly node: NetNamespace; readonly address: Ip };
  /** Where the inner packet comes out: a namespace and its device. */
  readonly exit: { readonly netns: NetNamespace; readonly device: string };
}

export type Device = BridgedVeth | VethDevice | BridgeDevice | UplinkDevice | TunnelDevice;

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
  /** Passed on by a virtual switch at layer 2: takes no TTL. */
  readonly switched?: boolean | undefined;
  /** A blackhole route: packets are thrown away without a word. */
  readonly discards?: boolean | undefined;
}

/** Picks one of `count` equally likely endpoints, from 0; a trace asks for each in turn. */
export type Picker = (count: number) => number;

/** What a rule set does with the destination of a new connection. */
export type Translation =
  | {
      readonly kind: 'rewrite';
      readonly by: Translator;
      /** The Service, or the pod whose host port it is. */
      readonly service: ObjectRef;
      readonly chosen: ChosenEndpoint;
      readonly candidates: number;
      /** What POSTROUTING masquerades by; undefined: nothing was marked. */
      readonly mark: Mark | undefined;
      readonly evidence: readonly Evidence[];
      /** What the reader should know of this choice: short-circuits, session affinity. */
      readonly note?: string | undefined;
    }
  | {
      readonly kind: 'refuse';
      readonly how: Refusal;
      /** `arrival`: where it would be translated, in PREROUTING or OUTPUT. `filter`: later, in FORWARD or INPUT. */
      readonly where: 'arrival' | 'filter';
      readonly cause: FailCause;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    };

/** The firewall mark of a packet that will be masqueraded: why, and whether the rule that does it keeps the source port. */
export interface Mark {
  readonly rule: string;
  /** MASQUERADE without `--random-fully` keeps the port unless another connection has it. */
  readonly keepsPort: boolean;
}

/** Whether the source of a new connection is rewritten as it leaves. `address` undefined: that of the outgoing device. */
export type Masquerading =
  | {
      readonly kind: 'rewrite';
      readonly rule: string;
      readonly keepsPort?: boolean | undefined;
      readonly address?: Ip | undefined;
    }
  | { readonly kind: 'spare'; readonly rule: string };

/** What a packet came in by, for rules that ask. */
export interface Arrival {
  readonly packet: Packet;
  /** A process of this very namespace sends it (OUTPUT). */
  readonly sentHere: boolean;
}

/** The rules of a namespace that routes, for the first packet of a connection. */
export interface NetfilterRules {
  /** PREROUTING and OUTPUT. undefined: not a Service, the packet stays as it is. */
  readonly translate: (arrival: Arrival, pick: Picker) => Translation | undefined;
  /** INPUT of an address that stands for a Service (IPVS): where the packet is sent on to instead. */
  readonly input?: ((arrival: Arrival, pick: Picker) => Translation | undefined) | undefined;
  /** POSTROUTING. `mark` is what translate set. undefined: no rule speaks about this packet. */
  readonly masquerade: (packet: Packet, device: Device, mark: Mark | undefined) => Masquerading | undefined;
}

export interface NetNamespace {
  /** Unique: `pod ns/name`, `node name`, `switch name`, `outside address`. */
  readonly id: string;
  readonly place: Place;
  /** How people call it: `pod shop/web-0`, `node worker-1`, `203.0.113.7 (outside)`. */
  readonly label: string;
  readonly pod: Pod | undefined;
  /** The node that it is on; undefined: outside the cluster. */
  readonly node: Node | undefined;
  readonly isLocal: (ip: Ip) => boolean;
  readonly routeTo: (ip: Ip) => Route | undefined;
  /** Source address for what this namespace sends by `device`. */
  readonly sourceFor: (device: Device, family: Family) => Ip | undefined;
  /** undefined: none, and it does not forward (pods). */
  readonly rules: NetfilterRules | undefined;
  /** net.ipv4.ip_forward; only asked of namespaces with rules. */
  readonly forwards: boolean;
  /** Services translated at connect(), before any packet exists (socket-level load balancing). */
  readonly connect?: ((arrival: Arrival, pick: Picker) => Translation | undefined) | undefined;
}

/** Who takes a packet that a node, or somebody outside, put on the network between the nodes. */
export type WireAnswer =
  | { readonly kind: 'node'; readonly netns: NetNamespace }
  | { readonly kind: 'gateway' }
  | { readonly kind: 'nobody' };

/** The network of one cluster under one profile; namespaces are made when first asked for. */
export interface Dataplane {
  readonly ofPod: (pod: Pod) => NetNamespace | undefined;
  readonly ofNode: (name: string) => NetNamespace | undefined;
  /** A host beyond the gateway. `entry`: the node that a load balancer hands its connections to. */
  readonly outside: (ip: Ip, entry?: Node) => NetNamespace;
  /** Whether the network outside knows pod addresses: a cloud's routes do, what else may is not known. */
  readonly podsAreRoutable: boolean;
  /** Who on the wire takes a packet sent to this next hop. */
  readonly wire: (packet: Packet, nextHop: NextHop) => WireAnswer;
  /** The node that owns this address on any of its devices, its bridge and tunnels included. */
  readonly nodeOwning: (ip: Ip) => Node | undefined;
  /** hostNetwork pods that run on the node, in order. */
  readonly nodeNetworkPods: (node: string) => readonly Pod[];
  /** Why an address that left by the default route cannot be answered; undefined: it is simply outside. */
  readonly strayReason: (
    packet: Packet,
  ) => { readonly cause: FailCause; readonly reason: string } | undefined;
}
