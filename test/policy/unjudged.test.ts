// Policies of kinds that are not judged, those of vendors: their presence makes rulings
// undetermined, by name, wherever they could change something, and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documents, readManifests } from '../support/manifests';
import { rulingOf, traceWordsOf, wordsOf } from './checking';
import { cluster as base, hostPod, policy } from './fixtures';

function unjudged(apiVersion: string, kind: string, key: string): string {
  const [namespace, name] = key.includes('/') ? key.split('/') : ['', key];
  return `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name ?? ''}${namespace === '' ? '' : `, namespace: ${namespace ?? ''}`} }
`;
}

const wide = unjudged('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', 'first');
const cilium = unjudged('cilium.io/v2', 'CiliumNetworkPolicy', 'b/l7');

function clusterWith(...policies: readonly string[]) {
  const { cluster, problems } = readManifests({
    'cluster.yaml': base,
    'policies.yaml': documents(...policies),
    'more.yaml': hostPod('b/agent', 'n2').trimStart(),
  });
  assert.deepEqual(problems, []);
  return cluster;
}

interface Case {
  readonly fact: string;
  readonly policies: readonly string[];
  readonly flows: Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  {
    fact: 'a policy of the whole cluster leaves both ends of every flow open',
    policies: [wide],
    flows: {
      'a/x -> b/z:80':
        'cannot tell; egress not judged with CiliumClusterwideNetworkPolicy first@policies.yaml:1; ingress not judged with CiliumClusterwideNetworkPolicy first@policies.yaml:1',
    },
  },
  {
    fact: 'a policy of one namespace leaves only its pods open',
    policies: [cilium],
    flows: {
      'a/x -> b/z:80':
        'cannot tell; egress open; ingress not judged with CiliumNetworkPolicy b/l7@policies.yaml:1',
      'a/x -> a/y:80': 'allowed; egress open; ingress open',
    },
  },
  {
    fact: 'a denial by NetworkPolicy is open too: a policy of another kind could allow before it',
    policies: [policy('b/p', 'podSelector: {}\npolicyTypes: [Ingress]'), wide],
    flows: {
      'a/x -> b/z:80':
        'cannot tell; egress not judged with CiliumClusterwideNetworkPolicy first@policies.yaml:8; ingress not judged with b/p@policies.yaml:3, CiliumClusterwideNetworkPolicy first@policies.yaml:8',
    },
  },
  {
    fact: 'a pod’s traffic to itself is subject to none of them, and a hostNetwork pod neither',
    policies: [wide],
    flows: {
      'a/x -> a/x:80': 'allowed; egress to itself; ingress to itself',
      'b/agent -> b/agent:9100': 'allowed; egress host network; ingress host network',
    },
  },
];

for (const { fact, policies, flows } of cases) {
  test(fact, () => {
    const cluster = clusterWith(...policies);
    for (const [flow, expected] of Object.entries(flows)) assert.equal(rulingOf(cluster, flow), expected);
  });
}

test('the words name every such policy, and what NetworkPolicy alone would say', () => {
  const cluster = clusterWith(policy('b/p', 'podSelector: {}\npolicyTypes: [Ingress]'), wide, cilium);
  const reason =
    'CiliumClusterwideNetworkPolicy first and CiliumNetworkPolicy b/l7 are not judged and could change this. Without: Ingress at b/z is not admitted: isolated by p, and none of its rules admits a/x on TCP 80.';
  assert.ok(wordsOf(cluster, 'a/x -> b/z:80').includes(reason));
  assert.ok(
    traceWordsOf(cluster, 'a/y -> a/x:80').includes('CiliumClusterwideNetworkPolicy first is not judged'),
  );
});
