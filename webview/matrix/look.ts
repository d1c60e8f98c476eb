// Answers: how does a cell look? A full square, a triangle, a dot, or a stroke for what is not looked at: the shape says what the
// colour says. Each is drawn once per theme and size, and then stamped as pixels into pictures of parts of tiles.
import type { MatrixTile } from '../../src/protocol/matrixMessages';
import type { Block } from './geometry';

/** Colours of the theme, as CSS has them. */
export interface Colours {
  readonly ground: string;
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly all: string;
  readonly some: string;
  readonly head: string;
  readonly focus: string;
  readonly font: string;
}

export function themeColours(): Colours {
  const style = getComputedStyle(document.body);
  const read = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  const isContrast = document.body.classList.contains('vscode-high-contrast');
  return {
    ground: read('editor-background'),
    text: read('foreground'),
    dim: read('descriptionForeground', 'foreground'),
    line: read('panel-border', 'contrastBorder', 'widget-border'),
    all: isContrast ? read('foreground') : read('charts-blue', 'textLink-foreground'),
    some: isContrast ? read('foreground') : read('charts-yellow', 'problemsWarningIcon-foreground'),
    head: read('editorWidget-background', 'editor-background'),
    focus: read('focusBorder', 'contrastActiveBorder'),
    font: `${style.getPropertyValue('--vscode-font-size').trim() || '13px'} ${style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif'}`,
  };
}

/** Pixels of each value, in order, `side` by `side`. */
export interface Stamps {
  readonly side: number;
  readonly pixels: readonly Uint32Array[];
}

/** @param side of a cell in device pixels. */
export function stampsFor(colours: Colours, side: number): Stamps {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return { side, pixels: [] };
  const pixels = [0, 1, 2, 3].map((value) => {
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, side, side);
    drawCell(context, value, side, colours);
    return new Uint32Array(context.getImageData(0, 0, side, side).data.buffer);
  });
  return { side, pixels };
}

/** The value's shape in a square from 0, 0. */
export function drawCell(
  context: CanvasRenderingContext2D,
  value: number,
  side: number,
  colours: Colours,
): void {
  const gap = Math.max(1, Math.round(side / 14));
  const inner = side - gap;
  const pad = Math.round(side / 8);
  if (value === 2) {
    context.fillStyle = colours.all;
    context.fillRect(pad, pad, inner - 2 * pad, inner - 2 * pad);
  } else if (value === 1) {
    context.fillStyle = colours.some;
    context.beginPath();
    context.moveTo(pad, pad);
    context.lineTo(pad, inner - pad);
    context.lineTo(inner - pad, inner - pad);
    context.fill();
  } else if (value === 0) {
    const dot = Math.max(1, Math.round(side / 9));
    context.fillStyle = colours.dim;
    context.globalAlpha = 0.55;
    context.fillRect(Math.round((inner - dot) / 2), Math.round((inner - dot) / 2), dot, dot);
    context.globalAlpha = 1;
  } else {
    context.strokeStyle = colours.dim;
    context.globalAlpha = 0.6;
    context.lineWidth = Math.max(1, side / 18);
    context.beginPath();
    context.moveTo(pad, inner - pad);
    context.lineTo(inner - pad, pad);
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** A picture of a part of a tile, by cells from the first of the matrix: one copy for each line of each cell. */
export function blockPicture(tile: MatrixTile, block: Block, { side, pixels }: Stamps): HTMLCanvasElement {
  const [top, left] = [block.row - tile.row, block.column - tile.column];
  const rows = Math.min(block.rows, tile.rows - top);
  const columns = Math.min(block.columns, tile.columns - left);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, columns * side);
  canvas.height = Math.max(1, rows * side);
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const image = new ImageData(canvas.width, canvas.height);
  const target = new Uint32Array(image.data.buffer);
  const values = new Uint8Array(tile.cells);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const stamp = pixels[values[(top + row) * tile.columns + left + column] ?? 3];
      if (stamp === undefined) continue;
      let to = row * side * canvas.width + column * side;
      for (let line = 0; line < side; line++, to += canvas.width)
        target.set(stamp.subarray(line * side, (line + 1) * side), to);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
