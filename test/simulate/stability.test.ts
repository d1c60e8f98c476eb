// Editing one workload must leave all others where they are. Random clusters and random edits (seeded): nodes never
// move at all; without the previous result an address moves only in the collision that draw.ts describes; with it, never.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/model/cluster';
import type { Pod, Workload } from '../../src/model/pod';
import { keyOf } from '../../src/model/objects';
import type { WorkloadKind } from '../../src/model/objects';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { clusterOf, container, service, workload } from './objects';

const runs = 300;
const kinds: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'];

/** Numbers from 0 up to `below`, the same on every run (a linear congruential generator). */
function randomOf(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

function randomWorkloads(random: (below: number) => number): readonly Workload[] {
  return Array.from({ length: 4 + random(16) }, (_, index) => {
    const kind = kinds[random(kinds.length)] ?? 'Deployment';
    return workload(kind, `ns${random(3)}/app${index}`, 1 + random(4));
  });
}

/** Scales, relabels, gives ports to, removes or adds the workload at `index`. */
function edit(
  workloads: readonly Workload[],
  index: number,
  random: (below: number) => number,
): readonly Workload[] {
  const target = workloads[index];
  if (target === undefined) return workloads;
  const replaced = (by: readonly Workload[]): readonly Workload[] => workloads.toSpliced(index, 1, ...by);
  switch (random(5)) {
    case 0:
      return replaced([{ ...target, replicas: { ...target.replicas, value: random(9) } }]);
    case 1:
      return replaced([{ ...target, template: { ...target.template, labels: { version: 'v2' } } }]);
    case 2: {
      const spec = { ...target.template.spec, containers: [container([{ containerPort: 9999 }])] };
      return replaced([{ ...target, template: { ...target.template, spec } }]);
    }
    case 3:
      return replaced([]);
    default:
      return replaced([target, workload('Deployment', `ns1/new${random(1000)}`, 1 + random(3))]);
  }
}

function clusterWith(workloads: readonly Workload[]): Cluster {
  return clusterOf({ workloads, services: workloads.map((each) => service(keyOf(each))) });
}

function ownerText(pod: Pod): string {
  return `${pod.owner?.kind ?? ''}/${pod.namespace}/${pod.owner?.name ?? ''}`;
}

interface Comparison {
  /** Pods of workloads that were not edited, before and after. */
  readonly bystanders: readonly (readonly [before: Pod, after: Pod])[];
  readonly before: Cluster;
  readonly after: Cluster;
  readonly edited: ReadonlySet<string>;
}

function editOnce(seed: number, remember: boolean): Comparison {
  const random = randomOf(seed);
  const workloads = randomWorkloads(random);
  const changed = edit(workloads, random(workloads.length), random);
  const before = simulate(clusterWith(workloads), defaultSettings).cluster;
  const after = simulate(clusterWith(changed), defaultSettings, remember ? before : undefined).cluster;
  const same = new Set(workloads.filter((each) => changed.includes(each)));
  const edited = new Set(
    [...workloads, ...changed].filter((each) => !same.has(each)).map((each) => `${each.kind}/${keyOf(each)}`),
  );
  const afterByName = new Map(after.pods.map((pod) => [keyOf(pod), pod]));
  const bystanders = before.pods
    .filter((pod) => !edited.has(ownerText(pod)))
    .map((pod): readonly [Pod, Pod] => {
      const later = afterByName.get(keyOf(pod));
      assert.ok(later, `pod ${keyOf(pod)} vanished`);
      return [pod, later];
    });
  return { bystanders, before, after, edited };
}

const ipText = (pod: Pod): string => pod.addresses.map((address) => address.value.text).join();

test('an edit of one workload never moves a pod of another to another node', () => {
  let seen = 0;
  for (let seed = 0; seed < runs; seed++) {
    for (const [before, after] of editOnce(seed, false).bystanders) {
      assert.equal(after.node?.value, before.node?.value);
      seen++;
    }
  }
  assert.ok(seen > 1000);
});

test('an address moves only because an edited pod drew the same one on the same node', () => {
  let moved = 0;
  let seen = 0;
  for (let seed = 0; seed < runs; seed++) {
    const { bystanders, before, after, edited } = editOnce(seed, false);
    const touched = new Set(
      [...before.pods, ...after.pods]
        .filter((pod) => edited.has(ownerText(pod)))
        .map((pod) => pod.node?.value),
    );
    for (const [was, is] of bystanders) {
      seen++;
      if (ipText(was) === ipText(is)) continue;
      moved++;
      assert.ok(touched.has(is.node?.value), 'the edited workload has or had a pod on that node');
      const holder = (cluster: Cluster, ip: string): boolean =>
        cluster.pods.some((pod) => ipText(pod) === ip);
      assert.ok(
        holder(after, ipText(was)) || holder(before, ipText(is)),
        'its old address is in use by another now, or its new one was before',
      );
    }
  }
  assert.ok(moved <= seen / 200, `${moved} of ${seen} bystanders moved`);
});

test('with the previous result at hand no bystander changes its address, and no Service its ClusterIP', () => {
  for (let seed = 0; seed < runs; seed++) {
    const { bystanders, before, after } = editOnce(seed, true);
    for (const [was, is] of bystanders) assert.equal(ipText(is), ipText(was));
    const later = new Map(after.services.map((each) => [keyOf(each), each.clusterIps[0]?.value.text]));
    for (const each of before.services) {
      if (later.has(keyOf(each))) assert.equal(later.get(keyOf(each)), each.clusterIps[0]?.value.text);
    }
  }
});

test('the same input gives the same cluster, in whatever order it lists its workloads', () => {
  for (let seed = 0; seed < 50; seed++) {
    const workloads = randomWorkloads(randomOf(seed));
    const one = simulate(clusterWith(workloads), defaultSettings).cluster;
    const other = simulate(clusterWith(workloads.toReversed()), defaultSettings).cluster;
    assert.deepEqual(other.pods, one.pods);
  }
});

test('scaling up keeps the pods that are there', () => {
  const at = (replicas: number): Cluster =>
    simulate(clusterOf({ workloads: [workload('Deployment', 'a/web', replicas)] }), defaultSettings).cluster;
  const few = at(30).pods.map((pod) => [pod.name, pod.node?.value, ipText(pod)]);
  const many = at(250).pods.map((pod) => [pod.name, pod.node?.value, ipText(pod)]);
  assert.deepEqual(
    few.filter((pod) => !many.some((other) => other.join() === pod.join())),
    [],
  );
});

test('with the previous result at hand a pod with a host port stays when a rival appears', () => {
  const spec = { containers: [container([{ hostPort: 80 }])] };
  for (let index = 0; index < 20; index++) {
    const first = clusterOf({ workloads: [workload('Deployment', `a/first${index}`, 2, spec)] });
    const before = simulate(first, defaultSettings).cluster;
    const both = clusterOf({
      workloads: [...first.workloads, workload('Deployment', `a/rival${index}`, 2, spec)],
    });
    const after = simulate(both, defaultSettings, before).cluster;
    const nodesOf = (cluster: Cluster): readonly string[] =>
      cluster.pods
        .filter((pod) => pod.name.startsWith('first'))
        .map((pod) => `${pod.name} ${pod.node?.value ?? ''}`);
    assert.deepEqual(nodesOf(after), nodesOf(before));
  }
});
