// Sets of protocols and ports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PortSet, Protocol } from '../../src/model/ports';
import {
  allPorts,
  equalPorts,
  hasPort,
  intersectPorts,
  isAll,
  isEmpty,
  noPorts,
  portSet,
  portsText,
  protocols,
  subtractPorts,
  unionPorts,
} from '../../src/model/ports';

test('sets are told in words', () => {
  const words: readonly (readonly [set: PortSet, text: string])[] = [
    [noPorts, 'no port'],
    [allPorts, 'all ports'],
    [portSet('TCP'), 'TCP 1-65535'],
    [portSet('UDP', [[53, 53]]), 'UDP 53'],
    [
      unionPorts(
        portSet('UDP', [[53, 53]]),
        portSet('TCP', [
          [443, 445],
          [80, 80],
        ]),
      ),
      'TCP 80,443-445; UDP 53',
    ],
  ];
  for (const [set, text] of words) assert.equal(portsText(set), text);
});

test('ranges that touch or overlap become one', () => {
  assert.deepEqual(
    portSet('TCP', [
      [5, 9],
      [1, 2],
      [3, 4],
      [8, 20],
    ]).TCP,
    [[1, 20]],
  );
});

test('all ports is every port of every protocol', () => {
  const union = protocols.map((protocol) => portSet(protocol)).reduce(unionPorts);
  assert.deepEqual(
    [isAll(union), isAll(portSet('TCP')), isEmpty(noPorts), isEmpty(union)],
    [true, false, true, false],
  );
});

const port = fc.integer({ min: 1, max: 40 });
const anyRange = fc.tuple(port, port).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
const anySet = fc
  .array(fc.tuple(fc.constantFrom<Protocol>('TCP', 'UDP', 'SCTP'), anyRange), { maxLength: 5 })
  .map((parts) => parts.map(([protocol, range]) => portSet(protocol, [range])).reduce(unionPorts, noPorts));

test('property: union, intersection and difference are those of the single ports', () => {
  fc.assert(
    fc.property(fc.oneof(anySet, fc.constant(allPorts)), anySet, (a, b) => {
      for (const protocol of protocols) {
        for (let number = 1; number <= 41; number++) {
          const [inA, inB] = [hasPort(a, protocol, number), hasPort(b, protocol, number)];
          assert.equal(hasPort(unionPorts(a, b), protocol, number), inA || inB);
          assert.equal(hasPort(intersectPorts(a, b), protocol, number), inA && inB);
          assert.equal(hasPort(subtractPorts(a, b), protocol, number), inA && !inB);
        }
      }
      assert.equal(equalPorts(a, b), isEmpty(subtractPorts(a, b)) && isEmpty(subtractPorts(b, a)));
      assert.ok(equalPorts(unionPorts(subtractPorts(a, b), intersectPorts(a, b)), a));
    }),
  );
});

test('property: ranges of a set are sorted and do not touch', () => {
  fc.assert(
    fc.property(anySet, (set) => {
      for (const protocol of protocols) {
        set[protocol].forEach(([first, last], index) => {
          assert.ok(first <= last);
          const next = set[protocol][index + 1];
          assert.ok(next === undefined || next[0] > last + 1);
        });
      }
    }),
  );
});
