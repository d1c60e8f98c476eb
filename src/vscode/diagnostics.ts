// Answers: which problems of the manifests stand in the Problems view? Those that loading and simulation found, file by file.
import * as vscode from 'vscode';
import { toDiagnostic } from './convert';
import type { Deps } from './deps';
import type { ClusterState } from './session';

export function registerDiagnostics({ session }: Deps): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('podNetwork');
  const show = ({ problems }: ClusterState): void => {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const problem of problems) {
      const list = byFile.get(problem.at.file);
      if (list === undefined) byFile.set(problem.at.file, [toDiagnostic(problem)]);
      else list.push(toDiagnostic(problem));
    }
    collection.clear();
    for (const [file, diagnostics] of byFile) collection.set(vscode.Uri.parse(file, true), diagnostics);
  };
  return vscode.Disposable.from(collection, session.onDidChangeState(show));
}
