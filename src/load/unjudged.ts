// Answers: is this a policy of a kind that is recognised and not judged? Their presence alone can change a verdict, so
// they are kept by name. Source: the CRDs of network-policy-api, Cilium, Calico, Antrea, Istio and AWS.

export interface UnjudgedKind {
  readonly tier: 'admin' | 'vendor';
  readonly namespaced: boolean;
}

const admin: UnjudgedKind = { tier: 'admin', namespaced: false };
const vendor: UnjudgedKind = { tier: 'vendor', namespaced: true };
const vendorCluster: UnjudgedKind = { tier: 'vendor', namespaced: false };

/** By API group (without version) and kind. */
const kinds: ReadonlyMap<string, UnjudgedKind> = new Map([
  ['policy.networking.k8s.io/AdminNetworkPolicy', admin],
  ['policy.networking.k8s.io/BaselineAdminNetworkPolicy', admin],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', admin],
  ['cilium.io/CiliumNetworkPolicy', vendor],
  ['cilium.io/CiliumClusterwideNetworkPolicy', vendorCluster],
  ['crd.projectcalico.org/NetworkPolicy', vendor],
  ['crd.projectcalico.org/GlobalNetworkPolicy', vendorCluster],
  ['projectcalico.org/NetworkPolicy', vendor],
  ['projectcalico.org/GlobalNetworkPolicy', vendorCluster],
  ['crd.antrea.io/NetworkPolicy', vendor],
  ['crd.antrea.io/ClusterNetworkPolicy', vendorCluster],
  ['security.istio.io/AuthorizationPolicy', vendor],
  ['networking.k8s.aws/ApplicationNetworkPolicy', vendor],
  ['networking.k8s.aws/ClusterNetworkPolicy', vendorCluster],
  ['vpcresources.k8s.aws/SecurityGroupPolicy', vendor],
]);

export function unjudgedKind(group: string, kind: string): UnjudgedKind | undefined {
  return kinds.get(`${group}/${kind}`);
}
