// What a surface shows of tunnels, ways in from outside, proxies, pings and exact translations, and of the network profile that
// was walked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { PacketProtocol } from '../../src/dataplane/packet';
import type { CniProfileId } from '../../src/dataplane/profile';
import { traceView } from '../../src/features/traceView';
import type { LegView, TraceView } from '../../src/features/traceViewShape';
import type { Cluster } from '../../src/model/cluster';
import { observed } from '../../src/model/source';
import { r, service, slice } from '../trace/twoNodes';
import { edge, traceIn, wired } from './edgeCluster';

interface Asked {
  readonly cluster?: Cluster;
  readonly protocol?: PacketProtocol;
  readonly way?: number;
  readonly conditions?: ProfileChoice['conditions'];
}

function view(cni: CniProfileId, from: string, to: string, asked: Asked = {}): TraceView {
  const { cluster = wired, protocol, way, conditions } = asked;
  const kubeProxy = cni.startsWith('cilium') ? 'none' : 'iptables';
  const choice: ProfileChoice = { cni, kubeProxy, conditions };
  return traceView(traceIn(cluster, from, to, choice, protocol), cluster, { way, choice });
}

function request(made: TraceView): LegView {
  assert(made.way !== undefined, made.banner.words);
  return made.way.request;
}

const lanes = (leg: LegView | undefined): string[] =>
  (leg?.lanes ?? []).map(({ title, reached }) => `${title}${reached ? '' : ' (not reached)'}`);
const nats = (leg: LegView | undefined): string[] =>
  (leg?.steps ?? []).flatMap(({ nat }) =>
    nat === undefined ? [] : [`${nat.label} ${nat.from} > ${nat.to}`],
  );

const client = '203.0.113.10';

test('a tunnel is a wire with a name; its hops have the outer header around an inner one that stays', () => {
  const leg = request(view('flannel-vxlan', 'lab/p1', 'lab/r:8080'));
  assert.deepEqual(lanes(leg), ['pod lab/p1', 'node n1', 'VXLAN tunnel', 'node n2', 'pod lab/r']);
  const wrapped = leg.hops.filter(({ outer }) => outer !== undefined);
  assert.deepEqual(
    wrapped.map(({ device, outer, header }) => [
      device,
      `${outer?.source ?? ''} > ${outer?.destination ?? ''}`,
      outer?.detail,
      outer?.ttl,
      `${header.source.text} > ${header.destination.text}`,
    ]),
    ['eth0', 'wire', 'eth0'].map((device) => [
      device,
      '172.30.0.11 > 172.30.0.12',
      'UDP 8472, VNI 1',
      64,
      '10.244.1.2:40000 > 10.244.2.2:8080',
    ]),
  );
});

test('IPIP is no UDP', () => {
  const leg = request(view('calico-ipip', 'lab/p1', 'lab/r:8080'));
  assert.equal(leg.hops.find(({ outer }) => outer !== undefined)?.outer?.detail, 'IP protocol 4');
});

test('a client outside comes by the gateway, and the answer goes back to it by the gateway', () => {
  const { way } = view('kindnet', client, 'node/n2:30080');
  assert.deepEqual(lanes(way?.request), [client, 'gateway', 'wire', 'node n2', 'pod lab/r']);
  assert.deepEqual(lanes(way?.reply), ['pod lab/r', 'node n2', 'gateway', client]);
});

test('a host outside that is not traced is reached as far as anybody knows', () => {
  const leg = request(view('kindnet', 'lab/p1', `${client}:443`));
  assert.deepEqual(lanes(leg), ['pod lab/p1', 'node n1', 'gateway', client]);
  assert.deepEqual(leg.lanes.at(-1)?.hops, []);
});

test('a load balancer that proxies stands in for the client', () => {
  const proxied = service('proxied', '10.96.0.42', {
    type: 'LoadBalancer',
    loadBalancerProxies: [observed('198.51.100.8')],
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30090 }],
  });
  const cluster = {
    ...wired,
    services: [...wired.services, proxied],
    slices: [...wired.slices, slice('proxied', r)],
  };
  const { way } = view('kindnet', client, 'svc/lab/proxied:80', { cluster });
  for (const lane of [way?.request.lanes[0], way?.reply?.lanes.at(-1)])
    assert.deepEqual([lane?.title, lane?.subtitle], ['198.51.100.8', `load balancer, in place of ${client}`]);
});

test('ways by several nodes are told apart by the node that the connection comes in by', () => {
  const { banner, ways } = view('kindnet', client, 'svc/lab/np-local:80');
  assert.equal(banner.title, 'Ambiguous');
  assert.match(banner.words, /depends on the node/);
  assert.deepEqual(
    ways.map(({ label }) => label),
    [
      'Service lab/np-local by node port 30081 of n1 172.30.0.11:30081',
      'by node n2 to pod lab/r 10.244.2.2:8080',
    ],
  );
});

test('a proxy has a lane in both of its connections, and its second one is not compared with its first', () => {
  const { way } = view('kindnet', client, 'http://shop.example.com', { cluster: edge, way: 1 });
  const shown = (leg: LegView | undefined) =>
    leg?.lanes.filter(({ kind }) => kind === 'pod').map(({ title, connection }) => `${connection} ${title}`);
  const controller = 'pod ingress-nginx/controller-0';
  assert.deepEqual(shown(way?.request), [`0 ${controller}`, `1 ${controller}`, '1 pod shop/api-0']);
  assert.deepEqual(shown(way?.reply), ['0 pod shop/api-0', `0 ${controller}`, `1 ${controller}`]);
  const opening = way?.request.hops.find(({ opens }) => opens !== undefined);
  assert.equal(opening?.place, controller);
  const { source, destination, ttlChanged } = opening.header;
  assert.deepEqual([source.addressChanged, destination.addressChanged, ttlChanged], [false, false, false]);
  assert.equal(
    way?.reply?.hops.find(({ opens }) => opens !== undefined)?.opens,
    'the client’s own connection',
  );
});

test('a proxy without endpoints behind it shows the Service that is not reached', () => {
  const without = { ...edge, slices: edge.slices.filter(({ service: of }) => of !== 'shop/api') };
  const leg = request(view('kindnet', client, 'http://shop.example.com', { cluster: without, way: 1 }));
  assert.equal(lanes(leg).at(-1), 'Service shop/api (not reached)');
});

test('a name that cannot be looked up shows the question, and says so', () => {
  const { way, destination } = view('calico', 'shop/web-0', 'api:80', { cluster: edge });
  assert.equal(destination?.label, 'Service shop/api');
  assert.match(way?.about ?? '', /question to the DNS/);
  assert.equal(lanes(way?.request).at(-1), 'pod kube-system/coredns-0 (not reached)');
});

test('NAT shows exactly what changed: address and port, or one of them', () => {
  assert.deepEqual(nats(request(view('bridge', 'lab/r', 'svc/lab/svc:80'))), [
    'DNAT destination 10.96.0.10:80 > 10.244.2.2:8080',
    'SNAT source 10.244.2.2:40000 > 10.244.2.1:19392',
  ]);
  assert.deepEqual(nats(request(view('bridge', 'node/n1', '10.96.0.10:80'))), [
    'DNAT destination 10.96.0.10:80 > 10.244.2.2:8080',
    'SNAT source port 40000 > 19392',
  ]);
  assert.deepEqual(nats(request(view('calico', 'shop/web-0', 'api:80', { cluster: edge }))), [
    'DNAT destination address 10.96.0.10 > 10.244.1.6',
  ]);
});

test('socket-level translation is no DNAT: no packet had the old address', () => {
  const leg = request(view('cilium-tunnel', 'lab/p1', 'svc/lab/svc:80'));
  assert.deepEqual(nats(leg), ['destination at connect() 10.96.0.10:80 > 10.244.2.2:8080']);
  assert(leg.hops.every(({ header }) => header.destination.text === '10.244.2.2:8080'));
});

test('a masquerade that keeps the address marks the port alone as changed', () => {
  const leg = request(view('bridge', 'node/n1', '10.96.0.10:80'));
  const [, second] = leg.hops;
  assert.deepEqual(
    leg.hops.map(({ header: { source } }) => [source.addressChanged, source.portChanged]).slice(0, 2),
    [
      [false, false],
      [false, false],
    ],
  );
  assert.equal(second?.header.source.port, 19392);
});

test('a ping has no ports, and nobody has to listen', () => {
  const made = view('kindnet', 'lab/p1', 'lab/r', { protocol: 'ICMP' });
  const [first] = request(made).hops;
  assert.deepEqual(
    [first?.header.source.text, first?.header.source.port, first?.header.destination.text],
    ['10.244.1.2', undefined, '10.244.2.2'],
  );
  assert.equal(made.title, 'lab/p1 to lab/r, ICMP');
  assert.deepEqual(made.warnings, []);
  assert.equal(made.banner.symptom, 'The client sees: an answer to each ping.');
});

test('a reachable way tells its MTU and which settings would break it; others say what stops them already', () => {
  const good = view('flannel-vxlan', 'lab/p1', 'lab/r:8080');
  assert.equal(good.way?.mtu, '1450 bytes, the MTU of eth0 of pod lab/p1');
  assert.deepEqual(
    good.checks.map(({ id, where }) => `${id} ${where}`),
    ['ipForward', 'podRoutes', 'tunnel-port', 'mtu'].map((id) => `${id} on n1, n2`),
  );
  const bad = view('flannel-vxlan', 'lab/p1', 'svc/lab/none:80');
  assert.deepEqual([bad.way?.mtu, bad.checks], [undefined, []]);
});

test('a profile that no kernel was measured for says that TTL and devices are inferred', () => {
  assert.equal(view('flannel-vxlan', 'lab/p1', 'lab/r:8080').profile.inferred, undefined);
  const { profile } = view('cilium-tunnel', 'lab/p1', 'lab/r:8080');
  assert.match(profile.inferred ?? '', /TTL and the devices inside nodes are inferred/);
  assert.match(profile.words, /no kube-proxy$/);
});

test('an answer that comes from another address than the client asked is not recognised', () => {
  const { way } = view('bridge', 'lab/r2', 'svc/lab/svc:80', { conditions: { bridgeNetfilter: false } });
  assert.equal(way?.banner.verdict, 'reply-lost');
  const last = way.reply?.steps.at(-1);
  assert.deepEqual([last?.kind, last?.title, last?.drops], ['deliver', 'Not recognised', true]);
});
