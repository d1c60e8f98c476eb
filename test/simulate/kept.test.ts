// What an edit does not touch stays the very same object from one revision to the next: whatever was found out about it still
// holds. From texts through the store and the simulation, as an editor drives them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createStore } from '../../src/load/store';
import type { FileChange } from '../../src/load/store';
import type { Cluster } from '../../src/model/cluster';
import { keyOf } from '../../src/model/objects';
import type { Pod } from '../../src/model/pod';
import { finish } from '../../src/model/steps';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate, simulateInSteps } from '../../src/simulate/simulate';

const policy = (name: string, namespace: string, app: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\n` +
  `spec: {podSelector: {matchLabels: {app: ${app}}}}\n`;
const admin = (name: string): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: ${name}}\n` +
  `spec: {priority: 5, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}\n`;
const workload = (kind: string, name: string, replicas: number, more = ''): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  replicas: ${replicas}\n` +
  `  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}}\n` +
  `    spec: {${more}containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}\n`;
const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\n` +
  `spec: {selector: {app: ${name}}, ports: [{port: 80}]}\n`;
const bare = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {generateName: ${name}-, namespace: tools}\nspec: {containers: [{name: a, image: a}]}\n`;
const named = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: a, image: a}]}\n`;

const folder: Readonly<Record<string, string>> = {
  'admin.yaml': admin('tier'),
  'db.yaml': workload('StatefulSet', 'db', 2),
  'hosts.yaml': workload('DaemonSet', 'agent', 1, 'hostNetwork: true, '),
  'policies-a.yaml': [policy('one', 'shop', 'web'), policy('two', 'shop', 'db')].join('---\n'),
  'policies-b.yaml': policy('three', 'shop', 'db'),
  'services.yaml': [service('web'), service('db')].join('---\n'),
  'tools.yaml': [bare('job'), bare('job')].join('---\n'),
  'web.yaml': workload('Deployment', 'web', 3),
};
const changes = Object.entries(folder).map(([file, text]): FileChange => ({ file, text }));

/** The shown cluster before and after an edit. */
function edited(change: FileChange): readonly [before: Cluster, after: Cluster] {
  const store = createStore();
  const before = simulate(store.apply(changes).cluster, defaultSettings).cluster;
  const after = simulate(store.apply([change]).cluster, defaultSettings, before).cluster;
  return [before, after];
}

const lists = [
  'nodes',
  'namespaces',
  'workloads',
  'pods',
  'services',
  'slices',
  'entries',
  'gateways',
  'policies',
  'adminPolicies',
  'vendorPolicies',
] as const;

/** Names of what is another object than before, by list; lists that are the very same are missing. */
function renewed(before: Cluster, after: Cluster): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    lists.flatMap((list) => {
      if (before[list] === after[list]) return [];
      const known = new Set<object>(before[list]);
      return [[list, after[list].filter((object) => !known.has(object)).map(({ name }) => name)]];
    }),
  );
}

describe('the very same object before and after', () => {
  test('an edit of one policy file: everything but its own policies', () => {
    const text = `# a line more\n${folder['policies-a.yaml'] ?? ''}`;
    const [before, after] = edited({ file: 'policies-a.yaml', text });
    assert.deepEqual(renewed(before, after), { policies: ['one', 'two'] });
    assert.equal(after.network, before.network);
  });

  test('a new policy in a namespace of others', () => {
    const [before, after] = edited({ file: 'new.yaml', text: policy('new', 'shop', 'web') });
    assert.deepEqual(renewed(before, after), { policies: ['new'] });
  });

  test('a policy file that is deleted', () => {
    const [before, after] = edited({ file: 'policies-a.yaml', removed: true });
    assert.deepEqual(renewed(before, after), { policies: [] });
  });

  test('an edit of a workload: pods and slices of others, all Services and nodes', () => {
    const [before, after] = edited({ file: 'web.yaml', text: workload('Deployment', 'web', 4) });
    assert.deepEqual(renewed(before, after), {
      workloads: ['web'],
      pods: ['web-0', 'web-1', 'web-2', 'web-3'],
      slices: after.slices.filter(({ service: key }) => key === 'shop/web').map(({ name }) => name),
    });
  });

  test('a file without anything of Kubernetes: the cluster value itself', () => {
    const [before, after] = edited({ file: 'notes.yaml', text: 'a: b\n' });
    assert.equal(after, before);
  });

  test('an edit that moves a workload down in its file: only its own pods, which keep their places', () => {
    const [before, after] = edited({ file: 'db.yaml', text: `# a line more\n${folder['db.yaml'] ?? ''}` });
    assert.deepEqual(renewed(before, after)['pods'], ['db-0', 'db-1']);
    const places = (cluster: Cluster): readonly string[] => cluster.pods.map(placeText);
    assert.deepEqual(places(after), places(before));
  });
});

test('a pod is another object when only the address of its node changes', () => {
  const node = (address: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n`;
  const store = createStore();
  const first = store.apply([...changes, { file: 'node.yaml', text: node('10.0.0.1') }]).cluster;
  const before = simulate(first, defaultSettings).cluster;
  const second = store.apply([{ file: 'node.yaml', text: node('10.0.0.2') }]).cluster;
  const after = simulate(second, defaultSettings, before).cluster;
  const hosts = (cluster: Cluster): readonly (string | undefined)[] =>
    cluster.pods.map((pod) => pod.hostAddresses[0]?.value.text);
  assert.deepEqual([...new Set(hosts(before))], ['10.0.0.1']);
  assert.deepEqual([...new Set(hosts(after))], ['10.0.0.2']);
});

test('a slice is another object when only the zone of a node changes', () => {
  const node = (zone: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {topology.kubernetes.io/zone: ${zone}}}\n`;
  const store = createStore();
  const first = store.apply([...changes, { file: 'node.yaml', text: node('a') }]).cluster;
  const before = simulate(first, defaultSettings).cluster;
  const second = store.apply([{ file: 'node.yaml', text: node('b') }]).cluster;
  const after = simulate(second, defaultSettings, before).cluster;
  const zones = ({ slices }: Cluster): readonly (string | undefined)[] => [
    ...new Set(
      slices
        .filter(({ service: key }) => key === 'shop/web')
        .flatMap(({ endpoints }) => endpoints.map(({ zone }) => zone)),
    ),
  ];
  assert.deepEqual([zones(before), zones(after)], [['a'], ['b']]);
  assert.equal(after.pods, before.pods);
});

test('keeping objects changes nothing of what is filled in', () => {
  const store = createStore();
  let shown = simulate(store.apply(changes).cluster, defaultSettings).cluster;
  const edits: readonly FileChange[] = [
    { file: 'web.yaml', text: workload('Deployment', 'web', 5) },
    { file: 'policies-b.yaml', removed: true },
    // Pods between which others of their workload stay where they are.
    { file: 'rival-pods.yaml', text: [named('web-1'), named('web-3')].join('---\n') },
    { file: 'rival.yaml', text: workload('StatefulSet', 'web', 2) },
    { file: 'hosts.yaml', text: workload('DaemonSet', 'agent', 1) },
    { file: 'db.yaml', text: workload('StatefulSet', 'db', 7, 'nodeSelector: {disk: fast}, ') },
    { file: 'rival.yaml', removed: true },
    { file: 'tools.yaml', text: [bare('job'), bare('job'), bare('job')].join('---\n') },
    { file: 'web.yaml', text: workload('Deployment', 'web', 2) },
  ];
  for (const edit of edits) {
    const { cluster } = store.apply([edit]);
    const next = simulate(cluster, defaultSettings, shown);
    // A copy: of it nothing is known but what it says.
    const afresh = simulate(structuredClone(cluster), defaultSettings, structuredClone(shown));
    assert.deepEqual(plain(next.cluster), plain(afresh.cluster));
    assert.deepEqual(next.problems, afresh.problems);
    shown = next.cluster;
  }
});

test('other settings of the simulation are followed though no file changed', () => {
  const { cluster } = createStore().apply(changes);
  const before = simulate(cluster, defaultSettings).cluster;
  const after = simulate(cluster, { ...defaultSettings, workers: 7 }, before).cluster;
  assert.equal(after.nodes.length, before.nodes.length + 7 - defaultSettings.workers);
});

test('a simulation that is abandoned half-way leaves the next one as it would have been', () => {
  const expected = simulate(createStore().apply(changes).cluster, defaultSettings).cluster;
  const { cluster } = createStore().apply(changes);
  const length = [...simulateInSteps(structuredClone(cluster), defaultSettings)].length;
  for (let steps = 1; steps <= length; steps++) {
    const abandoned = simulateInSteps(cluster, defaultSettings);
    for (let step = 0; step < steps; step++) abandoned.next();
    assert.deepEqual(finish(simulateInSteps(cluster, defaultSettings)).cluster, expected);
  }
});

function placeText(pod: Pod): string {
  return `${keyOf(pod)} ${pod.node?.value ?? ''} ${pod.addresses.map(({ value }) => value.text).join()}`;
}

/** Without the difference between a field that is undefined and one that is missing. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
