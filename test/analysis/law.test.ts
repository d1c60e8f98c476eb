// The connectivity list against the naive evaluator on random clusters: every pair of peers, protocol and port, at both
// levels. What is undefined by the API is in no list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  connectivity,
  connectivityTable,
  type ConnectivityLevel,
  type ConnectivityList,
} from '../../src/analysis/connectivity';
import { compareIp, parseIp } from '../../src/model/address';
import {
  allPorts,
  intersectPorts,
  isEmpty,
  noPorts,
  portSet,
  portsText,
  protocols,
} from '../../src/model/ports';
import { hasBit } from '../../src/policy/receivers';
import { verdict, type RawPod, type World } from '../policy/naive';
import { boundaries, manifestsOf, strangers, trials, world } from '../policy/randomWorld';
import { readManifests } from '../support/manifests';

type Flow = readonly [protocol: string, port: number];

for (const [level, owner] of [
  ['pod', undefined],
  ['workload', 'set'],
] as const) {
  test(`the list at ${level} level has what part E permits, on random clusters`, (context) => {
    context.diagnostic(`seed ${trials.seed}; PODNET_SEED=n tries others`);
    fc.assert(
      fc.property(world, (made) => {
        checkList(made, level, listOf(made, level, owner), owner);
      }),
      { ...trials, numRuns: trials.numRuns / 4 },
    );
  });
}

test('the peers that are reached on some port are those whose cells have it, on random clusters', () => {
  const asked = [allPorts, portSet('TCP', [[80, 80]]), portSet('UDP', [[1, 100]]), noPorts];
  fc.assert(
    fc.property(world, fc.constantFrom(undefined, 'set'), (made, owner) => {
      const { cluster } = readManifests({ 'world.json': manifestsOf(made, owner) });
      const table = connectivityTable(cluster, { level: owner === undefined ? 'pod' : 'workload' });
      for (const [source, from] of table.peers.entries())
        for (const ports of asked) {
          const reached = table.reached(source, ports);
          for (const [destination, to] of table.peers.entries())
            assert.equal(
              hasBit(reached, destination),
              !isEmpty(intersectPorts(table.between(source, destination), ports)),
              `${from.id} => ${to.id} within ${portsText(ports)}`,
            );
        }
    }),
    { ...trials, numRuns: trials.numRuns / 8 },
  );
});

function listOf(made: World, level: ConnectivityLevel, owner: string | undefined): ConnectivityList {
  return connectivity(readManifests({ 'world.json': manifestsOf(made, owner) }).cluster, { level });
}

function checkList(
  made: World,
  level: ConnectivityLevel,
  list: ConnectivityList,
  owner: string | undefined,
): void {
  const peers = new Map<string, RawPod[]>();
  for (const pod of made.pods.filter(({ phase }) => phase === 'Running')) {
    const id =
      level === 'workload'
        ? `${pod.namespace}/${owner ?? ''}[StatefulSet]`
        : `${pod.namespace}/${pod.name}[Pod]`;
    peers.set(id, [...(peers.get(id) ?? []), pod]);
  }
  assert.deepEqual(
    list.peers.filter(({ type }) => type !== 'external').map(({ id }) => id),
    [...peers.keys()].sort(),
  );
  const ports = boundaries(made);
  const listed = tableOf(list);
  const compare = (from: string, to: string, permits: (flow: Flow) => boolean): void => {
    for (const protocol of protocols) {
      for (const port of ports) {
        const expected = permits([protocol, port]);
        if (listed(from, to, protocol, port) !== expected)
          assert.fail(
            `${from} => ${to} ${protocol} ${port}: expected ${expected ? 'permitted' : 'left out'}`,
          );
      }
    }
  };
  for (const [from, sources] of peers) {
    for (const [to, destinations] of peers) {
      if (from === to) assert.ok(!listed(from, to, 'TCP', 80), 'a peer with itself is left out');
      else
        compare(from, to, (flow) =>
          sources.some((source) =>
            destinations.some((destination) => connects(made, source, destination, flow)),
          ),
        );
    }
    for (const text of strangers) {
      const range = rangeOf(list, text);
      if (range === undefined) continue;
      compare(from, range, (flow) => sources.some((pod) => allows(made, 'egress', pod, text, flow)));
      compare(range, from, (flow) => sources.some((pod) => allows(made, 'ingress', pod, text, flow)));
    }
  }
}

/** Both sides allow it by addresses of one family. */
function connects(made: World, source: RawPod, destination: RawPod, flow: Flow): boolean {
  return source.ips.some((from) => {
    const to = destination.ips.find((ip) => ip.includes(':') === from.includes(':'));
    return (
      to !== undefined &&
      allows(made, 'egress', source, to, flow) &&
      allows(made, 'ingress', destination, from, flow)
    );
  });
}

function allows(
  made: World,
  direction: 'ingress' | 'egress',
  pod: RawPod,
  ip: string,
  [protocol, port]: Flow,
): boolean {
  return verdict(made, direction, pod, ip, protocol, port) === 'allow';
}

function tableOf(
  list: ConnectivityList,
): (from: string, to: string, protocol: string, port: number) => boolean {
  const table = new Map(list.connections.map((each) => [`${each.source} ${each.destination}`, each]));
  assert.equal(table.size, list.connections.length, 'no pair is listed twice');
  return (from, to, protocol, port) => {
    const entry = table.get(`${from} ${to}`);
    if (entry === undefined) return false;
    const ranges = entry.allowed.find((each) => each.protocol === protocol)?.ports ?? [];
    return entry.all || ranges.some(([first, last]) => first <= port && port <= last);
  };
}

/** Id of the range outside that holds the address; undefined when its family is not in use. */
function rangeOf(list: ConnectivityList, text: string): string | undefined {
  const ip = parseIp(text);
  assert(ip);
  const holding = list.peers.filter(({ id, type }) => {
    const [first, last] = type === 'external' ? id.split('-').map(parseIp) : [];
    return (
      first?.family === ip.family &&
      last !== undefined &&
      compareIp(first, ip) <= 0 &&
      compareIp(ip, last) <= 0
    );
  });
  assert.ok(holding.length <= 1, 'ranges are disjoint');
  return holding[0]?.id;
}
