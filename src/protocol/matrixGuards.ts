// Answers: is what came over the matrix's pipe what it should be? Both ends look: the host at requests and kept picks, the page at
// states and tiles.
import type { AxisView, CellDetail, FocusList, FocusView, MatrixPicks } from '../features/matrixShape';
import { isIndex, isLocation, isRecord, one, optional } from './guards';
import { tileCells, type MatrixRequests, type MatrixState, type MatrixTile } from './matrixMessages';

const foldings: readonly MatrixPicks['folding'][] = ['auto', 'folded', 'open'];
const sizes: readonly MatrixPicks['size'][] = ['small', 'medium', 'large'];
const kinds: readonly AxisView['kinds'][number][] = ['open', 'folded', 'workload', 'outside'];

/** What each request takes; a missing line does not compile. */
const takes: { readonly [M in keyof MatrixRequests]: (params: readonly unknown[]) => boolean } = {
  ready: one((kept) => kept === null || isMatrixPicks(kept)),
  setPicks: one(isMatrixPicks),
  tile: isPlace,
  cell: isPlace,
  openTrace: (params) => params.length === 2 && params.every(isText),
  reveal: one(isLocation),
};

const checks: ReadonlyMap<string, (params: readonly unknown[]) => boolean> = new Map(Object.entries(takes));

/** @returns whether the page may ask this with these parameters. */
export function acceptsMatrixRequest(method: string, params: readonly unknown[]): boolean {
  return checks.get(method)?.(params) === true;
}

export function isMatrixPicks(value: unknown): value is MatrixPicks {
  return (
    isRecord(value) &&
    ['sources', 'destinations', 'port'].every((key) => isText(value[key])) &&
    foldings.some((each) => each === value['folding']) &&
    isListOf(value['toggled'], isText) &&
    (value['focus'] === null || isText(value['focus'])) &&
    sizes.some((each) => each === value['size'])
  );
}

export function isMatrixState(value: unknown): value is MatrixState {
  return (
    isRecord(value) &&
    isIndex(value['revision']) &&
    isMatrixPicks(value['picks']) &&
    isAxis(value['rows']) &&
    isAxis(value['columns']) &&
    isTextOrNull(value['port']) &&
    isTextOrNull(value['portProblem']) &&
    isText(value['summary']) &&
    isListOf(value['problems'], isText) &&
    (value['focus'] === null || isFocus(value['focus']))
  );
}

/** @returns whether it is a tile with as many bytes as it has cells. */
export function isMatrixTile(value: unknown): value is MatrixTile {
  if (!isRecord(value)) return false;
  const { revision, row, column, rows, columns, cells } = value;
  return (
    [revision, row, column].every(isIndex) &&
    isIndex(rows) &&
    isIndex(columns) &&
    rows <= tileCells &&
    columns <= tileCells &&
    cells instanceof ArrayBuffer &&
    cells.byteLength === rows * columns
  );
}

export function isCellDetail(value: unknown): value is CellDetail {
  return (
    isRecord(value) &&
    isText(value['text']) &&
    typeof value['canTrace'] === 'boolean' &&
    isListOf(
      value['policies'],
      (each) => isRecord(each) && isText(each['label']) && optional(each['at'], isLocation),
    )
  );
}

function isAxis(value: unknown): value is AxisView {
  if (!isRecord(value)) return false;
  const { ids, labels, kinds: ofKind, counts } = value;
  return (
    isListOf(ids, isText) &&
    isListOf(labels, isText) &&
    isListOf(ofKind, (kind) => kinds.some((each) => each === kind)) &&
    isListOf(counts, isIndex) &&
    [labels, ofKind, counts].every((list) => list.length === ids.length)
  );
}

function isFocus(value: unknown): value is FocusView {
  return (
    isRecord(value) &&
    isText(value['id']) &&
    isText(value['name']) &&
    isFocusList(value['sends']) &&
    isFocusList(value['receives'])
  );
}

function isFocusList(value: unknown): value is FocusList {
  return (
    isRecord(value) &&
    isIndex(value['more']) &&
    isListOf(
      value['listed'],
      (each) => isRecord(each) && ['id', 'name', 'ports'].every((key) => isText(each[key])),
    )
  );
}

function isPlace(params: readonly unknown[]): boolean {
  return params.length === 3 && params.every(isIndex);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isListOf(value: unknown, check: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(check);
}
