// The difference of two clusters: which connections appear, disappear and change, ranges cut differently on both sides, and the
// edits that could be responsible. The law at the end holds it against the two lists on random clusters.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { connectivity } from '../../src/analysis/connectivity';
import type { Cluster } from '../../src/model/cluster';
import { connectivityDiff, diffInSteps, isSame, type ConnectivityDiff } from '../../src/analysis/diff';
import { compareIp, parseIp } from '../../src/model/address';
import { portsText } from '../../src/model/ports';
import { cluster, hostPod, pod, policy } from '../policy/fixtures';
import { manifestsOf, strangers, trials, world } from '../policy/randomWorld';
import { documents, readManifests } from '../support/manifests';

function diffOf(before: string, after: string, level: 'workload' | 'pod' = 'workload'): ConnectivityDiff {
  const read = (text: string) => readManifests({ 'app.yaml': text }).cluster;
  return connectivityDiff(read(before), read(after), { level });
}

/** `+ a/x[Pod] => a/y[Pod]: TCP 80 (0)`, with ports before and after where both are there, and positions of edits. */
function lines({ connections }: ConnectivityDiff): readonly string[] {
  return connections.map(({ change, source, destination, before, after, because }) => {
    const sign = { added: '+', removed: '-', changed: '~' }[change];
    const ports =
      change === 'added'
        ? portsText(after)
        : change === 'removed'
          ? portsText(before)
          : `${portsText(before)} → ${portsText(after)}`;
    return `${sign} ${source} => ${destination}: ${ports} (${because.join(',')})`;
  });
}

const inside = (diff: ConnectivityDiff): readonly string[] =>
  lines(diff).filter((line) => !/=> \S+-\S+:|[+~-] \S+-\S+ =>/.test(line));

const denyX = policy('a/deny-x', 'podSelector: { matchLabels: { app: x } }\npolicyTypes: [Ingress]');
const admitY = policy(
  'a/admit-y',
  `podSelector: { matchLabels: { app: x } }
ingress: [{ from: [{ podSelector: { matchLabels: { app: "y" } } }], ports: [{ port: 80 }] }]`,
);

const adminDeny = (priority: number, action = 'Deny'): string => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: guard }
spec:
  priority: ${priority}
  subject: { namespaces: { matchLabels: { team: a } } }
  ingress: [{ action: ${action}, from: [{ namespaces: { matchLabels: { team: b } } }] }]
`;

describe('the difference of two clusters', () => {
  test('a Deny of the admin tier takes away, and is told with its action; Pass gives it back', () => {
    const diff = diffOf(cluster, documents(cluster, adminDeny(5)));
    assert.deepEqual(lines(diff), [
      '- b/z[Pod] => a/x[Pod]: all ports (0)',
      '- b/z[Pod] => a/y[Pod]: all ports (0)',
    ]);
    const passed = diffOf(documents(cluster, adminDeny(5)), documents(cluster, adminDeny(5, 'Pass')));
    assert.equal(passed.counts.added, 2);
    assert.deepEqual(passed.edits[0]?.differences, [
      'ingress rule removed: Deny from every pod of namespaces team=b, all ports',
      'ingress rule added: Pass from every pod of namespaces team=b, all ports',
    ]);
    const moved = diffOf(documents(cluster, adminDeny(5)), documents(cluster, adminDeny(6)));
    assert.ok(isSame(moved));
    assert.equal(moved.edits[0]?.differences[0], 'priority: 5 → 6');
  });

  test('clusters that permit the same are the same, whatever their policies are called', () => {
    const diff = diffOf(documents(cluster, denyX), documents(cluster, denyX.replace('deny-x', 'closed')));
    assert.ok(isSame(diff));
    assert.deepEqual(
      diff.edits.map(({ change, name }) => `${change} ${name}`),
      ['added closed', 'removed deny-x'],
    );
  });

  test('a policy that isolates takes connections away from every end, and is what did it', () => {
    const diff = diffOf(cluster, documents(cluster, denyX));
    assert.deepEqual(lines(diff), [
      '- a/y[Pod] => a/x[Pod]: all ports (0)',
      '- b/z[Pod] => a/x[Pod]: all ports (0)',
      '- 0.0.0.0-255.255.255.255 => a/x[Pod]: all ports (0)',
    ]);
    assert.deepEqual(diff.counts, { added: 0, removed: 3, changed: 0 });
    assert.equal(diff.edits[0]?.after?.line, denyLine());
  });

  test('a policy that admits on top of isolation gives, and the isolating one is not named for it', () => {
    const diff = diffOf(documents(cluster, denyX), documents(cluster, denyX, admitY));
    assert.deepEqual(lines(diff), ['+ a/y[Pod] => a/x[Pod]: TCP 80 (0)']);
    assert.deepEqual(
      diff.edits.map(({ name }) => name),
      ['admit-y'],
    );
  });

  test('other ports are a change, with what was gained and lost', () => {
    const diff = diffOf(
      documents(cluster, admitY),
      documents(cluster, admitY.replace('port: 80', 'port: 81, endPort: 90')),
    );
    const [change] = diff.connections;
    assert.deepEqual(lines(diff), ['~ a/y[Pod] => a/x[Pod]: TCP 80 → TCP 81-90 (0)']);
    assert.equal(change && portsText(change.gained), 'TCP 81-90');
    assert.equal(change && portsText(change.lost), 'TCP 80');
    assert.deepEqual(diff.edits[0]?.differences, [
      'ingress rule removed: from pods app=y of this namespace, TCP 80',
      'ingress rule added: from pods app=y of this namespace, TCP 81-90',
    ]);
  });

  test('ranges that the two clusters cut differently are compared address by address, and joined again', () => {
    const block = (cidr: string): string =>
      policy(
        'a/out',
        `podSelector: { matchLabels: { app: x } }
policyTypes: [Egress]
egress: [{ to: [{ ipBlock: { cidr: ${cidr} } }] }]`,
      );
    const wider = diffOf(
      documents(cluster, block('198.51.100.0/24')),
      documents(cluster, block('198.51.0.0/16')),
    );
    assert.deepEqual(lines(wider), [
      '+ a/x[Pod] => 198.51.0.0-198.51.99.255: all ports (0)',
      '+ a/x[Pod] => 198.51.101.0-198.51.255.255: all ports (0)',
    ]);
    const cutMore = policy(
      'b/cut',
      'podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/1 } }, { ipBlock: { cidr: 128.0.0.0/1 } }, { podSelector: {}, namespaceSelector: {} }] }]',
    );
    assert.deepEqual(
      lines(diffOf(cluster, documents(cluster, cutMore))),
      [],
      'two halves are as good as no policy',
    );
  });

  test('an end that comes brings its connections, and is named as the edit', () => {
    const added = pod('b/w', { labels: '{ app: w }', ips: ['10.244.2.9'], node: 'n2' });
    const diff = diffOf(documents(cluster, denyX), documents(cluster, denyX, added));
    assert.deepEqual(
      diff.peers.added.map(({ id }) => id),
      ['b/w[Pod]'],
    );
    assert.deepEqual(inside(diff), [
      '+ a/x[Pod] => b/w[Pod]: all ports (0)',
      '+ a/y[Pod] => b/w[Pod]: all ports (0)',
      '+ b/w[Pod] => a/y[Pod]: all ports (0)',
      '+ b/w[Pod] => b/z[Pod]: all ports (0)',
      '+ b/z[Pod] => b/w[Pod]: all ports (0)',
    ]);
    assert.equal(diff.edits[0]?.kind, 'Pod');
  });

  test('a label that a policy selects by is an edit that did it; one that none does is only an edit', () => {
    const before = documents(cluster, admitY);
    const changed = before.replace(
      /name: 'y'\n {2}labels: \{ app: "y" \}/,
      `name: 'y'\n  labels: { app: q, team: blue }`,
    );
    assert.notEqual(changed, before);
    const diff = diffOf(before, changed);
    assert.deepEqual(lines(diff), ['- a/y[Pod] => a/x[Pod]: TCP 80 (0)']);
    assert.deepEqual(diff.edits[0]?.differences, ['label app: y → q', 'label added: team=blue']);
    const idle = diffOf(before, before.replace('{ app: z }', '{ app: z, team: blue }'));
    assert.ok(isSame(idle));
    assert.deepEqual(idle.edits[0]?.differences, ['label added: team=blue']);
  });

  test('a label of a namespace that a policy selects by is an edit', () => {
    const fromTeam = policy(
      'a/from-team',
      `podSelector: { matchLabels: { app: x } }
ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: b } } }] }]`,
    );
    const before = documents(cluster, fromTeam);
    const diff = diffOf(
      before,
      before.replace('name: b, labels: { team: b }', 'name: b, labels: { team: c }'),
    );
    assert.deepEqual(lines(diff), ['- b/z[Pod] => a/x[Pod]: all ports (0)']);
    assert.deepEqual(
      diff.edits.map(({ kind, name, differences }) => [kind, name, ...differences]),
      [['Namespace', 'b', 'label team: b → c']],
    );
  });

  test('a family that only one cluster uses is said, not taken for new connections', () => {
    const six = policy(
      'a/six',
      `podSelector: {}
policyTypes: [Egress]
egress: [{ to: [{ ipBlock: { cidr: '2001:db8::/32' } }] }, { to: [{ namespaceSelector: {} }] }, { to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]`,
    );
    const diff = diffOf(cluster, documents(cluster, six));
    assert.deepEqual(lines(diff), []);
    assert.match(diff.problems.join('\n'), /Only the cluster after uses IPv6/);
  });

  test('a limit leaves changes out of the list and out of no count', () => {
    const read = (text: string) => readManifests({ 'app.yaml': text }).cluster;
    const steps = diffInSteps(read(cluster), read(documents(cluster, denyX)), { level: 'pod', most: 1 });
    let yields = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        assert.equal(step.value.connections.length, 1);
        assert.equal(step.value.counts.removed, 3);
        break;
      }
      yields++;
    }
    assert.ok(yields >= 3, 'others get their turn between two rows');
  });
});

function denyLine(): number {
  return documents(cluster, denyX)
    .split('\n')
    .findIndex((line) => line.includes('deny-x'));
}

test('a pod that moves to the node of a hostNetwork pod reaches it, whatever policies say', () => {
  const closed = policy('a/closed', 'podSelector: {}\npolicyTypes: [Egress]');
  const moved = pod('a/moved', { node: 'n2', ips: ['10.244.2.9'] });
  const text = documents(cluster, moved, hostPod('a/agent', 'n1'), closed);
  const before = readManifests({ 'app.yaml': text }).cluster;
  const pods = before.pods.map((each) =>
    each.name === 'moved' ? { ...each, node: { value: 'n1', provenance: 'declared' } as const } : each,
  );
  const { connections } = connectivityDiff(before, { ...before, pods }, { level: 'pod' });
  assert.ok(
    connections.some(({ source, destination }) => `${source} ${destination}` === 'a/moved[Pod] a/agent[Pod]'),
  );
});

test('the difference is that of the two lists, every change has its edits, on random clusters', (context) => {
  context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
  fc.assert(
    fc.property(
      world,
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 255 }),
      (made, old, now) => {
        const side = (mask: number) => {
          const chosen = (_policy: unknown, index: number): boolean => ((mask >> index) & 1) === 1;
          const policies = made.policies.filter(chosen);
          const admin = made.admin.filter((policy, index) => chosen(policy, index + 4));
          return readManifests({ 'world.json': manifestsOf({ ...made, policies, admin }) }).cluster;
        };
        const [before, after] = [side(old), side(now)];
        const diff = connectivityDiff(before, after, { level: 'pod' });
        const [was, is] = [
          listed(connectivity(before, { level: 'pod' })),
          listed(connectivity(after, { level: 'pod' })),
        ];
        const ids = [...was.inside, ...strangers];
        const changed = new Map<string, string>();
        for (const { source, destination, before: first, after: then, because } of diff.connections) {
          assert.notEqual(because.length, 0, `${source} => ${destination} has an edit`);
          changed.set(`${source} ${destination}`, `${portsText(first)} → ${portsText(then)}`);
        }
        const sixBoth = was.six === is.six;
        for (const from of ids) {
          for (const to of ids) {
            if ((strangers.includes(from) && strangers.includes(to)) || from === to) continue;
            if (!sixBoth && (from.includes('::') || to.includes('::'))) continue;
            const [first, then] = [was.between(from, to), is.between(from, to)];
            const found = [...changed].find(([key]) => {
              const [source = '', destination = ''] = key.split(' ');
              return covers(source, from) && covers(destination, to);
            })?.[1];
            assert.equal(found, first === then ? undefined : `${first} → ${then}`, `${from} => ${to}`);
          }
        }
      },
    ),
    { ...trials, numRuns: trials.numRuns / 8 },
  );
});

test('an edit that leaves other objects as they are has the difference of two clusters that share nothing', (context) => {
  context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
  let changes = 0;
  fc.assert(
    fc.property(world, world, fc.nat(edits.length - 1), fc.boolean(), (made, other, index, asked) => {
      const before = readManifests({ 'world.json': manifestsOf(made, 'set') }).cluster;
      const given = readManifests({ 'world.json': manifestsOf(other, 'set') }).cluster;
      const after = edits[index]?.(before, given) ?? before;
      for (const level of ['pod', 'workload'] as const) {
        if (asked) connectivity(before, { level });
        const diff = connectivityDiff(before, after, { level });
        const apart = connectivityDiff(structuredClone(before), structuredClone(after), { level });
        assert.deepEqual(diff, apart);
        const [was, is] = [structuredClone(before), structuredClone(after)].map((each) =>
          listed(connectivity(each, { level })),
        );
        assert.ok(was !== undefined && is !== undefined);
        const found = new Set(diff.connections.map(({ source, destination }) => `${source} ${destination}`));
        const inside = [...new Set([...was.inside, ...is.inside])];
        for (const from of inside)
          for (const to of inside)
            assert.equal(
              found.has(`${from} ${to}`),
              from !== to && was.between(from, to) !== is.between(from, to),
              `${from} => ${to}`,
            );
        changes += diff.connections.length;
      }
    }),
    { ...trials, numRuns: trials.numRuns / 8 },
  );
  assert.ok(changes > 100, `${changes} changes`);
});

/** What an edit of one thing makes of a cluster; everything else stays the same objects. */
const edits: readonly ((before: Cluster, other: Cluster) => Cluster)[] = [
  (before) => ({ ...before, policies: before.policies.slice(1) }),
  (before, { policies: [added, ...others] }) => {
    const policies = added === undefined ? others : [...before.policies, { ...added, name: 'policy-9' }];
    return { ...before, policies };
  },
  (before, other) => ({
    ...before,
    policies: before.policies.map((policy, index) =>
      index === 0 ? { ...policy, ingress: other.policies[0]?.ingress ?? [] } : policy,
    ),
  }),
  (before, other) => ({ ...before, adminPolicies: other.adminPolicies }),
  (before, other) => ({ ...before, namespaces: other.namespaces }),
  (before) => ({ ...before, pods: before.pods.slice(1) }),
  (before, other) => ({
    ...before,
    pods: before.pods.map((pod, index) =>
      index === 0 ? { ...pod, labels: other.pods[0]?.labels ?? {} } : pod,
    ),
  }),
];

function covers(peer: string, end: string): boolean {
  if (peer === end) return true;
  const [first, last, ip] = [...peer.split('-').map(parseIp), parseIp(end)];
  return (
    first !== undefined &&
    last !== undefined &&
    ip !== undefined &&
    first.family === ip.family &&
    compareIp(first, ip) <= 0 &&
    compareIp(ip, last) <= 0
  );
}

function listed(list: ReturnType<typeof connectivity>) {
  const noPort = 'no port';
  return {
    inside: list.peers.filter(({ type }) => type !== 'external').map(({ id }) => id),
    six: list.peers.some(({ id, type }) => type === 'external' && id.includes(':')),
    between(from: string, to: string): string {
      const found = list.connections.find(
        ({ source, destination }) => covers(source, from) && covers(destination, to),
      );
      if (found === undefined) return noPort;
      if (found.all) return 'all ports';
      return found.allowed
        .map(
          ({ protocol, ports }) =>
            `${protocol} ${ports.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',')}`,
        )
        .join('; ');
    },
  };
}
