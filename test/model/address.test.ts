// Addresses and ranges as Kubernetes reads them: strict IPv4, RFC 4291 and RFC 5952 for IPv6.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Ip } from '../../src/model/address';
import {
  cidr,
  compareIp,
  contains,
  covers,
  fromWords,
  hostCidr,
  isLoopback,
  lastOf,
  offsetIp,
  overlaps,
  parseCidr,
  parseIp,
  rangeName,
  sameIp,
} from '../../src/model/address';

function ip(text: string): Ip {
  const parsed = parseIp(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function range(text: string): ReturnType<typeof cidr> {
  const parsed = parseCidr(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

describe('parseIp accepts what Go’s net.ParseIP accepts', () => {
  const accepted: readonly (readonly [written: string, text: string])[] = [
    ['10.244.1.5', '10.244.1.5'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['FD00:10:244::A', 'fd00:10:244::a'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:0:2::', '1:0:0:2::'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
  ];
  for (const [written, text] of accepted)
    test(`${written} is ${text}`, () => assert.equal(parseIp(written)?.text, text));

  const refused = [
    '',
    ' ',
    '10.0.0',
    '10.0.0.0.0',
    '10.0.0.256',
    '10.0.0.-1',
    '010.0.0.1',
    '10.0.0.01',
    '0x0a.0.0.1',
    '167772161',
    '10.0.0.1 ',
    ' 10.0.0.1',
    '10.0.0.1/8',
    '10..0.1',
    '1.2.3.4e1',
    '１.2.3.4',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    '[::1]',
    'fe80::1%eth0',
    '::10.0.0.256',
    '::10.0.0.01',
    '1:2:3:4:5:6:7:1.2.3.4',
    'localhost',
  ];
  for (const written of refused)
    test(`${JSON.stringify(written)} is refused`, () => assert.equal(parseIp(written), undefined));
});

describe('parseCidr', () => {
  const accepted: readonly (readonly [written: string, text: string, last: string])[] = [
    ['10.244.0.0/16', '10.244.0.0/16', '10.244.255.255'],
    ['10.244.3.7/16', '10.244.0.0/16', '10.244.255.255'],
    ['0.0.0.0/0', '0.0.0.0/0', '255.255.255.255'],
    ['10.0.0.1/32', '10.0.0.1/32', '10.0.0.1'],
    ['172.18.0.0/31', '172.18.0.0/31', '172.18.0.1'],
    ['fd00:10:244::/56', 'fd00:10:244::/56', 'fd00:10:244:ff:ffff:ffff:ffff:ffff'],
    ['::/0', '::/0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fd00::5/128', 'fd00::5/128', 'fd00::5'],
    ['fd00::5/33', 'fd00::/33', 'fd00:0:7fff:ffff:ffff:ffff:ffff:ffff'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', '10.255.255.255'],
  ];
  for (const [written, text, last] of accepted) {
    test(`${written} is ${text} up to ${last}`, () => {
      assert.equal(range(written).text, text);
      assert.equal(lastOf(range(written)).text, last);
    });
  }
  const refused = [
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::/129',
    '/8',
    '10.0.0.0/8 ',
    '::ffff:10.0.0.0/95',
    '10.0.0.0/1e1',
  ];
  for (const written of refused)
    test(`${JSON.stringify(written)} is refused`, () => assert.equal(parseCidr(written), undefined));
});

test('E34: no range holds addresses of the other family', () => {
  assert.equal(contains(range('0.0.0.0/0'), ip('fd00::1')), false);
  assert.equal(contains(range('::/0'), ip('10.0.0.1')), false);
  assert.equal(covers(range('::/0'), range('10.0.0.0/8')), false);
});

test('a range covers itself and what lies in it; two ranges overlap only by one covering the other', () => {
  assert.deepEqual(
    [
      covers(range('10.0.0.0/8'), range('10.0.0.0/8')),
      covers(range('10.0.0.0/8'), range('10.1.0.0/16')),
      covers(range('10.1.0.0/16'), range('10.0.0.0/8')),
      overlaps(range('10.1.0.0/16'), range('10.0.0.0/8')),
      overlaps(range('10.1.0.0/16'), range('10.2.0.0/16')),
    ],
    [true, true, false, true, false],
  );
});

test('loopback is all of 127.0.0.0/8 and ::1', () => {
  assert.deepEqual(
    ['127.0.0.1', '127.9.9.9', '128.0.0.1', '::1', '::2'].map((text) => isLoopback(ip(text))),
    [true, true, false, true, false],
  );
});

test('ranges have IANA’s names', () => {
  assert.deepEqual(
    ['10.0.0.1', '169.254.1.1', '8.8.8.8', 'fd00::1', 'fe80::1'].map((text) => rangeName(ip(text))),
    ['private', 'linkLocal', 'unicast', 'uniqueLocal', 'linkLocal'],
  );
});

describe('steps between addresses', () => {
  const cases: readonly (readonly [from: string, steps: number, to: string | undefined])[] = [
    ['10.244.1.0', 1, '10.244.1.1'],
    ['10.244.1.255', 1, '10.244.2.0'],
    ['10.244.2.0', -1, '10.244.1.255'],
    ['255.255.255.255', 1, undefined],
    ['0.0.0.0', -1, undefined],
    ['fd00::ffff:ffff', 1, 'fd00::1:0:0'],
    ['fd00::1:0:0', -1, 'fd00::ffff:ffff'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 1, undefined],
    ['10.0.0.0', 4294967295, undefined],
    ['0.0.0.0', 4294967295, '255.255.255.255'],
  ];
  for (const [from, steps, to] of cases) {
    test(`${from} ${steps < 0 ? '' : '+'}${steps} is ${to ?? 'nowhere'}`, () =>
      assert.equal(offsetIp(ip(from), steps)?.text, to));
  }
});

const word = fc.integer({ min: 0, max: 0xffffffff });
const anyIp = fc.oneof(
  word.map((first) => fromWords(4, [first])),
  fc.tuple(word, word, word, word).map((words) => fromWords(6, words)),
);
const anyCidr = fc
  .tuple(anyIp, fc.nat(128))
  .map(([first, prefix]) => cidr(first, first.family === 4 ? prefix % 33 : prefix));

test('property: the text of an address is read as the same address', () => {
  fc.assert(
    fc.property(anyIp, (address) => {
      const again = ip(address.text);
      // IPv4-mapped IPv6 addresses are IPv4 addresses.
      if (again.family === address.family)
        assert.deepEqual([again.words, sameIp(again, address)], [address.words, true]);
      else assert.match(address.text, /^::ffff:/);
    }),
  );
});

test('property: a range holds exactly the addresses from its first to its last', () => {
  fc.assert(
    fc.property(anyCidr, anyIp, (one, other) => {
      const inside =
        other.family === one.first.family &&
        compareIp(one.first, other) <= 0 &&
        compareIp(other, lastOf(one)) <= 0;
      assert.equal(contains(one, other), inside);
      assert.ok(contains(one, one.first) && contains(one, lastOf(one)));
      assert.ok(covers(one, hostCidr(one.first)));
    }),
  );
});

test('property: steps forth and back lead to where they began', () => {
  fc.assert(
    fc.property(anyIp, fc.integer({ min: -1_000_000, max: 1_000_000 }), (address, steps) => {
      const there = offsetIp(address, steps);
      if (there !== undefined) assert.equal(offsetIp(there, -steps)?.text, address.text);
    }),
  );
});
