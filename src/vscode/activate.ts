// Answers: what does the extension register? A list; nothing is read and the engine is not loaded before one of these is used.
import * as vscode from 'vscode';
import { createSession } from './clusterSession';
import { registerCommands } from './commands';
import type { Deps, Engine } from './deps';
import { registerDiagnostics } from './diagnostics';
import { registerLanguages } from './languages';
import { registerMatrixPanel } from './matrixPanel';
import { registerPanel } from './panel';
import { registerPoliciesTree } from './policiesTree';
import { registerSourceStatus } from './sourceStatus';
import { registerTree } from './tree';

/** What desktop and web hosts do differently. */
export interface Host {
  readonly loadEngine: () => Promise<Engine>;
}

export function activateShared(context: vscode.ExtensionContext, host: Host): void {
  const log = vscode.window.createOutputChannel('Pod Network', { log: true });
  const { extensionUri } = context;
  const session = createSession({ ...host, extensionUri, log });
  const deps: Deps = { ...host, session, log, extensionUri };
  const panel = registerPanel(deps);
  const matrix = registerMatrixPanel(deps, panel);
  context.subscriptions.push(
    log,
    session,
    registerTree(deps),
    registerPoliciesTree(deps),
    panel,
    matrix,
    registerCommands(deps, panel, matrix),
    registerDiagnostics(deps),
    registerLanguages(deps),
    registerSourceStatus(deps),
  );
}
