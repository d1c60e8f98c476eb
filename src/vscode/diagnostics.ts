// Answers: which problems of the manifests stand in the Problems view? Those that loading and simulation found in files of the
// workspace; the sample and snapshots are not the user's to mend.
import * as vscode from 'vscode';
import { toDiagnostic } from './convert';
import type { Deps } from './deps';
import type { ClusterState } from './session';

export function registerDiagnostics({ session }: Deps): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('podNetwork');
  let shown: ReadonlySet<string> = new Set();
  const show = ({ problems, source }: ClusterState): void => {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const problem of source.kind === 'workspace' ? problems : []) {
      const list = byFile.get(problem.at.file);
      if (list === undefined) byFile.set(problem.at.file, [toDiagnostic(problem)]);
      else list.push(toDiagnostic(problem));
    }
    // All at once, with an empty list for files that are fine again: one message to the window.
    const files = [...new Set([...shown, ...byFile.keys()])];
    collection.set(files.map((file) => [vscode.Uri.parse(file, true), byFile.get(file) ?? []]));
    shown = new Set(byFile.keys());
  };
  return vscode.Disposable.from(collection, session.onDidChangeState(show));
}
