// The matrix in words: what a cell means, who decides, what a trace of it asks, and the list of one workload.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityTable } from '../../src/analysis/connectivity';
import {
  axisView,
  cellDetail,
  focusView,
  matrixFor,
  matrixSummary,
  pairToTrace,
  portProblem,
} from '../../src/features/matrixView';
import type { MatrixPicks } from '../../src/features/matrixShape';
import { readManifests } from '../support/manifests';

const picks: MatrixPicks = {
  sources: '',
  destinations: '',
  port: '',
  folding: 'open',
  toggled: [],
  focus: null,
  size: 'medium',
};
const workload = (name: string, kind = 'Deployment'): string =>
  `{apiVersion: apps/v1, kind: ${kind}, metadata: {namespace: shop, name: ${name}}, spec: {replicas: 2, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: i}]}}}}`;
const manifests = [
  workload('web'),
  workload('db', 'StatefulSet'),
  '{apiVersion: v1, kind: Pod, metadata: {namespace: ops, name: agent}, spec: {containers: [{name: c, image: i}]}}',
  '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: shop, name: db-only-web}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 198.51.100.0/24}}], ports: [{port: 5432}]}]}}',
];
const { cluster } = readManifests({ 'shop.yaml': manifests.join('\n---\n') });
const table = connectivityTable(cluster, { level: 'workload' });

function finish<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function detail(row: string, column: string, port = '') {
  const matrix = matrixFor(table, { ...picks, port });
  const [from, to] = [
    matrix.rows.find(({ id }) => id === row),
    matrix.columns.find(({ id }) => id === column),
  ];
  assert.ok(from !== undefined && to !== undefined);
  return finish(cellDetail(cluster, matrix, from, to));
}

const [web, db, agent] = ['shop/web[Deployment]', 'shop/db[StatefulSet]', 'ops/agent[Pod]'];

describe('a cell in words', () => {
  test('tells the ports of a pair and the policies that isolate its ends, with their lines', () => {
    const { text, policies, canTrace } = detail(web, db);
    assert.deepEqual([text, canTrace], ['shop/web → shop/db: TCP 5432', true]);
    assert.deepEqual(
      policies.map(({ label, at }) => [label, at?.line]),
      [['shop/db-only-web (ingress)', 6]],
    );
    assert.deepEqual(detail(db, web), {
      text: 'shop/db → shop/web: all ports',
      policies: [],
      canTrace: true,
    });
    assert.equal(detail(agent, db).text, 'ops/agent → shop/db: nothing is permitted');
  });

  test('with a port it tells open or closed, and for which protocols', () => {
    assert.equal(detail(web, db, '5432').text, 'shop/web → shop/db: open on port 5432 (TCP)');
    assert.equal(detail(web, db, 'udp/5432').text, 'shop/web → shop/db: closed on UDP port 5432');
  });

  test('of namespaces it counts pairs', () => {
    assert.equal(
      detail('shop', 'shop').text,
      'namespace shop → namespace shop: of 2 pairs 1 permit all ports, 1 some, 0 none',
    );
    assert.equal(
      detail('shop', 'shop', '80').text,
      'namespace shop → namespace shop: 1 of 2 pairs open, 1 closed',
    );
  });

  test('a workload with itself and the outside with itself are not looked at, and not traced', () => {
    assert.equal(detail(web, web).canTrace, false);
    assert.equal(detail('198.51.100.0-198.51.100.255', '0.0.0.0-198.51.99.255').canTrace, false);
  });

  test('the whole is summed up among workloads', () => {
    assert.equal(
      finish(matrixSummary(matrixFor(table, picks))),
      '3 workloads in 2 namespaces. Among them: of 6 pairs 4 permit all ports, 1 some, 1 none.',
    );
  });

  test('a port that is none is said, and an empty one is none', () => {
    assert.equal(portProblem(' '), null);
    assert.equal(portProblem('70000'), '"70000" is not a port: write a number from 1 to 65535, or tcp/5432.');
  });
});

describe('what a cell traces', () => {
  const pair = (source: string, destination: string, port = '') =>
    pairToTrace(cluster, matrixFor(table, { ...picks, port }), source, destination);

  test('its ends and the port that is permitted', () => {
    assert.deepEqual(pair(web, db), {
      from: { kind: 'workload', workload: 'Deployment', namespace: 'shop', name: 'web' },
      to: { kind: 'workload', workload: 'StatefulSet', namespace: 'shop', name: 'db' },
      protocol: 'TCP',
      port: 5432,
    });
  });

  test('the declared port where all are permitted or none is, and the picked one always', () => {
    assert.equal(pair(db, web)?.port, undefined);
    assert.equal(pair(agent, db)?.port, undefined);
    assert.deepEqual([pair(agent, db, 'udp/53')?.port, pair(agent, db, 'udp/53')?.protocol], [53, 'UDP']);
  });

  test('an address that somebody outside can have', () => {
    assert.deepEqual(pair('198.51.100.0-198.51.100.255', db)?.from, {
      kind: 'address',
      address: '198.51.100.0',
    });
    assert.deepEqual(pair('198.51.101.0-255.255.255.255', db)?.from, {
      kind: 'address',
      address: '203.0.113.10',
    });
    assert.deepEqual(pair('0.0.0.0-198.51.99.255', db)?.from, { kind: 'address', address: '198.51.99.255' });
  });

  test('nothing for who is not there', () => {
    assert.equal(pair('shop/gone[Pod]', db), undefined);
    assert.equal(pair(db, db), undefined);
  });
});

describe('the list of one workload', () => {
  test('has its connections both ways', () => {
    const view = focusView(matrixFor(table, picks), db);
    assert.deepEqual(view?.receives, {
      listed: [
        { id: '198.51.100.0-198.51.100.255', name: '198.51.100.0-198.51.100.255', ports: 'TCP 5432' },
        { id: web, name: 'shop/web', ports: 'TCP 5432' },
      ],
      more: 0,
    });
    assert.equal(view.sends.listed.length, 5);
    assert.equal(focusView(matrixFor(table, picks), 'shop/gone[Pod]'), undefined);
  });

  test('rows and columns have names, kinds and counts', () => {
    const matrix = matrixFor(table, { ...picks, folding: 'folded', toggled: ['shop'] });
    assert.deepEqual(axisView(table, matrix.rows), {
      ids: ['ops', 'shop', db, web, ''],
      labels: ['ops', 'shop', 'db', 'web', 'outside'],
      kinds: ['folded', 'open', 'workload', 'workload', 'folded'],
      counts: [1, 2, 1, 1, 3],
    });
  });

  test('the outside that no policy cuts is called so, beside its addresses where there is room', () => {
    const { cluster: uncut } = readManifests({ 'shop.yaml': manifests.slice(0, 3).join('\n---\n') });
    const whole = connectivityTable(uncut, { level: 'workload' });
    const outside = '0.0.0.0-255.255.255.255';
    const { rows } = matrixFor(whole, picks);
    const at = rows.findIndex(({ id }) => id === outside);
    assert.equal(axisView(whole, rows).labels[at], 'outside (IPv4)');
    const [first] = focusView(matrixFor(whole, picks), db)?.receives.listed ?? [];
    assert.deepEqual([first?.id, first?.name], [outside, `outside (${outside})`]);
  });
});
