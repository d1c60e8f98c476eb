// The one place in these tests that knows the loader's API: text in, cluster and problems in short words out.
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/model/cluster';
import type { Problem } from '../../src/model/problem';
import type { ClusterRevision } from '../../src/load/store';
import { createStore } from '../../src/load/store';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Loads files into an empty store; a single text is the file `a.yaml`. */
export function load(files: Files | string): ClusterRevision {
  const named = typeof files === 'string' ? { 'a.yaml': files } : files;
  return createStore().apply(Object.entries(named).map(([file, text]) => ({ file, text })));
}

export function clusterOf(files: Files | string): Cluster {
  const { cluster, problems } = load(files);
  assert.deepEqual(problemLines(problems), []);
  return cluster;
}

/** `error policy.invalid a.yaml:3 message` for each problem, lines as editors count them. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  return problems.map(
    ({ severity, code, at, message }) => `${severity} ${code} ${at.file}:${at.line + 1} ${message}`,
  );
}

/** Asserts that loading gives exactly these problems. */
export function checkProblems(files: Files | string, expected: readonly string[]): void {
  assert.deepEqual(problemLines(load(files).problems), expected);
}

/** The only item of a list. */
export function only<T>(list: readonly T[]): T {
  assert.equal(list.length, 1);
  const [item] = list;
  assert.ok(item !== undefined);
  return item;
}

/** A Pod manifest with these lines below `spec`, each indented by two already. */
export function podWith(spec: string, name = 'web'): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec:\n${spec}`;
}
