// Edits of manifests: the field says what was wanted afterwards, and everything else in the text is as it was: comments, quotes,
// order, indentation, line ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ManifestChange } from '../../src/analysis/checks/finding';
import { checkCluster } from '../../src/analysis/checks/run';
import { manifestEdits, withEdits } from '../../src/features/manifestEdits';
import { positionAt } from '../../src/load/lines';
import { parseText } from '../../src/load/parse';
import type { Location } from '../../src/model/source';
import { documents, readManifests } from '../support/manifests';
import { pod, policy } from '../policy/fixtures';

/** The text after the change of the object in this document, or why not. */
function changed(text: string, change: ManifestChange, file = 'a.yaml', document = 0): string {
  const parsed = parseText(file, text);
  const start = positionAt(parsed.lines, parsed.documents[document]?.root?.start ?? 0);
  const object: Location = { file, document, ...start, endLine: start.line, endCharacter: start.character };
  const made = manifestEdits(text, parsed, object, [change]);
  return made.kind === 'refused' ? `refused: ${made.reason}` : withEdits(text, made.edits);
}

const rule = { from: [{ podSelector: { matchLabels: { app: 'web', on: 'true' } } }], ports: [{ port: 80 }] };
const addRule: ManifestChange = { kind: 'append', path: ['spec', 'ingress'], value: rule };
const types: ManifestChange = {
  kind: 'set',
  path: ['spec', 'policyTypes'],
  value: ['Egress'],
  after: 'podSelector',
};

describe('a value at the end of a list', () => {
  test('in block style, dashes under the key as the file has them, after the comment of the last line', () => {
    const text =
      'kind: P\nspec:\n  ingress:\n  - from: # who\n    - podSelector: {} # all\n  # the end\n  egress: []\n';
    assert.equal(
      changed(text, addRule),
      'kind: P\nspec:\n  ingress:\n  - from: # who\n    - podSelector: {} # all\n  - from:\n    - podSelector:\n        matchLabels:\n          app: web\n          "on": "true"\n    ports:\n    - port: 80\n  # the end\n  egress: []\n',
    );
  });

  test('in block style with dashes further in, without a line end at the end of the file, with CRLF', () => {
    const text = 'kind: P\r\nspec:\r\n  ingress:\r\n    - {}';
    assert.equal(
      changed(text, addRule),
      'kind: P\r\nspec:\r\n  ingress:\r\n    - {}\r\n    - from:\r\n        - podSelector:\r\n            matchLabels:\r\n              app: web\r\n              "on": "true"\r\n      ports:\r\n        - port: 80',
    );
  });

  test('in a text with CRLF, before what follows', () => {
    const text = 'spec:\r\n  policyTypes:\r\n  - Egress # one\r\n  egress: []\r\n';
    const append: ManifestChange = { kind: 'append', path: ['spec', 'policyTypes'], value: 'Ingress' };
    assert.equal(changed(text, append), text.replace('# one\r\n', '# one\r\n  - Ingress\r\n'));
  });

  test('in flow style, empty or not', () => {
    const value = 'Ingress';
    const append: ManifestChange = { kind: 'append', path: ['spec', 'policyTypes'], value };
    assert.equal(
      changed('spec: { policyTypes: [Egress] } # x\n', append),
      'spec: { policyTypes: [Egress, Ingress] } # x\n',
    );
    assert.equal(changed('spec:\n  policyTypes: []\n', append), 'spec:\n  policyTypes: [Ingress]\n');
  });

  test('a list that is not there, or has no value, is made in its place', () => {
    const made =
      '  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n              "on": "true"\n      ports:\n        - port: 80\n';
    assert.equal(
      changed('spec:\n  podSelector: {}\nkind: P\n', addRule),
      `spec:\n  podSelector: {}\n${made}kind: P\n`,
    );
    assert.equal(changed('spec:\n  ingress:\nkind: P\n', addRule), `spec:\n${made}kind: P\n`);
    assert.equal(
      changed('spec:\n  ingress: # nobody\nkind: P\n', addRule),
      `spec:\n${made.replace('ingress:', 'ingress: # nobody')}kind: P\n`,
    );
    assert.equal(changed('kind: P\n', addRule), `kind: P\nspec:\n${made}`);
    assert.equal(
      changed('spec: { podSelector: {} }\n', addRule),
      'spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: web, "on": "true" } } }], ports: [{ port: 80 }] }] }\n',
    );
  });

  test('in JSON as the file is laid out', () => {
    const text = '{\n  "kind": "P",\n  "spec": {\n    "policyTypes": [\n      "Egress"\n    ]\n  }\n}\n';
    const append: ManifestChange = { kind: 'append', path: ['spec', 'policyTypes'], value: 'Ingress' };
    assert.equal(changed(text, append, 'a.json'), text.replace('"Egress"', '"Egress",\n      "Ingress"'));
    const added = changed(text, addRule, 'a.json');
    assert.deepEqual(JSON.parse(added), { kind: 'P', spec: { policyTypes: ['Egress'], ingress: [rule] } });
    assert.ok(added.includes('\n    ],\n    "ingress": [\n      {\n        "from": ['), added);
    assert.equal(
      changed('{"spec":{"policyTypes":[]}}', append, 'a.json'),
      '{"spec":{"policyTypes":["Ingress"]}}',
    );
  });

  test('in the second document, and in an object of a list', () => {
    assert.equal(
      changed(
        'kind: A\n---\nkind: B\nspec:\n  policyTypes: [Egress]\n',
        { kind: 'append', path: ['spec', 'policyTypes'], value: 'Ingress' },
        'a.yaml',
        1,
      ),
      'kind: A\n---\nkind: B\nspec:\n  policyTypes: [Egress, Ingress]\n',
    );
    const text = 'kind: List\nitems:\n- kind: A\n  spec:\n    ingress:\n    - {}\n';
    const parsed = parseText('a.yaml', text);
    const object: Location = {
      file: 'a.yaml',
      document: 0,
      line: 2,
      character: 2,
      endLine: 5,
      endCharacter: 8,
    };
    const made = manifestEdits(text, parsed, object, [
      { kind: 'append', path: ['spec', 'ingress'], value: { ports: [{ port: 1 }] } },
    ]);
    assert.equal(
      made.kind === 'edits' && withEdits(text, made.edits),
      `${text}    - ports:\n      - port: 1\n`,
    );
  });
});

describe('a field', () => {
  test('goes behind the one that it belongs to', () => {
    const text = 'spec:\n  podSelector:\n    matchLabels: { app: web }\n  egress: []\n';
    assert.equal(changed(text, types), text.replace('  egress', '  policyTypes:\n    - Egress\n  egress'));
  });

  test('takes the place of a single value, an empty list or nothing', () => {
    assert.equal(changed('spec:\n  policyTypes: [] # x\n', types), 'spec:\n  policyTypes: [Egress] # x\n');
    const port: ManifestChange = { kind: 'set', path: ['ports', 0, 'port'], value: 8080 };
    assert.equal(
      changed('ports:\n- protocol: TCP\n  port: "http" # named\n', port),
      'ports:\n- protocol: TCP\n  port: 8080 # named\n',
    );
    assert.equal(changed('ports:\n- port: null\n', port), 'ports:\n- port: 8080\n');
  });

  test('that is written in block style is not written over', () => {
    assert.match(
      changed('spec:\n  policyTypes:\n  - Ingress\n', types),
      /^refused: spec.policyTypes is already written/,
    );
  });
});

describe('an item that is removed', () => {
  const gone = (index: number): ManifestChange => ({ kind: 'remove', path: ['l', index] });

  test('takes its lines with it and leaves the comments of others', () => {
    const text = 'l:\n- a: 1 # one\n# two\n- a: 2\n  b: 2\n# three\n- a: 3\n';
    assert.equal(changed(text, gone(0)), 'l:\n# two\n- a: 2\n  b: 2\n# three\n- a: 3\n');
    assert.equal(changed(text, gone(1)), 'l:\n- a: 1 # one\n# two\n# three\n- a: 3\n');
    assert.equal(changed('l:\n- a\n- b', gone(1)), 'l:\n- a');
  });

  test('in flow style takes its comma with it', () => {
    assert.equal(changed('l: [{ a: 1 }, { b: 2 }, c]\n', gone(1)), 'l: [{ a: 1 }, c]\n');
    assert.equal(changed('{"l": [1, 2]}', gone(0), 'a.json'), '{"l": [2]}');
  });

  test('is refused when it is the only one', () => {
    assert.match(changed('l:\n- a\n', gone(0)), /^refused: .* only item/);
  });
});

describe('what cannot be changed safely is refused', () => {
  for (const [fact, text, change] of [
    [
      'an alias',
      'a: &x [Egress]\nspec: { policyTypes: *x }\n',
      { kind: 'append', path: ['spec', 'policyTypes'], value: 'Ingress' },
    ],
    ['another type', 'spec:\n  ingress: text\n', addRule],
    [
      'a list in a list',
      'spec:\n  ingress:\n  - - a\n',
      { kind: 'append', path: ['spec', 'ingress', 0], value: 'b' },
    ],
    ['a document with an error', 'spec: [a\n', addRule],
  ] as const)
    test(fact, () => assert.match(changed(text, change), /^refused: /));
});

describe('fixes of findings', () => {
  const web = pod('shop/web', { labels: '{ app: web }' });
  for (const [code, spec] of [
    ['policy.types-by-default', 'podSelector: {}\negress: [{}]'],
    ['policy.idle-ingress', 'podSelector: {}\npolicyTypes:\n- Egress\ningress: [{}]\negress: [{}]'],
    ['policy.idle-egress', 'podSelector: {}\npolicyTypes: [Ingress]\negress:\n- {}'],
    ['policy.no-dns', 'podSelector: {}\npolicyTypes: [Egress]'],
    ['policy.no-dns', 'podSelector: {}\npolicyTypes: [Egress]\negress:\n- ports:\n  - port: 443'],
    ['policy.rule-shadowed', 'podSelector: {}\ningress:\n- {}\n- ports: [{ port: 80 }]'],
  ] as const)
    test(`the first fix of ${code} mends it and nothing else: ${JSON.stringify(spec)}`, () => {
      const text = documents(web, policy('shop/p', spec));
      const before = checkCluster(readManifests({ 'a.yaml': text }).cluster);
      const [fix] = before.find((each) => each.code === code)?.fixes ?? [];
      assert.ok(fix);
      const made = manifestEdits(text, parseText('a.yaml', text), fix.object, fix.changes);
      if (made.kind === 'refused') assert.fail(made.reason);
      const read = readManifests({ 'a.yaml': withEdits(text, made.edits) });
      assert.deepEqual(read.problems, []);
      const after = checkCluster(read.cluster).map((each) => each.code);
      assert.deepEqual(
        after,
        before.map((each) => each.code).filter((each) => each !== code),
      );
    });

  /** The text with the first fix of the finding; undefined: it has none. */
  function fixed(code: string, rule: string, targetPort: string | number, ports = ''): string | undefined {
    const service = `apiVersion: v1\nkind: Service\nmetadata: { namespace: shop, name: s }\nspec: { selector: { app: web }, ports: [{ port: 8080, targetPort: ${targetPort} }] }`;
    const target = ports === '' ? web : pod('shop/web', { labels: '{ app: web }', spec: ports });
    const head = documents(target, service);
    const text = documents(head, policy('shop/p', `podSelector: {}\ningress:\n- ports:\n  - ${rule}`));
    const found = checkCluster(readManifests({ 'a.yaml': text }).cluster).find((each) => each.code === code);
    assert.ok(found, code);
    const [fix] = found.fixes ?? [];
    if (fix === undefined) return undefined;
    const made = manifestEdits(text, parseText('a.yaml', text), fix.object, fix.changes);
    if (made.kind === 'refused') assert.fail(made.reason);
    const after = withEdits(text, made.edits);
    const read = readManifests({ 'a.yaml': after });
    assert.deepEqual(read.problems, [], 'the API server takes what a fix writes');
    assert.ok(!checkCluster(read.cluster).some((each) => each.code === code));
    return after.slice(after.indexOf('  - ports:'));
  }

  test('the fix of a Service port moves an endPort along, which may not be less than the port', () => {
    assert.equal(
      fixed(
        'policy.service-port',
        'port: 8080 # here\n    endPort: 8080',
        9090,
        'containers: [{ name: a, ports: [{ containerPort: 9090 }] }]',
      ),
      '  - ports:\n    - port: 9090 # here\n      endPort: 9090\n',
    );
    // A name may have no endPort beside it: that takes more than the change of a field.
    assert.equal(fixed('policy.service-port', '{ port: 8080, endPort: 8080 }', 'http'), undefined);
  });

  test('a port that is declared with another protocol gets that protocol, a range too; with two it is not guessed', () => {
    const declaring = (...protocols: readonly string[]): string =>
      `containers: [{ name: a, ports: [${protocols.map((each) => `{ containerPort: 53, protocol: ${each} }`).join(', ')}] }]`;
    assert.equal(
      fixed('policy.undeclared-port', 'port: 50\n    endPort: 60', 1, declaring('UDP')),
      '  - ports:\n    - port: 50\n      endPort: 60\n      protocol: UDP\n',
    );
    assert.equal(
      fixed('policy.undeclared-port', 'protocol: TCP\n    port: 53', 1, declaring('SCTP')),
      '  - ports:\n    - protocol: SCTP\n      port: 53\n',
    );
    assert.equal(fixed('policy.undeclared-port', 'port: 53', 1, declaring('UDP', 'SCTP')), undefined);
  });

  test('the fix of a Service port writes the port of the pod', () => {
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: { namespace: shop, name: s }\nspec: { selector: { app: web }, ports: [{ port: 8080, targetPort: http }] }';
    const text = documents(
      web,
      service,
      policy('shop/p', 'podSelector: {}\ningress:\n- ports:\n  - port: 1\n  - port: 8080 # here'),
    );
    const [fix] =
      checkCluster(readManifests({ 'a.yaml': text }).cluster).find(
        ({ code }) => code === 'policy.service-port',
      )?.fixes ?? [];
    assert.ok(fix);
    const made = manifestEdits(text, parseText('a.yaml', text), fix.object, fix.changes);
    assert.equal(
      made.kind === 'edits' && withEdits(text, made.edits),
      text.replace('8080 # here', 'http # here'),
    );
  });
});
