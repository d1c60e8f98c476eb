// Answers: does the text say that a finding is meant to be so? `# podnet-ignore: policy.no-dns` on the line of the finding or in the
// comment lines right above it; in the comments at the head of a document for the whole document. Several codes are joined by
// commas, `all` stands for every code. JSON has no comments.
import type { Finding } from '../analysis/checks/finding';

const ignore = /#\s*podnet-ignore:\s*([\w.,\s-]+)/;

/** @returns the findings of one file that its comments do not turn off; the same list when there is no such comment. */
export function withoutIgnored<T extends Pick<Finding, 'code' | 'at'>>(
  text: string,
  findings: readonly T[],
): readonly T[] {
  if (!text.includes('podnet-ignore:')) return findings;
  const lines = text.split('\n');
  return findings.filter((finding) => !isIgnored(lines, finding));
}

function isIgnored(lines: readonly string[], { code, at }: Pick<Finding, 'code' | 'at'>): boolean {
  const names = (line: string | undefined): boolean => {
    const codes = ignore
      .exec(line ?? '')?.[1]
      ?.split(',')
      .map((each) => each.trim().split(/\s/)[0]);
    return codes?.some((each) => each === code || each === 'all') === true;
  };
  if (names(lines[at.line])) return true;
  for (let line = at.line - 1; isComment(lines[line]); line--) if (names(lines[line])) return true;
  return headOf(lines, at.line).some(names);
}

function isComment(line: string | undefined): boolean {
  return line !== undefined && /^\s*#/.test(line);
}

/** Comment lines between the start of the document and its first line with content. */
function headOf(lines: readonly string[], from: number): readonly string[] {
  let start = from;
  while (start > 0 && !/^---(\s|$)/.test(lines[start] ?? '')) start--;
  const head: string[] = [];
  for (const line of lines.slice(start)) {
    if (/^---(\s|$)/.test(line) || line.trim() === '') continue;
    if (!isComment(line)) break;
    head.push(line);
  }
  return head;
}

/** Where a comment that turns the code off goes for a finding: a line of its own above it. */
export function ignoreEdit(
  text: string,
  { code, at }: Pick<Finding, 'code' | 'at'>,
): { readonly line: number; readonly text: string } {
  const indent = /^\s*/.exec(text.split('\n')[at.line] ?? '')?.[0] ?? '';
  return { line: at.line, text: `${indent}# podnet-ignore: ${code}\n` };
}
