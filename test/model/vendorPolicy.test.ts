// Which pods a policy that is not judged may be about: its own namespace, those that it selects, or all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VendorPolicy } from '../../src/model/policy';
import { mayConcern } from '../../src/model/policy';
import { selectorFromLabels } from '../../src/model/selector';

const base: VendorPolicy = {
  apiVersion: 'example.com/v1',
  kind: 'Policy',
  namespace: 'shop',
  name: 'p',
  vendor: 'Example',
  effect: { ingress: undefined, egress: undefined },
};
const web = { namespace: 'shop', labels: { app: 'web' } };
const away = { namespace: 'bank', labels: { app: 'web' } };

test('without a subject a policy is about any pod of its namespace, one of no namespace about all', () => {
  assert.deepEqual(
    [web, away].map((pod) => mayConcern(base, pod, {})),
    [true, false],
  );
  assert.deepEqual(
    [web, away].map((pod) => mayConcern({ ...base, namespace: '' }, pod, {})),
    [true, true],
  );
});

test('a namespace selector counts instead of the own namespace', () => {
  const subject = { namespaceSelector: selectorFromLabels({ team: 'a' }) };
  assert.deepEqual(
    [mayConcern({ ...base, subject }, web, {}), mayConcern({ ...base, subject }, away, { team: 'a' })],
    [false, true],
  );
});

test('pods must have the labels', () => {
  const subject = { podSelector: selectorFromLabels({ app: 'db' }) };
  assert.equal(mayConcern({ ...base, subject }, web, {}), false);
});
