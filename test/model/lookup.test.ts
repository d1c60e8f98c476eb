// Who has a name or an address in a cluster value.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseIp } from '../../src/model/address';
import { emptyCluster } from '../../src/model/cluster';
import { lookupOf } from '../../src/model/lookup';
import { clusterOf, load } from '../load/reading';

const text = `apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDRs: [10.244.1.0/24, "fd00:1::/64"]}
status: {addresses: [{type: InternalIP, address: 172.18.0.2}, {type: ExternalIP, address: 198.51.100.2}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
spec: {podCIDR: 10.244.1.128/25}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, ownerReferences: [{kind: Job, name: j, controller: true}]}
spec: {nodeName: n1, containers: []}
status: {phase: Running, podIPs: [{ip: 10.244.1.5}, {ip: "fd00:1::5"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: shop}
spec: {nodeName: n1, containers: []}
status: {phase: Succeeded, podIP: 10.244.1.9}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: kube-system}
spec: {nodeName: n1, hostNetwork: true, containers: []}
status: {phase: Running, podIP: 172.18.0.2}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, uid: "1"}
spec: {clusterIP: 10.96.0.20, externalIPs: [192.0.2.1], type: LoadBalancer, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 198.51.100.9}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/16}
`;
const cluster = clusterOf(text);
const lookup = lookupOf(cluster);

describe('who has an address', () => {
  const cases: readonly (readonly [address: string, owners: string])[] = [
    ['10.244.1.5', 'pod web'],
    ['fd00:1:0::5', 'pod web'],
    ['172.18.0.2', 'node n1'],
    ['198.51.100.2', 'node n1'],
    ['10.96.0.20', 'service web'],
    ['192.0.2.1', 'service web'],
    ['198.51.100.9', 'service web'],
    ['10.244.1.9', ''],
    ['10.244.1.6', ''],
  ];
  for (const [address, expected] of cases) {
    test(`${address}: ${expected === '' ? 'nobody' : expected}`, () => {
      const ip = parseIp(address);
      assert.ok(ip !== undefined);
      const owners = lookup.owners(ip).map((owner) => {
        if (owner.kind === 'pod') return `pod ${owner.pod.name}`;
        return owner.kind === 'node' ? `node ${owner.node.name}` : `service ${owner.service.name}`;
      });
      assert.equal(owners.join(), expected);
    });
  }
  test('two live pods with one address are both its owners', () => {
    const pod = (name: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {}\nstatus: {phase: Running, podIP: 10.0.0.1}\n`;
    const ip = parseIp('10.0.0.1');
    assert.ok(ip !== undefined);
    assert.equal(lookupOf(load([pod('a'), pod('b')].join('---\n')).cluster).owners(ip).length, 2);
  });
});

describe('in which range an address lies', () => {
  const cases: readonly (readonly [address: string, range: string])[] = [
    ['10.244.1.6', 'node-pod-cidr n1 10.244.1.0/24'],
    ['10.244.1.200', 'node-pod-cidr n2 10.244.1.128/25'],
    ['fd00:1::77', 'node-pod-cidr n1 fd00:1::/64'],
    ['10.244.9.1', 'pod-cidr 10.244.0.0/16'],
    ['10.96.9.1', 'service-cidr 10.96.0.0/16'],
    ['8.8.8.8', 'none'],
    ['fd00:2::1', 'none'],
  ];
  for (const [address, expected] of cases) {
    test(`${address}: ${expected}`, () => {
      const ip = parseIp(address);
      assert.ok(ip !== undefined);
      const range = lookup.rangeOf(ip);
      const node = range?.kind === 'node-pod-cidr' ? `${range.node.name} ` : '';
      assert.equal(range === undefined ? 'none' : `${range.kind} ${node}${range.cidr.value.text}`, expected);
    });
  }
});

test('objects are found by namespace and name, pods also by node, namespace and owner', () => {
  assert.equal(lookup.pod('shop/web')?.name, 'web');
  assert.equal(lookup.pod('default/web'), undefined);
  assert.equal(lookup.service('shop/web')?.name, 'web');
  assert.equal(lookup.node('n2')?.name, 'n2');
  assert.equal(lookup.namespace('shop')?.name, 'shop');
  assert.deepEqual(
    lookup.podsOn('n1').map((pod) => pod.name),
    ['host', 'done', 'web'],
  );
  assert.deepEqual(
    lookup.podsIn('shop').map((pod) => pod.name),
    ['done', 'web'],
  );
  assert.deepEqual(
    lookup.podsOf('Job', 'shop/j').map((pod) => pod.name),
    ['web'],
  );
  assert.deepEqual(
    lookup.slicesOf('shop/web').map((slice) => slice.name),
    ['web-1'],
  );
  assert.deepEqual([lookup.podsOn('n9'), lookup.slicesOf('shop/none')], [[], []]);
});

test('the lookup of a cluster value is built once', () => {
  assert.equal(lookupOf(cluster), lookup);
  assert.notEqual(lookupOf(emptyCluster), lookup);
});
