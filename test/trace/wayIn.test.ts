// Names that lead somewhere: the DNS lookup that comes before a connection (rule E64, spec D5), and hosts of Ingresses and
// Gateway API routes, whose proxies end one connection and open another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';

function clusterOf(...texts: readonly string[]): Cluster {
  const store = createStore();
  const { cluster } = store.apply(texts.map((text, index) => ({ file: `${index}.yaml`, text })));
  return simulate(cluster, defaultSettings).cluster;
}

function trace(cluster: Cluster, from: string, to: string): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  return traceConnectivity(cluster, query, { cni: 'bridge', kubeProxy: 'iptables' });
}

const shop = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: worker-1, containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { nodeName: worker-2, containers: [{ name: db, image: db, ports: [{ containerPort: 5432 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
`;

const dns = `
apiVersion: v1
kind: Pod
metadata: { name: coredns-0, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec: { nodeName: control-plane, containers: [{ name: coredns, image: coredns, ports: [{ containerPort: 53, protocol: UDP }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec: { selector: { k8s-app: kube-dns }, ports: [{ name: dns, port: 53, protocol: UDP }] }
`;

function egress(rule: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: only, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rule}] }
`;
}

const toDb = '{ to: [{ podSelector: { matchLabels: { app: db } } }] }';
const toDns = '{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: UDP }] }';

test('E64: an egress policy that forgets DNS fails at the lookup, not at the target', () => {
  const made = trace(clusterOf(shop, dns, egress(toDb)), 'shop/web', 'db:5432');
  assert.deepEqual([made.result, made.verdict.id], ['Unreachable', 'dns-failed']);
  assert.match(made.verdict.words, /Service kube-system\/kube-dns fails/);
  const last = made.hops.at(-1)?.packet;
  assert.deepEqual([last?.protocol, last?.destinationPort], ['UDP', 53]);
});

test('E64: the same policy does not stop a connection to the address', () => {
  const cluster = clusterOf(shop, dns, egress(toDb));
  assert.equal(trace(cluster, 'shop/web', 'svc/shop/db:5432').result, 'Reachable');
});

test('E64: with DNS admitted the name is looked up and the target reached', () => {
  const made = trace(clusterOf(shop, dns, egress(`${toDb}, ${toDns}`)), 'shop/web', 'db:5432');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  assert(made.assumptions.some(({ text }) => text.includes('kube-system/kube-dns by UDP 53')));
});

test('without a DNS Service in the input the lookup is not traced, and an isolated client is warned', () => {
  const made = trace(clusterOf(shop, egress(toDb)), 'shop/web', 'db:5432');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  assert(made.warnings.some(({ code }) => code === 'dns.egress-isolated'));
});

test("a node's resolver does not know names of the cluster", () => {
  const made = trace(clusterOf(shop, dns), 'node/worker-1', 'db.shop.svc.cluster.local:5432');
  assert.deepEqual([made.result, made.verdict.id], ['Unreachable', 'dns-failed']);
});

test('C4: on the node’s network dnsPolicy ClusterFirst counts as Default, ClusterFirstWithHostNet asks the cluster', () => {
  const onHost = (policy: string) => `
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: shop }
spec: { nodeName: worker-1, hostNetwork: true, dnsPolicy: ${policy}, containers: [{ name: a, image: a }] }
`;
  const result = (policy: string) =>
    trace(clusterOf(shop, dns, onHost(policy)), 'shop/agent', 'db.shop:5432').verdict.id;
  assert.equal(result('ClusterFirst'), 'dns-failed');
  assert.equal(result('ClusterFirstWithHostNet'), 'delivered-port-unknown');
});

const front = `
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop, labels: { app: api } }
spec: { nodeName: worker-2, containers: [{ name: api, image: api, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: api, port: { name: http } } } }
          - { path: /gone, pathType: Prefix, backend: { service: { name: missing, port: { number: 80 } } } }
`;

const controller = `
apiVersion: v1
kind: Pod
metadata: { name: nginx-0, namespace: ingress-nginx, labels: { app.kubernetes.io/name: ingress-nginx } }
spec: { nodeName: worker-1, containers: [{ name: nginx, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ingress-nginx, namespace: ingress-nginx }
spec: { type: NodePort, selector: { app.kubernetes.io/name: ingress-nginx }, ports: [{ port: 80, nodePort: 30080 }] }
`;

const outside = '203.0.113.10';

test('Ingress: outside to the controller, then from the controller to the endpoint', () => {
  const made = trace(clusterOf(front, controller), outside, 'http://shop.example.com/cart');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  const steps = made.hops.flatMap((hop) => hop.steps);
  const proxied = steps.findIndex(({ kind }) => kind === 'proxy');
  assert.equal(steps[proxied - 1]?.kind, 'deliver');
  assert.equal(steps[proxied + 1]?.kind, 'send');
  const nginx = made.hops.find(({ place }) => place.kind === 'pod' && place.name === 'nginx-0');
  assert(nginx, 'the way passes the controller');
  const seen = steps.at(-1)?.after;
  assert.equal(seen?.source.text, steps[proxied + 1]?.after.source.text, 'the endpoint sees the controller');
  assert.equal(seen?.destinationPort, 8080);
  assert.equal(made.reply.at(-1)?.place.kind, 'outside');
});

test('Ingress: a policy at the endpoint sees the controller, not the client', () => {
  const policy = (from: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: shop }
spec: { podSelector: { matchLabels: { app: api } }, ingress: [{ from: [${from}] }] }
`;
  const result = (from: string) =>
    trace(clusterOf(front, controller, policy(from)), outside, 'http://shop.example.com').result;
  const nginx = '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress-nginx } } }';
  assert.equal(result(nginx), 'Reachable');
  assert.equal(result(`{ ipBlock: { cidr: ${outside}/32 } }`), 'Unreachable');
});

test('Ingress: an unknown controller is said to be unknown, with where the rule leads', () => {
  const made = trace(clusterOf(front), outside, 'http://shop.example.com');
  assert.equal(made.result, 'Undetermined');
  assert.match(made.verdict.words, /controller that serves it is unknown \(class nginx\)/);
  assert.match(made.verdict.words, /svc\/shop\/api:80/);
});

test('Ingress: a rule to a Service that is not there is an error of the proxy', () => {
  const made = trace(clusterOf(front, controller), outside, 'http://shop.example.com/gone/x');
  assert.deepEqual([made.result, made.verdict.id], ['Unreachable', 'rejected-no-endpoints']);
  assert.match(made.verdict.words, /shop\/missing/);
});

test('Ingress: the longest path prefix decides, whole segments only', () => {
  const made = trace(clusterOf(front, controller), outside, 'http://shop.example.com/goner');
  assert.equal(made.result, 'Reachable', made.verdict.words);
});

test('a host that nobody serves stays unknown', () => {
  const made = trace(clusterOf(front, controller), outside, 'http://other.example.com');
  assert.match(made.verdict.words, /no Ingress or route serves it/);
});

test('Gateway API: an HTTPRoute is served by the proxy of its Gateway, and weights share the requests', () => {
  const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec: { gatewayClassName: traefik, listeners: [{ name: web, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: api, namespace: shop }
spec:
  parentRefs: [{ name: edge, namespace: infra }]
  hostnames: ['*.example.org']
  rules:
    - backendRefs: [{ name: api, port: 80, weight: 3 }, { name: db, port: 5432, weight: 1 }]
`;
  const traefik = controller
    .replaceAll('ingress-nginx', 'traefik')
    .replace('app.kubernetes.io/name: traefik', 'app.kubernetes.io/name: traefik');
  const made = trace(clusterOf(shop, front, traefik, route), outside, 'http://api.example.org');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  const share = (name: string) =>
    made.candidates
      .filter(({ destination }) => destination.pod === name)
      .reduce((sum, { probability }) => sum + probability, 0);
  assert.deepEqual(
    [share('shop/api'), share('shop/db')].map((each) => each.toFixed(2)),
    ['0.75', '0.25'],
  );
});
