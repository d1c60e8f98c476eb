// Nodes and ranges from cluster configurations and from what a cluster keeps of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import { checkProblems, clusterOf } from './reading';

function nodeNames(cluster: Cluster): readonly string[] {
  return cluster.nodes.map((node) => node.name);
}

function ranges(facts: Cluster['network']['podCidrs']): readonly string[] {
  return facts.map((fact) => `${fact.value.text} ${fact.provenance}`);
}

const kind = (rest: string): string => `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${rest}`;

describe('kind', () => {
  test('names nodes after the cluster and their role; the first has no number', () => {
    const nodes =
      'name: dev\nnodes: [{role: control-plane}, {role: worker}, {role: control-plane}, {role: worker, labels: {zone: a}}]';
    const cluster = clusterOf(kind(nodes));
    assert.deepEqual(nodeNames(cluster), [
      'dev-control-plane',
      'dev-control-plane2',
      'dev-worker',
      'dev-worker2',
    ]);
    assert.deepEqual(
      cluster.nodes.map((node) => node.taints.map((taint) => `${taint.key}:${taint.effect}`).join()),
      [
        'node-role.kubernetes.io/control-plane:NoSchedule',
        'node-role.kubernetes.io/control-plane:NoSchedule',
        '',
        '',
      ],
    );
    assert.equal(cluster.nodes[3]?.labels['zone'], 'a');
    assert.deepEqual(
      cluster.nodes.map((node) => [node.provenance, node.addresses.length]),
      Array(4).fill(['declared', 0]),
    );
  });
  test('makes one node without a taint where none is listed', () => {
    const { nodes } = clusterOf(kind(''));
    assert.deepEqual(
      nodes.map((node) => [node.name, node.taints]),
      [['kind-control-plane', []]],
    );
  });
  test('has its own default ranges, by family', () => {
    assert.deepEqual(ranges(clusterOf(kind('')).network.podCidrs), ['10.244.0.0/16 inferred']);
    const dual = clusterOf(kind('networking: {ipFamily: dual}')).network;
    assert.deepEqual(ranges(dual.podCidrs), ['10.244.0.0/16 inferred', 'fd00:10:244::/56 inferred']);
    assert.deepEqual(ranges(dual.serviceCidrs), ['10.96.0.0/16 inferred', 'fd00:10:96::/112 inferred']);
    assert.deepEqual(ranges(clusterOf(kind('networking: {ipFamily: ipv6}')).network.podCidrs), [
      'fd00:10:244::/56 inferred',
    ]);
  });
  test('takes the ranges written', () => {
    const { network } = clusterOf(
      kind('networking: {podSubnet: "10.1.0.0/16,fd00:1::/56", serviceSubnet: 10.2.0.0/16}'),
    );
    assert.deepEqual(ranges(network.podCidrs), ['10.1.0.0/16 declared', 'fd00:1::/56 declared']);
    assert.deepEqual(ranges(network.serviceCidrs), ['10.2.0.0/16 declared']);
  });
  test('with a bad range is an error', () => {
    checkProblems(kind('networking: {podSubnet: 10.1.0.0}'), [
      'error object.invalid a.yaml:3 networking.podSubnet: Invalid value: "10.1.0.0": must be a valid CIDR value, ' +
        '(e.g. 10.9.8.0/24 or 2001:db8::/64). This Cluster is left out, as its tool would reject it.',
    ]);
  });
});

describe('k3d', () => {
  const k3d = (rest: string): string =>
    `apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\n${rest}`;
  test('numbers servers and agents from 0, without taints, with the ranges of k3s', () => {
    const cluster = clusterOf(k3d('servers: 1\nagents: 2\n'));
    assert.deepEqual(nodeNames(cluster), ['k3d-dev-agent-0', 'k3d-dev-agent-1', 'k3d-dev-server-0']);
    assert.deepEqual(ranges(cluster.network.podCidrs), ['10.42.0.0/16 inferred']);
    assert.deepEqual(ranges(cluster.network.serviceCidrs), ['10.43.0.0/16 inferred']);
    assert.ok(cluster.nodes.every((node) => node.taints.length === 0));
  });
  test('takes the ranges of its arguments', () => {
    const { network } = clusterOf(
      k3d('options: {k3s: {extraArgs: [{arg: --cluster-cidr=10.1.0.0/16, nodeFilters: ["server:*"]}]}}\n'),
    );
    assert.deepEqual(ranges(network.podCidrs), ['10.1.0.0/16 declared']);
  });
});

const kubeadm =
  'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.5.0.0/16, dnsDomain: example.local}\n';

test('kubeadm tells ranges and the DNS domain; its default service range is 10.96.0.0/12', () => {
  const { network, nodes } = clusterOf(kubeadm);
  assert.deepEqual(ranges(network.podCidrs), ['10.5.0.0/16 declared']);
  assert.deepEqual(ranges(network.serviceCidrs), ['10.96.0.0/12 inferred']);
  assert.equal(network.dnsDomain.value, 'example.local');
  assert.deepEqual(nodes, []);
});

test('of two configurations the first counts, and the other is told', () => {
  const files = { 'a.yaml': kind('name: one\n'), 'b.yaml': kind('name: two\n') };
  checkProblems(files, [
    'information cluster.configuration b.yaml:1 This kind configuration is not used: the one at a.yaml:1 already describes the cluster.',
  ]);
});

test('nodes of a configuration give way to Node objects', () => {
  const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: real}\n';
  assert.deepEqual(nodeNames(clusterOf({ 'a.yaml': kind(''), 'b.yaml': node })), ['real']);
});

describe('what a running cluster keeps', () => {
  const proxy = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system, uid: "1"}
data:
  config.conf: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    clusterCIDR: 10.7.0.0/16,fd00:7::/56
`;
  const stored = `apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: |
    networking:
      podSubnet: 10.8.0.0/16
      serviceSubnet: 10.90.0.0/16
`;
  const manager = `apiVersion: v1
kind: Pod
metadata: {name: m, namespace: kube-system, labels: {component: kube-controller-manager}}
spec: {containers: [{name: m, command: [kube-controller-manager, --cluster-cidr=10.9.0.0/16, --service-cluster-ip-range=10.91.0.0/16]}]}
`;
  const serviceCidr =
    'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: kubernetes, uid: "1"}\nspec: {cidrs: [10.92.0.0/16]}\n';
  test('the range of kube-proxy comes before that of kubeadm, arguments and configurations', () => {
    const all = { 'a.yaml': kubeadm, 'b.yaml': manager, 'c.yaml': stored, 'd.yaml': proxy };
    assert.deepEqual(ranges(clusterOf(all).network.podCidrs), [
      '10.7.0.0/16 observed',
      'fd00:7::/56 observed',
    ]);
    assert.deepEqual(
      ranges(clusterOf({ 'a.yaml': kubeadm, 'b.yaml': manager, 'c.yaml': stored }).network.podCidrs),
      ['10.8.0.0/16 declared'],
    );
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': kubeadm, 'b.yaml': manager }).network.podCidrs), [
      '10.9.0.0/16 declared',
    ]);
  });
  test('a ServiceCIDR comes before every other word on the service range', () => {
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': stored, 'b.yaml': serviceCidr }).network.serviceCidrs), [
      '10.92.0.0/16 observed',
    ]);
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': stored }).network.serviceCidrs), ['10.90.0.0/16 declared']);
  });
  test('a value in a block of a ConfigMap has its own line; in a quoted text it has that of the text', () => {
    assert.equal(clusterOf(proxy).network.podCidrs[0]?.at?.line, 6);
    const json = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': '# first\nclusterCIDR: 10.7.0.0/16\n' },
    });
    const [range] = clusterOf({ 'a.json': json }).network.podCidrs;
    assert.deepEqual([range?.value.text, range?.at?.line], ['10.7.0.0/16', 0]);
  });
  test("the plugin's own range comes after kubeadm's and before arguments", () => {
    const flannel = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-flannel-cfg, namespace: kube-flannel}
data:
  net-conf.json: '{"Network": "10.6.0.0/16", "IPv6Network": "fd00:6::/56", "Backend": {"Type": "vxlan"}}'
`;
    const pool = (name: string, cidr: string): string =>
      `apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: ${name}}\nspec: {cidr: "${cidr}"}\n`;
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': manager, 'b.yaml': flannel }).network.podCidrs), [
      '10.6.0.0/16 declared',
      'fd00:6::/56 declared',
    ]);
    const pools = `${pool('four', '192.168.0.0/16')}---\n${pool('six', 'fd00:168::/48')}`;
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': manager, 'b.yaml': pools }).network.podCidrs), [
      '192.168.0.0/16 declared',
      'fd00:168::/48 declared',
    ]);
    assert.deepEqual(ranges(clusterOf({ 'a.yaml': stored, 'b.yaml': flannel }).network.podCidrs), [
      '10.8.0.0/16 declared',
    ]);
  });
});
