// Answers: which cluster is the window looking at? One session per window: it reads the workspace, the sample or a
// snapshot when something first asks, and announces every new state. Views, hovers and the panel only know this door.
import type * as vscode from 'vscode';
import type { SyntaxFile } from '../load/parse';
import type { Disposable, FileChange } from '../load/store';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';

/** Where the objects come from. */
export type ClusterSource =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'sample' }
  | { readonly kind: 'snapshot'; readonly uris: readonly vscode.Uri[] };

/** One consistent state: what was read, and what simulation filled in. `file` in locations is a URI string. */
export interface ClusterState {
  /** Goes up with every change. */
  readonly revision: number;
  readonly source: ClusterSource;
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
  /** The files that were read, by URI, also those without objects. */
  readonly files: ReadonlySet<string>;
}

/** The cluster as it would be with other texts. */
export interface Preview {
  readonly cluster: Cluster;
  /** Of the changed files. */
  readonly problems: readonly Problem[];
}

export interface ClusterSession extends Disposable {
  /** The last complete state; undefined until something asked for one. */
  readonly current: ClusterState | undefined;
  readonly source: ClusterSource;
  readonly onDidChangeState: vscode.Event<ClusterState>;
  /** The state, reading first if nothing was read yet. Rejects when the token is cancelled or the session is disposed. */
  state(token?: vscode.CancellationToken): Promise<ClusterState>;
  /** Looks at something else once it has been read. Rejects, with everything as it was, when it cannot be or is cancelled. */
  open(source: ClusterSource, token?: vscode.CancellationToken): Promise<ClusterState>;
  /** The shown cluster as it would be with these texts; nothing changes. Reads first if nothing was read yet. */
  preview(changes: readonly FileChange[], token?: vscode.CancellationToken): Promise<Preview>;
  /**
   * The tree of a text that an editor shows, parsed in turns when it changed. undefined before the first state. Rejects with
   * CancellationError when `isOver` says so between two stretches.
   */
  documentOf(file: string, text: string, isOver: () => boolean): Promise<SyntaxFile | undefined>;
  /** The text of a file as it was last read; undefined: not read, or too long to be kept. */
  textOf(file: string): string | undefined;
}
