// The sample cluster that ships with the extension: every lesson that a comment in media/sample promises is true of what
// the loader and the simulation make of it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsFor } from '../src/dataplane/detect';
import { createStore } from '../src/load/store';
import { keyOf } from '../src/model/objects';
import type { Pod } from '../src/model/pod';
import { portRivals } from '../src/model/portConflict';
import { sandboxOf } from '../src/model/sandbox';
import { defaultSettings } from '../src/simulate/settings';
import { simulate } from '../src/simulate/simulate';
import { parseEnd } from '../src/trace/endText';
import { traceConnectivity } from '../src/trace/traceConnectivity';
import type { Trace } from '../src/trace/trace';

const folder = join('media', 'sample');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const loaded = createStore().apply(
  files.map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })),
);
const { cluster, problems } = simulate(loaded.cluster, defaultSettings);

function pod(name: string): Pod {
  const found = cluster.pods.find((candidate) => keyOf(candidate) === name);
  assert.ok(found, `no pod ${name}`);
  return found;
}

function addressesOf(name: string): readonly string[] {
  return pod(name).addresses.map((address) => address.value.text);
}

/** `trace('shop/basket-0 -> svc/payments/gateway:443')` */
function trace(text: string): Trace {
  const [fromText = '', toText = ''] = text.split(' -> ');
  const from = parseEnd(fromText);
  const to = parseEnd(toText);
  assert.ok(from && to, text);
  return traceConnectivity(cluster, { from: from.end, to: to.end, port: to.port, protocol: 'TCP' });
}

function deniedBy(result: Trace): readonly string[] {
  return result.hops
    .flatMap((hop) => hop.steps)
    .filter((step) => step.causesDrop)
    .flatMap((step) => (step.kind === 'policy' ? step.ruling.isolating.map((policy) => policy.name) : []));
}

test('the sample reads without a problem', () => {
  assert.ok(files.length >= 6 && files.length <= 9);
  assert.deepEqual([...loaded.problems, ...problems], []);
});

test('every lesson is announced by a comment, in every file but the backdrop', () => {
  const without = files.filter((name) => !readFileSync(join(folder, name), 'utf8').includes('# Lesson: '));
  assert.deepEqual(without.sort(), ['namespaces.yaml', 'payments.yaml']);
});

test('the kind configuration gives three nodes, each with a /24 of the pod network it declares', () => {
  assert.deepEqual(
    cluster.nodes.map((node) => [
      node.name,
      node.podCidrs.map((range) => range.value.text).join(),
      node.taints.length,
    ]),
    [
      ['teahouse-control-plane', '10.244.0.0/24', 1],
      ['teahouse-worker', '10.244.1.0/24', 0],
      ['teahouse-worker2', '10.244.2.0/24', 0],
    ],
  );
  assert.equal(cluster.network.podCidrs[0]?.provenance, 'declared');
});

test('the kind configuration keeps kindnet: every pod has a veth of its own, to which its node routes', () => {
  const { cni, kubeProxy } = settingsFor(cluster);
  assert.deepEqual([cni.value.id, cni.how, kubeProxy.value], ['kindnet', 'detected', 'iptables']);
  assert.equal(cni.evidence[0]?.at?.file, 'kind-cluster.yaml');
  const devices = trace('shop/basket-0 -> svc/shop/storefront:80').hops.map(({ device }) => device);
  assert.ok(!devices.includes('cni0'), devices.join());
});

test('every pod but the unscheduled one has exactly one address', () => {
  assert.deepEqual(
    cluster.pods.filter((each) => each.addresses.length !== 1).map((each) => keyOf(each)),
    ['shop/recommendations-0'],
  );
});

test('two storefront pods talk without translation: the receiver sees the address of the sender', () => {
  const result = trace('shop/storefront-0 -> shop/storefront-1:8080');
  assert.equal(result.result, 'Reachable');
  const last = result.hops.at(-1)?.steps.at(-1);
  assert.deepEqual([last?.after.source.text], addressesOf('shop/storefront-0'));
});

test('the named targetPort of the storefront resolves to 8080 on both pods', () => {
  const slices = cluster.slices.filter((slice) => slice.service === 'shop/storefront');
  assert.deepEqual(
    slices.map((slice) => [slice.ports.map((port) => port.port), slice.endpoints.length]),
    [[[8080], 2]],
  );
});

test('the catalogue database is headless, and its nodeSelector fits one worker only', () => {
  const service = cluster.services.find((each) => keyOf(each) === 'shop/catalogue-db');
  assert.deepEqual([service?.headless, service?.clusterIps], [true, []]);
  assert.deepEqual(
    ['shop/catalogue-db-0', 'shop/catalogue-db-1'].map((name) => pod(name).node?.value),
    ['teahouse-worker2', 'teahouse-worker2'],
  );
});

test('the default-deny policy stops the storefront at the gateway', () => {
  const result = trace('shop/storefront-0 -> svc/payments/gateway:443');
  assert.equal(result.result, 'Unreachable');
  assert.deepEqual(deniedBy(result), ['default-deny', 'gateway-from-shop']);
});

const reachable: readonly (readonly [query: string, reachable: boolean])[] = [
  ['shop/basket-0 -> svc/payments/gateway:443', true],
  ['payments/gateway-0 -> svc/payments/ledger:9000', true],
  ['shop/basket-0 -> svc/payments/ledger:9000', false],
  ['shop/storefront-0 -> svc/shop/basket:80', true],
  ['shop/storefront-0 -> svc/shop/catalogue-db:5432', true],
];
for (const [query, expected] of reachable) {
  test(`${query} is ${expected ? 'let through' : 'stopped'} by the policies`, () => {
    assert.equal(trace(query).result, expected ? 'Reachable' : 'Unreachable');
  });
}

test('a node agent runs on every node, with the address of the node', () => {
  for (const node of cluster.nodes) {
    assert.deepEqual(
      addressesOf(`monitoring/node-agent-${node.name}`),
      node.addresses.map((address) => address.value.text),
    );
  }
});

test('only the collector shares one PID namespace, whose PID 1 is the pause container', () => {
  const shared = cluster.pods.filter((each) => sandboxOf(each.spec).pauseReaps).map((each) => keyOf(each));
  assert.deepEqual(shared, ['monitoring/collector']);
});

test('only the twins have two containers that want one port', () => {
  const rivals = cluster.pods.flatMap((each) =>
    portRivals(each).map((rivalry) => `${keyOf(each)} ${rivalry.port}`),
  );
  assert.deepEqual(rivals, ['shop/twins 8080']);
  assert.equal(pod('shop/twins').spec.containers.length, 2);
});

test('no node takes the recommendations, and their Service refuses at once', () => {
  assert.equal(
    pod('shop/recommendations-0').unscheduled,
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.",
  );
  assert.equal(trace('shop/basket-0 -> svc/shop/recommendations:80').verdict.id, 'rejected-no-endpoints');
});
