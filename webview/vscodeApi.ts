// Answers: how does the page reach its host? The one call of acquireVsCodeApi, kept private, shaped as the channel's port.
import type { Port } from '../src/protocol/channel';
import { isPicks } from '../src/protocol/guards';
import type { Picks } from '../src/protocol/messages';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  readonly port: Port;
  /** The picks that an earlier page kept; null when there are none, or they are not ours. */
  kept(): Picks | null;
  keep(picks: Picks): void;
}

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    port: {
      post: (message) => api.postMessage(message),
      listen(receive) {
        const listener = (event: MessageEvent<unknown>): void => receive(event.data);
        window.addEventListener('message', listener);
        return () => window.removeEventListener('message', listener);
      },
    },
    kept() {
      const state = api.getState();
      return isPicks(state) ? state : null;
    },
    keep: (picks) => api.setState(picks),
  };
}
