// Answers: what do manifests answer in the editor? Hovers in YAML, JSON and Helm templates, of any scheme. A document is looked at
// only once it is known to be a manifest, by a quick look at its text; before that neither the engine nor the cluster is loaded.
import * as vscode from 'vscode';
import type { Deps } from './deps';
import { toHover } from './markdown';
import { inTurns } from './turns';

/** Languages of documents that may hold manifests. */
export const manifests: vscode.DocumentSelector = ['yaml', 'json', 'helm'].map((language) => ({ language }));

/** Longer texts would take seconds to parse; nobody reads them with the mouse. */
const longest = 5_000_000;

export function registerLanguages(deps: Deps): vscode.Disposable {
  const texts = new ManifestTexts();
  return vscode.languages.registerHoverProvider(manifests, {
    provideHover: (document, position, token) => hover(deps, texts, document, position, token),
  });
}

/** A hover is no place for an error message: failures go to the log. */
async function hover(
  { loadEngine, session, log }: Deps,
  texts: ManifestTexts,
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Hover | undefined> {
  const { version } = document;
  const text = texts.textOf(document);
  if (text === undefined) return undefined;
  try {
    const [engine, state] = await Promise.all([loadEngine(), session.current ?? session.state(token)]);
    const file = document.uri.toString();
    if (token.isCancellationRequested || document.version !== version) return undefined;
    const isOver = (): boolean => token.isCancellationRequested || document.version !== version;
    await inTurns(engine.hoversInSteps(state.cluster), isOver);
    const parsed = await session.documentOf(file, text, isOver);
    if (isOver()) return undefined;
    const found = parsed && engine.hoverAt(state, text, parsed, { line, character });
    return found && toHover(found);
  } catch (error) {
    if (!(error instanceof vscode.CancellationError))
      log.error(error instanceof Error ? error : String(error));
    return undefined;
  }
}

/** Texts of documents that may hold Kubernetes objects, looked at once per version. */
class ManifestTexts {
  readonly #known = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly text: string | undefined }
  >();

  /** undefined: the document is no manifest. */
  textOf(document: vscode.TextDocument): string | undefined {
    const known = this.#known.get(document);
    if (known?.version === document.version) return known.text;
    const written = document.getText();
    const text = written.length <= longest && isManifest(written) ? written : undefined;
    this.#known.set(document, { version: document.version, text });
    return text;
  }
}

/** Whether the document says that it holds Kubernetes objects; a quick look, before anything is loaded. */
export function holdsManifest(document: vscode.TextDocument): boolean {
  const text = document.getText();
  return text.length <= longest && isManifest(text);
}

/** As the loader does it: whatever is Kubernetes' says so by these two keys. */
function isManifest(text: string): boolean {
  return text.includes('apiVersion') && /(?:^|[\s{,"'])kind["']?[ \t]*:/.test(text);
}
