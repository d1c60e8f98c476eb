// Which addresses simulated pods get: host-local's rules on the node's range, and never one that is in use.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contains } from '../../src/model/address';
import { declared, observed } from '../../src/model/source';
import { ip, node, pod, range, runningPod, simulated, workload } from './objects';

test('a pod has an address of its own node, with the reason', () => {
  const { cluster } = simulated({ workloads: [workload('Deployment', 'shop/web', 40)] });
  for (const { node: bound, addresses } of cluster.pods) {
    const [podCidr] = cluster.nodes.find((candidate) => candidate.name === bound?.value)?.podCidrs ?? [];
    assert.ok(podCidr && addresses[0] && contains(podCidr.value, addresses[0].value));
    assert.equal(addresses[0].provenance, 'simulated');
    assert.match(addresses[0].why ?? '', /hash/);
  }
});

test('a full /24 hands out .2 to .254, each once; the next pod gets none', () => {
  const { cluster } = simulated({ workloads: [workload('Deployment', 'shop/web', 254)] }, { workers: 1 });
  const last = (text: string): number => Number(text.slice(text.lastIndexOf('.') + 1));
  const given = cluster.pods.flatMap((one) => one.addresses.map((address) => last(address.value.text)));
  assert.deepEqual(
    given.sort((a, b) => a - b),
    Array.from({ length: 253 }, (_, index) => index + 2),
  );
  const without = cluster.pods.filter((one) => one.addresses.length === 0);
  assert.deepEqual(
    without.map((one) => [one.phase.value, one.ready.value]),
    [['Pending', false]],
  );
});

const sizes: readonly (readonly [cidr: string, addresses: number])[] = [
  ['10.1.0.0/29', 5],
  ['10.1.0.0/30', 1],
  ['10.1.0.0/31', 0],
  ['10.1.0.0/32', 0],
];
for (const [text, addresses] of sizes) {
  test(`a pod CIDR of ${text} has room for ${addresses} pods`, () => {
    const { cluster } = simulated({
      nodes: [node('only', { podCidrs: [declared(range(text))] })],
      workloads: [workload('Deployment', 'shop/web', 8)],
    });
    assert.equal(cluster.pods.filter((one) => one.addresses.length > 0).length, addresses);
  });
}

test('addresses that are observed, or belong to a node, are not handed out again', () => {
  const taken = Array.from({ length: 252 }, (_, index) => index + 2).filter((last) => last !== 77);
  const { ipsOf } = simulated({
    nodes: [
      node('only', {
        podCidrs: [declared(range('10.244.0.0/24'))],
        addresses: [observed(ip('10.244.0.254'))],
      }),
    ],
    pods: [...taken.map((last) => runningPod(`a/x${last}`, 'only', `10.244.0.${last}`)), pod('a/new')],
  });
  assert.deepEqual(ipsOf('a/new'), ['10.244.0.77']);
});

test('dual stack pods have one address of each family, in the order of the cluster', () => {
  for (const [families, pattern] of [
    [[4, 6], /^10\.244\.\d\.\d+,fd00:10:244:\d::[0-9a-f]+$/],
    [[6, 4], /^fd00:10:244:\d::[0-9a-f]+,10\.244\.\d\.\d+$/],
    [[6], /^fd00:10:244:\d::[0-9a-f]+$/],
  ] as const) {
    const { ipsOf } = simulated({ pods: [pod('a/x')] }, { families });
    assert.match(ipsOf('a/x').join(), pattern);
  }
});

test('a pod on hostNetwork has the addresses of its node', () => {
  const { ipsOf, pod: podNamed } = simulated({
    pods: [pod('a/x', { hostNetwork: true, nodeName: declared('worker-2') })],
  });
  assert.deepEqual(ipsOf('a/x'), ['172.18.0.4']);
  assert.equal(podNamed('a/x').addresses[0]?.provenance, 'inferred');
  assert.deepEqual(
    podNamed('a/x').hostAddresses.map((address) => address.value.text),
    ['172.18.0.4'],
  );
});

test('an observed pod that is pending or finished is given nothing', () => {
  const pending = pod('a/x', {}, { provenance: 'observed', phase: observed('Pending') });
  const done = pod('a/y', {}, { provenance: 'observed', phase: observed('Succeeded') });
  const { pod: podNamed } = simulated({ pods: [pending, done] });
  assert.deepEqual([podNamed('a/x'), podNamed('a/y')], [pending, done]);
});

test('an address that a status states is kept even if the status says nothing else', () => {
  const stated = pod('a/x', {}, { addresses: [observed(ip('10.244.1.9'))] });
  const { ipsOf, pod: podNamed } = simulated({ pods: [stated] });
  assert.deepEqual(ipsOf('a/x'), ['10.244.1.9']);
  assert.equal(podNamed('a/x').addresses[0]?.provenance, 'observed');
});
