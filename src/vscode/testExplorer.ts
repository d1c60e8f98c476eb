// Answers: how do files of expectations appear in the Test Explorer? One item a file and one an expectation, at its line. Nothing is
// searched before the view asks, and nothing is traced before a test is run; a changed cluster only marks results as outdated.
import * as vscode from 'vscode';
import type { Expectation } from '../load/expectations';
import { toDiagnostic, toRange } from './convert';
import type { Deps, Engine } from './deps';
import { commands } from './ids';
import { inLink } from './markdown';
import { inTurns } from './turns';

const pattern = '**/*.podnet.{yaml,yml}';

/** More files than this are not listed. */
const mostFiles = 2_000;

export function registerTestExplorer(deps: Deps): vscode.Disposable {
  const { log, session } = deps;
  const controller = vscode.tests.createTestController('podNetwork', 'Pod Network');
  const faults = vscode.languages.createDiagnosticCollection('podNetwork.expectations');
  const expectations = new WeakMap<vscode.TestItem, Expectation>();
  let watching: vscode.Disposable | undefined;

  const inBackground = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      if (!(error instanceof vscode.CancellationError))
        log.error(error instanceof Error ? error : String(error));
    });
  };

  function itemOf(uri: vscode.Uri): vscode.TestItem {
    const known = controller.items.get(uri.toString());
    if (known !== undefined) return known;
    const item = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    controller.items.add(item);
    return item;
  }

  function forget(uri: vscode.Uri): void {
    controller.items.delete(uri.toString());
    faults.delete(uri);
  }

  /** Reads one file, saved or not, and makes its items anew. */
  async function read(file: vscode.TestItem): Promise<void> {
    const { uri } = file;
    if (uri === undefined) return;
    const engine = await deps.loadEngine();
    let text: string;
    try {
      text = await textOf(uri);
    } catch (error) {
      // Gone since it was listed.
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') forget(uri);
      else file.error = error instanceof Error ? error.message : String(error);
      return;
    }
    const { expectations: found, problems } = engine.readExpectations(uri.toString(), text);
    file.error =
      problems.length === 0
        ? undefined
        : problems.map(({ at, message }) => `Line ${at.line + 1}: ${message}`).join('\n');
    file.children.replace(
      found.map((expectation) => {
        const { at, index, why } = expectation;
        const item = controller.createTestItem(
          `${at.document}.${index}`,
          engine.expectationTitle(expectation),
          uri,
        );
        item.range = toRange(at);
        item.sortText = `${at.document}`.padStart(6, '0') + `${index}`.padStart(6, '0');
        if (why !== undefined) item.description = why;
        expectations.set(item, expectation);
        return item;
      }),
    );
    // What is wrong with the shape of the file is among the problems of the workspace already.
    faults.set(
      uri,
      found.flatMap((expectation) => {
        const asked = engine.expectationQuery(expectation);
        return 'problem' in asked ? [toDiagnostic(asked.problem)] : [];
      }),
    );
  }

  function look(document: vscode.TextDocument): void {
    if (!isExpectations(document)) return;
    inBackground(read(itemOf(document.uri)));
  }

  /** Lists the files and follows them; once. */
  async function discover(): Promise<void> {
    if (watching === undefined) {
      const files = vscode.workspace.createFileSystemWatcher(pattern);
      const changed = (uri: vscode.Uri): void => inBackground(read(itemOf(uri)));
      watching = vscode.Disposable.from(
        files,
        files.onDidCreate(changed),
        files.onDidChange(changed),
        files.onDidDelete(forget),
      );
    }
    const uris = await vscode.workspace.findFiles(pattern, undefined, mostFiles);
    await Promise.all(uris.map((uri) => read(itemOf(uri))));
  }

  async function run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await runOnce(request, token);
    if (request.continuous !== true || token.isCancellationRequested) return;
    const again = session.onDidChangeState(() => inBackground(runOnce(request, token)));
    token.onCancellationRequested(() => {
      again.dispose();
    });
  }

  async function runOnce(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const testRun = controller.createTestRun(request);
    try {
      const [engine, { cluster }] = await Promise.all([deps.loadEngine(), session.state(token)]);
      await inTurns(engine.policiesInSteps(cluster), () => token.isCancellationRequested);
      for (const item of await chosen(request)) {
        if (token.isCancellationRequested) break;
        const expectation = expectations.get(item);
        if (expectation === undefined) continue;
        testRun.started(item);
        const began = performance.now();
        const result = engine.checkExpectation(cluster, expectation);
        const ms = performance.now() - began;
        if (result.outcome === 'met') testRun.passed(item, ms);
        else {
          const trace = withoutFolders(engine.expectationTraceText(cluster, result));
          const message = messageOf(engine, item, expectation, result.message, trace);
          if (result.outcome === 'unmet') testRun.failed(item, message, ms);
          else testRun.errored(item, message, ms);
          testRun.appendOutput(`${result.message}\n${trace}\n`.replace(/\r?\n/g, '\r\n'), undefined, item);
        }
        // Others get their turn between two traces.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) throw error;
    } finally {
      testRun.end();
    }
  }

  /** The expectations of the request, files read first where they were not. */
  async function chosen({ include, exclude }: vscode.TestRunRequest): Promise<readonly vscode.TestItem[]> {
    const roots = include ?? [...controller.items].map(([, item]) => item);
    for (const root of roots) if (root.canResolveChildren && root.children.size === 0) await read(root);
    const leaves = roots.flatMap((root) =>
      root.canResolveChildren ? [...root.children].map(([, item]) => item) : [root],
    );
    const left = new Set(exclude);
    return leaves.filter((item) => !left.has(item) && !(item.parent !== undefined && left.has(item.parent)));
  }

  controller.resolveHandler = (item) => (item === undefined ? discover() : read(item));
  controller.refreshHandler = () => discover();
  const profile = controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, run, true);
  profile.supportsContinuousRun = true;
  for (const document of vscode.workspace.textDocuments) look(document);
  return vscode.Disposable.from(
    controller,
    profile,
    faults,
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) look(document);
    }),
    session.onDidChangeState(() => controller.invalidateTestResults()),
    new vscode.Disposable(() => {
      watching?.dispose();
    }),
  );
}

function isExpectations(document: vscode.TextDocument): boolean {
  return (
    vscode.workspace.getWorkspaceFolder(document.uri) !== undefined &&
    vscode.languages.match({ pattern }, document) > 0
  );
}

async function textOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === uri.toString(),
  );
  if (open !== undefined) return open.getText();
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Files of the workspace by their path in it. */
function withoutFolders(text: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.reduce((shorter, { uri }) => shorter.replaceAll(`${uri.toString()}/`, ''), text);
}

/** The verdict, a link to the trace panel, and the trace as a terminal shows it. */
function messageOf(
  engine: Engine,
  { uri, range }: vscode.TestItem,
  expectation: Expectation,
  verdict: string,
  trace: string,
): vscode.TestMessage {
  const markdown = new vscode.MarkdownString().appendText(verdict);
  const asked = engine.expectationQuery(expectation);
  if (!('problem' in asked)) {
    const { from, to, protocol } = expectation;
    const { port } = asked.query;
    const argument = JSON.stringify([{ from, to, port, protocol }]).replaceAll('%', '\\u0025');
    const target = inLink(`command:${commands.trace}?${encodeURIComponent(argument)}`);
    markdown.appendMarkdown(`\n\n[Show the trace](${target})\n`);
    markdown.isTrusted = { enabledCommands: [commands.trace] };
  }
  // A backtick could end the block.
  if (trace !== '') markdown.appendCodeblock(trace.replaceAll('`', "'"), 'text');
  const message = new vscode.TestMessage(markdown);
  if (uri !== undefined && range !== undefined) message.location = new vscode.Location(uri, range);
  return message;
}
