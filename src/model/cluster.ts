// Answers: what is in the cluster? One value of plain data. `load/` makes it from text, with only what is written;
// `simulate/` returns a fuller one. Lists are ordered by namespace and name.
import type { Cidr } from './address';
import type { ChosenNetwork, CniFacts } from './cniFacts';
import type { EntryPoint, Gateway } from './entry';
import type { Namespace, Node } from './node';
import type { Pod, Workload } from './pod';
import type { AdminPolicy, NetworkPolicy, VendorPolicy } from './policy';
import type { EndpointSlice, Service } from './service';
import type { Fact } from './source';

/** Ranges that the whole cluster agrees on; at most one per family each. Empty: nothing told (before simulation). */
export interface ClusterNetwork {
  readonly podCidrs: readonly Fact<Cidr>[];
  readonly serviceCidrs: readonly Fact<Cidr>[];
  /** Usually `cluster.local`. */
  readonly dnsDomain: Fact<string>;
}

export interface Cluster {
  readonly network: ClusterNetwork;
  readonly nodes: readonly Node[];
  readonly namespaces: readonly Namespace[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  /** Ingresses and Gateway API routes. */
  readonly entries: readonly EntryPoint[];
  readonly gateways: readonly Gateway[];
  readonly policies: readonly NetworkPolicy[];
  /** Admin and baseline tiers, by tier, priority and name. */
  readonly adminPolicies: readonly AdminPolicy[];
  readonly vendorPolicies: readonly VendorPolicy[];
  /** What objects of the cluster tell about its CNI and kube-proxy; undefined: nothing. */
  readonly cni?: CniFacts | undefined;
  /** What the user chose instead; undefined: what the objects tell counts. */
  readonly chosen?: ChosenNetwork | undefined;
}

export const emptyCluster: Cluster = {
  network: { podCidrs: [], serviceCidrs: [], dnsDomain: { value: 'cluster.local', provenance: 'inferred' } },
  nodes: [],
  namespaces: [],
  workloads: [],
  pods: [],
  services: [],
  slices: [],
  entries: [],
  gateways: [],
  policies: [],
  adminPolicies: [],
  vendorPolicies: [],
};
