// The rows of the Cluster view: what each level shows, that simulated facts say so, and that long lists come in chunks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkSize, simulatedSentence, treeRows, type Grouping, type TreeRow } from '../../src/features/tree';
import type { Cluster } from '../../src/model/cluster';
import { clusterOf, shop } from './shopCluster';

const rows = (
  cluster: Cluster,
  parent?: string,
  grouping: Grouping = 'node',
  filter = '',
): readonly TreeRow[] => treeRows(cluster, { grouping, filter }, parent);

const texts = (shown: readonly TreeRow[]): string[] =>
  shown.map(({ label, description }) => `${label}  ${description}`.trim());

const labels = (shown: readonly TreeRow[]): string[] => shown.map(({ label }) => label);

const running = `
apiVersion: v1
kind: Pod
metadata: { name: seen, namespace: live, uid: u1 }
spec: { nodeName: real, containers: [{ name: app, image: app }] }
status: { phase: Running, hostIP: 192.0.2.4, podIP: 10.20.30.40, podIPs: [{ ip: 10.20.30.40 }], conditions: [{ type: Ready, status: "True" }] }
`;

const planned = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 80 }] }] }
`;

test('a row whose facts are all simulated says so once, at its end', () => {
  const cluster = clusterOf(planned);
  assert.match(
    texts(rows(cluster))[0] ?? '',
    /^control-plane {2}172\.18\.0\.\d+ · pods 10\.244\.\d+\.0\/24 · 0 pods · simulated$/,
  );
  const pods = rows(cluster).flatMap(({ id }) => rows(cluster, id));
  assert.deepEqual(labels(pods).sort(), ['web-0', 'web-1']);
  for (const text of texts(pods)) assert.match(text, /^web-\d {2}10\.244\.\d+\.\d+ · default · simulated$/);
  const byNamespace = texts(rows(cluster, 'namespace:default', 'namespace'));
  for (const text of byNamespace) assert.match(text, /^web-\d {2}10\.244\.\d+\.\d+ · worker-\d · simulated$/);
});

test('a simulated address beside a declared node carries the mark itself', () => {
  const [row] = rows(shop, 'namespace:shop', 'namespace', 'db-0');
  assert.match(row?.description ?? '', /^10\.244\.\d+\.\d+ \(simulated\) · worker-2$/);
});

test('what a cluster reported stands without a mark', () => {
  const cluster = clusterOf(running);
  assert.deepEqual(texts(rows(cluster)), ['real  192.0.2.4 · 1 pod']);
  assert.deepEqual(texts(rows(cluster, 'node:real')), ['seen  10.20.30.40 · live']);
});

test('a sentence tells what of the cluster is simulated', () => {
  assert.equal(simulatedSentence(clusterOf(planned)), 'Nodes and addresses are simulated.');
  assert.equal(simulatedSentence(shop), 'Addresses are simulated.');
  assert.equal(simulatedSentence(clusterOf(running)), '');
  assert.equal(
    simulatedSentence(
      clusterOf(
        `${running}---\n${planned.trim()}\n---\napiVersion: v1\nkind: Node\nmetadata: { name: other }`,
      ),
    ),
    'Some addresses are simulated.',
  );
});

test('what is wrong with a pod stands before its namespace; why no node takes it stands last', () => {
  const [seen] = rows(clusterOf(running.replace('"True"', '"False"')), 'node:real');
  assert.equal(seen?.description, '10.20.30.40 · not ready · live');
  const waiting = clusterOf(
    planned.replace('spec: { containers', 'spec: { nodeSelector: { gpu: "yes" }, containers'),
  );
  const [pod] = rows(waiting, 'unscheduled:');
  assert.match(pod?.description ?? '', /^default · 0\/3 nodes are available/);
  const tooltip = new Map(pod?.tooltip);
  assert.equal(tooltip.get('Network namespace'), 'none before a node takes the pod');
});

test('a group without pods cannot be expanded', () => {
  const cluster = clusterOf(planned);
  assert.deepEqual(
    rows(cluster).map(({ label, expandable }) => [label, expandable]),
    [
      ['control-plane', false],
      ['worker-1', true],
      ['worker-2', true],
    ],
  );
});

test('a pod holds its pause container, its device and its containers, in the order that they start', () => {
  assert.deepEqual(labels(rows(shop, 'pod:shop/web')), ['pause', 'eth0', 'web', 'log-shipper']);
  assert.deepEqual(labels(rows(shop, 'pod:monitoring/exporter')), ['pause', 'node worker-2', 'exporter']);
});

test('workloads count their pods first, and pods that nothing owns have a group per namespace', () => {
  assert.deepEqual(texts(rows(clusterOf(planned), undefined, 'workload')), [
    'web  2 pods · Deployment in default',
  ]);
  assert.ok(texts(rows(shop, undefined, 'workload')).includes('No workload  4 pods · in shop'));
});

test('the filter takes names, labels, addresses and ranges, and hides groups that become empty', () => {
  const filtered = (filter: string): string[] => labels(rows(shop, undefined, 'namespace', filter));
  assert.deepEqual(filtered('db'), ['shop']);
  assert.deepEqual(filtered('app=stranger'), ['default']);
  assert.deepEqual(filtered('172.18.0.0/16'), ['monitoring']);
  assert.deepEqual(filtered('worker-2 odd'), ['default']);
  assert.deepEqual(filtered('nothing'), []);
});

test('names keep their markup: rows are text', () => {
  const [, , container] = rows(shop, 'pod:default/odd');
  assert.equal(container?.label, '<img src=x onerror="document.title=1">');
});

test('a node with many pods shows them in chunks that together are all of them, each once', () => {
  const pods = 2 * chunkSize + 7;
  const many = Array.from(
    { length: pods },
    (_, index) => `apiVersion: v1
kind: Pod
metadata: { name: p${index} }
spec: { nodeName: one, containers: [{ name: c, image: c }] }
`,
  );
  const cluster = clusterOf(many.join('---\n'));
  const seen: string[] = [];
  let parent: string | undefined = 'node:one';
  while (parent !== undefined) {
    const shown: readonly TreeRow[] = rows(cluster, parent);
    seen.push(...labels(shown.filter(({ kind }) => kind === 'pod')));
    parent = shown.find(({ kind }) => kind === 'more')?.id;
  }
  assert.equal(seen.length, pods);
  assert.equal(new Set(seen).size, pods);
  assert.equal(rows(cluster, 'node:one').at(-1)?.label, `${chunkSize} more…`);
});
