// Answers: what does a change of a text look like as a patch? One hunk from the first to the last line that differs, with three
// lines around it, as `diff -u` has it, for `patch -p0` where the files were named.

const around = 3;

/** @param before undefined: a new file. */
export function unifiedDiff(file: string, before: string | undefined, after: string): string {
  const [old, made] = [linesOf(before ?? ''), linesOf(after)];
  let same = 0;
  while (same < old.length && same < made.length && old[same] === made[same]) same++;
  let tail = 0;
  while (
    tail < old.length - same &&
    tail < made.length - same &&
    old[old.length - 1 - tail] === made[made.length - 1 - tail]
  )
    tail++;
  const from = Math.max(0, same - around);
  const kept = Math.min(around, tail);
  const removed = old.slice(same, old.length - tail);
  const added = made.slice(same, made.length - tail);
  const above = old.slice(from, same);
  const below = old.slice(old.length - tail, old.length - tail + kept);
  const count = (lines: number): string => `${lines === 0 ? from : from + 1},${lines}`;
  const oldCount = above.length + removed.length + below.length;
  const newCount = above.length + added.length + below.length;
  return [
    before === undefined ? '--- /dev/null' : `--- ${file}`,
    `+++ ${file}`,
    `@@ -${count(oldCount)} +${count(newCount)} @@`,
    ...above.map((line) => marked(' ', line)),
    ...removed.map((line) => marked('-', line)),
    ...added.map((line) => marked('+', line)),
    ...below.map((line) => marked(' ', line)),
    '',
  ].join('\n');
}

/** Lines with their ends, so that a missing one at the end of the file is a difference. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marked(mark: string, line: string): string {
  return line.endsWith('\n') ? `${mark}${line.slice(0, -1)}` : `${mark}${line}\n\\ No newline at end of file`;
}
