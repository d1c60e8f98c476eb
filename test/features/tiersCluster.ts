// Policies of all tiers over a few pods: two admin policies of one priority, a baseline, NetworkPolicies with labels, blocks,
// names of ports and an idle direction, and policies that are not judged.
import { clusterOf } from './shopCluster';

const pod = (key: string, labels: string, port = ''): string => {
  const [namespace = '', name = ''] = key.split('/');
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }
spec: { nodeName: worker-1, containers: [{ name: main, image: x${port} }] }
`;
};

export const tierManifests: Readonly<Record<string, string>> = {
  'pods.yaml': [
    `apiVersion: v1
kind: Node
metadata: { name: worker-1 }
spec: { podCIDR: 10.244.1.0/24 }
`,
    ...['shop', 'bank'].map(
      (name) => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { team: ${name} } }
`,
    ),
    pod('shop/web', 'app: web'),
    pod('shop/api', 'app: api', ', ports: [{ name: http, containerPort: 8080 }]'),
    pod('shop/cache', 'app: cache', ', ports: [{ name: redis, containerPort: 6379 }]'),
    pod('bank/vault', 'app: vault', ', ports: [{ name: http, containerPort: 80 }]'),
  ].join('---\n'),
  'policies.yaml': `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: guard }
spec:
  priority: 10
  subject: { namespaces: { matchLabels: { team: bank } } }
  ingress:
    - name: never
      action: Deny
      from: [{ namespaces: { matchLabels: { team: shop } } }]
      ports: [{ namedPort: http }]
  egress:
    - { action: Allow, to: [{ networks: [10.244.0.0/16, 192.0.2.0/24] }, { domainNames: [example.org] }] }
    - { action: Pass, to: [{ nodes: {} }] }
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: ties }
spec:
  tier: Admin
  priority: 10
  subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: vault } } } }
  ingress:
    - { action: Accept, from: [{ pods: { podSelector: { matchLabels: { app: web } } } }], protocols: [{ icmp: {} }] }
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: { name: default }
spec:
  subject: { namespaces: {} }
  ingress: [{ action: Deny, from: [{ namespaces: {} }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cache, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cache } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: api } } }, { podSelector: { matchLabels: { app: none } } }]
      ports: [{ port: 6379 }, { port: redis }]
    - from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]
  egress: [{}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: shop }
spec: { podSelector: { matchLabels: { app: gone } }, policyTypes: [Ingress, Egress], egress: [{}] }
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: l7, namespace: shop }
spec: { endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEndpoints: [{}] }] }
---
apiVersion: projectcalico.org/v3
kind: StagedGlobalNetworkPolicy
metadata: { name: later }
spec: { selector: all() }
---
apiVersion: k8s.ovn.org/v1
kind: EgressFirewall
metadata: { name: default, namespace: bank }
spec: { egress: [{ type: Deny, to: { cidrSelector: 0.0.0.0/0 } }] }
`,
};

export const tiers = clusterOf(Object.values(tierManifests).join('---\n'));
