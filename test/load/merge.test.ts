// What follows from several objects together: owners, duplicates, namespaces, nodes, lists.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkProblems, clusterOf, load, only, podWith, problemLines } from './reading';

const owned = (name: string, controller: string, labels = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {${labels}}, ownerReferences: [${controller}]}\nspec: {containers: []}\n`;
const workload = (apiVersion: string, kind: string, name: string, controller = ''): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop, ownerReferences: [${controller}]}\nspec: {}\n`;
const ref = (kind: string, name: string, controller = true): string =>
  `{kind: ${kind}, name: ${name}, controller: ${String(controller)}}`;

describe('the owner of a pod', () => {
  const cases: readonly (readonly [what: string, files: readonly string[], owner: string | undefined])[] = [
    ['none: a bare pod', [podWith('  containers: []')], undefined],
    [
      'a ReplicaSet that nobody owns',
      [owned('a', ref('ReplicaSet', 'web-abc')), workload('apps/v1', 'ReplicaSet', 'web-abc')],
      'ReplicaSet/web-abc',
    ],
    [
      'the Deployment of its ReplicaSet',
      [
        owned('a', ref('ReplicaSet', 'web-abc')),
        workload('apps/v1', 'ReplicaSet', 'web-abc', ref('Deployment', 'web')),
      ],
      'Deployment/web',
    ],
    [
      'the Deployment, told by the pod-template-hash',
      [owned('a', ref('ReplicaSet', 'web-abc'), 'pod-template-hash: abc')],
      'Deployment/web',
    ],
    [
      'a ReplicaSet, where the hash does not fit its name',
      [owned('a', ref('ReplicaSet', 'web-abc'), 'pod-template-hash: xyz')],
      'ReplicaSet/web-abc',
    ],
    ['a Job', [owned('a', ref('Job', 'tick-1'))], 'Job/tick-1'],
    [
      'the CronJob of a Job that is present',
      [owned('a', ref('Job', 'tick-1')), workload('batch/v1', 'Job', 'tick-1', ref('CronJob', 'tick'))],
      'CronJob/tick',
    ],
    ['the node, for a static pod, which counts as bare', [owned('a', ref('Node', 'n1'))], undefined],
    [
      'nobody, where no owner is the controller',
      [owned('a', ref('ReplicaSet', 'web-abc', false))],
      undefined,
    ],
    [
      'the last of a chain that runs in a circle',
      [owned('a', ref('Job', 'x')), workload('batch/v1', 'Job', 'x', ref('Job', 'x'))],
      'Job/x',
    ],
  ];
  for (const [what, texts, owner] of cases) {
    test(`is ${what}`, () => {
      const { owner: found } = only(clusterOf(texts.join('---\n')).pods);
      assert.equal(found && `${found.kind}/${found.name}`, owner);
    });
  }
});

describe('duplicates', () => {
  const pod = podWith('  containers: []\n');
  test('of two equal objects the first counts, in the order of file names', () => {
    const files = { 'b.yaml': pod, 'a.yaml': `# first\n${pod}` };
    checkProblems(files, [
      'warning object.duplicate b.yaml:3 Pod shop/web is already defined at a.yaml:4; this one is not used.',
    ]);
    const { cluster, problems } = load(files);
    assert.equal(only(cluster.pods).at?.file, 'a.yaml');
    assert.equal(problems[0]?.related?.[0]?.at.file, 'a.yaml');
  });
  test('the same name in another namespace or kind is another object', () => {
    const other = pod.replace('shop', 'other');
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {clusterIP: None}\n';
    assert.equal(clusterOf([pod, other, service].join('---\n')).pods.length, 2);
  });
  test('policies of different API groups are different objects', () => {
    const policy = (group: string): string =>
      `apiVersion: ${group}\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n`;
    const cluster = clusterOf([policy('networking.k8s.io/v1'), policy('projectcalico.org/v3')].join('---\n'));
    assert.deepEqual([cluster.policies.length, cluster.vendorPolicies.length], [1, 1]);
  });
});

describe('addresses that two have', () => {
  const observed = (name: string, ip: string, rest = '', phase = 'Running'): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {nodeName: n1, containers: []${rest}}\nstatus: {phase: ${phase}, podIP: "${ip}", hostIP: 172.18.0.2}\n`;
  const node =
    'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 172.18.0.2}]}\n';
  const cases: readonly (readonly [what: string, texts: readonly string[], expected: readonly string[]])[] = [
    [
      'two pods',
      [node, observed('a', '10.244.1.5'), observed('b', '10.244.1.5')],
      [
        'warning address.duplicate a.yaml:16 10.244.1.5 is already the address of pod shop/a (a.yaml:10). Only one of the two can be reached by it.',
      ],
    ],
    [
      'two pods, written differently',
      [node, observed('a', 'fd00::5'), observed('b', 'FD00:0:0::0005')],
      [
        'warning address.duplicate a.yaml:16 fd00::5 is already the address of pod shop/a (a.yaml:10). Only one of the two can be reached by it.',
      ],
    ],
    [
      'a pod and a node',
      [node, observed('a', '172.18.0.2')],
      [
        'warning address.duplicate a.yaml:10 172.18.0.2 is already the address of node n1 (a.yaml:4). Only one of the two can be reached by it.',
      ],
    ],
    [
      'a hostNetwork pod and its node, as it should be',
      [node, observed('a', '172.18.0.2', ', hostNetwork: true')],
      [],
    ],
    [
      'a finished pod and its successor, as it should be',
      [node, observed('a', '10.244.1.5', '', 'Succeeded'), observed('b', '10.244.1.5')],
      [],
    ],
  ];
  for (const [what, texts, expected] of cases) {
    test(what, () => checkProblems(texts.join('---\n'), expected));
  }
});

test('observed pods make their nodes known, with the addresses of their status', () => {
  const pod = (name: string, node: string, ips: string): string =>
    `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},"spec":{"nodeName":"${node}"},"status":{"phase":"Running","hostIPs":[${ips}]}}`;
  const text = `{"apiVersion":"v1","kind":"List","items":[${[
    pod('a', 'n2', '{"ip":"172.18.0.3"},{"ip":"fc00::3"}'),
    pod('b', 'n1', '{"ip":"172.18.0.2"}'),
    pod('c', 'n1', '{"ip":"172.18.0.2"}'),
  ].join()}]}`;
  const { nodes } = clusterOf({ 'snapshot.json': text });
  assert.deepEqual(
    nodes.map((node) => [node.name, node.provenance, node.addresses.map((fact) => fact.value.text).join()]),
    [
      ['n1', 'observed', '172.18.0.2'],
      ['n2', 'observed', '172.18.0.3,fc00::3'],
    ],
  );
});

test('a manifest that names a node does not make it exist', () => {
  assert.deepEqual(clusterOf(podWith('  nodeName: n1\n')).nodes, []);
});

test('E28: namespaces carry their name as a label, also those that only objects make known', () => {
  const { namespaces } = clusterOf(
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {team: a}}\n---\n${podWith('  containers: []')}`,
  );
  assert.deepEqual(
    namespaces.map(({ name, labels, provenance }) => ({ name, labels, provenance })),
    [
      { name: 'a', labels: { team: 'a', 'kubernetes.io/metadata.name': 'a' }, provenance: 'declared' },
      { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' }, provenance: 'inferred' },
    ],
  );
});

describe('lists', () => {
  const item = '{"metadata":{"name":"a"},"spec":{"containers":[]}}';
  const full = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[]}}';
  const cases: readonly (readonly [what: string, file: string, text: string])[] = [
    ['a List', 'a.json', `{"apiVersion":"v1","items":[${full}],"kind":"List"}`],
    ['a List in YAML', 'a.yaml', `apiVersion: v1\nkind: List\nitems: [${full}]`],
    [
      'a typed list, whose items do not say what they are',
      'a.json',
      `{"kind":"PodList","apiVersion":"v1","items":[${item}]}`,
    ],
    [
      'a typed list that says so at its end',
      'a.json',
      `{"apiVersion":"v1","items":[${item}],"kind":"PodList"}`,
    ],
    [
      'a List inside a List',
      'a.json',
      `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"List","items":[${full}]}]}`,
    ],
    ['JSON in a file called .yaml', 'a.yaml', full],
    ['JSON from standard input', '-', full],
  ];
  for (const [what, file, text] of cases) {
    test(what, () => assert.equal(only(clusterOf({ [file]: text }).pods).name, 'a'));
  }
  test('a JSON list that breaks off gives none of its items', () => {
    const { cluster, problems } = load({ 'a.json': `{"apiVersion":"v1","kind":"List","items":[${full},` });
    assert.deepEqual(cluster.pods, []);
    assert.deepEqual(problemLines(problems), [
      'error json.syntax a.json:1 Expected a value here. This JSON text is not used until it is mended.',
    ]);
  });
  test('YAML and JSON of the same objects are the same cluster, but for places', () => {
    const strip = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, inner: unknown) => (/^at$|At$/.test(key) ? undefined : inner)));
    const yaml = clusterOf(`apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n`);
    assert.deepEqual(strip(clusterOf({ 'a.json': full })), strip(yaml));
  });
});

test('lists of a cluster are ordered by namespace and name', () => {
  const pods = [
    ['b', 'a'],
    ['a', 'z'],
    ['a', 'b'],
    ['B', 'x'],
  ].map(
    ([namespace = '', name = '']) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {}\n`,
  );
  assert.deepEqual(
    clusterOf(pods.join('---\n')).pods.map((pod) => `${pod.namespace}/${pod.name}`),
    ['B/x', 'a/b', 'a/z', 'b/a'],
  );
});
