// Answers: what is written on the card between two boxes? The header that a capture there would show, with what differs from the
// edge before; inside a tunnel the outer header, and the inner one in a frame of its own.
import type { HeaderView, HopView, LaneView, OuterView, SocketView } from '../features/traceViewShape';
import type { RowStyle } from './rows';
import { breakText, type Measure } from './text';

/** A part of a line; `changed`: differs from what went over the edge before. */
export interface CardSpan {
  readonly text: string;
  readonly changed: boolean;
}

export interface CardLine {
  readonly spans: readonly CardSpan[];
  readonly style: RowStyle;
  /** Of the packet inside the tunnel's. */
  readonly inner: boolean;
}

export interface PlacedCardLine extends CardLine {
  readonly x: number;
  readonly y: number;
}

/** A card at 0, 0. */
export interface Card {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PlacedCardLine[];
  /** The frame around the inner packet; undefined outside of tunnels. */
  readonly frame?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

const lineHeight = 15;
const padding = 9;
/** From the card's edge to the text of the inner packet. */
const innerInset = 16;

export const nothingArrives: readonly CardLine[] = [plain('nothing arrives', 'text')];

/** On the line from a proxy's one connection to its next. */
export function turnLines({ opens = 'another connection' }: HopView): readonly CardLine[] {
  return [plain(opens, 'dim')];
}

/** @param before the header on the edge before; undefined: the first of its connection. */
export function headerLines(
  { header, outer }: HopView,
  before: HeaderView | undefined,
  medium: string,
): readonly CardLine[] {
  return [
    plain(medium, 'dim'),
    ...(outer === undefined ? [] : outerLines(outer)),
    ...innerLines(header, before, outer !== undefined),
  ];
}

/** What carries the packet from one box to the next. */
export function mediumOf(before: LaneView, wire: LaneView | undefined, after: LaneView): string {
  if (wire !== undefined && wire.title !== 'wire') return wire.title;
  const kinds = [before.kind, after.kind];
  if (kinds.includes('outside')) return 'networks outside';
  if (kinds.includes('gateway')) return 'network of the nodes';
  return before.kind === 'node' && after.kind === 'node' ? 'wire between nodes' : 'veth pair';
}

function outerLines({ detail, source, destination, ttl }: OuterView): readonly CardLine[] {
  return [
    plain(detail, 'dim'),
    plain(source, 'code'),
    plain(`→ ${destination}`, 'code'),
    plain(`TTL ${ttl}`, 'code'),
  ];
}

function innerLines(
  { source, destination, protocol, ttl }: HeaderView,
  before: HeaderView | undefined,
  inner: boolean,
): readonly CardLine[] {
  const line = (...spans: readonly CardSpan[]): CardLine => ({ spans, style: 'code', inner });
  return [
    line(...socketSpans(source, before?.source)),
    line({ text: '→ ', changed: false }, ...socketSpans(destination, before?.destination)),
    line(
      { text: `${protocol}, TTL `, changed: false },
      { text: String(ttl), changed: before !== undefined && before.ttl !== ttl },
    ),
  ];
}

/** Address and port, each marked for itself. */
function socketSpans({ address, port }: SocketView, before: SocketView | undefined): readonly CardSpan[] {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  const spans = [{ text: host, changed: before !== undefined && before.address !== address }];
  return port === undefined
    ? spans
    : [...spans, { text: `:${port}`, changed: before !== undefined && before.port !== port }];
}

function plain(text: string, style: RowStyle): CardLine {
  return { spans: [{ text, changed: false }], style, inner: false };
}

/** @param most the width that the card may have. */
export function layOutCard(lines: readonly CardLine[], most: number, measure: Measure): Card {
  const hasInner = lines.some(({ inner }) => inner);
  const placed: PlacedCardLine[] = [];
  let y = 1;
  let top: number | undefined;
  let widest = 0;
  for (const line of lines) {
    if (line.inner && top === undefined) {
      y += 5;
      top = y;
      y += 2;
    }
    const inset = line.inner ? innerInset : padding;
    for (const spans of breakSpans(line, most - 2 * inset, measure)) {
      y += lineHeight;
      placed.push({ ...line, spans, x: inset, y });
      const width = spans.reduce((sum, span) => sum + spanWidth(span, line.style, measure), 0);
      widest = Math.max(widest, width + 2 * inset);
    }
  }
  const width = Math.min(most, Math.ceil(widest));
  if (!hasInner || top === undefined) return { width, height: y + 9, lines: placed };
  const frame = { x: 7, y: top, width: width - 14, height: y + 7 - top };
  return { width, height: y + 14, lines: placed, frame };
}

/** The spans in lines that fit; a marked part is a little wider than it measures. */
function breakSpans(
  { spans, style }: CardLine,
  width: number,
  measure: Measure,
): readonly (readonly CardSpan[])[] {
  const text = spans.map((span) => span.text).join('');
  const room = width - (spans.some(({ changed }) => changed) ? boldRoom : 0);
  const lines = breakText(text, room, style, 4, measure);
  let from = 0;
  return lines.map((line) => {
    const start = Math.max(from, text.indexOf(line, from));
    from = start + line.length;
    return text.startsWith(line, start) ? slices(spans, start, from) : [{ text: line, changed: false }];
  });
}

const boldRoom = 8;

function spanWidth({ text, changed }: CardSpan, style: RowStyle, measure: Measure): number {
  return measure(text, style) + (changed ? boldRoom / 2 : 0);
}

/** What of the spans lies between two offsets of their whole text. */
function slices(spans: readonly CardSpan[], from: number, to: number): readonly CardSpan[] {
  let offset = 0;
  return spans.flatMap(({ text, changed }) => {
    const start = offset;
    offset += text.length;
    const part = text.slice(Math.max(0, from - start), Math.max(0, to - start));
    return part === '' ? [] : [{ text: part, changed }];
  });
}
