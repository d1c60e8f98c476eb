// The agent: one per network namespace. Listens and connects as the lab orders (probe.ts), and ends with the lab.
import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import {
  fenceMark,
  probeMark,
  type Answer,
  type Listener,
  type Order,
  type Probe,
  type ProbeResult,
  type Report,
} from './probe';

/** Milliseconds that a busy machine may take to run the agent that was connected to. */
const answerPatience = 10_000;

const netns = process.argv[2] ?? '';
/** What listens now, and how to end it. */
const open = new Map<string, () => Promise<void>>();

process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  obey(order).then(
    (results) => tell({ kind: 'done', id: order.id, results }),
    (error: unknown) => tell({ kind: 'failed', id: order.id, reason: `${netns}: ${String(error)}` }),
  );
});

function tell(report: Report): void {
  process.send?.(report);
}

async function obey(order: Order): Promise<readonly ProbeResult[]> {
  switch (order.kind) {
    case 'listen':
      await listen(order.listeners);
      return [];
    case 'probe':
      return Promise.all(order.probes.map(attempt));
    case 'fence':
      await fence(order.mark, order.port);
      return [];
  }
}

/** Makes the open listeners those that are wanted. */
async function listen(wanted: readonly Listener[]): Promise<void> {
  const keys = new Map(wanted.map((each) => [`${each.protocol} ${each.address} ${each.port}`, each]));
  const superfluous = [...open].filter(([key]) => !keys.has(key));
  await Promise.all(
    superfluous.map(([key, close]) => {
      open.delete(key);
      return close();
    }),
  );
  const missing = [...keys].filter(([key]) => !open.has(key));
  await Promise.all(
    missing.map(async ([key, listener]) => {
      open.set(key, await (listener.protocol === 'TCP' ? serveTcp(listener) : serveUdp(listener)));
    }),
  );
}

function serveTcp({ address, port }: Listener): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const connections = new Set<Socket>();
    const server = createServer((socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
      socket.on('error', () => socket.destroy());
      const answer: Answer = {
        netns,
        peer: socket.remoteAddress ?? '',
        peerPort: socket.remotePort ?? 0,
        local: socket.localAddress ?? '',
        localPort: socket.localPort ?? 0,
      };
      socket.write(`${JSON.stringify(answer)}\n`);
    });
    server.on('error', reject);
    // A client's reset may have been lost while rules changed; nobody waits for such a connection.
    const close = (): Promise<void> =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of connections) socket.destroy();
      });
    server.listen({ host: address, port, backlog: 4096 }, () => resolve(close));
  });
}

function serveUdp({ address, port }: Listener): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.on('error', reject);
    socket.on('message', (message, from) => {
      const answer: Answer = {
        netns,
        peer: from.address,
        peerPort: from.port,
        local: address,
        localPort: port,
      };
      const mark = /^probe \d+ /.exec(message.toString())?.[0] ?? '';
      socket.send(`${mark}${JSON.stringify(answer)}`, from.port, from.address);
    });
    const close = (): Promise<void> => new Promise((closed) => socket.close(() => closed()));
    socket.bind(port, address, () => resolve(close));
  });
}

function attempt(probe: Probe): Promise<ProbeResult> {
  return probe.protocol === 'TCP' ? attemptTcp(probe) : attemptUdp(probe);
}

function attemptTcp({ id, address, port, localPort, patience }: Probe): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localAddress: '0.0.0.0', localPort, noDelay: true });
    let received = '';
    const finish = (outcome: string, answer?: Answer): void => {
      stopWaiting();
      // A reset leaves no TIME_WAIT behind, so that nothing lingers between batches.
      socket.resetAndDestroy();
      resolve(answer === undefined ? { id, outcome } : { id, outcome, answer });
    };
    let stopWaiting = waitFor(patience, () => finish('timeout'));
    socket.on('error', (error) => finish(codeOf(error)));
    socket.on('connect', () => {
      // The kernel has answered; the other agent may be slow to say what it saw.
      stopWaiting();
      stopWaiting = waitFor(answerPatience, () => finish('silence'));
    });
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (received.endsWith('\n')) finish('connected', JSON.parse(received) as Answer);
    });
    socket.on('end', () => finish('closed'));
  });
}

function attemptUdp({ id, address, port, localPort, patience }: Probe): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (outcome: string, answer?: Answer): void => {
      stopWaiting();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(answer === undefined ? { id, outcome } : { id, outcome, answer });
    };
    const stopWaiting = waitFor(patience, () => finish('timeout'));
    socket.on('error', (error) => finish(codeOf(error)));
    socket.on('message', (message) => {
      finish('connected', JSON.parse(message.toString().slice(probeMark(id).length)) as Answer);
    });
    socket.bind(localPort, '0.0.0.0', () => socket.connect(port, address));
    socket.on('connect', () =>
      socket.send(probeMark(id), (error) => {
        if (error !== null) finish(codeOf(error));
      }),
    );
  });
}

/**
 * Calls `late` after the time, but not before everything that had arrived by then was looked at: on a busy machine the
 * timer comes first and the answer lies waiting. @returns a function that cancels.
 */
function waitFor(milliseconds: number, late: () => void): () => void {
  let cancelled = false;
  const timer = setTimeout(() => {
    const rounds = (left: number): void => {
      if (cancelled) return;
      if (left === 0) late();
      else setImmediate(() => rounds(left - 1));
    };
    rounds(3);
  }, milliseconds);
  return () => {
    cancelled = true;
    clearTimeout(timer);
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function fence(mark: number, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.send(fenceMark(mark), port, '127.0.0.1', () => {
      socket.close();
      resolve();
    });
  });
}
