// Answers: which source is the window looking at, and what is its last state? A new source takes the place of the old one only
// when it has been read; until then, and when reading it fails or is cancelled, everything stays as it was.
import * as vscode from 'vscode';
import type { SyntaxFile } from '../load/parse';
import type { FileChange } from '../load/store';
import { contextKeys, settings } from './ids';
import type { ClusterSession, ClusterSource, ClusterState, Preview } from './session';
import { SourceFollower, type FollowerPorts, type Reading } from './sourceFollower';

export function createSession(ports: FollowerPorts): ClusterSession {
  return new WindowSession(ports);
}

class WindowSession implements ClusterSession {
  readonly #ports: FollowerPorts;
  readonly #changed = new vscode.EventEmitter<ClusterState>();
  readonly onDidChangeState = this.#changed.event;
  readonly #listening: vscode.Disposable;
  #follower: SourceFollower | undefined;
  /** What is being read to take its place, and the promise of its first state. */
  #next: { readonly follower: SourceFollower; readonly state: Promise<ClusterState> } | undefined;
  #current: ClusterState | undefined;
  #disposed = false;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
    this.#listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#readAgain()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('podNetwork.files') || event.affectsConfiguration('files.exclude'))
          this.#readAgain();
        else if (event.affectsConfiguration('podNetwork.simulation'))
          this.#inBackground(this.#follower?.completeAgain(true));
        else if (
          event.affectsConfiguration(`podNetwork.${settings.cni}`) ||
          event.affectsConfiguration(`podNetwork.${settings.kubeProxyMode}`)
        )
          this.#inBackground(this.#follower?.completeAgain(false));
      }),
    );
  }

  get current(): ClusterState | undefined {
    return this.#current;
  }

  get source(): ClusterSource {
    return this.#follower?.source ?? { kind: 'workspace' };
  }

  async state(token?: vscode.CancellationToken): Promise<ClusterState> {
    while (this.#current === undefined) {
      const next = this.#next?.state ?? this.open(this.source);
      try {
        await next;
      } catch (error) {
        // Another source was asked for meanwhile: its state is as good.
        if (!(error instanceof vscode.CancellationError) || this.#next === undefined) throw error;
      }
      if (token?.isCancellationRequested === true) throw new vscode.CancellationError();
    }
    return this.#current;
  }

  open(source: ClusterSource, token?: vscode.CancellationToken): Promise<ClusterState> {
    if (this.#disposed) return Promise.reject(new vscode.CancellationError());
    this.#next?.follower.dispose();
    const follower: SourceFollower = new SourceFollower(this.#ports, source, (reading) => {
      if (this.#follower === follower) this.#publish(follower, reading);
    });
    const cancelling = token?.onCancellationRequested(() => follower.dispose());
    const state = follower
      .start()
      .then((reading) => {
        if (this.#next?.follower !== follower) throw new vscode.CancellationError();
        this.#next = undefined;
        this.#follower?.dispose();
        this.#follower = follower;
        return this.#publish(follower, reading);
      })
      .catch((error: unknown): never => {
        follower.dispose();
        if (this.#next?.follower === follower) this.#next = undefined;
        throw error;
      })
      .finally(() => {
        cancelling?.dispose();
      });
    this.#next = { follower, state };
    return state;
  }

  async preview(changes: readonly FileChange[], token?: vscode.CancellationToken): Promise<Preview> {
    await this.state(token);
    if (this.#follower === undefined) throw new vscode.CancellationError();
    return this.#follower.preview(changes, token);
  }

  async documentOf(file: string, text: string, isOver: () => boolean): Promise<SyntaxFile | undefined> {
    return this.#follower?.documentOf(file, text, isOver);
  }

  textOf(file: string): string | undefined {
    return this.#follower?.textOf(file);
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening.dispose();
    this.#next?.follower.dispose();
    this.#next = undefined;
    this.#follower?.dispose();
    this.#changed.dispose();
  }

  #publish({ source }: SourceFollower, reading: Reading): ClusterState {
    void vscode.commands.executeCommand('setContext', contextKeys.source, source.kind);
    const state = { revision: (this.#current?.revision ?? 0) + 1, source, ...reading };
    this.#current = state;
    this.#changed.fire(state);
    return state;
  }

  /** Nothing is read that was not looked at before. */
  #readAgain(): void {
    if (this.#follower !== undefined || this.#next !== undefined)
      this.#inBackground(this.open(this.#next?.follower.source ?? this.source));
  }

  #inBackground(work: Promise<unknown> | undefined): void {
    work?.catch((error: unknown) => {
      if (!(error instanceof vscode.CancellationError))
        this.#ports.log.error(error instanceof Error ? error : String(error));
    });
  }
}
