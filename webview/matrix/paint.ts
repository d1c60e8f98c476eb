// Answers: how does the matrix get onto the canvas? Pictures of the tiles in view, headers above and beside them that stay, and the
// frames of what is pointed at and in focus. Drawn at most once a frame; nothing moves by itself.
import type { AxisView } from '../../src/features/matrixShape';
import type { MatrixTile } from '../../src/protocol/matrixMessages';
import { visibleColumns, visibleRows, wantedTiles, type Place, type View } from './geometry';
import { stampsFor, tilePicture, type Colours, type Stamps } from './look';

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
}

/** Making pictures of tiles for longer than this would cost a frame; the rest is made in the next ones. */
const longestMs = 6;

/** Pictures that are kept, in pixels. */
const mostPixels = 24_000_000;

export function painter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { alpha: false });
  const pictures = new Map<MatrixTile, HTMLCanvasElement>();
  let stamps: Stamps = { side: 0, pixels: [] };
  let stampedFor: Colours | undefined;
  const fitted = new Map<string, string>();

  function pictureOf(tile: MatrixTile): HTMLCanvasElement {
    const known = pictures.get(tile);
    if (known !== undefined) {
      // The last used is the last to go.
      pictures.delete(tile);
      pictures.set(tile, known);
      return known;
    }
    const made = tilePicture(tile, stamps);
    pictures.set(tile, made);
    return made;
  }

  function forgetPictures(inView: number): void {
    let pixels = 0;
    for (const each of pictures.values()) pixels += each.width * each.height;
    for (const [tile, picture] of pictures) {
      if (pixels <= mostPixels || pictures.size <= inView) return;
      pixels -= picture.width * picture.height;
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

  /** Tiles in view, and pictures of those around them while there is time. @returns whether all of them are made. */
  function paintCells(on: CanvasRenderingContext2D, { view, tileAt }: Scene): boolean {
    const since = performance.now();
    let isComplete = true;
    const made = (tile: MatrixTile): HTMLCanvasElement | undefined => {
      if (pictures.has(tile) || performance.now() - since < longestMs) return pictureOf(tile);
      isComplete = false;
      return undefined;
    };
    on.save();
    clipTo(on, view.left, view.top, view.width, view.height);
    on.imageSmoothingEnabled = false;
    const { visible, around } = wantedTiles(view);
    for (const { row, column } of visible) {
      const tile = tileAt(row, column);
      const picture = tile && made(tile);
      if (tile === undefined || picture === undefined) continue;
      on.drawImage(
        picture,
        view.left + column * view.cell - view.scrollLeft,
        view.top + row * view.cell - view.scrollTop,
        tile.columns * view.cell,
        tile.rows * view.cell,
      );
    }
    on.restore();
    for (const { row, column } of around) {
      const tile = tileAt(row, column);
      if (tile !== undefined) made(tile);
    }
    forgetPictures(visible.length + around.length);
    return isComplete;
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
    let short = text;
    for (let keep = text.length - 1; on.measureText(short).width > room && keep > 2; keep--) {
      const tail = Math.floor(keep / 3);
      short = `${text.slice(0, keep - tail)}…${text.slice(text.length - tail)}`;
    }
    if (fitted.size > 20_000) fitted.clear();
    fitted.set(key, short);
    return short;
  }

  return { paint };
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
