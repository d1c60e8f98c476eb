// Answers: how do pods reach the API server? Every cluster has the Service `default/kubernetes` without a selector; the
// API servers write its endpoints themselves, their nodes' addresses at port 6443 (pkg/controlplane/reconcilers). It is
// added to manifests when the control plane's nodes are known; to a snapshot of running pods nothing is added.
import type { Cluster } from '../model/cluster';
import type { Namespace, Node } from '../model/node';
import { byNamespaceAndName, compareText } from '../model/objects';
import type { EndpointSlice, Service } from '../model/service';
import type { NetworkPlan } from './network';
import { isControlPlane } from './nodes';

const key = 'default/kubernetes';
const securePort = 6443;

/** Services and namespaces of the cluster with the API server's among them. */
export function withApiServer(
  cluster: Cluster,
  nodes: readonly Node[],
): { readonly services: readonly Service[]; readonly namespaces: readonly Namespace[] } {
  const { services, namespaces } = cluster;
  const known = services.some((service) => service.namespace === 'default' && service.name === 'kubernetes');
  const isSnapshot = cluster.pods.some((pod) => pod.provenance === 'observed');
  if (known || isSnapshot || controlPlanes(nodes).length === 0) return { services, namespaces };
  return {
    services: [...services, apiServerService].sort(byNamespaceAndName),
    namespaces: namespaces.some((namespace) => namespace.name === 'default')
      ? namespaces
      : [...namespaces, home].sort((a, b) => compareText(a.name, b.name)),
  };
}

/** The endpoints of the API server, one slice for each family of its Service. */
export function apiServerSlices(
  service: Service,
  nodes: readonly Node[],
  network: NetworkPlan,
): readonly EndpointSlice[] {
  const ports = service.ports.map(({ name, protocol, targetPort }) => ({
    name,
    protocol,
    port: typeof targetPort === 'number' ? targetPort : securePort,
  }));
  const families = service.ipFamilies.length > 0 ? service.ipFamilies : network.families.slice(0, 1);
  return families.flatMap((family): readonly EndpointSlice[] => {
    const endpoints = controlPlanes(nodes).flatMap((node) =>
      node.addresses
        .filter((ip) => ip.value.family === family)
        .map((ip) => ({
          address: ip.value,
          ready: node.ready.value,
          serving: node.ready.value,
          terminating: false,
          hintZones: [],
          hintNodes: [],
        })),
    );
    if (endpoints.length === 0) return [];
    return [
      {
        kind: 'EndpointSlice',
        namespace: 'default',
        name: family === 4 ? 'kubernetes' : 'kubernetes-ipv6',
        service: key,
        family,
        ports,
        endpoints,
        provenance: 'simulated',
      },
    ];
  });
}

export function isApiServer(service: Service): boolean {
  return service.namespace === 'default' && service.name === 'kubernetes' && service.selector === undefined;
}

/** Nodes with the role label; a cluster of one node runs its control plane there. */
function controlPlanes(nodes: readonly Node[]): readonly Node[] {
  const labelled = nodes.filter(isControlPlane);
  return labelled.length === 0 && nodes.length === 1 ? nodes : labelled;
}

const home: Namespace = {
  kind: 'Namespace',
  name: 'default',
  labels: { 'kubernetes.io/metadata.name': 'default' },
  provenance: 'inferred',
};

const apiServerService: Service = {
  kind: 'Service',
  namespace: 'default',
  name: 'kubernetes',
  labels: { component: 'apiserver', provider: 'kubernetes' },
  type: 'ClusterIP',
  headless: false,
  clusterIps: [],
  ipFamilies: [],
  ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: securePort }],
  externalIps: [],
  loadBalancerIps: [],
  loadBalancerSourceRanges: [],
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  sessionAffinity: 'None',
  publishNotReadyAddresses: false,
  provenance: 'simulated',
};
