// Table C1 of the networking facts, column "bridge and host routes": what the receiver sees, the TTL it sees it with, the
// devices on the way, and whether the answer comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '../../src/dataplane/step';
import type { Cluster } from '../../src/model/cluster';
import type { NetworkPolicy } from '../../src/model/policy';
import { everything } from '../../src/model/selector';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { agent1, agent2, p1, p2, pod, r, service, slice, twoNodes } from './twoNodes';

function trace(cluster: Cluster, from: string, to: string): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  return traceConnectivity(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol: 'TCP',
  });
}

/** `lab/p1 eth0, n1 cni0, ...`, with the veths' hashed names shortened. */
function devices(hops: readonly Hop[]): string {
  return hops
    .map(({ place, device }) => {
      const where = place.kind === 'pod' || place.kind === 'node' ? place.name : place.kind;
      return `${where} ${device.replace(/^veth[0-9a-f]{8}$/, 'veth')}`;
    })
    .join(' > ');
}

interface Expected {
  readonly peer: string;
  readonly ttl: number;
  readonly devices: string;
  readonly reply: string;
}

function check(
  number: string,
  fact: string,
  from: string,
  to: string,
  expected: Expected,
  cluster = twoNodes,
): void {
  test(`${number}: ${fact}`, () => {
    const made = trace(cluster, from, to);
    assert.equal(made.result, 'Reachable', made.verdict.words);
    const last = made.hops.at(-1)?.steps.at(-1)?.after;
    assert.deepEqual(
      { peer: last?.source.text, ttl: last?.ttl, devices: devices(made.hops), reply: devices(made.reply) },
      expected,
    );
  });
}

const remote = 'n1 veth > n1 cni0 > n1 eth0 > fabric wire > n2 eth0 > n2 cni0 > n2 veth';
const back = 'n2 veth > n2 cni0 > n2 eth0 > fabric wire > n1 eth0 > n1 cni0 > n1 veth';

check('F1', 'containers of one pod talk over lo', 'lab/p1', '127.0.0.1:8080', {
  peer: '127.0.0.1',
  ttl: 64,
  devices: 'p1 lo',
  reply: 'p1 lo',
});
check('F1b', 'a pod reaches its own address over lo', 'lab/p1', '10.244.1.2:8080', {
  peer: '10.244.1.2',
  ttl: 64,
  devices: 'p1 lo',
  reply: 'p1 lo',
});
check('F2', 'pods of one node are switched: the TTL stays', 'lab/p1', 'lab/p2:8080', {
  peer: '10.244.1.2',
  ttl: 64,
  devices: 'p1 eth0 > n1 veth > n1 veth > p2 eth0',
  reply: 'p2 eth0 > n1 veth > n1 veth > p1 eth0',
});
check('F3', 'pods of two nodes are routed twice', 'lab/p1', 'lab/r:8080', {
  peer: '10.244.1.2',
  ttl: 62,
  devices: `p1 eth0 > ${remote} > r eth0`,
  reply: `r eth0 > ${back} > p1 eth0`,
});
check('F4', 'a node reaches its own pod from the bridge address', 'node/n1', 'lab/p1:8080', {
  peer: '10.244.1.1',
  ttl: 64,
  devices: 'n1 cni0 > n1 veth > p1 eth0',
  reply: 'p1 eth0 > n1 veth > n1 cni0',
});
check('F5', "a node reaches another node's pod from its node address", 'node/n1', 'lab/r:8080', {
  peer: '172.30.0.11',
  ttl: 63,
  devices: 'n1 eth0 > fabric wire > n2 eth0 > n2 cni0 > n2 veth > r eth0',
  reply: 'r eth0 > n2 veth > n2 cni0 > n2 eth0 > fabric wire > n1 eth0',
});
check('F6', 'a pod reaches its own node without NAT', 'lab/p1', 'node/n1:9100', {
  peer: '10.244.1.2',
  ttl: 64,
  devices: 'p1 eth0 > n1 veth > n1 cni0',
  reply: 'n1 cni0 > n1 veth > p1 eth0',
});
check('F7', 'a pod reaches another node with its own node as the peer', 'lab/p1', 'node/n2:9100', {
  peer: '172.30.0.11',
  ttl: 63,
  devices: 'p1 eth0 > n1 veth > n1 cni0 > n1 eth0 > fabric wire > n2 eth0',
  reply: 'n2 eth0 > fabric wire > n1 eth0 > n1 cni0 > n1 veth > p1 eth0',
});
check('F10', 'a ClusterIP with an endpoint on another node keeps the client', 'lab/p1', 'svc/lab/svc:80', {
  peer: '10.244.1.2',
  ttl: 62,
  devices: `p1 eth0 > ${remote} > r eth0`,
  reply: `r eth0 > ${back} > p1 eth0`,
});
check('F10b', 'a node that asks for a ClusterIP is seen by its node address', 'node/n1', '10.96.0.10:80', {
  peer: '172.30.0.11',
  ttl: 63,
  devices: 'n1 eth0 > fabric wire > n2 eth0 > n2 cni0 > n2 veth > r eth0',
  reply: 'r eth0 > n2 veth > n2 cni0 > n2 eth0 > fabric wire > n1 eth0',
});
check(
  'F10c',
  'an endpoint that reaches itself through its Service sees the bridge',
  'lab/r',
  'svc/lab/svc:80',
  {
    peer: '10.244.2.1',
    ttl: 64,
    devices: 'r eth0 > n2 veth > n2 veth > r eth0',
    reply: 'r eth0 > n2 veth > n2 veth > r eth0',
  },
);
check('F10d', 'a ClusterIP with an endpoint on the same node is switched', 'lab/r2', 'svc/lab/svc:80', {
  peer: '10.244.2.3',
  ttl: 64,
  devices: 'r2 eth0 > n2 veth > n2 veth > r eth0',
  reply: 'r eth0 > n2 veth > n2 veth > r2 eth0',
});

check('C4', 'a hostNetwork pod sends as its node', 'lab/agent1', 'lab/r:8080', {
  peer: '172.30.0.11',
  ttl: 63,
  devices: 'n1 eth0 > fabric wire > n2 eth0 > n2 cni0 > n2 veth > r eth0',
  reply: 'r eth0 > n2 veth > n2 cni0 > n2 eth0 > fabric wire > n1 eth0',
});
check('C4', 'a hostNetwork pod receives at its node address', 'lab/p1', 'lab/agent2:9100', {
  peer: '172.30.0.11',
  ttl: 63,
  devices: 'p1 eth0 > n1 veth > n1 cni0 > n1 eth0 > fabric wire > n2 eth0',
  reply: 'n2 eth0 > fabric wire > n1 eth0 > n1 cni0 > n1 veth > p1 eth0',
});

test('F8: what pods send outside leaves as their node, TTL 63, and the way ends there', () => {
  const made = trace(twoNodes, 'lab/p1', '203.0.113.10:443');
  assert.equal(made.result, 'Reachable');
  assert.equal(made.final, 'Forward');
  const last = made.hops.at(-1);
  assert.deepEqual(
    [last?.place.kind, last?.packet.source.text, last?.packet.ttl],
    ['outside', '172.30.0.11', 63],
  );
});

test('F5: the node address stays, only the source port is picked anew', () => {
  const steps = trace(twoNodes, 'node/n1', 'lab/r:8080').hops.flatMap((hop) => hop.steps);
  const change = steps.find((step) => step.kind === 'masquerade');
  assert.equal(change?.before.source.text, change?.after.source.text);
  assert.notEqual(change?.before.sourcePort, change?.after.sourcePort);
});

test('F10: the veth still shows the ClusterIP, the bridge already the endpoint', () => {
  const hops = trace(twoNodes, 'lab/p1', 'svc/lab/svc:80').hops;
  const shown = hops.map((hop) => `${hop.packet.destination.text}:${hop.packet.destinationPort}`);
  assert.deepEqual(shown.slice(0, 3), ['10.96.0.10:80', '10.96.0.10:80', '10.244.2.2:8080']);
});

test('F10c: the answer of a hairpin comes back from the ClusterIP', () => {
  const last = trace(twoNodes, 'lab/r', 'svc/lab/svc:80').reply.at(-1)?.packet;
  assert.equal(`${last?.source.text}:${last?.sourcePort}`, '10.96.0.10:80');
});

test('F11: kube-proxy refuses where the node forwards: the packet is seen on the bridge, and costs a TTL', () => {
  for (const [to, cluster] of [
    ['svc/lab/none:80', twoNodes],
    ['svc/lab/local:80', withFailures],
  ] as const) {
    const { hops } = trace(cluster, 'lab/p1', to);
    assert.equal(devices(hops), 'p1 eth0 > n1 veth > n1 cni0', to);
    assert.equal(hops.at(-1)?.steps.at(-1)?.before.ttl, 63, to);
  }
});

test('F10e: a node that reaches itself through a Service shows the picked port on lo, and the answer the Service', () => {
  const agents = service('agents', '10.96.0.61', {
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 9100 }],
  });
  const agentSlice = {
    ...slice('agents', agent1),
    ports: [{ name: '', port: 9100, protocol: 'TCP' as const }],
  };
  const made = trace(
    {
      ...twoNodes,
      services: [...twoNodes.services, agents],
      slices: [...twoNodes.slices, agentSlice],
    },
    'node/n1',
    'svc/lab/agents:80',
  );
  const request = made.hops.at(-1)?.packet;
  const sent = made.hops[0]?.steps[0]?.before;
  assert.equal(request?.destination.text, '172.30.0.11');
  assert.notEqual(request.sourcePort, sent?.sourcePort);
  const reply = made.reply.at(-1)?.packet;
  assert.deepEqual([reply?.source.text, reply?.destinationPort], ['10.96.0.61', sent?.sourcePort]);
});

test('a datagram to an address that nobody has is not answered: UDP hears of no missing host', () => {
  const made = traceConnectivity(twoNodes, {
    from: { kind: 'pod', namespace: 'lab', name: 'p1' },
    to: { kind: 'address', address: '10.244.2.77' },
    port: 5353,
    protocol: 'UDP',
  });
  assert.deepEqual([made.verdict.id, made.verdict.symptom], ['host-unreachable', 'no answer']);
});

interface Failure {
  readonly to: string;
  readonly id: Trace['verdict']['id'];
  readonly result: Trace['result'];
  readonly final: Trace['final'];
  readonly symptom?: string;
}

const pending = pod('pending', '', [], {
  node: undefined,
  unscheduled: '0/2 nodes are available.',
  addresses: [],
});
const finished = pod('finished', 'n1', ['10.244.1.9'], {
  phase: { value: 'Succeeded', provenance: 'observed' },
});
const local = service('local', '10.96.0.20', { internalTrafficPolicy: 'Local' });
const withFailures: Cluster = {
  ...twoNodes,
  pods: [...twoNodes.pods, finished, pending],
  services: [...twoNodes.services, local],
  slices: [...twoNodes.slices, slice('local', r)],
};

const timeout = 'timeout after about 130 s';
const failures: readonly (Failure & { readonly fact: string })[] = [
  {
    fact: 'a Service without endpoints is refused at once',
    to: 'svc/lab/none:80',
    id: 'rejected-no-endpoints',
    result: 'Unreachable',
    final: 'Reject',
    symptom: 'connection refused at once',
  },
  {
    fact: 'internalTrafficPolicy Local without a local endpoint drops',
    to: 'svc/lab/local:80',
    id: 'dropped-no-local-endpoints',
    result: 'Unreachable',
    final: 'Drop',
    symptom: timeout,
  },
  {
    fact: 'an address of the own node that no pod has fails the neighbour lookup',
    to: '10.244.1.77:80',
    id: 'host-unreachable',
    result: 'Unreachable',
    final: 'Drop',
    symptom: 'no route to host after about 3 s',
  },
  {
    fact: 'an address of another node that no pod has fails there',
    to: '10.244.2.77:80',
    id: 'host-unreachable',
    result: 'Unreachable',
    final: 'Drop',
    symptom: 'no route to host after about 3 s',
  },
  {
    fact: 'a wrong port on a ClusterIP is not captured by iptables',
    to: 'svc/lab/svc:81',
    id: 'not-captured',
    result: 'Unreachable',
    final: 'Drop',
    symptom: timeout,
  },
  {
    fact: 'an unallocated ClusterIP is not captured by iptables',
    to: '10.96.7.7:80',
    id: 'not-captured',
    result: 'Unreachable',
    final: 'Drop',
    symptom: timeout,
  },
  {
    fact: 'a pod range without a node is lost',
    to: '10.244.9.9:80',
    id: 'no-route',
    result: 'Unreachable',
    final: 'Drop',
  },
  {
    fact: 'an unscheduled pod has no sandbox to reach',
    to: 'lab/pending:80',
    id: 'unscheduled',
    result: 'Unreachable',
    final: 'Abort',
  },
  {
    fact: 'a completed pod gave its address back',
    to: 'lab/finished:80',
    id: 'completed',
    result: 'Unreachable',
    final: 'Abort',
  },
  {
    fact: 'the stale address of a completed pod is nobody’s',
    to: '10.244.1.9:80',
    id: 'host-unreachable',
    result: 'Unreachable',
    final: 'Drop',
  },
  {
    fact: 'an IPv6 destination does not fit an IPv4 pod',
    to: '[fd00::1]:80',
    id: 'family-mismatch',
    result: 'Unreachable',
    final: 'Abort',
  },
  {
    fact: 'a name that no Service has does not resolve',
    to: 'nosuch:80',
    id: 'dns-failed',
    result: 'Unreachable',
    final: 'Abort',
  },
];

for (const { fact, to, id, result, final, symptom } of failures) {
  test(`verdict ${id}: ${fact}`, () => {
    const made = trace(withFailures, 'lab/p1', to);
    assert.deepEqual([made.verdict.id, made.result, made.final], [id, result, final], made.verdict.words);
    if (symptom !== undefined) assert.equal(made.verdict.symptom, symptom);
  });
}

const denyAll: NetworkPolicy = {
  kind: 'NetworkPolicy',
  namespace: 'lab',
  name: 'deny-all',
  podSelector: everything,
  isolates: { ingress: true, egress: true },
  ingress: [],
  egress: [],
};

test('E47: a pod that policies isolate still reaches itself, by loopback and by its own address', () => {
  for (const to of ['127.0.0.1:8080', '10.244.1.2:8080']) {
    const made = trace({ ...twoNodes, policies: [denyAll] }, 'lab/p1', to);
    assert.equal(made.result, 'Reachable', made.verdict.words);
  }
});

test('E6: an isolated pod cannot send, and the way ends on its own node', () => {
  const made = trace({ ...twoNodes, policies: [denyAll] }, 'lab/p1', 'lab/r:8080');
  assert.deepEqual(
    [made.verdict.id, made.hops.at(-1)?.place],
    ['dropped-policy', { kind: 'node', name: 'n1' }],
  );
});

test('an endpoint that was not reached is still named by its pod', () => {
  const made = trace({ ...twoNodes, policies: [denyAll] }, 'lab/p1', 'svc/lab/svc:80');
  assert.equal(made.candidates[0]?.destination.pod, 'lab/r');
});

test('a reply is restored only where the request was rewritten', () => {
  const restored = trace(twoNodes, 'lab/p1', 'svc/lab/svc:80')
    .reply.flatMap((hop) => hop.steps)
    .filter((step) => step.kind === 'restore');
  assert.deepEqual(
    restored.map(({ end }) => end),
    ['source'],
  );
});

test('two containers that want one port make the verdict undetermined, and break principle G4', () => {
  const container = p2.spec.containers[0];
  assert(container);
  const clash = { ...p2, spec: { ...p2.spec, containers: [container, { ...container, name: 'second' }] } };
  const made = trace({ ...twoNodes, pods: [agent1, agent2, p1, clash, r] }, 'lab/p1', 'lab/p2:8080');
  assert.deepEqual([made.verdict.id, made.result, made.final], ['port-conflict', 'Undetermined', 'Deliver']);
  assert.equal(made.principles.find(({ id }) => id === 'G4')?.status, 'violated');
});

test('a port that no container declares is still reachable, with a warning', () => {
  const made = trace(twoNodes, 'lab/p1', 'lab/p2:9999');
  assert.equal(made.result, 'Reachable');
  assert.deepEqual(
    made.warnings.map(({ code }) => code),
    ['port.undeclared'],
  );
});

test('a Service is traced to every endpoint, each with its share of the connections', () => {
  const cluster = { ...twoNodes, slices: [slice('svc', p2, r)] };
  const made = trace(cluster, 'lab/p1', 'svc:80');
  assert.deepEqual(
    made.candidates.map((way) => [way.destination.pod, way.probability]),
    [
      ['lab/p2', 0.5],
      ['lab/r', 0.5],
    ],
  );
});

test('every flow of two nodes keeps the principles that apply to it', () => {
  const ends = ['lab/p1', 'lab/p2', 'lab/r', 'lab/agent1', 'node/n2'];
  for (const from of ends) {
    for (const to of ['lab/p2:8080', 'lab/r:8080', 'svc/lab/svc:80', 'node/n1:9100']) {
      const made = trace(twoNodes, from, to);
      const violated = made.principles.filter(({ status }) => status === 'violated');
      assert.deepEqual(violated, [], `${from} -> ${to}`);
      assert.equal(made.principles.length, 4, `${from} -> ${to}: ${made.verdict.words}`);
    }
  }
});

const promises: readonly {
  readonly fact: string;
  readonly from: string;
  readonly to: string;
  readonly holds: readonly string[];
}[] = [
  { fact: 'pod to pod keeps G1, G3 and G4', from: 'lab/p1', to: 'lab/r:8080', holds: ['G1', 'G3', 'G4'] },
  {
    fact: 'node to remote pod keeps G2, though the port is picked anew',
    from: 'node/n1',
    to: 'lab/r:8080',
    holds: ['G2', 'G4'],
  },
  {
    fact: 'a pod to another node is outside the promises of address',
    from: 'lab/p1',
    to: 'node/n2:9100',
    holds: ['G4'],
  },
  { fact: 'a Service keeps the client visible', from: 'lab/p1', to: 'svc/lab/svc:80', holds: ['G3', 'G4'] },
];

for (const { fact, from, to, holds } of promises) {
  test(`principles: ${fact}`, () => {
    const made = trace(twoNodes, from, to);
    assert.deepEqual(
      made.principles.filter(({ status }) => status === 'holds').map(({ id }) => id),
      holds,
    );
  });
}
