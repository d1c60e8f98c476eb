// How far workloads are open: to every pod there can be, to labels and namespaces that need not exist, and outside.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exposureMarks, exposureOf } from '../../src/analysis/exposure';
import { representativesOf } from '../../src/analysis/representatives';
import { exposureCsv, exposureJson, exposureText } from '../../src/features/exposureText';
import { matches } from '../../src/model/selector';
import type { UnmadePod } from '../../src/policy/engine';
import { hostPod, pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const db = pod('shop/db', { labels: '{ app: db }', ips: ['10.244.1.2'] });
const web = pod('shop/web', { labels: '{ app: web }', ips: ['10.244.1.3'] });

function cluster(...texts: readonly string[]) {
  const read = readManifests({ 'a.yaml': documents(...texts) });
  assert.deepEqual(read.problems, []);
  return read.cluster;
}

/** Lines below the workload. */
function lines(id: string, ...texts: readonly string[]): readonly string[] {
  const row = exposureOf(cluster(...texts)).find(({ peer }) => peer.id === id);
  assert.ok(row !== undefined, id);
  return exposureText([row])
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/\s+/g, ' '));
}

const ingress = (rules: string): string =>
  policy('shop/p', `podSelector: { matchLabels: { app: db } }\ningress: ${rules}`);
const openEgress = 'egress no policy: open to everybody: all ports';

interface Case {
  readonly fact: string;
  readonly rules: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    fact: 'no rule lets nobody in',
    rules: '[]',
    expected: ['ingress from nobody'],
  },
  {
    fact: 'a rule without peers is open to the whole cluster and outside',
    rules: '[{ ports: [{ port: 80 }] }]',
    expected: ['ingress from the whole cluster: TCP 80', 'ingress from anywhere outside: TCP 80'],
  },
  {
    fact: 'an empty namespaceSelector is open to the whole cluster, and not outside',
    rules: '[{ from: [{ namespaceSelector: {} }] }]',
    expected: ['ingress from the whole cluster: all ports'],
  },
  {
    fact: 'an empty podSelector is open to its own namespace alone, also to pods that come',
    rules: '[{ from: [{ podSelector: {} }] }]',
    expected: ['ingress from every pod in namespace shop (2 now): all ports'],
  },
  {
    fact: 'labels that no pod has yet are named with nobody',
    rules: '[{ from: [{ podSelector: { matchLabels: { role: backup } } }], ports: [{ port: 5432 }] }]',
    expected: ['ingress from pods role=backup in namespace shop (none now): TCP 5432'],
  },
  {
    fact: 'so are namespaces that do not exist yet',
    rules:
      '[{ from: [{ namespaceSelector: { matchLabels: { team: red } }, podSelector: { matchExpressions: [{ key: app, operator: Exists }] } }] }]',
    expected: ['ingress from pods app in namespaces team=red (none now): all ports'],
  },
  {
    fact: 'a namespace by name is that one, there or not',
    rules: '[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: later } } }] }]',
    expected: [
      'ingress from every pod in namespaces kubernetes.io/metadata.name=later (none now): all ports',
    ],
  },
  {
    fact: 'two namespaces that could come by one name, with different labels, are each taken for itself',
    rules:
      '[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: later } } }], ports: [{ port: 80 }] }, { from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: later, team: red } } }], ports: [{ port: 443 }] }]',
    expected: [
      'ingress from every pod in namespaces kubernetes.io/metadata.name=later (none now): TCP 80',
      'ingress from every pod in namespaces kubernetes.io/metadata.name=later,team=red (none now): TCP 80,443',
    ],
  },
  {
    fact: 'a namespace that is there is taken with the labels that it has',
    rules:
      '[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop, team: red } } }] }]',
    expected: ['ingress from nobody'],
  },
  {
    fact: 'what only keeps some out is not open to the whole cluster',
    rules:
      '[{ from: [{ namespaceSelector: { matchExpressions: [{ key: env, operator: NotIn, values: [dev] }] } }] }]',
    expected: ['ingress from every pod in namespaces env notin (dev) (2 now): all ports'],
  },
  {
    fact: 'a selector that nothing can match is open to nobody',
    rules:
      '[{ from: [{ podSelector: { matchExpressions: [{ key: a, operator: Exists }, { key: a, operator: DoesNotExist }] } }] }]',
    expected: ['ingress from nobody'],
  },
  {
    fact: 'blocks are ranges outside, without their exceptions',
    rules: '[{ from: [{ ipBlock: { cidr: 198.51.100.0/24, except: [198.51.100.128/25] } }] }]',
    expected: ['ingress from 198.51.100.0-198.51.100.127: all ports'],
  },
  {
    fact: 'two rules for the same peer are the sum of their ports',
    rules:
      '[{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 80 }] }, { from: [{ podSelector: {} }], ports: [{ port: 443 }] }]',
    expected: [
      'ingress from pods app=web in namespace shop (1 now): TCP 80,443',
      'ingress from every pod in namespace shop (2 now): TCP 443',
    ],
  },
];

describe('one workload', () => {
  for (const { fact, rules, expected } of cases)
    test(fact, () => {
      assert.deepEqual(lines('shop/db[Pod]', db, web, ingress(rules)), [...expected, openEgress]);
    });

  test('no policy in either direction leaves it open both ways', () => {
    assert.deepEqual(lines('shop/web[Pod]', db, web, ingress('[]')), [
      'ingress no policy: open from everybody: all ports',
      openEgress,
    ]);
  });

  test('egress is read as ingress is', () => {
    const egress = policy(
      'shop/out',
      'podSelector: { matchLabels: { app: db } }\npolicyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 443 }] }]',
    );
    assert.deepEqual(lines('shop/db[Pod]', db, egress), [
      'ingress no policy: open from everybody: all ports',
      'egress to anywhere outside: TCP 443',
    ]);
  });

  test('policies do not apply to a hostNetwork pod', () => {
    const agent = hostPod('shop/agent', 'n1');
    assert.deepEqual(lines('shop/agent[Pod]', agent, ingress('[]')), [
      'on the network of its node: policies do not apply to it',
    ]);
  });

  test('an admin policy that denies one namespace leaves it open to the others, not to the whole cluster', () => {
    const admin = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: no-red }
spec:
  priority: 10
  subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: shop } } }
  ingress:
    - { name: deny, action: Deny, from: [{ namespaces: { matchLabels: { team: red } } }] }
`;
    const row = exposureOf(cluster(db, admin)).find(({ peer }) => peer.id === 'shop/db[Pod]');
    const open = row?.open?.ingress;
    assert.deepEqual(open?.policies, ['AdminNetworkPolicy no-red']);
    assert.deepEqual([open.cluster.TCP, open.outside[0]?.anywhere], [[], true]);
    assert.equal(row?.unprotected, false);
  });

  test('a port by name is each pod’s own, though one policy is about both', () => {
    const named = (name: string, port: number): string =>
      pod(`shop/${name}`, {
        labels: '{ app: db }',
        spec: `containers: [{ name: db, image: db, ports: [{ name: sql, containerPort: ${port} }] }]`,
      });
    const texts = [
      named('one', 5432),
      named('two', 3306),
      ingress('[{ from: [{ namespaceSelector: {} }], ports: [{ port: sql }] }]'),
    ];
    assert.equal(lines('shop/one[Pod]', ...texts)[0], 'ingress from the whole cluster: TCP 5432');
    assert.equal(lines('shop/two[Pod]', ...texts)[0], 'ingress from the whole cluster: TCP 3306');
  });

  test('a workload is as open as any of its pods', () => {
    const owned = (name: string, labels: string): string =>
      pod(`shop/${name}`, {
        labels,
        metadata: 'ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: db, controller: true }]',
      });
    const rows = exposureOf(
      cluster(owned('db-1', '{ app: db }'), owned('db-2', '{ app: other }'), ingress('[]')),
    );
    assert.deepEqual(
      rows.map(({ peer, unprotected }) => [peer.id, unprotected]),
      [['shop/db[ReplicaSet]', true]],
    );
    assert.deepEqual(rows[0]?.open?.ingress.cluster.TCP, [[1, 65535]]);
  });
});

describe('marks', () => {
  const marks = (name: string, ...texts: readonly string[]) => {
    const read = cluster(...texts);
    const found = read.pods.find((each) => each.name === name);
    assert.ok(found !== undefined);
    return exposureMarks(read, found);
  };

  test('say what is open to the outside and the cluster, by direction', () => {
    assert.deepEqual(marks('db', db, ingress('[{ ports: [{ port: 80 }] }]')), [
      'ingress-outside',
      'ingress-cluster',
      'egress-outside',
      'egress-cluster',
    ]);
    assert.deepEqual(marks('db', db, ingress('[]')), ['egress-outside', 'egress-cluster']);
  });

  test('say what no policy selects, and what none can', () => {
    assert.equal(marks('web', db, web, ingress('[]'))[0], 'unprotected');
    assert.deepEqual(marks('agent', hostPod('shop/agent', 'n1'), ingress('[]')), ['host-network']);
  });
});

test('an invented pod is matched by the very peer that it stands for, in a namespace that is matched', () => {
  const read = cluster(
    db,
    ...cases.map(({ rules }, index) => ingress(rules).replace('name: p', `name: p${index}`)),
  );
  const invented = representativesOf(read);
  let looked = 0;
  for (const { namespace, ingress: rules } of read.policies)
    for (const peer of rules.flatMap(({ peers }) => peers)) {
      if (peer.kind !== 'pods') continue;
      const { named, excluded } = invented.of(peer, namespace);
      const isMatched = (candidate: UnmadePod): boolean => {
        const where =
          peer.namespaceSelector === undefined
            ? candidate.namespace === namespace
            : matches(peer.namespaceSelector, candidate.namespaceLabels);
        return where && (peer.podSelector === undefined || matches(peer.podSelector, candidate.labels));
      };
      if (named !== undefined) assert.equal(isMatched(named), true);
      if (excluded !== undefined) assert.equal(isMatched(excluded), false);
      looked++;
    }
  assert.ok(looked >= 8);
});

test('the same facts are JSON and CSV', () => {
  const rows = exposureOf(
    cluster(
      db,
      ingress('[{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 80 }] }]'),
    ),
  );
  assert.deepEqual(exposureJson(rows), {
    apiVersion: 'podnet/v1',
    kind: 'Exposure',
    workloads: [
      {
        id: 'shop/db[Pod]',
        type: 'pod',
        hostNetwork: false,
        unprotected: false,
        ingress: {
          policies: ['NetworkPolicy shop/p'],
          cluster: { all: false, allowed: [] },
          selected: [
            {
              namespaces: 'shop',
              pods: 'app=web',
              ports: { all: false, allowed: [{ protocol: 'TCP', ports: [[80, 80]] }] },
              now: 0,
            },
          ],
          outside: [],
        },
        egress: {
          policies: [],
          cluster: { all: true, allowed: [] },
          selected: [],
          outside: [
            { ranges: ['0.0.0.0-255.255.255.255'], anywhere: true, ports: { all: true, allowed: [] } },
          ],
        },
      },
    ],
  });
  assert.deepEqual([...exposureCsv(rows)].slice(1), [
    'shop/db[Pod],ingress,selected,from pods app=web in namespace shop (none now),TCP 80\n',
    'shop/db[Pod],egress,no policy,no policy: open to everybody,all ports\n',
  ]);
});
