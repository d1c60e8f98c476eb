// What the matrix's page and host take from each other: nothing that is not whole.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MatrixPicks } from '../../src/features/matrixShape';
import {
  acceptsMatrixRequest,
  isCellDetail,
  isMatrixPicks,
  isMatrixState,
  isMatrixTile,
} from '../../src/protocol/matrixGuards';
import type { MatrixState } from '../../src/protocol/matrixMessages';

const picks: MatrixPicks = {
  sources: '',
  destinations: '',
  port: '',
  folding: 'auto',
  toggled: ['shop'],
  focus: null,
  size: 'small',
};
const axis = { ids: ['shop'], labels: ['shop'], kinds: ['folded'], counts: [2] } as const;
const focus = { id: 'a', name: 'a', sends: { listed: [], more: 0 }, receives: { listed: [], more: 3 } };
const state: MatrixState = {
  revision: 1,
  picks,
  rows: axis,
  columns: axis,
  port: null,
  portProblem: null,
  summary: '',
  problems: [],
  focus,
};

describe('what the host takes', () => {
  test('requests with the parameters that they have, and no others', () => {
    for (const [method, params] of [
      ['ready', [null]],
      ['ready', [picks]],
      ['setPicks', [picks]],
      ['tile', [1, 0, 64]],
      ['cell', [1, 5, 6]],
      ['openTrace', ['a', 'b']],
    ] as const)
      assert.equal(acceptsMatrixRequest(method, params), true, method);
    for (const [method, params] of [
      ['ready', []],
      ['setPicks', [{ ...picks, size: 'huge' }]],
      ['setPicks', [null]],
      ['tile', [1, -1, 0]],
      ['tile', [1, 0]],
      ['cell', [1, 0.5, 0]],
      ['openTrace', ['a']],
      ['reveal', [{ file: 'x' }]],
      ['eval', ['1']],
    ] as const)
      assert.equal(acceptsMatrixRequest(method, params), false, method);
  });

  test('kept picks only when each of them is there', () => {
    assert.equal(isMatrixPicks(picks), true);
    for (const key of Object.keys(picks)) assert.equal(isMatrixPicks({ ...picks, [key]: 7 }), false, key);
    assert.equal(isMatrixPicks({ ...picks, toggled: [7] }), false);
  });
});

describe('what the page takes', () => {
  test('a state only when every part of it is whole', () => {
    assert.equal(isMatrixState(state), true);
    assert.equal(isMatrixState({ ...state, focus: null, port: 'port 80' }), true);
    for (const key of Object.keys(state)) assert.equal(isMatrixState({ ...state, [key]: {} }), false, key);
    assert.equal(isMatrixState({ ...state, rows: { ...axis, labels: [] } }), false);
    assert.equal(isMatrixState({ ...state, rows: { ...axis, kinds: ['door'] } }), false);
  });

  test('a tile only with as many bytes as it has cells', () => {
    const tile = { revision: 1, row: 0, column: 64, rows: 2, columns: 3, cells: new ArrayBuffer(6) };
    assert.equal(isMatrixTile(tile), true);
    assert.equal(isMatrixTile({ ...tile, cells: new ArrayBuffer(5) }), false);
    assert.equal(isMatrixTile({ ...tile, rows: 65, cells: new ArrayBuffer(195) }), false);
    assert.equal(isMatrixTile({ ...tile, cells: [1, 2, 3, 4, 5, 6] }), false);
    assert.equal(isMatrixTile(null), false);
  });

  test('a detail with links that lead somewhere', () => {
    assert.equal(isCellDetail({ text: 'a', policies: [{ label: 'p' }], canTrace: true }), true);
    assert.equal(isCellDetail({ text: 'a', policies: [{ label: 'p', at: 'x' }], canTrace: true }), false);
  });
});
