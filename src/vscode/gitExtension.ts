// Answers: what of the workspace was different at a git revision? Asked of VS Code's own git extension (its API, version 1), and of
// nothing else: only in a trusted workspace, and where that extension is there, enabled and has found git.
import * as vscode from 'vscode';
import type { FileChange } from '../load/store';

/** What is used of the API, as `vscode.git` declares it in its git.d.ts. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly repositories: readonly GitRepository[];
}

interface GitChange {
  readonly uri: vscode.Uri;
  readonly originalUri: vscode.Uri;
  readonly renameUri: vscode.Uri | undefined;
  readonly status: number;
}

interface GitRef {
  readonly type: 0 | 1 | 2;
  readonly name?: string;
  readonly commit?: string;
}

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
    readonly workingTreeChanges: readonly GitChange[];
    readonly untrackedChanges?: readonly GitChange[];
  };
  status(): Promise<void>;
  getRefs(query: { readonly sort?: 'alphabetically' | 'committerdate' }): Promise<readonly GitRef[]>;
  diffWith(ref: string): Promise<readonly GitChange[]>;
  show(ref: string, path: string): Promise<string>;
}

/** Of the enum Status: files that the revision does not have. */
const isNew: ReadonlySet<number> = new Set([1 /* index added */, 7 /* untracked */, 9 /* intent to add */]);

/** Files that the working tree does not have. */
const isDeleted: ReadonlySet<number> = new Set([2 /* index deleted */, 6 /* deleted */]);

/** Longest wait for git to be found and repositories to be opened. */
const patienceMs = 10_000;

/** The repositories of the window. Rejects with the reason, and what to do, when there are none. */
export async function gitRepositories(token: vscode.CancellationToken): Promise<readonly GitRepository[]> {
  if (!vscode.workspace.isTrusted)
    throw new Error(
      'Comparing with a git revision runs git, which needs a trusted workspace. Trust it, or compare with a folder.',
    );
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined)
    throw new Error(
      'The built-in Git extension is not installed here, so there are no revisions. Compare with a folder instead.',
    );
  const exported = extension.isActive ? extension.exports : await extension.activate();
  if (!exported.enabled)
    throw new Error(
      'Git is turned off or was not found: look at the settings git.enabled and git.path, or compare with a folder.',
    );
  const api = exported.getAPI(1);
  if (api.state === 'uninitialized') await changed(api, token);
  if (api.repositories.length === 0)
    throw new Error(
      'No folder of this window is in a git repository, so there is no revision to compare with.',
    );
  return api.repositories;
}

function changed(api: GitApi, token: vscode.CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const parts: vscode.Disposable[] = [];
    const done = (): void => {
      clearTimeout(timer);
      for (const part of parts) part.dispose();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    parts.push(api.onDidChangeState(done), token.onCancellationRequested(done));
  });
}

export interface RevisionItem extends vscode.QuickPickItem {
  readonly revision: string;
}

/** HEAD, branches, branches of remotes and tags, the newest first in each. */
export async function revisionItems(repository: GitRepository): Promise<readonly RevisionItem[]> {
  const refs = await repository.getRefs({ sort: 'committerdate' });
  const head = repository.state.HEAD;
  const kinds = ['branch', 'branch of a remote', 'tag'] as const;
  return [
    {
      label: 'HEAD',
      description: ['the last commit', head?.name].filter(Boolean).join(' of '),
      revision: 'HEAD',
    },
    ...kinds.flatMap((kind, type) =>
      refs
        .filter((ref) => ref.type === type && ref.name !== undefined && !ref.name.endsWith('/HEAD'))
        .map(({ name = '', commit = '' }) => ({
          label: name,
          description: `${kind} · ${commit.slice(0, 8)}`,
          revision: name,
        })),
    ),
  ];
}

/** Texts at once, as git is run once for each. */
const readAtOnce = 8;

/**
 * What turns the working tree into the revision: old texts, files that were there, and files that were not.
 * @param isRead whether a file of the revision is one that the cluster is, or would be, read from.
 */
export async function changesToRevision(
  repository: GitRepository,
  revision: string,
  isRead: (uri: vscode.Uri, isGone: boolean) => boolean,
  token: vscode.CancellationToken,
): Promise<readonly FileChange[]> {
  await repository.status();
  const changes = await repository.diffWith(revision).catch((error: unknown) => {
    throw new Error(
      `"${revision}" is no revision of this repository: name a branch, a tag or a commit. ${error instanceof Error ? error.message : ''}`.trim(),
    );
  });
  const { workingTreeChanges, untrackedChanges = [] } = repository.state;
  const untracked = [...workingTreeChanges, ...untrackedChanges].filter(({ status }) => status === 7);
  const before = new Map<string, FileChange>();
  const wanted = new Map<string, vscode.Uri>();
  for (const { uri, originalUri, renameUri, status } of [...untracked, ...changes]) {
    for (const now of [uri, renameUri]) {
      if (now !== undefined && (isNew.has(status) || now.toString() !== originalUri.toString()))
        before.set(now.toString(), { file: now.toString(), removed: true });
    }
    const isGone =
      isDeleted.has(status) || uri.toString() !== originalUri.toString() || renameUri !== undefined;
    if (!isNew.has(status) && isRead(originalUri, isGone)) wanted.set(originalUri.toString(), originalUri);
  }
  const uris = [...wanted.values()];
  for (let from = 0; from < uris.length; from += readAtOnce) {
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    const batch = uris.slice(from, from + readAtOnce);
    const texts = await Promise.all(batch.map((uri) => repository.show(revision, uri.fsPath)));
    for (const [index, uri] of batch.entries())
      before.set(uri.toString(), { file: uri.toString(), text: texts[index] ?? '' });
  }
  return [...before.values()];
}
