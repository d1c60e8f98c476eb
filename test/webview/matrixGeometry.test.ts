// Where cells and tiles are: what is in view, what is asked for, where keys lead.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  blocksIn,
  moved,
  placeAt,
  scrollTo,
  visibleColumns,
  visibleRows,
  wantedTiles,
  type View,
} from '../../webview/matrix/geometry';
import { tileStore } from '../../webview/matrix/tiles';
import type { MatrixTile } from '../../src/protocol/matrixMessages';

const view: View = {
  cell: 10,
  left: 100,
  top: 50,
  width: 400,
  height: 250,
  scrollLeft: 0,
  scrollTop: 0,
  rows: 3_000,
  columns: 3_000,
};

describe('geometry', () => {
  test('what is partly in view is in view', () => {
    assert.deepEqual(
      [visibleRows(view), visibleColumns(view)],
      [
        { from: 0, to: 20 },
        { from: 0, to: 30 },
      ],
    );
    assert.deepEqual(visibleRows({ ...view, scrollTop: 5 }), { from: 0, to: 21 });
    assert.deepEqual(visibleRows({ ...view, scrollTop: 29_900 }), { from: 2_990, to: 3_000 });
    assert.deepEqual(visibleRows({ ...view, rows: 0 }), { from: 0, to: 0 });
  });

  test('tiles in view come first, then the ring around them, none beyond the edge', () => {
    const at = (scrollLeft: number, scrollTop: number) => wantedTiles({ ...view, scrollLeft, scrollTop });
    assert.deepEqual(at(0, 0).visible, [{ row: 0, column: 0 }]);
    assert.equal(at(0, 0).around.length, 3);
    const across = at(6_300, 6_300);
    assert.deepEqual(across.visible.map(({ row, column }) => `${row}/${column}`).sort(), [
      '576/576',
      '576/640',
      '640/576',
      '640/640',
    ]);
    assert.equal(across.around.length, 12);
    assert.deepEqual(wantedTiles({ ...view, rows: 0 }), { visible: [], around: [] });
  });

  test('blocks cut tiles into parts that reach into the view, each from the same cell wherever one scrolls', () => {
    const at = (scrollLeft: number, scrollTop: number, margin = 0) =>
      blocksIn({ ...view, scrollLeft, scrollTop }, 24, margin);
    // 20 rows and 30 columns: tiles of 64 are cut at 24 and 48.
    assert.deepEqual(at(0, 0), [
      { row: 0, column: 0, rows: 24, columns: 24 },
      { row: 0, column: 24, rows: 24, columns: 24 },
    ]);
    assert.deepEqual(
      [...new Set(at(600, 0).map(({ column, columns }) => `${column}+${columns}`))],
      ['48+16', '64+24', '88+24'],
    );
    for (const block of at(6_303, 6_217)) {
      assert.ok([0, 24, 48].includes(block.row % 64) && [0, 24, 48].includes(block.column % 64));
      assert.equal(Math.floor(block.row / 64), Math.floor((block.row + block.rows - 1) / 64));
    }
    const near = new Set(at(3_000, 3_000).map(({ row, column }) => `${row}/${column}`));
    const wide = at(3_000, 3_000, 300);
    assert.ok(
      wide.length > near.size &&
        [...near].every((key) => wide.some((each) => `${each.row}/${each.column}` === key)),
    );
    assert.deepEqual(blocksIn({ ...view, rows: 0 }, 24, 0), []);
    assert.deepEqual(blocksIn({ ...view, height: 50 }, 24, 300), []);
  });

  test('the mouse is over a cell, a header, or nothing', () => {
    const scrolled = { ...view, scrollLeft: 25, scrollTop: 40 };
    assert.deepEqual(placeAt(scrolled, 100, 50), { row: 4, column: 2 });
    assert.deepEqual(placeAt(scrolled, 99, 50), { row: 4, column: -1 });
    assert.deepEqual(placeAt(scrolled, 100, 49), { row: -1, column: 2 });
    assert.equal(placeAt(scrolled, 10, 10), undefined);
    assert.equal(placeAt({ ...view, rows: 3 }, 200, 90), undefined);
  });

  test('scrolling to a cell goes no further than needed', () => {
    assert.deepEqual(scrollTo(view, { row: 5, column: 5 }), { left: 0, top: 0 });
    assert.deepEqual(scrollTo(view, { row: 20, column: 30 }), { left: 10, top: 10 });
    assert.deepEqual(scrollTo({ ...view, scrollTop: 500 }, { row: 3, column: -1 }), { left: 0, top: 30 });
  });

  test('keys lead through cells and headers, never to the corner or beyond', () => {
    const go = (row: number, column: number, key: string, control = false) =>
      moved(view, { row, column }, key, control);
    assert.deepEqual(go(0, 0, 'ArrowUp'), { row: -1, column: 0 });
    assert.deepEqual(go(-1, 0, 'ArrowLeft'), { row: -1, column: 0 });
    assert.deepEqual(go(2_999, 0, 'ArrowDown'), { row: 2_999, column: 0 });
    assert.deepEqual(go(100, 7, 'PageDown'), { row: 119, column: 7 });
    assert.deepEqual(go(5, 7, 'PageUp'), { row: 0, column: 7 });
    assert.deepEqual(go(5, 7, 'End'), { row: 5, column: 2_999 });
    assert.deepEqual(go(5, 7, 'End', true), { row: 2_999, column: 2_999 });
    assert.equal(go(0, 0, 'a'), undefined);
  });
});

describe('tiles', () => {
  function store() {
    const asked: string[] = [];
    const answers: ((tile: MatrixTile | undefined) => void)[] = [];
    let changes = 0;
    const tiles = tileStore(
      (revision, row, column) => {
        asked.push(`${revision}:${row}/${column}`);
        return new Promise((resolve) => answers.push(resolve));
      },
      () => changes++,
      () => undefined,
    );
    return { tiles, asked, answers, changes: () => changes };
  }
  const places = [0, 64, 128, 192].map((column) => ({ row: 0, column }));
  const tile = (revision: number, column: number): MatrixTile => {
    const cells = new Uint8Array(64 * 64).fill(1);
    return { revision, row: 0, column, rows: 64, columns: 64, cells: cells.buffer };
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('a few are asked for at once, the next when one has come, none twice', async () => {
    const { tiles, asked, answers, changes } = store();
    tiles.reset(7);
    tiles.want(places);
    tiles.want(places);
    assert.deepEqual(asked, ['7:0/0', '7:0/64', '7:0/128']);
    answers[0]?.(tile(7, 0));
    await settle();
    assert.deepEqual(asked.slice(3), ['7:0/192']);
    assert.deepEqual([tiles.valueAt(5, 63), tiles.valueAt(5, 64), changes()], [1, undefined, 1]);
  });

  test('what is no longer wanted is not asked for', async () => {
    const { tiles, asked, answers } = store();
    tiles.reset(1);
    tiles.want(places);
    tiles.want([{ row: 640, column: 0 }]);
    answers[0]?.(tile(1, 0));
    await settle();
    assert.deepEqual(asked.slice(3), ['1:640/0']);
  });

  test('an answer to an old revision is not kept', async () => {
    const { tiles, answers, changes } = store();
    tiles.reset(1);
    tiles.want(places.slice(0, 1));
    tiles.reset(2);
    answers[0]?.(tile(1, 0));
    await settle();
    assert.deepEqual([tiles.valueAt(0, 0), changes()], [undefined, 0]);
  });
});
