// Answers: which quick fixes do findings of the checks have? Those that the check names, written into the text as it is now, and a
// comment that turns the finding off. Nothing changes before one is chosen; all can be undone.
import * as vscode from 'vscode';
import type { Finding } from '../analysis/checks/finding';
import type { SyntaxFile } from '../load/parse';
import type { Deps, Engine } from './deps';
import type { PolicyChecks } from './policyChecks';

const manifests: vscode.DocumentSelector = ['yaml', 'json', 'helm'].map((language) => ({ language }));

export function registerQuickFixes(deps: Deps, checks: PolicyChecks): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    manifests,
    {
      provideCodeActions: async (document, _range, { diagnostics }, token) => {
        const findings = checks.findingsIn(document.uri.toString());
        const asked = diagnostics.flatMap((diagnostic) => {
          const found = findings.find((each) => isOf(diagnostic, each));
          return found === undefined ? [] : [{ diagnostic, found }];
        });
        if (asked.length === 0) return [];
        const engine = await deps.loadEngine();
        const { version } = document;
        const text = document.getText();
        const isOver = (): boolean => token.isCancellationRequested || document.version !== version;
        const parsed = await deps.session.documentOf(document.uri.toString(), text, isOver);
        if (isOver()) return [];
        return asked.flatMap(({ diagnostic, found }) =>
          actionsFor(engine, document, parsed, diagnostic, found),
        );
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function isOf({ source, code, range }: vscode.Diagnostic, { code: own, at }: Finding): boolean {
  const value = typeof code === 'object' ? code.value : code;
  return (
    source === 'Pod Network' &&
    value === own &&
    range.start.line === at.line &&
    range.start.character === at.character
  );
}

function actionsFor(
  engine: Engine,
  document: vscode.TextDocument,
  parsed: SyntaxFile | undefined,
  diagnostic: vscode.Diagnostic,
  found: Finding,
): readonly vscode.CodeAction[] {
  const text = document.getText();
  const fixes = (found.fixes ?? []).flatMap((fix, index) => {
    if (parsed === undefined || fix.object.file !== document.uri.toString()) return [];
    const made = engine.manifestEdits(text, parsed, fix.object, fix.changes);
    if (made.kind === 'refused') return [];
    const action = quickFix(fix.title, diagnostic);
    action.isPreferred = index === 0;
    for (const { start, end, text: written } of made.edits)
      action.edit.replace(
        document.uri,
        new vscode.Range(document.positionAt(start), document.positionAt(end)),
        written,
      );
    return [action];
  });
  return [...fixes, ...ignoring(engine, document, diagnostic, found)];
}

function ignoring(
  engine: Engine,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  found: Finding,
): readonly vscode.CodeAction[] {
  // JSON has no comments.
  if (document.languageId === 'json' || /^\s*[[{]/.test(document.getText())) return [];
  const { line, text } = engine.ignoreEdit(document.getText(), found);
  const action = quickFix(`Ignore ${found.code} here, by a comment`, diagnostic);
  action.edit.insert(document.uri, new vscode.Position(line, 0), text);
  return [action];
}

function quickFix(
  title: string,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction & { readonly edit: vscode.WorkspaceEdit } {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  return Object.assign(action, { edit: new vscode.WorkspaceEdit() });
}
