// Whose address is this? Owners, conflicts, what nobody may have, what somebody had, and ranges.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookupAddress } from '../../src/features/lookup';
import { town } from './town';

interface Case {
  readonly query: string;
  readonly fact: string;
  /** How the summary begins. */
  readonly summary: string;
  /** `Pod shop/db-0 observed`, in any order. */
  readonly owners?: readonly string[];
  /** Facts that are among those told. */
  readonly facts?: readonly string[];
}

const cases: readonly Case[] = [
  {
    query: '10.244.1.2',
    fact: 'a pod, with its node, its Services and its range',
    summary: '10.244.1.2 is pod shop/db-0.',
    owners: ['Pod shop/db-0 observed'],
    facts: [
      'Runs on node n1.',
      'Backs Service shop/db.',
      'Backs Service shop/headless.',
      'In the pod range 10.244.1.0/24 of node n1.',
    ],
  },
  {
    query: ' FD00:0001:0:0::0002 ',
    fact: 'IPv6 in any notation is the same address',
    summary: 'fd00:1::2 is pod shop/db-0.',
    owners: ['Pod shop/db-0 observed'],
    facts: ['In the pod range fd00:1::/64 of node n1.'],
  },
  {
    query: '::ffff:10.244.1.2',
    fact: 'IPv4 written as IPv6 is the IPv4 address',
    summary: '10.244.1.2 is pod shop/db-0.',
    owners: ['Pod shop/db-0 observed'],
  },
  {
    query: '172.30.0.11',
    fact: 'a node, and the hostNetwork pods that share its address',
    summary: '172.30.0.11 is node n1.',
    owners: ['Node n1 observed'],
    facts: ['Shared by hostNetwork pods: ops/agent.'],
  },
  {
    query: '203.0.113.12',
    fact: 'a node by its external address',
    summary: '203.0.113.12 is node n2.',
    owners: ['Node n2 observed'],
  },
  {
    query: '10.96.0.20',
    fact: 'a Service by its ClusterIP, with its ports and how many endpoints are ready',
    summary: '10.96.0.20 is Service shop/db.',
    owners: ['Service shop/db declared'],
    facts: ['A virtual address: TCP 80, UDP 53, 1 ready endpoint.'],
  },
  {
    query: '198.51.100.7',
    fact: 'a Service by an external address',
    summary: '198.51.100.7 is Service shop/edge.',
    owners: ['Service shop/edge declared'],
  },
  {
    query: '198.51.100.8',
    fact: 'a Service by its load balancer, as the cluster reported it',
    summary: '198.51.100.8 is Service shop/public.',
    owners: ['Service shop/public observed'],
  },
  {
    query: '10.244.1.20',
    fact: 'two pods with one address are a conflict, and both are named',
    summary: '10.244.1.20 is claimed by pod shop/twin and pod shop/web-2: only one of them can have it.',
    owners: ['Pod shop/twin observed', 'Pod shop/web-2 observed'],
  },
  {
    query: '10.244.1.0',
    fact: 'the network address of a node’s range',
    summary: "10.244.1.0 is the network address of n1's pod range",
    owners: [],
  },
  {
    query: '10.244.1.1',
    fact: 'the gateway of a node’s pods',
    summary: "10.244.1.1 is the gateway of n1's pods",
    owners: [],
  },
  {
    query: '10.244.1.255',
    fact: 'the broadcast address of a node’s range',
    summary: "10.244.1.255 is the broadcast address of n1's pod range",
    owners: [],
  },
  {
    query: 'fd00:1::1',
    fact: 'the gateway in IPv6',
    summary: "fd00:1::1 is the gateway of n1's pods",
    owners: [],
  },
  {
    query: 'fd00:1::ffff:ffff:ffff:ffff',
    fact: 'IPv6 has no broadcast: its last address is free',
    summary: 'Nobody owns fd00:1::ffff:ffff:ffff:ffff; it is free in the pod range fd00:1::/64 of node n1.',
    owners: [],
  },
  {
    query: '10.244.1.9',
    fact: 'the address of a finished pod is free, and who had it is told',
    summary: 'Nobody owns 10.244.1.9; it is free in the pod range 10.244.1.0/24 of node n1.',
    owners: [],
    facts: ['Pod shop/done had it and is Succeeded; the address was given back.'],
  },
  {
    query: '10.244.3.9',
    fact: 'an address of the pod range that no node has',
    summary:
      'Nobody owns 10.244.3.9; it is free in the pod range 10.244.0.0/22 of the cluster, but of no node.',
    owners: [],
  },
  {
    query: '10.96.0.99',
    fact: 'an address of the Service range that is not allocated',
    summary: 'Nobody owns 10.96.0.99; it is free in the Service range',
    owners: [],
  },
  {
    query: '192.168.7.7',
    fact: 'a private address outside',
    summary: '192.168.7.7 is outside the cluster (private address).',
    owners: [],
  },
  {
    query: '8.8.8.8',
    fact: 'a public address',
    summary: '8.8.8.8 is outside the cluster (unicast address).',
    owners: [],
  },
  {
    query: '169.254.1.1',
    fact: 'a link-local address',
    summary: '169.254.1.1 is outside the cluster (link local address).',
    owners: [],
  },
  {
    query: '10.244.1.0/24',
    fact: 'a range with the pods in it, live ones only',
    summary: '10.244.1.0/24 holds ',
    owners: ['Pod shop/db-0 observed', 'Pod shop/twin observed', 'Pod shop/web-2 observed'],
    facts: ['Is the pod range of node n1 (10.244.1.0/24).'],
  },
  {
    query: '10.244.1.7/28',
    fact: 'a range with bits behind the prefix is the whole range, and lies in that of a node',
    summary: '10.244.1.0/28 holds ',
    owners: ['Pod shop/db-0 observed'],
    facts: ['Lies in the pod range of node n1 (10.244.1.0/24).'],
  },
  {
    query: '10.0.0.0/8',
    fact: 'a range that holds the ranges of nodes and Services',
    summary: '10.0.0.0/8 holds ',
    owners: [
      'Pod shop/db-0 observed',
      'Pod shop/twin observed',
      'Pod shop/web-1 observed',
      'Pod shop/web-2 observed',
      'Service shop/db declared',
      'Service shop/edge declared',
      'Service shop/public declared',
    ],
    facts: [
      'Contains the pod range of node n1 (10.244.1.0/24).',
      'Contains the pod range of node n2 (10.244.2.0/24).',
    ],
  },
  {
    query: '198.51.100.0/24',
    fact: 'addresses of Services outside the cluster count as well',
    summary: '198.51.100.0/24 holds ',
    owners: ['Service shop/edge declared', 'Service shop/public observed'],
  },
  {
    query: '203.0.113.0/24',
    fact: 'so do external addresses of nodes',
    summary: '203.0.113.0/24 holds ',
    owners: ['Node n1 observed', 'Node n2 observed'],
  },
  {
    query: 'fd00:1::/64',
    fact: 'a range of IPv6',
    summary: 'fd00:1::/64 holds ',
    owners: ['Pod shop/db-0 observed'],
  },
  ...['10.244.1', '10.244.1.256', '010.0.0.1', '10.0.0.0/33', 'web', ''].map((query): Case => ({
    query,
    fact: `"${query}" is no address`,
    summary: `"${query}" is neither an IP address nor a range such as 10.244.0.0/16.`,
    owners: [],
  })),
];

for (const { query, fact, summary, owners, facts = [] } of cases) {
  test(`${query}: ${fact}`, () => {
    const report = lookupAddress(town, query);
    assert.equal(report.summary.slice(0, summary.length), summary);
    if (owners !== undefined) {
      const found = report.owners.map(
        ({ kind, namespace, name, provenance }) =>
          `${kind} ${namespace === '' ? name : `${namespace}/${name}`} ${provenance}`,
      );
      assert.deepEqual(found.sort(), owners);
    }
    const told = report.facts.map(({ text }) => text);
    assert.deepEqual(
      facts.filter((text) => !told.includes(text)),
      [],
      told.join('\n'),
    );
    assert.equal(report.query, query.trim());
  });
}

test('an owner has the line of its name', () => {
  const [owner] = lookupAddress(town, '10.244.1.2').owners;
  assert.equal(owner?.at?.file, 'town.yaml');
  assert.equal(owner.node, 'n1');
});
