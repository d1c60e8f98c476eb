// Answers: what do the parts of a wiring share? The cluster, its settings, and the namespaces, each made when first asked for.
import type { Ip } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import type { ClusterLookup } from '../../model/lookup';
import type { Node } from '../../model/node';
import type { Pod } from '../../model/pod';
import type { BridgeDevice, NetNamespace } from '../network';
import type { DataplaneSettings } from '../profile';

export interface Wiring {
  readonly cluster: Cluster;
  readonly lookup: ClusterLookup;
  readonly settings: DataplaneSettings;
  readonly nodeNamespace: (node: Node) => NetNamespace;
  readonly podNamespace: (pod: Pod, node: Node) => NetNamespace;
  /** The virtual switch of a node; only where the profile has one. */
  readonly switchNamespace: (node: Node) => NetNamespace;
  /** The node's bridge; only where the profile has one. */
  readonly bridge: (node: Node, name: string) => BridgeDevice;
  /** Whether the address is an address of a node. */
  readonly isNode: (ip: Ip) => boolean;
  /** Whether a live pod of the pod network has the address, or it lies in a pod range. */
  readonly isPod: (ip: Ip) => boolean;
}
