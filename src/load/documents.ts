// Answers: where does each YAML document of a file begin and end? `---` at the start of a line separates documents, also
// when one of them is broken, because no indented or quoted text may begin a line with it (YAML 1.2, section 9).

/** Offsets of one document; `start` is that of its `---` line, or of the text before the first one. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/** @returns the documents that have content: parts with only blank lines, comments and directives are left out. */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let start = 0;
  for (let marker = markerAt(text, 0); ; marker = markerAt(text, marker + 3)) {
    const end = marker < 0 ? text.length : marker;
    if (hasContent(text, start, end)) ranges.push({ start, end });
    if (marker < 0) return ranges;
    start = marker;
  }
}

/** The next `---` or `...` line at or after `from`, or -1. */
function markerAt(text: string, from: number): number {
  for (let at = from; at < text.length;) {
    const dashes = text.indexOf('---', at);
    if (dashes < 0) return -1;
    const after = text.charCodeAt(dashes + 3);
    const separated = Number.isNaN(after) || after === 10 || after === 13 || after === 32 || after === 9;
    if ((dashes === 0 || text.charCodeAt(dashes - 1) === 10) && separated) return dashes;
    at = dashes + 1;
  }
  return -1;
}

function hasContent(text: string, from: number, to: number): boolean {
  for (let start = from; start < to;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 || newline > to ? to : newline;
    const line = text.slice(start, end);
    const rest = line.startsWith('---') || line.startsWith('...') ? line.slice(3) : line;
    if (!/^\s*(?:#.*)?$/.test(rest) && !rest.startsWith('%')) return true;
    start = end + 1;
  }
  return false;
}
