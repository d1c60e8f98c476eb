// Answers: which kinds of objects are policies of a vendor, whose, and who reads them? By API group (without version) and
// kind. What shapes traffic without refusing any (routes, gateways, load balancing, token checks) is none.
import { readAntreaClusterPolicy, readAntreaPolicy } from './antrea';
import { readCalico, readStaged } from './calico';
import { readCilium } from './cilium';
import {
  readAwsApplicationPolicy,
  readAwsClusterPolicy,
  readAwsSecurityGroups,
  readEgressFirewall,
  readGkeNames,
  readKubeOvnGroup,
  readNsx,
} from './cloud';
import {
  readAllowing,
  readIstioAuthorization,
  readIstioPeerAuthentication,
  readLinkerdServer,
  readMeshNamespace,
  readMeshWide,
} from './mesh';
import type { VendorKind } from './part';

const inNamespace = (vendor: string, read: VendorKind['read']): VendorKind => ({
  namespaced: true,
  vendor,
  read,
});
const inCluster = (vendor: string, read: VendorKind['read']): VendorKind => ({
  namespaced: false,
  vendor,
  read,
});

export const vendorKinds: ReadonlyMap<string, VendorKind> = new Map([
  ['cilium.io/CiliumNetworkPolicy', inNamespace('Cilium', readCilium)],
  ['cilium.io/CiliumClusterwideNetworkPolicy', inCluster('Cilium', readCilium)],
  ...['crd.projectcalico.org', 'projectcalico.org'].flatMap((group): (readonly [string, VendorKind])[] => [
    [`${group}/NetworkPolicy`, inNamespace('Calico', readCalico)],
    [`${group}/GlobalNetworkPolicy`, inCluster('Calico', readCalico)],
    [`${group}/StagedNetworkPolicy`, inNamespace('Calico', readStaged)],
    [`${group}/StagedKubernetesNetworkPolicy`, inNamespace('Calico', readStaged)],
    [`${group}/StagedGlobalNetworkPolicy`, inCluster('Calico', readStaged)],
  ]),
  ['crd.antrea.io/NetworkPolicy', inNamespace('Antrea', readAntreaPolicy)],
  ['crd.antrea.io/ClusterNetworkPolicy', inCluster('Antrea', readAntreaClusterPolicy)],
  ['security.istio.io/AuthorizationPolicy', inNamespace('Istio', readIstioAuthorization)],
  ['security.istio.io/PeerAuthentication', inNamespace('Istio', readIstioPeerAuthentication)],
  ['policy.linkerd.io/Server', inNamespace('Linkerd', readLinkerdServer)],
  ['policy.linkerd.io/ServerAuthorization', inNamespace('Linkerd', readAllowing)],
  ['policy.linkerd.io/AuthorizationPolicy', inNamespace('Linkerd', readAllowing)],
  ['kuma.io/MeshTrafficPermission', inNamespace('Kuma', readMeshWide)],
  ['kuma.io/TrafficPermission', inCluster('Kuma', readMeshWide)],
  ['consul.hashicorp.com/ServiceIntentions', inNamespace('Consul', readMeshWide)],
  ['access.smi-spec.io/TrafficTarget', inNamespace('SMI', readMeshNamespace)],
  ['networking.k8s.aws/ApplicationNetworkPolicy', inNamespace('AWS', readAwsApplicationPolicy)],
  ['networking.k8s.aws/ClusterNetworkPolicy', inCluster('AWS', readAwsClusterPolicy)],
  ['vpcresources.k8s.aws/SecurityGroupPolicy', inNamespace('AWS', readAwsSecurityGroups)],
  ['networking.gke.io/FQDNNetworkPolicy', inNamespace('GKE', readGkeNames)],
  ['k8s.ovn.org/EgressFirewall', inNamespace('OVN-Kubernetes', readEgressFirewall)],
  ['network.openshift.io/EgressNetworkPolicy', inNamespace('OpenShift', readEgressFirewall)],
  ['crd.nsx.vmware.com/SecurityPolicy', inNamespace('NSX', readNsx)],
  ['kubeovn.io/SecurityGroup', inCluster('Kube-OVN', readKubeOvnGroup)],
]);
