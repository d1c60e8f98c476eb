// What is written on the buttons of source and destination, and which ports are offered for an end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { declaredPorts, endLabel } from '../../src/features/endLabel';
import { parseEnd } from '../../src/trace/endText';
import type { End } from '../../src/trace/query';
import { edge } from './edgeCluster';
import { town } from './town';

function end(text: string): End {
  const parsed = parseEnd(text);
  assert(parsed, text);
  return parsed.end;
}

describe('labels', () => {
  const cases: readonly (readonly [text: string, label: string, detail: string | undefined])[] = [
    ['shop/db-0', 'pod shop/db-0', '10.244.1.2, fd00:1::2 on n1'],
    ['shop/db-0/pg', 'container shop/db-0/pg', '10.244.1.2, fd00:1::2 on n1'],
    ['shop/starting', 'pod shop/starting', 'no address on n1'],
    ['shop/waiting', 'pod shop/waiting', 'no address not scheduled'],
    ['shop/nobody', 'pod shop/nobody', undefined],
    ['sts/shop/db', 'StatefulSet shop/db', '1 pod'],
    ['deploy/shop/idle', 'Deployment shop/idle', '0 pods'],
    ['svc/shop/db', 'Service shop/db', '10.96.0.20'],
    ['svc/shop/headless', 'Service shop/headless', 'headless'],
    ['svc/shop/alias', 'Service shop/alias', undefined],
    ['node/n1', 'node n1', '172.30.0.11, fd00:30::11'],
    ['node/none', 'node none', undefined],
    ['10.244.1.2', '10.244.1.2', 'pod shop/db-0'],
    ['203.0.113.99', '203.0.113.99', 'outside the cluster'],
    ['10.244.1.200', '10.244.1.200', 'in a range of the cluster, but nobody has it'],
    ['127.0.0.1', '127.0.0.1', 'loopback'],
    ['172.30.0.12', '172.30.0.12', 'node n2'],
    ['10.96.0.20', '10.96.0.20', 'Service shop/db'],
    ['db.shop', 'db.shop', 'DNS name'],
  ];
  for (const [text, label, detail] of cases) {
    test(`${text} is ${label}, ${detail ?? 'without more'}`, () => {
      assert.deepEqual(endLabel(town, end(text)), { text: label, detail });
    });
  }
});

describe('declared ports', () => {
  const cases: readonly (readonly [fact: string, text: string, ports: string])[] = [
    ['app, sidecar and no init container', 'shop/db-0', 'TCP 5432 pg, TCP 9187, TCP 6432 pg, UDP 53'],
    ['of one container', 'shop/db-0/proxy', 'TCP 6432 pg, UDP 53'],
    ['each once, though two containers want it', 'shop/twin', 'TCP 80'],
    ['of the pods of a workload', 'sts/shop/db', 'TCP 5432 pg, TCP 9187, TCP 6432 pg, UDP 53'],
    ['of a Service, with their names', 'svc/shop/db', 'TCP 80 main, UDP 53 dns'],
    [
      'of a node: of its hostNetwork pods, node ports of Services, host ports of its pods',
      'node/n1',
      'TCP 9100, TCP 31166 node port of Service shop/public, TCP 19187 host port of pod shop/db-0',
    ],
    ['a host port is of the node of its pod alone', 'node/n2', 'TCP 31166 node port of Service shop/public'],
    ['of the node that has the address', '172.30.0.12', 'TCP 31166 node port of Service shop/public'],
    ['of the pod that has the address', '10.244.1.2', 'TCP 5432 pg, TCP 9187, TCP 6432 pg, UDP 53'],
    ['of the Service that has the address', '10.96.0.20', 'TCP 80 main, UDP 53 dns'],
    ['of nobody', '203.0.113.99', ''],
    ['a short name has none before it is resolved', 'db.shop', ''],
    ['a full name has those of what it names', 'db.shop.svc.cluster.local', 'TCP 80 main, UDP 53 dns'],
    ['a pod that is not there has none', 'shop/nobody', ''],
  ];
  for (const [fact, text, ports] of cases) {
    test(`${text}: ${fact}`, () => {
      const found = declaredPorts(town, end(text)).map(({ protocol, port, name, of }) =>
        [protocol, port, name, of].filter((part) => part !== undefined).join(' '),
      );
      assert.equal(found.join(', '), ports);
    });
  }
});

test('a host of an Ingress is asked by HTTP or HTTPS', () => {
  const ports = declaredPorts(edge, end('shop.example.com')).map(({ port, name }) => `${port} ${name ?? ''}`);
  assert.deepEqual(ports, ['80 http', '443 https']);
});
