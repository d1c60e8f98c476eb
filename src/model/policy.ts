// Answers: what does a policy object say, with defaults applied? One form for every generation of the API: a tier, a subject,
// and rules with an action, peers and ports. NetworkPolicy (networking.k8s.io/v1, rules E8-E25) has rules that only allow;
// AdminNetworkPolicy, BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) and ClusterNetworkPolicy (v1alpha2)
// have Allow, Deny and Pass in order (spec E2). Policies of vendors are kept with what they could change, not judged.
import type { Cidr } from './address';
import type { Protocol } from './ports';
import type { LabelSelector } from './selector';
import type { Location } from './source';

export type Direction = 'ingress' | 'egress';

/** Asked in this order; what a tier leaves open goes to the next, and what all leave open is allowed. */
export type PolicyTier = 'admin' | 'network' | 'baseline';

/** ClusterNetworkPolicy writes `Accept` for Allow. Pass leaves the tier. */
export type RuleAction = 'Allow' | 'Deny' | 'Pass';

export type PolicyPeer =
  /** Pods by label (rules E22-E27). */
  | {
      readonly kind: 'pods';
      /** undefined: every pod of the namespaces chosen. */
      readonly podSelector?: LabelSelector | undefined;
      /** undefined: the policy's own namespace; never so in the admin and baseline tiers. */
      readonly namespaceSelector?: LabelSelector | undefined;
      readonly at?: Location | undefined;
    }
  /** Addresses by range (rule E32); each entry of `networks` is one, without exceptions. */
  | {
      readonly kind: 'ipBlock';
      readonly cidr: Cidr;
      readonly except: readonly Cidr[];
      readonly at?: Location | undefined;
    }
  /** Nodes by label: their addresses, and so what runs on their network. Admin and baseline tiers, egress. */
  | { readonly kind: 'nodes'; readonly selector: LabelSelector; readonly at?: Location | undefined }
  /** Outside names, `*.` in front for one label or more. Admin and baseline tiers, egress, Allow only. */
  | { readonly kind: 'domainNames'; readonly names: readonly string[]; readonly at?: Location | undefined }
  /** A peer of a newer API: nobody for Allow, everybody for Deny and Pass, which then denies (fail closed). */
  | { readonly kind: 'unknown'; readonly fields: readonly string[]; readonly at?: Location | undefined };

/** `port` undefined: all ports of the protocol. A string names a container port of the destination pod (rule E40). */
export interface PolicyPort {
  /** undefined, with a name only: whatever protocol the named port has (policy.networking.k8s.io). */
  readonly protocol: Protocol | undefined;
  readonly port?: number | string | undefined;
  /** Inclusive end of a numeric range. */
  readonly endPort?: number | undefined;
  readonly at?: Location | undefined;
}

/** One rule. An empty list of peers or ports means any (rules E19, E20); admin rules always name peers. */
export interface PolicyRule {
  /** Position in spec.ingress or spec.egress, from 0. People count from 1: show `index + 1`. */
  readonly index: number;
  /** `Allow` for every rule of a NetworkPolicy. */
  readonly action: RuleAction;
  readonly name?: string | undefined;
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
  /** An entry of ports of a newer API: no port for Allow, every port for Deny and Pass, which then denies (fail closed). */
  readonly unknownPort?:
    { readonly fields: readonly string[]; readonly at?: Location | undefined } | undefined;
  readonly at?: Location | undefined;
}

export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  /** Directions it isolates, after the defaulting of policyTypes (rules E8-E12). */
  readonly isolates: Readonly<Record<Direction, boolean>>;
  /** Where policyTypes names them; undefined: it is absent or empty, so they follow from the rules (rules E8, E9). */
  readonly policyTypesAt?: Location | undefined;
  /** Rules of each direction as written, also those that policyTypes makes idle. */
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/** A policy of the whole cluster. It isolates nothing by itself: only a rule that matches does something. */
export interface AdminPolicy {
  readonly kind: 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';
  readonly namespace: '';
  readonly name: string;
  readonly tier: 'admin' | 'baseline';
  /** 0 to 1000, lower first; equal priorities of one tier have no defined order. 0 for BaselineAdminNetworkPolicy. */
  readonly priority: number;
  readonly priorityAt?: Location | undefined;
  /** Pods it is about; hostNetwork pods never are. */
  readonly subject: {
    readonly namespaceSelector: LabelSelector;
    /** undefined: every pod of these namespaces. */
    readonly podSelector?: LabelSelector | undefined;
    readonly at?: Location | undefined;
  };
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/** What a policy that is not judged could do to a connection of a pod it is about. */
export interface VendorEffect {
  /** It could allow what is denied. */
  readonly mayAllow: boolean;
  /** It could deny what is allowed. */
  readonly mayDeny: boolean;
  /** It cannot deny what a rule of a NetworkPolicy admits: both only add to what is allowed. */
  readonly additive: boolean;
  /** It is about connections with addresses outside the cluster only. */
  readonly outsideOnly?: true | undefined;
}

/**
 * A policy that is recognised and not judged: Cilium, Calico, Antrea, Istio and others. An object that speaks of several
 * subjects, as `specs` of Cilium, is one of these for each, with the same name.
 */
export interface VendorPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for those of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** `Cilium`, `Calico`: as people say it. */
  readonly vendor: string;
  /** Pods it may be about; undefined: cannot be told from its text, so any of its own namespace. */
  readonly subject?:
    | {
        /** undefined: the policy's own namespace, or every one when it has none. */
        readonly namespaceSelector?: LabelSelector | undefined;
        readonly podSelector?: LabelSelector | undefined;
      }
    | undefined;
  /** undefined: it can change nothing in this direction. */
  readonly effect: Readonly<Record<Direction, VendorEffect | undefined>>;
  readonly at?: Location | undefined;
}
