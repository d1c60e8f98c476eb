// Input that is broken, hostile or simply not ours: problems with places, never a crash, and nothing else is hidden.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseText } from '../../src/load/parse';
import { checkProblems, clusterOf, load, only, podWith, problemLines } from './reading';

const pod = podWith('  containers: []\n');
const unused = 'This YAML document is not used until it is mended.';

describe('syntax', () => {
  const cases: readonly (readonly [what: string, broken: string, expected: string])[] = [
    [
      'a half-typed line',
      'kind: Pod\nlab\nb: 1\n',
      'yaml.syntax a.yaml:8 Implicit keys need to be on a single line',
    ],
    [
      'an open bracket',
      'kind: Pod\nb: [1,\nc: 2\n',
      'yaml.syntax a.yaml:9 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a tab', 'kind: Pod\nb:\n\t- c\n', 'yaml.syntax a.yaml:9 Tabs are not allowed as indentation'],
    ['an open quote', 'kind: Pod\nb: "c\n', 'yaml.syntax a.yaml:9 Missing closing double quote'],
  ];
  for (const [what, broken, expected] of cases) {
    test(`${what} in the second of three documents hides only that document`, () => {
      const text = `${pod}---\n${broken}---\n${pod.replace('web', 'db')}`;
      checkProblems(text, [`error ${expected}. ${unused}`]);
      assert.deepEqual(
        load(text).cluster.pods.map((one) => [one.name, one.at?.document]),
        [
          ['db', 2],
          ['web', 0],
        ],
      );
    });
  }
  test('a key written twice is warned of, and the last one counts', () => {
    const text = podWith('  hostNetwork: true\n  hostNetwork: false\n');
    checkProblems(text, [
      "warning yaml.duplicate-key a.yaml:6 The key 'hostNetwork' is written twice; the last one counts.",
    ]);
    assert.equal(only(load(text).cluster.pods).spec.hostNetwork, false);
  });
  test('JSON tells where it stops being JSON', () => {
    checkProblems({ 'a.json': '{"apiVersion": "v1",\n "kind": "Pod"\n "metadata": {}}' }, [
      "error json.syntax a.json:3 Expected ',' or '}' here. This JSON text is not used until it is mended.",
    ]);
  });
});

describe('anchors', () => {
  test('an anchor that contains itself is an error', () => {
    checkProblems(`${pod}---\nkind: Pod\napiVersion: v1\nmetadata: &m\n  name: a\n  labels: *m\n`, [
      "error yaml.alias a.yaml:11 The anchor 'm' contains itself.",
    ]);
  });
  test('an alias of nothing is an error', () => {
    checkProblems('kind: Pod\napiVersion: v1\nmetadata: *m\n', [
      "error yaml.alias a.yaml:3 There is no anchor 'm' before this alias.",
    ]);
  });
  test('aliases that multiply are refused in no time', () => {
    const lines = ['apiVersion: v1', 'kind: List', 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 30; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join()}]`,
      );
    lines.push('items: *a29');
    const { problems } = load(lines.join('\n'));
    assert.deepEqual(
      problemLines(problems).map((line) => line.slice(0, 90)),
      ['error yaml.alias a.yaml:8 The aliases of this document multiply beyond what is read.'],
    );
  });
  test('merge keys that multiply are refused', () => {
    const wide = Array.from({ length: 200 }, (_, index) => `k${index}: 1`).join(', ');
    const merges = Array.from({ length: 200 }, (_, index) => `m${index}: {<<: *w}`).join('\n');
    const { problems } = load(`apiVersion: v1\nkind: Pod\nw: &w {${wide}}\n${merges}\n`);
    assert.equal(problems[0]?.message, 'Merge keys of this document add more keys than are read.');
  });
  test('anchors used as intended are no problem', () => {
    const text = `apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: &l {app: a}}\nspec: {selector: *l, ports: [{port: 80}]}\n`;
    assert.deepEqual(only(clusterOf(text).services).selector, { app: 'a' });
  });
});

describe('files that are no manifests', () => {
  const quiet: readonly (readonly [file: string, text: string])[] = [
    ['empty.yaml', ''],
    ['comment.yaml', '# apiVersion: v1\n# kind: Pod\n'],
    ['values.yaml', 'replicas: 2\nimage: {tag: x}\n'],
    ['broken-values.yaml', 'a: [1\nb: {'],
    ['compose.yaml', 'services:\n  web: {ports: ["80:80"]}\n'],
    ['package.json', '{"name": "x", "scripts": {"a": "b"}}'],
    ['tsconfig.json', '{\n  // comment\n  "compilerOptions": {},\n}'],
    ['custom.yaml', 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n'],
    [
      'kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    ],
    ['text.yaml', 'just a line of text about apiVersion and kind: yes\n'],
    ['list.yaml', '- apiVersion\n- {kind: Pod}\n'],
    ['scalar.json', '"apiVersion kind: "'],
    ['secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: 5}\ndata: {a: b}\n'],
  ];
  for (const [file, text] of quiet)
    test(`${file} is passed over quietly`, () => checkProblems({ [file]: text }, []));

  test('a binary file is one warning', () => {
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 0, 0, 13]);
    checkProblems({ 'image.yaml': bytes }, [
      'warning file.binary image.yaml:1 This file is not text, so nothing is read from it.',
    ]);
  });
  test('bytes that are no UTF-8 are no text', () => {
    checkProblems({ 'a.yaml': new Uint8Array(100).fill(0xc3) }, [
      'warning file.binary a.yaml:1 This file is not text, so nothing is read from it.',
    ]);
  });
  test('UTF-16, as PowerShell writes it, and byte order marks are read', () => {
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${pod}`, 'utf16le'));
    const marked = new Uint8Array(Buffer.from(`\ufeff${pod.replace('web', 'db')}`));
    assert.equal(clusterOf({ 'a.yaml': utf16, 'b.yaml': marked }).pods.length, 2);
  });
});

describe('odd values', () => {
  const withIp = (ip: string): string => `${pod}status: {phase: Running, podIP: "${ip}"}\n`;
  const odd: readonly (readonly [written: string, read: string])[] = [
    ['FD00:0:0:0:0:0:0:5', 'fd00::5'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::', '::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ];
  for (const [written, read] of odd) {
    test(`IPv6 ${written} is ${read}`, () => {
      assert.equal(only(clusterOf(withIp(written)).pods).addresses[0]?.value.text, read);
    });
  }
  for (const written of [
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '12345::',
    '[::1]',
    '010.0.0.1',
    '10.0.0',
    '0x0a000001',
  ]) {
    test(`${written} is no address`, () => {
      checkProblems(withIp(written), [
        `error object.invalid a.yaml:6 status.podIP: Invalid value: "${written}": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff). ` +
          'Pod shop/web is left out, as the API server would reject it.',
      ]);
    });
  }
  test('names with markup are kept as they are', () => {
    const name = '<img src=x onerror=alert(1)>';
    assert.equal(only(clusterOf(podWith('  containers: []', `"${name}"`)).pods).name, name);
  });
  test('labels called like properties of every object are labels', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {__proto__: x, constructor: z}}\nspec: {}\n';
    const { labels } = only(clusterOf(text).pods);
    assert.deepEqual(Object.entries(labels), [
      ['__proto__', 'x'],
      ['constructor', 'z'],
    ]);
  });
  test('a label called `env` is a label, though lists of that name are not read', () => {
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { env: 'prod', resources: 'x' } },
    });
    assert.deepEqual(only(clusterOf({ 'a.json': text }).pods).labels, { env: 'prod', resources: 'x' });
  });
  test('collections nested without end are a syntax error', () => {
    for (const [file, code] of [
      ['a.yaml', 'yaml.syntax'],
      ['a.json', 'json.syntax'],
    ] as const) {
      const { problems } = load({
        [file]: `{"apiVersion": "v1", "kind": "Pod", "spec": ${'['.repeat(100_000)}`,
      });
      assert.deepEqual(
        problems.map((problem) => problem.code),
        [code],
      );
    }
  });
});

describe('10 MB of YAML', () => {
  const one = (index: number): string =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p${index}\n  labels: {app: a${index % 100}}\nspec:\n  containers:\n  - name: c\n    image: i\n    args:\n${'    - "some long argument that nobody reads"\n'.repeat(20)}`;
  const count = 10_000;
  test('as many documents, one of them broken', () => {
    const text = Array.from({ length: count }, (_, index) =>
      index === 5000 ? 'kind: [\n' : one(index),
    ).join('---\n');
    assert.ok(text.length > 10_000_000);
    const start = performance.now();
    const { cluster, problems } = load(text);
    assert.equal(cluster.pods.length, count - 1);
    assert.equal(problems.length, 1);
    assert.ok(performance.now() - start < 15_000, 'takes seconds, not minutes');
  });
  test('as one document that is broken at its end', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n${Array.from({ length: count }, (_, index) => `- ${one(index).trimEnd().replaceAll('\n', '\n  ')}`).join('\n')}\n- [`;
    const start = performance.now();
    const { problems } = load(text);
    assert.deepEqual(
      problems.map((problem) => problem.code),
      ['yaml.syntax'],
    );
    assert.ok(performance.now() - start < 15_000, 'takes seconds, not minutes');
  });
});

test('a broken document that is deeper than any object has its error, and no tree that recursion could break on', () => {
  const deep = parseText('a.yaml', `a: ${'['.repeat(1000)}`);
  assert.deepEqual(
    deep.problems.map(({ code }) => code),
    ['yaml.syntax'],
  );
  assert.deepEqual(
    deep.documents.map(({ root }) => root),
    [undefined],
  );
});
