// What the host lets in from the page: parameters of requests, picks that an earlier page kept, and the text of a port.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsRequest, isPicks } from '../../src/protocol/guards';
import { parsePort, portText } from '../../src/protocol/portText';

const location = { file: 'a.yaml', document: 0, line: 3, character: 0, endLine: 3, endCharacter: 9 };
const pod = { kind: 'pod', namespace: 'shop', name: 'web' };
const picks = {
  from: pod,
  to: { kind: 'service', namespace: 'shop', name: 'db' },
  port: 80,
  protocol: 'TCP',
  way: 0,
};

test('requests with the parameters they take are accepted', () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['ready', [null]],
    ['ready', [picks]],
    ['swap', []],
    ['setPort', ['']],
    ['setProtocol', ['SCTP']],
    ['setProtocol', ['ICMP']],
    ['setFamily', ['any']],
    ['chooseWay', [0]],
    ['compare', [true]],
    ['setProfile', [null]],
    ['setProfile', [{ cni: 'kindnet', kubeProxy: 'iptables' }]],
    ['reveal', [location]],
    ['copy', ['mermaid']],
    ['copy', ['svg']],
  ];
  for (const [method, params] of cases) assert.equal(acceptsRequest(method, params), true, method);
});

test('requests with anything else are refused', () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['ready', []],
    ['ready', [{ protocol: 'TCP' }]],
    ['swap', [1]],
    ['setPort', [80]],
    ['setProtocol', ['IGMP']],
    ['setFamily', [4]],
    ['chooseWay', [-1]],
    ['compare', ['yes']],
    ['setProfile', [{ cni: 'kindnet' }]],
    ['chooseWay', [0.5]],
    ['reveal', [{ ...location, line: 'x' }]],
    ['reveal', [{ ...location, file: undefined }]],
    ['copy', ['html']],
    ['toString', []],
    ['__proto__', []],
  ];
  for (const [method, params] of cases) assert.equal(acceptsRequest(method, params), false, method);
});

test('every kind of end can be kept', () => {
  const ends = [
    pod,
    { ...pod, container: 'app' },
    { kind: 'workload', workload: 'Deployment', namespace: 'shop', name: 'web' },
    { kind: 'node', name: 'worker-1' },
    { kind: 'address', address: '10.0.0.1' },
    { kind: 'name', name: 'db.shop' },
  ];
  for (const from of ends) assert.equal(isPicks({ ...picks, from }), true, JSON.stringify(from));
  for (const from of [
    null,
    'shop/web',
    { kind: 'pod', name: 'web' },
    { kind: 'workload', workload: 'Pod', namespace: 'a', name: 'b' },
    { kind: 'moon' },
  ])
    assert.equal(isPicks({ ...picks, from }), false, JSON.stringify(from));
});

test('a port is a number from 1 to 65535, a name, or nothing', () => {
  const good = [
    ['', undefined],
    ['  ', undefined],
    ['80', 80],
    [' 65535 ', 65535],
    ['http', 'http'],
    ['HTTP', 'http'],
    ['grpc-web', 'grpc-web'],
  ] as const;
  for (const [text, port] of good) assert.deepEqual(parsePort(text), { kind: 'port', port });
  for (const text of ['0', '65536', '-1', '8 0', 'a--very-long-port-name', 'http!', '-a'])
    assert.equal(parsePort(text).kind, 'invalid', text);
  assert.equal(portText(undefined), '');
  assert.equal(portText(80), '80');
});
