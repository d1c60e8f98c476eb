// ClusterIPs, node ports and endpoint slices that are made where the input has none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../src/model/pod';
import type { EndpointSlice, Service, ServicePort } from '../../src/model/service';
import { declared, observed } from '../../src/model/source';
import { container, ip, node, place, pod, range, runningPod, service, simulated, workload } from './objects';

test('default/kubernetes exists in every cluster: 10.96.0.1, port 443 to port 6443 of the control plane', () => {
  const { service: named, slicesOf, cluster } = simulated({});
  const kubernetes = named('default/kubernetes');
  assert.deepEqual(
    kubernetes?.clusterIps.map(({ value, provenance }) => `${value.text} ${provenance}`),
    ['10.96.0.1 simulated'],
  );
  assert.deepEqual(kubernetes.ports, [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }]);
  assert.deepEqual(
    slicesOf('default/kubernetes').map(({ ports, endpoints }) => [
      ports,
      endpoints.map((e) => e.address.text),
    ]),
    [[[{ name: 'https', port: 6443, protocol: 'TCP' }], ['172.18.0.2']]],
  );
  assert.ok(cluster.namespaces.some((namespace) => namespace.name === 'default'));
});

test('default/kubernetes is not made up when the control plane is not among the nodes', () => {
  const { service: named } = simulated({ nodes: [node('a'), node('b')] });
  assert.equal(named('default/kubernetes'), undefined);
});

test('a snapshot that left its Services out is not given any', () => {
  const { cluster } = simulated({ pods: [runningPod('a/x', 'minikube', '10.244.120.79')] });
  assert.deepEqual([cluster.services, cluster.slices], [[], []]);
});

test('cluster DNS has the tenth address of the range; it is not invented', () => {
  assert.equal(simulated({}).service('kube-system/kube-dns'), undefined);
  const { service: named } = simulated({ services: [service('kube-system/kube-dns')] });
  assert.equal(named('kube-system/kube-dns')?.clusterIps[0]?.value.text, '10.96.0.10');
});

test('a drawn ClusterIP lies above the band for picked addresses, and is unique', () => {
  const services = Array.from({ length: 300 }, (_, index) => service(`shop/s${index}`));
  const { cluster } = simulated({ services });
  const drawn = cluster.services
    .filter((one) => one.namespace === 'shop')
    .map((one) => one.clusterIps[0]?.value.words[0] ?? 0);
  const first = ip('10.96.1.0').words[0] ?? 0;
  const last = ip('10.96.255.254').words[0] ?? 0;
  assert.equal(new Set(drawn).size, 300);
  assert.ok(drawn.every((word) => word >= first && word <= last));
});

const none: readonly (readonly [fact: string, more: Partial<Service>])[] = [
  ['headless', { headless: true }],
  ['ExternalName', { type: 'ExternalName', externalName: 'example.com' }],
];
for (const [fact, more] of none) {
  test(`a Service without virtual address gets no ClusterIP: ${fact}`, () => {
    assert.deepEqual(
      simulated({ services: [service('shop/db', [{}], more)] }).service('shop/db')?.clusterIps,
      [],
    );
  });
}

test('a stated ClusterIP is kept and not given to another Service', () => {
  const stated = declared(ip('10.96.0.10'));
  const { service: named } = simulated({
    services: [service('shop/a', [{}], { clusterIps: [stated] }), service('kube-system/kube-dns')],
  });
  assert.deepEqual(named('shop/a')?.clusterIps, [stated]);
  assert.notEqual(named('kube-system/kube-dns')?.clusterIps[0]?.value.text, '10.96.0.10');
});

test('the range of Services is guessed around known ClusterIPs outside the default', () => {
  const { cluster, service: named } = simulated({
    services: [
      service('default/kubernetes', [{}], { clusterIps: [observed(ip('10.43.0.1'))], selector: undefined }),
      service('shop/a'),
    ],
  });
  assert.equal(cluster.network.serviceCidrs[0]?.value.text, '10.43.0.0/16');
  assert.match(cluster.network.serviceCidrs[0].why ?? '', /^guessed/);
  assert.match(named('shop/a')?.clusterIps[0]?.value.text ?? '', /^10\.43\./);
});

const policies: readonly (readonly [more: Partial<Service>, families: string])[] = [
  [{}, '4'],
  [{ ipFamilyPolicy: 'SingleStack', ipFamilies: [6] }, '6'],
  [{ ipFamilyPolicy: 'PreferDualStack' }, '4 6'],
  [{ ipFamilyPolicy: 'RequireDualStack', ipFamilies: [6] }, '6 4'],
];
for (const [more, families] of policies) {
  test(`in a dual stack cluster ${JSON.stringify(more)} gives addresses of ${families}`, () => {
    const { service: named } = simulated({ services: [service('shop/a', [{}], more)] }, { families: [4, 6] });
    const made = named('shop/a');
    assert.equal(made?.clusterIps.map((address) => address.value.family).join(' '), families);
    assert.equal(made.ipFamilies.join(' '), families);
  });
}

test('a family that the cluster does not have is reported at the Service', () => {
  const { problems } = simulated({
    services: [service('shop/a', [{}], { ipFamilies: [6], nameAt: place(2) })],
  });
  assert.deepEqual(
    problems.map(({ code, at }) => [code, at.line]),
    [['service.address', 2]],
  );
});

test('node ports are drawn above the band for picked ones, are unique and say that they are simulated', () => {
  const { cluster } = simulated({
    services: [
      service('shop/a', [{ port: 80, nodePort: 30500 }, { port: 443 }], { type: 'NodePort' }),
      service('shop/b', [{ port: 80 }], { type: 'LoadBalancer' }),
      service('shop/c', [{ port: 80 }]),
    ],
  });
  const ports = cluster.services.flatMap((one) => one.ports.filter(() => one.namespace === 'shop'));
  assert.deepEqual(
    ports.map((port) => port.nodePortProvenance ?? 'as written'),
    ['as written', 'simulated', 'simulated', 'as written'],
  );
  assert.deepEqual([ports[0]?.nodePort, ports[3]?.nodePort], [30500, undefined]);
  const drawn = [ports[1]?.nodePort ?? 0, ports[2]?.nodePort ?? 0];
  assert.ok(drawn.every((port) => port >= 30086 && port <= 32767) && drawn[0] !== drawn[1]);
});

// Endpoint slices: each row is a Service, pods, and `name:port=endpoints` of every slice.
const web: Partial<Pod> = { labels: { app: 'web' } };
function ready(name: string, last: number, more: Partial<Pod> = {}): Pod {
  return runningPod(`shop/${name}`, 'n1', `10.244.1.${last}`, { ...web, ...more });
}
function named(
  portName: string,
  containerPort: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
  role: 'app' | 'sidecar' | 'init' = 'app',
) {
  const entry = container([{ name: portName, containerPort, protocol }], { role });
  return { ...ready('x', 0).spec, containers: [entry] };
}

const slices: readonly (readonly [
  fact: string,
  ports: readonly Partial<ServicePort>[],
  pods: readonly Pod[],
  expected: readonly string[],
  more?: Partial<Service>,
])[] = [
  ['a number needs no declared containerPort', [{ targetPort: 8080 }], [ready('a', 2)], [':8080=2']],
  [
    'pods of other labels and other namespaces are not behind the Service',
    [{}],
    [ready('a', 2), runningPod('shop/b', 'n1', '10.244.1.3'), runningPod('other/c', 'n1', '10.244.1.4', web)],
    [':80=2'],
  ],
  [
    'a name may resolve to another number on each pod, which makes two slices',
    [{ targetPort: 'http' }],
    [ready('a', 2, { spec: named('http', 8080) }), ready('b', 3, { spec: named('http', 9090) })],
    [':8080=2', ':9090=3'],
  ],
  [
    'a pod that lacks the named port is left out of that port only',
    [
      { name: 'web', targetPort: 'http' },
      { name: 'raw', port: 81, targetPort: 81 },
    ],
    [ready('a', 2, { spec: named('http', 8080) }), ready('b', 3)],
    ['raw:81=3', 'web:8080 raw:81=2'],
  ],
  [
    'a named port matches by protocol as well',
    [{ targetPort: 'dns', protocol: 'UDP' }],
    [ready('a', 2, { spec: named('dns', 53, 'TCP') }), ready('b', 3, { spec: named('dns', 53, 'UDP') })],
    [':53=3'],
  ],
  [
    'a named port is found in a sidecar, not in an init container',
    [{ targetPort: 'http' }],
    [
      ready('a', 2, { spec: named('http', 8080, 'TCP', 'sidecar') }),
      ready('b', 3, { spec: named('http', 8080, 'TCP', 'init') }),
    ],
    [':8080=2'],
  ],
  [
    'a pod that is not ready is listed as not ready',
    [{}],
    [ready('a', 2, { ready: observed(false) })],
    [':80=2!ready!serving'],
  ],
  [
    'a pod that is being deleted serves but is not ready',
    [{}],
    [ready('a', 2, { terminating: true })],
    [':80=2!ready terminating'],
  ],
  [
    'publishNotReadyAddresses makes every pod ready',
    [{}],
    [ready('a', 2, { ready: observed(false) }), ready('b', 3, { terminating: true })],
    [':80=2!serving,3 terminating'],
    { publishNotReadyAddresses: true },
  ],
  [
    'finished pods and pods without address are left out',
    [{}],
    [ready('a', 2, { phase: observed('Succeeded') }), ready('b', 3, { addresses: [] }), ready('c', 4)],
    [':80=4'],
  ],
  ['a headless Service without ports lists its pods', [], [ready('a', 2)], ['=2'], { headless: true }],
  ['no selector: slices are made by hand', [{}], [ready('a', 2)], [], { selector: undefined }],
  ['an empty selector counts as none', [{}], [ready('a', 2)], [], { selector: {} }],
  ['ExternalName has no endpoints', [{}], [ready('a', 2)], [], { type: 'ExternalName' }],
];

function sliceText({ ports, endpoints }: EndpointSlice): string {
  const portText = ports.map((port) => `${port.name}:${port.port}`).join(' ');
  const list = endpoints.map((endpoint) => {
    const last = endpoint.address.text.split('.').at(-1) ?? '';
    const flags = `${endpoint.ready ? '' : '!ready'}${endpoint.serving ? '' : '!serving'}`;
    return `${last}${flags}${endpoint.terminating ? ' terminating' : ''}`;
  });
  return `${portText}=${list.join()}`;
}

for (const [fact, ports, pods, expected, more] of slices) {
  test(`endpoints: ${fact}`, () => {
    const { slicesOf } = simulated({ services: [service('shop/web', ports, more)], pods });
    const made = slicesOf('shop/web');
    assert.deepEqual(made.map(sliceText).sort(), expected);
    assert.ok(made.every((slice) => slice.provenance === 'simulated' && slice.endpoints[0]?.pod));
  });
}

test('a Service that has slices in the input gets no others', () => {
  const own: EndpointSlice = {
    kind: 'EndpointSlice',
    namespace: 'shop',
    name: 'web-x',
    service: 'shop/web',
    family: 4,
    ports: [],
    endpoints: [],
    provenance: 'observed',
  };
  const { slicesOf } = simulated({
    services: [service('shop/web')],
    slices: [own],
    workloads: [workload('Deployment', 'shop/web')],
  });
  assert.deepEqual(slicesOf('shop/web'), [own]);
});

test('a dual stack Service has one slice for each family, with the addresses of that family', () => {
  const { slicesOf } = simulated(
    {
      services: [service('shop/web', [{}], { ipFamilyPolicy: 'RequireDualStack' })],
      workloads: [workload('Deployment', 'shop/web')],
    },
    { families: [4, 6] },
  );
  assert.deepEqual(
    slicesOf('shop/web')
      .map(({ family, endpoints }) => [family, endpoints.map((e) => e.address.family)])
      .sort(),
    [
      [4, [4]],
      [6, [6]],
    ],
  );
});

test('an endpoint knows its node and zone', () => {
  const zone = { 'topology.kubernetes.io/zone': 'eu-1a' };
  const { slicesOf } = simulated({
    nodes: [node('n1', { labels: zone, podCidrs: [declared(range('10.244.1.0/24'))] })],
    services: [service('shop/web')],
    workloads: [workload('Deployment', 'shop/web')],
  });
  const endpoint = slicesOf('shop/web')[0]?.endpoints[0];
  assert.deepEqual([endpoint?.nodeName, endpoint?.zone, endpoint?.pod], ['n1', 'eu-1a', 'shop/web-0']);
});

test('pods that a Deployment would make stand behind its Service at once', () => {
  const { slicesOf } = simulated({
    services: [service('shop/web', [{ targetPort: 'http' }])],
    workloads: [
      workload('Deployment', 'shop/web', 3, {
        containers: [container([{ name: 'http', containerPort: 8080 }])],
      }),
    ],
  });
  assert.deepEqual(
    slicesOf('shop/web').flatMap((slice) => slice.endpoints.map((endpoint) => endpoint.ready)),
    [true, true, true],
  );
});

test('a pod that no node takes is not an endpoint', () => {
  const { slicesOf } = simulated({
    services: [service('shop/web')],
    pods: [pod('shop/web', { nodeSelector: { no: 'where' } }, web)],
  });
  assert.deepEqual(slicesOf('shop/web'), []);
});
