// Answers: how is the connectivity drawn where Graphviz or Mermaid is rendered? Namespaces as clusters, workloads as nodes, ports on
// the edges. Names are data: each language gets them in its own escapes.
import type { ConnectivityGraph, GraphNode } from './connectivityGraph';
import { escapeMermaid } from './traceMermaid';

/** Graphviz source, edge by edge. */
export function* connectivityDot({ nodes, edges, notes }: ConnectivityGraph): Generator<string> {
  yield 'digraph connectivity {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n';
  if (notes.length > 0) yield `  label=${dotText(notes.join('\n'))};\n`;
  const shapes = nodes.map((node, index) => ({ node, index }));
  let clusters = 0;
  for (const [namespace, members] of byNamespace(shapes)) {
    const isOutside = namespace === undefined;
    const indent = isOutside ? '  ' : '    ';
    if (!isOutside) yield `  subgraph cluster_${clusters++} {\n    label=${dotText(namespace)};\n`;
    for (const { node, index } of members) {
      const look = isOutside ? ', shape=ellipse' : '';
      yield `${indent}n${index} [label=${dotText(linesOf(node).join('\n'))}${look}];\n`;
    }
    if (!isOutside) yield '  }\n';
  }
  for (const { from, to, label, all } of edges)
    yield `  n${from} -> n${to} [label=${dotText(label)}${all ? ', style=bold' : ''}];\n`;
  yield '}\n';
}

/** A quoted string of DOT: backslashes and entities mean something in labels. */
function dotText(text: string): string {
  const escaped = text
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('&', '&amp;')
    .replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** A Mermaid flowchart. */
export function* connectivityMermaid({ nodes, edges, notes }: ConnectivityGraph): Generator<string> {
  yield 'flowchart LR\n';
  for (const note of notes) yield `%% ${note.replace(/[\s{}%]+/g, ' ')}\n`;
  const shapes = nodes.map((node, index) => ({ node, index }));
  let clusters = 0;
  for (const [namespace, members] of byNamespace(shapes)) {
    const isOutside = namespace === undefined;
    const indent = isOutside ? '  ' : '    ';
    if (!isOutside) yield `  subgraph ns${clusters++}["${escapeMermaid(namespace)}"]\n`;
    for (const { node, index } of members) {
      const label = linesOf(node).map(escapeMermaid).join('<br/>');
      yield `${indent}n${index}${isOutside ? `(["${label}"])` : `["${label}"]`}\n`;
    }
    if (!isOutside) yield '  end\n';
  }
  for (const { from, to, label, all } of edges)
    yield `  n${from} ${all ? '==>' : '-->'}|"${escapeMermaid(label)}"| n${to}\n`;
}

function linesOf({ lines, notes }: GraphNode): readonly string[] {
  return [...lines, ...notes];
}

function byNamespace<T extends { readonly node: GraphNode }>(
  items: readonly T[],
): ReadonlyMap<string | undefined, readonly T[]> {
  const groups = new Map<string | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(item.node.namespace);
    if (group === undefined) groups.set(item.node.namespace, [item]);
    else group.push(item);
  }
  return groups;
}
