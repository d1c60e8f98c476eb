// Answers: what does one source say now? Reads all its files, then only those that change: unsaved edits, creations, deletions,
// renames, also of whole folders. A snapshot and the sample stand still; only the workspace is followed.
import * as vscode from 'vscode';
import type { SyntaxFile } from '../load/parse';
import type { ClusterStore, FileChange } from '../load/store';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import type { Engine } from './deps';
import { filesOf, includeGlobs, readFiles } from './clusterFiles';
import { settings } from './ids';
import type { ClusterSource, Preview } from './session';
import { inTurns } from './turns';

/** After the last keystroke; the rest of the 300 ms is for reading and showing. */
const settleMs = 120;

export interface FollowerPorts {
  readonly loadEngine: () => Promise<Engine>;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** The cluster as simulation completed it, and what is wrong with the input. */
export interface Reading {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
  readonly files: ReadonlySet<string>;
}

export class SourceFollower implements vscode.Disposable {
  readonly source: ClusterSource;
  readonly #ports: FollowerPorts;
  readonly #changed: (reading: Reading) => void;
  readonly #cancel = new vscode.CancellationTokenSource();
  #watching: vscode.Disposable | undefined;
  #store: ClusterStore | undefined;
  /** Simulated pods keep their places and addresses from one reading to the next. */
  #earlier: Cluster | undefined;
  /** The same with the network that the user chose. */
  #shown: Cluster | undefined;
  /** Settings of the simulation changed: places and addresses may move. */
  #afresh = false;
  /** Readings run one after the other; a newer one ends what an older one still does, and reads its files too. */
  #queue: Promise<unknown> = Promise.resolve();
  #newest = 0;
  /** Files of the next reading, by URI; an object for each time that something happened to one. */
  readonly #pending = new Map<string, { readonly uri: vscode.Uri }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Files to read again, by URI. */
  readonly #touched = new Map<string, vscode.Uri>();
  /** A folder came: there may be files that no event named. */
  #relist = false;

  /** @param changed is told every reading after the first. */
  constructor(ports: FollowerPorts, source: ClusterSource, changed: (reading: Reading) => void) {
    this.#ports = ports;
    this.source = source;
    this.#changed = changed;
  }

  /** Reads everything and starts to follow. Rejects when the follower is disposed before the end. */
  async start(): Promise<Reading> {
    const { token } = this.#cancel;
    const began = performance.now();
    // Before listing: what changes meanwhile is read again.
    if (this.source.kind === 'workspace') this.#watching = this.#watch();
    const [engine, uris] = await Promise.all([
      this.#ports.loadEngine(),
      filesOf(this.source, this.#ports.extensionUri, token),
    ]);
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    this.#store = engine.createStore();
    const reading = await this.#read(uris, () => token.isCancellationRequested);
    const ms = Math.round(performance.now() - began);
    this.#ports.log.info(`Read ${uris.length} files (${this.source.kind}) in ${ms} ms`);
    return reading;
  }

  /** The tree of a text, also of a file that is not read. undefined before the first reading. */
  async documentOf(file: string, text: string, isOver: () => boolean): Promise<SyntaxFile | undefined> {
    return this.#store && inTurns(this.#store.documentInSteps(file, text), isOver);
  }

  /** The text of a file as it was last read. */
  textOf(file: string): string | undefined {
    return this.#store?.textOf(file);
  }

  /** The cluster as it would be with these texts; nothing is kept. Waits for what is being read. */
  async preview(changes: readonly FileChange[], token?: vscode.CancellationToken): Promise<Preview> {
    const isOver = (): boolean =>
      this.#cancel.token.isCancellationRequested || token?.isCancellationRequested === true;
    const engine = await this.#ports.loadEngine();
    await this.#queue;
    if (this.#store === undefined || isOver()) throw new vscode.CancellationError();
    const [earlier, base] = [this.#earlier, this.#shown];
    const { cluster, problems } = await inTurns(this.#store.previewInSteps(changes), isOver);
    const { shown } = await completed(engine, cluster, this.#ports.log, earlier, isOver);
    if (base !== undefined) engine.noteSuccessor(base, shown);
    const changed = new Set(changes.map(({ file }) => file));
    return { cluster: shown, problems: problems.filter(({ at }) => changed.has(at.file)) };
  }

  dispose(): void {
    this.#cancel.cancel();
    this.#cancel.dispose();
    clearTimeout(this.#timer);
    this.#watching?.dispose();
    this.#store?.dispose();
  }

  /** @param isOver ends it between two stretches of work. */
  #read(uris: readonly vscode.Uri[], isOver: () => boolean): Promise<Reading> {
    const reading = this.#queue.then(async () => {
      const engine = await this.#ports.loadEngine();
      const changes = await readFiles(uris, this.#ports.log, this.#cancel.token);
      const store = this.#store;
      if (store === undefined || isOver()) throw new vscode.CancellationError();
      await inTurns(store.applyInSteps(changes), isOver);
      return this.#complete(engine, store, isOver);
    });
    this.#queue = reading.catch(() => undefined);
    return reading;
  }

  /** Reads what is pending, and announces it unless something newer is asked for meanwhile. */
  async #readPending(): Promise<void> {
    const { token } = this.#cancel;
    const turn = ++this.#newest;
    await this.#queue;
    if (turn !== this.#newest || token.isCancellationRequested) return;
    const own = new Map(this.#pending);
    const isOver = (): boolean => token.isCancellationRequested || turn !== this.#newest;
    const reading = await this.#read(
      [...own.values()].map(({ uri }) => uri),
      isOver,
    );
    for (const [file, read] of own) if (this.#pending.get(file) === read) this.#pending.delete(file);
    this.#changed(reading);
  }

  async #complete(engine: Engine, store: ClusterStore, isOver: () => boolean): Promise<Reading> {
    const { cluster, problems, files } = store.current;
    const afresh = this.#afresh;
    const earlier = afresh ? undefined : this.#earlier;
    const made = await completed(engine, cluster, this.#ports.log, earlier, isOver);
    // What was found out about policies holds as far as the edit does not concern it.
    if (this.#shown !== undefined) engine.noteSuccessor(this.#shown, made.shown);
    this.#earlier = made.cluster;
    this.#shown = made.shown;
    if (afresh) this.#afresh = false;
    return {
      cluster: made.shown,
      problems: [...problems, ...made.problems],
      files: new Set(files.map(({ file }) => file)),
    };
  }

  #watch(): vscode.Disposable {
    const touch = (uri: vscode.Uri): void => this.#touch([uri]);
    const touchDocument = (document: vscode.TextDocument): void => {
      if (isIncluded(document)) touch(document.uri);
    };
    const parts: vscode.Disposable[] = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) touchDocument(document);
      }),
      // A document that was closed without being saved goes back to what the disk has.
      vscode.workspace.onDidCloseTextDocument(touchDocument),
    ];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const glob of includeGlobs(folder.uri)) {
        const files = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, glob));
        parts.push(files, files.onDidCreate(touch), files.onDidChange(touch), files.onDidDelete(touch));
      }
      // VS Code tells only of the folder when a folder with files in it goes or comes.
      const everything = new vscode.RelativePattern(folder, '**');
      const folders = vscode.workspace.createFileSystemWatcher(everything, false, true, false);
      parts.push(
        folders,
        folders.onDidDelete((uri) => this.#touch(this.#knownBelow(uri))),
        folders.onDidCreate((uri) => {
          if (!/\.[^/]*$/.test(uri.path)) this.#touch([], true);
        }),
      );
    }
    return vscode.Disposable.from(...parts);
  }

  #knownBelow(folder: vscode.Uri): readonly vscode.Uri[] {
    const start = `${folder.toString()}/`;
    const files = this.#store?.current.files ?? [];
    return files.filter(({ file }) => file.startsWith(start)).map(({ file }) => vscode.Uri.parse(file, true));
  }

  /** Reads these files again once nothing more is touched for a moment. */
  #touch(uris: readonly vscode.Uri[], relist = false): void {
    if (uris.length === 0 && !relist) return;
    for (const uri of uris) this.#touched.set(uri.toString(), uri);
    this.#relist ||= relist;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const touched = new Map(this.#touched);
      this.#touched.clear();
      this.#follow(touched, this.#relist).catch((error: unknown) => {
        if (!(error instanceof vscode.CancellationError))
          this.#ports.log.error(error instanceof Error ? error : String(error));
      });
      this.#relist = false;
    }, settleMs);
  }

  /** Of the files that are not known yet, only those that the globs let in are read. */
  async #follow(touched: ReadonlyMap<string, vscode.Uri>, relist: boolean): Promise<void> {
    const known = new Set(this.#store?.current.files.map(({ file }) => file));
    const wanted = new Map([...touched].filter(([file]) => known.has(file)));
    if (relist || wanted.size < touched.size) {
      for (const uri of await filesOf(this.source, this.#ports.extensionUri, this.#cancel.token)) {
        const file = uri.toString();
        if (touched.has(file) || !known.has(file)) wanted.set(file, uri);
      }
    }
    if (wanted.size === 0) return;
    for (const [file, uri] of wanted) this.#pending.set(file, { uri });
    await this.#readPending();
  }

  /** Completes the same input again after settings changed. @param afresh those of the simulation: places and addresses may move. */
  async completeAgain(afresh: boolean): Promise<void> {
    if (this.#store === undefined) return;
    this.#afresh ||= afresh;
    await this.#readPending();
  }
}

export interface Completed {
  /** With everything filled in. */
  readonly cluster: Cluster;
  /** The same with the network that the user chose. */
  readonly shown: Cluster;
  readonly problems: readonly Problem[];
}

/**
 * The cluster with everything filled in, by the settings. Rejects with CancellationError when `isOver` says so between two stretches.
 * @param earlier the `cluster` of before: simulated pods keep their places, and what did not change is the same object.
 */
export async function completed(
  engine: Engine,
  cluster: Cluster,
  log: vscode.LogOutputChannel,
  earlier: Cluster | undefined,
  isOver: () => boolean,
): Promise<Completed> {
  const steps = engine.simulateInSteps(cluster, simulationOf(engine, log), earlier);
  const simulated = await inTurns(steps, isOver);
  return { ...simulated, shown: engine.withChoice(simulated.cluster, choiceOf(engine, log)) };
}

function choiceOf(engine: Engine, log: vscode.LogOutputChannel): ReturnType<Engine['readChoice']>['choice'] {
  const written = vscode.workspace.getConfiguration('podNetwork');
  const { choice, complaints } = engine.readChoice({
    cni: written.get(settings.cni),
    kubeProxy: written.get(settings.kubeProxyMode),
  });
  for (const complaint of complaints) log.warn(`Setting podNetwork: ${complaint}`);
  return choice;
}

function simulationOf(
  engine: Engine,
  log: vscode.LogOutputChannel,
): ReturnType<Engine['readSettings']>['settings'] {
  const written = vscode.workspace.getConfiguration('podNetwork');
  const { settings: simulation, complaints } = engine.readSettings({
    controlPlanes: written.get(settings.controlPlanes),
    workers: written.get(settings.workers),
    ipFamilies: written.get(settings.ipFamilies),
    nodeCidr: written.get(settings.nodeCidr),
    podCidr: written.get(settings.podCidr),
    serviceCidr: written.get(settings.serviceCidr),
  });
  for (const complaint of complaints) log.warn(`Setting podNetwork.simulation: ${complaint}`);
  return simulation;
}

/** Documents of other schemes, such as the old side of a diff, are in no workspace folder. */
function isIncluded(document: vscode.TextDocument): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  if (folder === undefined) return false;
  return includeGlobs(folder.uri).some(
    (glob) => vscode.languages.match({ pattern: new vscode.RelativePattern(folder, glob) }, document) > 0,
  );
}
