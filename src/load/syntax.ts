// Answers: what does this text say, and where exactly? One tree for YAML and JSON: maps, sequences and scalars with the
// offsets of keys and values. The loader reads objects from it; hovers find with `pathAt` what stands under the cursor.
// Scalars are already read by Kubernetes' rules (load/scalar.ts), aliases and merge keys are resolved.
import type { Location } from '../model/source';
import type { LineIndex } from './lines';
import { positionAt } from './lines';

export type ScalarValue = string | number | boolean | null;

/** Offsets are UTF-16 units from the start of the file; `end` is exclusive. Quotes belong to the range. */
export interface SyntaxScalar {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
  /** As Kubernetes reads it: `on` is true, `010` is 8; null for an empty value, whose range is empty. */
  readonly value: ScalarValue;
  /** As written, quotes and escapes removed. */
  readonly text: string;
}

export interface SyntaxSequence {
  readonly kind: 'sequence';
  readonly start: number;
  readonly end: number;
  readonly items: readonly SyntaxNode[];
}

/** `value` is the anchored node where the text has an alias: its range then lies elsewhere in the document. */
export interface SyntaxEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: SyntaxNode;
}

/** Entries in the order written. Keys are unique: of a key written twice the last one counts, as in Kubernetes. */
export interface SyntaxMap {
  readonly kind: 'map';
  readonly start: number;
  readonly end: number;
  readonly entries: readonly SyntaxEntry[];
}

export type SyntaxNode = SyntaxMap | SyntaxSequence | SyntaxScalar;

/** One document of a file. `root` is undefined when nothing could be read of it. */
export interface SyntaxDocument {
  /** From 0, counting documents that have content. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly root: SyntaxNode | undefined;
  /** The text has a syntax error: the tree is a guess, good enough for a hover, not for the model. */
  readonly broken: boolean;
}

export type PathSegment = string | number;

/** What stands at an offset. */
export interface SyntaxHit {
  /** Keys and indices from the root to the node; ends with the key itself when `on` is 'key'. */
  readonly path: readonly PathSegment[];
  readonly on: 'key' | 'value';
  /** The value at `path`. */
  readonly node: SyntaxNode;
  /** The map entry that holds the offset; undefined inside a sequence's scalar items and at the root. */
  readonly entry: SyntaxEntry | undefined;
  /** Nodes from the root down to the parent of `node`. */
  readonly parents: readonly SyntaxNode[];
  /** Range of what was hit: the key, or the scalar. */
  readonly start: number;
  readonly end: number;
}

/** @returns the entry of `key`; undefined when `node` is no map or has no such key. */
export function entryOf(node: SyntaxNode | undefined, key: string): SyntaxEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** @returns the value below `node` along `path`. */
export function nodeAt(node: SyntaxNode | undefined, path: readonly PathSegment[]): SyntaxNode | undefined {
  let here = node;
  for (const segment of path) {
    if (typeof segment === 'number') here = here?.kind === 'sequence' ? here.items[segment] : undefined;
    else here = entryOf(here, segment)?.value;
  }
  return here;
}

/** @returns the text of a scalar string, or undefined for anything else. */
export function stringOf(node: SyntaxNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** @returns the key or scalar at `offset`, or undefined between values. The end of a word still counts as the word. */
export function pathAt(document: SyntaxDocument, offset: number): SyntaxHit | undefined {
  const path: PathSegment[] = [];
  const parents: SyntaxNode[] = [];
  let entry: SyntaxEntry | undefined;
  let node = document.root;
  while (node !== undefined) {
    if (node.kind === 'scalar') {
      if (!within(node, offset) || node.start === node.end) return undefined;
      return { path, on: 'value', node, entry, parents, start: node.start, end: node.end };
    }
    const parent: SyntaxNode = node;
    node = undefined;
    if (parent.kind === 'sequence') {
      const index = parent.items.findIndex((item) => within(item, offset));
      if (index < 0) return undefined;
      path.push(index);
      node = parent.items[index];
      entry = undefined;
    } else {
      const onKey = parent.entries.find(({ keyStart, keyEnd }) => keyStart <= offset && offset <= keyEnd);
      if (onKey !== undefined) {
        const { key, keyStart: start, keyEnd: end, value } = onKey;
        return {
          path: [...path, key],
          on: 'key',
          node: value,
          entry: onKey,
          parents: [...parents, parent],
          start,
          end,
        };
      }
      entry = parent.entries.find(({ value }) => within(value, offset));
      if (entry === undefined) return undefined;
      path.push(entry.key);
      node = entry.value;
    }
    parents.push(parent);
  }
  return undefined;
}

/** The location of a range of offsets. */
export function locationOf(
  file: string,
  lines: LineIndex,
  document: number,
  range: { readonly start: number; readonly end: number },
): Location {
  const from = positionAt(lines, range.start);
  const to = positionAt(lines, range.end);
  return {
    file,
    document,
    line: from.line,
    character: from.character,
    endLine: to.line,
    endCharacter: to.character,
  };
}

function within(range: { readonly start: number; readonly end: number }, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}
