// Table D5 of the networking facts: what each kind of Service stands for, and D2's topology, from manifests alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';

function trace(cluster: Cluster, from: string, to: string): Trace {
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  assert(source && destination);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  return traceConnectivity(cluster, query, { cni: 'bridge', kubeProxy: 'iptables' });
}

function pod(name: string, node: string, app: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${app} } }
spec: { nodeName: ${node}, containers: [{ name: c, image: c, ports: [{ containerPort: 8080, name: web }] }] }
`;
}

function service(name: string, spec: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
`;
}

function node(name: string, zone: string): string {
  return `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { topology.kubernetes.io/zone: ${zone} } }
`;
}

function clusterOf(...texts: readonly string[]): Cluster {
  const shared = [
    node('a1', 'a'),
    node('a2', 'a'),
    node('b1', 'b'),
    pod('client', 'a1', 'client'),
    pod('on-a1', 'a1', 'db'),
    pod('on-a2', 'a2', 'db'),
    pod('on-b1', 'b1', 'db'),
  ];
  const text = [...shared, ...texts].join('---');
  const { cluster } = createStore().apply([{ file: 'shop.yaml', text }]);
  return simulate(cluster, defaultSettings).cluster;
}

function endpoints(made: Trace): readonly (string | undefined)[] {
  return made.candidates.map(({ destination }) => destination.pod);
}

const plain = '{ selector: { app: db }, ports: [{ port: 80, targetPort: web }] }';

test('D2: without a wish for closeness every endpoint is as likely', () => {
  const made = trace(clusterOf(service('db', plain)), 'shop/client', 'svc/shop/db:80');
  assert.deepEqual(endpoints(made), ['shop/on-a1', 'shop/on-a2', 'shop/on-b1']);
});

for (const [wish, expected] of [
  ['PreferSameZone', ['shop/on-a1', 'shop/on-a2']],
  ['PreferClose', ['shop/on-a1', 'shop/on-a2']],
  ['PreferSameNode', ['shop/on-a1']],
] as const) {
  test(`D2: trafficDistribution ${wish} keeps connections near`, () => {
    const spec = plain.replace('{', `{ trafficDistribution: ${wish},`);
    const made = trace(clusterOf(service('db', spec)), 'shop/client', 'svc/shop/db:80');
    assert.deepEqual(endpoints(made), expected);
  });
}

test('D5: an alias for a Service of the cluster leads to that Service', () => {
  const alias = service('old', '{ type: ExternalName, externalName: db.shop.svc.cluster.local }');
  const made = trace(clusterOf(service('db', plain), alias), 'shop/client', 'svc/shop/old:80');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  assert.equal(made.candidates.length, 3);
  assert(made.assumptions.some(({ text }) => text.includes('is a DNS alias for db.shop.svc.cluster.local')));
});

test('D5: an alias for a name outside is not known here', () => {
  const alias = service('old', '{ type: ExternalName, externalName: db.example.com }');
  const made = trace(clusterOf(alias), 'shop/client', 'svc/shop/old:80');
  assert.deepEqual([made.result, made.verdict.id], ['Undetermined', 'unknown']);
  assert.match(made.verdict.words, /db\.example\.com/);
});

test('D5: a headless Service leads to the pods themselves, by their target port', () => {
  const spec = plain.replace('{', '{ clusterIP: None,');
  const made = trace(clusterOf(service('db', spec)), 'shop/client', 'svc/shop/db:80');
  const steps = made.hops.flatMap((hop) => hop.steps);
  assert(!steps.some(({ kind }) => kind === 'translate'));
  assert.equal(steps.at(-1)?.after.destinationPort, 8080);
  assert.equal(made.candidates.length, 3);
});

test('D5: a Service without a selector and without slices rejects', () => {
  const made = trace(
    clusterOf(service('manual', '{ ports: [{ port: 80 }] }')),
    'shop/client',
    'svc/shop/manual:80',
  );
  assert.equal(made.verdict.id, 'rejected-no-endpoints');
});

test('D5: a Service without a selector uses the slices that somebody made, also for addresses outside', () => {
  const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: manual-1, namespace: shop, labels: { kubernetes.io/service-name: manual } }
addressType: IPv4
ports: [{ port: 5432, protocol: TCP, name: '' }]
endpoints: [{ addresses: [203.0.113.20] }]
`;
  const cluster = clusterOf(service('manual', '{ ports: [{ port: 80 }] }'), slice);
  const made = trace(cluster, 'shop/client', 'svc/shop/manual:80');
  const last = made.hops.at(-1)?.steps.at(-1);
  assert.deepEqual(
    [last?.kind, last?.after.destination.text, last?.after.destinationPort],
    ['leave', '203.0.113.20', 5432],
  );
});

test('D5: a load balancer without an address is pending', () => {
  const spec =
    '{ type: LoadBalancer, allocateLoadBalancerNodePorts: false, selector: { app: db }, ports: [{ port: 80, targetPort: web }] }';
  const made = trace(clusterOf(service('db', spec)), '203.0.113.10', 'svc/shop/db:80');
  assert.deepEqual([made.result, made.verdict.id], ['Unreachable', 'no-ip']);
  assert.match(made.verdict.words, /no address yet \(pending\)/);
});

test('a pod reaches the API server through the Service kubernetes, at the address of a control plane node', () => {
  const { cluster } = createStore().apply([{ file: 'a.yaml', text: pod('client', 'worker-1', 'client') }]);
  const simulated = simulate(cluster, defaultSettings).cluster;
  const made = trace(simulated, 'shop/client', 'svc/default/kubernetes:443');
  assert.equal(made.result, 'Reachable', made.verdict.words);
  const last = made.hops.at(-1);
  assert.deepEqual([last?.place.kind, last?.steps.at(-1)?.after.destinationPort], ['node', 6443]);
});
