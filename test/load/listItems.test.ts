// Long YAML lists are parsed some items at a time, and give the very tree that parsing the whole gives. Mistakes are told one by
// one, and hide no item but their own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from '../../src/load/parse';
import type { SyntaxNode } from '../../src/load/syntax';
import { pathAt } from '../../src/load/syntax';
import { finish } from '../../src/model/steps';
import { parseYaml, parseYamlInSteps } from '../../src/load/yaml';

interface Parts {
  readonly head?: string;
  readonly item?: (number: number) => string;
  readonly tail?: string;
  readonly indent?: number;
}

const padding = `    # ${'x'.repeat(400)}\n`;

function listOf({
  head = 'apiVersion: v1\nkind: List\nitems:\n',
  item = plain,
  tail = '',
  indent = 0,
}: Parts): string {
  const items = Array.from({ length: 200 }, (_, number) => item(number) + padding).join('');
  const moved = indent === 0 ? items : items.replace(/^(?=.)/gm, ' '.repeat(indent));
  return head + moved + tail;
}

function plain(number: number): string {
  return `- kind: Pod\n  metadata:\n    name: p${number}\n    labels: {app: web, tier: "a b"}\n`;
}

/** @param inParts whether it is read in parts at all */
function check(fact: string, parts: Parts | string, inParts = true): void {
  test(fact, () => {
    const text = typeof parts === 'string' ? parts : listOf(parts);
    const range = { start: 0, end: text.length };
    let steps = 0;
    for (const run = parseYamlInSteps(text, range); run.next().done !== true;) steps++;
    assert.equal(steps > 1, inParts, `${steps} steps`);
    assert.deepEqual(finish(parseYamlInSteps(text, range)), parseYaml(text, range));
  });
}

check('items at the left margin, as kubectl writes them, with fields behind', {
  tail: "kind: List\nmetadata:\n  resourceVersion: ''\n",
});
check('items that are indented', { indent: 2, tail: '# the end\n' });
check('a document marker and comments before the items', {
  head: '---\n# pods\napiVersion: v1\nitems: # all of them\n\n# the first\n',
});
check('texts in blocks that hold what looks like an item', {
  item: (number) =>
    `- data:\n    a: |\n      - kind: Pod\n      items:\n    b: >-\n      - x\n  name: p${number}\n`,
});
check('lists in items at the same indent as their key', {
  item: (number) => `- args:\n  - one\n  -\n    two: ${number}\n  - [a, b]\n`,
});
check('items that begin on the next line, and items of one word', {
  item: (number) => (number % 2 === 0 ? `-\n  name: p${number}\n` : `- p${number}\n`),
});
check('an anchor that another item uses', {
  item: (number) => (number === 0 ? '- &first {app: web}\n' : '- labels: *first\n'),
});
check('Windows line ends', listOf({ tail: 'kind: List\n' }).replaceAll('\n', '\r\n'));
check('a key that stands twice', { tail: 'kind: PodList\nkind: PodList\n' });
check('a short list', 'items:\n- a\n- b\n', false);
check('a long document that is no list', `data: |\n${'  text\n'.repeat(20_000)}`, false);
check('items in brackets', `items: [${'{a: b},\n'.repeat(20_000)}]\n`, false);
check('a list at the end of which something stands between', { indent: 4, tail: '  kind: List\n' }, false);

/** @param at the lines that are told of, from 0 @param lost items whose names are not read any more */
function checkBroken(fact: string, text: string, at: readonly number[], lost: readonly number[]): void {
  test(`mistakes: ${fact}`, () => {
    const { documents, problems } = parseText('list.yaml', text);
    assert.deepEqual(
      problems.map(({ code, at: { line } }) => [code, line]),
      at.map((line) => ['yaml.syntax', line]),
    );
    const [document, ...others] = documents;
    assert.deepEqual([document?.broken, others.length], [true, 0]);
    const found = new Set(namesIn(document?.root));
    const missing = Array.from({ length: 200 }, (_, number) => number).filter(
      (number) => !found.has(`p${number}`),
    );
    assert.deepEqual(missing, lost);
    // What is read stands where it stands in the text.
    const name = pathAt(document ?? assert.fail(), text.indexOf('p199'));
    assert.deepEqual(name?.path, ['items', name?.path[1], 'metadata', 'name']);
  });
}

function namesIn(node: SyntaxNode | undefined): readonly string[] {
  if (node?.kind === 'map')
    return node.entries.flatMap(({ key, value }) =>
      key === 'name' && value.kind === 'scalar' ? [value.text] : namesIn(value),
    );
  return node?.kind === 'sequence' ? node.items.flatMap(namesIn) : [];
}

/** An item has five lines, behind three of the head. */
const lineOf = (item: number): number => 3 + item * 5;

checkBroken(
  'brackets that are not closed',
  listOf({
    item: (number) =>
      number === 150 ? '- kind: Pod\n  metadata:\n    name: p150\n    labels: {app: web\n' : plain(number),
  }),
  [lineOf(151)],
  [],
);
checkBroken(
  'in two items far from each other',
  listOf({
    item: (number) =>
      number === 10 || number === 190
        ? `- kind: Pod\n  metadata:\n    name: p${number}\n    labels: a: b\n`
        : plain(number),
  }),
  [lineOf(10) + 3, lineOf(190) + 3],
  [],
);
checkBroken(
  'a word at the margin, and an item that is not indented',
  listOf({ item: (number) => plain(number) + (number === 100 ? 'sp\n' : '') }),
  [lineOf(100) + 4],
  [],
);
checkBroken('fields behind the items', listOf({ tail: 'metadata: }\nkind: List\n' }), [lineOf(200)], []);
