// What the pictures of tunnels and proxies are made of, and what a picture in a file may not contain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureByTable } from '../../src/diagram/fontTable';
import { layOut, type Layout, type PlacedEdge, type Rect } from '../../src/diagram/layout';
import { escapeXml, traceSvg } from '../../src/diagram/svg';
import type { CniProfileId } from '../../src/dataplane/profile';
import { traceView } from '../../src/features/traceView';
import type { LegView, TraceView } from '../../src/features/traceViewShape';
import { edge, traceIn, wired } from '../features/edgeCluster';
import { shop, shopTrace } from '../features/shopCluster';

const client = '203.0.113.10';

function inNetwork(cni: CniProfileId, from: string, to: string, cluster = wired, way = 0): TraceView {
  const choice = { cni, kubeProxy: 'iptables' } as const;
  return traceView(traceIn(cluster, from, to, choice), cluster, { way, choice });
}

function legs({ way }: TraceView): readonly LegView[] {
  assert(way?.reply !== undefined);
  return [way.request, way.reply];
}

function linesOf({ card }: PlacedEdge): readonly string[] {
  return card.lines.map(
    ({ spans, inner }) => `${inner ? '  ' : ''}${spans.map(({ text }) => text).join('')}`,
  );
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

test('the card of a tunnel has the outer header around the inner one', () => {
  const [request] = legs(inNetwork('flannel-vxlan', 'lab/p1', 'lab/r:8080'));
  assert(request !== undefined);
  const { edges } = layOut(request, 1200, measureByTable);
  const [, tunnel] = edges;
  assert.deepEqual(
    edges.map((each) => each.tunnel),
    [false, true, false],
  );
  assert.deepEqual(tunnel && linesOf(tunnel), [
    'VXLAN tunnel',
    'UDP 8472, VNI 1',
    '172.30.0.11',
    '→ 172.30.0.12',
    'TTL 64',
    '  10.244.1.2:40000',
    '  → 10.244.2.2:8080',
    '  TCP, TTL 63',
  ]);
  const frame = tunnel?.card.frame;
  for (const { inner, y } of tunnel?.card.lines ?? [])
    assert.equal(inner, frame !== undefined && y > frame.y && y < frame.y + frame.height);
});

const flows: readonly (readonly [name: string, view: TraceView])[] = [
  ['VXLAN', inNetwork('flannel-vxlan', 'lab/p1', 'svc/lab/svc:80')],
  ['an Ingress', inNetwork('calico-ipip', client, 'http://shop.example.com', edge, 1)],
  ['a node port', inNetwork('flannel-vxlan', client, 'node/n1:30080')],
];

for (const [name, view] of flows)
  for (const width of [1200, 760, 420, 320])
    test(`${name} in ${width} pixels: boxes and cards do not overlap and stay inside, there and back`, () => {
      for (const leg of legs(view)) {
        const layout = layOut(leg, width, measureByTable);
        const rects = [...layout.boxes, ...layout.edges.map(({ card }) => card)];
        assert(apart(rects));
        for (const { x, y, ...size } of rects)
          assert(x >= 0 && y >= 0 && x + size.width <= layout.width && y + size.height <= layout.height);
        assert(layout.width <= width);
      }
    });

test('each connection of a proxy has a row; the line between turns from the one to the next', () => {
  const rows = ({ boxes }: Layout): number => new Set(boxes.map(({ y }) => y)).size;
  for (const leg of legs(inNetwork('calico-ipip', client, 'http://shop.example.com', edge, 1))) {
    const layout = layOut(leg, 1200, measureByTable);
    assert.equal(rows(layout), 2);
    const [turn, ...others] = layout.edges.filter(({ kind }) => kind === 'turn');
    assert.deepEqual(others, []);
    const opening = leg.hops.find(({ opens }) => opens !== undefined)?.opens;
    assert.deepEqual(turn && linesOf(turn), [opening]);
    const boxes = layout.boxes.filter(({ lane }) => lane.title === 'pod ingress-nginx/controller-0');
    assert.equal(turn?.points[0]?.y, (boxes[0]?.y ?? 0) + (boxes[0]?.height ?? 0));
    assert.equal(turn.points.at(-1)?.y, boxes[1]?.y);
  }
});

test('the file holds both ways, title and verdict, in light and dark, and nothing that runs or is loaded', () => {
  const text = traceSvg(inNetwork('flannel-vxlan', 'lab/p1', 'svc/lab/svc:80'));
  assert.match(text, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  for (const part of [
    'lab/p1 to svc/lab/svc, TCP port 80',
    '>Reachable<',
    '>Request<',
    '>Reply<',
    'VXLAN tunnel',
  ])
    assert(text.includes(part), part);
  assert.match(text, /@media \(prefers-color-scheme: dark\)/);
  assert.doesNotMatch(text, /<script|<image|<foreignObject|href|url\(|@import|\son[a-z]+=/i);
  // Viewers other than browsers know no variables.
  assert.doesNotMatch(text, /var\(|color-mix/);
});

test('a trace that sent nothing is a file with its verdict', () => {
  const text = traceSvg(traceView(shopTrace('default/nobody', 'shop/db-0:5432'), shop));
  assert.match(text, />Undetermined</);
  assert.doesNotMatch(text, />Request</);
});

test('markup in a name is text in the file', () => {
  const text = traceSvg(traceView(shopTrace('default/stranger', 'default/odd:80'), shop));
  assert.doesNotMatch(text, /<img/);
  assert.match(text, /&lt;img/);
});

test('text is escaped, and what XML cannot hold is replaced', () => {
  const cases = [
    [`<a b="c">&'`, '&lt;a b=&quot;c&quot;&gt;&amp;&#39;'],
    ['\u0000\u001b[2J', '\ufffd\ufffd[2J'],
    ['\u202egnp', '\ufffdgnp'],
    ['\ud800x', '\ufffdx'],
    ['größe 😀', 'größe 😀'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(escapeXml(text), expected);
});
