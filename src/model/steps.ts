// Answers: how is work that is written in steps done at one go? Long work is a generator that yields where others may have their
// turn; an editor drives it in turns (`vscode/turns.ts`), a terminal and tests take its result. Steps are a few milliseconds long.

/** @returns what the generator returns, whatever it yields on the way. */
export function finish<T>(steps: Generator<unknown, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same steps, each of which says `said` to whoever drives them. */
export function* saying<S, T>(steps: Generator<unknown, T, void>, said: S): Generator<S, T, void> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield said;
  }
}

/** Members of one step. */
const stretch = 1000;

/** @returns the list in order, like `toSorted`, in steps of a few milliseconds; equal members stay in the order they had. */
export function* sortInSteps<T>(
  list: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, T[], void> {
  let runs: T[][] = [];
  for (let start = 0; start < list.length; start += stretch) {
    runs.push(list.slice(start, start + stretch).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const [left = [], right = []] = runs.slice(index, index + 2);
      merged.push(yield* merge(left, right, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  left: T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, T[], void> {
  const [last, next] = [left.at(-1), right[0]];
  if (next === undefined) return left;
  if (last !== undefined && compare(last, next) <= 0) return left.concat(right);
  const result: T[] = [];
  let index = 0;
  for (const member of left) {
    for (let other = right[index]; other !== undefined && compare(other, member) < 0; other = right[index]) {
      result.push(other);
      index++;
      if (result.length % stretch === 0) yield;
    }
    result.push(member);
    if (result.length % stretch === 0) yield;
  }
  for (; index < right.length; index++) {
    const other = right[index];
    if (other !== undefined) result.push(other);
  }
  return result;
}
