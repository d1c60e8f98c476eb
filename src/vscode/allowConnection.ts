// Answers: how does Allow This Connection ask before it writes? The change is shown as a diff, beside a list of what it does and of
// every other connection that it would open. Only the confirmed change is made, as edits that can be undone; the open trace then
// follows the new text by itself.
import * as vscode from 'vscode';
import type { AllowInput, ChangedFile, NoProposal, Proposal } from '../features/allowConnection';
import { columnBeside, reveal } from './convert';
import type { Deps } from './deps';
import type { ShownTrace } from './exportTrace';
import { escapeIcons } from './markdown';
import { textOf } from './policyChecks';
import { inTurns } from './turns';

const scheme = 'podnet-proposal';
const title = 'Allow This Connection';
/** Connections that are listed one by one. */
const mostListed = 200;

/** Texts of the right side of diffs, as long as they are shown. */
const proposed = new Map<string, string>();

export function registerProposals(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => proposed.get(uri.toString()) ?? '',
  });
}

/**
 * @param shown the trace of the panel
 * @param keep the column of the panel, which is to stay in view
 */
export async function allowConnection(
  deps: Deps,
  shown: ShownTrace | undefined,
  keep: vscode.ViewColumn | undefined,
): Promise<void> {
  const { source } = await deps.session.state();
  if (shown === undefined) {
    await vscode.window.showInformationMessage(
      'There is no trace yet. Trace a connection first; if a policy stops it, this command proposes the rule that lets it through.',
    );
    return;
  }
  if (source.kind !== 'workspace') {
    await vscode.window.showInformationMessage(
      `The ${source.kind === 'sample' ? 'sample cluster' : 'snapshot'} is only looked at, not changed. Open the manifests as a folder to change them.`,
    );
    return;
  }
  const proposal = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Looking for the smallest change',
      cancellable: true,
    },
    (_progress, token) => propose(deps, shown, token),
  );
  if (proposal.kind === 'refused') {
    const show = 'Show Rule';
    const actions = proposal.at === undefined ? [] : [show];
    const answer = await vscode.window.showWarningMessage(`Pod Network: ${proposal.reason}`, ...actions);
    if (answer === show && proposal.at !== undefined) await reveal(proposal.at, keep);
    return;
  }
  try {
    await showDiffs(proposal.files, keep);
    if (await isConfirmed(deps, proposal)) await write(deps, proposal.files);
  } finally {
    await closeDiffs();
    proposed.clear();
  }
  const [first] = proposal.files;
  if (first !== undefined && currentText(deps, first.file) === first.after) await revealChange(first, keep);
}

async function propose(
  deps: Deps,
  { trace, choice }: ShownTrace,
  token: vscode.CancellationToken,
): Promise<Proposal | NoProposal> {
  const [engine, { cluster, files }] = await Promise.all([deps.loadEngine(), deps.session.state(token)]);
  const input: AllowInput = {
    cluster,
    query: trace.query,
    choice,
    textOf: (file) => (files.has(file) ? currentText(deps, file) : undefined),
    parse: engine.parseText,
    preview: async (texts) => {
      const changes = [...texts].map(([file, text]) => ({ file, text }));
      return (await deps.session.preview(changes, token)).cluster;
    },
    drive: (steps) => inTurns(steps, () => token.isCancellationRequested),
  };
  return engine.proposeConnection(input);
}

function currentText(deps: Deps, file: string): string | undefined {
  return textOf(deps, file);
}

async function showDiffs(files: readonly ChangedFile[], keep: vscode.ViewColumn | undefined): Promise<void> {
  const viewColumn = columnBeside(keep);
  for (const { file, before, after } of files) {
    const uri = vscode.Uri.parse(file, true);
    const right = vscode.Uri.from({ scheme, path: uri.path, query: 'after' });
    const empty = vscode.Uri.from({ scheme, path: uri.path, query: 'before' });
    proposed.set(right.toString(), after);
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    await vscode.commands.executeCommand(
      'vscode.diff',
      before === undefined ? empty : uri,
      right,
      `${name}: as proposed`,
      { preview: false, viewColumn, preserveFocus: true },
    );
  }
}

async function closeDiffs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}

interface Choice extends vscode.QuickPickItem {
  readonly answer?: boolean;
}

/** Characters that a row of a quick pick shows at its usual width, beside the name of its group. */
const rowLength = 68;

/** The sentence in rows, broken between words. */
function rowsOf(sentence: string): readonly string[] {
  const rows: string[] = [];
  for (const word of sentence.split(/ (?! )/)) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= rowLength)
      rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

/** Stays open while the user looks at the diff. */
async function isConfirmed(deps: Deps, proposal: Proposal): Promise<boolean> {
  const engine = await deps.loadEngine();
  const { steps, alsoOpens, closes, notes, after, files } = proposal;
  const names = files.map(({ file }) => vscode.workspace.asRelativePath(vscode.Uri.parse(file, true)));
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  // A quick pick cuts long lines off: sentences take as many rows as they need.
  const said = (label: string, sentences: readonly string[]): readonly Choice[] => [
    ...(sentences.length === 0 ? [] : [separator(label)]),
    ...sentences
      .flatMap((sentence) => rowsOf(sentence))
      .map((row) => ({ label: escapeIcons(row), alwaysShow: true })),
  ];
  const listed = (label: string, sentence: string, connections: Proposal['alsoOpens']): readonly Choice[] => {
    const shown = connections.slice(0, mostListed).map((each) => engine.openedText(each));
    const more = connections.length - shown.length;
    return said(label, [sentence, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].filter(Boolean));
  };
  const items: readonly Choice[] = [
    {
      label: '$(check) Write this change',
      description: escapeIcons(names.join(', ')),
      answer: true,
      alwaysShow: true,
    },
    { label: '$(close) Change nothing', answer: false, alwaysShow: true },
    ...said('adds', steps),
    ...said('note', notes),
    ...listed('closes', engine.closesSentence(closes), closes),
    ...listed('opens besides', engine.alsoOpensSentence(alsoOpens), alsoOpens),
    ...said('afterwards', [`The trace says ${after.result}.`]),
  ];
  const pick = vscode.window.createQuickPick<Choice>();
  try {
    pick.title = title;
    const effects = [engine.closesSentence(closes), engine.alsoOpensSentence(alsoOpens)].filter(Boolean);
    pick.placeholder = `${effects.join(' ')} The diff is shown below; nothing is changed yet.`;
    pick.items = items;
    pick.ignoreFocusOut = true;
    const answered = new Promise<boolean>((resolve) => {
      pick.onDidAccept(() => {
        const answer = pick.activeItems[0]?.answer;
        if (answer !== undefined) resolve(answer);
      });
      pick.onDidHide(() => resolve(false));
    });
    pick.show();
    return await answered;
  } finally {
    pick.dispose();
  }
}

/** Only on the text that the change was made for. */
async function write(deps: Deps, files: readonly ChangedFile[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { file, before, after } of files) {
    const uri = vscode.Uri.parse(file, true);
    if (before === undefined) {
      edit.createFile(uri, { contents: new TextEncoder().encode(after) });
      continue;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== before)
      throw new Error(
        `${vscode.workspace.asRelativePath(uri)} was changed meanwhile; nothing was written. Try again.`,
      );
    const { start, end, text } = difference(before, after);
    edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error('VS Code did not take the change; nothing was written.');
  deps.log.info(`Allow This Connection changed ${files.map(({ file }) => file).join(', ')}`);
}

/** The part that differs: what is the same around it keeps its cursors and marks. */
function difference(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly text: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  // Of equal ways to tell it, the one that begins with a line.
  const back = start - (after.lastIndexOf('\n', start - 1) + 1);
  const end = after.length - tail;
  if (before.length - tail === start && after.slice(start - back, start) === after.slice(end - back, end))
    return { start: start - back, end: start - back, text: after.slice(start - back, end - back) };
  return { start, end: before.length - tail, text: after.slice(start, end) };
}

async function revealChange(
  { file, before, after }: ChangedFile,
  keep: vscode.ViewColumn | undefined,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file, true));
  const { start, text } = difference(before ?? '', after);
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
  await vscode.window.showTextDocument(document, {
    selection: range,
    viewColumn: columnBeside(keep),
    preview: false,
  });
}
