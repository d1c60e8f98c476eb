// How far pods are open, in rows of the Cluster view and in its filter.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podCounts, treeRows, type TreeRow } from '../../src/features/tree';
import { hostPod, pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const pods = [
  pod('shop/web', { labels: '{ app: web }', ips: ['10.244.1.3'] }),
  pod('shop/api', { labels: '{ app: api }', ips: ['10.244.1.4'] }),
  pod('shop/db', { labels: '{ app: db }', ips: ['10.244.1.5'] }),
  pod('shop/job', { labels: '{ app: job }', ips: ['10.244.1.6'] }),
  pod('shop/done', { labels: '{ app: job }', phase: 'Succeeded' }),
  hostPod('shop/agent', 'n1'),
];
const ingress = (app: string, rules: string): string =>
  policy(`shop/${app}`, `podSelector: { matchLabels: { app: ${app} } }\ningress: ${rules}`);
const policies = [
  ingress('web', '[{}]'),
  ingress('api', '[{ from: [{ namespaceSelector: {} }] }]'),
  ingress('db', '[{ from: [{ podSelector: { matchLabels: { app: api } } }] }]'),
];
const { cluster } = readManifests({ 'a.yaml': documents(...pods, ...policies) });

function rows(filter = ''): ReadonlyMap<string, TreeRow> {
  const found = treeRows(cluster, { grouping: 'namespace', filter }, 'namespace:shop');
  return new Map(found.map((row) => [row.label, row]));
}

const openTo = (row: TreeRow | undefined): string | undefined =>
  row?.tooltip.find(([name]) => name === 'Open to')?.[1];

describe('rows of pods', () => {
  test('say in a word what is open, the widest first, and nothing where only selected pods come in', () => {
    const words = [...rows()].map(([name, { description }]) => [name, description.split(' · ').at(-1)]);
    assert.deepEqual(Object.fromEntries(words), {
      agent: 'n1',
      api: 'ingress open to the cluster',
      db: 'n1',
      done: 'n1',
      job: 'no policy',
      web: 'ingress open to the outside',
    });
  });

  test('say it to screen readers, and in full in the tooltip', () => {
    const shown = rows();
    assert.match(shown.get('web')?.accessibleName ?? '', /, ingress open to the outside$/);
    assert.deepEqual(
      ['web', 'db', 'job', 'agent', 'done'].map((name) => openTo(shown.get(name))),
      [
        'ingress the outside and the whole cluster; egress the outside and the whole cluster',
        'ingress selected pods or nobody; egress the outside and the whole cluster',
        'everybody, both ways: no policy selects it',
        'everybody: policies do not apply on the network of a node',
        undefined,
      ],
    );
  });

  test('say nothing where there is no policy at all', () => {
    const bare = readManifests({ 'a.yaml': documents(...pods) }).cluster;
    for (const row of treeRows(bare, { grouping: 'namespace', filter: '' }, 'namespace:shop')) {
      assert.equal(openTo(row), undefined);
      assert.doesNotMatch(row.description, /no policy/);
    }
  });
});

test('the filter finds pods by how far they are open, with other words', () => {
  for (const [filter, expected] of [
    ['exposed:outside', ['job', 'web']],
    ['exposed:cluster', ['api', 'job', 'web']],
    ['unprotected', ['job']],
    ['exposed:cluster app=api', ['api']],
  ] as const) {
    assert.deepEqual([...rows(filter).keys()], expected, filter);
    assert.equal(podCounts(cluster, filter).shown, expected.length, filter);
  }
});
