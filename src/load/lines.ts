// Answers: which line and character is this offset, and back? Counts as editors do: UTF-16 units, lines end at `\n`
// (a `\r` before it belongs to the line). Built once per text; a lookup is a binary search.

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Where lines begin in one text. */
export interface LineIndex {
  /** Offset of each line's first character; the first is 0. */
  readonly starts: readonly number[];
  readonly length: number;
}

export function lineIndexOf(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { starts, length: text.length };
}

/** The position of `offset`; offsets outside the text are moved to its nearest end. */
export function positionAt(index: LineIndex, offset: number): Position {
  const wanted = Math.min(Math.max(0, offset), index.length);
  let low = 0;
  let high = index.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((index.starts[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: wanted - (index.starts[low] ?? 0) };
}

/** The offset of `position`; a character behind the line's end is moved to the end of the line. */
export function offsetAt(index: LineIndex, position: Position): number {
  const start = index.starts[position.line];
  if (start === undefined) return position.line < 0 ? 0 : index.length;
  const next = index.starts[position.line + 1];
  const end = next === undefined ? index.length : next - 1;
  return Math.min(start + Math.max(0, position.character), end);
}
