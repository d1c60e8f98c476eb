// Answers: what makes one CNI differ from another? A profile is data: how pods are plugged in, how nodes reach each other's
// pods, whose source is rewritten, who translates Services, and what becomes of policies. `wiring/` builds namespaces from it;
// the walker never sees it. Sources: spec C1-C6; `known` says whether a kernel was measured or only sources were read.
import type { PolicyReading } from '../model/policyReading';
import type { Cidr, Ip } from '../model/address';
import type { Encapsulation, Packet } from './packet';
import type { Masquerading } from './network';

export type CniProfileId =
  | 'bridge'
  | 'kindnet'
  | 'flannel-host-gw'
  | 'flannel-vxlan'
  | 'flannel-vxlan-direct'
  | 'calico'
  | 'calico-ipip'
  | 'calico-ipip-cross-subnet'
  | 'calico-vxlan'
  | 'calico-vxlan-cross-subnet'
  | 'cilium-tunnel'
  | 'cilium-native'
  | 'aws'
  | 'azure-overlay'
  | 'gke'
  | 'antrea'
  | 'ovn-kubernetes';

/** How a pod's `eth0` meets its node. */
export type Attachment =
  /** By a port of a Linux bridge, which has the first address of the node's pod range. */
  | { readonly kind: 'bridge'; readonly bridge: string }
  /** By a veth of its own: the node routes every packet, also between its own pods. */
  | {
      readonly kind: 'routed';
      /** Beginning of the veth's name on the node. */
      readonly veth: 'veth' | 'cali' | 'lxc' | 'eni' | 'azv' | 'gke';
      /** Where the pod's default route points: an address that the veth carries, or one that it only answers for. */
      readonly gateway: 'first-of-range' | 'link-local';
      /** What the node sends to its own pods from. */
      readonly nodeSource: 'gateway' | 'node' | 'cilium_host';
      /** Addresses of the node's pod range that no pod has: dropped there, or passed to the default route. */
      readonly unallocated: 'default-route' | 'blackhole';
    }
  /** By a port of a virtual switch (OVS) that also routes; the node itself is behind one more port. */
  | {
      readonly kind: 'switch';
      readonly bridge: string;
      /** The node's own port, and the place of its address in the node's pod range. */
      readonly nodePort: { readonly device: string; readonly offset: number };
    };

/** How a node reaches the pods of another. */
export type Between =
  | { readonly kind: 'host-routes' }
  | {
      readonly kind: 'tunnel';
      readonly device: string;
      readonly encapsulation: Encapsulation;
      /** Place of the device's address in the node's pod range; `cilium_host` and tunnel annotations win over it. */
      readonly addressOffset: number;
      /** Nodes of one subnet are reached without the tunnel. */
      readonly directInSubnet: boolean;
    }
  /** The network between the nodes knows every pod address (a cloud's routes). */
  | { readonly kind: 'fabric'; readonly fabric: string };

/** What a masquerade rule may look at. Ranges are of the packet's family; undefined: not known. */
export interface MasqueradeQuestion {
  readonly packet: Packet;
  readonly cluster: Cidr | undefined;
  readonly node: Cidr | undefined;
  /** Pools that pods have addresses of. */
  readonly pools: readonly AddressPool[];
  readonly isNode: (ip: Ip) => boolean;
  readonly isPod: (ip: Ip) => boolean;
  /** The destination is an address of the node itself (addrtype LOCAL). */
  readonly toItself: boolean;
}

export interface AddressPool {
  readonly range: Cidr;
  /** Whether what it sends outside every pool is masqueraded. */
  readonly natOutgoing: boolean;
}

export type MasqueradeRule = (question: MasqueradeQuestion) => Masquerading | undefined;

/** Whether NetworkPolicy is enforced at all, how it is read, and what happens to a packet that is not admitted (spec C6, E3). */
export interface PolicyEnforcement {
  readonly enforced: boolean;
  readonly by: string;
  readonly refusal: 'drop' | 'reject';
  readonly reading: PolicyReading;
  /** Whether it enforces the admin and baseline tiers, as far as is known (spec E2). */
  readonly adminTiers: boolean;
}

export interface CniProfile {
  readonly id: CniProfileId;
  /** As shown: `flannel with VXLAN`. */
  readonly name: string;
  readonly attachment: Attachment;
  readonly between: Between;
  readonly masquerade: MasqueradeRule;
  /** Who translates Services: kube-proxy on the node, or the CNI itself. */
  readonly services: 'kube-proxy' | 'cilium' | 'antrea' | 'ovn';
  readonly policies: PolicyEnforcement;
  /** `measured`: held against a Linux kernel. `sources`: read from documentation and code; TTL and devices are inferred. */
  readonly known: 'measured' | 'sources';
  /** Bytes of the node's uplink when nothing tells: 1500, or 9001 in a cloud with jumbo frames. */
  readonly uplinkMtu: number;
}

export type KubeProxyMode = 'iptables' | 'nftables' | 'ipvs' | 'none';

/** What kube-proxy's configuration adds to its mode (KubeProxyConfiguration). */
export interface KubeProxyOptions {
  /** Every client of a ClusterIP is masqueraded, pods too. */
  readonly masqueradeAll: boolean;
  /** Addresses of a node that have node ports: ranges, `primary`, `localhost`, `all`. undefined: those of the mode. */
  readonly nodePortAddresses?: readonly string[] | undefined;
}

/** Switches of the nodes that change what packets do (spec C5). Every cluster that works has them so. */
export interface NodeConditions {
  /** net.bridge.bridge-nf-call-iptables */
  readonly bridgeNetfilter: boolean;
  /** Hairpin mode of the bridge's ports. */
  readonly hairpin: boolean;
  /** net.ipv4.ip_forward */
  readonly ipForward: boolean;
  /** net.ipv4.conf.*.route_localnet: node ports on 127.0.0.1 in iptables mode. */
  readonly routeLocalnet: boolean;
  /** Nodes have routes to the pods of other nodes. */
  readonly podRoutes: boolean;
}

export const healthyNodes: NodeConditions = {
  bridgeNetfilter: true,
  hairpin: true,
  ipForward: true,
  routeLocalnet: true,
  podRoutes: true,
};

export interface DataplaneSettings {
  readonly cni: CniProfile;
  readonly kubeProxy: KubeProxyMode;
  readonly kubeProxyOptions: KubeProxyOptions;
  readonly conditions: NodeConditions;
}
