// Who is said to listen where a packet arrives: containers that declare the port, and nothing that decides a verdict.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnd } from '../../src/trace/endText';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { cluster as base, hostPod, pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const { cluster } = readManifests({
  'cluster.yaml': base,
  'more.yaml': documents(
    pod('a/many', {
      ips: ['10.244.1.9'],
      spec: `
initContainers:
- { name: first, ports: [{ containerPort: 81 }] }
- { name: side, restartPolicy: Always, ports: [{ containerPort: 82 }] }
containers:
- { name: app, ports: [{ containerPort: 80 }, { containerPort: 53, protocol: UDP }] }
- { name: other, ports: [{ containerPort: 9090 }] }`,
    }),
    hostPod('ops/agent', 'n2'),
    pod('ops/proxy', {
      node: 'n2',
      ips: ['172.30.0.12'],
      spec: 'hostNetwork: true\ncontainers: [{ name: proxy, ports: [{ containerPort: 9100 }, { containerPort: 10256 }] }]',
    }),
    pod('ops/done', {
      node: 'n2',
      ips: ['172.30.0.12'],
      phase: 'Succeeded',
      spec: 'hostNetwork: true\ncontainers: [{ name: job, ports: [{ containerPort: 10256 }] }]',
    }),
  ),
});

/** Names of the containers, and the sentence about them. */
function listeners(
  from: string,
  to: string,
  protocol: 'TCP' | 'UDP' = 'TCP',
): readonly [names: readonly string[], words: string] {
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  assert(source && destination);
  const made = traceConnectivity(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol,
  });
  const last = made.hops.at(-1)?.steps.at(-1);
  assert(last?.kind === 'deliver', made.verdict.words);
  return [last.listeners, last.reason];
}

const cases: readonly (readonly [
  fact: string,
  to: string,
  protocol: 'TCP' | 'UDP',
  names: readonly string[],
  words: string,
])[] = [
  [
    'the container that declares the port',
    'a/many:80',
    'TCP',
    ['app'],
    'app declares TCP 80; that a process listens is not verified.',
  ],
  ['the protocol must fit', 'a/many:53', 'UDP', ['app'], 'app declares UDP 53'],
  [
    'TCP is not UDP',
    'a/many:53',
    'TCP',
    [],
    'Nothing declares TCP 53 there; whether a process listens is not known.',
  ],
  ['a sidecar listens', 'a/many:82', 'TCP', ['side'], 'side declares TCP 82'],
  ['an init container has finished by then', 'a/many:81', 'TCP', [], 'Nothing declares TCP 81 there'],
  [
    'on a node its hostNetwork pods listen, by their whole names',
    'node/n2:10256',
    'TCP',
    ['ops/proxy/proxy'],
    'ops/proxy/proxy declares TCP 10256',
  ],
  [
    'two of them may want one port',
    'node/n2:9100',
    'TCP',
    ['ops/agent/agent', 'ops/proxy/proxy'],
    'ops/agent/agent and ops/proxy/proxy declare TCP 9100',
  ],
  ['those of another node do not listen here', 'node/n1:9100', 'TCP', [], 'Nothing declares TCP 9100 there'],
  [
    'pods of the pod network do not listen on their node',
    'node/n1:80',
    'TCP',
    [],
    'Nothing declares TCP 80 there',
  ],
];

for (const [fact, to, protocol, names, words] of cases) {
  test(`${to}/${protocol}: ${fact}`, () => {
    const [found, reason] = listeners('b/z', to, protocol);
    assert.deepEqual(found, names);
    assert.ok(reason.includes(words), reason);
  });
}

test('an undeclared port is delivered all the same: declarations decide nothing', () => {
  assert.deepEqual(listeners('b/z', 'a/x:4711')[0], []);
});

test('a hostNetwork pod with two containers on one port is asked for its policies once', () => {
  const clash = documents(
    pod('ops/clash', {
      node: 'n2',
      ips: ['172.30.0.12'],
      spec: 'hostNetwork: true\ncontainers: [{ name: one, ports: [{ containerPort: 7000 }] }, { name: two, ports: [{ containerPort: 7000 }] }]',
    }),
    policy('ops/p', 'podSelector: {}'),
  );
  const made = readManifests({ 'cluster.yaml': base, 'clash.yaml': clash });
  const [source, destination] = [parseEnd('b/z'), parseEnd('node/n2:7000')];
  assert(source && destination);
  const { hops } = traceConnectivity(made.cluster, {
    from: source.end,
    to: destination.end,
    port: 7000,
    protocol: 'TCP',
  });
  const asked = hops
    .flatMap(({ steps }) => steps)
    .filter((step) => step.kind === 'policy' && step.ruling.subject === 'ops/clash');
  assert.equal(asked.length, 1);
});
