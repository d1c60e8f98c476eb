// What a Pod manifest, an observed pod and a workload's template say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../../src/model/pod';
import { checkProblems, clusterOf, only, podWith } from './reading';

function podOf(text: string): Pod {
  return only(clusterOf(text).pods);
}

describe('a Pod manifest', () => {
  const pod = podOf(
    podWith(`  hostNetwork: true
  shareProcessNamespace: yes
  nodeName: node-1
  tolerations: [{operator: Exists}, {key: a, value: b, effect: NoSchedule}]
  containers:
  - name: web
    image: shop/web
    ports: [{name: http, containerPort: 8080, hostPort: 0}, {containerPort: 53, protocol: UDP, hostPort: 53, hostIP: 10.0.0.1}]
  initContainers:
  - {name: setup, image: shop/setup}
  - {name: mesh, image: shop/mesh, restartPolicy: Always}
  ephemeralContainers: [{name: debug, image: busybox, targetContainerName: web}]
`),
  );
  test('is declared, and neither running nor ready as far as it tells', () => {
    assert.equal(pod.provenance, 'declared');
    assert.deepEqual(pod.phase, { value: 'Unknown', provenance: 'declared', at: undefined });
    assert.deepEqual(pod.ready, { value: false, provenance: 'declared', at: undefined });
    assert.deepEqual(pod.addresses, []);
  });
  test('has containers of every role; a restarting init container is a sidecar', () => {
    assert.deepEqual(
      pod.spec.containers.map(({ name, role }) => `${name} ${role}`),
      ['web app', 'setup init', 'mesh sidecar', 'debug ephemeral'],
    );
  });
  test('tells whose processes an ephemeral container is to see', () => {
    assert.deepEqual(
      pod.spec.containers.map(({ targetContainer }) => targetContainer),
      [undefined, undefined, undefined, 'web'],
    );
  });
  test('has ports with TCP as the default protocol; host port 0 is none', () => {
    const ports = pod.spec.containers[0]?.ports.map((port) => ({ ...port, at: port.at?.character }));
    assert.deepEqual(ports, [
      { name: 'http', containerPort: 8080, protocol: 'TCP', hostPort: undefined, hostIp: undefined, at: 12 },
      { name: undefined, containerPort: 53, protocol: 'UDP', hostPort: 53, hostIp: '10.0.0.1', at: 60 },
    ]);
  });
  test('tells where its switches are written', () => {
    const { hostNetwork, shareProcessNamespace } = pod.spec.switchesAt;
    assert.deepEqual(Object.keys(pod.spec.switchesAt), ['hostNetwork', 'shareProcessNamespace']);
    assert.deepEqual([hostNetwork?.line, hostNetwork?.character, hostNetwork?.endCharacter], [4, 2, 19]);
    assert.equal(shareProcessNamespace?.line, 5);
    assert.equal(pod.spec.shareProcessNamespace, true);
  });
  test('names its node itself', () => {
    assert.equal(pod.node?.value, 'node-1');
    assert.equal(pod.node.provenance, 'declared');
  });
  test('tolerates with Equal unless told otherwise', () => {
    assert.deepEqual(pod.spec.tolerations, [
      { key: undefined, operator: 'Exists', value: undefined, effect: undefined },
      { key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' },
    ]);
  });
});

describe('an observed pod', () => {
  const pod = podOf(`apiVersion: v1
kind: Pod
metadata:
  name: web
  uid: 1-2-3
  annotations: {cni.projectcalico.org/containerID: abc}
  deletionTimestamp: "2026-01-01T00:00:00Z"
spec: {nodeName: node-1, containers: [{name: web, image: shop/web}]}
status:
  phase: Running
  hostIP: 172.18.0.2
  podIP: 10.244.1.5
  podIPs: [{ip: 10.244.1.5}, {ip: "fd00::5"}]
  conditions: [{type: Ready, status: "True"}]
  containerStatuses:
  - {name: web, ready: true, restartCount: 2, containerID: containerd://ff, state: {running: {}}}
`);
  test('has the addresses, node, phase and state of its status, as observed', () => {
    assert.equal(pod.provenance, 'observed');
    assert.deepEqual(
      pod.addresses.map((fact) => [fact.value.text, fact.provenance, fact.at?.line]),
      [
        ['10.244.1.5', 'observed', 12],
        ['fd00::5', 'observed', 12],
      ],
    );
    assert.deepEqual(
      pod.hostAddresses.map((fact) => fact.value.text),
      ['172.18.0.2'],
    );
    assert.deepEqual([pod.phase.value, pod.phase.provenance], ['Running', 'observed']);
    assert.deepEqual([pod.ready.value, pod.ready.provenance], [true, 'observed']);
    assert.deepEqual([pod.node?.value, pod.node?.provenance], ['node-1', 'observed']);
    assert.equal(pod.terminating, true);
    assert.equal(pod.namespace, 'default');
  });
  test('tells its sandbox by the CNI’s annotation, and its containers by the runtime', () => {
    assert.equal(pod.sandboxId, 'abc');
    assert.deepEqual(pod.containerStatuses, [
      { name: 'web', id: 'containerd://ff', ready: true, restarts: 2, state: 'running' },
    ]);
  });
});

test('what `kubectl create --dry-run` prints is a manifest, not an observation', () => {
  const pod = podOf(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, creationTimestamp: null}\nspec: {containers: []}\nstatus: {}\n',
  );
  assert.equal(pod.provenance, 'declared');
});

test('an observed pod without a node says why it is not scheduled', () => {
  const pod =
    podOf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"1"},"spec":{"containers":[]},"status":{"phase":"Pending",
"conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes are available: 3 Insufficient cpu."}]}}`);
  assert.equal(pod.unscheduled, '0/3 nodes are available: 3 Insufficient cpu.');
});

test('pods with generateName get names that differ and stay', () => {
  const text = 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\nspec: {containers: []}\n';
  const names = clusterOf({ 'a.yaml': text, 'b.yaml': `${text}---\n${text}` }).pods.map((pod) => pod.name);
  assert.equal(new Set(names).size, 3);
  for (const name of names) assert.match(name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.ok(names.includes(podOf(text).name));
});

describe('workloads', () => {
  const template = 'template: {metadata: {labels: {app: x}}, spec: {containers: [{name: x, image: x}]}}';
  const cases: readonly (readonly [type: string, spec: string, replicas: number])[] = [
    ['apps/v1 Deployment', `{replicas: 3, ${template}}`, 3],
    ['apps/v1 Deployment', `{replicas: 0, ${template}}`, 0],
    ['apps/v1 ReplicaSet', `{${template}}`, 1],
    ['apps/v1 StatefulSet', `{replicas: 2, ${template}}`, 2],
    ['apps/v1 DaemonSet', `{${template}}`, 1],
    ['v1 ReplicationController', `{replicas: 2, selector: {app: x}, ${template}}`, 2],
    ['batch/v1 Job', `{parallelism: 4, completions: 2, ${template}}`, 2],
    ['batch/v1 Job', `{suspend: true, ${template}}`, 0],
    ['batch/v1 CronJob', `{jobTemplate: {spec: {parallelism: 2, ${template}}}}`, 2],
    ['batch/v1 CronJob', `{suspend: true, jobTemplate: {spec: {${template}}}}`, 0],
  ];
  for (const [type, spec, replicas] of cases) {
    test(`${type} with ${spec.slice(0, spec.indexOf('template:'))} wants ${replicas} pods`, () => {
      const [apiVersion = '', kind = ''] = type.split(' ');
      const workload = only(
        clusterOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\nspec: ${spec}\n`).workloads,
      );
      assert.equal(workload.kind, kind);
      assert.equal(workload.replicas.value, replicas);
      assert.deepEqual(workload.template.labels, { app: 'x' });
    });
  }
  test('the ReplicationController’s selector is a plain map', () => {
    const text = `apiVersion: v1\nkind: ReplicationController\nmetadata: {name: x}\nspec: {selector: {a: b}, ${template}}`;
    assert.deepEqual(only(clusterOf(text).workloads).selector?.requirements, [
      { key: 'a', operator: 'In', values: ['b'] },
    ]);
  });
});

describe('what the API server would reject is left out, with its words and the way to the field', () => {
  const leftOut = 'Pod shop/web is left out, as the API server would reject it.';
  const cases: readonly (readonly [spec: string, line: number, reason: string])[] = [
    [
      '  containers: [{name: a, ports: [{containerPort: 70000}]}]',
      5,
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      '  containers: [{name: a, ports: [{containerPort: "80"}]}]',
      5,
      'spec.containers[0].ports[0].containerPort: Invalid value: "80": must be an integer',
    ],
    [
      '  containers: [{name: a, ports: [{containerPort: 80, protocol: HTTP}]}]',
      5,
      'spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      '  containers: [{name: a, ports: [{containerPort: 80, name: a-very-long-port-name}]}]',
      5,
      'spec.containers[0].ports[0].name: Invalid value: "a-very-long-port-name": must be no more than 15 characters',
    ],
    [
      '  nodeSelector: {disk: on}\n  containers: []',
      5,
      'spec.nodeSelector.disk: Invalid value: on: YAML reads it as true; must be a string, so put it in quotes',
    ],
    [
      '  nodeSelector: {example.com/n: 5}\n  containers: []',
      5,
      'spec.nodeSelector[example.com/n]: Invalid value: 5: must be a string, so put it in quotes',
    ],
    [
      '  hostPID: true\n  shareProcessNamespace: true',
      6,
      'spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
    ['  containers: {name: a}', 5, 'spec.containers: Invalid value: a map: must be a list'],
    ['  hostNetwork: "true"', 5, 'spec.hostNetwork: Invalid value: "true": must be true or false'],
    [
      '  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: in}]}]}}}',
      5,
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "in": not a valid selector operator',
    ],
  ];
  for (const [spec, line, reason] of cases) {
    test(reason.slice(0, 100), () => {
      checkProblems(podWith(spec), [`error object.invalid a.yaml:${line} ${reason}. ${leftOut}`]);
    });
  }
  test('a label that YAML reads as a boolean', () => {
    checkProblems('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    debug: yes\nspec: {}', [
      'error object.invalid a.yaml:6 metadata.labels.debug: Invalid value: yes: YAML reads it as true; ' +
        'must be a string, so put it in quotes. Pod a is left out, as the API server would reject it.',
    ]);
  });
  test('an object without a name', () => {
    checkProblems('apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}', [
      'error object.invalid a.yaml:3 metadata.name: Required value: name or generateName is required. ' +
        'This Pod is left out, as the API server would reject it.',
    ]);
  });
});
