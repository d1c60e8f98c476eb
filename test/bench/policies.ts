// The policy rows of the target table (spec/performance 7: 4, 6, 8 to 15, 22), on generated clusters from 20 to 150,000 pods that
// are handed to the engine as values.
import { connectivity, connectivityTable } from '../../src/analysis/connectivity';
import { connectivityDiff } from '../../src/analysis/diff';
import { exposureOf } from '../../src/analysis/exposure';
import type { Cluster } from '../../src/model/cluster';
import { append } from '../../src/model/inserted';
import type { Pod } from '../../src/model/pod';
import type { NetworkPolicy, PolicyRule } from '../../src/model/policy';
import { commonReading } from '../../src/model/policyReading';
import { portSet } from '../../src/model/ports';
import { everything } from '../../src/model/selector';
import { changesBetween, type ClusterChanges } from '../../src/policy/changes';
import type { Cohort } from '../../src/policy/cohorts';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/engine';
import { policyEngineOf } from '../../src/policy/judge';
import { policyReadingOf } from '../../src/trace/policyReading';
import { median, medianOfMany, printTable, type Row } from './measure';
import { memoryLines } from './memory';
import { policyCluster, policySizes } from './policyCluster';

interface Ready {
  readonly cluster: Cluster;
  readonly engine: PolicyEngine;
  readonly cohorts: readonly Cohort[];
  readonly senders: readonly number[];
}

/** An engine that has looked at every pod. */
function built(cluster: Cluster): Ready {
  const engine = createPolicyEngine(cluster, commonReading);
  const cohorts = [...new Set(cluster.pods.map((pod) => engine.cohortOf(pod)))];
  const senders = [...new Set(cohorts.map((cohort) => engine.senderOf(cohort)))];
  for (const cohort of cohorts) engine.receiverOf(cohort);
  return { cluster, engine, cohorts, senders };
}

interface PolicyBenchmark {
  readonly number: string;
  readonly operation: string;
  /** Milliseconds, by size. undefined: no target, or not measured at that size. */
  readonly targets: readonly (number | undefined)[];
  /** The largest number of pods that it is measured with. */
  readonly upTo?: number;
  readonly measure: (ready: Ready) => number;
}

const benchmarks: readonly PolicyBenchmark[] = [
  {
    number: '4',
    operation: 'build the policy engine, with the groups of all pods',
    targets: [3, 15, 120, 1000],
    measure: ({ cluster }) => median(() => ({ ...cluster }), built),
  },
  {
    number: '6',
    operation: 'what all policies permit between two random pods',
    targets: [0.005, 0.005, 0.005, 0.005],
    measure: ({ engine, cohorts }) =>
      medianOfMany((call) => {
        const [from, to] = [
          cohorts[(call * 7919) % cohorts.length],
          cohorts[(call * 104_729 + 1) % cohorts.length],
        ];
        return from && to && engine.between(from, to);
      }),
  },
  {
    number: '8',
    operation: 'whom one pod may reach: a row of groups, as bits',
    targets: [0.01, 0.01, 0.01, 0.02],
    measure: ({ engine, senders }) =>
      medianOfMany((call) => engine.reachOf(senders[(call * 7919) % senders.length] ?? 0)),
  },
  {
    number: '9',
    operation: 'all pairs of groups: whether any port is open',
    targets: [0.5, 2, 15, 400],
    measure: ({ cluster }) =>
      median(
        () => built({ ...cluster }),
        ({ engine, senders }) => {
          let row: Uint32Array = new Uint32Array(0);
          let sum = 0;
          for (const sender of senders) {
            row = engine.reachOf(sender, undefined, row.fill(0));
            sum += row[0] ?? 0;
          }
          return sum;
        },
      ),
  },
  {
    number: '10',
    operation: 'connectivity of workloads with ports, as a list',
    targets: [1, 50, 1200, undefined],
    upTo: 10_000,
    measure: ({ cluster }) =>
      median(
        () => ({ ...cluster }),
        (copy) => connectivity(copy, { level: 'workload' }),
      ),
  },
  {
    number: '11',
    operation: 'who reaches whom on TCP 8000, pods by pods',
    targets: [1, 20, 500, undefined],
    upTo: 10_000,
    measure: ({ cluster }) =>
      median(
        () => ({ ...cluster }),
        (copy) => podsOnPort(copy, 8000),
      ),
  },
  {
    number: '12',
    operation: 'one pod added, with its groups',
    targets: [0.01, 0.01, 0.015, 0.02],
    measure: (ready) =>
      medianOfEvents(ready, (cluster, call) => {
        const { next, pod } = withAPod(cluster, call);
        const changes = { ...noChanges, pods: { added: [pod], removed: [] } };
        return { next, follow: (engine) => grouped(engine.after(next, changes), [pod]) };
      }),
  },
  {
    number: '12',
    operation: 'the same, with the search for what changed',
    targets: [undefined, undefined, undefined, undefined],
    measure: (ready) =>
      medianOfEvents(ready, (cluster, call) => {
        const { next, pod } = withAPod(cluster, call);
        const follow = (engine: PolicyEngine): PolicyEngine =>
          grouped(engine.after(next, changesBetween(cluster, next)), [pod]);
        return { next, follow };
      }),
  },
  {
    number: '13',
    operation: 'one policy edited, with the groups of its namespace',
    targets: [0.1, 0.2, 0.2, 0.1],
    measure: (ready) => {
      const podsIn = podsByNamespace(ready.cluster);
      return medianOfEvents(ready, (cluster, call) => {
        const { next, before, after } = withAnEdit(cluster, call);
        const changes = { ...noChanges, policies: { added: [after], removed: [before] } };
        const own = podsIn.get(after.namespace) ?? [];
        return { next, follow: (engine) => grouped(engine.after(next, changes), own) };
      });
    },
  },
  {
    number: '13',
    operation: 'the same, with the search for what changed',
    targets: [undefined, undefined, undefined, undefined],
    measure: (ready) => {
      const podsIn = podsByNamespace(ready.cluster);
      return medianOfEvents(ready, (cluster, call) => {
        const { next, after } = withAnEdit(cluster, call);
        const own = podsIn.get(after.namespace) ?? [];
        const follow = (engine: PolicyEngine): PolicyEngine =>
          grouped(engine.after(next, changesBetween(cluster, next)), own);
        return { next, follow };
      });
    },
  },
  {
    number: '14',
    operation: 'diff after one edit, workloads',
    targets: [2, 40, 300, undefined],
    upTo: 10_000,
    measure: ({ cluster }) =>
      median(
        () => withoutOnePolicy(cluster),
        (after) => connectivityDiff(cluster, after, { level: 'workload' }),
      ),
  },
  {
    number: '15',
    operation: 'exposure of all workloads',
    targets: [1, 3, 15, 150],
    measure: ({ cluster }) =>
      median(
        () => {
          const copy = { ...cluster };
          // The engine itself is row 4, with the groups of all pods.
          grouped(policyEngineOf(copy, policyReadingOf(copy)), copy.pods);
          return copy;
        },
        (copy) => exposureOf(copy),
      ),
  },
];

const noChanges: ClusterChanges = {
  pods: { added: [], removed: [] },
  policies: { added: [], removed: [] },
  namespaces: [],
  admin: false,
  nodes: false,
};

/** What one event makes of the cluster, and how an engine follows it there. */
interface ClusterEvent {
  readonly next: Cluster;
  readonly follow: (engine: PolicyEngine) => PolicyEngine;
}

/** Below what an engine of the smallest cluster follows before it is made again. */
const eventCount = 900;
/** Events that follow each other at once; the clusters, which are lists of all pods, are made before them. */
const eventsAtOnce = 20;

/** Median time of one event in milliseconds: each comes after the one before, to an engine of its own. Only `follow` is timed. */
function medianOfEvents(ready: Ready, eventOn: (cluster: Cluster, call: number) => ClusterEvent): number {
  let { engine, cluster } = built({ ...ready.cluster });
  const times: number[] = [];
  while (times.length < eventCount) {
    const events: ClusterEvent[] = [];
    for (let call = times.length; events.length < eventsAtOnce; call++) {
      const event = eventOn(cluster, call);
      events.push(event);
      cluster = event.next;
    }
    for (const { follow } of events) {
      const begin = performance.now();
      engine = follow(engine);
      times.push(performance.now() - begin);
    }
  }
  return times.toSorted((a, b) => a - b)[Math.floor(eventCount / 2)] ?? NaN;
}

/** Asks for the groups of pods. Following may never be given up here: that would be another row. */
function grouped(engine: PolicyEngine | undefined, pods: readonly Pod[]): PolicyEngine {
  if (engine === undefined) throw new Error('This change was expected to be followed.');
  for (const pod of pods) {
    const cohort = engine.cohortOf(pod);
    engine.senderOf(cohort);
    engine.receiverOf(cohort);
  }
  return engine;
}

/** Another replica of some workload. */
function withAPod(cluster: Cluster, call: number): { readonly next: Cluster; readonly pod: Pod } {
  const { pods } = cluster;
  const like = pods[(call * 7919) % pods.length];
  if (like === undefined) throw new Error('The cluster has no pod.');
  const pod = { ...like, name: `${like.name}-more-${call}` };
  return { next: { ...cluster, pods: [pod, ...pods] }, pod };
}

/** One policy is about other pods, and its rules stand in another order; no block comes or goes, else all is made again. */
function withAnEdit(
  cluster: Cluster,
  call: number,
): { readonly next: Cluster; readonly before: NetworkPolicy; readonly after: NetworkPolicy } {
  const { policies } = cluster;
  const withRules = policies.filter(({ ingress }) => ingress.length > 0 && !ingress.some(hasBlock));
  const before = withRules[(call * 7919) % withRules.length];
  if (before === undefined) throw new Error('The cluster has no policy to edit.');
  const [first, ...others] = before.ingress;
  const after = {
    ...before,
    ingress: first === undefined ? [] : [...others, first],
    podSelector: everything,
  };
  return {
    next: { ...cluster, policies: policies.map((each) => (each === before ? after : each)) },
    before,
    after,
  };
}

function podsByNamespace({ pods }: Cluster): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods) append(found, pod.namespace, pod);
  return found;
}

function hasBlock({ peers }: PolicyRule): boolean {
  return peers.some(({ kind }) => kind === 'ipBlock');
}

function withoutOnePolicy(cluster: Cluster): Cluster {
  return { ...cluster, policies: cluster.policies.slice(1) };
}

/** Bits of a matrix, row by row, not kept. */
function podsOnPort(cluster: Cluster, port: number): number {
  const table = connectivityTable(cluster, { level: 'pod' });
  const asked = portSet('TCP', [[port, port]]);
  return table.peers.reduce((sum, _, source) => sum + (table.reached(source, asked)[0] ?? 0), 0);
}

/** Prints the table; every size in turn, so that only one cluster is held. */
export function policyBenchmarks(): void {
  const rows = benchmarks.map(({ number, operation }) => ({
    number,
    operation,
    results: [] as Row['results'][number][],
  }));
  const counted: string[] = [];
  policySizes.forEach((size, index) => {
    const cluster = policyCluster(size);
    const ready = built(cluster);
    counted.push(
      `${size.pods} pods: ${ready.cohorts.length} cohorts, ${ready.senders.length} groups that send`,
    );
    benchmarks.forEach(({ targets, upTo = Infinity, measure }, position) => {
      const measured = size.pods > upTo ? undefined : measure(ready);
      rows[position]?.results.push({ measured, target: targets[index] });
    });
  });
  console.log(`\n${counted.join('\n')}`);
  printTable(
    '\nPolicies, median time of target:',
    policySizes.map(({ pods }) => `${pods} pods`),
    rows,
  );
  console.log(`\n22  memory:\n${memoryLines().join('\n')}`);
}
