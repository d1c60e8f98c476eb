// Table D6 of the networking facts: which source address NetworkPolicy gets to see, and which the pod sees. Policies are asked
// after Service translation and before masquerading, on the node of the pod that they are about.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CniProfileId } from '../../src/dataplane/profile';
import { parseEnd } from '../../src/trace/endText';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { exposedNodes } from './twoNodes';

interface Row {
  readonly fact: string;
  readonly from: string;
  readonly to: string;
  /** Source and destination port at the ingress judgement; undefined: policies are not asked. */
  readonly point: string | undefined;
  readonly peer: string;
}

const x = '203.0.113.10';
const rows: readonly Row[] = [
  {
    fact: "a client outside at the endpoint's own node is judged by its own address",
    from: x,
    to: 'node/n2:30080',
    point: `${x} 8080`,
    peer: '10.244.2.1',
  },
  {
    fact: 'a client outside by another node is judged as that node',
    from: x,
    to: 'node/n1:30080',
    point: '172.30.0.11 8080',
    peer: '172.30.0.11',
  },
  {
    fact: 'under a Local policy the client is judged and seen',
    from: x,
    to: 'node/n2:30081',
    point: `${x} 8080`,
    peer: x,
  },
  {
    fact: 'a pod that reaches itself through its Service is judged as itself',
    from: 'lab/r',
    to: 'svc/lab/svc:80',
    point: '10.244.2.2 8080',
    peer: '10.244.2.1',
  },
  {
    fact: 'a pod that reaches its own address is judged as itself, on loopback',
    from: 'lab/r',
    to: '10.244.2.2:8080',
    point: undefined,
    peer: '10.244.2.2',
  },
  {
    fact: 'a node that asks for a ClusterIP of another node is judged by its address',
    from: 'node/n1',
    to: '10.96.0.10:80',
    point: '172.30.0.11 8080',
    peer: '172.30.0.11',
  },
  {
    fact: "a pod at its own node's node port loses its identity",
    from: 'lab/p1',
    to: 'node/n1:30080',
    point: '172.30.0.11 8080',
    peer: '172.30.0.11',
  },
  {
    fact: "a pod at another node's node port is judged as its own node",
    from: 'lab/p1',
    to: 'node/n2:30080',
    point: '172.30.0.11 8080',
    peer: '10.244.2.1',
  },
  {
    fact: "a pod at another node's node port under a Local policy is judged and seen as its own node",
    from: 'lab/p1',
    to: 'node/n2:30081',
    point: '172.30.0.11 8080',
    peer: '172.30.0.11',
  },
  {
    fact: 'a ClusterIP is judged by the target port, and the client by its own address',
    from: 'lab/p1',
    to: 'svc/lab/svc:80',
    point: '10.244.1.2 8080',
    peer: '10.244.1.2',
  },
];

function seenBy(from: string, to: string, cni: CniProfileId) {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  const made = traceConnectivity(exposedNodes, query, { cni, kubeProxy: 'iptables' });
  const steps = made.hops.flatMap((hop) => hop.steps);
  const asked = steps.find((step) => step.kind === 'policy' && step.ruling.direction === 'ingress');
  return {
    point: asked && `${asked.before.source.text} ${asked.before.destinationPort}`,
    peer: steps.at(-1)?.after.source.text,
  };
}

for (const { fact, from, to, point, peer } of rows) {
  for (const cni of ['bridge', 'kindnet'] as const)
    test(`D6 ${cni}: ${fact}`, () => {
      assert.deepEqual(seenBy(from, to, cni), { point, peer });
    });
}

test('D6 flannel VXLAN: a node that asks for a ClusterIP is judged by the address of its tunnel device', () => {
  const { point, peer } = seenBy('node/n1', '10.96.0.10:80', 'flannel-vxlan');
  assert.deepEqual([point, peer], ['10.244.1.0 8080', '10.244.1.0']);
});

test('D6: a node and its own pod: policies are asked, and let the own node in (E50)', () => {
  assert.deepEqual(seenBy('node/n1', 'lab/p1:8080', 'bridge'), {
    point: '10.244.1.1 8080',
    peer: '10.244.1.1',
  });
});
