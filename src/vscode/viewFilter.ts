// Answers: how does a user filter a view? A command asks for words, another clears them, a context key swaps the two buttons in the
// title, and the view's message says how much is left. The same for every view that has a filter.
import * as vscode from 'vscode';
import type { CommandId } from './ids';

export interface ViewFilter {
  /** Words that must all fit; empty shows everything. */
  readonly text: string;
  readonly onDidChange: vscode.Event<void>;
  dispose(): void;
}

export interface FilterWords {
  readonly ask: CommandId;
  readonly clear: CommandId;
  /** True while there is a filter. */
  readonly contextKey: string;
  readonly title: string;
  readonly placeHolder: string;
  readonly prompt: string;
}

export function registerFilter(words: FilterWords): ViewFilter {
  const changed = new vscode.EventEmitter<void>();
  let text = '';
  const set = (next: string): void => {
    text = next.trim();
    void vscode.commands.executeCommand('setContext', words.contextKey, text !== '');
    changed.fire();
  };
  const registered = vscode.Disposable.from(
    changed,
    vscode.commands.registerCommand(words.ask, async () => {
      const { title, placeHolder, prompt } = words;
      const asked = await vscode.window.showInputBox({ title, value: text, placeHolder, prompt });
      if (asked !== undefined) set(asked);
    }),
    vscode.commands.registerCommand(words.clear, () => set('')),
  );
  return {
    get text() {
      return text;
    },
    onDidChange: changed.event,
    dispose: () => {
      registered.dispose();
    },
  };
}

/**
 * What the message of a view says of its filter; empty without one.
 * @param counts undefined before the first state.
 */
export function filterText(
  filter: string,
  counts: { readonly shown: number; readonly all: number } | undefined,
  one: string,
  many: string,
): string {
  if (filter === '' || counts === undefined) return '';
  const { shown, all } = counts;
  return shown === 0
    ? `No ${one} of ${all} matches "${filter}".`
    : `Filter "${filter}": ${shown} of ${all} ${all === 1 ? one : many}.`;
}
