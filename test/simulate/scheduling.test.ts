// Which node takes which pod, and the scheduler's sentence when none does. Each row is a pod spec and the nodes that
// may take it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Taint } from '../../src/model/node';
import type { NodeRequirement, PodSpec, Toleration } from '../../src/model/pod';
import { declared } from '../../src/model/source';
import { refusalOf } from '../../src/simulate/constraints';
import { container, node, pod, podSpec, runningPod, simulated, workload } from './objects';

const dedicated: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
const evicting: Taint = { key: 'broken', value: '', effect: 'NoExecute' };
const soft: Taint = { key: 'soft', value: '', effect: 'PreferNoSchedule' };

const nodes: readonly Node[] = [
  node('ssd', { labels: { disk: 'ssd', cores: '8' } }),
  node('hdd', { labels: { disk: 'hdd', cores: '16' } }),
  node('gpu', { labels: { disk: 'ssd', cores: '32' }, taints: [dedicated] }),
  node('sick', { labels: { disk: 'ssd' }, taints: [evicting] }),
  node('soft', { taints: [soft] }),
  node('cordoned', { unschedulable: true }),
];

function fitting(spec: Partial<PodSpec>): string {
  return nodes
    .filter((candidate) => refusalOf(podSpec(spec), candidate) === undefined)
    .map((candidate) => candidate.name)
    .join(' ');
}

function affinity(...terms: readonly (readonly NodeRequirement[])[]): Partial<PodSpec> {
  return { requiredNodeAffinity: terms.map((labels) => ({ labels, fields: [] })) };
}

function rule(
  key: string,
  operator: NodeRequirement['operator'],
  ...values: readonly string[]
): NodeRequirement {
  return { key, operator, values };
}

function tolerates(...tolerations: readonly Toleration[]): Partial<PodSpec> {
  return { tolerations };
}

const rows: readonly (readonly [fact: string, spec: Partial<PodSpec>, expected: string])[] = [
  ['a pod without wishes goes where no hard taint and no cordon is', {}, 'ssd hdd soft'],
  ['nodeSelector needs the label and its value', { nodeSelector: { disk: 'ssd' } }, 'ssd'],
  ['nodeSelector that no node has fits nowhere', { nodeSelector: { disk: 'nvme' } }, ''],
  ['In takes any of its values', affinity([rule('disk', 'In', 'ssd', 'hdd')]), 'ssd hdd'],
  ['NotIn also takes nodes without the label', affinity([rule('disk', 'NotIn', 'ssd')]), 'hdd soft'],
  ['Exists asks for the key only', affinity([rule('cores', 'Exists')]), 'ssd hdd'],
  ['DoesNotExist asks for its absence', affinity([rule('cores', 'DoesNotExist')]), 'soft'],
  ['Gt compares as whole numbers', affinity([rule('cores', 'Gt', '9')]), 'hdd'],
  ['Lt compares as whole numbers', affinity([rule('cores', 'Lt', '9')]), 'ssd'],
  ['Gt with a value that is no number fits nowhere', affinity([rule('cores', 'Gt', 'many')]), ''],
  ['expressions of one term are ANDed', affinity([rule('disk', 'Exists'), rule('cores', 'Gt', '9')]), 'hdd'],
  ['terms are ORed', affinity([rule('disk', 'In', 'ssd')], [rule('cores', 'Gt', '9')]), 'ssd hdd'],
  ['an empty term matches no node', affinity([]), ''],
  ['no term at all matches no node', { requiredNodeAffinity: [] }, ''],
  [
    'matchFields chooses by node name',
    { requiredNodeAffinity: [{ labels: [], fields: [rule('metadata.name', 'In', 'hdd')] }] },
    'hdd',
  ],
  [
    'nodeSelector and affinity must both hold',
    { nodeSelector: { disk: 'ssd' }, ...affinity([rule('cores', 'Gt', '9')]) },
    '',
  ],
  [
    'a toleration with Equal needs the value',
    tolerates({ key: 'dedicated', operator: 'Equal', value: 'gpu' }),
    'ssd hdd gpu soft',
  ],
  [
    'a toleration of another value does not help',
    tolerates({ key: 'dedicated', operator: 'Equal', value: 'db' }),
    'ssd hdd soft',
  ],
  [
    'a toleration of another effect does not help',
    tolerates({ key: 'broken', operator: 'Exists', effect: 'NoSchedule' }),
    'ssd hdd soft',
  ],
  [
    'a toleration without effect covers NoExecute too',
    tolerates({ key: 'broken', operator: 'Exists' }),
    'ssd hdd sick soft',
  ],
  [
    'Exists without a key tolerates everything, a cordon too',
    tolerates({ operator: 'Exists' }),
    'ssd hdd gpu sick soft cordoned',
  ],
];

for (const [fact, spec, expected] of rows) {
  test(fact, () => {
    assert.equal(fitting(spec), expected);
  });
}

test('a workload is spread: no node has two pods more than another', () => {
  const { cluster } = simulated({ workloads: [workload('Deployment', 'shop/web', 7)] }, { workers: 3 });
  const counts = ['worker-1', 'worker-2', 'worker-3'].map(
    (name) => cluster.pods.filter((candidate) => candidate.node?.value === name).length,
  );
  assert.deepEqual(counts.sort(), [2, 2, 3]);
});

test('the scheduler says of every node why it did not fit, in the order of the text', () => {
  const { pod: podNamed } = simulated({ pods: [pod('a/x', { nodeSelector: { disk: 'nvme' } })] });
  const unscheduled = podNamed('a/x');
  assert.equal(
    unscheduled.unscheduled,
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.",
  );
  assert.equal(unscheduled.node, undefined);
  assert.deepEqual(unscheduled.addresses, []);
  assert.equal(unscheduled.phase.value, 'Pending');
  assert.equal(unscheduled.ready.value, false);
});

test('without nodes the scheduler says so', () => {
  const { pod: podNamed } = simulated({ pods: [pod('a/x')] }, { controlPlanes: 0, workers: 0 });
  assert.equal(podNamed('a/x').unscheduled, 'no nodes available to schedule pods');
});

test('nodeName bypasses the scheduler: taints and cordons do not count', () => {
  const { nodeOf } = simulated({ pods: [pod('a/x', { nodeName: declared('control-plane') })] });
  assert.equal(nodeOf('a/x'), 'control-plane');
});

test('two pods that want one host port never share a node, and the third of two nodes waits', () => {
  const spec = { containers: [container([{ hostPort: 8080 }])] };
  const { cluster, pod: podNamed } = simulated({ workloads: [workload('Deployment', 'shop/web', 3, spec)] });
  assert.deepEqual(cluster.pods.map((candidate) => candidate.node?.value ?? 'none').sort(), [
    'none',
    'worker-1',
    'worker-2',
  ]);
  assert.equal(
    podNamed('shop/web-2').unscheduled,
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't have free ports for the requested pod ports.",
  );
});

const portRows: readonly (readonly [
  fact: string,
  a: Partial<PodSpec>,
  b: Partial<PodSpec>,
  together: boolean,
])[] = [
  [
    '0.0.0.0 and one address conflict',
    hostPort({ hostPort: 53 }),
    hostPort({ hostPort: 53, hostIp: '10.0.0.1' }),
    false,
  ],
  [
    'two different addresses do not conflict',
    hostPort({ hostPort: 53, hostIp: '10.0.0.2' }),
    hostPort({ hostPort: 53, hostIp: '10.0.0.1' }),
    true,
  ],
  [
    'TCP and UDP do not conflict',
    hostPort({ hostPort: 53 }),
    hostPort({ hostPort: 53, protocol: 'UDP' }),
    true,
  ],
  [
    'on hostNetwork a containerPort is a host port',
    hostPort({ containerPort: 9100 }, true),
    hostPort({ containerPort: 80, hostPort: 9100 }),
    false,
  ],
  [
    'a containerPort alone takes nothing of the node',
    hostPort({ containerPort: 80 }),
    hostPort({ containerPort: 80 }),
    true,
  ],
];

function hostPort(
  port: Parameters<typeof container>[0] extends readonly (infer P)[] | undefined ? P : never,
  hostNetwork = false,
): Partial<PodSpec> {
  return { hostNetwork, containers: [container([port])] };
}

for (const [fact, a, b, together] of portRows) {
  test(`host ports: ${fact}`, () => {
    const { cluster } = simulated({ pods: [pod('a/x', a), pod('a/y', b)] }, { workers: 1 });
    assert.equal(cluster.pods.filter((candidate) => candidate.node !== undefined).length, together ? 2 : 1);
  });
}

test('a host port that an observed pod holds is not free', () => {
  const spec = podSpec({ containers: [container([{ hostPort: 80 }])] });
  const { pod: podNamed } = simulated({
    nodes: [node('only')],
    pods: [runningPod('a/x', 'only', '10.244.0.9', { spec }), pod('a/y', spec)],
  });
  assert.match(podNamed('a/y').unscheduled ?? '', /free ports/);
});
