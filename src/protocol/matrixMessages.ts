// Answers: what do the Connectivity Matrix and its host say to each other? The page gets rows and columns by name, and cells as
// bytes, tile by tile, when they come into view. Everything but these bytes is a JSON value.
import type { AxisView, CellDetail, FocusView, MatrixPicks } from '../features/matrixShape';
import type { Location } from '../model/source';

/** Everything the page shows, apart from cells. */
export interface MatrixState {
  /** Goes up with every state; cells belong to one. */
  readonly revision: number;
  readonly picks: MatrixPicks;
  readonly rows: AxisView;
  readonly columns: AxisView;
  /** Whether cells speak of one port, in words; null: of all ports. */
  readonly port: string | null;
  /** Why the port as typed does not count; null: it does. */
  readonly portProblem: string | null;
  readonly summary: string;
  /** What could change the matrix, a sentence each. */
  readonly problems: readonly string[];
  /** null: nothing is in focus. */
  readonly focus: FocusView | null;
}

/** Cells of one square of the matrix, row by row; what they mean is in `analysis/matrix.ts`. */
export interface MatrixTile {
  readonly revision: number;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly cells: ArrayBuffer;
}

/** Rows and columns of a tile; tiles begin at its multiples. */
export const tileCells = 64;

/** What the page may ask. One line each: what goes, what comes back. null: that revision is over. */
export interface MatrixRequests {
  /** The page is there (again) with the picks it kept, null on a first open; the state. */
  ready(kept: MatrixPicks | null): MatrixState;
  /** New picks, all of them; the state. A new one cancels the last. */
  setPicks(picks: MatrixPicks): MatrixState;
  /** The tile that begins there; its cells. */
  tile(revision: number, row: number, column: number): MatrixTile | null;
  /** What a cell says in words. A new one cancels the last. */
  cell(revision: number, row: number, column: number): CellDetail | null;
  /** Trace from one peer to another, by their ids; nothing. */
  openTrace(source: string, destination: string): void;
  /** Open the manifest there; nothing. */
  reveal(location: Location): void;
}

export interface MatrixEvents {
  /** The cluster changed; the whole new state. */
  stateChanged: MatrixState;
}
