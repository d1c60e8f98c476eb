// Answers: which tree do a parser's events make? Resolves anchors, aliases and merge keys (`<<`), and refuses what would
// never end or explode: an anchor that contains itself, and aliases that multiply (as goyaml's alias ratio does).
import type { SyntaxEntry, SyntaxNode, SyntaxScalar } from './syntax';

/** What is wrong with a text, by offsets. */
export interface SyntaxFault {
  readonly code: 'yaml.syntax' | 'yaml.alias' | 'yaml.duplicate-key' | 'json.syntax';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** More nodes than this by way of aliases, and ten times what is written, is an attack or a mistake. */
const mostExpandedNodes = 1_000_000;
const mostMergedKeys = 10_000;
/** Of one document; a reader mends the first ones and looks again. */
const mostFaults = 100;

interface Frame {
  readonly kind: 'map' | 'sequence';
  readonly start: number;
  readonly flow: boolean;
  readonly anchor: string | undefined;
  readonly items: SyntaxNode[];
  readonly entries: SyntaxEntry[];
  key: SyntaxScalar | undefined;
  /** Nodes below, with aliases counted as what they stand for. */
  expanded: number;
  /** Offset behind the last token inside. */
  end: number;
}

/** Receives nodes in document order and returns the finished root. One builder per document. */
export interface TreeBuilder {
  open(kind: 'map' | 'sequence', start: number, flow: boolean, anchor: string | undefined): void;
  scalar(node: SyntaxScalar, anchor: string | undefined): void;
  alias(name: string, start: number, end: number): void;
  /** Closes the innermost collection; `end` undefined: it ends with its last child. */
  close(end: number | undefined): void;
  readonly lastEnd: number;
  readonly openFlow: boolean;
  readonly root: SyntaxNode | undefined;
  readonly faults: readonly SyntaxFault[];
}

export function treeBuilder(): TreeBuilder {
  const stack: Frame[] = [];
  const anchors = new Map<string, { readonly node: SyntaxNode; readonly expanded: number }>();
  const faults: SyntaxFault[] = [];
  let root: SyntaxNode | undefined;
  let written = 0;
  let mergedKeys = 0;
  let exploded = false;

  const fault = (
    code: SyntaxFault['code'],
    severity: SyntaxFault['severity'],
    message: string,
    start: number,
    end: number,
  ): void => {
    if (faults.length < mostFaults) faults.push({ code, severity, message, start, end });
  };

  /** Puts a finished node into its parent. */
  const place = (node: SyntaxNode, expanded: number, end: number): void => {
    const parent = stack.at(-1);
    if (parent === undefined) {
      root = node;
      return;
    }
    parent.expanded += expanded;
    parent.end = Math.max(parent.end, end);
    if (parent.kind === 'sequence') {
      parent.items.push(node);
    } else if (parent.key === undefined) {
      parent.key =
        node.kind === 'scalar'
          ? node
          : { kind: 'scalar', start: node.start, end: node.end, value: '', text: '' };
    } else {
      const key = parent.key;
      parent.key = undefined;
      parent.entries.push({ key: key.text, keyStart: key.start, keyEnd: key.end, value: node });
    }
  };

  const anchored = (name: string | undefined, node: SyntaxNode, expanded: number): void => {
    if (name !== undefined) anchors.set(name, { node, expanded });
  };

  return {
    open(kind, start, flow, anchor) {
      written++;
      stack.push({
        kind,
        start,
        flow,
        anchor,
        items: [],
        entries: [],
        key: undefined,
        expanded: 1,
        end: start,
      });
    },
    scalar(node, anchor) {
      written++;
      anchored(anchor, node, 1);
      place(node, 1, node.end);
    },
    alias(name, start, end) {
      const target = anchors.get(name);
      const within = stack.some((frame) => frame.anchor === name);
      const empty: SyntaxScalar = { kind: 'scalar', start: end, end, value: null, text: '' };
      if (within) {
        fault('yaml.alias', 'error', `The anchor '${name}' contains itself.`, start, end);
        place(empty, 1, end);
      } else if (target === undefined) {
        fault('yaml.alias', 'error', `There is no anchor '${name}' before this alias.`, start, end);
        place(empty, 1, end);
      } else {
        const parent = stack.at(-1);
        const total = (parent?.expanded ?? 0) + target.expanded;
        if (total > mostExpandedNodes && total > written * 10) {
          if (!exploded)
            fault(
              'yaml.alias',
              'error',
              'The aliases of this document multiply beyond what is read.',
              start,
              end,
            );
          exploded = true;
          place(empty, 1, end);
        } else {
          place(target.node, target.expanded, end);
        }
      }
    },
    close(end) {
      const frame = stack.pop();
      if (frame === undefined) return;
      const range = { start: frame.start, end: end ?? frame.end };
      let node: SyntaxNode;
      if (frame.kind === 'sequence') {
        node = { kind: 'sequence', ...range, items: frame.items };
      } else {
        const merged = mergeEntries(frame.entries, mostMergedKeys - mergedKeys);
        mergedKeys += merged.count;
        if (merged.tooMany !== undefined) {
          fault(
            'yaml.alias',
            'error',
            'Merge keys of this document add more keys than are read.',
            merged.tooMany.keyStart,
            merged.tooMany.keyEnd,
          );
        }
        for (const entry of merged.repeated) {
          fault(
            'yaml.duplicate-key',
            'warning',
            `The key '${entry.key}' is written twice; the last one counts.`,
            entry.keyStart,
            entry.keyEnd,
          );
        }
        node = { kind: 'map', ...range, entries: merged.entries };
      }
      anchored(frame.anchor, node, frame.expanded);
      place(node, frame.expanded, range.end);
    },
    get lastEnd() {
      return stack.at(-1)?.end ?? root?.end ?? 0;
    },
    get openFlow() {
      return stack.at(-1)?.flow ?? false;
    },
    get root() {
      return root;
    },
    get faults() {
      return faults;
    },
  };
}

interface MergedEntries {
  readonly entries: readonly SyntaxEntry[];
  /** Entries whose key an earlier entry of the same map has. */
  readonly repeated: readonly SyntaxEntry[];
  /** Keys added by merging. */
  readonly count: number;
  readonly tooMany: SyntaxEntry | undefined;
}

/** Makes keys unique (the last one counts) and adds the keys that `<<` brings, unless the map has them itself. */
function mergeEntries(entries: readonly SyntaxEntry[], room: number): MergedEntries {
  const merges = entries.some((entry) => entry.key === '<<');
  if (!merges && unique(entries)) return { entries, repeated: [], count: 0, tooMany: undefined };
  const byKey = new Map<string, SyntaxEntry>();
  const repeated: SyntaxEntry[] = [];
  for (const entry of entries) {
    if (entry.key === '<<') continue;
    if (byKey.has(entry.key)) repeated.push(entry);
    byKey.set(entry.key, entry);
  }
  let count = 0;
  for (const merge of entries) {
    if (merge.key !== '<<') continue;
    const sources = merge.value.kind === 'sequence' ? merge.value.items : [merge.value];
    for (const source of sources) {
      if (source.kind !== 'map') continue;
      count += source.entries.length;
      if (count > room) return { entries: [...byKey.values()], repeated, count, tooMany: merge };
      for (const entry of source.entries) if (!byKey.has(entry.key)) byKey.set(entry.key, entry);
    }
  }
  return { entries: [...byKey.values()], repeated, count, tooMany: undefined };
}

/** Of entries with the same key only the last, in the place of the first. */
export function uniqueEntries(entries: readonly SyntaxEntry[]): readonly SyntaxEntry[] {
  return unique(entries) ? entries : [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}

/** Small maps, which nearly all are, are compared in place: no set is made for each. */
function unique(entries: readonly SyntaxEntry[]): boolean {
  if (entries.length > 12) return new Set(entries.map((entry) => entry.key)).size === entries.length;
  for (let at = 1; at < entries.length; at++) {
    const key = entries[at]?.key;
    for (let before = 0; before < at; before++) if (entries[before]?.key === key) return false;
  }
  return true;
}
