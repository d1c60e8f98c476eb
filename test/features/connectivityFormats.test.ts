// The connectivity in every format: the same facts, names in the escapes of each language, nothing shown that is not so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityTable, listOf } from '../../src/analysis/connectivity';
import { connectionsIn, focusOn, type FocusRequest } from '../../src/analysis/connectivityFocus';
import { connectivitySvg } from '../../src/diagram/connectivitySvg';
import { layOutConnectivity } from '../../src/diagram/connectivityLayout';
import { connectivityDot, connectivityMermaid } from '../../src/features/connectivityDiagrams';
import { connectivityGraph, mostBoxes } from '../../src/features/connectivityGraph';
import {
  connectivityCsv,
  connectivityJson,
  connectivityMarkdown,
} from '../../src/features/connectivityTables';
import { connectivityLines } from '../../src/features/connectivityText';
import { readManifests } from '../support/manifests';

const container = 'spec: {containers: [{name: c, image: i}]}';
const pod = (namespace: string, name: string, app = name): string =>
  `{apiVersion: v1, kind: Pod, metadata: {namespace: ${namespace}, name: ${name}, labels: {app: ${app}}}, ${container}}`;
const only = (namespace: string, app: string, from: string, port: number): string =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: ${namespace}, name: ${app}}, spec: {podSelector: {matchLabels: {app: ${app}}}, ingress: [{from: [{podSelector: {matchLabels: {app: ${from}}}}], ports: [{port: ${port}}]}]}}`;

function read(...documents: readonly string[]) {
  const { cluster } = readManifests({ 'a.yaml': documents.join('\n---\n') });
  const table = connectivityTable(cluster, { level: 'workload' });
  const at = (request: FocusRequest) => {
    const focus = focusOn(cluster, table, request);
    assert.ok(typeof focus === 'object');
    return focus;
  };
  return { table, at };
}

const shop = read(
  pod('shop', 'web'),
  pod('shop', 'db'),
  pod('shop', 'cache'),
  only('shop', 'db', 'web', 5432),
);
const parts = { ...shop.table, connections: listOf(shop.table).connections };

describe('rows', () => {
  test('JSON in pieces is the JSON of the whole list', () => {
    assert.equal([...connectivityJson(parts)].join(''), `${JSON.stringify(listOf(shop.table), null, 2)}\n`);
    const empty = { peers: [], connections: [], problems: [] };
    const whole = { apiVersion: 'podnet/v1', kind: 'ConnectivityList', ...empty };
    assert.equal([...connectivityJson(empty)].join(''), `${JSON.stringify(whole, null, 2)}\n`);
  });

  test('a focus is an addition to the JSON', () => {
    const focused = JSON.parse(
      [...connectivityJson({ ...parts, focus: { workload: 'db' } })].join(''),
    ) as object;
    assert.deepEqual(focused, { ...listOf(shop.table), focus: { workload: 'db' } });
  });

  test('CSV quotes what has commas, and takes the formula out of a name', () => {
    const connections = [
      {
        source: '=cmd()',
        destination: 'a,"b"',
        all: false,
        allowed: [
          {
            protocol: 'TCP',
            ports: [
              [80, 80],
              [90, 99],
            ],
          },
        ],
      },
    ] as const;
    assert.equal(
      [...connectivityCsv({ peers: [], connections, problems: [] })][1],
      `'=cmd(),,"a,""b""",,TCP,"80,90-99"\n`,
    );
  });

  test('Markdown shows markup as text', () => {
    const connections = [{ source: '<img src=x>|', destination: 'b', all: true, allowed: [] }];
    const [, row] = [...connectivityMarkdown({ peers: [], connections, problems: [] })];
    assert.equal(row, '| &lt;img src=x&gt;\\| | b | all ports |\n');
  });

  test('a list that is longer than what is measured still has every line', () => {
    const row = { source: 'a', destination: 'b', all: true, allowed: [] };
    const lines = [...connectivityLines(Array.from({ length: 12_345 }, () => row))];
    assert.equal(lines.length, 12_345);
    assert.deepEqual([lines[0], lines.at(-1)], ['a  =>  b  all ports\n', 'a  =>  b  all ports\n']);
  });
});

describe('boxes and arrows', () => {
  test('workloads with the same connections share a box, others do not', () => {
    const { table, at } = read(
      pod('shop', 'a'),
      pod('shop', 'b'),
      pod('shop', 'web'),
      pod('shop', 'db'),
      only('shop', 'db', 'web', 5432),
    );
    const { nodes } = connectivityGraph(table, at({}));
    assert.deepEqual(
      nodes.map(({ lines }) => lines),
      [['a (Pod)', 'b (Pod)'], ['db (Pod)'], ['web (Pod)'], ['anywhere outside']],
    );
    assert.deepEqual(
      nodes[0]?.notes,
      ['among each other: all ports', 'from everybody: all ports'].slice(0, 1),
    );
  });

  test('arrows and words together say every connection, and no other', () => {
    const { nodes, edges } = connectivityGraph(shop.table, shop.at({}), { most: mostBoxes, merge: false });
    const drawn = edges
      .map(({ from, to, label }) => `${nodes[from]?.id ?? ''} ${nodes[to]?.id ?? ''} ${label}`)
      .sort();
    const listed = [...connectionsIn(shop.table, shop.at({}))]
      .map(({ source, destination, all }) => `${source} ${destination} ${all ? 'all ports' : 'TCP 5432'}`)
      .sort();
    assert.deepEqual(drawn, listed);
  });

  test('what everybody may do is a note, not an arrow from everybody', () => {
    const { table, at } = read(
      ...['a', 'b', 'c', 'd'].map((name) => pod('shop', name)),
      ...['a', 'b', 'c'].map((name, index) => only('shop', name, 'd', 80 + index)),
    );
    const { nodes, edges } = connectivityGraph(table, at({}));
    assert.deepEqual(
      nodes.map(({ lines, notes }) => [...lines, ...notes]),
      [
        ['a (Pod)'],
        ['b (Pod)'],
        ['c (Pod)'],
        ['d (Pod)', 'from everybody: all ports'],
        ['anywhere outside', 'from everybody: all ports'],
      ],
    );
    assert.deepEqual(
      edges.map(({ from, to, label }) => [from, to, label]),
      [
        [3, 0, 'TCP 80'],
        [3, 1, 'TCP 81'],
        [3, 2, 'TCP 82'],
      ],
    );
  });

  test('many, but not everybody, are an arrow each', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const some = `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: shop, name: f}, spec: {podSelector: {matchLabels: {app: f}}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b, c, d]}]}}]}]}}`;
    const { table, at } = read(
      ...[...names, 'f'].map((name) => pod('shop', name)),
      ...names.map((name, index) => only('shop', name, 'f', 80 + index)),
      some,
    );
    const { nodes, edges } = connectivityGraph(table, at({}));
    const f = nodes.findIndex(({ lines }) => lines[0] === 'f (Pod)');
    assert.deepEqual([nodes[f]?.notes, edges.filter(({ to }) => to === f).length], [[], 4]);
  });

  test('ranges outside are told apart only where some policy tells them apart', () => {
    const block = `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: shop, name: out}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.9.0.0/16}}]}]}}`;
    const { table, at } = read(pod('shop', 'web'), block);
    const lines = connectivityGraph(table, at({})).nodes.map((node) => node.lines);
    assert.deepEqual(lines, [
      ['web (Pod)'],
      ['0.0.0.0-10.8.255.255', '10.10.0.0-255.255.255.255'],
      ['10.9.0.0-10.9.255.255'],
    ]);
  });

  test('too many boxes are folded into namespaces, and the picture says so', () => {
    const names = Array.from({ length: 6 }, (_, index) => `p${index}`);
    const { table, at } = read(
      ...names.map((name) => pod('shop', name)),
      ...names.map((name, index) => only('shop', name, 'p0', 80 + index)),
      pod('other', 'x'),
    );
    const { nodes, notes } = connectivityGraph(table, at({}), { most: 3, merge: true });
    assert.deepEqual(
      nodes.map(({ namespace, lines }) => [namespace, ...lines]),
      [
        ['other', '1 workload'],
        ['shop', '6 workloads'],
        [undefined, 'anywhere outside'],
      ],
    );
    assert.match(notes[0] ?? '', /^7 workloads are folded into their namespaces/);
  });
});

describe('languages of diagrams', () => {
  const graph = {
    nodes: [
      { id: 'a', namespace: 'n"s]', lines: ['x"\\y\n<b>&amp;'], notes: ['"]--> evil'] },
      { id: 'b', namespace: undefined, lines: ['anywhere outside'], notes: [] },
    ],
    edges: [{ from: 0, to: 1, label: 'TCP "80"|', all: false }],
    notes: ['%%{init: {}}%% note'],
  };

  test('DOT: a name ends no string, and backslashes and entities stay what they are', () => {
    const dot = [...connectivityDot(graph)].join('');
    assert.ok(dot.includes('label="n\\"s]"'), dot);
    assert.ok(dot.includes('label="x\\"\\\\y\\n<b>&amp;amp;\\n\\"]--> evil"'), dot);
    assert.ok(dot.includes('n0 -> n1 [label="TCP \\"80\\"|"];'), dot);
  });

  test('Mermaid: a name ends no text and starts no directive', () => {
    const mermaid = [...connectivityMermaid(graph)].join('');
    assert.ok(!mermaid.includes('%%{'), mermaid);
    const inText = [...mermaid.matchAll(/"([^"]*)"/g)].map(([, text]) => text ?? '');
    assert.equal(inText.length, 4);
    for (const text of inText) assert.match(text, /^(?:[\p{L}\p{N} .,/:_()#;-]|<br\/>)*$/u);
  });

  test('SVG: names are text, every box lies in its band, no two boxes overlap', () => {
    const svg = connectivitySvg(graph, 'a <title>');
    assert.ok(svg.includes('&lt;b&gt;&amp;amp;') && svg.includes('a &lt;title&gt;'), svg);
    assert.ok(!svg.includes('<b>'));
    const names = ['a', 'b', 'c', 'd', 'e'];
    const { table, at } = read(
      ...names.map((name) => pod('shop', name)),
      ...names.map((name) => pod('other', name)),
      ...names.map((name, index) => only('shop', name, names[(index + 1) % 5] ?? 'a', 80 + index)),
    );
    const layout = layOutConnectivity(connectivityGraph(table, at({}), { most: 40, merge: false }), 30, 50);
    const inside = layout.nodes.filter(({ outside }) => !outside);
    assert.equal(inside.length, 10);
    for (const node of inside)
      assert.ok(layout.bands.some(({ y, height }) => node.y >= y && node.y + node.height <= y + height));
    for (const [index, a] of layout.nodes.entries())
      for (const b of layout.nodes.slice(index + 1))
        assert.ok(
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
          'two boxes overlap',
        );
  });
});
