// Answers for tests: which cluster does the product make of these manifests? Read and completed as `podnet` does it, so that
// defaulting and what is left out are part of what is tested.
import type { Cluster } from '../../src/model/cluster';
import { createStore } from '../../src/load/store';
import { defaultSettings, type SimulationSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { problemLines } from '../load/reading';

export interface Read {
  readonly cluster: Cluster;
  /** `error policy.invalid policies.yaml:4 ...` for everything that reading and simulating complained of. */
  readonly problems: readonly string[];
}

/** @param files text by name; names are what locations say. */
export function readManifests(
  files: Readonly<Record<string, string>>,
  settings: Partial<SimulationSettings> = {},
): Read {
  const loaded = createStore().apply(Object.entries(files).map(([file, text]) => ({ file, text })));
  const made = simulate(loaded.cluster, { ...defaultSettings, ...settings });
  return { cluster: made.cluster, problems: problemLines([...loaded.problems, ...made.problems]) };
}

/** Joins documents, each a text without separators. */
export function documents(...texts: readonly string[]): string {
  return texts.map((text) => text.replace(/^\n/, '').replace(/\n*$/, '\n')).join('---\n');
}
