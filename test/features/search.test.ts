// What the quick picks of source and destination offer for a text: order, roles, and ends that are typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { observed } from '../../src/model/source';
import { searchEnds, type EndItem, type SearchRole } from '../../src/features/search';
import { endText } from '../../src/trace/endText';
import { ip } from '../trace/twoNodes';
import { town } from './town';

/** `Pod shop/db-0`, `as typed 10.1.2.3` */
function found(text: string, role: SearchRole, limit?: number): readonly string[] {
  return searchEnds(town, text, role, limit).map(({ kind, label }) => `${kind} ${label}`);
}

const cases: readonly (readonly [
  fact: string,
  text: string,
  role: SearchRole,
  expected: readonly string[],
])[] = [
  [
    'an exact name comes before names that begin with it or hold it',
    'db',
    'destination',
    ['Service shop/db', 'StatefulSet shop/db', 'Pod shop/db-0'],
  ],
  ['a Service cannot send', 'db', 'source', ['StatefulSet shop/db', 'Pod shop/db-0']],
  ['namespace and name together', 'shop/tw', 'source', ['Pod shop/twin']],
  ['case does not matter', 'TWIN', 'source', ['Pod shop/twin']],
  ['a part of a name that is not there', 'leless', 'source', []],
  ['a part in the middle', 'eadles', 'destination', ['Service shop/headless']],
  [
    'an address',
    '10.244.1.2',
    'source',
    ['as typed 10.244.1.2', 'Pod shop/db-0', 'Pod shop/twin', 'Pod shop/web-2'],
  ],
  ['the beginning of an address', '10.244.2.', 'source', ['Pod shop/web-1']],
  ['a pod by its second address', 'fd00:1::2', 'source', ['as typed fd00:1::2', 'Pod shop/db-0']],
  ['a typed Service is no source', 'svc/shop/db', 'source', []],
  ['nor is a DNS name', 'db.shop.svc', 'source', []],
  [
    'a Service by its address',
    '10.96.0.2',
    'destination',
    ['as typed 10.96.0.2', 'Service shop/db', 'Service shop/edge', 'Service shop/public'],
  ],
  ['a node by name', 'n1', 'source', ['Node n1']],
  ['all of a kind', 'node', 'source', ['Node n1', 'Node n2']],
  [
    'an address that nobody has is offered as typed',
    '203.0.113.99',
    'destination',
    ['as typed 203.0.113.99'],
  ],
  ['a DNS name is offered as typed', 'db.shop.svc', 'destination', ['as typed db.shop.svc']],
  ['localhost too', 'localhost', 'destination', ['as typed localhost']],
  ['a bare word that finds something is a search', 'twin', 'destination', ['Pod shop/twin']],
  ['a bare word that finds nothing is a name', 'elsewhere', 'destination', ['as typed elsewhere']],
  ['an end with a port is offered first', 'svc/shop/db:80', 'destination', ['as typed svc/shop/db:80']],
  ['a pod that is not there is not offered', 'shop/nobody', 'source', []],
  ['blanks around the text do not count', '  twin ', 'source', ['Pod shop/twin']],
];

for (const [fact, text, role, expected] of cases) {
  test(`"${text}" as ${role}: ${fact}`, () => {
    assert.deepEqual(found(text, role), expected);
  });
}

test('without a text everything is offered: pods, Services, workloads, nodes, each by name, and somebody outside', () => {
  assert.deepEqual(found('', 'destination'), [
    ...[
      'ops/agent',
      'shop/crashed',
      'shop/db-0',
      'shop/done',
      'shop/starting',
      'shop/twin',
      'shop/waiting',
      'shop/web-1',
      'shop/web-2',
    ].map((name) => `Pod ${name}`),
    ...['alias', 'db', 'edge', 'headless', 'public'].map((name) => `Service shop/${name}`),
    'StatefulSet shop/db',
    'Deployment shop/idle',
    'Node n1',
    'Node n2',
    'Outside the cluster 203.0.113.10',
  ]);
});

test('somebody outside is offered to send and to receive, whatever the limit', () => {
  for (const role of ['source', 'destination'] as const) {
    const items = searchEnds(town, '', role, 3);
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['Pod', 'Pod', 'Outside the cluster'],
    );
    assert.match(items.at(-1)?.description ?? '', /type another address/);
    assert.deepEqual(found('outs', role), ['Outside the cluster 203.0.113.10']);
  }
});

test('an example address that the cluster has is no example; a cluster of IPv6 gets one of IPv6', () => {
  const only = (address: string): Cluster => ({
    ...town,
    nodes: town.nodes.map((node) => ({ ...node, addresses: [observed(ip(address))], externalAddresses: [] })),
  });
  const offered = (cluster: Cluster): readonly string[] =>
    searchEnds(cluster, 'outside', 'source').map(({ label }) => label);
  assert.deepEqual(offered(only('203.0.113.10')), ['198.51.100.10']);
  assert.deepEqual(offered(only('fd00:30::11')), ['2001:db8::10']);
});

test('a typed address says whose it is, or that it is outside', () => {
  const described = (text: string): string | undefined => searchEnds(town, text, 'source')[0]?.description;
  assert.equal(described('203.0.113.99'), 'outside the cluster');
  assert.equal(described('10.244.1.200'), 'in a range of the cluster, but nobody has it');
});

test('no more than the limit, the best first', () => {
  assert.deepEqual(found('db', 'destination', 2), ['Service shop/db', 'StatefulSet shop/db']);
  assert.deepEqual(found('svc/shop/db:80', 'destination', 1), ['as typed svc/shop/db:80']);
});

test('what was typed with a port keeps it', () => {
  const [item] = searchEnds(town, '10.244.1.2:5432', 'destination');
  assert.deepEqual(
    [item?.end, item?.port, item?.description],
    [{ kind: 'address', address: '10.244.1.2' }, 5432, 'pod shop/db-0, port 5432'],
  );
});

const descriptions: readonly (readonly [text: string, expected: string])[] = [
  ['shop/db-0', '10.244.1.2, fd00:1::2 on n1'],
  ['shop/done', '10.244.1.9 Succeeded'],
  ['shop/waiting', 'not scheduled'],
  ['shop/headless', 'headless port 80, 53/UDP'],
  ['shop/alias', 'alias of db.example.com'],
  ['shop/edge', '10.96.0.21 port 80, 53/UDP'],
  ['shop/idle', 'each of its pods'],
];

for (const [text, expected] of descriptions) {
  test(`${text} is described as: ${expected}`, () => {
    assert.equal(searchEnds(town, text, 'destination')[0]?.description, expected);
  });
}

test('every item that is offered can be typed', () => {
  const offered: readonly EndItem[] = searchEnds(town, '', 'destination');
  for (const { end } of offered) {
    const again = searchEnds(town, endText(end), 'destination');
    assert.ok(
      again.some((item) => JSON.stringify(item.end) === JSON.stringify(end)),
      endText(end),
    );
  }
});
