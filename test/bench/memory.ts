// How much memory does a cluster with its policy engine take? A process of its own for each size (row 22 of the target table), because
// a process that was large once does not give everything back: what it grows by, with the objects of the cluster, the groups
// of all pods and every row of bits asked once.
import { spawnSync } from 'node:child_process';
import { commonReading } from '../../src/model/policyReading';
import { createPolicyEngine } from '../../src/policy/engine';
import { policyCluster, policySizes } from './policyCluster';

/** The argument by which the benchmark calls itself. */
export const memoryWord = 'memory-of-size';

/** Megabytes by size. */
const targets: readonly number[] = [30, 60, 120, 400];

/** One line for each size: `10000 pods: 61 MB of 120 MB`. */
export function memoryLines(): readonly string[] {
  return policySizes.map(({ pods }, index) => {
    const options = [
      '--expose-gc',
      '--max-old-space-size=6000',
      process.argv[1] ?? '',
      memoryWord,
      `${index}`,
    ];
    const { stdout, status } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The process that measures memory ended with ${status ?? 'a signal'}.`);
    const [engine, all] = stdout.split(' ').map(Number);
    const target = targets[index] ?? 0;
    return `${pods} pods: heap of the engine ${engine?.toFixed(1) ?? '?'} MB; the process grows by ${all?.toFixed(0) ?? '?'} MB of ${target} MB${(all ?? 0) > target ? ' OVER' : ''}`;
  });
}

/** Prints megabytes: the heap of the engine, and what the process grew by. */
export function measureMemory(index: number): void {
  const collect = (globalThis as { readonly gc?: () => void }).gc;
  const size = policySizes[index];
  if (size === undefined || collect === undefined) throw new Error('Needs a size, and --expose-gc.');
  collect();
  const start = process.memoryUsage().rss;
  const cluster = policyCluster(size);
  collect();
  const objects = process.memoryUsage().heapUsed;
  const engine = createPolicyEngine(cluster, commonReading);
  const cohorts = new Set(cluster.pods.map((pod) => engine.cohortOf(pod)));
  const senders = new Set([...cohorts].map((cohort) => engine.senderOf(cohort)));
  for (const cohort of cohorts) engine.receiverOf(cohort);
  collect();
  const heap = process.memoryUsage().heapUsed - objects;
  for (const sender of senders) engine.reachOf(sender);
  collect();
  process.stdout.write(`${heap / 1e6} ${(process.memoryUsage().rss - start) / 1e6}`);
}
