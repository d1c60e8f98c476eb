// Rules E1 to E66 of the networking facts, each as a fact: which side lets a flow through, which rule of which line decides,
// which policies isolate. What is left to network plugins must at least be said.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readManifests } from '../support/manifests';
import { policiesOnReply, rulingOf, traceOf, traceWordsOf, wordsOf } from './checking';
import { cluster as base, policy } from './fixtures';
import type { Rule } from './rules';
import { addresses } from './rules/addresses';
import { exceptions } from './rules/exceptions';
import { isolation } from './rules/isolation';
import { peers } from './rules/peers';
import { ports } from './rules/ports';
import { tiers } from './rules/tiers';

const rules: readonly Rule[] = [...isolation, ...peers, ...addresses, ...ports, ...exceptions];
const files = ({
  policies = '',
  objects = '',
}: Pick<Rule, 'policies' | 'objects'>): Record<string, string> => ({
  'cluster.yaml': base,
  'policies.yaml': policies.replace(/^\n/, ''),
  'more.yaml': objects.replace(/^\n/, ''),
});

for (const each of rules) {
  test(`${each.rule}: ${each.fact}`, () => {
    const { cluster, problems } = readManifests(files(each));
    assert.deepEqual(problems, each.problems ?? []);
    for (const [flow, expected] of Object.entries(each.flows ?? {}))
      assert.equal(`${flow}: ${rulingOf(cluster, flow)}`, `${flow}: ${expected}`);
    for (const [query, expected] of Object.entries(each.traces ?? {})) {
      assert.equal(`${query}: ${traceOf(cluster, query)}`, `${query}: ${expected}`);
      assert.equal(policiesOnReply(cluster, query), 0, 'replies are not judged');
    }
    for (const [flow, words] of Object.entries(each.says ?? {}))
      contains(wordsOf(cluster, flow), words, flow);
    for (const [query, words] of Object.entries(each.traceSays ?? {}))
      contains(traceWordsOf(cluster, query), words, query);
    for (const [query, words] of Object.entries(each.silentAbout ?? {}))
      assert.ok(!traceWordsOf(cluster, query).includes(words), `${query} says: ${words}`);
  });
}

test('E56: changing a label changes the selection at once; what becomes of open connections is not traced', () => {
  const policies = policy('b/p', 'podSelector: { matchLabels: { app: z } }\npolicyTypes: [Ingress]');
  const relabelled = base.replace('labels: { app: z }', 'labels: { app: other }');
  assert.notEqual(relabelled, base);
  const before = readManifests(files({ policies })).cluster;
  const after = readManifests({ 'cluster.yaml': relabelled, 'policies.yaml': policies.trimStart() }).cluster;
  assert.equal(
    rulingOf(before, 'a/x -> b/z:80'),
    'denied; egress open; ingress closed by b/p@policies.yaml:3',
  );
  assert.equal(rulingOf(after, 'a/x -> b/z:80'), 'allowed; egress open; ingress open');
});

for (const each of tiers) {
  test(`${each.rule}: ${each.fact}`, () => {
    const { cluster, problems } = readManifests(files(each));
    assert.deepEqual(problems, []);
    for (const [flow, expected] of Object.entries(each.flows ?? {}))
      assert.equal(rulingOf(cluster, flow).replace(/@[^ ;]+/g, ''), expected);
    for (const [flow, words] of Object.entries(each.says ?? {}))
      contains(wordsOf(cluster, flow), words, flow);
  });
}

describe('every row of the truth table of tiers has a test', () => {
  const tested = new Set(tiers.map(({ rule }) => rule));
  for (let number = 1; number <= 12; number++) test(`T${number}`, () => assert.ok(tested.has(`T${number}`)));
});

describe('every rule of part E has a test', () => {
  const tested = new Set(['E56', ...rules.map(({ rule }) => rule)]);
  for (let number = 1; number <= 66; number++) test(`E${number}`, () => assert.ok(tested.has(`E${number}`)));
});

function contains(text: string, words: string, what: string): void {
  assert.ok(text.includes(words), `${what} does not say: ${words}\nbut:\n${text}`);
}
