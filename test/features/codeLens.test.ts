// What stands above the objects of a manifest: whom policies select, which policies apply, traces and tries.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityDiff } from '../../src/analysis/diff';
import { lensesOf, withoutPolicy, type Lens } from '../../src/features/codeLens';
import { explainChange } from '../../src/features/diffExplain';
import { diffView, endOf } from '../../src/features/diffView';
import { acceptsDiffRequest } from '../../src/protocol/diffEnds';
import { cluster, hostPod, pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const file = 'app.yaml';
const closed = policy('a/closed', 'podSelector: { matchLabels: { app: x } }\npolicyTypes: [Ingress]');
const open = policy('a/open', 'podSelector: {}\npolicyTypes: [Egress]\negress: [{}]');
const none = policy('b/none', 'podSelector: { matchLabels: { app: nobody } }');
const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { namespace: a, name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: x } }
  template:
    metadata: { labels: { app: x } }
    spec: { containers: [{ name: web, image: web }] }
`;

const read = (...texts: readonly string[]) => readManifests({ [file]: documents(...texts) }).cluster;

function said(lenses: readonly Lens[]): readonly string[] {
  return lenses.map(({ title, action }) => {
    if (action.kind === 'show') return `${title} (${action.places.length})`;
    return action.kind === 'trace' ? `${title} ${action.from ?? action.to ?? ''}` : title;
  });
}

describe('lenses', () => {
  test('a policy tells how many pods it selects, those of one workload shown once', () => {
    const made = read(cluster, closed, none, deployment);
    const lenses = lensesOf(made, file, false).filter(({ action }) => action.kind !== 'trace');
    assert.deepEqual(said(lenses).slice(0, 4), [
      // a/x and the two of Deployment a/web.
      'selects 3 pods (2)',
      'Try Without This Policy',
      'selects no pod (0)',
      'Try Without This Policy',
    ]);
  });

  test('unsaved text can be tried where there is some', () => {
    const titles = lensesOf(read(cluster, closed), file, true).map(({ title }) => title);
    assert.equal(titles.filter((title) => title === 'Try With Unsaved Text').length, 1);
  });

  test('pods and workloads tell how many policies apply in either direction; pods of a workload have no line of their own', () => {
    const lenses = lensesOf(read(cluster, closed, open, deployment), file, false);
    const objects = said(lenses).filter((each) => /^Trace from|appl/.test(each));
    assert.deepEqual(objects, [
      'Trace from Deployment/a/web',
      '2 policies apply (2)',
      'Trace from a/x',
      '2 policies apply (2)',
      'Trace from a/y',
      '1 policy applies (1)',
      'Trace from b/z',
      'no policy applies (0)',
    ]);
  });

  test('no policy applies to a pod on the network of its node', () => {
    const lenses = lensesOf(
      read(cluster, policy('a/all', 'podSelector: {}'), hostPod('a/agent', 'n1')),
      file,
      false,
    );
    const at = lenses.findIndex(({ action }) => action.kind === 'trace' && action.from === 'a/agent');
    assert.equal(lenses[at + 2]?.title, 'no policy applies');
  });

  test('a file of very many objects has none, and neither has one that is not read', () => {
    const many = Array.from({ length: 301 }, (_each, index) => pod(`a/p${index}`));
    assert.deepEqual(lensesOf(read(cluster, ...many), file, false), []);
    assert.deepEqual(lensesOf(read(cluster), 'other.yaml', false), []);
  });
});

describe('trying without a policy', () => {
  const made = read(cluster, closed, open);
  const without = withoutPolicy(made, { kind: 'NetworkPolicy', namespace: 'a', name: 'closed' });

  test('leaves out this one and keeps everything else as it was', () => {
    assert.deepEqual(
      without.policies.map(({ name }) => name),
      ['open'],
    );
    assert.equal(without.pods, made.pods);
    const view = diffView(connectivityDiff(made, without, { level: 'workload' }));
    assert.equal(view.headline, '3 connections appear.');
    assert.deepEqual(
      view.edits.map(({ name, change, effects }) => `${name} ${change} ${effects}`),
      ['NetworkPolicy a/closed removed 3'],
    );
  });

  test('a change is explained by a trace on either side, with the line that decides', () => {
    const { before, after } = explainChange(made, without, {
      from: 'a/y',
      to: 'a/x',
      port: 80,
      protocol: 'TCP',
    });
    assert.deepEqual([before?.title, after?.title], ['Unreachable', 'Reachable']);
    assert.equal(before?.links[0]?.location.file, file);
  });

  test('a page lists as many changes as it is given and counts the rest', () => {
    const { groups } = diffView(connectivityDiff(made, without, { level: 'pod' }), 1);
    assert.deepEqual(
      groups.map(({ title, changes, more }) => [title, changes.length, more]),
      [['3 connections appear', 1, 2]],
    );
  });
});

test('ends of a list are ends of a trace; a range outside is one address that somebody could have', () => {
  const ends: readonly (readonly [string, string])[] = [
    ['shop/web[Deployment]', 'Deployment/shop/web'],
    ['shop/web-0[Pod]', 'shop/web-0'],
    ['0.0.0.0-255.255.255.255', '1.0.0.0'],
    ['0.0.0.0-0.0.0.9', '0.0.0.9'],
    ['198.51.100.0-198.51.100.255', '198.51.100.0'],
    ['::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
  ];
  for (const [peer, end] of ends) assert.equal(endOf(peer), end);
});

test('the page of a comparison may ask what it is made for, and nothing else', () => {
  const trace = { from: 'a/x', to: 'a/y', protocol: 'TCP' };
  const location = { file: 'a', document: 0, line: 0, character: 0, endLine: 0, endCharacter: 0 };
  for (const [method, ...params] of [
    ['ready'],
    ['cancel'],
    ['explain', trace],
    ['trace', { ...trace, port: 80 }],
    ['reveal', location],
    ['copy', 'csv'],
  ] as const)
    assert.ok(acceptsDiffRequest(method, params), method);
  for (const [method, ...params] of [
    ['ready', 1],
    ['explain', { ...trace, protocol: 'ICMP' }],
    ['trace', { ...trace, port: '80' }],
    ['copy', 'svg'],
    ['toString'],
    ['exec', 'x'],
  ] as const)
    assert.ok(!acceptsDiffRequest(method, params), method);
});
