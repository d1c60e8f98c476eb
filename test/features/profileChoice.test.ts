// What the quick pick of CNI profiles says: automatic first, with what was detected and why; then profiles by how well they are
// known; and the mode that is detected follows the profile that was picked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChoice } from '../../src/dataplane/choice';
import { profiles } from '../../src/dataplane/profiles/profiles';
import { cniItems, kubeProxyItems } from '../../src/features/profileChoice';
import { clusterOf } from '../load/reading';
import { shop } from './shopCluster';

const kind = clusterOf({
  'k8s/kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  kubeProxyMode: ipvs\n',
});

test('automatic stands first and says what was detected, why and where', () => {
  const [first, ...others] = cniItems(kind);
  assert.deepEqual(first, {
    value: 'auto',
    label: 'Automatic',
    description: 'now kindnet (point-to-point veths)',
    detail:
      'Detected at kind.yaml:4: the kind configuration of cluster kind keeps the default CNI of kind, which is kindnet',
    chosen: true,
  });
  assert.deepEqual(
    others.map(({ value }) => value),
    profiles.map(({ id }) => id),
  );
});

test('an assumption is called one', () => {
  assert.equal(cniItems(shop)[0]?.detail, 'Assumed: nothing in the input names a CNI plugin');
});

test('each profile says how well it is known', () => {
  const detail = (value: string): string | undefined =>
    cniItems(shop).find((item) => item.value === value)?.detail;
  assert.equal(detail('kindnet'), 'Held against a Linux kernel');
  assert.equal(detail('aws'), 'From documentation and code: TTL and devices are inferred');
});

test('what the user chose is marked, and automatic still says what would be detected', () => {
  const items = cniItems(withChoice(kind, { cni: 'calico' }));
  assert.deepEqual(
    items.filter(({ chosen }) => chosen).map(({ value }) => value),
    ['calico'],
  );
  assert.equal(items[0]?.description, 'now kindnet (point-to-point veths)');
});

test('the mode that is detected follows the profile that was picked', () => {
  assert.deepEqual(
    [kubeProxyItems(kind, undefined)[0]?.description, kubeProxyItems(kind, undefined)[0]?.detail],
    [
      'now kube-proxy with IPVS',
      'Detected at kind.yaml:4: the kind configuration of cluster kind has kubeProxyMode: ipvs',
    ],
  );
  assert.equal(kubeProxyItems(shop, undefined)[0]?.description, 'now kube-proxy with iptables');
  assert.equal(kubeProxyItems(shop, 'cilium-native')[0]?.description, 'now no kube-proxy');
  const chosen = kubeProxyItems(withChoice(shop, { kubeProxy: 'nftables' }), undefined);
  assert.deepEqual(
    chosen.filter((item) => item.chosen).map(({ value }) => value),
    ['nftables'],
  );
});
