// Answers: which edits of a manifest's text make these changes of its fields? The text is spliced, never written again: comments,
// order, quotes and indentation of everything else stay. YAML in block and flow style, JSON in its own layout. What cannot be
// changed safely (an alias, a field of another type) is refused in words.
import type { FieldPath, FieldValue, ManifestChange } from '../analysis/checks/finding';
import { offsetAt } from '../load/lines';
import type { SyntaxFile } from '../load/parse';
import {
  entryOf,
  type SyntaxEntry,
  type SyntaxMap,
  type SyntaxNode,
  type SyntaxSequence,
} from '../load/syntax';
import type { Location } from '../model/source';
import { blockLines, flowText, jsonText, type BlockStyle } from './manifestText';

/** Offsets of the old text. Edits of one answer do not overlap and are in order. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Edits =
  | { readonly kind: 'edits'; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** The changes cannot be made; only inside of this file. */
class Refusal extends Error {}

/**
 * @param parsed the tree of exactly this text
 * @param object where the object begins, as the loader says it
 */
export function manifestEdits(
  text: string,
  parsed: SyntaxFile,
  object: Location,
  changes: readonly ManifestChange[],
): Edits {
  const document = parsed.documents[object.document];
  if (document?.root === undefined || document.broken)
    return { kind: 'refused', reason: 'The document has errors that must be mended first.' };
  const root = objectAt(document.root, offsetAt(parsed.lines, object));
  if (root === undefined) return { kind: 'refused', reason: 'The manifest has changed since; try again.' };
  const target: Target = { text, json: parsed.language === 'json', style: styleOf(text, root) };
  try {
    const edits = changes.map((change) => editOf(target, root, change));
    const ordered = [...edits].sort((a, b) => a.start - b.start);
    return { kind: 'edits', edits: ordered };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** The text with the edits made. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let from = 0;
  for (const edit of edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

interface Target {
  readonly text: string;
  readonly json: boolean;
  readonly style: BlockStyle;
}

/** The object itself, or an item of a list of objects. */
function objectAt(node: SyntaxNode, start: number): SyntaxMap | undefined {
  if (node.kind !== 'map') return undefined;
  if (node.start === start) return node;
  const items = entryOf(node, 'items')?.value;
  if (items?.kind !== 'sequence') return undefined;
  for (const item of items.items) {
    const found = objectAt(item, start);
    if (found !== undefined) return found;
  }
  return undefined;
}

function editOf(target: Target, root: SyntaxMap, change: ManifestChange): TextEdit {
  switch (change.kind) {
    case 'append':
      return append(target, root, change.path, change.value);
    case 'set':
      return set(target, root, change.path, change.value, change.after);
    case 'remove':
      return remove(target, root, change.path);
  }
}

function append(target: Target, root: SyntaxMap, path: FieldPath, value: FieldValue): TextEdit {
  const found = descend(root, path);
  if (found.missing.length > 0) return add(target, found.node, found.missing, [value], undefined);
  const { node, entry } = found;
  if (node.kind === 'sequence') return appendItem(target, node, value);
  if (isNothing(node) && entry !== undefined) return replaceNothing(target, entry, [value]);
  throw new Refusal(`${path.join('.')} is not a list.`);
}

function set(
  target: Target,
  root: SyntaxMap,
  path: FieldPath,
  value: FieldValue,
  after: string | undefined,
): TextEdit {
  const found = descend(root, path);
  if (found.missing.length > 0) return add(target, found.node, found.missing, value, after);
  const { node, entry } = found;
  if (isNothing(node) && entry !== undefined) return replaceNothing(target, entry, value);
  const inline = node.kind === 'scalar' || isFlow(target, node);
  if (!inline) throw new Refusal(`${path.join('.')} is already written.`);
  return { start: node.start, end: node.end, text: target.json ? jsonText(value) : flowText(value) };
}

interface Found {
  readonly node: SyntaxNode;
  /** The entry that holds the node. */
  readonly entry: SyntaxEntry | undefined;
  /** Keys of the path that are not there below `node`. */
  readonly missing: readonly string[];
}

function descend(root: SyntaxMap, path: FieldPath): Found {
  let node: SyntaxNode = root;
  let entry: SyntaxEntry | undefined;
  for (const [position, segment] of path.entries()) {
    let next: SyntaxNode | undefined;
    if (typeof segment === 'number') {
      next = node.kind === 'sequence' ? node.items[segment] : undefined;
      entry = undefined;
    } else {
      const below: SyntaxEntry | undefined = entryOf(node, segment);
      if (below === undefined && node.kind === 'map') {
        const missing = path.slice(position);
        if (missing.every((each) => typeof each === 'string'))
          return { node, entry, missing: missing.map(String) };
      }
      entry = below;
      next = below?.value;
    }
    if (next === undefined) throw new Refusal(`There is no ${path.slice(0, position + 1).join('.')}.`);
    if (next.start < node.start || next.end > node.end)
      throw new Refusal(
        `${path.slice(0, position + 1).join('.')} is an alias; change it where it is written.`,
      );
    node = next;
  }
  return { node, entry, missing: [] };
}

function isNothing(node: SyntaxNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function isFlow({ text }: Target, node: SyntaxNode): boolean {
  return text[node.start] === '[' || text[node.start] === '{';
}

/** `key:` without a value gets one; `key: null` and `key: ~` another. */
function replaceNothing(
  target: Target,
  { keyStart, keyEnd, value: old }: SyntaxEntry,
  value: FieldValue,
): TextEdit {
  if (target.json) return { start: old.start, end: old.end, text: jsonText(value) };
  const colon = target.text.indexOf(':', keyEnd) + 1;
  const end = old.start === old.end ? colon : old.end;
  const below = blockLines(value, columnOf(target, keyStart), target.style);
  if (below === undefined) return { start: colon, end, text: ` ${flowText(value)}` };
  if (old.start !== old.end) return { start: colon, end, text: ` ${flowText(value)}` };
  const at = lineEnd(target, colon);
  return { start: at, end: at, text: joined(target, below) };
}

/** Puts a field, and those above it that are missing too, into a map. */
function add(
  target: Target,
  node: SyntaxNode,
  missing: readonly string[],
  value: FieldValue,
  after: string | undefined,
): TextEdit {
  if (node.kind !== 'map') throw new Refusal(`${missing.join('.')} has no place.`);
  const [key = '', ...below] = missing;
  const whole = below.reduceRight<FieldValue>((inner, name) => ({ [name]: inner }), value);
  const last = node.entries.at(-1);
  if (isFlow(target, node)) {
    const written = target.json
      ? jsonEntry(target, node, key, whole)
      : `${flowText(key)}: ${flowText(whole)}`;
    if (last !== undefined) return insertion(last.value.end, `,${gap(target, node)}${written}`);
    return insertion(node.start + 1, target.json ? written : ` ${written} `);
  }
  if (last === undefined) throw new Refusal(`${missing.join('.')} has no place.`);
  const column = columnOf(target, (node.entries[0] ?? last).keyStart);
  const lines = blockLines({ [key]: whole }, column, target.style, true) ?? [];
  const before = node.entries.find((each) => each.key === after && each.value.start >= each.keyEnd);
  return insertion(lineEnd(target, before?.value.end ?? node.end), joined(target, lines));
}

function appendItem(target: Target, node: SyntaxSequence, value: FieldValue): TextEdit {
  const last = node.items.at(-1);
  if (isFlow(target, node)) {
    const written = target.json ? jsonItem(target, node, value) : flowText(value);
    return last === undefined
      ? insertion(node.start + 1, written)
      : insertion(last.end, `,${gap(target, node)}${written}`);
  }
  const column = last && dashColumn(target, last);
  if (column === undefined) throw new Refusal('The list is written in a way that is not changed safely.');
  const lines = blockLines([value], column, target.style, true) ?? [];
  return insertion(lineEnd(target, node.end), joined(target, lines));
}

function remove(target: Target, root: SyntaxMap, path: FieldPath): TextEdit {
  const index = path.at(-1);
  const list = descend(root, path.slice(0, -1)).node;
  const item = list.kind === 'sequence' && typeof index === 'number' ? list.items[index] : undefined;
  if (list.kind !== 'sequence' || item === undefined || typeof index !== 'number')
    throw new Refusal(`There is no ${path.join('.')}.`);
  const [previous, next] = [list.items[index - 1], list.items[index + 1]];
  // A key without a list would mean the same, but read like a slip.
  if (previous === undefined && next === undefined)
    throw new Refusal(`${path.join('.')} is the only item of its list.`);
  if (isFlow(target, list)) {
    if (previous !== undefined) return { start: previous.end, end: item.end, text: '' };
    return { start: item.start, end: next?.start ?? item.end, text: '' };
  }
  if (dashColumn(target, item) === undefined)
    throw new Refusal('The list is written in a way that is not changed safely.');
  const start = target.text.lastIndexOf('\n', item.start - 1) + 1;
  const end = target.text.indexOf('\n', item.end);
  if (end >= 0) return { start, end: end + 1, text: '' };
  const cut = target.text[start - 2] === '\r' ? start - 2 : start - 1;
  return { start: cut, end: target.text.length, text: '' };
}

function insertion(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

/** The end of the line that holds the last character before `offset`, comments behind it included. */
function lineEnd({ text }: Target, offset: number): number {
  const newline = text.indexOf('\n', Math.max(0, offset - (text[offset - 1] === '\n' ? 1 : 0)));
  if (newline < 0) return text.length;
  return text[newline - 1] === '\r' ? newline - 1 : newline;
}

function joined({ text }: Target, lines: readonly string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return lines.map((line) => `${newline}${line}`).join('');
}

function columnOf({ text }: Target, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Column of the dash before an item; undefined where anything but blanks stands before it. */
function dashColumn(target: Target, item: SyntaxNode): number | undefined {
  const column = columnOf(target, item.start);
  const before = target.text.slice(item.start - column, item.start);
  const dash = /^( *)- +$/.exec(before);
  return dash?.[1]?.length;
}

/** What stands between items of a flow collection: a blank, or a line of its own. */
function gap({ text }: Target, node: SyntaxMap | SyntaxSequence): string {
  const first = node.kind === 'map' ? node.entries[0]?.keyStart : node.items[0]?.start;
  const blanks = first === undefined ? '' : text.slice(node.start + 1, first);
  return /^\s*\n\s*$/.test(blanks) ? blanks.slice(blanks.lastIndexOf('\n', blanks.length)) : ' ';
}

function jsonItem(target: Target, node: SyntaxSequence, value: FieldValue): string {
  const own = gap(target, node);
  return own === ' ' ? jsonText(value) : indentedJson(target, value, own);
}

function jsonEntry(target: Target, node: SyntaxMap, key: string, value: FieldValue): string {
  const own = gap(target, node);
  const written = own === ' ' ? jsonText(value) : indentedJson(target, value, own);
  return `${JSON.stringify(key)}: ${written}`;
}

function indentedJson({ text }: Target, value: FieldValue, gapBefore: string): string {
  const unit = /^\s*[[{]\s*\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  const margin = gapBefore.slice(gapBefore.lastIndexOf('\n') + 1);
  return JSON.stringify(value, undefined, unit).replaceAll('\n', `\n${margin}`);
}

/** How the object indents lists below their key; two blanks further where it has none. */
function styleOf(text: string, root: SyntaxMap): BlockStyle {
  const own = text.slice(root.start, root.end);
  const found = /(?:^|\n)( *)(?:- )?[\w./-]+:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- /.exec(
    own,
  );
  const line = found?.[0].split('\n').find((each) => each.trim() !== '') ?? '';
  const key = line.search(/[^ -]/);
  const dash = found?.[2]?.length ?? 0;
  return { listIndent: found === null ? 2 : Math.max(0, dash - Math.max(0, key)) };
}
