// Answers: which virtual address stands for which pods? (core/v1 Service, discovery/v1 EndpointSlice; spec part D)
import type { Family, Ip } from './address';
import type { ObjectKey } from './objects';
import type { Protocol } from './ports';
import type { Labels } from './selector';
import type { Fact, Location, Provenance } from './source';

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

export interface ServicePort {
  /** '' when there is one unnamed port. Slices join by this name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** A number as is, or a container port's name that each pod resolves for itself. */
  readonly targetPort: number | string;
  readonly nodePort?: number | undefined;
  /** `simulated` when the manifest leaves nodePort out; undefined: as written or reported. */
  readonly nodePortProvenance?: 'simulated' | undefined;
  readonly at?: Location | undefined;
}

export interface Service {
  readonly kind: 'Service';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly type: ServiceType;
  /** `clusterIP: None`: no virtual address, DNS answers with the endpoints. */
  readonly headless: boolean;
  /** spec.clusterIPs; simulated when the manifest leaves them out; empty for headless and ExternalName. */
  readonly clusterIps: readonly Fact<Ip>[];
  readonly ipFamilies: readonly Family[];
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack' | undefined;
  /** undefined: no selector, slices are made by hand. */
  readonly selector?: Labels | undefined;
  readonly selectorAt?: Location | undefined;
  readonly ports: readonly ServicePort[];
  readonly externalName?: string | undefined;
  readonly externalIps: readonly Ip[];
  /** Addresses that nodes take for their own (ipMode VIP, the default). */
  readonly loadBalancerIps: readonly Fact<Ip>[];
  /** Addresses or host names of load balancers that open connections of their own to the nodes (ipMode Proxy, or a name only). */
  readonly loadBalancerProxies?: readonly Fact<string>[] | undefined;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  /** spec.allocateLoadBalancerNodePorts is false: only ports that are written are node ports. */
  readonly withoutNodePorts?: boolean | undefined;
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly sessionAffinity: 'None' | 'ClientIP';
  /** PreferClose is the old name of PreferSameZone, and read as that. */
  readonly trafficDistribution?: 'PreferSameZone' | 'PreferSameNode' | undefined;
  readonly publishNotReadyAddresses: boolean;
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/** One backend. `ready`, `serving`, `terminating` are the conditions of discovery/v1 with their defaults filled in. */
export interface Endpoint {
  readonly address: Ip;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeName?: string | undefined;
  /** The pod behind it; undefined for addresses outside the cluster's pods. */
  readonly pod?: ObjectKey | undefined;
  readonly zone?: string | undefined;
  readonly hintZones: readonly string[];
  readonly hintNodes: readonly string[];
}

export interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Endpoints of one Service, one family and one set of port numbers. */
export interface EndpointSlice {
  readonly kind: 'EndpointSlice';
  readonly namespace: string;
  readonly name: string;
  /** Key of the Service, from the label `kubernetes.io/service-name`; undefined: belongs to none. */
  readonly service?: ObjectKey | undefined;
  readonly family: Family;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
  /** `simulated` when made here from the Service's selector. */
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
}
