// A part of the connectivity: whose connections, with whom, which way, on which port.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityTable, listOf, type ConnectivityLevel } from '../../src/analysis/connectivity';
import {
  connectionsIn,
  focusOn,
  readPortFocus,
  type FocusRequest,
} from '../../src/analysis/connectivityFocus';
import { allowedText } from '../../src/features/connectivityText';
import { readManifests } from '../support/manifests';

const shop = `
{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, name: db}, spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: other, name: web}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 10.9.0.0/16}}]
      ports: [{port: 5432, endPort: 5440}, {protocol: UDP, port: 5432}]
`;
const { cluster } = readManifests({ 'shop.yaml': shop });

function asked(request: FocusRequest, level: ConnectivityLevel = 'workload'): readonly string[] | string {
  const table = connectivityTable(cluster, { level });
  const focus = focusOn(cluster, table, request);
  if (typeof focus === 'string') return focus;
  return [...connectionsIn(table, focus)].map(
    (each) => `${each.source} => ${each.destination}: ${allowedText(each)}`,
  );
}

const [web, db, stranger] = ['shop/web[Deployment]', 'shop/db[Deployment]', 'other/web[Pod]'];

describe('a part of the connectivity', () => {
  test('without a focus it is the list, in the same order', () => {
    for (const level of ['workload', 'pod'] as const) {
      const table = connectivityTable(cluster, { level });
      const focus = focusOn(cluster, table, {});
      assert.ok(typeof focus === 'object');
      assert.deepEqual([...connectionsIn(table, focus)], listOf(table).connections);
    }
  });

  test('the ingress of a workload is what others may send it, its egress what it may send', () => {
    assert.deepEqual(asked({ workload: 'db', direction: 'ingress' }), [
      `10.9.0.0-10.9.255.255 => ${db}: TCP 5432-5440; UDP 5432`,
      `${web} => ${db}: TCP 5432-5440; UDP 5432`,
    ]);
    assert.deepEqual(asked({ workload: 'shop/db', direction: 'egress', peer: 'other/web' }), [
      `${db} => ${stranger}: all ports`,
    ]);
  });

  test('without a direction both count, each pair once', () => {
    assert.deepEqual(asked({ workload: db, peer: web }), [
      `${db} => ${web}: all ports`,
      `${web} => ${db}: TCP 5432-5440; UDP 5432`,
    ]);
  });

  test('a peer alone is at either end, and its direction is that of everybody else', () => {
    assert.deepEqual(asked({ peer: db, direction: 'ingress', namespace: 'other' }), [
      `${db} => ${stranger}: all ports`,
    ]);
  });

  test('a name may be in several namespaces; a namespace narrows it', () => {
    const both = asked({ workload: 'web', peer: db, direction: 'ingress' });
    assert.deepEqual(both, [`${db} => ${stranger}: all ports`, `${db} => ${web}: all ports`]);
    assert.deepEqual(asked({ workload: 'web', namespace: 'shop', peer: db, direction: 'ingress' }), [
      `${db} => ${web}: all ports`,
    ]);
  });

  test('a port leaves only what is open there, of the protocol or of any', () => {
    const request = { workload: db, direction: 'ingress', peer: web } as const;
    assert.deepEqual(asked({ ...request, port: readPortFocus('5432') }), [
      `${web} => ${db}: TCP 5432; UDP 5432`,
    ]);
    assert.deepEqual(asked({ ...request, port: readPortFocus('udp/5432') }), [`${web} => ${db}: UDP 5432`]);
    assert.deepEqual(asked({ ...request, port: readPortFocus('5441') }), []);
  });

  test('an address is its pod, and outside the range that it lies in', () => {
    const pod = cluster.pods.find(({ namespace }) => namespace === 'other');
    const address = pod?.addresses[0]?.value.text ?? '';
    assert.deepEqual(asked({ workload: db, direction: 'egress', peer: address }), [
      `${db} => ${stranger}: all ports`,
    ]);
    assert.deepEqual(asked({ workload: db, direction: 'ingress', peer: '10.9.1.1' }), [
      `10.9.0.0-10.9.255.255 => ${db}: TCP 5432-5440; UDP 5432`,
    ]);
    assert.deepEqual(asked({ workload: db, direction: 'ingress', peer: '10.8.0.0/15' }), [
      `10.9.0.0-10.9.255.255 => ${db}: TCP 5432-5440; UDP 5432`,
    ]);
    assert.equal(asked({ workload: stranger, direction: 'egress', peer: 'outside' }).length, 3);
  });

  test('at pod level the name of a workload stands for its pods', () => {
    assert.equal(asked({ workload: 'shop/web', direction: 'egress', peer: 'shop/db' }, 'pod').length, 2);
  });

  test('a name that nobody has is said, not answered with nothing', () => {
    assert.match(String(asked({ workload: 'webb' })), /^No workload or pod is named "webb"/);
    assert.match(String(asked({ peer: 'webb' })), /^"webb" is no peer/);
    assert.match(String(asked({ namespace: 'shops' })), /^No workload of namespace "shops"/);
  });

  test('a port is a number with or without a protocol', () => {
    assert.deepEqual(readPortFocus('53/UDP'), { protocol: 'UDP', port: 53 });
    for (const wrong of ['0', '65536', 'http', 'tcp/5/udp', 'icmp/5', ''])
      assert.equal(readPortFocus(wrong), undefined);
  });
});
