// Where network plugins read policies differently (spec E3): address blocks against pods and nodes (E35), the way a packet is
// refused, and who knows the admin tiers. The trace and the connectivity list follow the plugin, chosen or detected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectivity } from '../../src/analysis/connectivity';
import { withChoice, type ProfileChoice } from '../../src/dataplane/choice';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { cluster as base, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const byBlock = policy('b/p', 'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 10.244.0.0/16 } }] }]');
const nodesByBlock = policy(
  'b/p',
  'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 172.30.0.0/24 } }] }]',
);
const deny = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: lock }
spec:
  priority: 5
  subject: { namespaces: {} }
  ingress: [{ action: Deny, from: [{ namespaces: {} }] }]
`;
const kubeRouter = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { namespace: kube-system, name: kube-router }
spec: { selector: { matchLabels: { app: kr } }, template: { metadata: { labels: { app: kr } }, spec: { hostNetwork: true, containers: [{ name: kube-router }] } } }
`;
const nodesMode = `
apiVersion: v1
kind: ConfigMap
metadata: { namespace: kube-system, name: cilium-config }
data: { policy-cidr-match-mode: nodes }
`;

function clusterOf(choice: ProfileChoice, ...texts: readonly string[]) {
  return withChoice(readManifests({ 'all.yaml': documents(base, ...texts) }).cluster, choice);
}

function traced(cluster: ReturnType<typeof clusterOf>, from: string, to: string): Trace {
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  assert(source && destination);
  return traceConnectivity(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol: 'TCP',
  });
}

function listed(cluster: ReturnType<typeof clusterOf>): boolean {
  return connectivity(cluster, { level: 'pod' }).connections.some(
    ({ source, destination }) => source === 'a/x[Pod]' && destination === 'b/z[Pod]',
  );
}

test('an address block selects pods for Calico and not for Cilium; trace and list agree (E35)', () => {
  const calico = clusterOf({ cni: 'calico' }, byBlock);
  assert.equal(traced(calico, 'a/x', 'b/z:80').result, 'Reachable');
  assert.equal(listed(calico), true);
  const cilium = clusterOf({ cni: 'cilium-native' }, byBlock);
  const trace = traced(cilium, 'a/x', 'b/z:80');
  assert.equal(trace.result, 'Unreachable');
  assert.match(JSON.stringify(trace), /Cilium does not match ipBlock 10\.244\.0\.0\/16 against pods/);
  assert.equal(listed(cilium), false);
});

test('where a block decides, the trace says that Cilium would read it otherwise', () => {
  const trace = traced(clusterOf({ cni: 'calico' }, byBlock), 'a/x', 'b/z:80');
  assert.match(JSON.stringify(trace), /Cilium does not match blocks against pods and nodes/);
});

test('Cilium matches nodes by blocks when policy-cidr-match-mode says so', () => {
  const off = traced(clusterOf({ cni: 'cilium-native' }, nodesByBlock), 'node/n1', 'b/z:80');
  assert.equal(off.result, 'Unreachable');
  const on = traced(clusterOf({ cni: 'cilium-native' }, nodesByBlock, nodesMode), 'node/n1', 'b/z:80');
  assert.equal(on.result, 'Reachable');
});

test('kube-router rejects what policies do not admit, where others drop it', () => {
  const dropped = traced(clusterOf({ cni: 'bridge' }, policy('b/p', 'podSelector: {}')), 'a/x', 'b/z:80');
  assert.deepEqual([dropped.final, dropped.verdict.symptom?.startsWith('timeout')], ['Drop', true]);
  const rejected = traced(
    clusterOf({ cni: 'bridge' }, policy('b/p', 'podSelector: {}'), kubeRouter),
    'a/x',
    'b/z:80',
  );
  assert.equal(rejected.result, 'Unreachable');
  assert.equal(rejected.final, 'Reject');
  assert.match(rejected.verdict.symptom ?? '', /refused/);
});

test('an admin policy decides, with a note where the plugin is not known to enforce it', () => {
  const calico = traced(clusterOf({ cni: 'calico' }, deny), 'a/x', 'b/z:80');
  assert.equal(calico.verdict.id, 'denied-admin');
  assert.equal(calico.verdict.words, 'Denied by AdminNetworkPolicy/lock rule 1 (ingress of b/z).');
  assert.doesNotMatch(JSON.stringify(calico), /is not known\./);
  const aws = traced(clusterOf({ cni: 'aws' }, deny), 'a/x', 'b/z:80');
  assert.match(JSON.stringify(aws), /enforces AdminNetworkPolicy is not known/);
});

test('a plugin that enforces nothing lets an admin Deny pass, and the list says so', () => {
  const flannel = clusterOf({ cni: 'flannel-vxlan' }, deny);
  assert.equal(traced(flannel, 'a/x', 'b/z:80').result, 'Reachable');
  assert.deepEqual(connectivity(flannel, { level: 'pod' }).problems, [
    'flannel does not enforce policies: the list says what they would permit.',
  ]);
});

test('the list names ties of priority and domain names, which it leaves out', () => {
  const other = deny.replace('name: lock', 'name: key').replace('Deny', 'Allow');
  const names = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: shops }
spec:
  priority: 6
  subject: { namespaces: {} }
  egress: [{ action: Allow, to: [{ domainNames: [example.org] }] }]
`;
  const list = connectivity(clusterOf({ cni: 'calico' }, deny, other, names), { level: 'pod' });
  assert.deepEqual(list.problems, [
    'AdminNetworkPolicy key, AdminNetworkPolicy lock have the same priority 5: where they decide differently, the list leaves connections out.',
    'AdminNetworkPolicy shops allows domain names, whose addresses are not known: the list leaves out what only they allow.',
  ]);
  assert.equal(list.connections.filter(({ destination }) => destination === 'b/z[Pod]').length > 1, false);
});
