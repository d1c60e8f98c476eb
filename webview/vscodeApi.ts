// Answers: how does a page reach VS Code? One port for messages, and one value that VS Code keeps for the next page. VS Code hands
// out its door once per page.
import type { Port } from '../src/protocol/channel';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<Kept> {
  readonly port: Port;
  /** What an earlier page kept; null when there is nothing, or it is not ours. */
  kept(): Kept | null;
  keep(value: Kept): void;
}

/** @param isOurs whether a value may have been kept by this page. */
export function connectHost<Kept>(isOurs: (value: unknown) => value is Kept): Host<Kept> {
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
      return isOurs(state) ? state : null;
    },
    keep: (value) => api.setState(value),
  };
}
