// Both ends of the panel's channel back to back, over a pipe that carries only what JSON can say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChannel, type CancelSignal, type Port } from '../../src/protocol/channel';
import { openHostEnd, openPageEnd, type PanelHandlers } from '../../src/protocol/ends';
import type { PanelState } from '../../src/protocol/messages';

/** Two ports that carry JSON to each other, one message after the other. */
function pipe(): { readonly left: Port; readonly right: Port; readonly sent: unknown[] } {
  const sent: unknown[] = [];
  const ends = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const port = (mine: 0 | 1): Port => ({
    post(message) {
      const text = JSON.stringify(message);
      sent.push(JSON.parse(text));
      queueMicrotask(() => ends[mine === 0 ? 1 : 0].forEach((receive) => receive(JSON.parse(text))));
    },
    listen(receive) {
      ends[mine].add(receive);
      return () => ends[mine].delete(receive);
    },
  });
  return { left: port(0), right: port(1), sent };
}

const state: PanelState = {
  revision: 7,
  picks: { protocol: 'TCP', way: 0 },
  options: { ports: [], protocols: ['TCP'], families: ['any'] },
  busy: false,
};

const handlers: PanelHandlers = {
  ready: () => state,
  pickSource: () => state,
  pickDestination: () => state,
  setPort: () => state,
  setProtocol: () => state,
  setFamily: () => state,
  swap: () => state,
  trace: () => state,
  chooseWay: () => state,
  compare: () => state,
  setProfile: () => state,
  reveal: () => undefined,
  copy: () => undefined,
  exportTrace: () => undefined,
  allowConnection: () => undefined,
};

function join(special: Partial<PanelHandlers> = {}, heard: PanelState[] = []) {
  const { left, right, sent } = pipe();
  const host = openHostEnd(left, { ...handlers, ...special });
  const page = openPageEnd(right, { stateChanged: (next) => heard.push(next) });
  return { host, page, sent, left, right };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('a request is answered with what its handler returns', async () => {
  const { page } = join({ setPort: (_signal, text) => ({ ...state, problem: text }) });
  assert.equal((await page.request('setPort', '8080')).problem, '8080');
});

test('a request that returns nothing is answered too', async () => {
  const { page } = join();
  await page.request('exportTrace');
});

test('answers find their requests when they overtake each other', async () => {
  let finish: (value: PanelState) => void = () => undefined;
  const slow = new Promise<PanelState>((resolve) => {
    finish = resolve;
  });
  const { page } = join({ pickSource: () => slow, swap: () => ({ ...state, revision: 9 }) });
  const first = page.request('pickSource');
  assert.equal((await page.request('swap')).revision, 9);
  finish({ ...state, revision: 8 });
  assert.equal((await first).revision, 8);
});

test('a throwing handler becomes a refusal with its message', async () => {
  const { page } = join({
    swap: () => {
      throw new Error('Nothing is picked.');
    },
    trace: () => Promise.reject(new Error('The cluster is gone.')),
  });
  await assert.rejects(page.request('swap'), { reason: 'refused', message: 'Nothing is picked.' });
  await assert.rejects(page.request('trace'), { reason: 'refused', message: 'The cluster is gone.' });
});

test('a new trace cancels the last one', async () => {
  const signals: CancelSignal[] = [];
  let cancelled = 0;
  const { page } = join({
    trace: (signal) => {
      signals.push(signal);
      signal.onCancel(() => cancelled++);
      return signals.length === 1 ? new Promise<PanelState>(() => undefined) : state;
    },
  });
  const first = page.request('trace');
  await settled();
  const second = page.request('trace');
  await assert.rejects(first, { reason: 'cancelled' });
  assert.equal((await second).revision, 7);
  assert.deepEqual(
    signals.map((signal) => signal.cancelled),
    [true, false],
  );
  assert.equal(cancelled, 1);
});

test('other requests do not cancel each other', async () => {
  const { page } = join({ setPort: (_signal, text) => ({ ...state, problem: text }) });
  const answers = await Promise.all([page.request('setPort', '1'), page.request('setPort', '2')]);
  assert.deepEqual(
    answers.map(({ problem }) => problem),
    ['1', '2'],
  );
});

test('disposing the page rejects what it waits for, and later requests', async () => {
  const { page } = join({ trace: () => new Promise<PanelState>(() => undefined) });
  const waiting = page.request('trace');
  page.dispose();
  await assert.rejects(waiting, { reason: 'disposed' });
  await assert.rejects(page.request('swap'), { reason: 'disposed' });
});

test('disposing the host cancels running handlers and says nothing more', async () => {
  let signal: CancelSignal | undefined;
  const { host, page, sent } = join({
    trace: (given) => {
      signal = given;
      return new Promise<PanelState>(() => undefined);
    },
  });
  page.request('trace').catch(() => undefined);
  await settled();
  host.dispose();
  assert.equal(signal?.cancelled, true);
  const before = sent.length;
  host.say('stateChanged', state);
  assert.equal(sent.length, before);
});

test('an event carries the whole new state', async () => {
  const heard: PanelState[] = [];
  const { host } = join({}, heard);
  host.say('stateChanged', { ...state, revision: 12 });
  await settled();
  assert.deepEqual(heard, [{ ...state, revision: 12 }]);
});

test('parameters of the wrong shape are refused before a handler sees them', async () => {
  let called = 0;
  const { right, left, sent } = pipe();
  openHostEnd(left, { ...handlers, setPort: () => (called++, state) });
  for (const [id, method, params] of [
    [1, 'setPort', [80]],
    [2, 'setPort', []],
    [3, 'constructor', []],
    [4, 'noSuchRequest', []],
  ] as const)
    right.post({ kind: 'request', id, method, params });
  await settled();
  const replies = sent.filter((each) => typeof each === 'object' && each !== null && 'ok' in each);
  assert.deepEqual(
    replies.map((reply): unknown => Reflect.get(Object(reply), 'ok')),
    [false, false, false, false],
  );
  assert.equal(called, 0);
});

test('messages of others are passed over', async () => {
  const { left, right, sent } = pipe();
  openHostEnd(left, handlers);
  for (const stray of [
    null,
    'text',
    5,
    [],
    {},
    { kind: 'request' },
    { kind: 'reply', id: 99, ok: true },
    { kind: 'cancel', id: 1 },
  ])
    right.post(stray);
  await settled();
  assert.equal(sent.length, 8);
});

test('both directions can ask: the channel is the same at both ends', async () => {
  interface Left {
    double(value: number): number;
  }
  interface Right {
    greet(name: string): string;
  }
  const { left, right } = pipe();
  const accepts = (): boolean => true;
  const a = openChannel<Right, object, Left, object>(left, {
    handlers: { double: (_signal, value) => value * 2 },
    listeners: {},
    accepts,
    latestOnly: [],
  });
  const b = openChannel<Left, object, Right, object>(right, {
    handlers: { greet: (_signal, name) => `hello ${name}` },
    listeners: {},
    accepts,
    latestOnly: [],
  });
  assert.equal(await b.request('double', 21), 42);
  assert.equal(await a.request('greet', 'page'), 'hello page');
});
