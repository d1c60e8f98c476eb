// The tree in a terminal and as JSON: the same rows, all of them, however many there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterTree, treeText } from '../../src/features/treeText';
import { chunkSize } from '../../src/features/tree';
import { emptyCluster } from '../../src/model/cluster';
import { documents, readManifests } from '../support/manifests';
import { pod } from '../policy/fixtures';
import { town } from './town';

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

test('branches are drawn as tree(1) draws them', () => {
  const text = treeText(town, 'namespace', 'db-0');
  const shape = lines(text).map((line) => line.replace(/(\S) {2,}.*$/, '$1'));
  assert.deepEqual(shape, [
    'shop',
    '└─ db-0',
    '   ├─ pause',
    '   ├─ eth0',
    '   ├─ migrate',
    '   ├─ proxy',
    '   ├─ pg',
    '   └─ debug',
  ]);
});

test('a group that is not the last at the top begins at the margin', () => {
  const text = treeText(town, 'node', '');
  const top = lines(text).filter((line) => /^\S/.test(line) && !/^[├└│]/.test(line));
  assert.deepEqual(
    top.map((line) => line.split('  ')[0]),
    ['n1', 'n2', 'Not scheduled'],
  );
});

test('chunks are put together: nothing says "more"', () => {
  const pods = Array.from({ length: chunkSize + 20 }, (_, index) =>
    pod(`many/p${String(index).padStart(4, '0')}`, { ips: [`10.9.${index >> 8}.${index & 255}`] }),
  );
  const { cluster } = readManifests({ 'many.yaml': documents(...pods) });
  const text = treeText(cluster, 'namespace', '');
  assert.equal(lines(text).filter((line) => /^[├└]─ p\d{4} /.test(line)).length, chunkSize + 20);
  assert.ok(!text.includes('more'));
});

test('a cluster without anything says so', () => {
  assert.equal(treeText(emptyCluster, 'node', ''), 'No Kubernetes objects were found.\n');
});

test('as JSON every pod is below its node, and those without one stand apart with the reason', () => {
  const report = clusterTree(town);
  assert.deepEqual([report.apiVersion, report.kind], ['podnet/v1', 'ClusterTree']);
  assert.deepEqual(
    report.nodes.map(({ name, pods }) => [name, pods.length]),
    [
      ['n1', 7],
      ['n2', 1],
    ],
  );
  assert.deepEqual(
    report.unscheduled.map(({ name, unscheduled }) => [name, unscheduled]),
    [['waiting', 'The pod has no node yet.']],
  );
  const db = report.nodes[0]?.pods.find(({ name }) => name === 'db-0');
  assert.deepEqual(db?.addresses, [
    { text: '10.244.1.2', provenance: 'observed' },
    { text: 'fd00:1::2', provenance: 'observed' },
  ]);
  assert.deepEqual(
    db.containers.map(({ name, role, ports }) => `${name} ${role} ${ports.join()}`),
    [
      'pg app TCP 5432,TCP 9187',
      'migrate init TCP 5432',
      'proxy sidecar TCP 6432,UDP 53',
      'debug ephemeral ',
    ],
  );
  assert.deepEqual(
    [db.sandbox.heldByPause, db.sandbox.pauseReaps, db.hostNetwork],
    [['net', 'ipc', 'uts'], false, false],
  );
});
