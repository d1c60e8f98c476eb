// Answers: what is every part of the extension given? Made once by `activate.ts`; parts take what they need and nothing global.
import type * as vscode from 'vscode';
import type * as engine from './engine';
import type { ClusterSession } from './session';

export type Engine = typeof engine;

export interface Deps {
  readonly session: ClusterSession;
  /** Loads the engine's bundle on the first call. */
  readonly loadEngine: () => Promise<Engine>;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
}
