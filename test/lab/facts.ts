// Answers: which facts of the networking page must this kernel confirm? Table C1 (peer that the server sees, TTL at delivery),
// D1 and D3 (what is refused, what is dropped), C4 (host ports). Held against captures alone, whatever the trace says.
import type { Observation } from './observe';
import { shapes, type Mode, type Shape } from './profile';

/** `peer ttl` when the server answered, else the outcome. One text for all shapes and modes, or one for each. */
type Expected = string | Readonly<Record<Shape, string>> | Readonly<Record<Mode, string>>;

export interface Fact {
  readonly number: string;
  readonly flow: string;
  readonly expected: Expected;
}

export const facts: readonly Fact[] = [
  { number: 'F1', flow: 'lab/p1 -> 127.0.0.1:9090 TCP', expected: '127.0.0.1 64' },
  { number: 'F1b', flow: 'lab/p1 -> lab/p1:8080 TCP', expected: '10.244.1.2 64' },
  {
    number: 'F2',
    flow: 'lab/p1 -> lab/p2:8080 TCP',
    expected: {
      bridge: '10.244.1.2 64',
      ptp: '10.244.1.2 63',
      vxlan: '10.244.1.2 64',
      calico: '10.244.1.2 63',
    },
  },
  { number: 'F3', flow: 'lab/p1 -> lab/r:8080 TCP', expected: '10.244.1.2 62' },
  {
    number: 'F4',
    flow: 'node/n1 -> lab/p1:8080 TCP',
    expected: {
      bridge: '10.244.1.1 64',
      ptp: '10.244.1.1 64',
      vxlan: '10.244.1.1 64',
      calico: '172.30.0.11 64',
    },
  },
  {
    number: 'F5',
    flow: 'node/n1 -> lab/r:8080 TCP',
    expected: {
      bridge: '172.30.0.11 63',
      ptp: '172.30.0.11 63',
      vxlan: '10.244.1.0 63',
      calico: '172.30.0.11 63',
    },
  },
  { number: 'F6', flow: 'lab/p1 -> lab/agent1:9100 TCP', expected: '10.244.1.2 64' },
  { number: 'F7', flow: 'lab/p1 -> lab/agent2:9100 TCP', expected: '172.30.0.11 63' },
  { number: 'F8', flow: 'lab/p1 -> 203.0.113.10:80 TCP', expected: '172.30.0.11 62' },
  {
    number: 'F9',
    flow: 'outside -> node/n1:30080 TCP',
    expected: {
      bridge: '172.30.0.11 61',
      ptp: '172.30.0.11 61',
      vxlan: '10.244.1.0 61',
      calico: '172.30.0.11 61',
    },
  },
  {
    number: "F9'",
    flow: 'outside -> node/n2:30080 TCP',
    expected: {
      bridge: '10.244.2.1 62',
      ptp: '10.244.2.1 62',
      vxlan: '10.244.2.1 62',
      calico: '172.30.0.12 62',
    },
  },
  { number: 'F9b', flow: 'outside -> node/n2:30081 TCP', expected: '203.0.113.10 62' },
  { number: 'F9c', flow: 'outside -> node/n1:30081 TCP', expected: 'timeout' },
  { number: 'F9d', flow: 'lab/p1 -> node/n1:30081 TCP', expected: '10.244.1.2 62' },
  { number: 'F10', flow: 'lab/p1 -> svc/lab/svc:80 TCP', expected: '10.244.1.2 62' },
  {
    number: 'F10b',
    flow: 'node/n1 -> svc/lab/svc:80 TCP',
    expected: {
      bridge: '172.30.0.11 63',
      ptp: '172.30.0.11 63',
      vxlan: '10.244.1.0 63',
      calico: '172.30.0.11 63',
    },
  },
  {
    number: 'F10c',
    flow: 'lab/r -> svc/lab/svc:80 TCP',
    expected: {
      bridge: '10.244.2.1 64',
      ptp: '10.244.2.1 63',
      vxlan: '10.244.2.1 64',
      calico: '172.30.0.12 63',
    },
  },
  {
    number: 'F10d',
    flow: 'lab/r2 -> svc/lab/svc:80 TCP',
    expected: {
      bridge: '10.244.2.3 64',
      ptp: '10.244.2.3 63',
      vxlan: '10.244.2.3 64',
      calico: '10.244.2.3 63',
    },
  },
  { number: 'F11', flow: 'lab/p1 -> svc/lab/none:80 TCP', expected: 'ECONNREFUSED' },
  { number: 'F11b', flow: 'node/n1 -> svc/lab/none:80 TCP', expected: 'ECONNREFUSED' },
  { number: 'F12', flow: 'lab/p1 -> lab/r:8081 TCP', expected: 'ECONNREFUSED' },
  { number: 'F12b', flow: 'lab/p2 -> 10.244.1.2:9090 TCP', expected: 'ECONNREFUSED' },
  { number: 'F15', flow: 'lab/p1 -> 10.244.9.9:8080 TCP', expected: 'timeout' },
  {
    number: 'D1 wrong port',
    flow: 'lab/p1 -> 10.96.0.10:81 TCP',
    expected: { iptables: 'timeout', nftables: 'ECONNREFUSED' },
  },
  { number: 'D1 unallocated', flow: 'lab/p1 -> 10.96.7.7:80 TCP', expected: 'timeout' },
  { number: 'D3 internal Local', flow: 'lab/p1 -> svc/lab/internal-local:80 TCP', expected: 'timeout' },
  {
    number: 'D3 internal Local, node',
    flow: 'node/n1 -> svc/lab/internal-local:80 TCP',
    expected: 'timeout',
  },
  { number: 'D3 external, no endpoint', flow: 'outside -> node/n1:30082 TCP', expected: 'ECONNREFUSED' },
  { number: 'D3 source ranges', flow: 'outside -> 198.51.100.22:80 TCP', expected: 'timeout' },
  { number: 'C4 host port', flow: 'outside -> node/n1:18080 TCP', expected: '203.0.113.10 62' },
  { number: 'C4 host port, remote pod', flow: 'lab/r -> node/n1:18080 TCP', expected: '172.30.0.12 62' },
  { number: 'C4 host port, other node', flow: 'outside -> node/n2:18080 TCP', expected: 'ECONNREFUSED' },
];

/** @returns what the kernel did instead; undefined when it confirms the fact. */
export function contradiction(fact: Fact, shape: Shape, mode: Mode, seen: Observation): string | undefined {
  const expected = expectedFor(fact.expected, shape, mode);
  const actual = textOf(seen);
  return actual === expected
    ? undefined
    : `${fact.number}, ${fact.flow}: the facts say ${expected}, the kernel ${actual}`;
}

function expectedFor(expected: Expected, shape: Shape, mode: Mode): string {
  if (typeof expected === 'string') return expected;
  return isByShape(expected) ? expected[shape] : expected[mode];
}

function isByShape(expected: Exclude<Expected, string>): expected is Readonly<Record<Shape, string>> {
  return shapes.every((shape) => shape in expected);
}

/** Peer and TTL from the last device on the way, or the outcome. */
function textOf({ outcomes, answer, request }: Observation): string {
  const peer = / sees (\S+):/.exec(answer ?? '')?.[1];
  const ttl = / ttl (\d+)$/.exec(request.at(-1) ?? '')?.[1];
  return peer === undefined ? outcomes.join() : `${peer} ${ttl ?? '?'}`;
}
