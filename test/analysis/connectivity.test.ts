// The connectivity list as its contract says: who is a peer and how it is called, what is left out, what policies permit
// between workloads, pods and ranges outside.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivity, type ConnectivityLevel, type ConnectivityList } from '../../src/analysis/connectivity';
import { connectivityText } from '../../src/features/connectivityText';
import { assertGolden } from '../support/golden';
import { documents, readManifests } from '../support/manifests';
import { hostPod, pod, policy } from '../policy/fixtures';

interface Case {
  readonly fact: string;
  readonly level?: ConnectivityLevel;
  /** Peers as `id type pods`; not looked at unless given. */
  readonly peers?: readonly string[];
  /** `source => destination: TCP 80` lines between members; not looked at unless given. */
  readonly inside?: readonly string[];
  /** The same with ranges outside. */
  readonly outside?: readonly string[];
  readonly problems?: readonly string[];
  readonly manifests: string;
}

function listOf(manifests: string, level: ConnectivityLevel): ConnectivityList {
  const { cluster, problems } = readManifests({ 'app.yaml': manifests });
  assert.deepEqual(problems, []);
  return connectivity(cluster, { level });
}

function connections(list: ConnectivityList, outside: boolean): readonly string[] {
  const ranges = new Set(list.peers.filter(({ type }) => type === 'external').map(({ id }) => id));
  return list.connections
    .filter(({ source, destination }) => outside === (ranges.has(source) || ranges.has(destination)))
    .map(({ source, destination, all, allowed }) => {
      assert.equal(all, allowed.length === 0, 'all has no list, and a list is not all');
      const ports = allowed.map(
        ({ protocol, ports: ranges }) => `${protocol} ${ranges.map((range) => range.join('-')).join(',')}`,
      );
      return `${source} => ${destination}: ${all ? 'all' : ports.join('; ')}`;
    });
}

function check({ fact, level = 'workload', manifests, ...expected }: Case): void {
  test(fact, () => {
    const list = listOf(manifests, level);
    if (expected.peers !== undefined)
      assert.deepEqual(
        list.peers.map((peer) => `${peer.id} ${peer.type}${'pods' in peer ? ` ${peer.pods}` : ''}`),
        expected.peers,
      );
    if (expected.inside !== undefined) assert.deepEqual(connections(list, false), expected.inside);
    if (expected.outside !== undefined) assert.deepEqual(connections(list, true), expected.outside);
    assert.deepEqual(list.problems, expected.problems ?? []);
  });
}

function deployment(name: string, replicas: number, more = '', kind = 'Deployment'): string {
  return `
apiVersion: apps/v1
kind: ${kind}
metadata: { namespace: shop, name: ${name} }
spec:
  ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}`}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: app, ports: [{ name: http, containerPort: 80 }] }]${more} }
`;
}

const bare = `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: shell, labels: { app: shell } }
spec: { containers: [{ name: shell }] }
`;
const dbFromWeb = policy(
  'shop/db',
  `
podSelector: { matchLabels: { app: db } }
ingress:
- from: [{ podSelector: { matchLabels: { app: web } } }]
  ports: [{ port: 5432 }, { port: 9100, endPort: 9110 }, { protocol: UDP, port: 53 }]`,
);
const web = deployment('web', 3);
const db = deployment('db', 1, '', 'StatefulSet');
const everywhere = '0.0.0.0-255.255.255.255';

describe('peers', () => {
  check({
    fact: 'workloads by their top owner with the number of their pods, bare pods by themselves, and the outside',
    manifests: documents(web, db, deployment('agent', 0, '', 'DaemonSet'), bare),
    peers: [
      'shop/agent[DaemonSet] workload 2',
      'shop/db[StatefulSet] workload 1',
      'shop/shell[Pod] pod',
      'shop/web[Deployment] workload 3',
      `${everywhere} external`,
    ],
  });
  check({
    fact: 'at pod level every pod is a peer of its own',
    level: 'pod',
    manifests: documents(web, bare),
    peers: [
      'shop/shell[Pod] pod',
      'shop/web-0[Pod] pod',
      'shop/web-1[Pod] pod',
      'shop/web-2[Pod] pod',
      `${everywhere} external`,
    ],
  });
  check({
    fact: 'a workload without pods is a peer at workload level, judged by its template',
    manifests: documents(deployment('idle', 0), db, dbFromWeb, deployment('web', 0)),
    peers: [
      'shop/db[StatefulSet] workload 1',
      'shop/idle[Deployment] workload 0',
      'shop/web[Deployment] workload 0',
      `${everywhere} external`,
    ],
    inside: [
      'shop/db[StatefulSet] => shop/idle[Deployment]: all',
      'shop/db[StatefulSet] => shop/web[Deployment]: all',
      'shop/idle[Deployment] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/db[StatefulSet]: TCP 5432-5432,9100-9110; UDP 53-53',
      'shop/web[Deployment] => shop/idle[Deployment]: all',
    ],
  });
  check({
    fact: 'a workload without pods that has the name of a bare pod is still another peer',
    manifests: documents(deployment('shell', 0), bare, policy('shop/p', 'podSelector: {}')),
    inside: [],
  });
  check({
    fact: 'pods of a snapshot belong to the top owner that it names; finished ones are no peers',
    manifests: documents(
      `
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  namespace: shop
  name: web-5d9
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, controller: true }]
spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: app }] } } }
`,
      ...[1, 2].map((number) =>
        pod(`shop/web-5d9-${number}`, {
          ips: [`10.244.1.${number + 1}`],
          metadata:
            'ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-5d9, controller: true }]',
        }),
      ),
      pod('shop/migrate', { phase: 'Succeeded', ips: ['10.244.1.9'] }),
      pod('shop/lost', {
        ips: ['10.244.1.10'],
        metadata:
          'ownerReferences: [{ apiVersion: example.com/v1, kind: Rollout, name: lost, controller: true }]',
      }),
    ),
    peers: ['shop/lost[Rollout] workload 1', 'shop/web[Deployment] workload 2', `${everywhere} external`],
  });
  check({
    fact: 'an empty cluster is only the outside, which talks to nobody',
    manifests: '# nothing\n',
    peers: [`${everywhere} external`],
    inside: [],
    outside: [],
  });
});

describe('what policies permit', () => {
  check({
    fact: 'without policies everybody talks to everybody on all ports, and nobody is listed with itself',
    manifests: documents(web, db),
    inside: [
      'shop/db[StatefulSet] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/db[StatefulSet]: all',
    ],
    outside: [
      `${everywhere} => shop/db[StatefulSet]: all`,
      `${everywhere} => shop/web[Deployment]: all`,
      `shop/db[StatefulSet] => ${everywhere}: all`,
      `shop/web[Deployment] => ${everywhere}: all`,
    ],
  });
  check({
    fact: 'ports are those of the policies, whether or not a container declares them; pairs with nothing are left out',
    manifests: documents(web, db, bare, dbFromWeb),
    inside: [
      'shop/db[StatefulSet] => shop/shell[Pod]: all',
      'shop/db[StatefulSet] => shop/web[Deployment]: all',
      'shop/shell[Pod] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/db[StatefulSet]: TCP 5432-5432,9100-9110; UDP 53-53',
      'shop/web[Deployment] => shop/shell[Pod]: all',
    ],
    outside: [
      `${everywhere} => shop/shell[Pod]: all`,
      `${everywhere} => shop/web[Deployment]: all`,
      `shop/db[StatefulSet] => ${everywhere}: all`,
      `shop/shell[Pod] => ${everywhere}: all`,
      `shop/web[Deployment] => ${everywhere}: all`,
    ],
  });
  check({
    fact: 'both sides must permit a port',
    manifests: documents(
      web,
      db,
      dbFromWeb,
      policy(
        'shop/web',
        `
podSelector: { matchLabels: { app: web } }
policyTypes: [Egress]
egress: [{ to: [{ podSelector: {} }], ports: [{ port: 5000, endPort: 9105 }, { protocol: SCTP }] }]`,
      ),
    ),
    inside: [
      'shop/db[StatefulSet] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/db[StatefulSet]: TCP 5432-5432,9100-9105',
    ],
  });
  check({
    fact: 'rules that together name every port of every protocol are all, and neighbours are joined',
    manifests: documents(
      web,
      db,
      policy(
        'shop/db',
        `
podSelector: { matchLabels: { app: db } }
ingress:
- ports: [{ port: 1, endPort: 1000 }, { port: 1001, endPort: 65535 }, { protocol: UDP }, { protocol: SCTP }]`,
      ),
      policy(
        'shop/web',
        `
podSelector: { matchLabels: { app: web } }
ingress:
- ports: [{ port: 1, endPort: 1000 }, { port: 1001, endPort: 65535 }, { protocol: UDP }]`,
      ),
    ),
    inside: [
      'shop/db[StatefulSet] => shop/web[Deployment]: TCP 1-65535; UDP 1-65535',
      'shop/web[Deployment] => shop/db[StatefulSet]: all',
    ],
  });
  const versions = documents(
    ...[
      ['old', '8080'],
      ['new', '9090'],
    ].map(([version = '', port = ''], index) =>
      pod(`shop/api-${version}`, {
        labels: '{ app: api }',
        ips: [`10.244.1.${index + 2}`],
        metadata:
          'ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: api, controller: true }]',
        spec: `containers: [{ name: app, ports: [{ name: http, containerPort: ${port} }] }]`,
      }),
    ),
    pod('shop/shell', { ips: ['10.244.2.2'], node: 'n2' }),
    policy('shop/api', 'podSelector: { matchLabels: { app: api } }\ningress: [{ ports: [{ port: http }] }]'),
  );
  check({
    fact: 'a named port that differs among the pods of a workload counts with each of its numbers',
    manifests: versions,
    inside: [
      'shop/api[StatefulSet] => shop/shell[Pod]: all',
      'shop/shell[Pod] => shop/api[StatefulSet]: TCP 8080-8080,9090-9090',
    ],
  });
  check({
    fact: 'and at pod level with its own number only',
    level: 'pod',
    manifests: versions,
    inside: [
      'shop/api-new[Pod] => shop/api-old[Pod]: TCP 8080-8080',
      'shop/api-new[Pod] => shop/shell[Pod]: all',
      'shop/api-old[Pod] => shop/api-new[Pod]: TCP 9090-9090',
      'shop/api-old[Pod] => shop/shell[Pod]: all',
      'shop/shell[Pod] => shop/api-new[Pod]: TCP 9090-9090',
      'shop/shell[Pod] => shop/api-old[Pod]: TCP 8080-8080',
    ],
  });
  check({
    fact: 'a workload may do what any of its pods may do, also when labels differ among them',
    manifests: documents(
      web,
      db,
      policy(
        'shop/db',
        `
podSelector: { matchLabels: { app: db } }
ingress:
- from: [{ podSelector: { matchLabels: { apps.kubernetes.io/pod-index: '1' } } }]
  ports: [{ port: 1 }]
- from: [{ podSelector: { matchLabels: { apps.kubernetes.io/pod-index: '0' } } }]
  ports: [{ port: 2 }]`,
      ),
      deployment('set', 2, '', 'StatefulSet'),
    ),
    inside: [
      'shop/db[StatefulSet] => shop/set[StatefulSet]: all',
      'shop/db[StatefulSet] => shop/web[Deployment]: all',
      'shop/set[StatefulSet] => shop/db[StatefulSet]: TCP 1-2',
      'shop/set[StatefulSet] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/set[StatefulSet]: all',
    ],
  });
  const closed = policy('shop/closed', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
  check({
    fact: 'a hostNetwork pod and the pods of its node reach each other whatever policies say (E50, E51)',
    manifests: documents(
      hostPod('shop/agent', 'n1'),
      pod('shop/near', { ips: ['10.244.1.2'] }),
      pod('shop/far', { ips: ['10.244.2.2'], node: 'n2' }),
      closed,
    ),
    inside: ['shop/agent[Pod] => shop/near[Pod]: all', 'shop/near[Pod] => shop/agent[Pod]: all'],
  });
  check({
    fact: 'so does a workload with some pod on that node',
    manifests: documents(
      hostPod('shop/agent', 'n2'),
      ...[1, 2].map((node) =>
        pod(`shop/web-${node}`, {
          node: `n${node}`,
          ips: [`10.244.${node}.2`],
          metadata:
            'ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web, controller: true }]',
        }),
      ),
      closed,
    ),
    inside: [
      'shop/agent[Pod] => shop/web[StatefulSet]: all',
      'shop/web[StatefulSet] => shop/agent[Pod]: all',
    ],
  });
  check({
    fact: 'a policy that selects one pod of a workload leaves the others open, and the workload with them',
    manifests: documents(
      web,
      deployment('set', 2, '', 'StatefulSet'),
      policy(
        'shop/p',
        "podSelector: { matchLabels: { apps.kubernetes.io/pod-index: '0' } }\npolicyTypes: [Ingress]",
      ),
    ),
    inside: [
      'shop/set[StatefulSet] => shop/web[Deployment]: all',
      'shop/web[Deployment] => shop/set[StatefulSet]: all',
    ],
  });
  const partOf = (name: string): string =>
    `ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: ${name}, controller: true }]`;
  check({
    fact: 'a workload with a hostNetwork pod among others sends what that pod may send',
    manifests: documents(
      pod('shop/mix-1', { ips: ['10.244.1.2'], metadata: partOf('mix') }),
      pod('shop/mix-2', {
        ips: ['172.30.0.11'],
        metadata: partOf('mix'),
        spec: 'hostNetwork: true\ncontainers: [{ name: app, ports: [{ containerPort: 80, name: http }] }]',
      }),
      pod('shop/far', { ips: ['10.244.2.2'], node: 'n2' }),
      policy('shop/p', 'podSelector: {}\npolicyTypes: [Egress]'),
    ),
    inside: ['shop/mix[StatefulSet] => shop/far[Pod]: all'],
  });
  check({
    fact: 'of a workload’s addresses each counts that a block begins at',
    manifests: documents(
      pod('shop/web-1', { ips: ['10.244.2.2'], node: 'n2', metadata: partOf('web') }),
      pod('shop/web-2', { ips: ['10.244.2.1'], node: 'n2', metadata: partOf('web') }),
      pod('shop/db', { labels: '{ app: db }', ips: ['10.244.1.2'] }),
      policy(
        'shop/p',
        'podSelector: { matchLabels: { app: db } }\ningress: [{ from: [{ ipBlock: { cidr: 10.244.2.2/32 } }] }]',
      ),
    ),
    inside: ['shop/db[Pod] => shop/web[StatefulSet]: all', 'shop/web[StatefulSet] => shop/db[Pod]: all'],
  });
  check({
    fact: 'to pods of other nodes a hostNetwork pod is its node’s address, which only blocks name (E54)',
    manifests: documents(
      hostPod('shop/agent', 'n1'),
      pod('shop/far', { ips: ['10.244.2.2'], node: 'n2' }),
      policy(
        'shop/p',
        `
podSelector: {}
ingress:
- from: [{ podSelector: {} }, { namespaceSelector: {} }]
  ports: [{ port: 1 }]
- from: [{ ipBlock: { cidr: 172.30.0.11/32 } }]
  ports: [{ port: 2 }]`,
      ),
    ),
    inside: ['shop/agent[Pod] => shop/far[Pod]: TCP 2-2', 'shop/far[Pod] => shop/agent[Pod]: all'],
  });
  check({
    fact: 'policies of kinds that are not judged, and names that only sidecars declare, are told',
    manifests: documents(
      web,
      pod('shop/side', {
        labels: '{ app: side }',
        ips: ['10.244.1.2'],
        spec: 'initContainers: [{ name: proxy, restartPolicy: Always, ports: [{ name: proxy, containerPort: 15000 }] }]\ncontainers: [{ name: app }]',
      }),
      policy(
        'shop/p',
        'podSelector: { matchLabels: { app: side } }\ningress: [{ ports: [{ port: proxy }] }]',
      ),
      policy('other/p', 'podSelector: {}\ningress: [{ ports: [{ port: proxy }] }]'),
      `
apiVersion: cilium.io/v2
kind: CiliumClusterwideNetworkPolicy
metadata: { name: first }
`,
      `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { namespace: shop, name: l7 }
`,
    ),
    inside: ['shop/side[Pod] => shop/web[Deployment]: all'],
    problems: [
      'CiliumClusterwideNetworkPolicy first is not judged yet and may change connections.',
      'CiliumNetworkPolicy shop/l7 is not judged yet and may change connections in namespace shop.',
      'NetworkPolicy shop/p names TCP port proxy for ingress, which a sidecar declares; whether plugins look there varies, and the list leaves such ports out.',
    ],
  });
});

describe('the outside', () => {
  const block = (...peers: readonly string[]): string =>
    policy('shop/out', `podSelector: {}\npolicyTypes: [Egress]\negress: [{ to: [${peers.join(', ')}] }]`);
  check({
    fact: 'ranges are cut where a block or an exception begins or ends, cover everything and overlap nowhere',
    manifests: documents(bare, block('{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }')),
    peers: [
      'shop/shell[Pod] pod',
      '0.0.0.0-9.255.255.255 external',
      '10.0.0.0-10.0.255.255 external',
      '10.1.0.0-10.1.255.255 external',
      '10.2.0.0-10.255.255.255 external',
      '11.0.0.0-255.255.255.255 external',
    ],
    outside: [
      '0.0.0.0-9.255.255.255 => shop/shell[Pod]: all',
      '10.0.0.0-10.0.255.255 => shop/shell[Pod]: all',
      '10.1.0.0-10.1.255.255 => shop/shell[Pod]: all',
      '10.2.0.0-10.255.255.255 => shop/shell[Pod]: all',
      '11.0.0.0-255.255.255.255 => shop/shell[Pod]: all',
      'shop/shell[Pod] => 10.0.0.0-10.0.255.255: all',
      'shop/shell[Pod] => 10.2.0.0-10.255.255.255: all',
    ],
  });
  check({
    fact: 'blocks at the very ends of the space make no empty ranges',
    manifests: documents(
      bare,
      block(
        '{ ipBlock: { cidr: 0.0.0.0/32 } }',
        '{ ipBlock: { cidr: 255.255.255.255/32 } }',
        '{ ipBlock: { cidr: 0.0.0.0/0 } }',
      ),
    ),
    peers: [
      'shop/shell[Pod] pod',
      '0.0.0.0-0.0.0.0 external',
      '0.0.0.1-255.255.255.254 external',
      '255.255.255.255-255.255.255.255 external',
    ],
  });
  check({
    fact: 'the addresses of pods are not carved out of the ranges',
    manifests: documents(pod('shop/a', { ips: ['10.244.1.2'] }), block('{ podSelector: {} }')),
    peers: ['shop/a[Pod] pod', `${everywhere} external`],
  });
  check({
    fact: 'IPv6 has ranges of its own as soon as a policy or a pod uses it, and alone when nothing uses IPv4',
    manifests: documents(
      pod('shop/six', { ips: ['fd00:1::2'] }),
      block('{ ipBlock: { cidr: "2001:db8::/32" } }'),
    ),
    peers: [
      'shop/six[Pod] pod',
      '::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff external',
      '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff external',
      '2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff external',
    ],
    outside: [
      '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff => shop/six[Pod]: all',
      '2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff => shop/six[Pod]: all',
      '::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff => shop/six[Pod]: all',
      'shop/six[Pod] => 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff: all',
    ],
  });
  const dual = (name: string, host: number): string =>
    pod(`shop/${name}`, { labels: `{ app: ${name} }`, ips: [`10.244.1.${host}`, `fd00:1::${host}`] });
  check({
    fact: 'a connection has one family at both ends: egress by IPv4 and ingress by IPv6 alone permit nothing (E60)',
    manifests: documents(
      dual('a', 2),
      dual('b', 3),
      policy(
        'shop/a',
        'podSelector: { matchLabels: { app: a } }\npolicyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 10.244.1.3/32 } }] }]',
      ),
      policy(
        'shop/b',
        'podSelector: { matchLabels: { app: b } }\ningress: [{ from: [{ ipBlock: { cidr: "fd00:1::2/128" } }] }]',
      ),
    ),
    inside: ['shop/b[Pod] => shop/a[Pod]: all'],
  });
  check({
    fact: 'ports of both families are joined',
    manifests: documents(
      dual('a', 2),
      dual('b', 3),
      policy(
        'shop/b',
        `
podSelector: { matchLabels: { app: b } }
ingress:
- from: [{ ipBlock: { cidr: "fd00:1::2/128" } }]
  ports: [{ port: 6 }]
- from: [{ ipBlock: { cidr: 10.244.1.2/32 } }]
  ports: [{ port: 4 }]`,
      ),
    ),
    inside: ['shop/a[Pod] => shop/b[Pod]: TCP 4-4,6-6', 'shop/b[Pod] => shop/a[Pod]: all'],
  });
  check({
    fact: 'pods without a family in common do not connect',
    manifests: documents(pod('shop/four', { ips: ['10.244.1.2'] }), pod('shop/six', { ips: ['fd00:1::3'] })),
    inside: [],
  });
});

test('the list as JSON has the fields of the contract and no other', () => {
  const list = listOf(documents(web, db, bare, dbFromWeb), 'workload');
  assertGolden('connectivity/shop.json', `${JSON.stringify(list, null, 2)}\n`);
});

test('the list in a terminal has a line for each connection, in columns', () => {
  assertGolden(
    'connectivity/shop.txt',
    connectivityText(listOf(documents(web, db, bare, dbFromWeb), 'workload')),
  );
});

test('a list without connections says so', () => {
  const nothing = policy('shop/p', 'podSelector: {}\npolicyTypes: [Ingress, Egress]');
  assert.equal(
    connectivityText(listOf(documents(web, nothing), 'workload')),
    'No connection is permitted.\n',
  );
});
