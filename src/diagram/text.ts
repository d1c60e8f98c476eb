// Answers: how does a text fit into a width? Broken where names and addresses may be broken, and shortened in the middle when the
// lines are not enough. Text is measured by a function given in: a page asks its fonts, a file knows a table.
import type { RowStyle } from './rows';

/** @returns the width of the text in pixels. */
export type Measure = (text: string, style: RowStyle) => number;

/** Lines no wider than `width`, broken after a space, colon, slash or comma, else after a dash or dot, else anywhere. */
export function breakText(
  text: string,
  width: number,
  style: RowStyle,
  mostLines: number,
  measure: Measure,
): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < mostLines - 1 && measure(rest, style) > width) {
    const cut = cutAt(rest, width, style, measure);
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...lines, measure(rest, style) > width ? shorten(rest, width, style, measure) : rest];
}

function cutAt(text: string, width: number, style: RowStyle, measure: Measure): number {
  let fits = 1;
  while (fits < text.length && measure(text.slice(0, fits + 1).trimEnd(), style) <= width) fits++;
  for (const signs of [/[\s:/,;]/, /[-.]/])
    for (let cut = fits; cut > 2; cut--) if (signs.test(text.charAt(cut - 1))) return cut;
  return fits;
}

/** Keeps the beginning and a little of the end, which tells names of one workload apart. */
function shorten(text: string, width: number, style: RowStyle, measure: Measure): string {
  const tail = text.slice(-5);
  for (let length = text.length - 6; length > 1; length--) {
    const short = `${text.slice(0, length)}…${tail}`;
    if (measure(short, style) <= width) return short;
  }
  return '…';
}
