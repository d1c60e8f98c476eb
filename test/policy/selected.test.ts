// Which pods a policy selects and which its peers name: live pods of the pod network, for hovers, lenses and checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf } from '../../src/model/objects';
import { policyJudgeOf } from '../../src/policy/judge';
import { documents, readManifests } from '../support/manifests';
import { cluster as base, hostPod, pod, policy } from './fixtures';

/** `a/x, a/y` selected; then the pods of each peer of the first ingress rule. */
function check(fact: string, spec: string, selected: string, ...peers: readonly string[]): void {
  test(fact, () => {
    const { cluster, problems } = readManifests({
      'cluster.yaml': base,
      'policies.yaml': policy('a/p', spec).trimStart(),
      'more.yaml': documents(
        pod('a/done', { labels: '{ app: x }', ips: ['10.244.1.2'], phase: 'Succeeded' }),
        pod('a/crashed', { labels: '{ app: x }', ips: ['10.244.1.3'], phase: 'Failed' }),
        pod('a/starting', { labels: '{ app: x }', phase: 'Pending' }),
        hostPod('a/agent', 'n1', '{ app: x }'),
      ),
    });
    assert.deepEqual(problems, []);
    const judge = policyJudgeOf(cluster);
    const [made] = cluster.policies;
    assert(made);
    assert.equal(judge.selectedBy(made).map(keyOf).join(', '), selected);
    const found = made.ingress[0]?.peers.map((peer) => judge.peerPods(made, peer).map(keyOf).join(', '));
    assert.deepEqual(found ?? [], peers);
  });
}

check(
  'a policy selects live pods of its namespace, whether or not they have an address, but no hostNetwork pod',
  'podSelector: { matchLabels: { app: x } }',
  'a/starting, a/x',
);
check('an empty selector selects all of them', 'podSelector: {}', 'a/starting, a/x, a/y');
check(
  'each peer names its own pods: own namespace, others by label, blocks by address',
  `
podSelector: { matchLabels: { app: nobody } }
ingress:
- from:
  - podSelector: { matchLabels: { app: x } }
  - namespaceSelector: {}
  - { namespaceSelector: { matchLabels: { team: b } }, podSelector: {} }
  - ipBlock: { cidr: 10.244.1.0/24, except: [10.244.1.3/32] }
  - ipBlock: { cidr: 172.30.0.0/24 }`,
  '',
  'a/starting, a/x',
  'a/starting, a/x, a/y, b/z',
  'b/z',
  'a/x',
  '',
);
