// Answers: which shapes is a diagram made of? A tree of SVG elements as plain data: the page makes elements of it, the file prints
// it. Colours and fonts come by class from `style.ts`.
import type { LegView } from '../features/traceViewShape';
import { iconPaths, type IconName } from './icons';
import {
  lineHeight,
  type Layout,
  type PlacedBox,
  type PlacedEdge,
  type PlacedRow,
  type Point,
} from './layout';

/** One element. Children are elements or text; attributes that are undefined are left out. */
export interface Shape {
  readonly tag:
    'svg' | 'style' | 'g' | 'rect' | 'circle' | 'path' | 'polyline' | 'polygon' | 'text' | 'tspan' | 'title';
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly (Shape | string)[];
}

export function shape(
  tag: Shape['tag'],
  attributes: Shape['attributes'],
  ...children: readonly (Shape | string | undefined | readonly Shape[])[]
): Shape {
  return { tag, attributes, children: children.flatMap((child) => child ?? []) };
}

/** An icon of `size` pixels at `x`, `y` of a drawing. */
export function iconShape(name: IconName, size: number, x: number, y: number): Shape {
  const path = shape('path', {
    d: iconPaths[name],
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 1.3,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
  return shape(
    'svg',
    {
      class: `icon icon-${name}`,
      x,
      y,
      width: size,
      height: size,
      viewBox: '0 0 16 16',
      'aria-hidden': 'true',
    },
    path,
  );
}

/** For those who do not see the picture. */
export function description(leg: LegView): string {
  const lanes = leg.lanes.filter(({ kind }) => kind !== 'wire');
  const places = lanes.filter((lane) => lane.reached).map((lane) => lane.title);
  const missed = lanes.filter((lane) => !lane.reached).map((lane) => lane.title);
  const tunnels = leg.lanes.filter(({ kind, title }) => kind === 'wire' && title !== 'wire');
  const inside = tunnels.length === 0 ? '' : ` The nodes carry it in a ${tunnels[0]?.title ?? ''}.`;
  const stop = missed.length === 0 ? '' : ` It does not reach ${missed.join(', ')}.`;
  return `Diagram of the ${leg.kind}: ${places.join(', then ')}.${inside}${stop}`;
}

/** Boxes and edges; what the edges cross is behind them. */
export function drawLayout({ boxes, edges, vertical }: Layout): readonly Shape[] {
  return [...boxes.map(drawBox), ...edges.map((edge) => drawEdge(edge, vertical))];
}

function drawBox({ lane, stops, rows, outlines, track, ...rect }: PlacedBox): Shape {
  const classes = ['box', `box-${lane.kind}`, lane.reached ? '' : 'missed', stops ? 'stops' : ''];
  return shape(
    'g',
    { class: classes.filter(Boolean).join(' ') },
    shape('rect', { class: 'frame', ...rect, rx: 6 }),
    outlines.map((outline) => shape('rect', { class: 'netns', ...outline, rx: 4 })),
    track.length < 2 ? undefined : shape('polyline', { class: 'track', points: pointsText(track) }),
    rows.map(drawRow),
  );
}

function drawRow({ row, lines, x, y, width, height, textX, dot }: PlacedRow): Shape {
  const { step } = row;
  const isShort = lines.join('').length < row.text.replace(/\s/g, '').length;
  const tooltip = row.tooltip ?? (isShort ? row.text : undefined);
  const top = y + height / 2 - (lines.length * lineHeight) / 2;
  const classes = ['row', `style-${row.style}`, row.look === undefined ? '' : `look-${row.look}`];
  return shape(
    'g',
    { class: classes.filter(Boolean).join(' '), 'data-hop': row.hop, 'data-step': step },
    tooltip === undefined ? undefined : shape('title', {}, tooltip),
    step === undefined
      ? undefined
      : shape('rect', { class: 'back', x: x - 4, y, width: width + 6, height, rx: 3 }),
    dot === undefined ? undefined : shape('circle', { class: 'dot', cx: dot.x, cy: dot.y, r: 4 }),
    row.icon === undefined ? undefined : iconShape(row.icon, 14, x, top + 1),
    lines.map((line, index) => shape('text', { x: textX, y: top + index * lineHeight + 12 }, line)),
    row.aside === undefined
      ? undefined
      : shape('text', { class: 'movement', x: x + width, y: y + 13, 'text-anchor': 'end' }, row.aside),
  );
}

function drawEdge(edge: PlacedEdge, vertical: boolean): Shape {
  const { card, middle, kind, tunnel } = edge;
  const line = lineOf(edge, vertical);
  const leader = vertical
    ? `M${middle.x},${middle.y} L${card.x},${middle.y}`
    : `M${middle.x},${middle.y} L${middle.x},${card.y}`;
  return shape(
    'g',
    { class: `edge${kind === 'link' ? '' : ` ${kind}`}${tunnel ? ' tunnel' : ''}`, 'data-hop': edge.hop },
    kind === 'turn' ? undefined : shape('path', { class: 'leader', d: leader }),
    tunnel
      ? [shape('path', { class: 'pipe', d: line }), shape('path', { class: 'bore', d: line })]
      : undefined,
    shape('path', { class: 'line', d: line }),
    kind === 'missed'
      ? [
          shape('circle', { class: 'stop', cx: middle.x, cy: middle.y, r: 9 }),
          iconShape('cross', 12, middle.x - 6, middle.y - 6),
        ]
      : shape('polygon', { class: 'head', points: arrowHead(edge, vertical) }),
    drawCard(card),
  );
}

function drawCard({ x, y, width, height, lines, frame }: PlacedEdge['card']): Shape {
  return shape(
    'g',
    { class: 'card-group' },
    shape('rect', { class: 'card', x, y, width, height, rx: 4 }),
    frame === undefined
      ? undefined
      : shape('rect', { class: 'inner', ...frame, x: x + frame.x, y: y + frame.y, rx: 3 }),
    lines.map((line) =>
      shape(
        'text',
        { class: `style-${line.style}`, x: x + line.x, y: y + line.y },
        line.spans.map(({ text, changed }) => shape('tspan', changed ? { class: 'changed' } : {}, text)),
      ),
    ),
  );
}

function lineOf({ points, middle, kind }: PlacedEdge, vertical: boolean): string {
  const [from, to] = points;
  if (from === undefined || to === undefined) return '';
  if (vertical || kind === 'turn') return `M${points.map(({ x, y }) => `${x},${y}`).join(' L')}`;
  return `M${from.x},${from.y} C${middle.x},${from.y} ${middle.x},${to.y} ${to.x},${to.y}`;
}

function arrowHead({ points, kind }: PlacedEdge, vertical: boolean): string {
  const [from, to] = [points.at(0), points.at(-1)];
  if (from === undefined || to === undefined) return '';
  if (vertical || kind === 'turn')
    return pointsText([to, { x: to.x - 4, y: to.y - 8 }, { x: to.x + 4, y: to.y - 8 }]);
  const back = to.x > from.x ? -8 : 8;
  return pointsText([to, { x: to.x + back, y: to.y - 4 }, { x: to.x + back, y: to.y + 4 }]);
}

function pointsText(points: readonly Point[]): string {
  return points.map(({ x, y }) => `${x},${y}`).join(' ');
}
