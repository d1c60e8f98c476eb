// Where the kernel refuses or masks a packet, as the network lab saw it: in which chain, on which device the packet is last
// seen, which source port stays, and what the sender hears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { Cluster } from '../../src/model/cluster';
import { observed } from '../../src/model/source';
import { parseEnd } from '../../src/trace/endText';
import type { TraceQuery } from '../../src/trace/query';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { container, ip, plainSpec, pod, r, service, slice, twoNodes } from './twoNodes';

const vip = observed(ip('198.51.100.7'));
const exposed = { type: 'LoadBalancer' as const, loadBalancerIps: [vip] };
const port = { name: '', port: 80, protocol: 'TCP' as const, targetPort: 8080, nodePort: 30080 };
const published = pod('published', 'n2', ['10.244.2.9'], {
  spec: {
    ...plainSpec,
    containers: [
      { ...container('web'), ports: [{ containerPort: 8080, protocol: 'TCP' as const, hostPort: 18080 }] },
    ],
  },
});
const unserved: Cluster = {
  ...twoNodes,
  pods: [...twoNodes.pods, published],
  services: [...twoNodes.services, service('idle', '10.96.0.70', { ...exposed, ports: [port] })],
};
const remote = (more: Parameters<typeof service>[2]): Cluster => ({
  ...twoNodes,
  services: [...twoNodes.services, service('shy', '10.96.0.71', { ...exposed, ports: [port], ...more })],
  slices: [...twoNodes.slices, slice('shy', r)],
});

function trace(
  cluster: Cluster,
  from: string,
  to: string,
  choice: ProfileChoice,
  protocol: TraceQuery['protocol'] = 'TCP',
): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol };
  return traceConnectivity(cluster, query, choice);
}

const iptables: ProfileChoice = { cni: 'bridge', kubeProxy: 'iptables' };
const nftables: ProfileChoice = { cni: 'bridge', kubeProxy: 'nftables' };

/** Device of the last hop, and how it moves there. */
function lastSeen({ hops }: Trace): string {
  const hop = hops.at(-1);
  return `${hop?.device ?? ''} ${hop?.movement ?? ''}`;
}

for (const choice of [iptables, nftables]) {
  test(`${choice.kubeProxy ?? ''}: a node port without endpoints is refused in INPUT, after loopback`, () => {
    const made = trace(unserved, 'node/n1', 'node/n1:30080', choice);
    assert.deepEqual([made.verdict.id, lastSeen(made)], ['rejected-no-endpoints', 'lo through']);
  });
  test(`${choice.kubeProxy ?? ''}: a pod's packet to a Service without endpoints is refused in FORWARD`, () => {
    const made = trace(unserved, 'lab/p1', '198.51.100.7:80', choice);
    assert.deepEqual([made.verdict.id, lastSeen(made)], ['rejected-no-endpoints', 'cni0 in']);
  });
}

test('iptables refuses no load balancer address in OUTPUT: the node asks outside', () => {
  assert.equal(trace(unserved, 'node/n1', '198.51.100.7:80', iptables).verdict.id, 'left-cluster');
});
test('nftables refuses a load balancer address in OUTPUT', () => {
  assert.equal(trace(unserved, 'node/n1', '198.51.100.7:80', nftables).verdict.id, 'rejected-no-endpoints');
});

const shy = remote({ externalTrafficPolicy: 'Local' });
test('iptables short-circuits a node past externalTrafficPolicy Local', () => {
  assert.equal(trace(shy, 'node/n1', '198.51.100.7:80', iptables).result, 'Reachable');
});
test('nftables drops it in OUTPUT, before it could be short-circuited', () => {
  const made = trace(shy, 'node/n1', '198.51.100.7:80', nftables);
  assert.equal(made.verdict.id, 'dropped-no-local-endpoints');
});
test('nftables short-circuits a node at its own node port all the same, and where an endpoint is local', () => {
  assert.equal(trace(shy, 'node/n1', 'node/n1:30080', nftables).result, 'Reachable');
  assert.equal(trace(shy, 'node/n2', '198.51.100.7:80', nftables).result, 'Reachable');
});

const ranged = remote({ loadBalancerSourceRanges: ['192.0.2.0/24'] });
test('loadBalancerSourceRanges are held in FORWARD by iptables, in PREROUTING by nftables', () => {
  const seen = [iptables, nftables].map((choice) =>
    lastSeen(trace(ranged, 'lab/p1', '198.51.100.7:80', choice)).replace(/^veth\S+/, 'veth'),
  );
  assert.deepEqual(seen, ['cni0 in', 'veth in']);
});

test('source ranges of a Service without endpoints: iptables rejects all the same, nftables drops', () => {
  const idle = { ...ranged, slices: twoNodes.slices };
  const ids = [iptables, nftables].map(
    (choice) => trace(idle, 'lab/p1', '198.51.100.7:80', choice).verdict.id,
  );
  assert.deepEqual(ids, ['rejected-no-endpoints', 'dropped-source-range']);
  const own = trace(idle, 'node/n1', '198.51.100.7:80', nftables);
  assert.equal(own.verdict.id, 'rejected-no-endpoints', 'OUTPUT looks for endpoints first');
});

test('a node process whose datagram OUTPUT refuses is not permitted to send', () => {
  const made = trace(twoNodes, 'node/n1', '10.96.0.10:80', nftables, 'UDP');
  assert.equal(made.verdict.symptom, 'operation not permitted at once');
  const fromPod = trace(twoNodes, 'lab/p1', '10.96.0.10:80', nftables, 'UDP');
  assert.equal(fromPod.verdict.symptom, 'connection refused at once');
});

test("Calico's black hole: a node's own connect() fails, a pod's packet vanishes", () => {
  const calico: ProfileChoice = { cni: 'calico', kubeProxy: 'iptables' };
  const symptoms = ['node/n1', 'lab/p1'].map((from) => {
    const { verdict } = trace(twoNodes, from, '10.244.1.77:80', calico);
    return [verdict.id, verdict.symptom];
  });
  assert.deepEqual(symptoms, [
    ['no-route', 'invalid argument at once'],
    ['no-route', 'timeout after about 130 s'],
  ]);
});

/** Source that the receiver sees, and whether its port is still the client's. */
function source({ hops }: Trace): string {
  const sent = hops.flatMap((hop) => hop.steps).find((step) => step.kind === 'send')?.after;
  const seen = hops.at(-1)?.steps.at(-1)?.after;
  return `${seen?.source.text ?? ''} ${seen?.sourcePort === sent?.sourcePort ? 'same port' : 'new port'}`;
}

test('kindnet masquerades without --random-fully: the port stays; flannel picks one', () => {
  const seen = (['kindnet', 'flannel-host-gw'] as const).map((cni) =>
    source(trace(twoNodes, 'lab/p1', 'node/n2:9100', { cni, kubeProxy: 'iptables' })),
  );
  assert.deepEqual(seen, ['172.30.0.11 same port', '172.30.0.11 new port']);
});

test('portmap masquerades clients in the subnet of the address that the CNI gave: under Calico a /32', () => {
  const seen = (['bridge', 'kindnet', 'calico'] as const).map((cni) =>
    source(trace(unserved, 'lab/r', 'node/n2:18080', { cni, kubeProxy: 'iptables' })),
  );
  assert.deepEqual(seen, ['10.244.2.1 same port', '10.244.2.1 same port', '10.244.2.2 same port']);
});
