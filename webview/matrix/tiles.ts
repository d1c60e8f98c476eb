// Answers: which cells are known? Tiles by their first row and column. Those in view are asked for first, a few at once, then the
// ring around them; a new revision throws all away, and answers to an old one are not kept.
import type { MatrixTile } from '../../src/protocol/matrixMessages';
import { tileCells } from '../../src/protocol/matrixMessages';
import type { Place } from './geometry';

/** Asked for at once: more would make those wait that come into view next. */
const mostAsked = 3;
/** Tiles that are kept: 4 KB each. */
const mostKept = 4_000;

export interface Tiles {
  /** Forgets everything. */
  readonly reset: (revision: number) => void;
  /** Asks for what is missing, in this order. */
  readonly want: (places: readonly Place[]) => void;
  readonly tileAt: (row: number, column: number) => MatrixTile | undefined;
  /** undefined: not known yet. */
  readonly valueAt: (row: number, column: number) => number | undefined;
}

/** @param changed is called when a tile has come. */
export function tileStore(
  ask: (revision: number, row: number, column: number) => Promise<MatrixTile | undefined>,
  changed: () => void,
  failed: (error: unknown) => void,
): Tiles {
  let revision = -1;
  let wanted: readonly Place[] = [];
  const known = new Map<string, MatrixTile>();
  const asked = new Set<string>();
  const keyOf = ({ row, column }: Place): string => `${row}/${column}`;

  function next(): void {
    for (const place of wanted) {
      if (asked.size >= mostAsked) return;
      const key = keyOf(place);
      if (known.has(key) || asked.has(key)) continue;
      asked.add(key);
      const own = revision;
      ask(own, place.row, place.column).then(
        (tile) => {
          if (own !== revision) return;
          asked.delete(key);
          if (tile?.revision !== own) return;
          known.set(key, tile);
          forgetSome();
          changed();
          next();
        },
        (error: unknown) => {
          if (own !== revision) return;
          asked.delete(key);
          failed(error);
        },
      );
    }
  }

  /** The first are the oldest; those in view come back when they are wanted. */
  function forgetSome(): void {
    const needed = new Set(wanted.map(keyOf));
    for (const key of known.keys()) {
      if (known.size <= mostKept) return;
      if (!needed.has(key)) known.delete(key);
    }
  }

  const tileAt = (row: number, column: number): MatrixTile | undefined =>
    known.get(keyOf({ row: start(row), column: start(column) }));
  return {
    reset(now) {
      revision = now;
      known.clear();
      asked.clear();
      wanted = [];
    },
    want(places) {
      wanted = places;
      next();
    },
    tileAt,
    valueAt(row, column) {
      const tile = tileAt(row, column);
      if (tile === undefined) return undefined;
      return new Uint8Array(tile.cells)[(row - tile.row) * tile.columns + (column - tile.column)];
    },
  };
}

function start(index: number): number {
  return Math.floor(index / tileCells) * tileCells;
}
