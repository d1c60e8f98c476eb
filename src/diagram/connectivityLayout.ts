// Answers: where does everything in a picture of the connectivity stand? Namespaces are bands, one below the other; in them boxes
// stand in columns, so that as many arrows as possible go to the right. Outside is at the left as a source and at the right as a
// destination. Arrows with the same ports end at one point of their destination, and there the ports are written once.
import type { ConnectivityGraph } from '../features/connectivityGraph';
import { measureByTable } from './fontTable';
import { breakText } from './text';

export interface PlacedNode {
  readonly title: readonly string[];
  readonly notes: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly outside: boolean;
}

export interface PlacedBand {
  readonly title: string;
  readonly y: number;
  readonly height: number;
}

/** Arrows that end at one point with one label. */
export interface PlacedArrows {
  readonly label: string;
  /** What the label says in full. */
  readonly words: string;
  readonly all: boolean;
  readonly x: number;
  readonly y: number;
  /** Where they begin, on the right side of their boxes. */
  readonly from: readonly { readonly x: number; readonly y: number }[];
}

export interface ConnectivityLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly bands: readonly PlacedBand[];
  readonly arrows: readonly PlacedArrows[];
}

const boxWidth = 200;
const labelWidth = 150;
const columnGap = labelWidth + 70;
const lineHeight = 16;
const padding = 8;
const slotHeight = 17;
const rowGap = 14;
const bandTitle = 24;
const bandGap = 16;

interface Box {
  /** Position in the graph. */
  readonly node: number;
  readonly band: string | undefined;
  readonly role: 'inside' | 'from outside' | 'to outside';
}

interface Incoming {
  readonly label: string;
  readonly all: boolean;
  readonly from: readonly Box[];
}

/** @param left of the whole, in pixels. */
export function layOutConnectivity(graph: ConnectivityGraph, left: number, top: number): ConnectivityLayout {
  const boxes = boxesOf(graph);
  const incoming = incomingOf(graph, boxes);
  const columns = columnsOf(graph, boxes);
  const place = new Map<Box, PlacedNode>();
  const bands: PlacedBand[] = [];
  let y = top;
  for (const band of bandsOf(boxes)) {
    const members = boxes.filter((box) => box.band === band);
    const start = y;
    y += band === undefined ? 0 : bandTitle;
    const below = new Map<number, number>();
    for (const box of members) {
      const column = columns.get(box) ?? 0;
      const at = below.get(column) ?? y;
      const made = placeBox(
        graph,
        box,
        incoming.get(box)?.length ?? 0,
        left + column * (boxWidth + columnGap),
        at,
      );
      place.set(box, made);
      below.set(column, at + made.height + rowGap);
    }
    const end = Math.max(y, ...below.values()) - rowGap + padding;
    if (band !== undefined) bands.push({ title: `namespace ${band}`, y: start, height: end - start });
    y = end + bandGap;
  }
  const arrows = [...incoming].flatMap(([box, groups]) => {
    const to = place.get(box);
    return to === undefined
      ? []
      : groups.map((group, slot) => arrowsOf(group, slot, groups.length, to, place));
  });
  const last = Math.max(0, ...columns.values());
  return {
    width: left + last * (boxWidth + columnGap) + boxWidth,
    height: Math.max(top, y - bandGap),
    nodes: [...place.values()],
    bands,
    arrows,
  };
}

/** The outside stands twice where it both sends and receives: then arrows need not come back. */
function boxesOf({ nodes, edges }: ConnectivityGraph): readonly Box[] {
  const sends = new Set(edges.map(({ from }) => from));
  const receives = new Set(edges.map(({ to }) => to));
  return nodes.flatMap(({ namespace }, node): readonly Box[] => {
    if (namespace !== undefined) return [{ node, band: namespace, role: 'inside' }];
    return [
      ...(sends.has(node) ? [{ node, band: undefined, role: 'from outside' } as const] : []),
      ...(!sends.has(node) || receives.has(node)
        ? [{ node, band: undefined, role: 'to outside' } as const]
        : []),
    ];
  });
}

function bandsOf(boxes: readonly Box[]): readonly (string | undefined)[] {
  const names = [...new Set(boxes.map(({ band }) => band))];
  return [...(names.includes(undefined) ? [undefined] : []), ...names.filter((name) => name !== undefined)];
}

function incomingOf(
  { edges }: ConnectivityGraph,
  boxes: readonly Box[],
): ReadonlyMap<Box, readonly Incoming[]> {
  const asSource = new Map(boxes.filter(({ role }) => role !== 'to outside').map((box) => [box.node, box]));
  const asTarget = new Map(boxes.filter(({ role }) => role !== 'from outside').map((box) => [box.node, box]));
  const found = new Map<
    Box,
    Map<string, { readonly label: string; readonly all: boolean; readonly from: Box[] }>
  >();
  for (const { from, to, label, all } of edges) {
    const [source, target] = [asSource.get(from), asTarget.get(to)];
    if (source === undefined || target === undefined) continue;
    const groups = found.get(target) ?? new Map<string, { label: string; all: boolean; from: Box[] }>();
    found.set(target, groups);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, { label, all, from: [source] });
    else group.from.push(source);
  }
  return new Map([...found].map(([box, groups]) => [box, [...groups.values()]]));
}

/** The longest way from a box that nobody talks to; arrows that close a circle do not count. */
function columnsOf({ edges }: ConnectivityGraph, boxes: readonly Box[]): ReadonlyMap<Box, number> {
  const inside = new Map(boxes.filter(({ role }) => role === 'inside').map((box) => [box.node, box]));
  const next = new Map<Box, Box[]>();
  for (const { from, to } of edges) {
    const [source, target] = [inside.get(from), inside.get(to)];
    if (source === undefined || target === undefined) continue;
    const list = next.get(source);
    if (list === undefined) next.set(source, [target]);
    else list.push(target);
  }
  const receives = new Set([...next.values()].flat());
  const order = inDepth(
    [...inside.values()].sort((a, b) => Number(receives.has(a)) - Number(receives.has(b))),
    next,
  );
  const rank = new Map(order.map((box, position) => [box, position]));
  const hasOutside = boxes.some(({ role }) => role === 'from outside');
  const columns = new Map<Box, number>();
  for (const box of order) {
    const own = columns.get(box) ?? (hasOutside ? 1 : 0);
    columns.set(box, own);
    for (const target of next.get(box) ?? [])
      if ((rank.get(target) ?? 0) > (rank.get(box) ?? 0))
        columns.set(target, Math.max(columns.get(target) ?? 0, own + 1));
  }
  const last = Math.max(0, ...columns.values());
  for (const box of boxes) {
    if (box.role === 'from outside') columns.set(box, 0);
    if (box.role === 'to outside') columns.set(box, last + 1);
  }
  return columns;
}

/** Reverse postorder: without circles every box stands before those it talks to. */
function inDepth(boxes: readonly Box[], next: ReadonlyMap<Box, readonly Box[]>): readonly Box[] {
  const seen = new Set<Box>();
  const done: Box[] = [];
  for (const start of [...boxes].reverse()) {
    const waiting: { readonly box: Box; position: number }[] = [];
    const enter = (box: Box): void => {
      seen.add(box);
      waiting.push({ box, position: 0 });
    };
    if (!seen.has(start)) enter(start);
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const target = next.get(top.box)?.[top.position++];
      if (target === undefined) {
        done.push(top.box);
        waiting.pop();
      } else if (!seen.has(target)) enter(target);
    }
  }
  return done.reverse();
}

function placeBox({ nodes }: ConnectivityGraph, box: Box, slots: number, x: number, y: number): PlacedNode {
  const { lines = [], notes = [] } = nodes[box.node] ?? {};
  const room = boxWidth - 2 * padding;
  const title = lines.flatMap((line) => breakText(line, room, 'text', 2, measureByTable));
  const small = notes.flatMap((note) => breakText(note, room, 'dim', 3, measureByTable));
  const text = (title.length + small.length) * lineHeight + 2 * padding - 2;
  return {
    title,
    notes: small,
    x,
    y,
    width: boxWidth,
    height: Math.max(text, slots * slotHeight + padding),
    outside: box.role !== 'inside',
  };
}

function arrowsOf(
  { label, all, from }: Incoming,
  slot: number,
  slots: number,
  to: PlacedNode,
  place: ReadonlyMap<Box, PlacedNode>,
): PlacedArrows {
  const [short = ''] = breakText(label, labelWidth, 'dim', 1, measureByTable);
  return {
    label: short,
    words: label,
    all,
    x: to.x,
    y: to.y + ((slot + 0.5) * to.height) / slots,
    from: from.flatMap((box) => {
      const source = place.get(box);
      return source === undefined ? [] : [{ x: source.x + source.width, y: source.y + source.height / 2 }];
    }),
  };
}
