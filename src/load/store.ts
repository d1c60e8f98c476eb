// Answers: what is the cluster now, and since when? Keeps what each file said, so that only changed files are read
// again, and merges it into one cluster value per revision. No timers, no clock: hosts decide when to apply changes.
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import type { SyntaxFile } from './parse';

/** Shaped like VS Code's, so that hosts can use either. */
export interface Disposable {
  dispose(): void;
}

/** Calls `listener` on every event until the returned value is disposed. */
export type Event<T> = (listener: (event: T) => void) => Disposable;

/** `file` is the host's name for it (URI or path) and appears in every location. Bytes are decoded here. */
export type FileChange =
  | { readonly file: string; readonly text: string | Uint8Array }
  | { readonly file: string; readonly removed: true };

/** What a file turned out to be. `other`: readable, but nothing of Kubernetes in it. */
export type FileRole = 'kubernetes' | 'template' | 'other' | 'binary';

export interface FileSummary {
  readonly file: string;
  readonly role: FileRole;
  /** Number of objects read from it. */
  readonly objects: number;
}

/** One consistent state. `revision` grows by one with every change that altered something; 0 is the empty store. */
export interface ClusterRevision {
  readonly revision: number;
  readonly cluster: Cluster;
  /** Ordered by file and position. */
  readonly problems: readonly Problem[];
  /** All files the store knows, by name. */
  readonly files: readonly FileSummary[];
}

export interface ClusterStore extends Disposable {
  readonly current: ClusterRevision;
  readonly onDidChange: Event<ClusterRevision>;
  /** Reads the changed files and publishes one new revision; files whose text is the same cost nothing. */
  apply(changes: readonly FileChange[]): ClusterRevision;
  /**
   * The same in steps: yields the number of files read so far after each file, so that a host can let others run;
   * nothing is published before the last step. Abandoning the generator discards what it read.
   */
  applyInSteps(changes: readonly FileChange[]): Generator<number, ClusterRevision, void>;
  /**
   * The syntax tree of a file, for hovers. Parsed when asked, a few kept. Pass `text` when the editor has it (must be
   * given for files above 1,000,000 characters, which the store does not keep). undefined: the store has no such text.
   */
  documentOf(file: string, text?: string): SyntaxFile | undefined;
}
