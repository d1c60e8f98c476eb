// Answers: which kinds of objects are policies of a vendor, and whose? By API group (without version) and kind.
import type { VendorKind } from './part';

const unread = (namespaced: boolean, vendor: string): VendorKind => ({ namespaced, vendor, read: () => [] });

export const vendorKinds: ReadonlyMap<string, VendorKind> = new Map([
  ['cilium.io/CiliumNetworkPolicy', unread(true, 'Cilium')],
  ['cilium.io/CiliumClusterwideNetworkPolicy', unread(false, 'Cilium')],
  ['crd.projectcalico.org/NetworkPolicy', unread(true, 'Calico')],
  ['crd.projectcalico.org/GlobalNetworkPolicy', unread(false, 'Calico')],
  ['projectcalico.org/NetworkPolicy', unread(true, 'Calico')],
  ['projectcalico.org/GlobalNetworkPolicy', unread(false, 'Calico')],
  ['crd.antrea.io/NetworkPolicy', unread(true, 'Antrea')],
  ['crd.antrea.io/ClusterNetworkPolicy', unread(false, 'Antrea')],
  ['security.istio.io/AuthorizationPolicy', unread(true, 'Istio')],
  ['networking.k8s.aws/ApplicationNetworkPolicy', unread(true, 'AWS')],
  ['networking.k8s.aws/ClusterNetworkPolicy', unread(false, 'AWS')],
  ['vpcresources.k8s.aws/SecurityGroupPolicy', unread(true, 'AWS')],
]);
