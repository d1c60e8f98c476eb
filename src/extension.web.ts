// Answers: how does the extension start in a browser (vscode.dev)? The web host loads one file, so the engine is inside it, and
// still runs only when something is first looked at.
import type * as vscode from 'vscode';
import { activateShared } from './vscode/activate';

export function activate(context: vscode.ExtensionContext): void {
  activateShared(context, { loadEngine: () => import('./vscode/engine') });
}
