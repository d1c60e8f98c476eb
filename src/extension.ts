// Answers: how does the extension start in desktop VS Code and on remotes? The same as in a browser; the engine is a file of its
// own there (dist/engine.js), loaded when something is first looked at.
import type * as vscode from 'vscode';
import { activateShared } from './vscode/activate';

export function activate(context: vscode.ExtensionContext): void {
  activateShared(context, { loadEngine: () => import('./vscode/engine') });
}
