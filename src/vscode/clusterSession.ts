// Answers: how does the window keep its cluster current? Reads when first asked, follows edits, creations and deletions, and
// publishes one state after the other. Only changed files are read again; long work yields to the host between files.
import * as vscode from 'vscode';
import type { Cluster } from '../model/cluster';
import type { ClusterStore, FileChange } from '../load/store';
import { filesOf, includeGlobs, readFiles } from './clusterFiles';
import type { Engine } from './deps';
import { contextKeys, settings } from './ids';
import type { ClusterSession, ClusterSource, ClusterState } from './session';

/** After the last keystroke; the rest of the 300 ms is for reading and showing. */
const settleMs = 120;
/** Longest stretch of reading before others in the extension host get their turn. */
const stretchMs = 20;

interface Ports {
  readonly loadEngine: () => Promise<Engine>;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

export function createSession(ports: Ports): ClusterSession {
  return new WindowSession(ports);
}

class WindowSession implements ClusterSession {
  readonly #ports: Ports;
  readonly #changed = new vscode.EventEmitter<ClusterState>();
  readonly onDidChangeState = this.#changed.event;
  /** Watchers of the source; undefined until something is looked at. */
  #watching: vscode.Disposable | undefined;
  #source: ClusterSource = { kind: 'workspace' };
  #current: ClusterState | undefined;
  #store: ClusterStore | undefined;
  #revision = 0;
  /** Reads run one after the other; a new source cancels the one before. */
  #queue: Promise<unknown> = Promise.resolve();
  #cancel = new vscode.CancellationTokenSource();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #touched = new Map<string, vscode.Uri>();
  #first: Promise<ClusterState> | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  get current(): ClusterState | undefined {
    return this.#current;
  }

  get source(): ClusterSource {
    return this.#source;
  }

  async state(token?: vscode.CancellationToken): Promise<ClusterState> {
    this.#first ??= this.#start();
    const state = await this.#first;
    if (token?.isCancellationRequested === true) throw new vscode.CancellationError();
    return this.#current ?? state;
  }

  open(source: ClusterSource): Promise<ClusterState> {
    this.#source = source;
    this.#first = this.#start();
    return this.#first;
  }

  dispose(): void {
    this.#stop();
    this.#changed.dispose();
  }

  #stop(): void {
    this.#cancel.cancel();
    this.#cancel.dispose();
    clearTimeout(this.#timer);
    this.#touched.clear();
    this.#watching?.dispose();
    this.#watching = undefined;
    this.#store?.dispose();
    this.#store = undefined;
  }

  /** Reads the source from the beginning and starts to follow it. */
  async #start(): Promise<ClusterState> {
    this.#stop();
    this.#cancel = new vscode.CancellationTokenSource();
    const { token } = this.#cancel;
    const source = this.#source;
    void vscode.commands.executeCommand('setContext', contextKeys.source, source.kind);
    this.#watching = source.kind === 'workspace' ? this.#watch() : undefined;
    const began = performance.now();
    const engine = await this.#ports.loadEngine();
    const uris = await filesOf(source, this.#ports.extensionUri, token);
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    this.#store = engine.createStore();
    const state = await this.#read(uris, token);
    this.#ports.log.info(
      `Read ${uris.length} files (${source.kind}) in ${Math.round(performance.now() - began)} ms`,
    );
    return state;
  }

  /** Reads these files again and publishes what the cluster is then. */
  #read(uris: readonly vscode.Uri[], token: vscode.CancellationToken): Promise<ClusterState> {
    const reading = this.#queue.then(async () => {
      const engine = await this.#ports.loadEngine();
      const changes = await readFiles(uris, token);
      const store = this.#store;
      if (token.isCancellationRequested || store === undefined) throw new vscode.CancellationError();
      await applyInTurns(store, changes, token);
      return this.#publish(engine, store);
    });
    this.#queue = reading.catch(() => undefined);
    return reading;
  }

  #publish(engine: Engine, store: ClusterStore): ClusterState {
    const { cluster, problems } = store.current;
    const simulated = engine.simulate(cluster, this.#simulation(engine), this.#earlier());
    this.#current = {
      revision: ++this.#revision,
      source: this.#source,
      cluster: simulated.cluster,
      problems: [...problems, ...simulated.problems],
    };
    this.#changed.fire(this.#current);
    return this.#current;
  }

  /** What the same source looked like before: simulated pods keep their places and addresses. */
  #earlier(): Cluster | undefined {
    return this.#current?.source === this.#source ? this.#current.cluster : undefined;
  }

  #simulation(engine: Engine): ReturnType<Engine['readSettings']>['settings'] {
    const written = vscode.workspace.getConfiguration('podNetwork');
    const { settings: simulation, complaints } = engine.readSettings({
      controlPlanes: written.get(settings.controlPlanes),
      workers: written.get(settings.workers),
      ipFamilies: written.get(settings.ipFamilies),
      nodeCidr: written.get<string>(settings.nodeCidr) || undefined,
      podCidr: written.get<string>(settings.podCidr) || undefined,
      serviceCidr: written.get<string>(settings.serviceCidr) || undefined,
    });
    for (const complaint of complaints) this.#ports.log.warn(`Setting podNetwork.simulation: ${complaint}`);
    return simulation;
  }

  #watch(): vscode.Disposable {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const watchers = folders.flatMap((folder) =>
      includeGlobs(folder.uri).map((glob) =>
        vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, glob)),
      ),
    );
    const isIncluded = (document: vscode.TextDocument): boolean =>
      folders.some((folder) =>
        includeGlobs(folder.uri).some(
          (glob) =>
            vscode.languages.match({ pattern: new vscode.RelativePattern(folder, glob) }, document) > 0,
        ),
      );
    const touchDocument = (document: vscode.TextDocument): void => {
      if (isIncluded(document)) this.#touch(document.uri);
    };
    return vscode.Disposable.from(
      ...watchers,
      ...watchers.flatMap((watcher) => [
        watcher.onDidCreate((uri) => this.#touch(uri)),
        watcher.onDidChange((uri) => this.#touch(uri)),
        watcher.onDidDelete((uri) => this.#touch(uri)),
      ]),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) touchDocument(document);
      }),
      // A closed document without being saved goes back to what the disk has.
      vscode.workspace.onDidCloseTextDocument(touchDocument),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#reopen()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('podNetwork') || event.affectsConfiguration('files.exclude'))
          this.#reopen();
      }),
    );
  }

  /** Reads this file again once nothing more is touched for a moment. */
  #touch(uri: vscode.Uri): void {
    this.#touched.set(uri.toString(), uri);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const uris = [...this.#touched.values()];
      this.#touched.clear();
      this.#inBackground(this.#follow(uris));
    }, settleMs);
  }

  /** Files that the globs leave out may be touched as well; only those that count are read. */
  async #follow(uris: readonly vscode.Uri[]): Promise<void> {
    const { token } = this.#cancel;
    const known = new Set(this.#store?.current.files.map(({ file }) => file));
    const unknown = uris.filter((uri) => !known.has(uri.toString()));
    const counted =
      unknown.length === 0
        ? known
        : new Set((await filesOf(this.#source, this.#ports.extensionUri, token)).map(String));
    const read = uris.filter((uri) => known.has(uri.toString()) || counted.has(uri.toString()));
    if (read.length > 0) await this.#read(read, token);
  }

  #reopen(): void {
    this.#inBackground(this.open(this.#source));
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof vscode.CancellationError))
        this.#ports.log.error(error instanceof Error ? error : String(error));
    });
  }
}

async function applyInTurns(
  store: ClusterStore,
  changes: readonly FileChange[],
  token: vscode.CancellationToken,
): Promise<void> {
  const steps = store.applyInSteps(changes);
  let since = performance.now();
  for (let step = steps.next(); step.done !== true; step = steps.next()) {
    if (performance.now() - since < stretchMs) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    since = performance.now();
  }
}
