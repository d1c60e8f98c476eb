// One tree for YAML and JSON, with the place of every key and value.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { offsetAt, positionAt, lineIndexOf } from '../../src/load/lines';
import { parseText } from '../../src/load/parse';
import type { SyntaxNode } from '../../src/load/syntax';
import { nodeAt, pathAt, stringOf } from '../../src/load/syntax';
import { only } from './reading';

function rootOf(text: string, file = 'a.yaml'): SyntaxNode {
  const { root } = only(parseText(file, text).documents);
  assert.ok(root !== undefined);
  return root;
}

function valueOf(node: SyntaxNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(valueOf);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, valueOf(entry.value)]));
}

describe('what stands under the cursor', () => {
  const manifest = `spec:
  ports: # two
  - {name: "web", port: 80}
  - port: 443
  selector:
    app: 'it''s'
  empty:
  note: |
    two
    lines
`;
  const document = only(parseText('a.yaml', manifest).documents);
  /** `|` in the excerpt marks the cursor. */
  const cases: readonly (readonly [excerpt: string, expected: string | undefined])[] = [
    ['po|rts:', 'spec.ports key ports'],
    ['name: "w|eb"', 'spec.ports.0.name value "web"'],
    ['name: |"web"', 'spec.ports.0.name value "web"'],
    ['port: 8|0', 'spec.ports.0.port value 80'],
    ['port: 80|}', 'spec.ports.0.port value 80'],
    ['po|rt: 443', 'spec.ports.1.port key port'],
    ["'it'|'s'", "spec.selector.app value 'it''s'"],
    ['emp|ty', 'spec.empty key empty'],
    ['# t|wo', undefined],
    ['two\n    li|nes', 'spec.note value     two\n    lines\n'],
    ['|spec', 'spec key spec'],
  ];
  for (const [excerpt, expected] of cases) {
    test(`at ${JSON.stringify(excerpt)}`, () => {
      const start = manifest.indexOf(excerpt.replace('|', ''));
      assert.ok(start >= 0);
      const hit = pathAt(document, start + excerpt.indexOf('|'));
      const shown = hit && `${hit.path.join('.')} ${hit.on} ${manifest.slice(hit.start, hit.end)}`;
      assert.equal(shown, expected);
    });
  }

  test('parents lead from the root to the node', () => {
    const hit = pathAt(document, manifest.indexOf('443'));
    assert.deepEqual(
      hit?.parents.map((parent) => parent.kind),
      ['map', 'map', 'sequence', 'map'],
    );
    assert.equal(hit.parents[0], document.root);
  });
});

describe('aliases and merge keys', () => {
  test('an alias is what its anchor names', () => {
    assert.deepEqual(valueOf(rootOf('a: &x {k: 1}\nb: *x\nc: [*x]')), {
      a: { k: 1 },
      b: { k: 1 },
      c: [{ k: 1 }],
    });
  });
  test('a merge key adds what the map does not have', () => {
    assert.deepEqual(
      valueOf(rootOf('base: &b {k: 1, l: 2}\nmore: &m {l: 3, n: 4}\nx:\n  k: 0\n  <<: [*b, *m]')),
      {
        base: { k: 1, l: 2 },
        more: { l: 3, n: 4 },
        x: { k: 0, l: 2, n: 4 },
      },
    );
  });
  test('the last of equal keys counts', () => {
    assert.deepEqual(valueOf(rootOf('a: 1\nb: 2\na: 3')), { a: 3, b: 2 });
    assert.deepEqual(valueOf(rootOf('{"a": 1, "a": 3}', 'a.json')), { a: 3 });
  });
});

test('quoted, block and !!str scalars are text whatever they look like', () => {
  assert.deepEqual(valueOf(rootOf(`a: "on"\nb: '8'\nc: !!str 8\nd: |-\n  8\ne: 8`)), {
    a: 'on',
    b: '8',
    c: '8',
    d: '8',
    e: 8,
  });
});

test('`...` ends a document and directives belong to the next one', () => {
  const text = '%YAML 1.1\n---\na: 1\n...\n---\n# nothing here\n---\nb: 2\n...\nc: 3\n';
  const { documents, problems } = parseText('a.yaml', text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    documents.map(({ index, root }) => [index, root && valueOf(root)]),
    [
      [0, { a: 1 }],
      [1, { b: 2 }],
      [2, { c: 3 }],
    ],
  );
});

test('offsets of a document are those of the file, also with Windows line ends', () => {
  const text = '# first\r\na: 1\r\n---\r\nkind: Pod\r\nname: "x"\r\n';
  const parsed = parseText('a.yaml', text);
  const name = nodeAt(parsed.documents[1]?.root, ['name']);
  assert.equal(stringOf(name), 'x');
  assert.ok(name !== undefined);
  assert.equal(text.slice(name.start, name.end), '"x"');
  assert.deepEqual(positionAt(parsed.lines, name.start), { line: 4, character: 6 });
});

/** Values that JSON and YAML both can say. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '<<' && key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

const structured = json.filter((value) => typeof value === 'object' && value !== null);

test('property: JSON text gives the value it was made from, compact or indented', () => {
  fc.assert(
    fc.property(structured, fc.constantFrom(undefined, 1, 4), (value, indent) => {
      assert.deepEqual(valueOf(rootOf(JSON.stringify(value, null, indent), 'a.json')), value);
    }),
  );
});

test('property: the range of every JSON node is its own text', () => {
  const check = (text: string, node: SyntaxNode): void => {
    assert.deepEqual(JSON.parse(text.slice(node.start, node.end)), valueOf(node));
    if (node.kind === 'sequence') node.items.forEach((item) => check(text, item));
    if (node.kind === 'map') {
      for (const entry of node.entries) {
        assert.equal(JSON.parse(text.slice(entry.keyStart, entry.keyEnd)), entry.key);
        check(text, entry.value);
      }
    }
  };
  fc.assert(
    fc.property(structured, (value) => {
      const text = JSON.stringify(value, null, 1);
      check(text, rootOf(text, 'a.json'));
    }),
  );
});

test('property: YAML text gives the value it was made from, in block and flow style', () => {
  fc.assert(
    fc.property(structured, fc.boolean(), (value, flow) => {
      const text = dump(value, { quoteStyle: 'double', forceQuotes: true, lineWidth: -1 });
      const written = flow ? JSON.stringify(value) : text;
      assert.deepEqual(valueOf(rootOf(written)), value);
    }),
  );
});

test('property: any text is parsed without throwing, and every problem lies inside it', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&x ',
      '*x',
      '<<: ',
      '|',
      '---\n',
      '{{ .x }}',
      ':',
      ',',
      '#',
      '\t',
      'é',
      '!!str ',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(pieces, fc.constantFrom('a.yaml', 'a.json'), (parts, file) => {
      const text = parts.join('');
      const parsed = parseText(file, text);
      for (const { at } of parsed.problems) {
        const start = offsetAt(parsed.lines, { line: at.line, character: at.character });
        const end = offsetAt(parsed.lines, { line: at.endLine, character: at.endCharacter });
        assert.ok(0 <= start && start <= end && end <= text.length);
      }
      for (const document of parsed.documents) {
        for (let offset = 0; offset <= text.length; offset++) pathAt(document, offset);
      }
    }),
    { numRuns: 500 },
  );
});

test('property: positions and offsets are inverse', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', 'é', '😀')), fc.nat(40), (parts, offset) => {
      const text = parts.join('');
      const lines = lineIndexOf(text);
      const inside = Math.min(offset, text.length);
      assert.equal(offsetAt(lines, positionAt(lines, inside)), inside);
    }),
  );
});
