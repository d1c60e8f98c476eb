// The rows of the Policies view: tiers in the order in which they are asked, what each policy is about, and whom its rules let
// connect; every row can be found again by its id.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyCounts } from '../../src/features/policyFilter';
import { policyRows } from '../../src/features/policyTree';
import { chunkSize, type TreeRow } from '../../src/features/tree';
import type { Cluster } from '../../src/model/cluster';
import { assertGolden } from '../support/golden';
import { clusterOf, shop } from './shopCluster';
import { tiers } from './tiersCluster';

function allRows(cluster: Cluster, parent?: string): readonly TreeRow[] {
  return policyRows(cluster, '', parent).flatMap((row) => [
    row,
    ...(row.expandable ? allRows(cluster, row.id) : []),
  ]);
}

function outline(cluster: Cluster, parent?: string, indent = ''): string {
  return policyRows(cluster, '', parent)
    .map((row) => {
      const line = `${indent}${row.label}  ${row.description}${row.problem ? '  !' : ''}\n`;
      return line + (row.expandable ? outline(cluster, row.id, `${indent}  `) : '');
    })
    .join('');
}

test('policies of all tiers read as accepted', () => {
  assertGolden('policies/tiers.txt', outline(tiers));
  assertGolden('policies/shop.txt', outline(shop));
});

test('tiers come in the order in which they are asked, and only those that have policies', () => {
  assert.deepEqual(
    policyRows(tiers, '').map(({ label }) => label),
    ['Admin', 'NetworkPolicy', 'Baseline', 'Not judged'],
  );
  assert.deepEqual(
    policyRows(shop, '').map(({ label }) => label),
    ['NetworkPolicy'],
  );
});

test('a cluster without policies has no rows', () => {
  assert.deepEqual(policyRows(clusterOf('apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'), ''), []);
});

test('no two rows have the same id, and what can be opened holds something', () => {
  for (const cluster of [tiers, shop]) {
    const rows = allRows(cluster);
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const row of rows)
      assert.equal(policyRows(cluster, '', row.id).length > 0, row.expandable, `${row.id} opens to nothing`);
  }
});

test('policies, rules, peers and ports lead to their lines, pods can be traced', () => {
  for (const { kind, id, at, flags } of allRows(tiers)) {
    if (kind === 'policy' || kind === 'rule' || kind === 'peer' || kind === 'port') assert.ok(at, id);
    if (kind === 'pod') assert.ok(flags.includes('canTrace'), id);
    assert.equal(flags.includes('hasManifest'), at !== undefined, id);
  }
});

test('each range of networks leads to its own place', () => {
  const ranges = allRows(tiers).filter(({ label }) => label.startsWith('to network '));
  assert.equal(new Set(ranges.map(({ at }) => at?.character)).size, 2);
});

test('a rule of a direction that policyTypes leaves out says that it does nothing', () => {
  const idle = allRows(tiers).find(({ description }) => description.includes('does nothing'));
  assert.deepEqual([idle?.label, idle?.problem], ['Egress rule 1', true]);
});

function moreThanAChunk(): Cluster {
  const policies = Array.from(
    { length: chunkSize + 2 },
    (_, index) =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p${index}, namespace: a }\nspec: { podSelector: {} }\n`,
  );
  return clusterOf(policies.join('---\n'));
}

test('long lists of policies come in chunks', () => {
  const cluster = moreThanAChunk();
  const rows = policyRows(cluster, '', 'namespace:a');
  const more = rows.at(-1);
  assert.deepEqual(
    [rows.length, more?.label, more?.description],
    [chunkSize + 1, '2 more…', '2 not shown yet'],
  );
  assert.equal(policyRows(cluster, '', more?.id).length, 2);
});

/** Names of the policies that the view shows, opened down to them. */
function names(cluster: Cluster, filter: string, parent?: string): readonly string[] {
  return policyRows(cluster, filter, parent).flatMap((row) =>
    row.kind === 'policy' ? [row.label] : row.expandable ? names(cluster, filter, row.id) : [],
  );
}

test('the filter finds policies by name, kind, tier, namespace and whom they select; all its words must fit', () => {
  const everything = ['guard', 'ties', 'cache', 'closed', 'default', 'later', 'l7', 'default'];
  for (const [filter, expected] of [
    ['', everything],
    ['CACHE', ['cache']],
    ['cilium', ['l7']],
    ['kind:networkpolicy shop', ['cache', 'closed', 'l7']],
    ['tier:admin', ['guard', 'ties']],
    ['tier:network', ['cache', 'closed']],
    ['tier:baseline', ['default']],
    ['tier:vendor', ['later', 'l7', 'default']],
    ['namespace:shop', ['cache', 'closed', 'l7']],
    ['namespace:sho', []],
    ['selects:nothing', ['closed']],
    ['selects:bank/vault', ['guard', 'ties', 'default']],
    ['selects:shop/web', ['default']],
    ['tier:admin selects:nothing', []],
  ] as const) {
    assert.deepEqual([...names(tiers, filter)].sort(), [...expected].sort(), filter);
    assert.deepEqual(policyCounts(tiers, filter), { shown: expected.length, all: everything.length }, filter);
  }
});

test('tiers, namespaces and vendors count the policies that the filter lets through, and go when it lets none', () => {
  assert.deepEqual(
    policyRows(tiers, 'tier:network selects:nothing').map(({ label, description }) => [label, description]),
    [['NetworkPolicy', '1 policy in 1 namespace']],
  );
  assert.deepEqual(
    policyRows(tiers, 'closed', 'tier:network').map(({ label, description }) => [label, description]),
    [['shop', '1 policy']],
  );
  assert.deepEqual(
    policyRows(tiers, 'l7', 'tier:vendor').map(({ label }) => label),
    ['Cilium'],
  );
});

test('a policy that the filter finds is shown with all that is below it', () => {
  const rowsBelow = (filter: string): readonly TreeRow[] =>
    policyRows(tiers, filter, 'policy:NetworkPolicy shop/cache');
  assert.deepEqual(rowsBelow('cache'), rowsBelow(''));
  assert.ok(rowsBelow('cache').length > 1);
});

test('more policies than a chunk are filtered in front of it', () => {
  const rows = policyRows(moreThanAChunk(), `p${chunkSize + 1}`, 'namespace:a');
  assert.deepEqual(
    rows.map(({ label }) => label),
    [`p${chunkSize + 1}`],
  );
});
