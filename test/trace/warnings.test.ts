// What a trace warns of besides its verdict (table F): facts on the way that surprise people, and never change the result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { parseEnd } from '../../src/trace/endText';
import type { TraceQuery } from '../../src/trace/query';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { container, exposedNodes, p1, plainSpec, r, service, slice, twoNodes } from './twoNodes';

interface Row {
  readonly fact: string;
  readonly cluster: Cluster;
  readonly from: string;
  readonly to: string;
  readonly protocol?: TraceQuery['protocol'];
  readonly code: string;
  readonly says: string;
}

const byName = service('named', '10.96.0.70', {
  selector: {},
  ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 'web' }],
});
const withMesh: Cluster = {
  ...twoNodes,
  pods: twoNodes.pods.map((pod) =>
    pod === r
      ? { ...r, spec: { ...plainSpec, containers: [container('app', 8080), container('istio-proxy')] } }
      : pod,
  ),
};
const leaving: Cluster = {
  ...twoNodes,
  pods: twoNodes.pods.map((pod) => (pod === r ? { ...r, terminating: true } : pod)),
};
const named: Cluster = {
  ...twoNodes,
  services: [...twoNodes.services, { ...byName, selector: { app: 'p1' } }],
  slices: [...twoNodes.slices, slice('named', p1)],
};

const rows: readonly Row[] = [
  {
    fact: 'a masqueraded client is not what the server logs',
    cluster: exposedNodes,
    from: '203.0.113.10',
    to: 'node/n1:30080',
    code: 'source.rewritten',
    says: 'sees 172.30.0.11 instead of the client 203.0.113.10',
  },
  {
    fact: 'a pod that is being deleted answers for a while',
    cluster: leaving,
    from: 'lab/p1',
    to: 'lab/r:8080',
    code: 'pod.terminating',
    says: 'lab/r is being deleted',
  },
  {
    fact: "a mesh's sidecar redirects inside the pod",
    cluster: withMesh,
    from: 'lab/p1',
    to: 'lab/r:8080',
    code: 'mesh.sidecar',
    says: 'istio-proxy in pod lab/r',
  },
  {
    fact: 'pods without the named target port get no connections',
    cluster: named,
    from: 'lab/p2',
    to: 'svc/lab/named:80',
    code: 'service.named-port-missing',
    says: '0 of 1 pods',
  },
  {
    fact: 'a UDP server on a node answers a pod of that node from the bridge',
    cluster: twoNodes,
    from: 'lab/p1',
    to: 'node/n1:9100',
    protocol: 'UDP',
    code: 'udp.reply-address',
    says: 'answers UDP from 10.244.1.1',
  },
];

for (const { fact, cluster, from, to, protocol = 'TCP', code, says } of rows) {
  test(`warning ${code}: ${fact}`, () => {
    const [source, destination] = [parseEnd(from), parseEnd(to)];
    assert(source && destination);
    const query = { from: source.end, to: destination.end, port: destination.port, protocol };
    const made = traceConnectivity(cluster, query, { cni: 'bridge', kubeProxy: 'iptables' });
    const found = made.warnings.find((warning) => warning.code === code);
    assert(found?.text.includes(says), made.warnings.map(({ text }) => text).join('\n'));
  });
}

test('a UDP server on another node answers from the address that was asked', () => {
  const query = {
    from: { kind: 'pod', namespace: 'lab', name: 'p1' },
    to: { kind: 'node', name: 'n2' },
    port: 9100,
    protocol: 'UDP',
  } as const;
  const made = traceConnectivity(twoNodes, query, { cni: 'bridge' });
  assert(!made.warnings.some(({ code }) => code === 'udp.reply-address'));
});
