// Answers: what does the YAML or JSON say that a ConfigMap holds as one text, and on which line of the file? A literal block
// keeps its lines, so each value is placed on its own; of any other style only the whole text has a place.
import type { Field } from './field';
import { rootField, text } from './field';
import type { LineIndex } from './lines';
import { lineIndexOf, positionAt } from './lines';
import type { SyntaxNode } from './syntax';
import { parseYaml } from './yaml';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The root of the document that `field` holds; an empty map when it holds none that is sound. Faults of its fields are nobody's. */
export function embeddedRoot(field: Field): Field {
  const written = text(field) ?? '';
  const [tree] = parseYaml(written, { start: 0, end: written.length });
  const sound = tree?.faults.every(({ severity }) => severity !== 'error') === true;
  const empty: SyntaxNode = { kind: 'map', start: 0, end: 0, entries: [] };
  const root = (sound ? tree.root : undefined) ?? empty;
  const whole = field.node ?? field.source.root;
  return rootField({
    ...field.source,
    root: moved(root, placer(written, field.source.lines, whole)),
    faults: [],
  });
}

/** @returns from a range of the embedded text to one of the file. */
function placer(written: string, lines: LineIndex, whole: Range): (range: Range) => Range {
  const first = positionAt(lines, whole.start);
  // The parser lets a block begin with the indentation of its first line; everything else begins behind a key or a dash.
  if (first.character !== 0) return () => whole;
  const inner = lineIndexOf(written);
  const lineOf = (offset: number): number => first.line + positionAt(inner, offset).line;
  return ({ start, end }) => {
    const from = lineOf(start);
    const to = Math.max(from, lineOf(Math.max(start, end - 1)));
    return {
      start: lines.starts[from] ?? whole.start,
      end: Math.min((lines.starts[to + 1] ?? lines.length + 1) - 1, whole.end),
    };
  };
}

/** The same node with every range set to one of the file. */
function moved(node: SyntaxNode, place: (range: Range) => Range): SyntaxNode {
  const { start, end } = place(node);
  if (node.kind === 'scalar') return { ...node, start, end };
  if (node.kind === 'sequence')
    return { ...node, start, end, items: node.items.map((item) => moved(item, place)) };
  const entries = node.entries.map((entry) => {
    const key = place({ start: entry.keyStart, end: entry.keyEnd });
    return { ...entry, keyStart: key.start, keyEnd: key.end, value: moved(entry.value, place) };
  });
  return { ...node, start, end, entries };
}
