// Which pods a workload gets, under which names and labels, and when it gets none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { declared } from '../../src/model/source';
import { node, place, pod, runningPod, simulated, workload } from './objects';

const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' } as const;
const ref = (kind: string, name: string) => ({ kind, namespace: 'shop', name });

const rows: readonly (readonly [fact: string, input: Partial<Cluster>, pods: readonly string[]])[] = [
  [
    'a Deployment gets its replicas, numbered in place of random suffixes',
    { workloads: [workload('Deployment', 'shop/web', 2)] },
    ['shop/web-0', 'shop/web-1'],
  ],
  ['a workload scaled to zero gets none', { workloads: [workload('Deployment', 'shop/web', 0)] }, []],
  [
    'a DaemonSet gets a pod on every node it fits, named after the node',
    { workloads: [workload('DaemonSet', 'shop/agent')] },
    ['shop/agent-worker-1', 'shop/agent-worker-2'],
  ],
  [
    'a DaemonSet that tolerates the control plane runs there too',
    { workloads: [workload('DaemonSet', 'shop/agent', 1, { tolerations: [{ operator: 'Exists' }] })] },
    ['shop/agent-control-plane', 'shop/agent-worker-1', 'shop/agent-worker-2'],
  ],
  [
    'a DaemonSet runs on cordoned nodes, by the tolerations of its controller, and not where its selector does not match',
    {
      nodes: [
        node('a', { unschedulable: true, labels: { disk: 'ssd' } }),
        node('b', { labels: { disk: 'hdd' } }),
        node('c', { labels: { disk: 'ssd' }, taints: [taint] }),
        node('d', {
          labels: { disk: 'ssd' },
          taints: [{ key: 'node.kubernetes.io/disk-pressure', value: '', effect: 'NoSchedule' }],
        }),
      ],
      workloads: [workload('DaemonSet', 'shop/agent', 1, { nodeSelector: { disk: 'ssd' } })],
    },
    ['shop/agent-a', 'shop/agent-d'],
  ],
  [
    'a Deployment whose pods are in the input gets no second set',
    {
      workloads: [workload('Deployment', 'shop/web', 3)],
      pods: [runningPod('shop/web-77d5-abcde', 'n1', '10.244.0.5', { owner: ref('Deployment', 'web') })],
    },
    ['shop/web-77d5-abcde'],
  ],
  [
    'pods of a Job that the input lacks stand for their CronJob, by the name of the Job',
    {
      workloads: [workload('CronJob', 'shop/report')],
      pods: [
        runningPod('shop/report-29012345-abcde', 'n1', '10.244.0.5', {
          owner: ref('Job', 'report-29012345'),
        }),
      ],
    },
    ['shop/report-29012345-abcde'],
  ],
  [
    'a ReplicaSet of a Deployment in the input gets no pods of its own',
    {
      workloads: [
        workload('Deployment', 'shop/web', 1),
        workload('ReplicaSet', 'shop/web-77d5', 1, {}, { owner: ref('Deployment', 'web') }),
      ],
    },
    ['shop/web-0'],
  ],
  [
    'a ReplicaSet whose Deployment is not in the input gets pods',
    { workloads: [workload('ReplicaSet', 'shop/web-77d5', 1, {}, { owner: ref('Deployment', 'web') })] },
    ['shop/web-77d5-0'],
  ],
  [
    'a ReplicaSet of a snapshot without Deployments gets none beside the pods that are there',
    {
      workloads: [workload('ReplicaSet', 'shop/web-77d5', 2, {}, { owner: ref('Deployment', 'web') })],
      pods: [runningPod('shop/web-77d5-abcde', 'n1', '10.244.0.5', { owner: ref('Deployment', 'web') })],
    },
    ['shop/web-77d5-abcde'],
  ],
  [
    'a Job of a CronJob in the input gets no pods, the CronJob shows its next run',
    {
      workloads: [
        workload('CronJob', 'shop/report'),
        workload('Job', 'shop/report-29012345', 3, {}, { owner: ref('CronJob', 'report') }),
      ],
    },
    ['shop/report-next-0'],
  ],
  [
    'two workloads of one name never make two pods of one name; the StatefulSet keeps the plain one',
    { workloads: [workload('Deployment', 'shop/db', 1), workload('StatefulSet', 'shop/db', 1)] },
    ['shop/db-0', 'shop/db-deployment-0'],
  ],
  [
    'a pod of the input keeps its name against a workload',
    { workloads: [workload('Deployment', 'shop/db', 1)], pods: [pod('shop/db-0')] },
    ['shop/db-0', 'shop/db-deployment-0'],
  ],
];

for (const [fact, input, expected] of rows) {
  test(fact, () => {
    assert.deepEqual(simulated(input).podNames, expected);
  });
}

test('a StatefulSet pod carries its name and index as labels', () => {
  const { pod: podNamed } = simulated({ workloads: [workload('StatefulSet', 'shop/db', 2)] });
  assert.deepEqual(podNamed('shop/db-1').labels, {
    app: 'db',
    'statefulset.kubernetes.io/pod-name': 'db-1',
    'apps.kubernetes.io/pod-index': '1',
  });
});

test('a Job gets as many pods as run at once, with the labels that name it', () => {
  const { podNames, pod: podNamed } = simulated({ workloads: [workload('Job', 'shop/migrate', 2)] });
  assert.deepEqual(podNames, ['shop/migrate-0', 'shop/migrate-1']);
  assert.deepEqual(podNamed('shop/migrate-0').labels, {
    app: 'migrate',
    'batch.kubernetes.io/job-name': 'migrate',
    'job-name': 'migrate',
  });
});

test('the pod of a CronJob says that its next run would make it', () => {
  const { pod: podNamed } = simulated({ workloads: [workload('CronJob', 'shop/report')] });
  assert.match(podNamed('shop/report-next-0').phase.why ?? '', /next run/);
});

test('a simulated pod points at its workload and says that it is simulated', () => {
  const { pod: podNamed } = simulated({
    workloads: [workload('Deployment', 'shop/web', 1, {}, { at: place(1), nameAt: place(4) })],
  });
  const { provenance, owner, at, nameAt, node: bound, phase, ready } = podNamed('shop/web-0');
  assert.equal(provenance, 'simulated');
  assert.deepEqual(owner, { kind: 'Deployment', namespace: 'shop', name: 'web', at: place(4) });
  assert.deepEqual([at?.line, nameAt?.line], [1, 4]);
  assert.deepEqual(
    [phase.value, phase.provenance, ready.value, ready.provenance],
    ['Running', 'simulated', true, 'simulated'],
  );
  for (const fact of [bound, phase, ready]) assert.ok(fact?.why);
});

test('what a cluster reported of a pod is left as it is', () => {
  const observedPod = runningPod('shop/web', 'n1', '10.244.0.5');
  const { pod: podNamed } = simulated({ pods: [observedPod] });
  assert.deepEqual(podNamed('shop/web'), observedPod);
});

test('an absurd number of replicas is cut and reported', () => {
  const { podNames, problems } = simulated({
    workloads: [workload('Deployment', 'shop/web', 1, {}, { replicas: declared(1e9, place(5)) })],
  });
  assert.equal(podNames.length, 5000);
  assert.equal(problems[0]?.code, 'workload.replicas');
  assert.equal(problems[0].at.line, 5);
});

for (const replicas of [NaN, -3, 1.9]) {
  test(`replicas of ${replicas} are read as a whole number of at least zero`, () => {
    const { podNames } = simulated({ workloads: [workload('Deployment', 'shop/web', replicas)] });
    assert.equal(podNames.length, replicas > 1 ? 1 : 0);
  });
}
