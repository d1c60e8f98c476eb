// Answers: where do the items of a long YAML list stand, as kubectl writes one: `items:` at the left margin, each item behind a dash at
// one indent? Then some items can be parsed at a time. Nothing inside an item begins a line at that indent with a dash, because
// what an item holds stands further right (YAML 1.2, section 8.2.1); whoever parses the parts notices when it does. A line that is
// neither item nor field is a mistake of the item before it, so that what comes after is still found.
import type { DocumentRange } from './documents';

export interface ListParts {
  /** Up to the first item. */
  readonly head: DocumentRange;
  /** Whole items, some in each. */
  readonly items: readonly DocumentRange[];
  /** Fields behind the list; undefined: none. */
  readonly tail: DocumentRange | undefined;
}

/** @param size characters of one part of items, about. @returns undefined: it is no such list. */
export function listParts(text: string, { start, end }: DocumentRange, size: number): ListParts | undefined {
  const key = /^items:[ \t]*(?:#.*)?\r?$/m;
  const found = key.exec(text.slice(start, Math.min(end, start + mostBefore)));
  if (found === null) return undefined;
  let at = nextLine(text, start + found.index);
  while (at < end && isBlank(text, at)) at = nextLine(text, at);
  const indent = indentAt(text, at);
  if (!isItem(text, at, indent)) return undefined;
  const head = { start, end: at };
  const items = itemsIn(text, { start: at, end }, size);
  const behind = items.at(-1)?.end ?? end;
  if (behind === end) return { head, items, tail: undefined };
  // What stands between the list and the left margin belongs to neither.
  return indentAt(text, behind) === 0 ? { head, items, tail: { start: behind, end } } : undefined;
}

/** @param range begins with an item; only those are given that stand before a field. @param size 0: each for itself. */
export function itemsIn(text: string, { start, end }: DocumentRange, size: number): readonly DocumentRange[] {
  const indent = indentAt(text, start);
  const items: DocumentRange[] = [];
  let from = start;
  let at = nextLine(text, start);
  for (; at < end; at = nextLine(text, at)) {
    if (isBlank(text, at) || indentAt(text, at) > indent) continue;
    if (!isItem(text, at, indent)) {
      if (isField(text, at)) break;
      continue;
    }
    if (at - from < size) continue;
    items.push({ start: from, end: at });
    from = at;
  }
  items.push({ start: from, end: Math.min(at, end) });
  return items;
}

/** Fields of a list before its items are few. */
const mostBefore = 10_000;

function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function indentAt(text: string, line: number): number {
  let at = line;
  while (text[at] === ' ') at++;
  return at - line;
}

/** Nothing or a comment. */
function isBlank(text: string, line: number): boolean {
  const first = text[line + indentAt(text, line)];
  return first === undefined || first === '\n' || first === '\r' || first === '#';
}

/** `key:`, or what only ends a document. */
function isField(text: string, line: number): boolean {
  const field = /^ *(?:[^\s'"\-][^:\n]*|'[^'\n]*'|"[^"\n]*"):(?:\s|$)|^(?:---|\.\.\.)(?:\s|$)/;
  return field.test(text.slice(line, nextLine(text, line)));
}

function isItem(text: string, line: number, indent: number): boolean {
  const behind = text[line + indent + 1];
  return (
    indentAt(text, line) === indent &&
    text[line + indent] === '-' &&
    (behind === ' ' || behind === '\n' || behind === '\r' || behind === undefined)
  );
}
