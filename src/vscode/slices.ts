// Answers: how does long work leave others in the extension host their turn? It yields between pieces; after a stretch the rest
// waits for the next turn of the event loop, and stops when nobody wants it any more.
import * as vscode from 'vscode';

/** Longest stretch of work, in milliseconds. */
const stretchMs = 20;

/** @throws vscode.CancellationError when `isOver` says so between two stretches. */
export async function inSlices<T>(work: Generator<undefined, T>, isOver: () => boolean): Promise<T> {
  let since = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < stretchMs) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isOver()) throw new vscode.CancellationError();
    since = performance.now();
  }
}
