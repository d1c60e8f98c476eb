// Answers: what does somebody get who asks for something that takes a while, while somebody else asks for the same as it is later?
// The newest answer: work for an older one ends between two stretches, and its asker gets the newer one too.
import * as vscode from 'vscode';
import type { Disposable } from '../load/store';

export interface Latest<T> extends Disposable {
  /** Rejects with CancellationError once it is disposed. */
  ask(): Promise<T>;
}

/** @param make gives up with CancellationError when `isOver`; `number` counts the times that was asked, from 1. */
export function latestOf<T>(make: (isOver: () => boolean, number: number) => Promise<T>): Latest<T> {
  let asked = 0;
  let newest: Promise<T> | undefined;
  let isDisposed = false;
  return {
    ask() {
      const own = ++asked;
      const made = make(() => isDisposed || own !== asked, own).catch((error: unknown): T | Promise<T> => {
        const newer = newest === made || isDisposed ? undefined : newest;
        if (newer === undefined || !(error instanceof vscode.CancellationError)) throw error;
        return newer;
      });
      newest = made;
      return made;
    },
    dispose() {
      isDisposed = true;
    },
  };
}
