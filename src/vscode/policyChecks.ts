// Answers: which findings of the checks stand in the Problems view? Those in manifests that are open in a tab, a moment after each
// change of the cluster; after Check Pod Network those of all files, until another source is looked at. The work is cut in turns
// and given up when the cluster changes again.
import * as vscode from 'vscode';
import type { Finding } from '../analysis/checks/finding';
import type { Disposable } from '../load/store';
import { toDiagnostic } from './convert';
import type { Deps, Engine } from './deps';
import { settings } from './ids';
import type { ClusterState } from './session';
import { inTurns } from './turns';

/** After the last change: what is shown while typing comes first. */
const settleMs = 250;

export interface PolicyChecks extends Disposable {
  /** Findings that are shown for a file, by URI. */
  findingsIn(file: string): readonly Finding[];
  /** Checks all files now and from now on; @returns how many findings there are. */
  checkAll(
    token: vscode.CancellationToken,
  ): Promise<{ readonly findings: number; readonly policies: number }>;
}

export function registerPolicyChecks(deps: Deps): PolicyChecks {
  const collection = vscode.languages.createDiagnosticCollection('podNetworkChecks');
  let shown: ReadonlyMap<string, readonly Finding[]> = new Map();
  /** Source whose files are all checked; undefined: only those in tabs. */
  let everything: ClusterState['source'] | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: vscode.CancellationTokenSource | undefined;
  /** What the shown findings are of: nothing is checked twice because a tab comes to the front. */
  let shownFor = '';

  function show(engine: Engine, found: readonly Finding[]): void {
    const byFile = new Map<string, Finding[]>();
    for (const each of found) {
      const list = byFile.get(each.at.file);
      if (list === undefined) byFile.set(each.at.file, [each]);
      else list.push(each);
    }
    const wanted = new Map(
      [...byFile].map(([file, list]) => [file, engine.withoutIgnored(textOf(deps, file) ?? '', list)]),
    );
    const lines = engine.checkLines();
    const toEntry = (each: Finding): vscode.Diagnostic => {
      const diagnostic = toDiagnostic(each);
      const target = vscode.Uri.joinPath(deps.extensionUri, 'media', 'checks.md');
      diagnostic.code = {
        value: each.code,
        target: target.with({ fragment: `L${lines.get(each.code) ?? 1}` }),
      };
      return diagnostic;
    };
    const files = [...new Set([...shown.keys(), ...wanted.keys()])];
    collection.set(
      files.map((file) => [vscode.Uri.parse(file, true), (wanted.get(file) ?? []).map(toEntry)]),
    );
    shown = wanted;
  }

  async function check(token: vscode.CancellationToken): Promise<void> {
    const state = deps.session.current;
    if (state === undefined) return;
    if (everything !== state.source) everything = undefined;
    const files = everything === undefined ? filesInTabs(state) : undefined;
    const written: unknown = vscode.workspace.getConfiguration('podNetwork').get(settings.checks);
    const wanted = JSON.stringify([state.revision, files === undefined ? null : [...files].sort(), written]);
    if (wanted === shownFor) return;
    const engine = await deps.loadEngine();
    const { severities, complaints } = engine.readCheckSetting(written);
    for (const complaint of complaints) deps.log.warn(`Setting podNetwork.${complaint}`);
    const found =
      files?.size === 0
        ? []
        : await inTurns(
            engine.checkInSteps(state.cluster, { severities, files }),
            () => token.isCancellationRequested,
          );
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    show(engine, found);
    shownFor = wanted;
  }

  function stop(): void {
    clearTimeout(timer);
    running?.cancel();
    running?.dispose();
    running = undefined;
  }

  /** Nothing is checked before something was looked at. */
  function soon(): void {
    stop();
    if (deps.session.current === undefined) return;
    timer = setTimeout(() => {
      const source = new vscode.CancellationTokenSource();
      running = source;
      check(source.token).catch((error: unknown) => {
        if (!(error instanceof vscode.CancellationError))
          deps.log.error(error instanceof Error ? error : String(error));
      });
    }, settleMs);
  }

  const listening = vscode.Disposable.from(
    deps.session.onDidChangeState(soon),
    vscode.window.tabGroups.onDidChangeTabs(soon),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`podNetwork.${settings.checks}`)) soon();
    }),
  );
  return {
    findingsIn: (file) => shown.get(file) ?? [],
    async checkAll(token) {
      stop();
      const { source, cluster } = await deps.session.state(token);
      everything = source;
      await check(token);
      const policies = cluster.policies.length + cluster.adminPolicies.length;
      return { findings: [...shown.values()].flat().length, policies };
    },
    dispose() {
      stop();
      listening.dispose();
      collection.dispose();
    },
  };
}

/** Manifests of the workspace that are open; the sample and snapshots are not the user's to mend. */
function filesInTabs({ source, files }: ClusterState): ReadonlySet<string> {
  if (source.kind !== 'workspace') return new Set();
  const open = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText) return [input.uri.toString()];
      return input instanceof vscode.TabInputTextDiff ? [input.modified.toString()] : [];
    });
  return new Set(open.filter((file) => files.has(file)));
}

/** What the editor has, else what was read. */
export function textOf({ session }: Deps, file: string): string | undefined {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);
  return open?.getText() ?? session.textOf(file);
}

/** Palette: checks everything, and shows where. */
export async function checkPodNetwork(deps: Deps, checks: PolicyChecks): Promise<void> {
  const { findings, policies } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Checking the pod network', cancellable: true },
    (_progress, token) => checks.checkAll(token),
  );
  if (findings > 0 || (deps.session.current?.problems.length ?? 0) > 0) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    return;
  }
  const what = policies === 1 ? 'One policy was' : `${policies} policies were`;
  await vscode.window.showInformationMessage(`Pod Network: Nothing to report. ${what} checked.`);
}
