// The fixed cluster of the lab: the two nodes of the networking facts with a Service of every kind, pods with host ports and
// pods behind policies. Both the trace and the kernel are given this value.
import type { Cluster } from '../../src/model/cluster';
import type { NetworkPolicy } from '../../src/model/policy';
import { selectorFromLabels } from '../../src/model/selector';
import type { Container, ContainerPort, Pod } from '../../src/model/pod';
import type { EndpointSlice, Service, ServicePort } from '../../src/model/service';
import { observed } from '../../src/model/source';
import {
  container,
  ip,
  node,
  p1,
  p2,
  plainSpec,
  pod,
  r,
  r2,
  range,
  service,
  slice,
  twoNodes,
} from '../trace/twoNodes';
import { outsideAddress } from './netns';

/** Addresses outside the cluster that the router sends to the first node. */
export const virtualAddresses = [
  '198.51.100.10',
  '198.51.100.20',
  '198.51.100.21',
  '198.51.100.22',
  '198.51.100.23',
] as const;

const published = withPorts('published', 'n1', '10.244.1.5', {
  containerPort: 8080,
  protocol: 'TCP',
  hostPort: 18080,
});
const narrow = withPorts('narrow', 'n2', '10.244.2.5', {
  containerPort: 8080,
  protocol: 'TCP',
  hostPort: 18081,
  hostIp: '172.30.0.12',
});
const names = withPorts('names', 'n2', '10.244.2.6', { containerPort: 5353, protocol: 'UDP' });
const guarded = pod('guarded', 'n2', ['10.244.2.4'], { namespace: 'walled' });
const caged = pod('caged', 'n1', ['10.244.1.4'], { namespace: 'walled' });

/** A pod whose one container declares this port. */
function withPorts(name: string, on: string, address: string, port: ContainerPort): Pod {
  const app: Container = { ...container('app'), ports: [port] };
  return pod(name, on, [address], { spec: { ...plainSpec, containers: [app] } });
}

const tcp80: ServicePort = { name: '', port: 80, protocol: 'TCP', targetPort: 8080 };

function nodePort(name: string, address: string, port: number, more: Partial<Service> = {}): Service {
  return service(name, address, { type: 'NodePort', ports: [{ ...tcp80, nodePort: port }], ...more });
}

function loadBalancer(
  name: string,
  address: string,
  port: number,
  virtual: string,
  more: Partial<Service> = {},
): Service {
  const loadBalancerIps = [observed(ip(virtual))];
  return nodePort(name, address, port, { type: 'LoadBalancer', loadBalancerIps, ...more });
}

const services: readonly Service[] = [
  service('svc', '10.96.0.10'),
  service('both', '10.96.0.11'),
  service('hairpin', '10.96.0.12'),
  service('internal-local', '10.96.0.20', { internalTrafficPolicy: 'Local' }),
  nodePort('node-cluster', '10.96.0.30', 30080),
  nodePort('node-local', '10.96.0.31', 30081, { externalTrafficPolicy: 'Local' }),
  nodePort('node-none', '10.96.0.32', 30082),
  service('external', '10.96.0.40', { externalIps: [ip(virtualAddresses[0])] }),
  loadBalancer('lb', '10.96.0.41', 30083, virtualAddresses[1]),
  loadBalancer('lb-local', '10.96.0.42', 30084, virtualAddresses[2], { externalTrafficPolicy: 'Local' }),
  loadBalancer('lb-ranges', '10.96.0.43', 30085, virtualAddresses[3], {
    loadBalancerSourceRanges: ['10.244.1.0/24', '198.18.0.0/15'],
  }),
  loadBalancer('lb-none', '10.96.0.44', 30086, virtualAddresses[4]),
  service('mute', '10.96.0.51', { ports: [{ name: '', port: 53, protocol: 'UDP', targetPort: 5353 }] }),
  service('dns', '10.96.0.50', { ports: [{ name: '', port: 53, protocol: 'UDP', targetPort: 5353 }] }),
  service('abroad', '10.96.0.60', { selector: undefined }),
  service('agents', '10.96.0.61', { ports: [{ ...tcp80, targetPort: 9100 }] }),
  service('guarded', '10.96.0.62', { namespace: 'walled' }),
  service('leaving', '10.96.0.63'),
  service('hinted', '10.96.0.64'),
  service('headless', 'None'),
  service('none', '10.96.0.99'),
];

const leaving: EndpointSlice = {
  ...slice('leaving', p2, r),
  endpoints: slice('leaving', p2, r).endpoints.map((endpoint, index) => ({
    ...endpoint,
    ready: false,
    serving: index === 1,
    terminating: index === 1,
  })),
};

const hinted: EndpointSlice = {
  ...slice('hinted', p2, r),
  endpoints: slice('hinted', p2, r).endpoints.map((endpoint) => ({
    ...endpoint,
    hintNodes: endpoint.nodeName === undefined ? [] : [endpoint.nodeName],
  })),
};

const abroad: EndpointSlice = {
  ...slice('abroad'),
  ports: [{ name: '', port: 80, protocol: 'TCP' }],
  endpoints: [
    {
      address: ip(outsideAddress),
      ready: true,
      serving: true,
      terminating: false,
      hintZones: [],
      hintNodes: [],
    },
  ],
};

const agents: EndpointSlice = {
  ...slice('agents', ...twoNodes.pods.filter((each) => each.spec.hostNetwork)),
  ports: [{ name: '', port: 9100, protocol: 'TCP' }],
};

const policies: readonly NetworkPolicy[] = [
  policy('guard', 'guarded', {
    isolates: { ingress: true, egress: false },
    ingress: [
      {
        index: 0,
        action: 'Allow',
        peers: [
          {
            kind: 'pods',
            namespaceSelector: selectorFromLabels({ 'kubernetes.io/metadata.name': 'lab' }),
            podSelector: selectorFromLabels({ app: 'p1' }),
          },
          { kind: 'ipBlock', cidr: range('172.30.0.11/32'), except: [] },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ],
  }),
  policy('cage', 'caged', {
    isolates: { ingress: false, egress: true },
    egress: [
      {
        index: 0,
        action: 'Allow',
        peers: [{ kind: 'pods', podSelector: selectorFromLabels({ app: 'guarded' }) }],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
      {
        index: 1,
        action: 'Allow',
        peers: [
          { kind: 'ipBlock', cidr: range('10.244.2.2/32'), except: [] },
          { kind: 'ipBlock', cidr: range('203.0.113.0/24'), except: [] },
        ],
        ports: [],
      },
    ],
  }),
];

function policy(name: string, app: string, more: Partial<NetworkPolicy>): NetworkPolicy {
  return {
    kind: 'NetworkPolicy',
    namespace: 'walled',
    name,
    podSelector: selectorFromLabels({ app }),
    isolates: { ingress: false, egress: false },
    ingress: [],
    egress: [],
    ...more,
  };
}

export const labCluster: Cluster = {
  ...twoNodes,
  nodes: [node('n1', ['172.30.0.11'], ['10.244.1.0/24']), node('n2', ['172.30.0.12'], ['10.244.2.0/24'])],
  namespaces: [
    ...twoNodes.namespaces,
    {
      kind: 'Namespace',
      name: 'walled',
      labels: { 'kubernetes.io/metadata.name': 'walled' },
      provenance: 'observed',
    },
  ],
  pods: [...twoNodes.pods, published, narrow, names, guarded, caged],
  services,
  slices: [
    slice('svc', r),
    slice('both', p2, r),
    slice('hairpin', p1),
    slice('internal-local', r),
    slice('node-cluster', r),
    slice('node-local', r),
    slice('external', r),
    slice('lb', r),
    slice('lb-local', r),
    slice('lb-ranges', r),
    { ...slice('dns', names), ports: [{ name: '', port: 5353, protocol: 'UDP' }] },
    abroad,
    agents,
    { ...slice('guarded', guarded), namespace: 'walled', service: 'walled/guarded' },
    leaving,
    hinted,
    slice('headless', p2, r2),
  ],
  policies,
};
