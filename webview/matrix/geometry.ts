// Answers: which cells are in view, which tiles hold them, and what lies under the mouse? Numbers only. Rows and columns scroll
// beneath headers that stay; everything is in CSS pixels.
import { tileCells } from '../../src/protocol/matrixMessages';

export interface View {
  /** Side of a cell. */
  readonly cell: number;
  /** Width of the row headers and height of the column headers. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly scrollLeft: number;
  readonly scrollTop: number;
  readonly rows: number;
  readonly columns: number;
}

/** Half open: `to` is the first that is not in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Place {
  /** -1: a header. */
  readonly row: number;
  readonly column: number;
}

export function visibleRows({ cell, top, height, scrollTop, rows }: View): Span {
  return span(scrollTop, height - top, cell, rows);
}

export function visibleColumns({ cell, left, width, scrollLeft, columns }: View): Span {
  return span(scrollLeft, width - left, cell, columns);
}

function span(scroll: number, room: number, cell: number, count: number): Span {
  const from = Math.max(0, Math.floor(scroll / cell));
  return { from, to: Math.max(from, Math.min(count, Math.ceil((scroll + Math.max(0, room)) / cell))) };
}

/** First row and column of each tile: those in view, nearest to the middle first, then the ring around them. */
export function wantedTiles(view: View): {
  readonly visible: readonly Place[];
  readonly around: readonly Place[];
} {
  const [down, across] = [tiles(visibleRows(view)), tiles(visibleColumns(view))];
  const middle = {
    row: (down.from + down.to - 1) / 2,
    column: (across.from + across.to - 1) / 2,
  };
  const visible: Place[] = [];
  const around: Place[] = [];
  for (let row = down.from - 1; row <= down.to; row++) {
    for (let column = across.from - 1; column <= across.to; column++) {
      const isIn = row >= down.from && row < down.to && column >= across.from && column < across.to;
      const place = { row: row * tileCells, column: column * tileCells };
      if (place.row < 0 || place.column < 0 || place.row >= view.rows || place.column >= view.columns)
        continue;
      (isIn ? visible : around).push(place);
    }
  }
  const distance = ({ row, column }: Place): number =>
    Math.abs(row / tileCells - middle.row) + Math.abs(column / tileCells - middle.column);
  return { visible: visible.sort((a, b) => distance(a) - distance(b)), around };
}

/** A part of a tile: its picture is quick to make. */
export interface Block {
  readonly row: number;
  readonly column: number;
  /** Cells down and across; fewer are there at the end of the matrix. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * The blocks of tiles that reach into the view.
 * @param side cells of a block, down and across, where the tile has as many
 * @param margin pixels by which the view is widened on every side
 */
export function blocksIn(view: View, side: number, margin: number): readonly Block[] {
  const across = parts(
    widened(view.scrollLeft, view.width - view.left, margin, view.cell, view.columns),
    side,
  );
  return parts(widened(view.scrollTop, view.height - view.top, margin, view.cell, view.rows), side).flatMap(
    ({ from: row, to: end }) =>
      across.map(({ from: column, to }) => ({ row, column, rows: end - row, columns: to - column })),
  );
}

function widened(scroll: number, room: number, margin: number, cell: number, count: number): Span {
  const before = Math.min(scroll, margin);
  return span(scroll - before, room <= 0 ? 0 : room + before + margin, cell, count);
}

function parts({ from, to }: Span, side: number): readonly Span[] {
  const found: Span[] = [];
  if (to <= from) return found;
  const inTile = Math.floor((from % tileCells) / side) * side;
  let start = from - (from % tileCells) + inTile;
  while (start < to) {
    const end = Math.min(start + side, start - (start % tileCells) + tileCells);
    found.push({ from: start, to: end });
    start = end;
  }
  return found;
}

function tiles({ from, to }: Span): Span {
  return {
    from: Math.floor(from / tileCells),
    to: to <= from ? Math.floor(from / tileCells) : Math.ceil(to / tileCells),
  };
}

/** @param x from the left of the view, headers included. undefined: nothing is there. */
export function placeAt(view: View, x: number, y: number): Place | undefined {
  const row = y < view.top ? -1 : Math.floor((y - view.top + view.scrollTop) / view.cell);
  const column = x < view.left ? -1 : Math.floor((x - view.left + view.scrollLeft) / view.cell);
  return row >= view.rows || column >= view.columns || (row < 0 && column < 0) ? undefined : { row, column };
}

/** Where to scroll so that the place is in view, no further than needed. */
export function scrollTo(
  view: View,
  { row, column }: Place,
): { readonly left: number; readonly top: number } {
  return {
    left: column < 0 ? view.scrollLeft : nearest(view.scrollLeft, view.width - view.left, column, view.cell),
    top: row < 0 ? view.scrollTop : nearest(view.scrollTop, view.height - view.top, row, view.cell),
  };
}

function nearest(scroll: number, room: number, index: number, cell: number): number {
  const [start, end] = [index * cell, (index + 1) * cell];
  if (start < scroll) return start;
  return end > scroll + room ? Math.max(0, end - room) : scroll;
}

/** Where a key leads; undefined: it is none that moves. */
export function moved(view: View, at: Place, key: string, withControl: boolean): Place | undefined {
  const page = Math.max(1, Math.floor((view.height - view.top) / view.cell) - 1);
  const clamp = (row: number, column: number): Place => {
    const place = {
      row: Math.min(view.rows - 1, Math.max(-1, row)),
      column: Math.min(view.columns - 1, Math.max(-1, column)),
    };
    // There is no cell between the headers.
    return place.row < 0 && place.column < 0 ? at : place;
  };
  const { row, column } = at;
  switch (key) {
    case 'ArrowUp':
      return clamp(row - 1, column);
    case 'ArrowDown':
      return clamp(row + 1, column);
    case 'ArrowLeft':
      return clamp(row, column - 1);
    case 'ArrowRight':
      return clamp(row, column + 1);
    case 'PageUp':
      return clamp(Math.max(Math.min(row, 0), row - page), column);
    case 'PageDown':
      return clamp(row + page, column);
    case 'Home':
      return withControl ? clamp(0, 0) : clamp(row, 0);
    case 'End':
      return withControl ? clamp(view.rows - 1, view.columns - 1) : clamp(row, view.columns - 1);
    default:
      return undefined;
  }
}
