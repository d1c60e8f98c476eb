// Answers: how do a request and its answer find each other over two one-way pipes? Both ends run this file. A request can
// be cancelled, a throwing handler becomes a refusal, and disposing rejects whatever is pending.

/** Functions by name; parameters and results are JSON values. */
type Functions<T> = { readonly [M in keyof T]: (...params: never[]) => unknown };
type Params<T, M extends keyof T> = T[M] extends (...params: infer P) => unknown ? P : never;
type Result<T, M extends keyof T> = T[M] extends (...params: never[]) => infer R ? R : never;
type Name<T> = Extract<keyof T, string>;

/** Tells a handler that the asker lost interest. Listeners run once, at once when it is too late already. */
export interface CancelSignal {
  readonly cancelled: boolean;
  onCancel(listener: () => void): void;
}

/** One handler per function: a missing one does not compile. */
export type Handlers<T> = {
  readonly [M in Name<T>]: (
    signal: CancelSignal,
    ...params: Params<T, M>
  ) => Result<T, M> | Promise<Result<T, M>>;
};

/** One listener per event. */
export type Listeners<E> = { readonly [N in Name<E>]: (body: E[N]) => void };

/** The pipe: a webview's `postMessage` and `onDidReceiveMessage`, or their counterparts in the page. */
export interface Port {
  post(message: unknown): void;
  /** @returns a function that stops listening. */
  listen(receive: (message: unknown) => void): () => void;
}

/** An end that answers nothing, or says nothing unasked. */
export type Nothing = object;

export interface ChannelEnd<Asks, Answers, Hears> {
  readonly handlers: Handlers<Answers>;
  readonly listeners: Listeners<Hears>;
  /** Whether the parameters are what the method takes; a request that is not is refused. */
  readonly accepts: (method: string, params: readonly unknown[]) => boolean;
  /** Methods of which only the newest request matters: asking again cancels the one before. */
  readonly latestOnly: readonly Name<Asks>[];
}

export interface Channel<Asks, Says> {
  request<M extends Name<Asks>>(method: M, ...params: Params<Asks, M>): Promise<Result<Asks, M>>;
  say<N extends Name<Says>>(event: N, body: Says[N]): void;
  dispose(): void;
}

/** A request was refused, cancelled, or lost its other end. `cancelled` is not worth telling the user. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  constructor(
    readonly reason: 'refused' | 'cancelled' | 'disposed',
    message: string,
  ) {
    super(message);
  }
}

type Message =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: string;
      readonly params: readonly unknown[];
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'reply'; readonly id: number; readonly ok: true; readonly result?: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly ok: false; readonly error: string }
  | { readonly kind: 'event'; readonly event: string; readonly body: unknown };

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ChannelError) => void;
}

export function openChannel<Asks extends Functions<Asks>, Says, Answers extends Functions<Answers>, Hears>(
  port: Port,
  end: ChannelEnd<Asks, Answers, Hears>,
): Channel<Asks, Says> {
  const pending = new Map<number, Pending>();
  const running = new Map<number, Cancelling>();
  let lastId = 0;
  let disposed = false;

  const stopListening = port.listen((value) => {
    const message = readMessage(value);
    if (message === undefined || disposed) return;
    switch (message.kind) {
      case 'request':
        void answer(message.id, message.method, message.params);
        break;
      case 'cancel':
        running.get(message.id)?.cancel();
        break;
      case 'reply':
        settle(message);
        break;
      case 'event':
        hear(message.event, message.body);
        break;
    }
  });

  async function answer(id: number, method: string, params: readonly unknown[]): Promise<void> {
    const cancelling = newCancelling();
    running.set(id, cancelling);
    let reply: Message;
    try {
      const handler = handlerOf(method);
      if (handler === undefined) throw new Error(`There is no request named ${method}.`);
      if (!end.accepts(method, params)) throw new Error(`The parameters of ${method} are not valid.`);
      reply = { kind: 'reply', id, ok: true, result: await handler(cancelling.signal, ...params) };
    } catch (error) {
      reply = { kind: 'reply', id, ok: false, error: error instanceof Error ? error.message : String(error) };
    }
    running.delete(id);
    if (!disposed) port.post(reply);
  }

  function handlerOf(method: string): ((signal: CancelSignal, ...params: unknown[]) => unknown) | undefined {
    if (!Object.hasOwn(end.handlers, method)) return undefined;
    // The one place where a handler meets parameters from outside; `accepts` has looked at them.
    return end.handlers[method as Name<Answers>] as (signal: CancelSignal, ...params: unknown[]) => unknown;
  }

  function hear(event: string, body: unknown): void {
    if (!Object.hasOwn(end.listeners, event)) return;
    // The one place where an event meets its body.
    (end.listeners[event as Name<Hears>] as (body: unknown) => void)(body);
  }

  function settle(reply: Extract<Message, { kind: 'reply' }>): void {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.result);
    else waiting?.reject(new ChannelError('refused', reply.error));
  }

  function cancel(method: string): void {
    for (const [id, waiting] of pending) {
      if (waiting.method !== method) continue;
      pending.delete(id);
      port.post({ kind: 'cancel', id });
      waiting.reject(new ChannelError('cancelled', `A newer ${method} took its place.`));
    }
  }

  return {
    request(method, ...params) {
      if (disposed) return Promise.reject(new ChannelError('disposed', 'The channel is closed.'));
      if (end.latestOnly.includes(method)) cancel(method);
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        // The other end runs the handler of this very method: its result has the method's type.
        pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
        port.post({ kind: 'request', id, method, params });
      });
    },
    say(event, body) {
      if (!disposed) port.post({ kind: 'event', event, body });
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      stopListening();
      for (const cancelling of running.values()) cancelling.cancel();
      for (const waiting of pending.values())
        waiting.reject(new ChannelError('disposed', 'The channel is closed.'));
      running.clear();
      pending.clear();
    },
  };
}

interface Cancelling {
  readonly signal: CancelSignal;
  cancel(): void;
}

function newCancelling(): Cancelling {
  let cancelled = false;
  const listeners: (() => void)[] = [];
  return {
    signal: {
      get cancelled() {
        return cancelled;
      },
      onCancel(listener) {
        if (cancelled) listener();
        else listeners.push(listener);
      },
    },
    cancel() {
      if (cancelled) return;
      cancelled = true;
      for (const listener of listeners.splice(0)) listener();
    },
  };
}

/** @returns the message, or undefined when the value is none of ours. */
function readMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, id, method, params, event } = value;
  if (kind === 'event') return typeof event === 'string' ? { kind, event, body: value['body'] } : undefined;
  if (typeof id !== 'number') return undefined;
  if (kind === 'cancel') return { kind, id };
  if (kind === 'request')
    return typeof method === 'string' && Array.isArray(params) ? { kind, id, method, params } : undefined;
  if (kind !== 'reply') return undefined;
  return value['ok'] === true
    ? { kind, id, ok: true, result: value['result'] }
    : { kind, id, ok: false, error: String(value['error']) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
