// Answers: what does each command do, and what happens when it fails? The only place that catches: an error is logged once, and
// told once with the action that helps.
import * as vscode from 'vscode';
import type { TreeRow } from '../features/tree';
import { traceCommand, traceCurrent, traceRow } from './traceCommands';
import { chooseProfile } from './chooseProfile';
import { compareConnectivity, tryUnsavedText, tryWithoutPolicy } from './compareCommands';
import { reveal } from './convert';
import type { Deps } from './deps';
import type { DiffPanel } from './diffPanel';
import { saveTrace } from './exportTrace';
import { findIp } from './findIp';
import { escapeIcons } from './markdown';
import { commands, views, type CommandId } from './ids';
import type { MatrixPanel } from './matrixPanel';
import type { TracePanel } from './panel';
import { checkPodNetwork, type PolicyChecks } from './policyChecks';
import { allowConnection } from './allowConnection';
import type { ClusterSource } from './session';
import { isTreeRow } from './rowTree';

/** More problems of a snapshot than this are counted, not listed. */
const mostListed = 200;

/** Commands that the views register themselves, because they are about how they look. */
type TreeCommand = (typeof commands)[
  'chooseGrouping' | 'filter' | 'clearFilter' | 'filterPolicies' | 'clearPolicyFilter'];

export function registerCommands(
  deps: Deps,
  panel: TracePanel,
  matrix: MatrixPanel,
  diff: DiffPanel,
  checks: PolicyChecks,
): vscode.Disposable {
  const actions: Readonly<Record<Exclude<CommandId, TreeCommand>, (argument: unknown) => Promise<unknown>>> =
    {
      [commands.trace]: (argument) => traceCommand(deps, panel, argument),
      [commands.traceFromCurrent]: () => traceCurrent(deps, panel, 'source'),
      [commands.traceToCurrent]: () => traceCurrent(deps, panel, 'destination'),
      [commands.traceFromHere]: (row) => traceRow(deps, panel, row, 'source'),
      [commands.traceToHere]: (row) => traceRow(deps, panel, row, 'destination'),
      [commands.findIp]: () => findIp(deps),
      [commands.showMatrix]: () => matrix.show(),
      [commands.chooseCni]: () => chooseProfile(deps),
      [commands.openSample]: () => openSource(deps, { kind: 'sample' }),
      [commands.openSnapshot]: () => openSnapshot(deps),
      [commands.openWorkspace]: () => openSource(deps, { kind: 'workspace' }),
      [commands.exportTrace]: () => saveTrace(deps, panel.shown),
      [commands.copyIp]: (row) => onRow(row, ({ address }) => address, copyAddress),
      [commands.revealInManifest]: (row) =>
        onRow(
          row,
          ({ at }) => at,
          (at) => reveal(at),
        ),
      [commands.showNamespaces]: (row) =>
        onRow(
          row,
          (each) => each,
          (each) => showNamespaces(deps, each),
        ),
      [commands.compareConnectivity]: () => compareConnectivity(deps, diff),
      [commands.tryWithoutPolicy]: (policy) => tryWithoutPolicy(deps, diff, policy),
      [commands.tryUnsavedText]: (file) => tryUnsavedText(deps, diff, file),
      [commands.check]: () => checkPodNetwork(deps, checks),
      [commands.allowConnection]: () => allowConnection(deps, panel.shown, panel.column),
      [commands.showLog]: () => {
        deps.log.show();
        return Promise.resolve();
      },
    };
  const registered = Object.entries(actions).map(([id, action]) =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        return await action(argument);
      } catch (error) {
        if (!(error instanceof vscode.CancellationError)) await tell(deps, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function tell({ log }: Deps, error: unknown): Promise<void> {
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  const showLog = 'Show Log';
  if ((await vscode.window.showErrorMessage(`Pod Network: ${message}`, showLog)) === showLog) log.show();
}

/** Reads the source and shows the Cluster view. A snapshot may be large: then the user can stop it. */
async function openSource({ session }: Deps, source: ClusterSource): Promise<void> {
  const progress: vscode.ProgressOptions =
    source.kind === 'snapshot'
      ? { location: vscode.ProgressLocation.Notification, title: 'Reading the snapshot', cancellable: true }
      : { location: { viewId: views.cluster } };
  await vscode.window.withProgress(progress, (_progress, token) => session.open(source, token));
  await vscode.commands.executeCommand(`${views.cluster}.focus`);
}

/** Files or a folder is asked first: the dialogs of Windows and Linux choose only one of the two. */
async function openSnapshot(deps: Deps): Promise<void> {
  const kinds = [
    { label: 'Files', description: 'what kubectl get -o yaml or -o json printed', files: true },
    { label: 'Folder', description: 'such files in a folder and the folders below it', files: false },
  ];
  const kind = await vscode.window.showQuickPick(kinds, { title: 'Open a snapshot of a cluster from' });
  if (kind === undefined) return;
  const uris = await vscode.window.showOpenDialog({
    title: 'Open Snapshot',
    openLabel: 'Open Snapshot',
    canSelectFiles: kind.files,
    canSelectFolders: !kind.files,
    canSelectMany: true,
    filters: { 'Kubernetes objects': ['yaml', 'yml', 'json'] },
  });
  if (uris === undefined || uris.length === 0) return;
  await openSource(deps, { kind: 'snapshot', uris });
  await tellProblems(deps);
}

/** A snapshot is not the user's to mend, so its problems are no diagnostics; but what was left out is said. */
async function tellProblems({ session }: Deps): Promise<void> {
  const problems = (session.current?.problems ?? []).filter(({ severity }) => severity !== 'information');
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const show = 'Show Problems';
  const answer = `Pod Network: The snapshot has ${count}; what could be read is shown.`;
  if ((await vscode.window.showWarningMessage(answer, show)) !== show) return;
  const items = problems.slice(0, mostListed).map(({ message, at }) => {
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(at.file, true));
    return { label: escapeIcons(`${file}:${at.line + 1}`), detail: escapeIcons(message), at };
  });
  const title = items.length < problems.length ? `The first ${items.length} of ${count}` : 'Problems';
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title} of the snapshot`,
    placeHolder: 'Select one to open its file',
    matchOnDetail: true,
  });
  if (chosen !== undefined) await reveal(chosen.at);
}

/** Who shares which namespace in the pod of the row. */
async function showNamespaces({ loadEngine, session }: Deps, row: TreeRow): Promise<void> {
  const [engine, { cluster }] = await Promise.all([loadEngine(), session.state()]);
  const pod = engine.lookupOf(cluster).pod(row.id.slice(row.id.indexOf(':') + 1));
  if (pod === undefined) return;
  const items = engine.namespaceRows(pod).map(({ name, title, shared, meaning }): vscode.QuickPickItem => ({
    label: `${title} (${name})`,
    description: escapeIcons(shared),
    detail: meaning,
  }));
  await vscode.window.showQuickPick(items, {
    title: `Namespaces of pod ${pod.namespace}/${pod.name}`,
    placeHolder: engine.namespacesSummary(pod),
  });
}

async function copyAddress(address: string): Promise<void> {
  await vscode.env.clipboard.writeText(address);
  vscode.window.setStatusBarMessage(`Copied ${address}`, 3000);
}

async function onRow<T>(
  row: unknown,
  valueOf: (row: TreeRow) => T | undefined,
  act: (value: T) => Promise<unknown>,
): Promise<void> {
  const value = isTreeRow(row) ? valueOf(row) : undefined;
  if (value !== undefined) await act(value);
}
