// Answers: what does the matrix page show, and what happens on a click, a key, a turn of the wheel? The canvas lies beneath an empty
// scroller of the full size, so that scrolling is the browser's own; what it shows is drawn once a frame.
import type { CellDetail, MatrixPicks } from '../../src/features/matrixShape';
import type { Location } from '../../src/model/source';
import type { MatrixState, MatrixTile } from '../../src/protocol/matrixMessages';
import { h } from '../h';
import { connections } from './connections';
import { controls, legend } from './controls';
import { moved, placeAt, scrollTo, wantedTiles, type Place, type View } from './geometry';
import { ariaGrid } from './grid';
import { themeColours } from './look';
import { isNamespace, painter } from './paint';
import { tileStore } from './tiles';

export interface MatrixActions {
  readonly setPicks: (picks: MatrixPicks) => void;
  readonly tile: (revision: number, row: number, column: number) => Promise<MatrixTile | undefined>;
  readonly cell: (revision: number, row: number, column: number) => Promise<CellDetail | undefined>;
  readonly openTrace: (source: string, destination: string) => void;
  readonly reveal: (at: Location) => void;
  readonly failed: (error: unknown) => void;
}

export interface MatrixApp {
  show(state: MatrixState): void;
  complain(problem: string | undefined): void;
}

const cellSides: Readonly<Record<MatrixPicks['size'], number>> = { small: 8, medium: 18, large: 26 };
/** Scrolling is over when nothing has moved for so long; then the elements for screen readers follow. */
const restMs = 120;
const hoverMs = 60;
/** What must be left of an idle moment to make one picture more. */
const idleMs = 2;

export function mountMatrix(root: HTMLElement, actions: MatrixActions): MatrixApp {
  let state: MatrixState | undefined;
  let colours = themeColours();
  let active: Place = { row: 0, column: 0 };
  let hovered: Place | undefined;
  let isFrameAsked = false;
  let isPreparing = false;
  let restTimer = 0;
  let hoverTimer = 0;
  let described = '';

  const canvas = h('canvas', { class: 'cells', 'aria-hidden': 'true' });
  const grid = ariaGrid();
  const spacer = h('div', { class: 'spacer' }, grid.element);
  const scroller = h('div', { class: 'scroller' }, spacer);
  const detail = h('div', { class: 'detail', role: 'status' });
  const summary = h('p', { class: 'summary' }, 'Reading the cluster…');
  const complaint = h('p', { class: 'complaint', role: 'alert', hidden: true });
  const side = h('aside', { class: 'side', 'aria-label': 'Connections' });
  const key = legend();
  const question = controls((changed) => pick(changed));
  const stage = h('div', { class: 'matrix' }, canvas, scroller);
  root.replaceChildren(
    h('h1', { class: 'visually-hidden' }, 'Connectivity matrix'),
    question.element,
    h('div', { class: 'about' }, summary, key.element),
    complaint,
    h('div', { class: 'body' }, h('div', { class: 'main' }, stage, detail), side),
  );

  root.setAttribute('aria-busy', 'true');

  const tiles = tileStore(
    actions.tile,
    () => {
      redraw();
      restSoon();
    },
    actions.failed,
  );
  const paint = painter(canvas);

  function pick(changed: Partial<MatrixPicks>): void {
    if (state !== undefined) actions.setPicks({ ...state.picks, ...changed });
  }

  function viewNow(): View {
    const ratio = window.devicePixelRatio;
    const wanted = cellSides[state?.picks.size ?? 'medium'];
    const [width, height] = [scroller.clientWidth, scroller.clientHeight];
    return {
      // Whole device pixels, so that tiles meet without a seam.
      cell: Math.max(1, Math.round(wanted * ratio)) / ratio,
      left: Math.min(190, Math.round(width * 0.4)),
      top: Math.min(140, Math.round(height * 0.4)),
      width,
      height,
      scrollLeft: scroller.scrollLeft,
      scrollTop: scroller.scrollTop,
      rows: state?.rows.ids.length ?? 0,
      columns: state?.columns.ids.length ?? 0,
    };
  }

  function redraw(): void {
    if (isFrameAsked) return;
    isFrameAsked = true;
    requestAnimationFrame(() => {
      isFrameAsked = false;
      if (state === undefined) return;
      const view = viewNow();
      const { visible, around } = wantedTiles(view);
      tiles.want([...visible, ...around]);
      const isUnfinished = paint.paint({
        view,
        rows: state.rows,
        columns: state.columns,
        colours,
        tileAt: tiles.tileAt,
        hovered,
        active,
        hasFocus: grid.element.contains(document.activeElement),
        focus: state.picks.focus,
      });
      if (isUnfinished) redraw();
      else prepareSoon();
    });
  }

  /** Pictures of what may be scrolled to are made between frames. */
  function prepareSoon(): void {
    if (isPreparing) return;
    isPreparing = true;
    requestIdleCallback((deadline) => {
      isPreparing = false;
      const scene = { view: viewNow(), tileAt: tiles.tileAt };
      if (paint.prepare(scene, () => deadline.timeRemaining() > idleMs)) prepareSoon();
    });
  }

  /** The elements for screen readers follow once nothing moves. */
  function restSoon(): void {
    window.clearTimeout(restTimer);
    restTimer = window.setTimeout(() => showGrid(false), restMs);
  }

  function showGrid(focus: boolean): void {
    if (state === undefined) return;
    const hadFocus = grid.element.contains(document.activeElement);
    grid.show({ state, view: viewNow(), active, valueAt: tiles.valueAt }, focus || hadFocus);
  }

  function describe(place: Place | undefined): void {
    if (state === undefined || place === undefined || place.row < 0 || place.column < 0) return;
    const wanted = `${state.revision} ${place.row} ${place.column}`;
    if (wanted === described) return;
    described = wanted;
    actions.cell(state.revision, place.row, place.column).then((found) => {
      if (found !== undefined && described === wanted) showDetail(found);
    }, actions.failed);
  }

  function showDetail({ text, policies, canTrace }: CellDetail): void {
    detail.replaceChildren(
      h('span', { class: 'detail-text' }, text),
      policies.length === 0
        ? ''
        : h(
            'span',
            { class: 'detail-policies' },
            policies.length === 1 ? ' Policy: ' : ' Policies: ',
            policies.flatMap(({ label, at }, index) => [
              index === 0 ? '' : ', ',
              at === undefined
                ? label
                : h('button', { class: 'link', type: 'button', onclick: () => actions.reveal(at) }, label),
            ]),
          ),
      canTrace ? h('span', { class: 'hint' }, ' Enter or a click opens the trace.') : '',
    );
  }

  function moveTo(place: Place, focus: boolean): void {
    active = place;
    const to = scrollTo(viewNow(), place);
    scroller.scrollTo({ left: to.left, top: to.top, behavior: 'instant' });
    showGrid(focus);
    describe(place);
    redraw();
  }

  /** A header folds its namespace or lists its workload; a cell opens its trace, or what is folded in it. */
  function use({ row, column }: Place): void {
    if (state === undefined) return;
    const { rows, columns, picks } = state;
    if (row < 0 || column < 0) {
      const [axis, at] = row < 0 ? [columns, column] : [rows, row];
      const id = axis.ids[at] ?? '';
      if (isNamespace(axis, at)) toggle([id]);
      else pick({ focus: picks.focus === id ? null : id });
      return;
    }
    const folded = [
      ...(rows.kinds[row] === 'folded' ? [rows.ids[row] ?? ''] : []),
      ...(columns.kinds[column] === 'folded' ? [columns.ids[column] ?? ''] : []),
    ];
    if (folded.length > 0) toggle([...new Set(folded)]);
    else if (!isNamespace(rows, row) && !isNamespace(columns, column))
      actions.openTrace(rows.ids[row] ?? '', columns.ids[column] ?? '');
  }

  function toggle(ids: readonly string[]): void {
    if (state === undefined) return;
    const toggled = new Set(state.picks.toggled);
    for (const id of ids) if (!toggled.delete(id)) toggled.add(id);
    pick({ toggled: [...toggled] });
  }

  function placeOf(event: MouseEvent): Place | undefined {
    const { left, top } = scroller.getBoundingClientRect();
    const view = viewNow();
    const [x, y] = [event.clientX - left, event.clientY - top];
    return x >= view.width || y >= view.height ? undefined : placeAt(view, x, y);
  }

  scroller.addEventListener('scroll', () => {
    redraw();
    restSoon();
  });
  scroller.addEventListener('pointermove', (event) => {
    const place = placeOf(event);
    if (place?.row === hovered?.row && place?.column === hovered?.column) return;
    hovered = place;
    scroller.style.cursor = place === undefined ? '' : 'pointer';
    redraw();
    window.clearTimeout(hoverTimer);
    hoverTimer = window.setTimeout(() => describe(place), hoverMs);
  });
  scroller.addEventListener('pointerleave', () => {
    hovered = undefined;
    window.clearTimeout(hoverTimer);
    redraw();
  });
  scroller.addEventListener('click', (event) => {
    const place = placeOf(event);
    if (place === undefined) return;
    moveTo(place, true);
    use(place);
  });
  scroller.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      use(active);
      return;
    }
    const to = moved(viewNow(), active, event.key, event.ctrlKey);
    if (to === undefined) return;
    event.preventDefault();
    moveTo(to, true);
  });
  for (const name of ['focusin', 'focusout']) grid.element.addEventListener(name, () => redraw());
  new ResizeObserver(() => {
    redraw();
    restSoon();
  }).observe(scroller);
  // VS Code changes the theme by the class and style of body and root.
  const themed = new MutationObserver(() => {
    colours = themeColours();
    if (state !== undefined) key.show(state.port, colours);
    redraw();
  });
  themed.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });

  /** The same row and column as before, by name; else the nearest that is there. */
  function keepActive(before: MatrixState | undefined, now: MatrixState): void {
    const again = (axis: 'rows' | 'columns', at: number): number => {
      if (at < 0) return -1;
      const [old, fresh] = [before?.[axis], now[axis]];
      const found =
        old === undefined
          ? -1
          : fresh.ids.findIndex(
              (id, index) => id === old.ids[at] && isNamespace(fresh, index) === isNamespace(old, at),
            );
      return found >= 0 ? found : Math.min(Math.max(at, 0), fresh.ids.length - 1);
    };
    const [row, column] = [again('rows', active.row), again('columns', active.column)];
    active = row < 0 && column < 0 ? { row: 0, column: 0 } : { row, column };
  }

  function show(now: MatrixState): void {
    const before = state;
    keepActive(before, now);
    state = now;
    tiles.reset(now.revision);
    described = '';
    hovered = undefined;
    question.show(now.picks);
    key.show(now.port, colours);
    summary.textContent = now.summary;
    complain(now.portProblem ?? undefined);
    const view = viewNow();
    spacer.style.width = `${view.left + view.columns * view.cell}px`;
    spacer.style.height = `${view.top + view.rows * view.cell}px`;
    side.replaceChildren(
      h(
        'div',
        { class: 'side-content' },
        connections(now.focus, now.problems, {
          openTrace: actions.openTrace,
          close: () => pick({ focus: null }),
        }),
      ),
    );
    stage.classList.toggle('empty-matrix', view.rows === 0 || view.columns === 0);
    detail.replaceChildren(
      view.rows === 0 || view.columns === 0
        ? 'Nothing fits the filters, or the cluster has no workloads.'
        : h('span', { class: 'hint' }, 'Point at a cell, or move with the arrow keys.'),
    );
    redraw();
    showGrid(false);
  }

  function complain(problem: string | undefined): void {
    root.setAttribute('aria-busy', 'false');
    complaint.hidden = problem === undefined;
    complaint.textContent = problem ?? '';
  }

  return { show, complain };
}
