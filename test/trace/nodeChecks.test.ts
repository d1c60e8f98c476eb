// Which settings of a node would explain a failure that the trace does not see (C5), and how large packets may be (C2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CniProfileId } from '../../src/dataplane/profile';
import { parseEnd } from '../../src/trace/endText';
import { nodeChecks, pathMtu, type NodeCheck } from '../../src/trace/nodeChecks';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { exposedNodes } from './twoNodes';

function traced(from: string, to: string, cni: CniProfileId) {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  const choice = { cni, kubeProxy: 'iptables' } as const;
  const trace = traceConnectivity(exposedNodes, query, choice);
  return { trace, checks: nodeChecks(exposedNodes, trace, choice).map(({ id }) => id) };
}

const rows: readonly {
  readonly fact: string;
  readonly from: string;
  readonly to: string;
  readonly cni: CniProfileId;
  readonly checks: readonly NodeCheck['id'][];
}[] = [
  {
    fact: 'pods of one bridge need nothing of the node',
    from: 'lab/p1',
    to: 'lab/p2:8080',
    cni: 'bridge',
    checks: [],
  },
  {
    fact: 'a ClusterIP with an endpoint on the same bridge needs bridge netfilter',
    from: 'lab/r2',
    to: 'svc/lab/svc:80',
    cni: 'bridge',
    checks: ['bridgeNetfilter'],
  },
  {
    fact: 'a pod that reaches itself needs hairpin mode',
    from: 'lab/r',
    to: 'svc/lab/svc:80',
    cni: 'bridge',
    checks: ['hairpin'],
  },
  {
    fact: 'other nodes need forwarding and routes',
    from: 'lab/p1',
    to: 'lab/r:8080',
    cni: 'bridge',
    checks: ['ipForward', 'podRoutes'],
  },
  {
    fact: 'over veths pods of one node need forwarding',
    from: 'lab/p1',
    to: 'lab/p2:8080',
    cni: 'kindnet',
    checks: ['ipForward'],
  },
  {
    fact: 'a tunnel needs its port open and room for its header',
    from: 'lab/p1',
    to: 'lab/r:8080',
    cni: 'flannel-vxlan',
    checks: ['ipForward', 'podRoutes', 'tunnel-port', 'mtu'],
  },
  {
    fact: 'a node port on loopback needs route_localnet',
    from: 'node/n2',
    to: '127.0.0.1:30080',
    cni: 'kindnet',
    checks: ['routeLocalnet'],
  },
  {
    fact: 'a trace that fails already says why',
    from: 'lab/p1',
    to: 'svc/lab/none:80',
    cni: 'bridge',
    checks: [],
  },
];

for (const { fact, from, to, cni, checks } of rows) {
  test(fact, () => {
    const made = traced(from, to, cni);
    assert.deepEqual(made.checks, checks, made.trace.verdict.words);
  });
}

test('C2: the way through VXLAN takes 1450 bytes, through IPIP 1480, OVN-Kubernetes 1400, without a tunnel 1500', () => {
  const mtu = (cni: CniProfileId) => pathMtu(traced('lab/p1', 'lab/r:8080', cni).trace.hops);
  assert.deepEqual(
    (['flannel-vxlan', 'calico-ipip', 'ovn-kubernetes', 'bridge', 'aws'] as const).map(mtu),
    [1450, 1480, 1400, 1500, 9001],
  );
});
