// The two-node network of the networking facts, as a cluster value: N1 with P1 and P2, N2 with R and R2, a Service in front
// of R. Flow tests name its members as the tables do.
import { parseCidr, parseIp, type Cidr, type Ip } from '../../src/model/address';
import { emptyCluster, type Cluster } from '../../src/model/cluster';
import type { Node } from '../../src/model/node';
import type { Container, Pod, PodSpec } from '../../src/model/pod';
import type { NetworkPolicy } from '../../src/model/policy';
import type { EndpointSlice, Service } from '../../src/model/service';
import { declared, observed } from '../../src/model/source';

export function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

export function range(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`not a range: ${text}`);
  return parsed;
}

export function container(name: string, ...ports: number[]): Container {
  return {
    name,
    role: 'app',
    image: 'server',
    ports: ports.map((containerPort) => ({ containerPort, protocol: 'TCP' as const })),
  };
}

export const plainSpec: PodSpec = {
  containers: [container('app', 8080)],
  nodeSelector: {},
  tolerations: [],
  hostNetwork: false,
  hostPid: false,
  hostIpc: false,
  shareProcessNamespace: false,
  switchesAt: {},
};

/** A running pod of namespace `lab`; no address makes it a hostNetwork pod of its node. */
export function pod(name: string, node: string, addresses: readonly string[], more: Partial<Pod> = {}): Pod {
  return {
    kind: 'Pod',
    namespace: 'lab',
    name,
    labels: { app: name },
    provenance: 'observed',
    spec: plainSpec,
    node: observed(node),
    addresses: addresses.map((text) => observed(ip(text))),
    hostAddresses: [],
    phase: observed('Running'),
    ready: observed(true),
    terminating: false,
    containerStatuses: [],
    ...more,
  };
}

export function node(name: string, addresses: readonly string[], podCidrs: readonly string[]): Node {
  return {
    kind: 'Node',
    name,
    provenance: 'observed',
    labels: {},
    taints: [],
    unschedulable: false,
    addresses: addresses.map((text) => observed(ip(text))),
    externalAddresses: [],
    podCidrs: podCidrs.map((text) => observed(range(text))),
    ready: observed(true),
  };
}

/** @param address a ClusterIP, or `None` for a headless Service. */
export function service(name: string, address: string, more: Partial<Service> = {}): Service {
  return {
    kind: 'Service',
    namespace: 'lab',
    name,
    labels: {},
    type: 'ClusterIP',
    headless: address === 'None',
    clusterIps: address === 'None' ? [] : [observed(ip(address))],
    ipFamilies: [4],
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 8080 }],
    externalIps: [],
    loadBalancerIps: [],
    loadBalancerSourceRanges: [],
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    publishNotReadyAddresses: false,
    provenance: 'declared',
    ...more,
  };
}

export function slice(serviceName: string, ...pods: readonly Pod[]): EndpointSlice {
  return {
    kind: 'EndpointSlice',
    namespace: 'lab',
    name: `${serviceName}-1`,
    service: `lab/${serviceName}`,
    family: pods[0]?.addresses[0]?.value.family ?? 4,
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: pods.flatMap((each) =>
      each.addresses.slice(0, 1).map(({ value }) => ({
        address: value,
        ready: each.ready.value,
        serving: each.ready.value,
        terminating: each.terminating,
        nodeName: each.node?.value,
        pod: `${each.namespace}/${each.name}`,
        hintZones: [],
        hintNodes: [],
      })),
    ),
    provenance: 'observed',
  };
}

export const p1 = pod('p1', 'n1', ['10.244.1.2']);
export const p2 = pod('p2', 'n1', ['10.244.1.3']);
export const r = pod('r', 'n2', ['10.244.2.2']);
export const r2 = pod('r2', 'n2', ['10.244.2.3']);
const hostSpec: PodSpec = { ...plainSpec, hostNetwork: true, containers: [container('agent', 9100)] };
export const agent1 = pod('agent1', 'n1', ['172.30.0.11'], { spec: hostSpec });
export const agent2 = pod('agent2', 'n2', ['172.30.0.12'], { spec: hostSpec });

export const twoNodes: Cluster = {
  ...emptyCluster,
  network: {
    ...emptyCluster.network,
    podCidrs: [observed(range('10.244.0.0/16'))],
    serviceCidrs: [declared(range('10.96.0.0/16'))],
  },
  nodes: [node('n1', ['172.30.0.11'], ['10.244.1.0/24']), node('n2', ['172.30.0.12'], ['10.244.2.0/24'])],
  namespaces: [
    {
      kind: 'Namespace',
      name: 'lab',
      labels: { 'kubernetes.io/metadata.name': 'lab' },
      provenance: 'observed',
    },
  ],
  pods: [agent1, agent2, p1, p2, r, r2],
  services: [service('svc', '10.96.0.10'), service('none', '10.96.0.99')],
  slices: [slice('svc', r)],
};

function exposed(name: string, address: string, nodePort: number, more: Partial<Service> = {}): Service {
  return service(name, address, {
    type: 'NodePort',
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 8080, nodePort }],
    ...more,
  });
}

/** The same two nodes with node ports: 30080 under policy Cluster, 30081 under policy Local, both for R on N2. */
export const exposedNodes: Cluster = {
  ...twoNodes,
  services: [
    ...twoNodes.services,
    exposed('np', '10.96.0.30', 30080),
    exposed('np-local', '10.96.0.31', 30081, { externalTrafficPolicy: 'Local' }),
  ],
  slices: [...twoNodes.slices, slice('np', r), slice('np-local', r)],
};

/** Isolates every pod of `lab` for ingress and admits nobody. */
export const denyIngress: NetworkPolicy = {
  kind: 'NetworkPolicy',
  namespace: 'lab',
  name: 'deny-ingress',
  podSelector: { requirements: [] },
  isolates: { ingress: true, egress: false },
  ingress: [],
  egress: [],
};
