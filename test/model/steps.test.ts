// Sorting in steps is sorting: the same order, equal members as they came, and every member once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish, sortInSteps } from '../../src/model/steps';

interface Member {
  readonly key: number;
  readonly place: number;
}

/** Numbers below 100, the same on every run. */
function members(count: number): readonly Member[] {
  let state = count + 1;
  return Array.from({ length: count }, (_, place) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { key: Math.floor((state / 0x1_0000_0000) * 100), place };
  });
}

const byKey = (a: Member, b: Member): number => a.key - b.key;

for (const count of [0, 1, 2, 999, 1000, 1001, 2500, 7001]) {
  test(`${count} members in steps are in the order of toSorted`, () => {
    const list = members(count);
    assert.deepEqual(finish(sortInSteps(list, byKey)), list.toSorted(byKey));
  });
}

test('a long list that is in order already stays as it is', () => {
  const list = members(5000).toSorted(byKey);
  assert.deepEqual(finish(sortInSteps(list, byKey)), list);
});

test('a long list takes many steps', () => {
  assert.ok([...sortInSteps(members(7001), byKey)].length >= 10);
});
