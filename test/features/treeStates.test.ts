// The rows of the Cluster view one by one: groups, pods in every state, containers, what a row offers, what a screen reader
// says, and which rows a filter leaves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  chunkSize,
  parentRow,
  podCounts,
  treeRows,
  type Grouping,
  type TreeRow,
} from '../../src/features/tree';
import { endText } from '../../src/trace/endText';
import { documents, readManifests } from '../support/manifests';
import { town } from './town';

function rows(parent?: string, grouping: Grouping = 'node', filter = ''): readonly TreeRow[] {
  return treeRows(town, { grouping, filter }, parent);
}

function ids(shown: readonly TreeRow[]): readonly string[] {
  return shown.map(({ id }) => id);
}

function row(id: string, parent: string, grouping: Grouping = 'node'): TreeRow {
  const found = rows(parent, grouping).find((each) => each.id === id);
  assert(found, `${id} is below ${parent}`);
  return found;
}

function pod(name: string): TreeRow {
  return row(`pod:${name}`, `namespace:${name.split('/')[0] ?? ''}`, 'namespace');
}

function tooltip({ tooltip: lines }: TreeRow, name: string): string | undefined {
  return lines.find(([each]) => each === name)?.[1];
}

describe('groups', () => {
  const cases: readonly (readonly [grouping: Grouping, groups: readonly string[]])[] = [
    ['node', ['node:n1', 'node:n2', 'unscheduled:']],
    ['namespace', ['namespace:empty', 'namespace:ops', 'namespace:shop']],
    [
      'workload',
      [
        'workload:StatefulSet shop/db',
        'workload:Deployment shop/idle',
        'workload:Rollout shop/web',
        'workload:bare ops',
        'workload:bare shop',
      ],
    ],
  ];
  for (const [grouping, groups] of cases) {
    test(`by ${grouping}`, () => {
      const shown = rows(undefined, grouping);
      assert.deepEqual(
        ids(shown).filter((id) => !id.startsWith('namespace:default')),
        groups,
      );
    });
    test(`by ${grouping} every pod is in exactly one group, which is its parent`, () => {
      const found = rows(undefined, grouping).flatMap(({ id }) =>
        rows(id, grouping).map((each) => {
          assert.equal(parentRow(town, { grouping, filter: '' }, each.id), id);
          return each.id;
        }),
      );
      assert.deepEqual(
        [...found].sort(),
        town.pods.map(({ namespace, name }) => `pod:${namespace}/${name}`).sort(),
      );
    });
  }

  test('groups and what is no pod have no parent', () => {
    for (const id of ['node:n1', 'pause:shop/db-0', 'pod:shop/nobody'])
      assert.equal(parentRow(town, { grouping: 'node', filter: '' }, id), undefined);
  });

  test('a node tells its addresses and pod ranges of both families, its taints, and that it is not ready', () => {
    const [first, second] = rows();
    assert(first && second);
    assert.deepEqual([first.problem, second.problem], [false, true]);
    assert.ok(second.description.startsWith('NotReady · '), second.description);
    assert.equal(tooltip(first, 'Internal address'), '172.30.0.11, fd00:30::11');
    assert.equal(tooltip(first, 'Pod range'), '10.244.1.0/24, fd00:1::/64');
    assert.equal(tooltip(second, 'Taints'), 'gpu=a100:NoSchedule');
    assert.deepEqual([first.address, first.end && endText(first.end)], ['172.30.0.11', 'node/n1']);
    assert.deepEqual(first.flags, ['node', 'hasIp', 'hasManifest', 'canTrace']);
  });

  test('pods without a node have a group that says so, with the reason at each', () => {
    const group = rows().at(-1);
    assert.deepEqual(
      [group?.label, group?.problem, group?.description],
      ['Not scheduled', true, '1 pod without a node'],
    );
    const [waiting] = rows('unscheduled:');
    assert(waiting);
    assert.deepEqual([waiting.id, waiting.icon, waiting.problem], ['pod:shop/waiting', 'circle-slash', true]);
    assert.ok(waiting.description.includes('The pod has no node yet.'), waiting.description);
    assert.equal(tooltip(waiting, 'Node'), 'none');
  });

  test('a cluster whose pods all have a node has no such group', () => {
    assert.deepEqual(ids(rows(undefined, 'node', 'twin')), ['node:n1']);
  });

  test('a workload can be traced when a manifest has it, and not when only its pods name it', () => {
    const [db, , web] = rows(undefined, 'workload');
    assert.deepEqual([db?.end && endText(db.end), web?.end], ['StatefulSet/shop/db', undefined]);
  });
});

describe('pods', () => {
  const states: readonly (readonly [name: string, icon: string, problem: boolean, words: string])[] = [
    ['shop/db-0', 'pass', false, ''],
    ['shop/web-2', 'circle-large-outline', true, 'terminating'],
    ['shop/twin', 'warning', true, 'two containers want TCP 80'],
    ['shop/done', 'check', false, 'completed, address given back'],
    ['shop/crashed', 'error', true, 'failed, address given back'],
    ['shop/starting', 'warning', true, 'pending'],
    ['ops/agent', 'pass', false, ''],
  ];
  for (const [name, icon, problem, words] of states) {
    test(`${name} is ${words === '' ? 'fine' : words}, which is also said and not only drawn`, () => {
      const shown = pod(name);
      assert.deepEqual([shown.icon, shown.problem], [icon, problem]);
      for (const text of [shown.description, shown.accessibleName, tooltip(shown, 'State') ?? ''])
        assert.ok(text.includes(words), text);
    });
  }

  test('a row offers what the pod has: an address to copy, a manifest, an end to trace', () => {
    const db = pod('shop/db-0');
    assert.deepEqual(
      [db.address, db.end && endText(db.end), db.at?.file],
      ['10.244.1.2', 'shop/db-0', 'town.yaml'],
    );
    assert.deepEqual(db.flags, ['pod', 'canTrace', 'hasIp', 'hasManifest']);
    assert.deepEqual(pod('shop/starting').flags, ['pod', 'canTrace', 'hasManifest']);
  });

  test('both addresses of a pod are shown', () => {
    assert.ok(pod('shop/db-0').description.startsWith('10.244.1.2, fd00:1::2'));
  });

  test('what the group says is not repeated: by node no node, by namespace no namespace', () => {
    assert.ok(!row('pod:shop/db-0', 'node:n1').description.includes('n1'));
    assert.ok(row('pod:shop/db-0', 'node:n1').description.includes('shop'));
    assert.ok(pod('shop/db-0').description.includes('n1'));
    assert.ok(!pod('shop/db-0').description.includes('shop'));
  });

  test('a hostNetwork pod says that it lives on its node’s network, and has no device of its own', () => {
    const agent = pod('ops/agent');
    assert.ok(agent.description.includes("node's network"), agent.description);
    assert.equal(tooltip(agent, 'Network namespace'), 'that of node n1');
    const device = rows('pod:ops/agent').find(({ kind }) => kind === 'device');
    assert.deepEqual(
      [device?.label, device?.accessibleName],
      ['node n1', 'agent uses the network of node n1'],
    );
  });

  test('a finished pod and one without a node have no sandbox and no device now', () => {
    for (const name of ['shop/done', 'shop/waiting']) {
      const parts = rows(`pod:${name}`);
      assert.deepEqual(
        parts.map(({ kind }) => kind),
        ['pause', 'container'],
        name,
      );
      assert.equal(parts[0]?.description, 'no sandbox now');
    }
  });

  test('a pod that is waiting for its sandbox has no device yet', () => {
    assert.deepEqual(
      rows('pod:shop/starting').map(({ kind }) => kind),
      ['pause', 'container'],
    );
  });

  test('a pod that is not there has no rows', () => {
    assert.deepEqual(rows('pod:shop/nobody'), []);
    assert.deepEqual(rows('unknown:x'), []);
  });
});

describe('containers', () => {
  const parts = rows('pod:shop/db-0');
  test('in the order that they start: init, sidecar, app, ephemeral', () => {
    assert.deepEqual(
      parts.map(({ label }) => label),
      ['pause', 'eth0', 'migrate', 'proxy', 'pg', 'debug'],
    );
  });
  const descriptions: readonly (readonly [name: string, description: string])[] = [
    ['migrate', 'init · TCP 5432'],
    ['proxy', 'sidecar · TCP 6432 pg, UDP 53'],
    ['pg', 'TCP 5432 pg, TCP 9187, host port 19187'],
    ['debug', 'ephemeral'],
  ];
  for (const [name, description] of descriptions) {
    test(`${name} is described as ${description}`, () => {
      const container = parts.find(({ label }) => label === name);
      assert.equal(container?.description, description);
      assert.equal(container.accessibleName, `container ${name} of db-0, ${description}`);
      assert.equal(container.end && endText(container.end), `shop/db-0/${name}`);
    });
  }
  test('an init container has finished before: its port does not collide with that of the app', () => {
    assert.deepEqual(
      parts.filter(({ problem }) => problem),
      [],
    );
  });
  test('two containers with one port name each other', () => {
    const [one, two] = rows('pod:shop/twin').filter(({ kind }) => kind === 'container');
    assert.deepEqual([one?.problem, two?.problem], [true, true]);
    assert.ok(one?.description.includes('TCP 80 is also wanted by two'), one?.description);
    assert.ok(two?.description.includes('TCP 80 is also wanted by one'), two?.description);
  });
  test('restarts and a state other than running are told', () => {
    const text = `
apiVersion: v1
kind: Pod
metadata: { name: loop, uid: u }
spec: { nodeName: n1, containers: [{ name: app }, { name: fine }] }
status:
  phase: Running
  podIP: 10.0.0.9
  containerStatuses:
  - { name: app, restartCount: 7, ready: false, state: { waiting: { reason: CrashLoopBackOff } } }
  - { name: fine, restartCount: 0, ready: true, state: { running: {} }, containerID: "containerd://abc" }
`;
    const { cluster } = readManifests({ 'loop.yaml': text });
    const shown = treeRows(cluster, { grouping: 'node', filter: '' }, 'pod:default/loop');
    assert.deepEqual(
      shown.slice(-2).map(({ description }) => description),
      ['waiting · 7 restarts', ''],
    );
    assert.ok(shown.at(-1)?.tooltip.some(([name, value]) => name === 'Id' && value === 'containerd://abc'));
  });
});

describe('every row', () => {
  const groupings: readonly Grouping[] = ['node', 'namespace', 'workload'];
  const all = groupings.flatMap((grouping) =>
    rows(undefined, grouping).flatMap((group) => [
      group,
      ...rows(group.id, grouping).flatMap((each) => [each, ...rows(each.id, grouping)]),
    ]),
  );
  test('has a name for screen readers that holds its label, and an id of its own', () => {
    for (const each of all)
      assert.ok(each.accessibleName.includes(each.label === 'eth0' ? 'device eth0' : each.label), each.id);
    for (const grouping of groupings) {
      const top = rows(undefined, grouping);
      const found = [...top, ...top.flatMap(({ id }) => rows(id, grouping))].map(({ id }) => id);
      assert.equal(new Set(found).size, found.length);
    }
  });
  test('that has a problem says what it is', () => {
    const silent = all.filter(({ problem, description }) => problem && description === '');
    assert.deepEqual(ids(silent), []);
  });
  test('that cannot be expanded has nothing below', () => {
    for (const { id, expandable } of all) if (!expandable) assert.deepEqual(ids(rows(id)), [], id);
  });
});

describe('the filter', () => {
  const all = town.pods.length;
  const cases: readonly (readonly [fact: string, filter: string, pods: readonly string[]])[] = [
    ['a part of a name', 'win', ['shop/twin']],
    ['a namespace', 'ops/', ['ops/agent']],
    ['a node', 'n2', ['shop/web-1']],
    ['an owner', 'web', ['shop/web-1', 'shop/web-2']],
    ['a label, whatever its case', 'TIER=data', ['shop/db-0']],
    ['a label must fit whole', 'tier=dat', []],
    ['an address', '10.244.2.3', ['shop/web-1']],
    ['the beginning of an address', '10.244.1.2', ['shop/db-0', 'shop/twin', 'shop/web-2']],
    ['an IPv6 address in any notation', 'FD00:1:0::0002', ['shop/db-0']],
    ['a range', '10.244.1.0/29', ['shop/db-0']],
    ['a range of IPv6', 'fd00:1::/64', ['shop/db-0']],
    ['a range holds addresses that finished pods still show', '10.244.1.8/31', ['shop/crashed', 'shop/done']],
    ['all words must fit', 'shop n1 10.244.1.20', ['shop/twin', 'shop/web-2']],
    ['nothing', 'nowhere', []],
  ];
  for (const [fact, filter, pods] of cases) {
    test(`"${filter}": ${fact}`, () => {
      const found = rows(undefined, 'namespace', filter).flatMap(({ id }) => rows(id, 'namespace', filter));
      assert.deepEqual(
        ids(found),
        pods.map((name) => `pod:${name}`),
      );
      assert.deepEqual(podCounts(town, filter), { shown: pods.length, all });
    });
  }
  test('an empty one, or blanks, shows everything', () => {
    assert.deepEqual(podCounts(town, '  '), { shown: all, all });
    assert.ok(ids(rows(undefined, 'namespace', ' ')).includes('namespace:empty'), 'groups without pods too');
  });
});

test('more groups than a chunk come in chunks as well', () => {
  const namespaces = Array.from(
    { length: chunkSize + 3 },
    (_, index) => `
apiVersion: v1
kind: Namespace
metadata: { name: ns-${index} }
`,
  );
  const { cluster } = readManifests({ 'many.yaml': documents(...namespaces) });
  const options = { grouping: 'namespace', filter: '' } as const;
  const first = treeRows(cluster, options);
  const more = first.at(-1);
  assert(more);
  assert.deepEqual([first.length, more.kind, more.expandable], [chunkSize + 1, 'more', true]);
  assert.ok(more.accessibleName.startsWith(more.label.replace('…', '')), more.accessibleName);
  const rest = treeRows(cluster, options, more.id);
  const seen = [...first.slice(0, -1), ...rest].map(({ id }) => id);
  assert.equal(new Set(seen).size, cluster.namespaces.length);
});
