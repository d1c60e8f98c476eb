// Part D5 of the networking facts: which object a name means, by the search list of the pod that asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { resolveName } from '../../src/trace/dnsNames';
import { pod, service, twoNodes } from './twoNodes';

const db0 = pod('db-0', 'n1', ['10.244.1.20'], {
  owner: { kind: 'StatefulSet', namespace: 'lab', name: 'db' },
});
const cluster: Cluster = {
  ...twoNodes,
  pods: [...twoNodes.pods, db0],
  services: [
    ...twoNodes.services,
    service('db', 'None'),
    { ...service('svc', '10.96.0.77'), namespace: 'other' },
  ],
};

const names: readonly (readonly [name: string, namespace: string | undefined, answer: string])[] = [
  ['svc', 'lab', 'service lab/svc'],
  ['svc', 'other', 'service other/svc'],
  ['svc.other', 'lab', 'service other/svc'],
  ['svc.other.svc', 'lab', 'service other/svc'],
  ['svc.other.svc.cluster.local', 'lab', 'service other/svc'],
  ['svc.other.svc.cluster.local.', 'lab', 'service other/svc'],
  ['svc', 'third', 'no-such-name'],
  ['svc', undefined, 'no-such-name'],
  ['svc.lab.svc.cluster.local', undefined, 'service lab/svc'],
  ['db-0.db', 'lab', 'pod lab/db-0'],
  ['db-0.svc', 'lab', 'no-such-name'],
  ['10-244-1-2.lab.pod', 'lab', 'address 10.244.1.2'],
  ['example.com', 'lab', 'outside'],
];

for (const [name, namespace, answer] of names) {
  test(`${name} asked from ${namespace ?? 'a node'} is ${answer}`, () => {
    const resolved = resolveName(cluster, name, namespace);
    const text = resolved.kind === 'end' ? `${resolved.end.kind} ${describe(resolved.end)}` : resolved.kind;
    assert.equal(text, answer);
  });
}

function describe(
  end: { readonly kind: string } & Partial<Record<'namespace' | 'name' | 'address', string>>,
): string {
  return end.address ?? `${end.namespace ?? ''}/${end.name ?? ''}`;
}
