// Answers: what does the user want compared? The working tree with a git revision, the shown cluster with a folder or a snapshot, two
// snapshots, a policy left out, or unsaved text with what is saved. Nothing is written.
import * as vscode from 'vscode';
import type { PolicyName } from '../features/codeLens';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import { readFiles, filesOf, isManifestName } from './clusterFiles';
import type { Deps } from './deps';
import type { Comparison, DiffPanel } from './diffPanel';
import { changesToRevision, gitRepositories, revisionItems, type GitRepository } from './gitExtension';
import { escapeIcons } from './markdown';
import { completed } from './sourceFollower';
import { inTurns } from './turns';

type Kind = 'revision' | 'folder' | 'snapshot' | 'two';

export async function compareConnectivity(deps: Deps, panel: DiffPanel): Promise<void> {
  const { source } = await deps.session.state();
  const shown = source.kind === 'workspace' ? 'the working tree' : `the shown ${source.kind}`;
  const items: readonly (vscode.QuickPickItem & { readonly what: Kind })[] = [
    ...(source.kind === 'workspace'
      ? [
          {
            label: '$(git-branch) Git revision',
            description: vscode.workspace.isTrusted
              ? `${shown} with a branch, a tag or a commit`
              : 'needs a trusted workspace, because it runs git',
            what: 'revision' as const,
          },
        ]
      : []),
    { label: '$(folder) Folder', description: `${shown} with manifests in a folder`, what: 'folder' },
    { label: '$(file) Snapshot', description: `${shown} with files that kubectl printed`, what: 'snapshot' },
    { label: '$(files) Two snapshots', description: 'an earlier one with a later one', what: 'two' },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Compare Connectivity',
    placeHolder: 'Compare which connections are permitted',
    matchOnDescription: true,
  });
  const comparison = chosen && (await comparisonFor(deps, chosen.what, shown));
  if (comparison !== undefined) await withProgress(panel, comparison);
}

async function comparisonFor(deps: Deps, kind: Kind, shown: string): Promise<Comparison | undefined> {
  if (kind === 'revision') return withRevision(deps);
  const before = await pickInput(kind === 'folder' ? 'folder' : 'files', 'Compare with: before');
  if (before === undefined) return undefined;
  if (kind === 'two') {
    const after = await pickInput('files', 'Compare with: after');
    if (after === undefined) return undefined;
    return {
      before: nameOf(before),
      after: nameOf(after),
      live: false,
      sides: async (token) => {
        const old = await readCluster(deps, before, undefined, token);
        const recent = await readCluster(deps, after, old.cluster, token);
        return {
          before: old.cluster,
          after: recent.cluster,
          remarks: [...old.remarks, ...recent.remarks],
        };
      },
    };
  }
  return {
    before: nameOf(before),
    after: shown,
    live: true,
    sides: async (token) => {
      const { cluster } = await deps.session.state(token);
      // Simulated pods of both have the places and addresses of the shown cluster, so that only edits differ.
      const other = await readCluster(deps, before, cluster, token);
      return { before: other.cluster, after: cluster, remarks: other.remarks };
    },
  };
}

async function withRevision(deps: Deps): Promise<Comparison | undefined> {
  const cancelling = new vscode.CancellationTokenSource();
  const repositories = await gitRepositories(cancelling.token).finally(() => cancelling.dispose());
  const repository = await pickRepository(repositories);
  if (repository === undefined) return undefined;
  const revision = await pickRevision(repository);
  if (revision === undefined) return undefined;
  return {
    before: revision,
    after: 'the working tree',
    live: true,
    sides: async (cancelled) => {
      const { cluster, files } = await deps.session.state(cancelled);
      // Of files that are gone only their names tell whether they were read.
      const isRead = (uri: vscode.Uri, isGone: boolean): boolean =>
        files.has(uri.toString()) || (isGone && isManifestName(uri.path));
      const changes = await changesToRevision(repository, revision, isRead, cancelled);
      const older = await deps.session.preview(changes, cancelled);
      const remarks = unusedRemarks(revision, older.problems);
      return { before: older.cluster, after: cluster, remarks };
    },
  };
}

async function pickRepository(repositories: readonly GitRepository[]): Promise<GitRepository | undefined> {
  const [first] = repositories;
  if (repositories.length === 1) return first;
  const items = repositories.map((repository) => ({
    label: escapeIcons(vscode.workspace.asRelativePath(repository.rootUri)),
    repository,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: 'Compare Connectivity: repository' });
  return chosen?.repository;
}

/** A ref to choose, or any revision that is typed. */
async function pickRevision(repository: GitRepository): Promise<string | undefined> {
  const items = (await revisionItems(repository)).map((item) => ({
    ...item,
    label: escapeIcons(item.label),
  }));
  const pick = vscode.window.createQuickPick<(typeof items)[number]>();
  try {
    pick.title = 'Compare Connectivity: git revision';
    pick.placeholder = 'A branch or tag, or type a commit';
    pick.items = items;
    const chosen = new Promise<string | undefined>((resolve) => {
      pick.onDidChangeValue((value) => {
        const typed = value.trim();
        const known = typed === '' || items.some(({ revision }) => revision === typed);
        const item = {
          label: escapeIcons(typed),
          description: 'as typed',
          alwaysShow: true,
          revision: typed,
        };
        pick.items = known ? items : [...items, item];
      });
      pick.onDidAccept(() => resolve(pick.activeItems[0]?.revision));
      pick.onDidHide(() => resolve(undefined));
    });
    pick.show();
    return await chosen;
  } finally {
    pick.dispose();
  }
}

async function pickInput(
  kind: 'folder' | 'files',
  title: string,
): Promise<readonly vscode.Uri[] | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Compare',
    canSelectFiles: kind === 'files',
    canSelectFolders: kind === 'folder',
    canSelectMany: kind === 'files',
    filters: { 'Kubernetes objects': ['yaml', 'yml', 'json'] },
  });
  return uris === undefined || uris.length === 0 ? undefined : uris;
}

function nameOf(uris: readonly vscode.Uri[]): string {
  const [first] = uris;
  const name = first === undefined ? '' : vscode.workspace.asRelativePath(first);
  return uris.length > 1 ? `${name} and ${uris.length - 1} more` : name;
}

/**
 * Reads files and folders as a cluster of their own; the session knows nothing of it. Rejects, with what to do, when something of it
 * cannot be read: what it holds would look as if it were not there.
 */
export async function readCluster(
  { loadEngine, extensionUri, log }: Deps,
  uris: readonly vscode.Uri[],
  earlier: Cluster | undefined,
  token: vscode.CancellationToken,
): Promise<ReadCluster> {
  const engine = await loadEngine();
  const files = await filesOf({ kind: 'snapshot', uris }, extensionUri, token).catch((error: unknown) => {
    throw new Error(`${nameOf(uris)} cannot be read, so nothing was compared: ${reasonOf(error)}`);
  });
  const store = engine.createStore();
  try {
    const read = await readFiles(files, log, token);
    const unread = read.find((file) => 'removed' in file);
    if (unread !== undefined && !token.isCancellationRequested) {
      const uri = vscode.Uri.parse(unread.file, true);
      const reason = await vscode.workspace.fs.readFile(uri).then(() => 'It came only now.', reasonOf);
      throw new Error(`${nameOf([uri])} cannot be read, so nothing was compared: ${reason}`);
    }
    await inTurns(store.applyInSteps(read), () => token.isCancellationRequested);
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    if (store.current.files.every(({ objects }) => objects === 0))
      throw new Error(`${nameOf(uris)} holds no Kubernetes objects, so there is nothing to compare with.`);
    const isOver = (): boolean => token.isCancellationRequested;
    const { shown } = await completed(engine, store.current.cluster, log, earlier, isOver);
    return { cluster: shown, remarks: unusedRemarks(nameOf(uris), store.current.problems) };
  } finally {
    store.dispose();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface ReadCluster {
  readonly cluster: Cluster;
  /** What of the input is not used, in a sentence. */
  readonly remarks: readonly string[];
}

/** The problems of what is not shown are nowhere else to be seen. */
function unusedRemarks(name: string, problems: readonly Problem[]): readonly string[] {
  const [first, ...others] = problems.filter(({ severity }) => severity === 'error');
  if (first === undefined) return [];
  const place = `${nameOf([vscode.Uri.parse(first.at.file, true)])}:${first.at.line + 1}`;
  const more = others.length === 0 ? '' : ` There are ${others.length} more such problems in ${name}.`;
  return [`Not everything in ${name} could be used: ${place}: ${first.message}${more}`];
}

export async function tryWithoutPolicy(deps: Deps, panel: DiffPanel, policy: unknown): Promise<void> {
  if (!isPolicyName(policy))
    throw new Error('Choose Try Without This Policy above a policy in its manifest.');
  const { kind, namespace, name } = policy;
  const named = `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
  await withProgress(panel, {
    before: 'as it is',
    after: `without ${named}`,
    live: true,
    sides: async (token) => {
      const [engine, { cluster }] = await Promise.all([deps.loadEngine(), deps.session.state(token)]);
      const after = engine.withoutPolicy(cluster, policy);
      const count = (made: Cluster): number => made.policies.length + made.adminPolicies.length;
      if (count(after) === count(cluster)) throw new Error(`${named} is not in the cluster any more.`);
      return { before: cluster, after };
    },
  });
}

/** Unsaved text counts in the shown cluster, so that what is saved is the other side. */
export async function tryUnsavedText(deps: Deps, panel: DiffPanel, file: unknown): Promise<void> {
  const uri =
    typeof file === 'string' ? vscode.Uri.parse(file, true) : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) throw new Error('Open the manifest whose unsaved text is to be tried.');
  const name = vscode.workspace.asRelativePath(uri);
  await withProgress(panel, {
    before: `${name} as saved`,
    after: `${name} with unsaved text`,
    live: true,
    sides: async (token) => {
      const saved = await deps.session.preview([await readSaved(uri)], token);
      const remarks = unusedRemarks(`${name} as saved`, saved.problems);
      const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
      if (document === undefined) return { before: saved.cluster, after: saved.cluster, remarks };
      // Not the shown cluster: that may be a moment behind the keyboard.
      const typed = await deps.session.preview([{ file: uri.toString(), text: document.getText() }], token);
      return {
        before: saved.cluster,
        after: typed.cluster,
        remarks: [...remarks, ...unusedRemarks(`${name} with unsaved text`, typed.problems)],
      };
    },
  });
}

async function readSaved(uri: vscode.Uri) {
  const file = uri.toString();
  try {
    return { file, text: await vscode.workspace.fs.readFile(uri) };
  } catch (error) {
    // A new document that was never saved.
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound')
      return { file, removed: true as const };
    throw error;
  }
}

/** The panel shows progress and stops on request; the notification is for who looks elsewhere. */
async function withProgress(panel: DiffPanel, comparison: Comparison): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Comparing connectivity' },
    () => panel.show(comparison),
  );
}

function isPolicyName(value: unknown): value is PolicyName {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, namespace, name }: { readonly kind?: unknown; namespace?: unknown; name?: unknown } = value;
  return typeof kind === 'string' && typeof namespace === 'string' && typeof name === 'string';
}
