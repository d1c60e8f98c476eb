// Answers: how is the connectivity drawn in a file of its own? One SVG with its own colours, light or dark as the viewer asks. No
// script, no link, nothing loaded; every name is escaped text. Thick lines say all ports, and so do their labels.
import type { ConnectivityGraph } from '../features/connectivityGraph';
import { shape, type Shape } from './draw';
import { layOutConnectivity, type PlacedArrows, type PlacedNode } from './connectivityLayout';
import { measureByTable } from './fontTable';
import type { DiagramLook } from './style';
import { dark, light, printed } from './svg';
import { breakText } from './text';

const margin = 24;
const lineHeight = 16;
/** Between the end of the label's line and the box. */
const head = 9;

/** The graph as an SVG document, ending in a line feed. @param title what the picture is of, one line. */
export function connectivitySvg(graph: ConnectivityGraph, title: string): string {
  const notes = graph.nodes.length === 0 ? ['Nothing is in it.', ...graph.notes] : graph.notes;
  const lines = notes.flatMap((note) => breakText(note, 900, 'text', 4, measureByTable));
  const top = margin + 28 + lines.length * lineHeight + (lines.length > 0 ? 12 : 0);
  const layout = layOutConnectivity(graph, margin + 10, top);
  const width = Math.max(layout.width + margin + 10, 480);
  const height = layout.height + margin;
  const root = shape(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: Math.ceil(height),
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      class: 'net',
      role: 'img',
      'aria-label': title,
    },
    shape('title', {}, title),
    shape('style', {}, `${rulesFor(light)}\n@media (prefers-color-scheme: dark) {\n${rulesFor(dark)}\n}`),
    shape('rect', { class: 'ground', width: '100%', height: '100%' }),
    shape('text', { class: 'heading', x: margin, y: margin + 14 }, title),
    lines.map((line, index) =>
      shape('text', { class: 'note', x: margin, y: margin + 38 + index * lineHeight }, line),
    ),
    layout.bands.map(({ title: name, y, height: tall }) =>
      shape(
        'g',
        {},
        shape('rect', { class: 'band', x: margin, y, width: width - 2 * margin, height: tall, rx: 6 }),
        shape('text', { class: 'band-title', x: margin + 10, y: y + 16 }, name),
      ),
    ),
    layout.arrows.map(lineShapes),
    layout.nodes.map(nodeShape),
    layout.arrows.map(labelShape),
  );
  return `${printed(root)}\n`;
}

function lineShapes({ x, y, all, from }: PlacedArrows): Shape {
  const end = x - head;
  const paths = from.map((start) => {
    // A line that goes back leaves to the right all the same, and comes in from the left.
    const bend = start.x < end ? Math.max(50, (end - start.x) * 0.45) : 90;
    return shape('path', {
      class: 'line',
      d: `M${start.x} ${round(start.y)}C${round(start.x + bend)} ${round(start.y)} ${round(end - bend)} ${round(y)} ${end} ${round(y)}`,
    });
  });
  const tip = `${x},${round(y)} ${end},${round(y - 4)} ${end},${round(y + 4)}`;
  return shape(
    'g',
    { class: all ? 'arrows all' : 'arrows' },
    paths,
    shape('polygon', { class: 'tip', points: tip }),
  );
}

function labelShape({ x, y, label, words }: PlacedArrows): Shape {
  const width = measureByTable(label, 'dim') + 8;
  const left = x - head - 4 - width;
  return shape(
    'g',
    {},
    label === words ? undefined : shape('title', {}, words),
    shape('rect', { class: 'label-ground', x: left, y: y - 8, width, height: 15, rx: 3 }),
    shape('text', { class: 'label', x: left + 4, y: y + 3.5 }, label),
  );
}

function nodeShape({ x, y, width, height, title, notes, outside }: PlacedNode): Shape {
  const line = (text: string, look: string, index: number): Shape =>
    shape('text', { class: look, x: x + 8, y: y + 19 + index * lineHeight }, text);
  return shape(
    'g',
    {},
    shape('rect', { class: outside ? 'box outside' : 'box', x, y, width, height, rx: outside ? 16 : 4 }),
    title.map((text, index) => line(text, 'name', index)),
    notes.map((text, index) => line(text, 'note', title.length + index)),
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function rulesFor({ text, dim, ground, box, border, podBorder, accent, interfaceFont }: DiagramLook): string {
  return [
    `.net .ground, .net .label-ground { fill: ${ground} }`,
    `.net text { font: 12px ${interfaceFont}; fill: ${text} }`,
    '.net .heading { font-size: 14px; font-weight: 600 }',
    `.net .note, .net .label, .net .band-title { font-size: 11px; fill: ${dim} }`,
    `.net .label { fill: ${text} }`,
    `.net .band { fill: none; stroke: ${border}; stroke-dasharray: 4 3 }`,
    `.net .box { fill: ${box}; stroke: ${podBorder}; stroke-width: 1.3 }`,
    `.net .box.outside { stroke: ${border} }`,
    `.net .line { fill: none; stroke: ${accent}; stroke-width: 1.1; opacity: 0.75 }`,
    '.net .all .line { stroke-width: 2.4; opacity: 0.6 }',
    `.net .tip { fill: ${accent} }`,
  ].join('\n');
}
