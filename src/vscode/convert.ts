// Answers: what are the engine's places, problems and icons in VS Code's types? The one place where they are converted.
import * as vscode from 'vscode';
import type { Problem, Severity } from '../model/problem';
import type { Location } from '../model/source';

export function toRange(at: Location): vscode.Range {
  return new vscode.Range(at.line, at.character, at.endLine, at.endCharacter);
}

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

export function toDiagnostic(problem: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    toRange(problem.at),
    problem.message,
    severities[problem.severity],
  );
  diagnostic.source = 'Pod Network';
  diagnostic.code = problem.code;
  diagnostic.relatedInformation = (problem.related ?? []).map(
    ({ text, at }) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(vscode.Uri.parse(at.file, true), toRange(at)),
        text,
      ),
  );
  return diagnostic;
}

/** Opens the file with the place selected and in view, beside the column that is to stay visible. */
export async function reveal(at: Location, keep?: vscode.ViewColumn): Promise<void> {
  const start = new vscode.Range(at.line, at.character, at.line, at.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(at.file, true), {
    selection: at.endLine - at.line > 2 ? start : toRange(at),
    viewColumn: columnBeside(keep),
    preview: true,
  });
}

/** A column that shows something else than the one to keep. */
export function columnBeside(keep: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const shown = vscode.window.visibleTextEditors.map(({ viewColumn }) => viewColumn);
  const other = shown.find((column) => column !== undefined && column !== keep);
  return other ?? (keep === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One);
}
