// Answers: what does the extension register? A list; nothing is read and the engine is not loaded before one of these is used.
import * as vscode from 'vscode';
import { createSession } from './clusterSession';
import { registerCodeLens } from './codeLens';
import { registerProposals } from './allowConnection';
import { registerCommands } from './commands';
import type { Deps, Engine } from './deps';
import { registerDiagnostics } from './diagnostics';
import { registerDiffPanel } from './diffPanel';
import { registerLanguages } from './languages';
import { registerMatrixPanel } from './matrixPanel';
import { registerPanel } from './panel';
import { registerPolicyChecks } from './policyChecks';
import { registerQuickFixes } from './quickFixes';
import { registerPoliciesTree } from './policiesTree';
import { registerSourceStatus } from './sourceStatus';
import { registerTestExplorer } from './testExplorer';
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
  const checks = registerPolicyChecks(deps);
  const matrix = registerMatrixPanel(deps, panel);
  const diff = registerDiffPanel(deps, panel);
  context.subscriptions.push(
    log,
    session,
    registerTree(deps),
    registerPoliciesTree(deps),
    panel,
    matrix,
    diff,
    checks,
    registerQuickFixes(deps, checks),
    registerProposals(),
    registerCommands(deps, panel, matrix, diff, checks),
    registerDiagnostics(deps),
    registerLanguages(deps),
    registerCodeLens(deps),
    registerTestExplorer(deps),
    registerSourceStatus(deps),
  );
}
