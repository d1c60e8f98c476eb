// Answers: what do objects of the cluster tell about its CNI plugin and kube-proxy? Plain facts, each with the object that says
// so; which profile follows from them is decided in `dataplane/detect.ts` (spec C6).
import type { Cidr } from './address';
import type { Evidence, Fact } from './source';

export type PoolMode = 'Always' | 'CrossSubnet' | 'Never';

/** A Calico IPPool, or what an operator's Installation asks for. */
export interface IpPool {
  readonly name: string;
  readonly range: Fact<Cidr>;
  readonly ipip: PoolMode;
  readonly vxlan: PoolMode;
  readonly natOutgoing: boolean;
  /** New pods get addresses of it; a disabled pool still counts as a pool for masquerading. */
  readonly forPods: boolean;
}

/** One value of an object that is known to configure the pod network, such as `routing-mode` of cilium-config. */
export interface CniSetting {
  /** The plugin and its own key: `kube-proxy.mode`, `flannel.Backend.Type`; the plugin alone says that its configuration is there. */
  readonly key: string;
  /** As written; the items of a list joined by commas. */
  readonly value: string;
  readonly evidence: Evidence;
}

export interface CniFacts {
  readonly pools: readonly IpPool[];
  /** One per key: the one closest to what runs. */
  readonly settings: readonly CniSetting[];
}

/** What the user says the cluster runs, whatever its objects tell; words of `dataplane/choice.ts`. */
export interface ChosenNetwork {
  readonly cni?: string | undefined;
  readonly kubeProxy?: string | undefined;
}

/** Where CNI plugins and kube-proxy are installed; an object of the same name elsewhere is somebody else's. */
export const pluginNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-flannel',
  'calico-system',
  'cilium',
  'ovn-kubernetes',
  'openshift-ovn-kubernetes',
  'antrea-system',
]);
