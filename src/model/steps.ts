// Answers: how is work that is written in steps done at one go? Long work is a generator that yields where others may have their
// turn; an editor drives it in turns (`vscode/turns.ts`), a terminal and tests take its result.

/** @returns what the generator returns, whatever it yields on the way. */
export function finish<T>(steps: Generator<unknown, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
