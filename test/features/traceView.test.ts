// What a surface shows of a trace: boxes of pods around one network namespace, headers with what changed, policies as
// shields, and the destination that was not reached.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceView } from '../../src/features/traceView';
import type { LaneView, LegView, TraceView } from '../../src/features/traceViewShape';
import { emptyCluster } from '../../src/model/cluster';
import { parseEnd } from '../../src/trace/endText';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { clusterOf, shop, shopTrace } from './shopCluster';
import { tiers } from './tiersCluster';

function view(from: string, to: string, way = 0): TraceView {
  return traceView(shopTrace(from, to), shop, { way });
}

function request(from: string, to: string, way = 0): LegView {
  const leg = view(from, to, way).way?.request;
  assert(leg !== undefined, `${from} to ${to} is sent`);
  return leg;
}

const lanes = (leg: LegView | undefined): string[] =>
  (leg?.lanes ?? []).map((lane) => `${lane.title}${lane.reached ? '' : ' (not reached)'}`);

function laneOf(leg: LegView, title: string): LaneView {
  const lane = leg.lanes.find((each) => each.title === title);
  assert(lane !== undefined, `there is a lane ${title}`);
  return lane;
}

test('a way between nodes passes pod, node, wire, node, pod, and back', () => {
  const way = view('shop/web', 'shop/db-0:5432').way;
  const there = ['pod shop/web', 'node worker-1', 'wire', 'node worker-2', 'pod shop/db-0'];
  assert.deepEqual(lanes(way?.request), there);
  assert.deepEqual(lanes(way?.reply), [...there].reverse());
});

test('where the admin tier denies, the banner says that no NetworkPolicy helps and which rule has to change', () => {
  const [from, to] = [parseEnd('shop/web'), parseEnd('bank/vault:80')];
  assert(from !== undefined && to !== undefined);
  const query = { from: from.end, to: to.end, port: 80, protocol: 'TCP' as const };
  const { banner } = traceView(traceConnectivity(tiers, query), tiers);
  assert.equal(banner.verdict, 'denied-admin');
  assert.deepEqual(
    banner.links.map(({ location }) => location),
    [tiers.adminPolicies.find(({ name }) => name === 'guard')?.ingress[0]?.at],
  );
  assert.match(
    banner.advice ?? '',
    /^No NetworkPolicy can .* AdminNetworkPolicy guard is asked before all of them, and its ingress rule 1 “never” denies it\./,
  );
  assert.equal(view('default/stranger', 'shop/db-0:5432').banner.advice, undefined);
});

test('localhost stays in one pod', () => {
  assert.deepEqual(lanes(request('default/odd', '127.0.0.1:80')), ['pod default/odd']);
});

test('every hop is in exactly one lane', () => {
  const leg = request('shop/web', 'svc/shop/db:5432');
  assert.deepEqual(
    leg.lanes.flatMap((lane) => lane.hops),
    leg.hops.map((hop) => hop.index),
  );
  for (const hop of leg.hops) assert.equal(leg.lanes.filter((lane) => lane.id === hop.lane).length, 1);
});

test('a destination that a dropped packet did not reach has a lane of its own', () => {
  const cases = [
    ['default/stranger', 'shop/db-0:5432', 'pod shop/db-0'],
    ['shop/web', 'monitoring/exporter:9100', 'node worker-2'],
    ['default/stranger', 'svc/shop/empty:80', 'Service shop/empty'],
  ] as const;
  for (const [from, to, missed] of cases)
    assert.equal(lanes(request(from, to)).at(-1), `${missed} (not reached)`);
});

test('an endpoint that was not reached is named by the pod that has its address', () => {
  const made = view('shop/web', 'svc/shop/db:5432', 2);
  assert.match(made.ways[2]?.label ?? '', /^pod shop\/db-locked 10\./);
  assert.equal(lanes(made.way?.request).at(-1), 'pod shop/db-locked (not reached)');
});

test('a pod box holds the pause container and all containers around one network namespace', () => {
  const box = laneOf(request('shop/web', 'shop/db-0:5432'), 'pod shop/web').pods[0];
  assert.equal(box?.netns, 'one network namespace');
  assert.equal(box.pause, 'holds net, ipc, uts, pid; PID 1 of the pod');
  assert.deepEqual(
    box.containers.map(({ name }) => name),
    ['web', 'log-shipper'],
  );
});

test('a hostNetwork pod stands in the lane of its node, and its pause holds no network namespace', () => {
  const leg = request('monitoring/exporter', 'default/odd:80');
  const box = laneOf(leg, 'node worker-2').pods[0];
  assert.equal(box?.key, 'monitoring/exporter');
  assert.equal(box.netns, 'the node’s network namespace');
  assert.equal(box.pause, 'holds ipc');
  const received = request('default/stranger', 'monitoring/exporter:9100').lanes.at(-1);
  assert.equal(received?.pods[0]?.containers[0]?.listens, true);
});

test('the container that declares the port is marked in the box that received', () => {
  const box = laneOf(request('shop/web', 'shop/db-0:5432'), 'pod shop/db-0').pods[0];
  assert.deepEqual(
    box?.containers.map(({ name, listens }) => [name, listens]),
    [['postgres', true]],
  );
});

test('a header says what changed: DNAT the destination, routing the TTL', () => {
  const changed = request('shop/web', 'svc/shop/db:5432').hops.map(({ device, header }) => [
    device,
    ...(header.source.addressChanged ? ['source'] : []),
    ...(header.destination.addressChanged ? ['destination'] : []),
    ...(header.destination.portChanged ? ['port'] : []),
    ...(header.ttlChanged ? ['ttl'] : []),
  ]);
  assert.deepEqual(
    changed.filter((each) => each.length > 1),
    [
      ['cni0', 'destination'],
      ['eth0', 'ttl'],
      ['cni0', 'ttl'],
    ],
  );
});

test('masquerading shows the old and the new source', () => {
  const step = request('default/stranger', '203.0.113.7:443').steps.find((each) => each.nat !== undefined);
  assert.equal(step?.nat?.what, 'SNAT');
  assert.equal(step.nat.end, 'source');
  assert.match(`${step.nat.from} ${step.nat.to}`, /^10\.244\.\d+\.\d+:40000 172\.18\.0\.\d+:\d+$/);
});

test('a denial lists every isolating policy and every rule with its effect and line', () => {
  const leg = request('default/stranger', 'shop/db-0:5432');
  const policy = leg.steps[leg.droppedAt ?? -1]?.policy;
  assert.equal(policy?.title, 'ingress denied');
  assert.equal(policy.deciding, undefined);
  assert.deepEqual(
    policy.isolating.map(({ label }) => label),
    ['NetworkPolicy shop/db', 'NetworkPolicy shop/default-deny'],
  );
  assert.deepEqual(
    policy.findings.map(({ label, effect, links }) => [label, effect, links.length > 0]),
    [
      ['NetworkPolicy shop/db, ingress rule 1', 'does not admit', true],
      ['NetworkPolicy shop/db, ingress rule 2', 'does not admit', true],
    ],
  );
});

test('a reachable verdict links the rules that admit, an unreachable one the policies that isolate', () => {
  const files = (made: TraceView): string[] => made.banner.links.map(({ label }) => label);
  assert.equal(files(view('shop/web', 'shop/db-0:5432')).length, 2);
  const denied = view('default/stranger', 'shop/db-0:5432').banner.links;
  assert.equal(denied.length, 2);
  for (const { label, location } of denied) {
    assert.equal(label, `shop.yaml:${location.line + 1}`);
    assert.equal(location.file, 'k8s/shop.yaml');
  }
});

test('an ambiguous verdict links what stops the ways that do not arrive', () => {
  const { banner, ways } = view('shop/web', 'svc/shop/db:5432');
  assert.equal(banner.linksTitle, 'Decided at');
  const stopped = ways.filter(({ banner: { result } }) => result === 'Unreachable');
  assert.deepEqual(
    banner.links,
    stopped.flatMap((way) => way.banner.links),
  );
  assert.equal(banner.links.length, 1);
});

test('a policy of a kind that is not judged isolates nobody: it leaves the verdict open, and is linked for that', () => {
  const cluster = clusterOf(`
apiVersion: v1
kind: Pod
metadata: { name: a }
spec: { containers: [{ name: a, image: a, ports: [{ containerPort: 80 }] }] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: company }
spec: { types: [Ingress, Egress] }
---
apiVersion: v1
kind: Pod
metadata: { name: b }
spec: { containers: [{ name: b, image: b }] }
`);
  const made = traceView(shopTrace('default/b', 'default/a:80', cluster), cluster);
  assert.equal(made.banner.linksTitle, 'Left open at');
  assert.deepEqual(
    made.banner.links.map(({ label }) => label),
    ['shop.yaml:7'],
  );
  const policies = made.way?.request.steps.flatMap(({ policy }) => policy ?? []) ?? [];
  assert.deepEqual(
    policies.map(({ state, isolating, leftOpenBy }) => [
      state,
      isolating.length,
      ...leftOpenBy.map(({ label }) => label),
    ]),
    [
      ['undetermined', 0, 'GlobalNetworkPolicy company'],
      ['undetermined', 0, 'GlobalNetworkPolicy company'],
    ],
  );
});

test('results have a tone, an icon and a word', () => {
  const faces = (made: TraceView): string[] => [made.banner.tone, made.banner.icon, made.banner.title];
  assert.deepEqual(faces(view('shop/web', 'shop/db-0:5432')), ['good', 'pass', 'Reachable']);
  assert.deepEqual(faces(view('default/stranger', 'shop/db-0:5432')), ['bad', 'error', 'Unreachable']);
  assert.deepEqual(faces(view('shop/web', 'svc/shop/db:5432')), ['mixed', 'warning', 'Ambiguous']);
  assert.deepEqual(faces(view('default/nobody', 'shop/db-0:5432')), ['unknown', 'question', 'Undetermined']);
});

test('a simulated address says so', () => {
  assert.equal(view('shop/web', 'svc/shop/db:5432').source?.provenance, 'simulated address');
  assert.equal(view('shop/web', 'svc/shop/db:5432').destination?.provenance, 'simulated address');
  assert.equal(view('default/stranger', '203.0.113.7:443').destination?.provenance, undefined);
});

test('the chosen way is shown in full; a way that is not there means the first', () => {
  assert.equal(view('shop/web', 'svc/shop/db:5432', 1).way?.index, 1);
  assert.equal(view('shop/web', 'svc/shop/db:5432', 99).way?.index, 0);
  assert.deepEqual(
    view('shop/web', 'svc/shop/db:5432').ways.map(({ share }) => share),
    ['1 in 3 connections', '1 in 3 connections', '1 in 3 connections'],
  );
});

test('a trace that sent nothing has a verdict and no way', () => {
  const made = view('default/nobody', 'shop/db-0:5432');
  assert.equal(made.way, undefined);
  assert.deepEqual(made.ways, []);
  assert.match(made.banner.words, /default\/nobody is not in the input/);
});

test('a view survives JSON and a cluster that no longer has the objects', () => {
  const made = view('shop/web', 'svc/shop/db:5432');
  const again: unknown = JSON.parse(JSON.stringify(made));
  assert.deepEqual(JSON.parse(JSON.stringify(again)), again);
  assert.equal(JSON.stringify(again), JSON.stringify(made));
  const gone = traceView(shopTrace('shop/web', 'svc/shop/db:5432'), emptyCluster);
  assert.deepEqual(lanes(gone.way?.request), lanes(made.way?.request));
});
