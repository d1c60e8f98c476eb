// What connection tracking remembers of a request and undoes on its answer: per namespace, on both headers, in the tuples that
// the lab's `conntrack -L` printed (part H of the networking facts).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noConntrack, remember, restoreDestination, restoreSource } from '../../src/dataplane/conntrack';
import { answerTo, packetText, type Packet } from '../../src/dataplane/packet';
import { parseIp } from '../../src/model/address';

/** `10.244.1.2:37184 > 10.96.0.10:80` */
function packet(text: string, ttl = 64): Packet {
  const ends = text.split(' > ').map((end) => {
    const [, address = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(end) ?? [];
    const ip = parseIp(address);
    assert(ip, text);
    return { ip, port: Number(port) };
  });
  const [from, to] = ends;
  assert(from && to, text);
  return {
    source: from.ip,
    sourcePort: from.port,
    destination: to.ip,
    destinationPort: to.port,
    protocol: 'TCP',
    ttl,
  };
}

const shown = (of: Packet): string => packetText(of).replace(/ TCP.*/, '');

interface Case {
  readonly fact: string;
  /** The request as it came into the namespace, and as it left. */
  readonly came: string;
  readonly left: string;
  /** The answer as it comes in, after its destination is restored, and as it leaves. */
  readonly answer: string;
  readonly inside: string;
  readonly out: string;
}

const cases: readonly Case[] = [
  {
    fact: 'a ClusterIP: the answer of the endpoint leaves as that of the Service',
    came: '10.244.1.2:37184 > 10.96.0.10:80',
    left: '10.244.1.2:37184 > 10.244.2.2:8080',
    answer: '10.244.2.2:8080 > 10.244.1.2:37184',
    inside: '10.244.2.2:8080 > 10.244.1.2:37184',
    out: '10.96.0.10:80 > 10.244.1.2:37184',
  },
  {
    fact: 'a hairpin: both ends were rewritten, and both are restored',
    came: '10.244.2.2:37184 > 10.96.0.10:80',
    left: '10.244.2.1:42149 > 10.244.2.2:8080',
    answer: '10.244.2.2:8080 > 10.244.2.1:42149',
    inside: '10.244.2.2:8080 > 10.244.2.2:37184',
    out: '10.96.0.10:80 > 10.244.2.2:37184',
  },
  {
    fact: 'masquerading: the answer finds the client behind the node',
    came: '10.244.1.2:37184 > 203.0.113.10:443',
    left: '172.30.0.11:1024 > 203.0.113.10:443',
    answer: '203.0.113.10:443 > 172.30.0.11:1024',
    inside: '203.0.113.10:443 > 10.244.1.2:37184',
    out: '203.0.113.10:443 > 10.244.1.2:37184',
  },
  {
    fact: 'IPv6 likewise',
    came: '[fd00:1::2]:37184 > [fd00:96::a]:80',
    left: '[fd00:1::2]:37184 > [fd00:2::2]:8080',
    answer: '[fd00:2::2]:8080 > [fd00:1::2]:37184',
    inside: '[fd00:2::2]:8080 > [fd00:1::2]:37184',
    out: '[fd00:96::a]:80 > [fd00:1::2]:37184',
  },
  {
    fact: 'nothing was rewritten: nothing is restored',
    came: '10.244.1.2:37184 > 10.244.2.2:8080',
    left: '10.244.1.2:37184 > 10.244.2.2:8080',
    answer: '10.244.2.2:8080 > 10.244.1.2:37184',
    inside: '10.244.2.2:8080 > 10.244.1.2:37184',
    out: '10.244.2.2:8080 > 10.244.1.2:37184',
  },
];

describe('an answer', () => {
  for (const { fact, came, left, answer, inside, out } of cases) {
    test(fact, () => {
      const table = remember(noConntrack, 'node n1', packet(came), packet(left, 63));
      const entered = packet(answer, 62);
      const restored = restoreDestination(table, 'node n1', entered);
      assert.equal(shown(restored), inside);
      const leaving = restoreSource(table, 'node n1', entered, restored);
      assert.equal(shown(leaving), out);
      assert.equal(leaving.ttl, 62, 'the TTL is that of the answer');
      assert.equal(shown(answerTo(packet(came))), out, 'the client sees the answer to what it sent');
    });
  }

  const table = remember(
    noConntrack,
    'node n1',
    packet('10.244.1.2:1 > 10.96.0.10:80'),
    packet('10.244.1.2:1 > 10.244.2.2:8080'),
  );
  const others: readonly (readonly [fact: string, namespace: string, answer: string])[] = [
    ['another node remembers nothing of it', 'node n2', '10.244.2.2:8080 > 10.244.1.2:1'],
    ['another endpoint is another connection', 'node n1', '10.244.2.3:8080 > 10.244.1.2:1'],
    ['another port of the client is another connection', 'node n1', '10.244.2.2:8080 > 10.244.1.2:2'],
    ['another port of the endpoint is another connection', 'node n1', '10.244.2.2:9090 > 10.244.1.2:1'],
    ['what goes the same way is no answer', 'node n1', '10.244.1.2:1 > 10.244.2.2:8080'],
  ];
  for (const [fact, namespace, text] of others) {
    test(`is left as it is: ${fact}`, () => {
      const answer = packet(text);
      assert.equal(restoreDestination(table, namespace, answer), answer);
      assert.equal(restoreSource(table, namespace, answer, answer), answer);
    });
  }
});

describe('remembering', () => {
  const before = packet('10.244.1.2:1 > 10.96.0.10:80');
  const after = packet('10.244.1.2:1 > 10.244.2.2:8080');
  test('leaves the table that it was given as it was', () => {
    const one = remember(noConntrack, 'node n1', before, after);
    remember(one, 'node n1', before, packet('10.244.1.2:1 > 10.244.2.3:8080'));
    assert.deepEqual([noConntrack.size, one.get('node n1')?.length], [0, 1]);
  });
  test('of a header that stayed the same costs nothing, whatever its TTL', () => {
    assert.equal(remember(noConntrack, 'node n1', before, { ...before, ttl: 63 }), noConntrack);
  });
  test('keeps what several visits to one namespace did', () => {
    const other = packet('10.244.1.2:1 > 10.244.2.3:8080');
    const table = remember(remember(noConntrack, 'node n1', before, after), 'node n1', before, other);
    for (const each of [after, other]) {
      const answer = answerTo(each);
      assert.equal(shown(restoreSource(table, 'node n1', answer, answer)), shown(answerTo(before)));
    }
  });
});
