// Answers: how do keyboard and screen reader see the matrix? As an ARIA grid of the whole size, of which the elements around the
// active cell exist: the headers in view, the active row, and the active column. One of them has the focus and moves with it.
import type { AxisView } from '../../src/features/matrixShape';
import type { MatrixState } from '../../src/protocol/matrixMessages';
import { h } from '../h';
import { visibleColumns, visibleRows, type Place, type View } from './geometry';
import { isNamespace } from './paint';

export interface Grid {
  readonly element: HTMLElement;
  /** Makes the elements for what is in view now. @param focus moves the focus to the active cell. */
  show(scene: GridScene, focus: boolean): void;
}

export interface GridScene {
  readonly state: MatrixState;
  readonly view: View;
  readonly active: Place;
  readonly valueAt: (row: number, column: number) => number | undefined;
}

export function ariaGrid(): Grid {
  const element = h('div', { class: 'grid', role: 'grid', 'aria-label': 'Connectivity matrix' });
  return {
    element,
    show({ state, view, active, valueAt }, focus) {
      const { rows, columns } = state;
      element.hidden = rows.ids.length === 0 || columns.ids.length === 0;
      element.setAttribute('aria-rowcount', String(rows.ids.length + 1));
      element.setAttribute('aria-colcount', String(columns.ids.length + 1));
      const place = (row: number, column: number): string => {
        const x = column < 0 ? view.scrollLeft : view.left + column * view.cell;
        const y = row < 0 ? view.scrollTop : view.top + row * view.cell;
        const width = column < 0 ? view.left : view.cell;
        const height = row < 0 ? view.top : view.cell;
        return `left:${x}px;top:${y}px;width:${width}px;height:${height}px`;
      };
      const cell = (row: number, column: number): HTMLElement => {
        const isActive = row === active.row && column === active.column;
        const words =
          row < 0
            ? `to ${headerName(columns, column)}`
            : column < 0
              ? `from ${headerName(rows, row)}`
              : `${entryName(rows, row)} to ${entryName(columns, column)}: ${valueWords(state, row, column, valueAt(row, column))}`;
        const isHeader = row < 0 || column < 0;
        const made = h(
          'div',
          {
            role: row < 0 ? 'columnheader' : column < 0 ? 'rowheader' : 'gridcell',
            'aria-colindex': column + 2,
            'aria-label': words,
            'aria-expanded': isHeader
              ? expandedOf(row < 0 ? columns : rows, row < 0 ? column : row)
              : undefined,
            tabindex: isActive ? 0 : -1,
          },
          isHeader ? h('span', { class: 'visually-hidden' }, words) : undefined,
        );
        // Set as a property: the page's policy lets no style attribute through.
        made.style.cssText = place(row, column);
        return made;
      };
      const across = visibleColumns(view);
      const heads = range(across.from, across.to, active.column);
      const line = (row: number, cells: readonly number[]): HTMLElement =>
        h(
          'div',
          { role: 'row', 'aria-rowindex': row + 2 },
          cells.map((column) => cell(row, column)),
        );
      const down = visibleRows(view);
      element.replaceChildren(
        line(
          -1,
          heads.filter((column) => column >= 0),
        ),
        ...range(down.from, down.to, active.row)
          .filter((row) => row >= 0)
          .map((row) =>
            line(
              row,
              row === active.row
                ? [-1, ...heads.filter((each) => each >= 0)]
                : active.column < 0
                  ? [-1]
                  : [-1, active.column],
            ),
          ),
      );
      if (focus) element.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
    },
  };
}

/** The span, and the one that must be there. */
function range(from: number, to: number, extra: number): readonly number[] {
  const all = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  return extra < from ? [extra, ...all] : extra >= to ? [...all, extra] : all;
}

function expandedOf(axis: AxisView, at: number): string | undefined {
  return isNamespace(axis, at) ? String(axis.kinds[at] === 'open') : undefined;
}

function headerName(axis: AxisView, at: number): string {
  const count = axis.counts[at] ?? 0;
  return isNamespace(axis, at)
    ? `${entryName(axis, at)}, ${count} ${count === 1 ? 'entry' : 'entries'}`
    : entryName(axis, at);
}

export function entryName(axis: AxisView, at: number): string {
  const id = axis.ids[at] ?? '';
  if (!isNamespace(axis, at)) return id.replace(/\[[^\]]*\]$/, '');
  return id === '' ? 'the outside' : `namespace ${id}`;
}

function valueWords(
  { rows, columns, port }: MatrixState,
  row: number,
  column: number,
  value: number | undefined,
): string {
  const isOne = !isNamespace(rows, row) && !isNamespace(columns, column);
  if (value === undefined) return 'not read yet';
  if (value === 3) return 'not looked at';
  if (port !== null)
    return value === 2 ? `open on ${port}` : value === 0 ? `closed on ${port}` : `partly open on ${port}`;
  if (value === 0) return isOne ? 'nothing' : 'nothing, for every pair';
  if (value === 2) return isOne ? 'all ports' : 'all ports, for every pair';
  return isOne ? 'some ports' : 'some';
}
