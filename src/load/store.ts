// Answers: what is the cluster now, and since when? Keeps what each file said, so that only changed files are read
// again, and merges it into one cluster value per revision. No timers, no clock: hosts decide when to apply changes.
import type { Cluster } from '../model/cluster';
import { emptyCluster } from '../model/cluster';
import { compareText } from '../model/objects';
import type { Problem } from '../model/problem';
import { finish, saying } from '../model/steps';
import { decodeText } from './decode';
import type { FileRole, LoadedFile } from './file';
import { readFile } from './file';
import type { LoadedCluster } from './merge';
import { mergeInSteps } from './merge';
import type { SyntaxFile } from './parse';
import { parseInSteps } from './parse';

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
   * The same in steps: yields the number of files read so far after each file and while it merges, so that a host can let
   * others run; nothing is published before the last step. Of an abandoned generator only the work is kept: the next one
   * does not parse again what has the same text.
   */
  applyInSteps(changes: readonly FileChange[]): Generator<number, ClusterRevision, void>;
  /**
   * The syntax tree of a file, for hovers. Parsed when asked, a few kept. Pass `text` when the editor has it (must be
   * given for files above 1,000,000 characters, which the store does not keep). undefined: the store has no such text.
   */
  documentOf(file: string, text?: string): SyntaxFile | undefined;
  /** The same of a text at hand, in steps. */
  documentInSteps(file: string, text: string): Generator<void, SyntaxFile, void>;
  /** The text of a file as it was last read; undefined: unknown, or too long to be kept. */
  textOf(file: string): string | undefined;
  /** What `apply` would make of the changes. Nothing is kept or published. */
  preview(changes: readonly FileChange[]): Preview;
  previewInSteps(changes: readonly FileChange[]): Generator<unknown, Preview, void>;
}

export type Preview = Pick<ClusterRevision, 'cluster' | 'problems'>;

/** Texts up to this length are kept, to see that a change changes nothing and to answer hovers without the host. */
const longestKept = 1_000_000;
const mostDocuments = 8;

interface Entry {
  readonly loaded: LoadedFile;
  /** undefined: too long to keep, or no text. */
  readonly text: string | undefined;
}

const empty: ClusterRevision = { revision: 0, cluster: emptyCluster, problems: [], files: [] };

export function createStore(): ClusterStore {
  const entries = new Map<string, Entry>();
  /** Read by generators that have not published yet, or never will. */
  const unpublished = new Map<string, Entry>();
  const listeners = new Set<(event: ClusterRevision) => void>();
  /** Least recently asked first. */
  const documents = new Map<string, { readonly text: string; readonly parsed: SyntaxFile }>();
  let current = empty;

  function* read(changes: readonly FileChange[]): Generator<number, ClusterRevision, void> {
    const updates = new Map<string, Entry | undefined>();
    let count = 0;
    for (const change of changes) {
      if ('removed' in change) updates.set(change.file, undefined);
      else {
        const { file, text } = change;
        const before = updates.get(file) ?? entries.get(file);
        const entry = yield* saying(entryInSteps(file, text, before, unpublished.get(file)), count);
        updates.set(file, entry);
        unpublished.set(file, entry);
      }
      yield ++count;
    }
    for (;;) {
      if ([...updates].every(([file, entry]) => entry === entries.get(file))) return current;
      const since = current;
      const files = filesWith(updates);
      const merged = yield* saying(mergeInSteps(files, since.cluster), count);
      // Another generator may have published meanwhile: what it read counts too.
      if (current === since) return publish(updates, files, merged);
    }
  }

  const filesWith = (updates: ReadonlyMap<string, Entry | undefined>): readonly LoadedFile[] => {
    const files: LoadedFile[] = [];
    for (const [file, { loaded }] of entries) if (!updates.has(file)) files.push(loaded);
    for (const entry of updates.values()) if (entry !== undefined) files.push(entry.loaded);
    return files.sort((a, b) => compareText(a.file, b.file));
  };

  const publish = (
    updates: ReadonlyMap<string, Entry | undefined>,
    files: readonly LoadedFile[],
    merged: LoadedCluster,
  ): ClusterRevision => {
    for (const [file, entry] of updates) {
      if (entry === undefined) {
        entries.delete(file);
        documents.delete(file);
      } else entries.set(file, entry);
    }
    unpublished.clear();
    current = {
      revision: current.revision + 1,
      ...merged,
      files: files.map(({ file, role, objects }) => ({ file, role, objects: objects.count })),
    };
    for (const listener of [...listeners]) listener(current);
    return current;
  };

  function* treeOf(file: string, text: string): Generator<void, SyntaxFile, void> {
    const known = documents.get(file);
    const parsed = known?.text === text ? known.parsed : yield* parseInSteps(file, text);
    documents.delete(file);
    documents.set(file, { text, parsed });
    for (const oldest of documents.keys()) {
      if (documents.size <= mostDocuments) break;
      documents.delete(oldest);
    }
    return parsed;
  }

  function* preview(changes: readonly FileChange[]): Generator<void, Preview, void> {
    const updates = new Map<string, Entry | undefined>();
    for (const change of changes) {
      const { file } = change;
      updates.set(
        file,
        'removed' in change
          ? undefined
          : yield* entryInSteps(file, change.text, entries.get(file), unpublished.get(file)),
      );
      yield;
    }
    return yield* mergeInSteps(filesWith(updates), current.cluster);
  }

  return {
    get current() {
      return current;
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    apply(changes) {
      return finish(read(changes));
    },
    applyInSteps: read,
    documentOf(file, given) {
      const text = given ?? entries.get(file)?.text;
      return text === undefined ? undefined : finish(treeOf(file, text));
    },
    documentInSteps: treeOf,
    textOf: (file) => entries.get(file)?.text,
    preview: (changes) => finish(preview(changes)),
    previewInSteps: preview,
    dispose() {
      listeners.clear();
      documents.clear();
      entries.clear();
      unpublished.clear();
      current = empty;
    },
  };
}

/** What the file says now; an entry that was read before when its text is the same. */
function* entryInSteps(
  file: string,
  content: string | Uint8Array,
  before: Entry | undefined,
  unpublished: Entry | undefined,
): Generator<void, Entry, void> {
  const text = decodeText(content);
  const kept = text !== undefined && text.length <= longestKept ? text : undefined;
  if (kept !== undefined && before?.text === kept) return before;
  if (kept !== undefined && unpublished?.text === kept) return unpublished;
  return { loaded: yield* readFile(file, text), text: kept };
}
