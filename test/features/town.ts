// A cluster for rows, look-ups and searches: two nodes with both families, pods in every state that there is, Services of
// every kind of address, and workloads with pods, without pods, and known by their pods only.
import type { Cluster } from '../../src/model/cluster';
import { hostPod, pod } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const owned = (kind: string, name: string): string =>
  `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, controller: true }]`;

export const manifests = documents(
  `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: green } }
`,
  `
apiVersion: v1
kind: Namespace
metadata: { name: empty }
`,
  ...[1, 2].map(
    (number) => `
apiVersion: v1
kind: Node
metadata: { name: n${number} }
spec:
  podCIDRs: [10.244.${number}.0/24, 'fd00:${number}::/64']
  taints: [${number === 2 ? '{ key: gpu, value: a100, effect: NoSchedule }' : ''}]
status:
  addresses:
  - { type: InternalIP, address: 172.30.0.1${number} }
  - { type: InternalIP, address: 'fd00:30::1${number}' }
  - { type: ExternalIP, address: 203.0.113.1${number} }
  conditions: [{ type: Ready, status: '${number === 1 ? 'True' : 'False'}' }]
`,
  ),
  `
apiVersion: apps/v1
kind: StatefulSet
metadata: { namespace: shop, name: db }
spec: { replicas: 1, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: pg }] } } }
`,
  `
apiVersion: apps/v1
kind: Deployment
metadata: { namespace: shop, name: idle }
spec: { replicas: 0, selector: { matchLabels: { app: idle } }, template: { metadata: { labels: { app: idle } }, spec: { containers: [{ name: app }] } } }
`,
  pod('shop/db-0', {
    labels: '{ app: db, tier: Data }',
    ips: ['10.244.1.2', 'fd00:1::2'],
    metadata: owned('StatefulSet', 'db'),
    spec: `
initContainers:
- { name: migrate, ports: [{ containerPort: 5432 }] }
- { name: proxy, restartPolicy: Always, ports: [{ name: pg, containerPort: 6432 }, { containerPort: 53, protocol: UDP }] }
containers: [{ name: pg, ports: [{ name: pg, containerPort: 5432 }, { containerPort: 9187, hostPort: 19187 }] }]
ephemeralContainers: [{ name: debug }]`,
  }),
  pod('shop/web-1', {
    labels: '{ app: web }',
    ips: ['10.244.2.3'],
    node: 'n2',
    metadata: owned('Rollout', 'web'),
  }),
  pod('shop/web-2', {
    labels: '{ app: web }',
    ips: ['10.244.1.20'],
    metadata: `${owned('Rollout', 'web')}\ndeletionTimestamp: "2026-11-25T00:00:00Z"`,
  }),
  pod('shop/twin', {
    ips: ['10.244.1.20'],
    spec: 'containers: [{ name: one, ports: [{ containerPort: 80 }] }, { name: two, ports: [{ containerPort: 80 }] }]',
  }),
  pod('shop/done', { ips: ['10.244.1.9'], phase: 'Succeeded' }),
  pod('shop/crashed', { ips: ['10.244.1.8'], phase: 'Failed' }),
  pod('shop/starting', { phase: 'Pending' }),
  pod('shop/waiting', { phase: 'Pending' }).replace('  nodeName: n1\n', ''),
  hostPod('ops/agent', 'n1'),
  ...[
    ['db', 'clusterIP: 10.96.0.20', 'selector: { app: db }'],
    ['headless', 'clusterIP: None', 'selector: { app: db }'],
    ['edge', 'clusterIP: 10.96.0.21\n  externalIPs: [198.51.100.7]', 'selector: { app: web }'],
  ].map(
    ([name = '', address = '', selector = '']) => `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: ${name} }
spec:
  ${address}
  ${selector}
  ports: [{ name: main, port: 80 }, { name: dns, port: 53, protocol: UDP }]
`,
  ),
  `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: public }
spec: { type: LoadBalancer, clusterIP: 10.96.0.22, ports: [{ port: 443 }] }
status: { loadBalancer: { ingress: [{ ip: 198.51.100.8 }] } }
`,
  `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: alias }
spec: { type: ExternalName, externalName: db.example.com }
`,
);

export const town: Cluster = readManifests({ 'town.yaml': manifests }).cluster;
