// How the benchmark measures and prints: medians of wall-clock time, and a table beside the targets.

export interface Row {
  /** Number in the target table of the performance page; `-` for a target that an issue sets. */
  readonly number: string;
  readonly operation: string;
  readonly results: readonly Result[];
}

/** Milliseconds; undefined: not measured, or no target. */
export interface Result {
  readonly measured: number | undefined;
  readonly target: number | undefined;
}

const usualRuns = 9;
const slowRuns = 3;
/** A run longer than this (in milliseconds) is repeated less often, and one longer than the second is not repeated. */
const slow = 1500;
const verySlow = 15_000;
/** A sample is at least this long (in milliseconds): neither the clock's grain nor compiling the first calls matters then. */
const sampleLength = 20;

/** Median time of one call in milliseconds. `prepare` makes the input of a call and is not timed. */
export function median<T>(prepare: () => T, run: (input: T) => unknown): number {
  const first = once(prepare(), run);
  if (first > verySlow) return first;
  const runs = first > slow ? slowRuns : usualRuns;
  const times = Array.from({ length: runs }, () => once(prepare(), run));
  return middle(times);
}

/** Median time of one call in milliseconds, for calls so short that many make one sample. */
export function medianOfMany(run: (call: number) => unknown): number {
  let calls = 1;
  while (batch(run, calls) < sampleLength && calls < 1 << 20) calls *= 2;
  return middle(Array.from({ length: usualRuns }, () => batch(run, calls) / calls));
}

/** The median over some runs of the longest step of each, in milliseconds: how long others wait at most. */
export function longestStep(start: () => Generator<unknown, unknown, void>): number {
  return middle(
    Array.from({ length: usualRuns }, () => {
      const steps = start();
      let longest = 0;
      for (;;) {
        const began = performance.now();
        const step = steps.next();
        longest = Math.max(longest, performance.now() - began);
        if (step.done === true) return longest;
      }
    }),
  );
}

export function printTable(title: string, columns: readonly string[], rows: readonly Row[]): void {
  const cells = [
    ['#', 'operation', ...columns],
    ...rows.map((row) => [row.number, row.operation, ...row.results.map(cellText)]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length))) ?? [];
  console.log(title);
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function cellText({ measured, target }: Result): string {
  if (measured === undefined) return '-';
  const limit = target === undefined ? '' : ` of ${timeText(target)}${measured > target ? ' OVER' : ''}`;
  return `${timeText(measured)}${limit}`;
}

/** `0.42 us`, `3.1 ms`, `1.20 s` */
export function timeText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  if (milliseconds >= 1) return `${short(milliseconds)} ms`;
  return `${short(milliseconds * 1000)} us`;
}

function short(value: number): string {
  return value >= 100
    ? value.toFixed(0)
    : value >= 1
      ? Number(value.toFixed(1)).toString()
      : value.toFixed(2);
}

function once<T>(input: T, run: (input: T) => unknown): number {
  const start = performance.now();
  sink = run(input);
  return performance.now() - start;
}

function batch(run: (call: number) => unknown, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) sink = run(call);
  return performance.now() - start;
}

function middle(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

/** Results end here, so that no call can be optimised away. */
export let sink: unknown;
