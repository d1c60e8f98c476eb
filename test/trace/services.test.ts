// Tables D1, D3 and C4 of the networking facts: which rule takes a connection to a Service, a node port or a host port, what
// becomes of it under each traffic policy, and whom the receiver sees; in every kube-proxy mode where they differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { Cluster } from '../../src/model/cluster';
import type { Pod } from '../../src/model/pod';
import type { Service } from '../../src/model/service';
import { observed } from '../../src/model/source';
import { parseEnd } from '../../src/trace/endText';
import type { TraceQuery } from '../../src/trace/query';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { container, exposedNodes, ip, p2, plainSpec, pod, r, r2, service, slice, twoNodes } from './twoNodes';

const onBridge: ProfileChoice = { cni: 'bridge', kubeProxy: 'iptables' };

function trace(
  cluster: Cluster,
  from: string,
  to: string,
  choice: ProfileChoice = onBridge,
  protocol: TraceQuery['protocol'] = 'TCP',
): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  return traceConnectivity(
    cluster,
    { from: source.end, to: destination.end, port: destination.port, protocol },
    choice,
  );
}

/** `peer > endpoint:port` of every way, or its verdict. */
function ways(made: Trace): readonly string[] {
  if (made.candidates.length === 0) return [made.verdict.id];
  return made.candidates.map((way) => {
    const last = way.hops.at(-1)?.steps.at(-1)?.after;
    if (way.result !== 'Reachable' || last === undefined) return way.verdict.id;
    return `${last.source.text} > ${last.destination.text}:${last.destinationPort}`;
  });
}

function withService(made: Service, ...endpoints: readonly Pod[]): Cluster {
  return {
    ...twoNodes,
    services: [...twoNodes.services, made],
    slices: [...twoNodes.slices, slice(made.name, ...endpoints)],
  };
}

const x = '203.0.113.10';
const viaR = '10.244.2.2:8080';

interface Row {
  readonly fact: string;
  readonly cluster?: Cluster;
  readonly from: string;
  readonly to: string;
  readonly ways: readonly string[];
  readonly choice?: ProfileChoice;
  readonly protocol?: TraceQuery['protocol'];
}

const vip = service('vip', '10.96.0.40', {
  type: 'LoadBalancer',
  loadBalancerIps: [observed(ip('198.51.100.7'))],
});
const vipCluster = withService(vip, r);
const vipLocal = withService({ ...vip, externalTrafficPolicy: 'Local' }, r);
const vipRanged = withService({ ...vip, loadBalancerSourceRanges: ['192.0.2.0/24'] }, r);
const external = withService(service('ext', '10.96.0.41', { externalIps: [ip('198.51.100.9')] }), r);
const proxied = withService(
  service('proxied', '10.96.0.42', {
    type: 'LoadBalancer',
    loadBalancerProxies: [observed('198.51.100.8')],
    ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30090 }],
  }),
  r,
);
const nftables: ProfileChoice = { cni: 'bridge', kubeProxy: 'nftables' };
const ipvs: ProfileChoice = { cni: 'bridge', kubeProxy: 'ipvs' };

const rows: readonly Row[] = [
  // D1: capture
  {
    fact: 'D1.2 an address of a load balancer is taken by the node of the client',
    cluster: vipCluster,
    from: 'lab/p1',
    to: '198.51.100.7:80',
    ways: [`172.30.0.11 > ${viaR}`],
  },
  {
    fact: 'D1.2 externalIPs are taken by every node',
    cluster: external,
    from: 'lab/p1',
    to: '198.51.100.9:80',
    ways: [`172.30.0.11 > ${viaR}`],
  },
  {
    fact: "D1.3 another node's node port is that node's business",
    cluster: exposedNodes,
    from: 'lab/p1',
    to: 'node/n2:30080',
    ways: [`10.244.2.1 > ${viaR}`],
  },
  {
    fact: 'D1.3 a node port on the own node',
    cluster: exposedNodes,
    from: 'lab/p1',
    to: 'node/n1:30080',
    ways: [`172.30.0.11 > ${viaR}`],
  },
  {
    fact: 'D1 UDP is not captured by a TCP port',
    cluster: exposedNodes,
    from: 'lab/p1',
    to: '10.96.0.10:80',
    ways: ['not-captured'],
    protocol: 'UDP',
  },
  {
    fact: 'D1 iptables leaves a wrong port of a ClusterIP alone',
    from: 'lab/p1',
    to: '10.96.0.10:81',
    ways: ['not-captured'],
  },
  {
    fact: 'D1 nftables refuses a wrong port of a ClusterIP',
    from: 'lab/p1',
    to: '10.96.0.10:81',
    ways: ['refused-no-listener'],
    choice: nftables,
  },
  {
    fact: 'D1 IPVS refuses a wrong port of a ClusterIP',
    from: 'lab/p1',
    to: '10.96.0.10:81',
    ways: ['refused-no-listener'],
    choice: ipvs,
  },
  {
    fact: 'D1 iptables leaves an unallocated ClusterIP alone',
    from: 'lab/p1',
    to: '10.96.7.7:80',
    ways: ['not-captured'],
  },
  {
    fact: 'D1 nftables drops an unallocated ClusterIP',
    from: 'lab/p1',
    to: '10.96.7.7:80',
    ways: ['not-captured'],
    choice: nftables,
  },
  {
    fact: 'D1 a ping to a ClusterIP is not answered in iptables mode',
    from: 'lab/p1',
    to: '10.96.0.10',
    ways: ['not-captured'],
    protocol: 'ICMP',
  },
  {
    fact: 'D1 a ping to a ClusterIP is answered in IPVS mode, by the node',
    from: 'lab/p1',
    to: '10.96.0.10',
    ways: ['10.244.1.2 > 10.96.0.10:0'],
    choice: ipvs,
    protocol: 'ICMP',
  },
  {
    fact: 'a ping to a pod is delivered',
    from: 'lab/p1',
    to: 'lab/r',
    ways: ['10.244.1.2 > 10.244.2.2:0'],
    protocol: 'ICMP',
  },
  // D3: verdicts
  {
    fact: 'D3 a ClusterIP without endpoints is rejected',
    from: 'lab/p1',
    to: 'svc/lab/none:80',
    ways: ['rejected-no-endpoints'],
  },
  {
    fact: 'D3 a ClusterIP without endpoints is rejected in nftables mode too',
    from: 'lab/p1',
    to: 'svc/lab/none:80',
    ways: ['rejected-no-endpoints'],
    choice: nftables,
  },
  {
    fact: 'D3 internalTrafficPolicy Local binds node processes too',
    cluster: withService(service('itp', '10.96.0.50', { internalTrafficPolicy: 'Local' }), r),
    from: 'node/n1',
    to: '10.96.0.50:80',
    ways: ['dropped-no-local-endpoints'],
  },
  {
    fact: 'D3 internalTrafficPolicy Local reaches the local endpoint',
    cluster: withService(service('itp', '10.96.0.50', { internalTrafficPolicy: 'Local' }), p2, r),
    from: 'lab/p1',
    to: '10.96.0.50:80',
    ways: ['10.244.1.2 > 10.244.1.3:8080'],
  },
  {
    fact: 'D3 externalTrafficPolicy Local: the node itself is short-circuited, and masqueraded',
    cluster: exposedNodes,
    from: 'node/n1',
    to: 'node/n1:30081',
    ways: [`172.30.0.11 > ${viaR}`],
  },
  {
    fact: 'D3 externalTrafficPolicy Local: mixed results by the node that is the way in',
    cluster: vipLocal,
    from: x,
    to: 'svc/lab/vip:80',
    ways: ['dropped-no-local-endpoints', `${x} > ${viaR}`],
  },
  {
    fact: 'D3 load balancer under policy Cluster: every node is a way in, clients are masqueraded',
    cluster: vipCluster,
    from: x,
    to: 'svc/lab/vip:80',
    ways: [`172.30.0.11 > ${viaR}`, `10.244.2.1 > ${viaR}`],
  },
  {
    fact: 'D3 loadBalancerSourceRanges drop other clients',
    cluster: vipRanged,
    from: x,
    to: '198.51.100.7:80',
    ways: ['dropped-source-range', 'dropped-source-range'],
  },
  {
    fact: 'D3 loadBalancerSourceRanges let their own clients in',
    cluster: vipRanged,
    from: '192.0.2.5',
    to: '198.51.100.7:80',
    ways: [`172.30.0.11 > ${viaR}`, `10.244.2.1 > ${viaR}`],
  },
  {
    fact: 'D3 loadBalancerSourceRanges do not cover the ClusterIP',
    cluster: vipRanged,
    from: 'lab/p1',
    to: 'svc/lab/vip:80',
    ways: [`10.244.1.2 > ${viaR}`],
  },
  {
    fact: 'D1.2 a load balancer that proxies is seen in place of the client, masqueraded by the node',
    cluster: proxied,
    from: x,
    to: 'svc/lab/proxied:80',
    ways: [`172.30.0.11 > ${viaR}`, `10.244.2.1 > ${viaR}`],
  },
  { fact: 'a ClusterIP is not reached from outside', from: x, to: 'svc/lab/svc:80', ways: ['no-route'] },
  { fact: 'a pod is not known to be reached from outside', from: x, to: 'lab/r:8080', ways: ['unknown'] },
  {
    fact: 'a pod with a VPC address is reached from outside',
    from: x,
    to: 'lab/r:8080',
    ways: [`${x} > ${viaR}`],
    choice: { cni: 'aws' },
  },
  // node ports on loopback
  {
    fact: 'D1 iptables serves node ports on 127.0.0.1',
    cluster: exposedNodes,
    from: 'node/n1',
    to: '127.0.0.1:30080',
    ways: [`172.30.0.11 > ${viaR}`],
  },
  {
    fact: 'D1 not where route_localnet is 0',
    cluster: exposedNodes,
    from: 'node/n1',
    to: '127.0.0.1:30080',
    ways: ['127.0.0.1 > 127.0.0.1:30080'],
    choice: { ...onBridge, conditions: { routeLocalnet: false } },
  },
  {
    fact: 'D1 nftables does not serve node ports on 127.0.0.1',
    cluster: exposedNodes,
    from: 'node/n1',
    to: '127.0.0.1:30080',
    ways: ['127.0.0.1 > 127.0.0.1:30080'],
    choice: nftables,
  },
  {
    fact: 'C1b socket load balancing serves node ports on 127.0.0.1',
    cluster: exposedNodes,
    from: 'node/n1',
    to: '127.0.0.1:30080',
    ways: [`10.244.1.1 > ${viaR}`],
    choice: { cni: 'cilium-tunnel' },
  },
  // IPVS routes what a bridge would switch
  {
    fact: 'IPVS keeps the client of a ClusterIP',
    from: 'lab/p1',
    to: 'svc/lab/svc:80',
    ways: [`10.244.1.2 > ${viaR}`],
    choice: ipvs,
  },
  {
    fact: 'IPVS masquerades a node that asks for a ClusterIP',
    from: 'node/n1',
    to: '10.96.0.10:80',
    ways: [`172.30.0.11 > ${viaR}`],
    choice: ipvs,
  },
];

for (const { fact, cluster = twoNodes, from, to, ways: expected, choice, protocol } of rows) {
  test(fact, () => {
    const made = trace(cluster, from, to, choice, protocol);
    assert.deepEqual(ways(made), expected, made.verdict.words);
  });
}

test('D3 mixed results of the ways in are Ambiguous', () => {
  const made = trace(vipLocal, x, 'svc/lab/vip:80');
  assert.deepEqual([made.result, made.verdict.id], ['Ambiguous', 'ambiguous']);
});

test('D2 IPVS: a translated packet is routed, not switched, on one node', () => {
  const ttl = (choice: ProfileChoice) =>
    trace(twoNodes, 'lab/r2', 'svc/lab/svc:80', choice).hops.at(-1)?.packet.ttl;
  assert.deepEqual([ttl(onBridge), ttl(ipvs)], [64, 63]);
});

const hostPorted = pod('hp', 'n2', ['10.244.2.9'], {
  spec: {
    ...plainSpec,
    containers: [
      { ...container('web', 8080), ports: [{ containerPort: 8080, protocol: 'TCP', hostPort: 18080 }] },
    ],
  },
});
const withHostPort: Cluster = { ...twoNodes, pods: [...twoNodes.pods, hostPorted] };
const hp = '10.244.2.9:8080';

const hostPortRows: readonly Row[] = [
  {
    fact: 'C4 a client outside keeps its address at a host port',
    from: x,
    to: 'node/n2:18080',
    ways: [`${x} > ${hp}`],
  },
  {
    fact: 'C4 a pod of another node comes behind its own node',
    from: 'lab/p1',
    to: 'node/n2:18080',
    ways: [`172.30.0.11 > ${hp}`],
  },
  {
    fact: 'C4 a pod of the same node is masqueraded by the bridge',
    from: 'lab/r',
    to: 'node/n2:18080',
    ways: [`10.244.2.1 > ${hp}`],
  },
  {
    fact: 'C4 a pod reaches its own host port by hairpin',
    from: 'lab/hp',
    to: 'node/n2:18080',
    ways: [`10.244.2.1 > ${hp}`],
  },
  {
    fact: 'C4 the node reaches it by its own address',
    from: 'node/n2',
    to: 'node/n2:18080',
    ways: [`172.30.0.12 > ${hp}`],
  },
  {
    fact: 'C4 the node reaches it on loopback, masqueraded by the bridge',
    from: 'node/n2',
    to: '127.0.0.1:18080',
    ways: [`10.244.2.1 > ${hp}`],
  },
  {
    fact: 'C4 the same port of another node is not the host port',
    from: x,
    to: 'node/n1:18080',
    ways: [`${x} > 172.30.0.11:18080`],
  },
];

for (const { fact, from, to, ways: expected } of hostPortRows) {
  test(fact, () => {
    const made = trace(withHostPort, from, to);
    assert.deepEqual(ways(made), expected, made.verdict.words);
  });
}

test('C4 hostIP narrows a host port to one address', () => {
  const [web] = hostPorted.spec.containers;
  assert(web);
  const narrowed = {
    ...hostPorted,
    spec: {
      ...hostPorted.spec,
      containers: [{ ...web, ports: web.ports.map((port) => ({ ...port, hostIp: '127.0.0.1' })) }],
    },
  };
  const made = trace({ ...twoNodes, pods: [...twoNodes.pods, narrowed] }, x, 'node/n2:18080');
  assert.deepEqual(ways(made), [`${x} > 172.30.0.12:18080`]);
});

/** C5: what breaks when a switch of the node is off. */
const samePod = withService(service('same', '10.96.0.60'), r2);
const gotchas: readonly (Row & { readonly conditions: ProfileChoice['conditions'] })[] = [
  {
    fact: 'C5 bridge-nf-call-iptables=0: the answer of a same-node endpoint is never translated back',
    conditions: { bridgeNetfilter: false },
    cluster: samePod,
    from: 'lab/r',
    to: 'svc/lab/same:80',
    ways: ['reply-lost'],
  },
  {
    fact: 'C5 bridge-nf-call-iptables=0: a remote client is not affected',
    conditions: { bridgeNetfilter: false },
    cluster: samePod,
    from: 'lab/p1',
    to: 'svc/lab/same:80',
    ways: ['10.244.1.2 > 10.244.2.3:8080'],
  },
  {
    fact: 'C5 hairpin off: a pod does not reach itself through its Service',
    conditions: { hairpin: false },
    from: 'lab/r',
    to: 'svc/lab/svc:80',
    ways: ['no-route'],
  },
  {
    fact: 'C5 ip_forward=0: nothing leaves the node',
    conditions: { ipForward: false },
    from: 'lab/p1',
    to: 'lab/r:8080',
    ways: ['no-route'],
  },
  {
    fact: 'C5 no route to the pods of another node: the packet leaves by the default route and is lost',
    conditions: { podRoutes: false },
    from: 'lab/p1',
    to: 'lab/r:8080',
    ways: ['no-route'],
  },
];

for (const { fact, conditions, cluster = twoNodes, from, to, ways: expected } of gotchas) {
  test(fact, () => {
    const made = trace(cluster, from, to, { ...onBridge, conditions });
    assert.deepEqual(ways(made), expected, made.verdict.words);
  });
}

test('flannel does not enforce NetworkPolicy: the trace says so and what the policies would say (E61)', () => {
  const isolated: Cluster = {
    ...twoNodes,
    policies: [
      {
        kind: 'NetworkPolicy',
        namespace: 'lab',
        name: 'deny-all',
        podSelector: { requirements: [] },
        isolates: { ingress: true, egress: false },
        ingress: [],
        egress: [],
      },
    ],
  };
  const made = trace(isolated, 'lab/p1', 'lab/r:8080', { cni: 'flannel-vxlan' });
  assert.equal(made.result, 'Reachable');
  assert(made.warnings.some(({ text }) => text.includes('does not enforce NetworkPolicy')));
  assert.equal(trace(isolated, 'lab/p1', 'lab/r:8080', { cni: 'calico' }).result, 'Unreachable');
});
