// Answers: where does everything in the diagram stand? Boxes side by side in the order of travel (the reply runs back from
// right to left), or one below the other where the page is narrow; the header between two boxes stands on a card of its
// own. Pure geometry: text is measured by a function given in.
import type { HeaderView, LaneView, LegView } from '../src/features/traceViewShape';
import { rowsOf, type Row, type RowStyle } from './diagramRows';

/** @returns the width of the text in pixels. */
export type Measure = (text: string, style: RowStyle) => number;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedRow extends Rect {
  readonly row: Row;
  /** The text in lines that fit; the last ends in `…` when something was left out. */
  readonly lines: readonly string[];
  readonly textX: number;
  /** The dot of a device. */
  readonly dot?: Point | undefined;
}

export interface PlacedBox extends Rect {
  readonly lane: LaneView;
  readonly rows: readonly PlacedRow[];
  readonly outlines: readonly Rect[];
  /** The way through the box, from the first device to the last. */
  readonly track: readonly Point[];
  readonly stops: boolean;
}

export interface CardLine {
  readonly text: string;
  readonly style: RowStyle;
  /** Differs from what went over the edge before. */
  readonly changed: boolean;
}

export interface PlacedEdge {
  readonly from: Point;
  readonly to: Point;
  /** Where the card's leader begins. */
  readonly middle: Point;
  readonly card: Rect & { readonly lines: readonly CardLine[] };
  readonly reached: boolean;
  /** The hop whose header the card shows; undefined on the edge to a lane that was not reached. */
  readonly hop: number | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly vertical: boolean;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

export const lineHeight = 16;
const gap = 34;
const narrowest = 140;
const widest = 250;
const widestAlone = 340;
const padding = 10;
const trackInset = 15;
const cardLineHeight = 15;
const verticalGap = 92;

/** @param available width of the page's column in pixels. */
export function layOut(leg: LegView, available: number, measure: Measure): Layout {
  const lanes = leg.lanes.filter((lane) => lane.kind !== 'wire');
  const count = Math.max(1, lanes.length);
  const share = Math.floor((available - 2 - gap * (count - 1)) / count);
  const vertical = share < narrowest;
  const width = vertical ? Math.min(widestAlone, available - 2) : Math.min(widest, share);
  const leftward = leg.kind === 'reply' && !vertical;
  const blank = lanes.map((lane) => placeRows(lane, leg, width, leftward, measure));
  return vertical ? stackDown(blank, leg, available, measure) : sideBySide(blank, leg, leftward, measure);
}

function sideBySide(blank: readonly PlacedBox[], leg: LegView, leftward: boolean, measure: Measure): Layout {
  const tallest = Math.max(0, ...blank.map((box) => box.height));
  const width = blank[0]?.width ?? 0;
  const pitch = width + gap;
  const boxes = blank.map((box, index) =>
    moveBox({ ...box, height: tallest }, (leftward ? blank.length - 1 - index : index) * pitch + 1, 1),
  );
  const cardTop = tallest + 16;
  const edges = cardsBetween(boxes, leg).map(({ before, after, lines, reached, hop }): PlacedEdge => {
    const from = { x: leftward ? before.x : before.x + width, y: leaveHeight(before) };
    const to = { x: leftward ? after.x + width : after.x, y: enterHeight(after, before) };
    const size = cardSize(lines, pitch - 10, measure);
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return {
      from,
      to,
      middle,
      reached,
      hop,
      card: { ...size, x: middle.x - size.width / 2, y: cardTop, lines: size.lines },
    };
  });
  const cardHeight = Math.max(0, ...edges.map((edge) => edge.card.height));
  return {
    width: pitch * blank.length - gap + 2,
    height: edges.length === 0 ? tallest + 2 : cardTop + cardHeight + 2,
    vertical: false,
    boxes,
    edges,
  };
}

function stackDown(blank: readonly PlacedBox[], leg: LegView, available: number, measure: Measure): Layout {
  let y = 1;
  const boxes: PlacedBox[] = [];
  for (const box of blank) {
    boxes.push(moveBox(box, 1, y));
    y += box.height + verticalGap;
  }
  const edges = cardsBetween(boxes, leg).map(({ before, after, lines, reached, hop }): PlacedEdge => {
    const x = before.x + trackInset;
    const from = { x, y: before.y + before.height };
    const to = { x, y: after.y };
    const size = cardSize(lines, available - 60, measure);
    const middle = { x, y: (from.y + to.y) / 2 };
    return {
      from,
      to,
      middle,
      reached,
      hop,
      card: { ...size, x: x + 24, y: middle.y - size.height / 2, lines: size.lines },
    };
  });
  const width = Math.max(blank[0]?.width ?? 0, ...edges.map(({ card }) => card.x + card.width)) + 2;
  return { width, height: Math.max(2, y - verticalGap + 1), vertical: true, boxes, edges };
}

/** The box at 0, 0, as high as its rows need. */
function placeRows(
  lane: LaneView,
  leg: LegView,
  width: number,
  leftward: boolean,
  measure: Measure,
): PlacedBox {
  const rows: PlacedRow[] = [];
  const outlines: Rect[] = [];
  let y = padding;
  let group: string | undefined;
  let groupTop = 0;
  const endGroup = (): void => {
    if (group !== undefined)
      outlines.push({ x: 6, y: groupTop, width: width - 12, height: y + 4 - groupTop });
    if (group !== undefined) y += 10;
    group = undefined;
  };
  for (const row of rowsOf(lane, leg)) {
    if (row.group !== group) {
      endGroup();
      if (row.group !== undefined) {
        y += 6;
        groupTop = y;
        y += 5;
        group = row.group;
      }
    }
    const onTrack = row.look !== undefined;
    const left = onTrack && !leftward ? trackInset + 12 : padding + (row.group === undefined ? 0 : 4);
    const right = onTrack && leftward ? trackInset + 12 : padding + (row.group === undefined ? 0 : 4);
    const iconRoom = row.icon === undefined ? 0 : 18;
    const isDetail = row.look === 'nat' && row.icon === undefined;
    const indent =
      row.style === 'dim' && row.group !== undefined && rows.at(-1)?.row.icon !== undefined
        ? 18
        : isDetail
          ? 4
          : iconRoom;
    if (row.look === 'hop') y += 6;
    const aside = row.aside === undefined ? 0 : measure(row.aside, 'dim') + 8;
    const room = width - left - right - indent - aside;
    const lines = breakText(row.text, room, row.style, row.mostLines, measure);
    const height = lines.length * lineHeight + (row.look === 'drop' ? 6 : 2);
    const dot =
      row.look === 'hop' ? { x: leftward ? width - trackInset : trackInset, y: y + height / 2 } : undefined;
    rows.push({ row, lines, x: left, y, width: width - left - right, height, textX: left + indent, dot });
    y += height;
  }
  endGroup();
  const track = rows.flatMap(({ dot }) => (dot === undefined ? [] : [dot]));
  const stops = lane.hops.some((hop) => leg.hops[hop]?.steps.some((step) => leg.steps[step]?.drops === true));
  return { lane, x: 0, y: 0, width, height: y + padding - 4, rows, outlines, track, stops };
}

function moveBox(box: PlacedBox, x: number, y: number): PlacedBox {
  const by = <P extends Point>(point: P): P => ({ ...point, x: point.x + x, y: point.y + y });
  return {
    ...box,
    x,
    y,
    rows: box.rows.map((row) => ({ ...by(row), textX: row.textX + x, dot: row.dot && by(row.dot) })),
    outlines: box.outlines.map(by),
    track: box.track.map(by),
  };
}

/** Where the packet leaves the box; from a box that stops it, where it is stopped. */
function leaveHeight(box: PlacedBox): number {
  const stop = box.rows.find(({ row }) => row.look === 'drop');
  return stop === undefined ? (box.track.at(-1)?.y ?? box.y + 18) : stop.y + stop.height / 2;
}

function enterHeight(box: PlacedBox, before: PlacedBox): number {
  return box.track[0]?.y ?? leaveHeight(before);
}

interface Crossing {
  readonly before: PlacedBox;
  readonly after: PlacedBox;
  readonly lines: readonly CardLine[];
  readonly reached: boolean;
  readonly hop: number | undefined;
}

function cardsBetween(boxes: readonly PlacedBox[], leg: LegView): readonly Crossing[] {
  let previous: HeaderView | undefined;
  return boxes.slice(1).flatMap((after, index): readonly Crossing[] => {
    const before = boxes[index];
    if (before === undefined) return [];
    const hop = after.lane.reached ? before.lane.hops.at(-1) : undefined;
    const header = hop === undefined ? undefined : leg.hops[hop]?.header;
    const lines =
      header === undefined ? missing : headerLines(header, previous, mediumOf(before.lane, after.lane));
    previous = header;
    return [{ before, after, lines, reached: after.lane.reached, hop }];
  });
}

const missing: readonly CardLine[] = [{ text: 'nothing arrives', style: 'text', changed: false }];

function mediumOf(a: LaneView, b: LaneView): string {
  if (a.kind === 'outside' || b.kind === 'outside') return 'default gateway';
  return a.kind === 'node' && b.kind === 'node' ? 'wire between nodes' : 'veth pair';
}

function headerLines(
  header: HeaderView,
  before: HeaderView | undefined,
  medium: string,
): readonly CardLine[] {
  const line = (text: string, old: string | undefined): CardLine => ({
    text,
    style: 'code',
    changed: old !== undefined && old !== text,
  });
  const texts = (each: HeaderView) => ({
    source: socketText(each.source, each.sourcePort),
    destination: `→ ${socketText(each.destination, each.destinationPort)}`,
    ttl: `TTL ${each.ttl}`,
  });
  const now = texts(header);
  const old = before && texts(before);
  return [
    { text: medium, style: 'dim', changed: false },
    line(now.source, old?.source),
    line(now.destination, old?.destination),
    line(now.ttl, old?.ttl),
  ];
}

export function socketText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function cardSize(
  lines: readonly CardLine[],
  most: number,
  measure: Measure,
): { readonly width: number; readonly height: number; readonly lines: readonly CardLine[] } {
  const broken = lines.flatMap((line) =>
    breakText(line.text, most - 18, line.style, 3, measure).map((text): CardLine => ({ ...line, text })),
  );
  const widest = Math.max(
    0,
    ...broken.map(({ text, style, changed }) => measure(text, style) + (changed ? 8 : 0)),
  );
  return { width: Math.min(most, widest + 18), height: broken.length * cardLineHeight + 10, lines: broken };
}

/** Lines no wider than `width`, broken after a space, colon, slash or comma, else after a dash or dot, else anywhere. */
export function breakText(
  text: string,
  width: number,
  style: RowStyle,
  mostLines: number,
  measure: Measure,
): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < mostLines - 1 && measure(rest, style) > width) {
    const cut = cutAt(rest, width, style, measure);
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...lines, measure(rest, style) > width ? shorten(rest, width, style, measure) : rest];
}

function cutAt(text: string, width: number, style: RowStyle, measure: Measure): number {
  let fits = 1;
  while (fits < text.length && measure(text.slice(0, fits + 1).trimEnd(), style) <= width) fits++;
  for (const signs of [/[\s:/,;]/, /[-.]/])
    for (let cut = fits; cut > 2; cut--) if (signs.test(text.charAt(cut - 1))) return cut;
  return fits;
}

/** Keeps the beginning and a little of the end, which tells names of one workload apart. */
function shorten(text: string, width: number, style: RowStyle, measure: Measure): string {
  const tail = text.slice(-5);
  for (let length = text.length - 6; length > 1; length--) {
    const short = `${text.slice(0, length)}…${tail}`;
    if (measure(short, style) <= width) return short;
  }
  return '…';
}
