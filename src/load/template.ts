// Answers: is this text a Go template (a Helm chart's) that has to be rendered before it is YAML? It is when `{{` stands
// outside comments, quotes and block scalars: there, YAML cannot mean it. Alert rules and the like quote their templates.

/** @returns the offset of the first template action that makes the text no YAML, or undefined when it has none. */
export function templateActionAt(text: string): number | undefined {
  if (!text.includes('{{')) return undefined;
  /** Indent of the line that opened a block scalar; lines indented deeper belong to it. */
  let blockIndent: number | undefined;
  let quote = '';
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const indent = line.search(/[^ ]/);
    const blank = line.trim() === '';
    if (blockIndent !== undefined && !blank && indent <= blockIndent) blockIndent = undefined;
    if (blockIndent === undefined && !blank) {
      const scanned = scanLine(line, quote);
      if (scanned.actionAt !== undefined) return start + scanned.actionAt;
      quote = scanned.quote;
      if (quote === '' && /(?:^|[\s:-])[|>][-+0-9]{0,2}\s*(?:\s#.*)?$/.test(line.trimEnd()))
        blockIndent = blockIndentOf(line);
    }
    start = end + 1;
  }
  return undefined;
}

/** The indent that a block scalar's lines must exceed: that of the key, where `- ` counts as indent too. */
function blockIndentOf(line: string): number {
  const lead = /^[ ]*(?:- +)*/.exec(line)?.[0] ?? '';
  return /^[ ]*(?:- +)*[|>]/.test(line) ? lead.trimEnd().length - 1 : lead.length;
}

/** Follows quotes and comments through one line; `quote` is the quote that is open at its end, or ''. */
function scanLine(line: string, openQuote: string): { readonly actionAt?: number; readonly quote: string } {
  let quote = openQuote;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (quote === '"' && character === '\\') at++;
    else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '{' && line[at + 1] === '{') return { actionAt: at, quote };
    else if ((character === '"' || character === "'") && opensToken(line, at)) quote = character;
    else if (character === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) break;
  }
  return { quote };
}

/** A quote inside a plain scalar (`don't`) is an ordinary character; it opens a string only where a value may begin. */
function opensToken(line: string, at: number): boolean {
  return /(?:^|[\s[{,])$/.test(line.slice(Math.max(0, at - 1), at));
}
