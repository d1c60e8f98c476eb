// Revisions: what changes when a file does, and what does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRevision } from '../../src/load/store';
import { createStore } from '../../src/load/store';
import { finish } from '../../src/model/steps';
import { podWith } from './reading';

const web = podWith('  containers: []\n', 'web');
const db = podWith('  containers: []\n', 'db');

function names(revision: ClusterRevision): readonly string[] {
  return revision.cluster.pods.map((pod) => pod.name);
}

test('every change that alters something is one revision and one event', () => {
  const store = createStore();
  const events: number[] = [];
  const listening = store.onDidChange(({ revision }) => events.push(revision));
  assert.equal(store.current.revision, 0);
  store.apply([
    { file: 'web.yaml', text: web },
    { file: 'db.yaml', text: db },
  ]);
  assert.deepEqual(names(store.current), ['db', 'web']);
  store.apply([{ file: 'web.yaml', text: web }]);
  store.apply([{ file: 'none.yaml', removed: true }]);
  store.apply([]);
  assert.deepEqual(events, [1]);
  store.apply([{ file: 'db.yaml', removed: true }]);
  assert.deepEqual(names(store.current), ['web']);
  listening.dispose();
  store.apply([{ file: 'web.yaml', removed: true }]);
  assert.deepEqual([events, store.current.revision, names(store.current)], [[1, 2], 3, []]);
});

test('renaming a file is a removal and an addition in one revision', () => {
  const store = createStore();
  store.apply([{ file: 'a.yaml', text: web }]);
  const { revision, cluster, problems } = store.apply([
    { file: 'a.yaml', removed: true },
    { file: 'b.yaml', text: web },
  ]);
  assert.deepEqual([revision, cluster.pods[0]?.at?.file, problems], [2, 'b.yaml', []]);
});

test('a pod whose file did not change is the same value in the next revision', () => {
  const store = createStore();
  const owned = web.replace(
    'namespace: shop',
    'namespace: shop, ownerReferences: [{kind: Job, name: j, controller: true}]',
  );
  const before = store.apply([
    { file: 'web.yaml', text: owned },
    { file: 'db.yaml', text: db },
  ]);
  const after = store.apply([{ file: 'db.yaml', text: `# edited\n${db}` }]);
  assert.equal(after.cluster.pods[1], before.cluster.pods[1]);
  assert.notEqual(after.cluster.pods[0], before.cluster.pods[0]);
});

test('of two readings in steps the one that ends last has the files of both', () => {
  const store = createStore();
  const slow = store.applyInSteps([{ file: 'web.yaml', text: web }]);
  slow.next();
  slow.next();
  store.apply([{ file: 'db.yaml', text: db }]);
  assert.deepEqual(names(finish(slow)), ['db', 'web']);
});

test('an abandoned reading changes nothing', () => {
  const store = createStore();
  const before = store.apply([{ file: 'db.yaml', text: db }]);
  const abandoned = store.applyInSteps([{ file: 'web.yaml', text: web }]);
  abandoned.next();
  abandoned.next();
  assert.equal(store.current, before);
  assert.deepEqual(names(store.apply([{ file: 'db.yaml', text: `# edited\n${db}` }])), ['db']);
});

test('a preview in steps is what the preview is, and publishes nothing', () => {
  const store = createStore();
  const before = store.apply([{ file: 'db.yaml', text: db }]);
  const change = [{ file: 'web.yaml', text: web }];
  assert.deepEqual(finish(store.previewInSteps(change)), store.preview(change));
  assert.deepEqual(
    store.preview(change).cluster.pods.map(({ name }) => name),
    ['db', 'web'],
  );
  assert.equal(store.current, before);
});

test('in steps nothing is published before the last one', () => {
  const store = createStore();
  const steps = store.applyInSteps([
    { file: 'web.yaml', text: web },
    { file: 'db.yaml', text: db },
  ]);
  assert.deepEqual([steps.next().value, steps.next().value, store.current.revision], [1, 2, 0]);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) assert.equal(store.current.revision, 0);
  assert.deepEqual(
    [step.value === store.current, store.current.revision, names(store.current)],
    [true, 1, ['db', 'web']],
  );
});

test('the last of two changes of one file in one call counts', () => {
  const store = createStore();
  store.apply([
    { file: 'a.yaml', text: web },
    { file: 'a.yaml', text: db },
  ]);
  assert.deepEqual(names(store.current), ['db']);
  store.apply([
    { file: 'a.yaml', removed: true },
    { file: 'a.yaml', text: web },
  ]);
  assert.deepEqual(names(store.current), ['web']);
});

test('files tell what they are', () => {
  const { files } = createStore().apply([
    { file: 'b.yaml', text: `${web}---\n${db}` },
    { file: 'values.yaml', text: 'a: 1' },
    { file: 'bin.yaml', text: new Uint8Array([0, 1, 2]) },
    { file: 'a.yaml', text: 'apiVersion: v1\nkind: Pod\n{{- x }}' },
  ]);
  assert.deepEqual(
    files.map(({ file, role, objects }) => `${file} ${role} ${objects}`),
    ['a.yaml template 0', 'b.yaml kubernetes 2', 'bin.yaml binary 0', 'values.yaml other 0'],
  );
});

test('the tree of a file is parsed once for a text, and again for another', () => {
  const store = createStore();
  store.apply([{ file: 'a.yaml', text: web }]);
  const first = store.documentOf('a.yaml');
  assert.equal(first?.documents.length, 1);
  assert.equal(store.documentOf('a.yaml'), first);
  assert.equal(store.documentOf('a.yaml', web), first);
  const unsaved = store.documentOf('a.yaml', `${web}---\n${db}`);
  assert.equal(unsaved?.documents.length, 2);
  assert.equal(store.documentOf('other.yaml'), undefined);
});

test('a broken document can still be hovered', () => {
  const store = createStore();
  store.apply([{ file: 'a.yaml', text: `${web}  lab\n  a: 1\n` }]);
  assert.equal(store.current.cluster.pods.length, 0);
  const [document] = store.documentOf('a.yaml')?.documents ?? [];
  assert.equal(document?.broken, true);
  assert.ok(document.root?.kind === 'map' && document.root.entries.length > 0);
});

test('one long file is read in many steps, as a JSON list and as YAML documents, to the same objects', () => {
  const pods = Array.from({ length: 400 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'example/app'.repeat(20) }] },
  }));
  const texts = {
    'list.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }),
    'documents.yaml': pods.map((pod) => JSON.stringify(pod)).join('\n---\n'),
  };
  for (const [file, text] of Object.entries(texts)) {
    const store = createStore();
    const counts = [...store.applyInSteps([{ file, text }])];
    assert.ok(counts.filter((count) => count === 0).length >= 4, `${file}: ${counts.length} steps`);
    assert.deepEqual(new Set(names(store.current)), new Set(pods.map(({ metadata }) => metadata.name)));
    assert.deepEqual(store.current.problems, []);
  }
});

test('a JSON list that breaks off behind many items is one problem at its place, and no objects', () => {
  const item = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}';
  const text = `{"kind": "List", "apiVersion": "v1", "items": [${`${item},`.repeat(120)}`;
  const { cluster, problems } = createStore().apply([{ file: 'broken.json', text }]);
  assert.deepEqual(cluster.pods, []);
  assert.deepEqual(
    problems.map(({ code, at }) => `${code} ${at.character}`),
    [`json.syntax ${text.length}`],
  );
});
