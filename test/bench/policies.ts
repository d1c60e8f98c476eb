// The policy rows of the target table (spec/performance 7: 4, 6, 8 to 15, 22), on generated clusters from 20 to 150,000 pods that
// are handed to the engine as values. What has no incremental form yet is measured as it is: the whole engine made again.
import { connectivity, connectivityTable } from '../../src/analysis/connectivity';
import { connectivityDiff } from '../../src/analysis/diff';
import { exposureOf } from '../../src/analysis/exposure';
import type { Cluster } from '../../src/model/cluster';
import { commonReading } from '../../src/model/policyReading';
import { hasPort } from '../../src/model/ports';
import type { Cohort } from '../../src/policy/cohorts';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/engine';
import { policyEngineOf } from '../../src/policy/judge';
import { median, medianOfMany, printTable, timeText, type Row } from './measure';
import { policyCluster, policySizes } from './policyCluster';

/** Bytes; rounds by the collector make the figure one of what is kept. */
const collect = (globalThis as { readonly gc?: () => void }).gc;

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
    operation: 'whom one pod may reach: a row of groups',
    targets: [0.01, 0.01, 0.01, 0.02],
    measure: ({ engine, senders }) =>
      medianOfMany((call) => engine.rowOf(senders[(call * 7919) % senders.length] ?? 0)),
  },
  {
    number: '9',
    operation: 'all pairs of groups, with ports',
    targets: [0.5, 2, 15, 400],
    measure: ({ cluster }) =>
      median(
        () => built({ ...cluster }),
        ({ engine, senders }) => senders.reduce((sum, sender) => sum + (engine.rowOf(sender)[0] ?? 0), 0),
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
    operation: 'one pod added: the engine made again',
    targets: [0.01, 0.01, 0.015, 0.02],
    measure: ({ cluster }) =>
      median(() => ({ ...cluster, pods: [...cluster.pods, ...cluster.pods.slice(0, 1)] }), built),
  },
  {
    number: '13',
    operation: 'one policy edited: the engine made again',
    targets: [0.1, 0.2, 0.2, 0.1],
    measure: ({ cluster }) => median(() => withoutOnePolicy(cluster), built),
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
          // The engine itself is row 4.
          for (const pod of copy.pods) policyEngineOf(copy).cohortOf(pod);
          return copy;
        },
        (copy) => exposureOf(copy),
      ),
  },
];

function withoutOnePolicy(cluster: Cluster): Cluster {
  return { ...cluster, policies: cluster.policies.slice(1) };
}

/** Bits of a matrix, counted and not kept. */
function podsOnPort(cluster: Cluster, port: number): number {
  const table = connectivityTable(cluster, { level: 'pod' });
  const open: (boolean | undefined)[] = [];
  let count = 0;
  for (let source = 0; source < table.peers.length; source++) {
    for (const set of table.row(source)) if ((open[set] ??= hasPort(table.setOf(set), 'TCP', port))) count++;
  }
  return count;
}

/** Prints the table; every size in turn, so that only one cluster is held. */
export function policyBenchmarks(): void {
  const rows = benchmarks.map(({ number, operation }) => ({
    number,
    operation,
    results: [] as Row['results'][number][],
  }));
  const memory: string[] = [];
  policySizes.forEach((size, index) => {
    const cluster = policyCluster(size);
    collect?.();
    const before = process.memoryUsage().heapUsed;
    const ready = built(cluster);
    collect?.();
    const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
    memory.push(
      `${size.pods} pods: ${ready.cohorts.length} cohorts, ${ready.senders.length} groups that send${collect === undefined ? '' : `, engine ${megabytes.toFixed(1)} MB`}`,
    );
    benchmarks.forEach(({ targets, upTo = Infinity, measure }, position) => {
      const measured = size.pods > upTo ? undefined : measure(ready);
      rows[position]?.results.push({ measured, target: targets[index] });
    });
  });
  console.log(`\n${memory.join('\n')}`);
  printTable(
    '\nPolicies, median time of target:',
    policySizes.map(({ pods }) => `${pods} pods`),
    rows,
  );
  console.log(`${timeText(performance.now())} in all.`);
}
