// Table C1 of the networking facts, cell by cell: whom the receiver sees as its peer, and the TTL it gets, for every flow in
// every measured profile; and C1b, the peers of the profiles that only sources back, where TTL is not asserted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import type { CniProfileId } from '../../src/dataplane/profile';
import { parseEnd } from '../../src/trace/endText';
import type { Trace, Way } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { bothFamilies, inIpv6, textInIpv6 } from './ipv6';
import { exposedNodes } from './twoNodes';

function trace(from: string, to: string, cni: CniProfileId, cluster = exposedNodes): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  return traceConnectivity(cluster, query, {
    cni,
    kubeProxy: cni.startsWith('cilium') ? 'none' : 'iptables',
  });
}

/** `peer /ttl` at the receiver, or the verdict's id where nothing is delivered. */
function seen(way: Way | undefined): string {
  const last = way?.hops.at(-1)?.steps.at(-1);
  if (way === undefined || last === undefined) return 'nothing sent';
  if (way.result !== 'Reachable') return way.verdict.id;
  return `${last.after.source.text} /${last.after.ttl}`;
}

interface Row {
  readonly flow: string;
  readonly fact: string;
  readonly from: string;
  readonly to: string;
  /** bridge, ptp, flannel VXLAN, Calico without encapsulation. */
  readonly cells: readonly [string, string, string, string];
}

const columns: readonly CniProfileId[] = ['flannel-host-gw', 'kindnet', 'flannel-vxlan', 'calico'];
const same = (cell: string): Row['cells'] => [cell, cell, cell, cell];

const c1: readonly Row[] = [
  {
    flow: 'F1',
    fact: 'containers of a pod talk over lo',
    from: 'lab/p1',
    to: '127.0.0.1:8080',
    cells: same('127.0.0.1 /64'),
  },
  {
    flow: 'F1b',
    fact: 'a pod reaches its own address over lo',
    from: 'lab/p1',
    to: '10.244.1.2:8080',
    cells: same('10.244.1.2 /64'),
  },
  {
    flow: 'F2',
    fact: 'pods of one node are switched on a bridge, routed over veths',
    from: 'lab/p1',
    to: 'lab/p2:8080',
    cells: ['10.244.1.2 /64', '10.244.1.2 /63', '10.244.1.2 /64', '10.244.1.2 /63'],
  },
  {
    flow: 'F3',
    fact: 'pods of two nodes are routed twice, tunnel or not',
    from: 'lab/p1',
    to: 'lab/r:8080',
    cells: same('10.244.1.2 /62'),
  },
  {
    flow: 'F4',
    fact: 'a node reaches its own pod from the device towards it',
    from: 'node/n1',
    to: 'lab/p1:8080',
    cells: ['10.244.1.1 /64', '10.244.1.1 /64', '10.244.1.1 /64', '172.30.0.11 /64'],
  },
  {
    flow: 'F5',
    fact: "a node reaches another node's pod from the device that it leaves by",
    from: 'node/n1',
    to: 'lab/r:8080',
    cells: ['172.30.0.11 /63', '172.30.0.11 /63', '10.244.1.0 /63', '172.30.0.11 /63'],
  },
  {
    flow: 'F6',
    fact: 'a pod reaches its own node without NAT',
    from: 'lab/p1',
    to: 'node/n1:9100',
    cells: same('10.244.1.2 /64'),
  },
  {
    flow: 'F7',
    fact: 'a pod reaches another node behind its own',
    from: 'lab/p1',
    to: 'node/n2:9100',
    cells: same('172.30.0.11 /63'),
  },
  {
    flow: 'F8',
    fact: 'a pod leaves the cluster behind its node',
    from: 'lab/p1',
    to: '203.0.113.10:443',
    cells: same('172.30.0.11 /63'),
  },
  {
    flow: 'F9',
    fact: 'a client outside reaches a remote endpoint by a node port, masqueraded by the way out',
    from: '203.0.113.10',
    to: 'node/n1:30080',
    cells: ['172.30.0.11 /61', '172.30.0.11 /61', '10.244.1.0 /61', '172.30.0.11 /61'],
  },
  {
    flow: "F9'",
    fact: 'a client outside reaches a local endpoint by a node port',
    from: '203.0.113.10',
    to: 'node/n2:30080',
    cells: ['10.244.2.1 /62', '10.244.2.1 /62', '10.244.2.1 /62', '172.30.0.12 /62'],
  },
  {
    flow: 'F9b',
    fact: 'a node port with a Local policy keeps the client',
    from: '203.0.113.10',
    to: 'node/n2:30081',
    cells: same('203.0.113.10 /62'),
  },
  {
    flow: 'F9c',
    fact: 'a node port with a Local policy and no local endpoint drops',
    from: '203.0.113.10',
    to: 'node/n1:30081',
    cells: same('dropped-no-local-endpoints'),
  },
  {
    flow: 'F9d',
    fact: 'a pod is not bound by the Local policy of a node port of its own node',
    from: 'lab/p1',
    to: 'node/n1:30081',
    cells: same('10.244.1.2 /62'),
  },
  {
    flow: 'F10',
    fact: 'a ClusterIP keeps the client',
    from: 'lab/p1',
    to: 'svc/lab/svc:80',
    cells: same('10.244.1.2 /62'),
  },
  {
    flow: 'F10b',
    fact: 'a node that asks for a ClusterIP is seen by the device it leaves by',
    from: 'node/n1',
    to: '10.96.0.10:80',
    cells: ['172.30.0.11 /63', '172.30.0.11 /63', '10.244.1.0 /63', '172.30.0.11 /63'],
  },
  {
    flow: 'F10c',
    fact: 'an endpoint that reaches itself through its Service sees its node',
    from: 'lab/r',
    to: 'svc/lab/svc:80',
    cells: ['10.244.2.1 /64', '10.244.2.1 /63', '10.244.2.1 /64', '172.30.0.12 /63'],
  },
  {
    flow: 'F10d',
    fact: 'a ClusterIP with an endpoint on the same node is switched on a bridge, routed over veths',
    from: 'lab/r2',
    to: 'svc/lab/svc:80',
    cells: ['10.244.2.3 /64', '10.244.2.3 /63', '10.244.2.3 /64', '10.244.2.3 /63'],
  },
];

for (const { flow, fact, from, to, cells } of c1) {
  for (const [index, cni] of columns.entries()) {
    test(`C1 ${flow} ${cni}: ${fact}`, () => {
      const made = trace(from, to, cni);
      assert.equal(seen(made.candidates[0]), cells[index], made.verdict.words);
      const lost = made.candidates.filter(({ verdict }) => verdict.id === 'reply-lost');
      assert.deepEqual(lost, [], 'the answer comes back');
    });
  }
}

/** Every cell once more, where the cluster has IPv6 only and where it has it beside IPv4. */
const dualStack: Cluster = bothFamilies(exposedNodes, inIpv6(exposedNodes));
for (const { flow, fact, from, to, cells } of c1) {
  for (const [index, cni] of columns.entries()) {
    test(`C1 ${flow} ${cni}, IPv6: ${fact}`, () => {
      const expected = textInIpv6(cells[index] ?? '');
      for (const cluster of [inIpv6(exposedNodes), dualStack]) {
        const [first, second] = [textInIpv6(from), textInIpv6(to)];
        const source = parseEnd(first);
        const destination = parseEnd(second);
        assert(source && destination, `${first} -> ${second} names two ends`);
        const query = {
          from: source.end,
          to: destination.end,
          port: destination.port,
          protocol: 'TCP',
          family: 6,
        } as const;
        const made = traceConnectivity(cluster, query, { cni, kubeProxy: 'iptables' });
        assert.equal(seen(made.candidates[0]), expected, made.verdict.words);
      }
    });
  }
}

test('a family that one end lacks is a verdict, not a guess', () => {
  const query = {
    from: { kind: 'pod', namespace: 'lab', name: 'p1' },
    to: { kind: 'service', namespace: 'lab', name: 'svc' },
    port: 80,
    protocol: 'TCP',
    family: 6,
  } as const;
  const made = traceConnectivity(exposedNodes, query, { cni: 'bridge' });
  assert.deepEqual([made.result, made.verdict.id], ['Unreachable', 'family-mismatch']);
});

interface PeerRow {
  readonly flow: string;
  readonly fact: string;
  readonly from: string;
  readonly to: string;
  readonly peers: Partial<Record<CniProfileId, string>>;
}

const podIp = '10.244.1.2';
const n1 = '172.30.0.11';
const everywhere = (peer: string): Partial<Record<CniProfileId, string>> => ({
  'calico-ipip': peer,
  'calico-vxlan': peer,
  'cilium-tunnel': peer,
  'cilium-native': peer,
  aws: peer,
  'azure-overlay': peer,
  antrea: peer,
  'ovn-kubernetes': peer,
});

const c1b: readonly PeerRow[] = [
  {
    flow: 'F2',
    fact: 'pods of one node see each other',
    from: 'lab/p1',
    to: 'lab/p2:8080',
    peers: everywhere(podIp),
  },
  {
    flow: 'F3',
    fact: 'pods of two nodes see each other',
    from: 'lab/p1',
    to: 'lab/r:8080',
    peers: everywhere(podIp),
  },
  {
    flow: 'F4',
    fact: 'a node reaches its own pod',
    from: 'node/n1',
    to: 'lab/p1:8080',
    peers: {
      'calico-ipip': n1,
      'calico-vxlan': n1,
      'cilium-tunnel': '10.244.1.1',
      'cilium-native': '10.244.1.1',
      aws: n1,
      'azure-overlay': n1,
      antrea: '10.244.1.1',
      // The pods of this cluster have .2, where the management port would be: the last address stands in for it.
      'ovn-kubernetes': '10.244.1.254',
    },
  },
  {
    flow: 'F5',
    fact: "a node reaches another node's pod",
    from: 'node/n1',
    to: 'lab/r:8080',
    peers: {
      'calico-ipip': '10.244.1.1',
      'calico-vxlan': '10.244.1.1',
      'cilium-tunnel': '10.244.1.1',
      'cilium-native': n1,
      aws: n1,
      'azure-overlay': n1,
      antrea: '10.244.1.1',
      // The pods of this cluster have .2, where the management port would be: the last address stands in for it.
      'ovn-kubernetes': '10.244.1.254',
    },
  },
  {
    flow: 'F6',
    fact: 'a pod reaches its own node',
    from: 'lab/p1',
    to: 'node/n1:9100',
    peers: everywhere(podIp),
  },
  {
    flow: 'F7',
    fact: 'a pod reaches another node',
    from: 'lab/p1',
    to: 'node/n2:9100',
    peers: { ...everywhere(n1), 'cilium-tunnel': podIp, 'cilium-native': podIp, aws: podIp },
  },
  {
    flow: 'F8',
    fact: 'a pod leaves the cluster behind its node',
    from: 'lab/p1',
    to: '198.18.5.5:443',
    peers: everywhere(n1),
  },
  {
    flow: 'F10',
    fact: 'a ClusterIP keeps the client',
    from: 'lab/p1',
    to: 'svc/lab/svc:80',
    peers: everywhere(podIp),
  },
  {
    flow: 'F10c',
    fact: 'an endpoint reaches itself through its Service',
    from: 'lab/r',
    to: 'svc/lab/svc:80',
    peers: {
      'calico-ipip': '172.30.0.12',
      'calico-vxlan': '172.30.0.12',
      'cilium-tunnel': '10.244.2.2',
      'cilium-native': '10.244.2.2',
      aws: '172.30.0.12',
      antrea: '169.254.0.253',
      'ovn-kubernetes': '169.254.169.5',
    },
  },
];

for (const { flow, fact, from, to, peers } of c1b) {
  for (const [cni, peer] of Object.entries(peers)) {
    test(`C1b ${flow} ${cni}: ${fact}`, () => {
      const made = trace(from, to, cni as CniProfileId);
      const last = made.candidates[0]?.hops.at(-1)?.steps.at(-1);
      assert.equal(made.candidates[0]?.result, 'Reachable', made.verdict.words);
      assert.equal(last?.after.source.text, peer);
      assert.equal(made.profile.known, 'sources');
    });
  }
}

test('C1b F10 Cilium: no packet ever carries the ClusterIP', () => {
  for (const cni of ['cilium-tunnel', 'cilium-native'] as const) {
    const made = trace('lab/p1', 'svc/lab/svc:80', cni);
    const shown = made.hops.map(({ packet }) => packet.destination.text);
    assert.deepEqual(new Set(shown), new Set(['10.244.2.2']));
  }
});

test('C1 F3 VXLAN: the outer packet goes from node to node by UDP 8472, the inner header stays', () => {
  const made = trace('lab/p1', 'lab/r:8080', 'flannel-vxlan');
  const wrapped = made.hops.filter(({ outer }) => outer !== undefined);
  assert.deepEqual(
    wrapped.map(({ device, outer, packet }) => [
      device,
      outer?.source.text,
      outer?.destination.text,
      outer?.encapsulation.port,
      outer?.encapsulation.vni,
      outer?.ttl,
      packet.ttl,
    ]),
    ['eth0', 'wire', 'eth0'].map((device) => [device, n1, '172.30.0.12', 8472, 1, 64, 63]),
  );
});

test('C1 F8 VXLAN: what leaves the cluster is not tunnelled', () => {
  const made = trace('lab/p1', '203.0.113.10:443', 'flannel-vxlan');
  assert.deepEqual(
    made.hops.filter(({ outer }) => outer !== undefined),
    [],
  );
});

test('the answer of a host outside comes back to the pod that asked', () => {
  for (const cni of columns) {
    const made = trace('lab/p1', '203.0.113.10:443', cni);
    const last = made.reply.at(-1);
    assert.deepEqual([last?.place.kind, last?.packet.destination.text], ['pod', podIp]);
  }
});

interface DeviceRow {
  readonly cni: CniProfileId;
  readonly fact: string;
  readonly to: string;
  readonly devices: string;
}

/** C2: the devices of one way, veths by the beginning of their names. */
const c2: readonly DeviceRow[] = [
  {
    cni: 'kindnet',
    fact: 'every packet between pods of a node is routed, from veth to veth',
    to: 'lab/p2:8080',
    devices: 'p1 eth0 > n1 veth > n1 veth > p2 eth0',
  },
  {
    cni: 'kindnet',
    fact: 'nodes route to each other by their addresses',
    to: 'lab/r:8080',
    devices: 'p1 eth0 > n1 veth > n1 eth0 > fabric wire > n2 eth0 > n2 veth > r eth0',
  },
  {
    cni: 'flannel-vxlan',
    fact: 'the tunnel device stands between the bridge and the uplink, on both sides',
    to: 'lab/r:8080',
    devices:
      'p1 eth0 > n1 veth > n1 cni0 > n1 flannel.1 > n1 eth0 > fabric wire > n2 eth0 > n2 flannel.1 > n2 cni0 > n2 veth > r eth0',
  },
  {
    cni: 'flannel-vxlan-direct',
    fact: 'DirectRouting leaves the tunnel out inside one subnet',
    to: 'lab/r:8080',
    devices: 'p1 eth0 > n1 veth > n1 cni0 > n1 eth0 > fabric wire > n2 eth0 > n2 cni0 > n2 veth > r eth0',
  },
  {
    cni: 'calico-ipip',
    fact: 'IPIP goes by tunl0',
    to: 'lab/r:8080',
    devices: 'p1 eth0 > n1 cali > n1 tunl0 > n1 eth0 > fabric wire > n2 eth0 > n2 tunl0 > n2 cali > r eth0',
  },
  {
    cni: 'antrea',
    fact: 'the switch tunnels by itself, the node carries the outer packet',
    to: 'lab/r:8080',
    devices:
      'p1 eth0 > n1 p1- > n1 antrea-tun0 > n1 eth0 > fabric wire > n2 eth0 > n2 antrea-tun0 > n2 r- > r eth0',
  },
];

for (const { cni, fact, to, devices } of c2) {
  test(`C2 ${cni}: ${fact}`, () => {
    const made = trace('lab/p1', to, cni);
    const shown = made.hops.map(({ place, device }) => {
      const where = place.kind === 'pod' || place.kind === 'node' ? place.name : place.kind;
      return `${where} ${device.replace(/^(veth|cali|lxc|eni|azv|gke)[0-9a-f]{8}$/, '$1').replace(/-[0-9a-f]{6}$/, '-')}`;
    });
    assert.equal(shown.join(' > '), devices, made.verdict.words);
  });
}
