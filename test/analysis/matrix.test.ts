// The connectivity as a matrix: cells of pairs and of namespaces, with and without a port, filtered and folded.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityTable } from '../../src/analysis/connectivity';
import { cellValues, matrixOf, mostOpen, type Matrix, type MatrixChoice } from '../../src/analysis/matrix';
import { readManifests } from '../support/manifests';

const pod = (namespace: string, name: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: ${namespace}, name: ${name}, labels: {app: ${name}}}, spec: {containers: [{name: c, image: i}]}}`;
const only = (namespace: string, app: string, from: string, ports: string): string =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: ${namespace}, name: ${app}}, spec: {podSelector: {matchLabels: {app: ${app}}}, ingress: [{from: [{podSelector: {matchLabels: {app: ${from}}}}], ports: ${ports}}]}}`;

const everything: MatrixChoice = {
  sources: '',
  destinations: '',
  port: undefined,
  folding: 'auto',
  toggled: new Set(),
};

function read(documents: readonly string[], choice: Partial<MatrixChoice> = {}): Matrix {
  const { cluster } = readManifests({ 'a.yaml': documents.join('\n---\n') });
  return matrixOf(connectivityTable(cluster, { level: 'workload' }), { ...everything, ...choice });
}

function finish<T>(work: Generator<undefined, T>): { readonly value: T; readonly pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = work.next();
    if (step.done === true) return { value: step.value, pauses };
  }
}

/** One line for each row: its id, and a sign for each cell. */
function drawn(matrix: Matrix): readonly string[] {
  const { rows, columns } = matrix;
  const at = { row: 0, column: 0, rows: rows.length, columns: columns.length };
  const bytes = finish(matrix.cells(at)).value;
  return rows.map(({ id }, row) => {
    const cells = bytes.subarray(row * columns.length, (row + 1) * columns.length);
    return `${[...cells].map((value) => '.sA-'[value] ?? '?').join('')} ${id}`;
  });
}

const shop = [
  ...['api', 'db', 'web'].map((name) => pod('shop', name)),
  pod('ops', 'agent'),
  only('shop', 'db', 'api', '[{port: 5432, endPort: 5440}]'),
  only('shop', 'api', 'web', '[]'),
];

describe('the matrix', () => {
  test('a cell says none, some or all ports; nobody is asked about itself, nor the outside about the outside', () => {
    assert.deepEqual(
      drawn(read(shop)),
      [
        '--s..AA ops',
        '--s..AA ops/agent[Pod]',
        'AAs.sAA shop',
        'AAs-sAA shop/api[Pod]',
        'AAs.-AA shop/db[Pod]',
        'AAsA.-A shop/web[Pod]',
        'AAs..A- 0.0.0.0-255.255.255.255',
      ].map((line) => line.replace('AAs.sAA shop', 'AAsssAA shop')),
    );
  });

  test('with a port a cell of one pair is open or closed, never some', () => {
    const matrix = read(shop, {
      port: { protocol: 'TCP', port: 5435 },
      sources: 'shop/',
      destinations: 'shop/',
    });
    assert.deepEqual(drawn(matrix), [
      'sssA shop',
      'A-AA shop/api[Pod]',
      's.-A shop/db[Pod]',
      'sA.- shop/web[Pod]',
    ]);
    const udp = read(shop, {
      port: { protocol: 'UDP', port: 5435 },
      sources: 'shop/api',
      destinations: 'shop/db',
    });
    assert.deepEqual(drawn(udp), ['.. shop', '.. shop/api[Pod]']);
  });

  test('a folded namespace stands for all its pairs, and a toggled one is the other way', () => {
    const matrix = read(shop, { folding: 'folded', toggled: new Set(['ops']) });
    assert.deepEqual(drawn(matrix), [
      '--sA ops',
      '--sA ops/agent[Pod]',
      'AAsA shop',
      'AAs- 0.0.0.0-255.255.255.255',
    ]);
  });

  test('filters are by words of the id, each for its own side', () => {
    const matrix = read(shop, { sources: 'SHOP w', destinations: 'outside' });
    assert.deepEqual(
      [matrix.rows.map(({ id }) => id), matrix.columns.map(({ id }) => id)],
      [['shop', 'shop/web[Pod]'], ['0.0.0.0-255.255.255.255']],
    );
    assert.deepEqual(read(shop, { sources: 'nobody' }).rows, []);
  });

  test('many are folded unless the user wants it otherwise', () => {
    const many = Array.from({ length: mostOpen }, (_, index) => pod('a', `p${index}`));
    assert.deepEqual(
      read(many).rows.map(({ id }) => id),
      ['a', '0.0.0.0-255.255.255.255'],
    );
    assert.equal(read(many, { folding: 'open' }).rows.length, mostOpen + 2);
    assert.equal(read(many.slice(1)).rows.length, mostOpen + 1);
  });

  test('any part of the matrix is the same as in the whole, and work pauses at every row', () => {
    const matrix = read(shop);
    const whole = finish(matrix.cells({ row: 0, column: 0, rows: 7, columns: 7 })).value;
    const { value: part, pauses } = finish(matrix.cells({ row: 2, column: 3, rows: 3, columns: 2 }));
    assert.deepEqual(
      [...part],
      [2, 3, 4].flatMap((row) => [3, 4].map((column) => whole[row * 7 + column])),
    );
    // The row of a namespace of three, and two rows of one.
    assert.equal(pauses, 5);
    assert.equal(finish(matrix.cells({ row: 6, column: 6, rows: 64, columns: 64 })).value.length, 1);
  });

  test('pairs are counted without those that are not asked', () => {
    const matrix = read(shop);
    const namespace = matrix.rows.find(({ id }) => id === 'shop');
    assert.ok(namespace !== undefined);
    assert.deepEqual(finish(matrix.count(namespace, namespace)).value, { none: 2, some: 1, all: 3 });
    assert.equal(cellValues.notAsked, 3);
  });
});
