// Answers: what does a policy object say, with defaults applied? (networking.k8s.io/v1 NetworkPolicy; rules E8-E25.)
// Policies of other API groups are kept by name only: their presence makes verdicts undetermined until they are judged.
import type { Cidr } from './address';
import type { Protocol } from './ports';
import type { LabelSelector } from './selector';
import type { Location } from './source';

export type Direction = 'ingress' | 'egress';

/** Pods by label (rules E22-E27), or addresses by range (rule E32). */
export type PolicyPeer =
  | {
      readonly kind: 'pods';
      /** undefined: every pod of the namespaces chosen. */
      readonly podSelector?: LabelSelector | undefined;
      /** undefined: the policy's own namespace. */
      readonly namespaceSelector?: LabelSelector | undefined;
      readonly at?: Location | undefined;
    }
  | {
      readonly kind: 'ipBlock';
      readonly cidr: Cidr;
      readonly except: readonly Cidr[];
      readonly at?: Location | undefined;
    };

/** `port` undefined: all ports of the protocol. A string names a container port of the destination pod (rule E40). */
export interface PolicyPort {
  readonly protocol: Protocol;
  readonly port?: number | string | undefined;
  /** Inclusive end of a numeric range. */
  readonly endPort?: number | undefined;
  readonly at?: Location | undefined;
}

/** One rule. An empty list of peers or ports means any (rules E19, E20). */
export interface PolicyRule {
  /** Position in spec.ingress or spec.egress, from 0. People count from 1: show `index + 1`. */
  readonly index: number;
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
  readonly at?: Location | undefined;
}

export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  /** Directions it isolates, after the defaulting of policyTypes (rules E8-E12). */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  /** Rules of each direction as written, also those that policyTypes makes idle. */
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/**
 * A policy that is recognised and not judged. `admin`: AdminNetworkPolicy, BaselineAdminNetworkPolicy,
 * ClusterNetworkPolicy. `vendor`: Cilium, Calico, Antrea, Istio and others.
 */
export interface UnjudgedPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly tier: 'admin' | 'vendor';
  readonly at?: Location | undefined;
}
