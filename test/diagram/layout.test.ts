// Where the diagram puts things: boxes in a row or a column, the reply back from right to left, texts broken to fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceView } from '../../src/features/traceView';
import type { LegView } from '../../src/features/traceViewShape';
import { layOut, type Layout, type PlacedEdge, type Rect } from '../../src/diagram/layout';
import { breakText, type Measure } from '../../src/diagram/text';
import { shop, shopTrace } from '../features/shopCluster';

const measure: Measure = (text, style) => text.length * (style === 'code' ? 6.7 : 6.2);

function leg(from: string, to: string, kind: 'request' | 'reply' = 'request'): LegView {
  const found = traceView(shopTrace(from, to), shop).way?.[kind];
  assert(found !== undefined, `${from} to ${to} has a ${kind}`);
  return found;
}

function apart(rects: readonly Rect[]): boolean {
  return rects.every((a, index) =>
    rects
      .slice(index + 1)
      .every(
        (b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
      ),
  );
}

const flows = [
  ['shop/web', 'svc/shop/db:5432'],
  ['default/odd', '127.0.0.1:80'],
  ['default/stranger', 'shop/db-0:5432'],
  ['default/stranger', '203.0.113.7:443'],
] as const;

for (const [from, to] of flows)
  for (const width of [1200, 760, 480, 320])
    test(`${from} to ${to} in ${width} pixels: boxes and cards do not overlap and stay inside`, () => {
      const layout = layOut(leg(from, to), width, measure);
      assert(apart([...layout.boxes, ...layout.edges.map(({ card }) => card)]));
      for (const { x, y, ...size } of [...layout.boxes, ...layout.edges.map(({ card }) => card)]) {
        assert(x >= 0 && y >= 0 && x + size.width <= layout.width && y + size.height <= layout.height);
      }
      assert(layout.width <= width);
    });

test('boxes stand in a row where there is room, and below each other in less than 500 pixels', () => {
  const way = leg('shop/web', 'svc/shop/db:5432');
  const direction = ({ boxes, vertical }: Layout): unknown[] => [
    vertical,
    new Set(boxes.map(({ y }) => y)).size,
  ];
  assert.deepEqual(direction(layOut(way, 1200, measure)), [false, 1]);
  assert.deepEqual(direction(layOut(way, 480, measure)), [true, 4]);
});

test('the reply runs back: the server stays on the right', () => {
  const there = layOut(leg('shop/web', 'shop/db-0:5432'), 1200, measure);
  const back = layOut(leg('shop/web', 'shop/db-0:5432', 'reply'), 1200, measure);
  const byPlace = (layout: Layout): string[] =>
    [...layout.boxes].sort((a, b) => a.x - b.x).map(({ lane }) => lane.title);
  assert.deepEqual(byPlace(back), byPlace(there));
  const rightward = ({ points: [from, to] }: PlacedEdge): boolean => (from?.x ?? 0) < (to?.x ?? 0);
  assert(there.edges.every(rightward));
  assert(!back.edges.some(rightward));
});

test('the edge to a destination that was not reached starts where the packet was stopped', () => {
  const layout = layOut(leg('default/stranger', 'shop/db-0:5432'), 1200, measure);
  const edge = layout.edges.at(-1);
  const stop = layout.boxes.flatMap(({ rows }) => rows).find(({ row }) => row.look === 'drop');
  assert.equal(edge?.kind, 'missed');
  assert.equal(edge.points[0]?.y, (stop?.y ?? 0) + (stop?.height ?? 0) / 2);
});

test('a card marks what differs from the edge before', () => {
  const layout = layOut(leg('shop/web', 'svc/shop/db:5432'), 1200, measure);
  const changed = layout.edges.map(({ card }) =>
    card.lines.flatMap(({ spans }) =>
      spans.filter((span) => span.changed).map(({ text }) => (text.includes('.') ? 'address' : text)),
    ),
  );
  assert.deepEqual(changed, [[], ['address', '63'], ['62']]);
});

test('long names break at dashes and are shortened in the middle of the last line', () => {
  const name = 'shop/recommendationservice-7d4b9c6f5-x2x9k';
  const lines = breakText(name, 150, 'title', 3, measure);
  assert.deepEqual(lines, ['shop/', 'recommendationservice-', '7d4b9c6f5-x2x9k']);
  const short = breakText(name, 100, 'title', 1, measure);
  assert.equal(short.length, 1);
  assert.match(short[0] ?? '', /^shop\/.*…x2x9k$/);
  for (const width of [20, 60, 100, 300])
    for (const line of breakText(name, width, 'code', 3, measure))
      assert(measure(line, 'code') <= width || line === '…');
});
