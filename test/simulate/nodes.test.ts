// Nodes, node addresses and pod CIDRs: what the input tells, what the settings make, what must not be made up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declared, observed } from '../../src/model/source';
import { node, ip, place, pod, range, runningPod, simulated, workload } from './objects';

test('without any node in the input there are one control plane and two workers', () => {
  const { cluster } = simulated({});
  assert.deepEqual(
    cluster.nodes.map(({ name, addresses, podCidrs, taints, provenance }) => [
      name,
      addresses.map((address) => address.value.text).join(),
      podCidrs.map((cidr) => cidr.value.text).join(),
      taints.map((taint) => `${taint.key}:${taint.effect}`).join(),
      provenance,
    ]),
    [
      [
        'control-plane',
        '172.18.0.2',
        '10.244.0.0/24',
        'node-role.kubernetes.io/control-plane:NoSchedule',
        'simulated',
      ],
      ['worker-1', '172.18.0.3', '10.244.1.0/24', '', 'simulated'],
      ['worker-2', '172.18.0.4', '10.244.2.0/24', '', 'simulated'],
    ],
  );
  assert.deepEqual(cluster.nodes[1]?.labels, {
    'kubernetes.io/hostname': 'worker-1',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  });
  assert.equal(
    cluster.nodes.every((made) => made.addresses[0]?.why && made.podCidrs[0]?.why),
    true,
  );
});

test('ten workers get their shares in the order of their numbers, not of their names', () => {
  const { node: nodeNamed } = simulated({}, { workers: 10 });
  assert.equal(nodeNamed('worker-10')?.podCidrs[0]?.value.text, '10.244.10.0/24');
  assert.equal(nodeNamed('worker-2')?.podCidrs[0]?.value.text, '10.244.2.0/24');
});

test('a control plane without workers takes pods: it has no taint', () => {
  const { nodeOf } = simulated({ pods: [pod('a/x')] }, { workers: 0 });
  assert.equal(nodeOf('a/x'), 'control-plane');
});

test('dual stack: every node has an address and a share of each family, the preferred family first', () => {
  const { node: nodeNamed, cluster } = simulated({}, { families: [6, 4] });
  assert.deepEqual(
    nodeNamed('worker-1')?.podCidrs.map((cidr) => cidr.value.text),
    ['fd00:10:244:1::/64', '10.244.1.0/24'],
  );
  assert.deepEqual(
    nodeNamed('worker-1')?.addresses.map((address) => address.value.text),
    ['fc00:f853:ccd:e793::3', '172.18.0.3'],
  );
  assert.deepEqual(
    cluster.network.serviceCidrs.map((cidr) => cidr.value.text),
    ['fd00:10:96::/112', '10.96.0.0/16'],
  );
});

test('nodes of the input replace those of the settings, and get only what they lack', () => {
  const { cluster } = simulated({
    nodes: [
      node('a', { addresses: [observed(ip('172.18.0.2'))], podCidrs: [observed(range('10.244.0.0/24'))] }),
      node('b', { labels: { 'kubernetes.io/os': 'windows' } }),
    ],
  });
  assert.deepEqual(
    cluster.nodes.map(({ name, addresses, podCidrs }) => [
      name,
      addresses.map(({ value, provenance }) => `${value.text} ${provenance}`).join(),
      podCidrs.map(({ value, provenance }) => `${value.text} ${provenance}`).join(),
    ]),
    [
      ['a', '172.18.0.2 observed', '10.244.0.0/24 observed'],
      ['b', '172.18.0.3 simulated', '10.244.1.0/24 simulated'],
    ],
  );
  assert.deepEqual(cluster.nodes[1]?.labels, {
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': 'b',
    'kubernetes.io/os': 'windows',
  });
});

test('the pod network a cluster configuration declares is the one that is shared out', () => {
  const { cluster } = simulated({
    network: {
      podCidrs: [declared(range('10.42.0.0/16'))],
      serviceCidrs: [declared(range('10.43.0.0/16'))],
      dnsDomain: declared('cluster.local'),
    },
  });
  assert.deepEqual(
    cluster.nodes.map((made) => made.podCidrs[0]?.value.text),
    ['10.42.0.0/24', '10.42.1.0/24', '10.42.2.0/24'],
  );
  assert.equal(cluster.services[0]?.clusterIps[0]?.value.text, '10.43.0.1');
});

test('a pod network too small for all nodes leaves the last ones without a pod CIDR, and their pods without address', () => {
  const {
    cluster,
    pod: podNamed,
    problems,
  } = simulated({
    network: {
      podCidrs: [declared(range('10.9.0.0/24'))],
      serviceCidrs: [],
      dnsDomain: declared('cluster.local'),
    },
    pods: [pod('a/x', { nodeName: declared('worker-1') }, { nameAt: place(3) })],
  });
  assert.deepEqual(
    cluster.nodes.map((made) => made.podCidrs.length),
    [1, 0, 0],
  );
  assert.deepEqual(podNamed('a/x').addresses, []);
  assert.equal(podNamed('a/x').phase.value, 'Pending');
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ['pod.address'],
  );
});

test('the pod network is the union of the nodes pod CIDRs when all have one, marked as guessed', () => {
  const { cluster } = simulated({
    nodes: [
      node('a', { podCidrs: [observed(range('10.42.0.0/24'))] }),
      node('b', { podCidrs: [observed(range('10.42.3.0/24'))] }),
    ],
  });
  const [podCidr] = cluster.network.podCidrs;
  assert.equal(podCidr?.value.text, '10.42.0.0/22');
  assert.equal(podCidr.provenance, 'inferred');
  assert.match(podCidr.why ?? '', /^guessed/);
});

test('a node is not given a pod CIDR when observed pod addresses show that the plugin does its own IPAM', () => {
  const { cluster, ipsOf } = simulated({
    pods: [
      runningPod('a/x', 'minikube', '10.244.120.79'),
      runningPod('a/y', 'minikube', '10.244.120.81'),
      pod('a/z'),
    ],
  });
  assert.deepEqual(
    cluster.nodes.map((made) => [made.name, made.provenance, made.podCidrs.length]),
    [['minikube', 'observed', 0]],
  );
  assert.equal(cluster.network.podCidrs[0]?.value.text, '10.244.120.0/24');
  assert.match(cluster.network.podCidrs[0].why ?? '', /^guessed/);
  assert.match(
    ipsOf('a/z').join(),
    /^10\.244\.120\.\d+$/,
    'a pod that is not observed draws from the guessed range',
  );
});

test("a declared pod network is not shared out either when observed addresses lie outside their node's part", () => {
  const { cluster } = simulated({
    network: {
      podCidrs: [declared(range('10.244.0.0/16'))],
      serviceCidrs: [],
      dnsDomain: declared('cluster.local'),
    },
    nodes: [node('a'), node('b')],
    pods: [runningPod('a/x', 'a', '10.244.120.79')],
  });
  assert.deepEqual(
    cluster.nodes.map((made) => made.podCidrs),
    [[], []],
  );
});

test('a node that only a manifest names joins the simulated ones', () => {
  const { cluster, nodeOf, problems } = simulated({ pods: [pod('a/x', { nodeName: declared('edge-7') })] });
  assert.deepEqual(
    cluster.nodes.map((made) => `${made.name} ${made.provenance}`),
    ['control-plane simulated', 'edge-7 inferred', 'worker-1 simulated', 'worker-2 simulated'],
  );
  assert.equal(nodeOf('a/x'), 'edge-7');
  assert.deepEqual(problems, []);
});

test('a nodeName that the known nodes do not have is reported where it is written', () => {
  const { cluster, problems } = simulated({
    nodes: [node('a')],
    pods: [pod('a/x', { nodeName: declared('typo', place(7)) })],
  });
  assert.deepEqual(
    cluster.nodes.map((made) => made.name),
    ['a', 'typo'],
  );
  assert.deepEqual(
    problems.map(({ code, at }) => [code, at.line]),
    [['node.unknown', 7]],
  );
});

test('a node that only a manifest names takes no other pod, so that binding a pod to it moves nobody', () => {
  const workloads = [workload('Deployment', 'a/web', 30), workload('DaemonSet', 'a/agent')];
  const before = simulated({ workloads });
  const after = simulated({ workloads, pods: [pod('a/x', { nodeName: declared('edge-7') })] });
  assert.deepEqual(
    after.cluster.pods.filter((each) => each.name !== 'x'),
    before.cluster.pods,
  );
});
