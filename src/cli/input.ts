// Answers: what do commands that also need the text of files read? The files, the store that read them, and the complete cluster.
import { withChoice, type ProfileChoice } from '../dataplane/choice';
import { readPaths, ReaderError } from '../desktop/read';
import { createStore, type ClusterStore, type FileChange } from '../load/store';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import { defaultSettings } from '../simulate/settings';
import { simulate } from '../simulate/simulate';

export interface Input {
  readonly store: ClusterStore;
  readonly cluster: Cluster;
  /** Of loading and simulation. */
  readonly problems: readonly Problem[];
}

/**
 * Throws ReaderError where a path cannot be read, or nothing of Kubernetes is in any.
 * @param tell gets the problems also then
 */
export async function readInput(
  paths: readonly string[],
  chosen: ProfileChoice = {},
  tell: (problems: readonly Problem[]) => void = () => undefined,
): Promise<Input> {
  const changes: FileChange[] = [];
  for await (const file of readPaths(paths)) changes.push(file);
  const store = createStore();
  const loaded = store.apply(changes);
  const simulated = simulate(loaded.cluster, defaultSettings);
  const problems = [...loaded.problems, ...simulated.problems];
  tell(problems);
  if (loaded.files.every(({ objects }) => objects === 0)) {
    const where = paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ');
    throw new ReaderError(
      'not-found',
      `${where}: no Kubernetes objects were found. Name manifests, a folder of them, or a file that kubectl printed.`,
    );
  }
  return { store, cluster: withChoice(simulated.cluster, chosen), problems };
}
