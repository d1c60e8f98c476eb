// Answers: what do the lab and its agents say to each other? One agent process lives in each network namespace; it listens,
// connects and tells what it saw, over Node's IPC channel.

export interface Listener {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
}

/** One connection to try. `localPort` is unique in its namespace, so that captures and conntrack can be matched. */
export interface Probe {
  readonly id: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly localPort: number;
  /** How long to wait for any sign, in milliseconds. */
  readonly patience: number;
}

/** What the server saw of the client. */
export interface Answer {
  /** Namespace of the agent that answered. */
  readonly netns: string;
  readonly peer: string;
  readonly peerPort: number;
  readonly local: string;
  readonly localPort: number;
}

export interface ProbeResult {
  readonly id: number;
  /**
   * `connected`, `timeout`, or the errno that the client got, e.g. `ECONNREFUSED`; `silence` and `closed` when a
   * connection stood but brought no answer.
   */
  readonly outcome: string;
  readonly answer?: Answer;
}

export type Order =
  | { readonly kind: 'listen'; readonly id: number; readonly listeners: readonly Listener[] }
  | { readonly kind: 'probe'; readonly id: number; readonly probes: readonly Probe[] }
  /** Send one datagram to a port of 127.0.0.1, for those who watch this namespace to see. */
  | { readonly kind: 'fence'; readonly id: number; readonly mark: number; readonly port: number };

export type Report =
  | { readonly kind: 'done'; readonly id: number; readonly results: readonly ProbeResult[] }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** Where captures expect their fences; connection tables tell theirs by ports from `firstFencePort` up. */
export const discardPort = 9;
export const firstFencePort = 40_000;
export const lastFencePort = 60_000;

/** Text at the start of every datagram of a probe, in both directions. */
export function probeMark(id: number): string {
  return `probe ${id} `;
}

export function fenceMark(mark: number): string {
  return `fence ${mark} `;
}
