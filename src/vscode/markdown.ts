// Answers: how does text from manifests become Markdown without becoming markup? Every name, label and address may have been
// written by somebody else: it is escaped here, once. Of command links only the trace is trusted, and only this file writes one.
import * as vscode from 'vscode';
import type { Hover, HoverBlock, TraceLink } from '../features/hoverShape';
import type { Location } from '../model/source';
import { commands } from './ids';

/** Escapes all that Markdown, VS Code's icons in it, or the recognition of addresses of the web would read as markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replace(/\s+/g, ' ');
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

/** The answer in bold, facts as a list, each with how it is known, links last. Without icons: names may hold `$(bug)`. */
export function toHover({ range, blocks }: Hover): vscode.Hover {
  const markdown = new vscode.MarkdownString(blocks.map(blockMarkdown).join('\n'));
  markdown.isTrusted = { enabledCommands: [commands.trace] };
  return new vscode.Hover(
    markdown,
    new vscode.Range(range.line, range.character, range.endLine, range.endCharacter),
  );
}

function blockMarkdown(block: HoverBlock): string {
  if (block.kind === 'trace') return `\n${block.links.map(traceMarkdown).join(' · ')}`;
  const text = escapeMarkdown(block.text);
  const known = block.provenance === undefined ? '' : ` _${block.provenance}_`;
  const place = block.at === undefined ? '' : ` · ${placeMarkdown(block.at)}`;
  return block.kind === 'answer' ? `**${text}**${known}${place}\n` : `- ${text}${known}${place}`;
}

/** `[shop.yaml:12](file:///...#L12)` */
function placeMarkdown(at: Location): string {
  const uri = vscode.Uri.parse(at.file, true).with({ fragment: `L${at.line + 1}` });
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return `[${escapeMarkdown(`${name}:${at.line + 1}`)}](${inLink(uri.toString())})`;
}

/** VS Code decodes the argument twice, so a `%` of a name goes as JSON's own escape. */
function traceMarkdown({ label, from, to }: TraceLink): string {
  const argument = JSON.stringify([{ from, to }]).replaceAll('%', '\\u0025');
  return `[${label}](${inLink(`command:${commands.trace}?${encodeURIComponent(argument)}`)})`;
}

/** A closing parenthesis would end the link. */
export function inLink(target: string): string {
  return target.replaceAll('(', '%28').replaceAll(')', '%29');
}
