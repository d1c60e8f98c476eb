// Where hovers work: YAML and JSON, lists, several documents, documents with errors, templates. And that no text makes them throw.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { placeAt } from '../../src/features/hoverPlace';
import { parseText } from '../../src/load/parse';
import { check, clusterOf, hoverIn, hoverOf, linesOf, mark } from './hovering';
import { shopFiles } from './hoverShop';

const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop }\nspec: { containers: [{ name: a, image: a, ports: [{ containerPort: 80 }] }] }\n`;
const others = { 'shop.yaml': pod('web').replace('shop }', 'shop, labels: { app: web } }') };
const item = { metadata: { name: `w${mark}eb2`, namespace: 'shop' }, spec: { containers: [] } };
const typed = { apiVersion: 'v1', kind: 'Pod', ...item };

describe('hovers in files of every form', () => {
  it('work in JSON', () => check(JSON.stringify(typed), [/^Pod shop\/web2 has/], { file: 'a.json' }));
  it('work in indented JSON', () =>
    check(JSON.stringify(typed, null, 2), [/^Pod shop\/web2 has/], { file: 'a.json' }));
  it('work in a List', () =>
    check(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{}, typed] }), [/^Pod shop\/web2 has/], {
      file: 'a.json',
    }));
  it('work in a list of one kind, whose items do not repeat it', () =>
    check(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [item] }), [/^Pod shop\/web2 has/]));
  it('work in the second document, with Windows line ends', () =>
    check(`${pod('one')}---\n${pod(`t${mark}wo`)}`.replaceAll('\n', '\r\n'), [/^Pod shop\/two has/]));
  it('work behind a document with an error', () =>
    check(`kind: [Pod\n---\n${pod(`t${mark}wo`)}`, [/^Pod shop\/two has/]));
  it('work where an anchor stands', () =>
    check(
      `apiVersion: v1\nkind: Pod\nmetadata: { name: web2, namespace: shop, labels: &l { app: x } }\nspec: { nodeSelector: *l, host${mark}IPC: false }\n`,
      [/^hostIPC: false/],
    ));
  it('find generated names by their line', () =>
    check(
      `apiVersion: v1\nkind: Pod\nmetadata: { generateName: w- }\nspec: {}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  generateName: w${mark}-\nspec: {}\n`,
      [/^Pod default\/w-\w{5} has/],
    ));
  it('say the range of what is spoken of', () => {
    const { range } = hoverIn(pod(`web${mark}2`)) ?? {};
    assert.deepEqual(range, { line: 2, character: 18, endLine: 2, endCharacter: 22 });
  });
  it('are none between values and behind the text', () => {
    for (const text of [`${pod('web2')}${mark}`, `${mark}\n${pod('web2')}`, mark, `a: ${mark}`])
      assert.deepEqual(linesOf(hoverIn(text)), []);
  });
});

describe('hovers in a document with an error', () => {
  const broken = (rest: string): string =>
    `${pod('web2')}---\napiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\n${rest}`;
  const remark = '- This document has a syntax error: its object is not in the cluster until it is mended.';
  it('tell whom a selector fits, and that the object is not there', () =>
    check(
      broken(`spec:\n  selector:\n    app: w${mark}eb\n  ports: [\n`),
      ['app=web fits 1 pod in namespace shop: shop/web. (declared)', remark],
      { others },
    ));
  it('tell who declares a port', () =>
    check(
      broken(`spec:\n  ports:\n    - port: 8${mark}0\n  selector: {\n`),
      [/^TCP 80 is declared by 2 pods: shop\/web, shop\/web2/, remark],
      { others },
    ));
  it('say nothing of its name', () =>
    check(broken(`spec: [\n`).replace('name: s', `name: s${mark}`), [], { others }));
});

describe('hovers in a template', () => {
  const head = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n';
  const remark = '- A template: its objects are not in the cluster until it is rendered.';
  const cases: readonly (readonly [what: string, text: string, expected: readonly (string | RegExp)[]])[] = [
    [
      'look up a literal address',
      `${head}spec:\n  clusterIP: 203.0.113.${mark}9\n`,
      [/^203\.0\.113\.9 is outside/],
    ],
    [
      'say nothing inside of an action',
      `${head}spec:\n  clusterIP: {{ default "203.0.113.${mark}9" .x }}\n`,
      [],
    ],
    ['say nothing of half an address', `${head}spec:\n  clusterIP: {{ .net }}203.0.113.${mark}9\n`, []],
    [
      'look for a literal label in all namespaces, as the own one is not known',
      `${head}spec:\n  selector:\n    app: w${mark}eb\n    release: {{ .Release.Name }}\n`,
      ['app=web fits 1 pod of the shown cluster: shop/web. (declared)', remark],
    ],
    ['say nothing of a label that is made', `${head}spec:\n  selector:\n    app: {{ .${mark}x }}\n`, []],
    [
      'say nothing of a selector that is made in part',
      `${head}spec:\n  sel${mark}ector:\n    app: {{ .x }}\n`,
      [],
    ],
    [
      'tell who declares a literal port',
      `${head}spec:\n  ports:\n    - port: 8${mark}0\n`,
      [/^TCP 80 is declared by 1 pod/, remark],
    ],
    [
      'say nothing of a port whose protocol is made',
      `${head}spec:\n  ports:\n    - { port: 8${mark}0, protocol: "{{ .p }}" }\n`,
      [],
    ],
    ['say nothing of the name, which is made', head.replace('name: {', `name: ${mark}{`), []],
    ['say nothing of the kind', head.replace('Service', `Ser${mark}vice`), []],
    [
      'explain a literal switch',
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .n }}\nspec:\n  hostNetwork: t${mark}rue\n  containers:\n    - name: {{ .c }}\n`,
      [/^hostNetwork: true/, remark],
    ],
    [
      'say nothing of a switch that is made',
      `apiVersion: v1\nkind: Pod\nmetadata: {}\nspec:\n  host${mark}Network: {{ .h }}\n`,
      [],
    ],
  ];
  for (const [what, text, expected] of cases) it(what, () => check(text, expected, { others }));
  it('say nothing of a label whose value is made, on its key', () =>
    check(`${head}spec:\n  selector:\n    a${mark}pp: {{ .x }}\n    tier: web\n`, [], { others }));
  it('have no place in text that is made', () => {
    const text = `${head}spec: {}\n`;
    const manifest = { text, parsed: parseText('a.yaml', text) };
    assert.equal(placeAt(manifest, text.indexOf('.Values')), undefined);
    assert.equal(placeAt(manifest, text.indexOf('name:'))?.name, undefined);
    assert.deepEqual(placeAt(manifest, text.indexOf('name:'))?.path, ['metadata', 'name']);
  });
  it('never show the text that stands in for an action', () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .n }}\nspec:\n  hostNetwork: ${mark}true\n  containers:\n    - name: {{ .c }}\n      ports: [{ containerPort: 80 }]\n`;
    assert.doesNotMatch(linesOf(hoverIn(text)).join('\n'), /__/);
  });
});

describe('names that are no names', () => {
  const named = (name: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${mark}${JSON.stringify(name)}\n  namespace: odd\nspec: { containers: [] }\n`;
  it('are said as they are', () => check(named('<img src=x>'), [/^Pod odd\/<img src=x> has/]));
  it('lead to no trace when the end would be another one', () => {
    for (const name of ['a/b', 'a:80', 'x](command:y)/z']) {
      const lines = linesOf(hoverIn(named(name)));
      assert.match(lines[0] ?? '', /^Pod odd\//);
      assert.deepEqual(
        lines.filter((line) => line.startsWith('[')),
        [],
        name,
      );
    }
  });
});

describe('hovers are total', () => {
  it('for any damage to a manifest', () => {
    const cluster = clusterOf(shopFiles);
    const texts = Object.entries(shopFiles);
    const damage = fc.tuple(
      fc.integer({ min: 0, max: texts.length - 1 }),
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.constantFrom(
        '',
        '{{ x }}',
        '{{',
        '[',
        '"',
        '\n---\n',
        ': ',
        '&a *a',
        '\t',
        '- ',
        '|',
        '\u0000',
        '{',
      ),
      fc.nat(),
    );
    fc.assert(
      fc.property(damage, ([index, from, length, put, at]) => {
        const [file, text] = texts[index] ?? ['', ''];
        const start = from % text.length;
        const damaged = text.slice(0, start) + put + text.slice(start + length);
        const near = Math.min(damaged.length, Math.max(0, start - 40 + (at % 80)));
        for (const offset of [near, at % (damaged.length + 1)])
          hoverOf(cluster, shopFiles, file, damaged, offset);
      }),
      { numRuns: 600, seed: 7 },
    );
  });
});
