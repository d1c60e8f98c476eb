// Answers: how does a trace leave the panel? As Markdown, Mermaid, SVG or JSON, on the clipboard or in a file the user names.
import * as vscode from 'vscode';
import type { ProfileChoice } from '../dataplane/choice';
import type { TraceView } from '../features/traceViewShape';
import type { CopyFormat } from '../protocol/messages';
import type { Trace } from '../trace/trace';
import type { Deps, Engine } from './deps';

const formats: readonly {
  readonly format: CopyFormat;
  readonly label: string;
  readonly description: string;
  readonly extension: string;
}[] = [
  { format: 'markdown', label: 'Markdown', description: 'for an issue or a review', extension: 'md' },
  { format: 'mermaid', label: 'Mermaid', description: 'a diagram as text', extension: 'mmd' },
  { format: 'svg', label: 'SVG', description: 'the diagram as a picture', extension: 'svg' },
  { format: 'json', label: 'JSON', description: 'everything, for other tools', extension: 'json' },
];

export function formatName(wanted: CopyFormat): string {
  return formats.find(({ format }) => format === wanted)?.label ?? wanted;
}

/** A trace, and how it is shown: which of its ways. */
export interface ShownTrace {
  readonly trace: Trace;
  readonly view: TraceView;
  /** The profile that it was made with, where the user chose one. */
  readonly choice: ProfileChoice;
}

export function traceAs(engine: Engine, format: CopyFormat, { trace, view }: ShownTrace): string {
  switch (format) {
    case 'markdown':
      return engine.traceMarkdown(view);
    case 'mermaid':
      return engine.traceMermaid(view);
    case 'svg':
      return engine.traceSvg(view);
    case 'json':
      return `${JSON.stringify({ apiVersion: 'podnet/v1', kind: 'Trace', ...trace }, null, 2)}\n`;
  }
}

/** Asks for a format and a file, writes it, and opens it. Without a trace it says what to do first. */
export async function saveTrace(deps: Deps, shown: ShownTrace | undefined): Promise<void> {
  if (shown === undefined) {
    await vscode.window.showInformationMessage(
      'There is no trace to export yet. Pick a source and a destination first.',
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(formats, { title: 'Export the trace as' });
  if (chosen === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `trace.${chosen.extension}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export the trace',
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [chosen.label]: [chosen.extension] },
  });
  if (target === undefined) return;
  const text = traceAs(await deps.loadEngine(), chosen.format, shown);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target, { preview: true });
}
