// Answers: how wide is a text in a file, whose fonts are not known? As wide as in the widest of the usual fonts (DejaVu), so that
// nothing leaves its box wherever the picture is opened; elsewhere there is a little more air.
import type { RowStyle } from './rows';
import type { Measure } from './text';

/** Widths in hundredths of the font's size, and the characters that have them. */
const groups: readonly (readonly [width: number, characters: string])[] = [
  [29, "'ijlIJ"],
  [34, ' ,.’/:;\\|f-'],
  [41, '()[]t!r'],
  [50, '*_`–"sz'],
  [58, '?cLFk'],
  [63, 'vxyPTYaoeEKbdghnpqu{}$0123456789S'],
  [70, 'AVBRXZC'],
  [79, 'UHNDG&OQ'],
  [85, 'w#+<=>^~→M'],
  [100, '%mW@…'],
];

const widths: ReadonlyMap<string, number> = new Map(
  groups.flatMap(([width, characters]) =>
    Array.from(characters, (character): [string, number] => [character, width / 100]),
  ),
);

/** Letters that are not in the table: a little wider than most; signs of eastern scripts fill a square. */
function unknownWidth(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 1 : 0.85;
}

const boldFactor = 1.17;
const monospace = 0.61;

const sizes: Readonly<Record<RowStyle, number>> = { title: 12, text: 12, dim: 11, code: 11 };

export const measureByTable: Measure = (text, style) => {
  let width = 0;
  for (const character of text) {
    const known = style === 'code' && widths.has(character) ? monospace : widths.get(character);
    width += known ?? unknownWidth(character);
  }
  return width * sizes[style] * (style === 'title' ? boldFactor : 1);
};
