// The policy rows of the target table (spec/performance 7: 4, 6, 8 to 15, 22), on generated clusters from 20 to 150,000 pods that
// are handed to the engine as values.
import { connectivity, connectivityTable } from '../../src/analysis/connectivity';
import { connectivityDiff } from '../../src/analysis/diff';
import { exposureOf } from '../../src/analysis/exposure';
import type { Cluster } from '../../src/model/cluster';
import type { Pod } from '../../src/model/pod';
import type { PolicyRule } from '../../src/model/policy';
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
        ({ engine, senders }) => senders.reduce((sum, sender) => sum + (engine.reachOf(sender)[0] ?? 0), 0),
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
      medianOfEvents(eventsOf(ready), ({ engine, cluster }, call) => {
        const pod = anotherPod(cluster, call);
        const next = { ...cluster, pods: [pod, ...cluster.pods] };
        return {
          next,
          follow: () => {
            const changes = { ...noChanges, pods: { added: [pod], removed: [] } };
            return grouped(engine.after(next, changes), [pod]);
          },
        };
      }),
  },
  {
    number: '12',
    operation: 'the same, with the search for what changed',
    targets: [undefined, undefined, undefined, undefined],
    measure: (ready) =>
      medianOfEvents(eventsOf(ready), ({ engine, cluster }, call) => {
        const pod = anotherPod(cluster, call);
        const next = { ...cluster, pods: [pod, ...cluster.pods] };
        return { next, follow: () => grouped(engine.after(next, changesBetween(cluster, next)), [pod]) };
      }),
  },
  {
    number: '13',
    operation: 'one policy edited, with the groups of its namespace',
    targets: [0.1, 0.2, 0.2, 0.1],
    measure: (ready) =>
      medianOfEvents(eventsOf(ready), ({ engine, cluster }, call) => {
        const next = withAnEdit(cluster, call);
        const [edited] = changesBetween(cluster, next).policies.added;
        const own = cluster.pods.filter(({ namespace }) => namespace === edited?.namespace);
        return { next, follow: () => grouped(engine.after(next, changesBetween(cluster, next)), own) };
      }),
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

interface State {
  readonly cluster: Cluster;
  readonly engine: PolicyEngine;
}

const eventCount = 201;

/** An engine of its own, that no other row has seen. */
function eventsOf({ cluster }: Ready): State {
  return { cluster, engine: built({ ...cluster }).engine };
}

/** Median time of one event in milliseconds: each comes after the one before. Only `follow` is timed. */
function medianOfEvents(
  start: State,
  event: (state: State, call: number) => { readonly next: Cluster; readonly follow: () => PolicyEngine },
): number {
  let state = start;
  const times = Array.from({ length: eventCount }, (_, call) => {
    const { next, follow } = event(state, call);
    const begin = performance.now();
    const engine = follow();
    const time = performance.now() - begin;
    state = { cluster: next, engine };
    return time;
  });
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
function anotherPod({ pods }: Cluster, call: number): Pod {
  const [pod] = pods.slice((call * 7919) % pods.length);
  if (pod === undefined) throw new Error('The cluster has no pod.');
  return { ...pod, name: `${pod.name}-more-${call}` };
}

/** One policy is about other pods, and its rules stand in another order; no block comes or goes, else all is made again. */
function withAnEdit(cluster: Cluster, call: number): Cluster {
  const { policies } = cluster;
  const withRules = policies.filter(({ ingress }) => ingress.length > 0 && !ingress.some(hasBlock));
  const chosen = withRules[(call * 7919) % withRules.length];
  return {
    ...cluster,
    policies: policies.map((each) =>
      each === chosen
        ? {
            ...each,
            ingress: [...each.ingress.slice(1), ...each.ingress.slice(0, 1)],
            podSelector: everything,
          }
        : each,
    ),
  };
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
