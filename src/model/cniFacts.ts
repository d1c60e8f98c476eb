// Answers: what do objects of the cluster tell about its CNI plugin and kube-proxy? Plain facts, each with the object that says
// so; which profile follows from them is decided in `dataplane/detect.ts` (spec C6).
import type { Cidr } from './address';
import type { Evidence, Fact } from './source';

/** A Calico IPPool. Modes as the object writes them. */
export interface IpPool {
  readonly name: string;
  readonly range: Fact<Cidr>;
  readonly ipip: 'Always' | 'CrossSubnet' | 'Never';
  readonly vxlan: 'Always' | 'CrossSubnet' | 'Never';
  readonly natOutgoing: boolean;
}

/** One value of a ConfigMap that is known to configure the pod network, such as `routing-mode` of cilium-config. */
export interface CniSetting {
  /** `kube-proxy.mode`, `flannel.backend`, `cilium.routing-mode`: the plugin and its own key. */
  readonly key: string;
  readonly value: string;
  readonly evidence: Evidence;
}

export interface CniFacts {
  readonly pools: readonly IpPool[];
  readonly settings: readonly CniSetting[];
}
