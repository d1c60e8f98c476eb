// Answers: how does the matrix get onto the canvas? Pictures of parts of the tiles in view, headers above and beside them that stay, and the
// frames of what is pointed at and in focus. Drawn at most once a frame; nothing moves by itself.
import type { AxisView } from '../../src/features/matrixShape';
import type { MatrixTile } from '../../src/protocol/matrixMessages';
import { blocksIn, visibleColumns, visibleRows, type Block, type Place, type View } from './geometry';
import { blockPicture, stampsFor, type Colours, type Stamps } from './look';

export interface Scene {
  readonly view: View;
  readonly rows: AxisView;
  readonly columns: AxisView;
  readonly colours: Colours;
  readonly tileAt: (row: number, column: number) => MatrixTile | undefined;
  /** Under the mouse. */
  readonly hovered: Place | undefined;
  /** Where the keyboard is. */
  readonly active: Place | undefined;
  /** Whether the grid has the focus. */
  readonly hasFocus: boolean;
  /** Id of the workload whose connections are listed. */
  readonly focus: string | null;
}

export interface Painter {
  /** @returns whether pictures are still to be made: paint again in the next frame. */
  readonly paint: (scene: Scene) => boolean;
  /** Makes pictures of what is around the view, while there is time. @returns whether some are still to be made. */
  readonly prepare: (scene: Pick<Scene, 'view' | 'tileAt'>, hasTime: () => boolean) => boolean;
}

/** Making pictures for longer than this would cost a frame; the rest is made in the next ones. */
const longestMs = 4;

/** Device pixels that a picture is about wide and high: one takes a fraction of a millisecond. */
const pictureSide = 192;

/** Pixels around the view whose pictures are made before they are scrolled to. */
const ahead = 384;

/** Pictures that are kept. */
const mostPictures = 600;

export function painter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  /** By the tile that they are a part of: a tile that comes again is another one. The last used is the last to go. */
  const pictures = new Map<MatrixTile, Map<string, HTMLCanvasElement>>();
  let kept = 0;
  let stamps: Stamps = { side: 0, pixels: [] };
  let stampedFor: Colours | undefined;
  const fitted = new Map<string, string>();

  /** @returns undefined when it is not made yet, and `make` is false. */
  function pictureOf(tile: MatrixTile, block: Block, make: boolean): HTMLCanvasElement | undefined {
    const key = `${block.row}/${block.column}`;
    const ofTile = pictures.get(tile) ?? new Map<string, HTMLCanvasElement>();
    const known = ofTile.get(key);
    if (known !== undefined || !make) return known;
    const made = blockPicture(tile, block, stamps);
    ofTile.set(key, made);
    pictures.set(tile, ofTile);
    kept++;
    return made;
  }

  /** Those of tiles that were not used for longest. */
  function forgetPictures(used: ReadonlySet<MatrixTile>): void {
    for (const tile of used) {
      const ofTile = pictures.get(tile);
      if (ofTile === undefined) continue;
      pictures.delete(tile);
      pictures.set(tile, ofTile);
    }
    for (const [tile, ofTile] of pictures) {
      if (kept <= mostPictures || used.has(tile)) return;
      kept -= ofTile.size;
      pictures.delete(tile);
    }
  }

  function paint(scene: Scene): boolean {
    if (context === null) return false;
    const { view, colours } = scene;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const side = Math.max(1, Math.round(view.cell * ratio));
    if (stamps.side !== side || stampedFor !== colours) {
      stamps = stampsFor(colours, side);
      stampedFor = colours;
      pictures.clear();
      kept = 0;
      fitted.clear();
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, view.width, view.height);
    const isComplete = paintCells(context, scene);
    paintBands(context, scene);
    paintHeaders(context, scene);
    paintFrames(context, scene);
    return !isComplete;
  }

  /** @returns whether pictures of all that is in view are made. */
  function paintCells(on: CanvasRenderingContext2D, { view, tileAt }: Scene): boolean {
    const since = performance.now();
    const used = new Set<MatrixTile>();
    let isComplete = true;
    const ratio = view.cell / stamps.side;
    on.save();
    clipTo(on, view.left, view.top, view.width, view.height);
    on.imageSmoothingEnabled = false;
    for (const block of blocksIn(view, cellsOfPicture(), 0)) {
      const tile = tileAt(block.row, block.column);
      if (tile === undefined) continue;
      used.add(tile);
      const made = pictureOf(tile, block, performance.now() - since < longestMs);
      if (made === undefined) {
        isComplete = false;
        continue;
      }
      const [x, y] = [xOf(view, block.column), yOf(view, block.row)];
      on.drawImage(made, x, y, made.width * ratio, made.height * ratio);
    }
    on.restore();
    forgetPictures(used);
    return isComplete;
  }

  function prepare({ view, tileAt }: Pick<Scene, 'view' | 'tileAt'>, hasTime: () => boolean): boolean {
    if (stamps.side === 0) return false;
    for (const block of blocksIn(view, cellsOfPicture(), ahead)) {
      const tile = tileAt(block.row, block.column);
      if (tile !== undefined && pictureOf(tile, block, hasTime()) === undefined) return true;
    }
    return false;
  }

  function cellsOfPicture(): number {
    return Math.max(1, Math.round(pictureSide / stamps.side));
  }

  /** Rows and columns of namespaces stand out. */
  function paintBands(on: CanvasRenderingContext2D, { view, rows, columns, colours, focus }: Scene): void {
    on.save();
    clipTo(on, view.left, view.top, view.width, view.height);
    const right = Math.min(view.width, xOf(view, view.columns));
    const bottom = Math.min(view.height, yOf(view, view.rows));
    const bands = (alpha: number, wanted: (axis: AxisView, at: number) => boolean): void => {
      on.globalAlpha = alpha;
      on.fillStyle = colours.text;
      for (let at = visibleRows(view).from; at < visibleRows(view).to; at++)
        if (wanted(rows, at)) on.fillRect(view.left, yOf(view, at), right - view.left, view.cell);
      for (let at = visibleColumns(view).from; at < visibleColumns(view).to; at++)
        if (wanted(columns, at)) on.fillRect(xOf(view, at), view.top, view.cell, bottom - view.top);
    };
    bands(0.07, (axis, at) => isNamespace(axis, at));
    if (focus !== null) bands(0.14, (axis, at) => axis.ids[at] === focus && !isNamespace(axis, at));
    on.restore();
  }

  function paintHeaders(
    on: CanvasRenderingContext2D,
    { view, rows, columns, colours, hovered, active, focus }: Scene,
  ): void {
    const [down, across] = [visibleRows(view), visibleColumns(view)];
    on.textBaseline = 'middle';
    const isMarked = (axis: 'row' | 'column', at: number): boolean =>
      hovered?.[axis] === at || active?.[axis] === at;
    const fontSize = Math.min(13, Math.max(7, view.cell - 3));
    const family = colours.font.replace(/^\S+\s/, '');
    const write = (axis: AxisView, at: number, room: number, marked: boolean): void => {
      const isHead = isNamespace(axis, at);
      const bold = isHead || axis.ids[at] === focus ? '600 ' : '';
      on.font = `${bold}${fontSize}px ${family}`;
      on.fillStyle = marked || isHead ? colours.text : colours.dim;
      on.fillText(fit(on, nameOf(axis, at), room), 0, 0);
    };
    on.fillStyle = colours.head;
    on.fillRect(0, 0, view.left, view.height);
    on.fillRect(0, 0, view.width, view.top);
    on.save();
    clipTo(on, 0, view.top, view.left, view.height);
    for (let at = down.from; at < down.to; at++) {
      const indent = isNamespace(rows, at) ? 6 : 18;
      on.setTransform(...moved(indent, yOf(view, at) + view.cell / 2, 0));
      write(rows, at, view.left - indent - 6, isMarked('row', at));
    }
    on.restore();
    on.save();
    clipTo(on, view.left, 0, view.width, view.top);
    for (let at = across.from; at < across.to; at++) {
      const indent = isNamespace(columns, at) ? 6 : 18;
      on.setTransform(...moved(xOf(view, at) + view.cell / 2, view.top - indent, -Math.PI / 2));
      write(columns, at, view.top - indent - 6, isMarked('column', at));
    }
    on.restore();
    on.strokeStyle = colours.line;
    on.lineWidth = 1;
    on.beginPath();
    on.moveTo(view.left - 0.5, 0);
    on.lineTo(view.left - 0.5, view.height);
    on.moveTo(0, view.top - 0.5);
    on.lineTo(view.width, view.top - 0.5);
    on.stroke();
    on.font = `${Math.min(12, fontSize)}px ${family}`;
    on.fillStyle = colours.dim;
    on.fillText(fit(on, 'to →', view.left - 12), view.left - 40, 12);
    on.fillText(fit(on, 'from ↓', view.left - 12), 6, view.top - 12);
  }

  function paintFrames(
    on: CanvasRenderingContext2D,
    { view, colours, hovered, active, hasFocus }: Scene,
  ): void {
    const frame = ({ row, column }: Place, width: number, alpha: number): void => {
      on.globalAlpha = alpha;
      on.strokeStyle = colours.focus;
      on.lineWidth = width;
      const x = column < 0 ? 1 : xOf(view, column);
      const y = row < 0 ? 1 : yOf(view, row);
      const [wide, tall] = [column < 0 ? view.left - 2 : view.cell, row < 0 ? view.top - 2 : view.cell];
      on.save();
      clipTo(on, column < 0 ? 0 : view.left, row < 0 ? 0 : view.top, view.width, view.height);
      on.strokeRect(x + width / 2, y + width / 2, wide - width, tall - width);
      on.restore();
      on.globalAlpha = 1;
    };
    if (hovered !== undefined) {
      on.save();
      on.globalAlpha = 0.5;
      on.strokeStyle = colours.focus;
      on.lineWidth = 1;
      clipTo(on, 0, 0, view.width, view.height);
      if (hovered.row >= 0 && yOf(view, hovered.row) >= view.top - view.cell)
        on.strokeRect(-1, yOf(view, hovered.row) + 0.5, view.width + 2, view.cell - 1);
      if (hovered.column >= 0 && xOf(view, hovered.column) >= view.left - view.cell)
        on.strokeRect(xOf(view, hovered.column) + 0.5, -1, view.cell - 1, view.height + 2);
      on.restore();
    }
    if (active !== undefined) frame(active, hasFocus ? 2 : 1, hasFocus ? 1 : 0.7);
  }

  /** Shortened in the middle until it fits; remembered, because measuring is what takes time. */
  function fit(on: CanvasRenderingContext2D, text: string, room: number): string {
    const key = `${on.font} ${Math.round(room)} ${text}`;
    const known = fitted.get(key);
    if (known !== undefined) return known;
    const whole = on.measureText(text).width;
    let short = text;
    if (whole > room) {
      // Letters are about as wide as each other: from there on a few steps are enough.
      let keep = Math.min(text.length - 1, Math.ceil((text.length * room) / whole) + 1);
      do {
        const tail = Math.floor(keep / 3);
        short = `${text.slice(0, keep - tail)}…${text.slice(text.length - tail)}`;
        keep--;
      } while (keep > 2 && on.measureText(short).width > room);
    }
    if (fitted.size > 20_000) fitted.clear();
    fitted.set(key, short);
    return short;
  }

  return { paint, prepare };
}

export function isNamespace({ kinds }: AxisView, at: number): boolean {
  return kinds[at] === 'open' || kinds[at] === 'folded';
}

/** A namespace has the sign of a tree, and how many it holds. */
function nameOf({ labels, kinds, counts }: AxisView, at: number): string {
  const label = labels[at] ?? '';
  if (kinds[at] === 'open') return `▾ ${label}`;
  return kinds[at] === 'folded' ? `▸ ${label} (${counts[at] ?? 0})` : label;
}

function xOf(view: View, column: number): number {
  return view.left + column * view.cell - view.scrollLeft;
}

function yOf(view: View, row: number): number {
  return view.top + row * view.cell - view.scrollTop;
}

function clipTo(
  on: CanvasRenderingContext2D,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  on.beginPath();
  on.rect(left, top, right - left, bottom - top);
  on.clip();
}

/** The transformation that puts the origin there, turned, in device pixels. */
function moved(x: number, y: number, angle: number): [number, number, number, number, number, number] {
  const ratio = window.devicePixelRatio;
  const [cos, sin] = [Math.cos(angle) * ratio, Math.sin(angle) * ratio];
  return [cos, sin, -sin, cos, x * ratio, y * ratio];
}
