// Answers: where does everything in the diagram stand? Boxes side by side in the order of travel (the reply runs back from
// right to left), one row for each connection; or one below the other where there is little room. The header between two boxes
// stands on a card of its own. Pure geometry: text is measured by a function given in.
import type { HeaderView, LaneView, LegView } from '../features/traceViewShape';
import {
  headerLines,
  layOutCard,
  mediumOf,
  nothingArrives,
  turnLines,
  type Card,
  type CardLine,
} from './cards';
import { rowsOf, type Row } from './rows';
import { breakText, type Measure } from './text';

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

export interface PlacedEdge {
  /** The line: two points of a curve, or the corners of a line that turns to the next row. */
  readonly points: readonly Point[];
  /** Where the card's leader begins. */
  readonly middle: Point;
  readonly card: Point & Card;
  /** `turn`: to the proxy's next connection. */
  readonly kind: 'link' | 'missed' | 'turn';
  /** The packet travels inside another one here. */
  readonly tunnel: boolean;
  /** The hop whose header the card shows; undefined where it shows none. */
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
const plainGap = 38;
/** A tunnel is drawn as a pipe, which needs room to bend. */
const tunnelGap = 64;
const narrowest = 140;
const widest = 250;
const widestAlone = 340;
const padding = 10;
const trackInset = 15;
/** Between a row of boxes and its cards, and around the line to the next row. */
const air = 16;

/** @param available width of the page's column in pixels. */
export function layOut(leg: LegView, available: number, measure: Measure): Layout {
  const lanes = leg.lanes.filter((lane) => lane.kind !== 'wire');
  const gap = leg.hops.some(({ outer }) => outer !== undefined) ? tunnelGap : plainGap;
  const perRow = Math.max(1, ...lanes.map(({ connection }) => inConnection(lanes, connection)));
  const share = Math.floor((available - 2 - gap * (perRow - 1)) / perRow);
  const vertical = share < narrowest;
  const width = vertical ? Math.min(widestAlone, available - 2) : Math.min(widest, share);
  const leftward = leg.kind === 'reply' && !vertical;
  const blank = lanes.map((lane) => placeRows(lane, leg, width, leftward, measure));
  const placed = vertical
    ? stackDown(blank, leg, available, measure)
    : inRows(blank, leg, leftward, gap, measure);
  return { ...placed, vertical };
}

type Placed = Omit<Layout, 'vertical'>;

function inConnection(lanes: readonly LaneView[], connection: number): number {
  return lanes.filter((lane) => lane.connection === connection).length;
}

/** One row for each connection. */
function inRows(
  blank: readonly PlacedBox[],
  leg: LegView,
  leftward: boolean,
  gap: number,
  measure: Measure,
): Placed {
  const width = blank[0]?.width ?? 0;
  const pitch = width + gap;
  const crossings = crossingsOf(blank, leg);
  const boxes: PlacedBox[] = [];
  const edges: PlacedEdge[] = [];
  let top = 1;
  for (const connection of new Set(blank.map(({ lane }) => lane.connection))) {
    const first = boxes.length;
    const row = blank.filter(({ lane }) => lane.connection === connection);
    const tallest = Math.max(...row.map(({ height }) => height));
    for (const [index, box] of row.entries()) {
      const place = leftward ? row.length - 1 - index : index;
      boxes.push(moveBox({ ...box, height: tallest }, place * pitch + 1, top));
    }
    const turn = first === 0 ? undefined : boxes[first - 1];
    const start = boxes[first];
    const turning = crossings[first - 1];
    if (turn !== undefined && start !== undefined && turning !== undefined)
      edges.push(turnBetween(turn, start, turning, measure));
    const cardTop = top + tallest + air;
    const cards = row.slice(1).flatMap((_, index): readonly PlacedEdge[] => {
      const before = boxes[first + index];
      const after = boxes[first + index + 1];
      const crossing = crossings[first + index];
      if (before === undefined || after === undefined || crossing === undefined) return [];
      const from = { x: leftward ? before.x : before.x + width, y: leaveHeight(before) };
      const to = { x: leftward ? after.x + width : after.x, y: enterHeight(after, before) };
      const card = layOutCard(crossing.lines, pitch - 10, measure);
      const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
      return [edgeOf(crossing, [from, to], middle, { ...card, x: middle.x - card.width / 2, y: cardTop })];
    });
    edges.push(...cards);
    const cardHeight = Math.max(0, ...cards.map(({ card }) => card.height));
    top = (cards.length === 0 ? top + tallest : cardTop + cardHeight) + turnHeight;
  }
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  return { width: right + 1, height: top - turnHeight + 2, boxes, edges };
}

const turnHeight = 46;

/** From below the proxy's box in its first connection to above its box in the next. */
function turnBetween(before: PlacedBox, after: PlacedBox, crossing: Crossing, measure: Measure): PlacedEdge {
  const from = { x: before.x + before.width / 2, y: before.y + before.height };
  const to = { x: after.x + after.width / 2, y: after.y };
  const corner = after.y - turnHeight / 2 - 4;
  const card = layOutCard(crossing.lines, 400, measure);
  const middle = { x: (from.x + to.x) / 2, y: corner };
  const points = [from, { x: from.x, y: corner }, { x: to.x, y: corner }, to];
  return edgeOf(crossing, points, middle, {
    ...card,
    x: middle.x - card.width / 2,
    y: corner - card.height / 2,
  });
}

function stackDown(blank: readonly PlacedBox[], leg: LegView, available: number, measure: Measure): Placed {
  const crossings = crossingsOf(blank, leg);
  const boxes: PlacedBox[] = [];
  const edges: PlacedEdge[] = [];
  let y = 1;
  for (const [index, box] of blank.entries()) {
    const after = moveBox(box, 1, y);
    const before = boxes.at(-1);
    const crossing = crossings[index - 1];
    if (before === undefined || crossing === undefined) {
      boxes.push(after);
      y += box.height;
      continue;
    }
    const x = before.x + trackInset;
    const card = layOutCard(crossing.lines, available - 60, measure);
    const space = card.height + 2 * air;
    const from = { x, y: before.y + before.height };
    const to = { x, y: from.y + space };
    const middle = { x, y: (from.y + to.y) / 2 };
    edges.push(edgeOf(crossing, [from, to], middle, { ...card, x: x + 24, y: middle.y - card.height / 2 }));
    boxes.push(moveBox(box, 1, to.y));
    y = to.y + box.height;
  }
  const width = Math.max(blank[0]?.width ?? 0, ...edges.map(({ card }) => card.x + card.width)) + 2;
  return { width, height: y + 1, boxes, edges };
}

function edgeOf(
  { kind, tunnel, hop }: Crossing,
  points: readonly Point[],
  middle: Point,
  card: PlacedEdge['card'],
): PlacedEdge {
  return { points, middle, card, kind, tunnel, hop };
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
  readonly lines: readonly CardLine[];
  readonly kind: PlacedEdge['kind'];
  readonly tunnel: boolean;
  readonly hop: number | undefined;
}

/** What lies between each box and the next. */
function crossingsOf(boxes: readonly PlacedBox[], leg: LegView): readonly Crossing[] {
  let previous: HeaderView | undefined;
  return boxes.slice(1).flatMap(({ lane: after }, index): readonly Crossing[] => {
    const before = boxes[index]?.lane;
    if (before === undefined) return [];
    if (before.connection !== after.connection) {
      previous = undefined;
      const opening = leg.hops[after.hops[0] ?? -1];
      return [
        {
          lines: opening === undefined ? [] : turnLines(opening),
          kind: 'turn',
          tunnel: false,
          hop: undefined,
        },
      ];
    }
    const hop = after.reached ? leg.hops[before.hops.at(-1) ?? -1] : undefined;
    if (hop === undefined) return [{ lines: nothingArrives, kind: 'missed', tunnel: false, hop: undefined }];
    const wire = leg.lanes.find((lane) => lane.kind === 'wire' && lane.hops.includes(hop.index + 1));
    const lines = headerLines(hop, previous, mediumOf(before, wire, after));
    previous = hop.header;
    return [{ lines, kind: 'link', tunnel: hop.outer !== undefined, hop: hop.index }];
  });
}
