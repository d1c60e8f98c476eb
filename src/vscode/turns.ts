// Answers: how does long work of the engine leave room for others in the extension host? A generator is driven for a short stretch,
// then everybody else has a turn; a cancelled token ends it.
import * as vscode from 'vscode';

/** Longest stretch at one go, in milliseconds; the promise is that nothing blocks for more than 50. */
const stretchMs = 20;

/** @returns what the generator returns. Rejects with CancellationError when `isOver` says so between two stretches. */
export async function inTurns<T>(
  steps: Generator<unknown, T, void>,
  isOver: () => boolean = () => false,
): Promise<T> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < stretchMs) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isOver()) throw new vscode.CancellationError();
    since = performance.now();
  }
}
