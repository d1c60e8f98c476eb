// Answers: what does a row of the Cluster view say of how far its pods are open? A word where policies leave something open to the
// outside or the whole cluster, and a line in the tooltip. Nothing where there are no policies at all: then it is true of everybody.
import { exposureMarks, marksInSteps, type ExposureMark } from '../analysis/exposure';
import type { Cluster } from '../model/cluster';
import { isLive, type Pod } from '../model/pod';
import type { TreeRow } from './tree';

/** The row with what its pods are open to. @param pods of the row; a workload is as open as any of its pods. */
export function withExposure(cluster: Cluster, row: TreeRow, pods: readonly Pod[]): TreeRow {
  const marks = marksOf(cluster, pods);
  if (marks === undefined) return row;
  const word = wordOf(marks);
  const line: TreeRow['tooltip'][number] = ['Open to', sentenceOf(marks)];
  return {
    ...row,
    description: [row.description, word].filter(Boolean).join(' · '),
    accessibleName: [row.accessibleName, word].filter(Boolean).join(', '),
    tooltip: [...row.tooltip.slice(0, -1), line, ...row.tooltip.slice(-1)],
  };
}

/** undefined: there is nothing to say. */
function marksOf(cluster: Cluster, pods: readonly Pod[]): ReadonlySet<ExposureMark> | undefined {
  if (cluster.policies.length === 0 && cluster.adminPolicies.length === 0) return undefined;
  const live = pods.filter(isLive);
  return live.length === 0 ? undefined : new Set(live.flatMap((pod) => exposureMarks(cluster, pod)));
}

/** Short, because narrow rows cut it off; of several the widest. */
function wordOf(marks: ReadonlySet<ExposureMark>): string {
  if (marks.has('unprotected')) return 'no policy';
  if (marks.has('ingress-outside')) return 'ingress open to the outside';
  return marks.has('ingress-cluster') ? 'ingress open to the cluster' : '';
}

function sentenceOf(marks: ReadonlySet<ExposureMark>): string {
  if (marks.has('unprotected')) return 'everybody, both ways: no policy selects it';
  if (marks.has('host-network')) return 'everybody: policies do not apply on the network of a node';
  const ends = (direction: 'ingress' | 'egress'): string => {
    const words = [
      ...(marks.has(`${direction}-outside`) ? ['the outside'] : []),
      ...(marks.has(`${direction}-cluster`) ? ['the whole cluster'] : []),
    ];
    return `${direction} ${words.length === 0 ? 'selected pods or nobody' : words.join(' and ')}`;
  };
  return `${ends('ingress')}; ${ends('egress')}`;
}

/** Words of the filter, each with the marks that fit it. */
const filterWords: ReadonlyMap<string, ExposureMark> = new Map([
  ['exposed:outside', 'ingress-outside'],
  ['exposed:cluster', 'ingress-cluster'],
  ['unprotected', 'unprotected'],
]);

/** Makes what a filter about exposure asks of every pod, in steps; nothing where no word is about that. */
export function* exposureForWords(
  cluster: Cluster,
  words: readonly string[],
): Generator<undefined, void, void> {
  if (words.some((word) => filterWords.has(word))) yield* marksInSteps(cluster);
}

/** @returns undefined when the word is none about exposure. */
export function exposureMatcher(cluster: Cluster, word: string): ((pod: Pod) => boolean) | undefined {
  const mark = filterWords.get(word);
  return mark && ((pod) => isLive(pod) && exposureMarks(cluster, pod).includes(mark));
}
