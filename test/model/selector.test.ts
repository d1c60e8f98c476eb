// Label selectors (rules E15, E16).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LabelSelector, Requirement } from '../../src/model/selector';
import { everything, matches, selectorFromLabels, selectorText } from '../../src/model/selector';

const labels = { app: 'web', tier: '' };
const requirement = (
  key: string,
  operator: Requirement['operator'],
  ...values: readonly string[]
): LabelSelector => ({
  requirements: [{ key, operator, values }],
});

describe('E15, E16: which labels a selector matches', () => {
  const cases: readonly (readonly [selector: LabelSelector, text: string, matched: boolean])[] = [
    [everything, '<everything>', true],
    [selectorFromLabels({ app: 'web' }), 'app=web', true],
    [selectorFromLabels({ app: 'Web' }), 'app=Web', false],
    [selectorFromLabels({ app: 'web', tier: 'x' }), 'app=web,tier=x', false],
    [selectorFromLabels({ tier: '' }), 'tier=', true],
    [selectorFromLabels({ none: '' }), 'none=', false],
    [requirement('app', 'In', 'a', 'web'), 'app in (a,web)', true],
    [requirement('app', 'NotIn', 'a', 'web'), 'app notin (a,web)', false],
    [requirement('none', 'NotIn', 'a'), 'none notin (a)', true],
    [requirement('tier', 'Exists'), 'tier', true],
    [requirement('none', 'Exists'), 'none', false],
    [requirement('none', 'DoesNotExist'), '!none', true],
    [requirement('tier', 'DoesNotExist'), '!tier', false],
    [requirement('constructor', 'Exists'), 'constructor', false],
    [requirement('toString', 'DoesNotExist'), '!toString', true],
  ];
  for (const [selector, text, matched] of cases) {
    test(`${text} ${matched ? 'matches' : 'does not match'} app=web,tier=`, () => {
      assert.equal(matches(selector, labels), matched);
      assert.equal(selectorText(selector), text);
    });
  }
});
