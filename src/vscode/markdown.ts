// Answers: how does text from manifests become Markdown without becoming markup? Every name, label and address may have been
// written by somebody else: it is escaped here, once, and command links are never trusted from it.
import * as vscode from 'vscode';

/** Escapes what Markdown, and VS Code's icons in it, would read as markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Quick picks draw `$(name)` as an icon, unless a backslash stands before it. */
export function escapeIcons(text: string): string {
  return text.replace(/\$\(/g, '\\$(');
}

/** Lines of name and value, the first one as a title. */
export function propertiesMarkdown(
  properties: readonly (readonly [name: string, value: string])[],
): vscode.MarkdownString {
  const lines = properties.map(([name, value], index) =>
    index === 0
      ? `**${escapeMarkdown(name)}** ${escapeMarkdown(value)}`
      : `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`,
  );
  return new vscode.MarkdownString(lines.join('  \n'));
}
