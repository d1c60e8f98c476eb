// Answers: how is a way drawn? As SVG, made of the layout's boxes, edges and cards. For assistive technology it is one
// picture with a description; the list of steps beside it is its twin that the keyboard walks.
import type { LegView } from '../src/features/traceViewShape';
import {
  layOut,
  lineHeight,
  type Layout,
  type Measure,
  type PlacedBox,
  type PlacedEdge,
  type PlacedRow,
} from './diagramLayout';
import type { RowStyle } from './diagramRows';
import { h, s } from './h';
import { icon } from './icons';

export interface Diagram {
  readonly element: HTMLElement;
  /** Marks the device and the sign that belong to the step. */
  highlight(step: number | undefined): void;
  dispose(): void;
}

/** @param onSelect told the step of the device or sign that was clicked. */
export function diagram(leg: LegView, onSelect: (step: number) => void): Diagram {
  const stage = h('div', { class: 'stage' });
  let shown: number | undefined;
  let width = 0;
  const draw = (): void => {
    const available = Math.floor(stage.clientWidth);
    if (available === 0 || available === width) return;
    width = available;
    const drawn = drawing(layOut(leg, available, measureWith(stage)), leg, onSelect);
    drawn.setAttribute('data-for', String(available));
    stage.replaceChildren(drawn);
    highlight(shown);
  };
  const observer = new ResizeObserver(draw);
  observer.observe(stage);
  function highlight(step: number | undefined): void {
    shown = step;
    const hop = step === undefined ? undefined : leg.steps[step]?.hop;
    for (const row of stage.querySelectorAll('[data-hop]')) {
      const isHop = hop !== undefined && row.getAttribute('data-hop') === String(hop);
      const isStep = row.getAttribute('data-step') === String(step);
      row.classList.toggle('selected', isHop && (isStep || row.classList.contains('look-hop')));
    }
  }
  return { element: stage, highlight, dispose: () => observer.disconnect() };
}

function drawing(layout: Layout, leg: LegView, onSelect: (step: number) => void): SVGSVGElement {
  return s(
    'svg',
    {
      class: 'diagram',
      role: 'img',
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      'aria-label': description(leg),
    },
    layout.boxes.map((box) => drawBox(box, onSelect)),
    layout.edges.map((edge) => drawEdge(edge, layout.vertical)),
  );
}

function description(leg: LegView): string {
  const places = leg.lanes.filter((lane) => lane.reached).map((lane) => lane.title);
  const missed = leg.lanes.filter((lane) => !lane.reached).map((lane) => lane.title);
  const stop = missed.length === 0 ? '' : ` It does not reach ${missed.join(', ')}.`;
  return `Diagram of the ${leg.kind}: ${places.join(', then ')}.${stop} The list of steps says the same.`;
}

function drawBox(box: PlacedBox, onSelect: (step: number) => void): SVGElement {
  const classes = ['box', `box-${box.lane.kind}`, box.lane.reached ? '' : 'missed', box.stops ? 'stops' : ''];
  return s(
    'g',
    { class: classes.join(' ').trim() },
    s('rect', { class: 'frame', x: box.x, y: box.y, width: box.width, height: box.height, rx: 6 }),
    box.outlines.map((rect) => s('rect', { class: 'netns', ...rect, rx: 4 })),
    box.track.length < 2
      ? undefined
      : s('polyline', { class: 'track', points: box.track.map(({ x, y }) => `${x},${y}`).join(' ') }),
    box.rows.map((row) => drawRow(row, onSelect)),
  );
}

function drawRow(placed: PlacedRow, onSelect: (step: number) => void): SVGElement {
  const { row, lines, x, y, width, height, textX, dot } = placed;
  const { step } = row;
  const classes = ['row', `style-${row.style}`, row.look === undefined ? '' : `look-${row.look}`];
  const isShort = lines.join('').length < row.text.replace(/\s/g, '').length;
  const tooltip = row.tooltip ?? (isShort ? row.text : undefined);
  return s(
    'g',
    {
      class: classes.join(' ').trim(),
      'data-hop': row.hop,
      'data-step': step,
      onclick: step === undefined ? undefined : () => onSelect(step),
    },
    tooltip === undefined ? undefined : s('title', {}, tooltip),
    step === undefined
      ? undefined
      : s('rect', { class: 'back', x: x - 4, y, width: width + 6, height, rx: 3 }),
    dot === undefined ? undefined : s('circle', { class: 'dot', cx: dot.x, cy: dot.y, r: 4 }),
    row.icon === undefined
      ? undefined
      : icon(row.icon, 14, x, y + height / 2 - (lines.length * lineHeight) / 2 + 1),
    lines.map((line, index) =>
      s(
        'text',
        { x: textX, y: y + height / 2 - (lines.length * lineHeight) / 2 + index * lineHeight + 12 },
        line,
      ),
    ),
    row.aside === undefined
      ? undefined
      : s('text', { class: 'movement', x: x + width, y: y + 13, 'text-anchor': 'end' }, row.aside),
  );
}

function drawEdge(edge: PlacedEdge, vertical: boolean): SVGElement {
  const { from, to, middle, card } = edge;
  const bend = vertical
    ? `M${from.x},${from.y} L${to.x},${to.y}`
    : `M${from.x},${from.y} C${middle.x},${from.y} ${middle.x},${to.y} ${to.x},${to.y}`;
  const leader = vertical
    ? `M${middle.x},${middle.y} L${card.x},${middle.y}`
    : `M${middle.x},${middle.y} L${middle.x},${card.y}`;
  return s(
    'g',
    { class: edge.reached ? 'edge' : 'edge missed', 'data-hop': edge.hop },
    s('path', { class: 'leader', d: leader }),
    s('path', { class: 'line', d: bend }),
    edge.reached
      ? s('polygon', { class: 'head', points: arrowHead(edge, vertical) })
      : [
          s('circle', { class: 'stop', cx: middle.x, cy: middle.y, r: 9 }),
          icon('cross', 12, middle.x - 6, middle.y - 6),
        ],
    s('rect', { class: 'card', x: card.x, y: card.y, width: card.width, height: card.height, rx: 4 }),
    card.lines.map((line, index) =>
      s(
        'text',
        {
          class: `style-${line.style}${line.changed ? ' changed' : ''}`,
          x: card.x + 9,
          y: card.y + 16 + index * 15,
        },
        line.text,
      ),
    ),
  );
}

function arrowHead({ from, to }: PlacedEdge, vertical: boolean): string {
  if (vertical) return `${to.x},${to.y} ${to.x - 4},${to.y - 8} ${to.x + 4},${to.y - 8}`;
  const back = to.x > from.x ? -8 : 8;
  return `${to.x},${to.y} ${to.x + back},${to.y - 4} ${to.x + back},${to.y + 4}`;
}

/** Measures as the page draws: in its fonts, at 12 pixels. */
function measureWith(element: HTMLElement): Measure {
  const canvas = document.createElement('canvas').getContext('2d');
  const styles = getComputedStyle(element);
  const interfaceFont = styles.fontFamily;
  const codeFont = styles.getPropertyValue('--vscode-editor-font-family') || 'monospace';
  const fonts: Readonly<Record<RowStyle, string>> = {
    title: `600 12px ${interfaceFont}`,
    text: `12px ${interfaceFont}`,
    dim: `11px ${interfaceFont}`,
    code: `11px ${codeFont}`,
  };
  return (text, style) => {
    if (canvas === null) return text.length * 7;
    canvas.font = fonts[style];
    return canvas.measureText(text).width;
  };
}
