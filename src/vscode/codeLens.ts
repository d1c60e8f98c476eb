// Answers: how do the lenses of the engine appear in VS Code? Above manifests of the shown cluster, drawn again when the cluster or
// the saved state of a document changes. A click traces, tries, or shows places beside the line.
import * as vscode from 'vscode';
import type { Lens, LensAction } from '../features/codeLens';
import type { Location } from '../model/source';
import { toRange } from './convert';
import type { Deps } from './deps';
import { commands, settings } from './ids';
import { holdsManifest, manifests } from './languages';
import { inTurns } from './turns';

export function registerCodeLens(deps: Deps): vscode.Disposable {
  const redraw = new vscode.EventEmitter<void>();
  /** Documents that had unsaved text when their lenses were made. */
  const dirty = new Set<string>();
  const dirtChanged = (document: vscode.TextDocument): void => {
    const file = document.uri.toString();
    if (document.isDirty === dirty.has(file)) return;
    if (document.isDirty) dirty.add(file);
    else dirty.delete(file);
    redraw.fire();
  };
  const provider = vscode.languages.registerCodeLensProvider(manifests, {
    onDidChangeCodeLenses: redraw.event,
    provideCodeLenses: (document, token) => lenses(deps, document, token),
  });
  return vscode.Disposable.from(
    redraw,
    provider,
    deps.session.onDidChangeState(() => redraw.fire()),
    vscode.workspace.onDidChangeTextDocument(({ document }) => dirtChanged(document)),
    vscode.workspace.onDidSaveTextDocument(dirtChanged),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => dirty.delete(uri.toString())),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`podNetwork.${settings.codeLens}`)) redraw.fire();
    }),
  );
}

/** A lens is no place for an error message: failures go to the log. */
async function lenses(
  { loadEngine, session, log }: Deps,
  document: vscode.TextDocument,
  token: vscode.CancellationToken,
): Promise<vscode.CodeLens[]> {
  const { uri } = document;
  if (vscode.workspace.getConfiguration('podNetwork', uri).get(settings.codeLens) === false) return [];
  if (!holdsManifest(document)) return [];
  try {
    const [engine, state] = await Promise.all([loadEngine(), session.current ?? session.state(token)]);
    const file = uri.toString();
    if (token.isCancellationRequested || !state.files.has(file)) return [];
    const made = engine.lensesInSteps(state.cluster, file, document.isDirty);
    const found = await inTurns(made, () => token.isCancellationRequested);
    return found.map((lens) => toLens(uri, lens));
  } catch (error) {
    if (!(error instanceof vscode.CancellationError))
      log.error(error instanceof Error ? error : String(error));
    return [];
  }
}

function toLens(uri: vscode.Uri, { title, at, action }: Lens): vscode.CodeLens {
  const range = toRange(at);
  // Titles hold counts and words of ours only: nothing from a manifest could become an icon.
  return new vscode.CodeLens(range, { title, ...commandOf(uri, range.start, action) });
}

function commandOf(
  uri: vscode.Uri,
  position: vscode.Position,
  action: LensAction,
): { readonly command: string; readonly arguments?: unknown[] } {
  switch (action.kind) {
    case 'show':
      return action.places.length === 0
        ? { command: '' }
        : {
            command: 'editor.action.showReferences',
            arguments: [uri, position, action.places.map(toLocation)],
          };
    case 'trace': {
      const { from, to } = action;
      const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      return { command: commands.trace, arguments: [ends] };
    }
    case 'without':
      return { command: commands.tryWithoutPolicy, arguments: [action.policy] };
    case 'unsaved':
      return { command: commands.tryUnsavedText, arguments: [action.file] };
  }
}

function toLocation(at: Location): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(at.file, true), toRange(at));
}
