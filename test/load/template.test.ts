// Which texts are Go templates, and which only speak of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from '../../src/load/parse';
import { pathAt } from '../../src/load/syntax';
import { templateActionAt } from '../../src/load/template';
import { checkProblems, load } from './reading';

const cases: readonly (readonly [what: string, text: string, templated: boolean])[] = [
  ['an action as a value', 'port: {{ .Values.port }}', true],
  ['an action inside a plain value', 'image: shop/web:{{ .Values.tag }}', true],
  ['a control line', '{{- if .Values.on }}\na: 1\n{{- end }}', true],
  ['an action after an apostrophe in plain text', "a: don't\nb: {{ .x }}", true],
  ['an action behind a block scalar', 'a: |\n  text\nb: {{ .x }}', true],
  ['an action behind a list of block scalars', '- |\n  text\n- {{ .x }}', true],
  ['an action in double quotes', 'a: "{{ .x }}"', false],
  ['an action in single quotes', "a: '{{ .x }}'", false],
  ['an action behind an escaped quote', 'a: "x\\" {{ .x }}"', false],
  ['an action in quotes that span lines', 'a: "one\n  {{ .x }} two"', false],
  ['an action in a comment', 'a: 1 # {{ .x }}', false],
  ['an action in a block scalar', 'a: |\n  {{ .x }}\n\n  {{ .y }}\nb: 1', false],
  ['an action in a folded scalar in a list', '- >-\n  {{ .x }}', false],
  ['an action in a block scalar under a list key', '- name: x\n  run: |\n    {{ .x }}', false],
  ['one brace', 'a: {b: {c: 1}}', false],
];

for (const [what, text, templated] of cases) {
  test(`${what} makes ${templated ? 'a template' : 'no template'}`, () => {
    assert.equal(templateActionAt(text) !== undefined, templated);
  });
}

const message =
  'This file is a template with {{ }} actions, so no objects are read from it. ' +
  'Render it first, for example with "helm template", and open the result.';

test('a template is said to be one, once, and gives no objects', () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .name }}\nspec:\n  {{- with .x }}\n---\na: [\n';
  checkProblems(text, [`information helm.template a.yaml:4 ${message}`]);
  assert.equal(load(text).files[0]?.role, 'template');
  assert.equal(load(text).cluster.services.length, 0);
});

test('a chart whose actions are all quoted is known by the names of its objects', () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Release.Name }}-web"}\nspec: {ports: [{port: 80}]}';
  checkProblems(text, [`information helm.template a.yaml:3 ${message}`]);
});

test('templates that are not of Kubernetes are passed over quietly', () => {
  checkProblems('on: push\njobs:\n  a:\n    env: ${{ secrets.X }}\n', []);
});

test('a template can be hovered: values that are no actions keep their places', () => {
  const text = `{{- if .on }}\nkind: Service\nspec:\n  {{- with .ports }}\n  clusterIP: 10.96.0.20\n  name: {{ .x }}-web\n  {{- end }}\n{{- end }}\n`;
  const parsed = parseText('a.yaml', text);
  const [document] = parsed.documents;
  assert.ok(document !== undefined);
  const hit = pathAt(document, text.indexOf('10.96'));
  assert.deepEqual([hit?.path, hit && text.slice(hit.start, hit.end)], [['spec', 'clusterIP'], '10.96.0.20']);
  assert.deepEqual(parsed.problems, []);
});

test('actions that are never closed do not take for ever', () => {
  const start = performance.now();
  load(`apiVersion: v1\nkind: Pod\na: ${'{{'.repeat(500_000)}`);
  assert.ok(performance.now() - start < 5000);
});
