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
import type { ClusterSource } from './session';
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
  /** Readings run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
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
    const reading = await this.#read(uris);
    const ms = Math.round(performance.now() - began);
    this.#ports.log.info(`Read ${uris.length} files (${this.source.kind}) in ${ms} ms`);
    return reading;
  }

  /** The tree of a text, also of a file that is not read. undefined before the first reading. */
  documentOf(file: string, text: string): SyntaxFile | undefined {
    return this.#store?.documentOf(file, text);
  }

  /** The text of a file as it was last read. */
  textOf(file: string): string | undefined {
    return this.#store?.textOf(file);
  }

  /** The cluster as it would be with these texts; nothing is kept. Waits for what is being read. */
  async preview(changes: readonly FileChange[]): Promise<Cluster> {
    const engine = await this.#ports.loadEngine();
    await this.#queue;
    if (this.#store === undefined || this.#cancel.token.isCancellationRequested)
      throw new vscode.CancellationError();
    const { cluster } = this.#store.preview(changes);
    return completed(engine, cluster, this.#ports.log, this.#earlier).cluster;
  }

  dispose(): void {
    this.#cancel.cancel();
    this.#cancel.dispose();
    clearTimeout(this.#timer);
    this.#watching?.dispose();
    this.#store?.dispose();
  }

  #read(uris: readonly vscode.Uri[]): Promise<Reading> {
    const { token } = this.#cancel;
    const reading = this.#queue.then(async () => {
      const engine = await this.#ports.loadEngine();
      const changes = await readFiles(uris, this.#ports.log, token);
      const store = this.#store;
      if (token.isCancellationRequested || store === undefined) throw new vscode.CancellationError();
      await inTurns(store.applyInSteps(changes), () => token.isCancellationRequested);
      return this.#complete(engine, store);
    });
    this.#queue = reading.catch(() => undefined);
    return reading;
  }

  #complete(engine: Engine, store: ClusterStore): Reading {
    const { cluster, problems, files } = store.current;
    const made = completed(engine, cluster, this.#ports.log, this.#earlier);
    this.#earlier = made.cluster;
    return {
      cluster: made.cluster,
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
    if (wanted.size > 0) this.#changed(await this.#read([...wanted.values()]));
  }

  /** Completes the same input again after settings changed. @param afresh those of the simulation: places and addresses may move. */
  async completeAgain(afresh: boolean): Promise<void> {
    const engine = await this.#ports.loadEngine();
    if (this.#store === undefined || this.#cancel.token.isCancellationRequested) return;
    if (afresh) this.#earlier = undefined;
    this.#changed(this.#complete(engine, this.#store));
  }
}

/** The cluster with everything filled in, by the settings. @param earlier what simulated pods keep their places from. */
export function completed(
  engine: Engine,
  cluster: Cluster,
  log: vscode.LogOutputChannel,
  earlier: Cluster | undefined,
): { readonly cluster: Cluster; readonly problems: readonly Problem[] } {
  const simulated = engine.simulate(cluster, simulationOf(engine, log), earlier);
  return {
    cluster: engine.withChoice(simulated.cluster, choiceOf(engine, log)),
    problems: simulated.problems,
  };
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
