// Answers: how does the lab get its orders to the agents? Starts one agent per network namespace and keeps the channel.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Order, ProbeResult, Report } from './probe';
import { inNetns } from './run';

export interface Agents {
  /** @throws Error when the agent reports one, or has ended. */
  order(netns: string, order: OrderBody): Promise<readonly ProbeResult[]>;
}

/** An order whose number is given when it is sent. */
type OrderBody<Each = Order> = Each extends Order ? Omit<Each, 'id'> : never;

interface Waiting {
  readonly resolve: (results: readonly ProbeResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** Starts an agent in each namespace. They end when the lab ends. */
export function startAgents(names: readonly string[]): Agents {
  const waiting = new Map<number, Waiting>();
  const script = join(__dirname, 'agent.js');
  let last = 0;
  const agents = new Map<string, ChildProcess>(
    names.map((name) => {
      const [program = '', ...args] = inNetns(name, [process.execPath, script, name]);
      const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child.on('message', (report: Report) => {
        const asked = waiting.get(report.id);
        waiting.delete(report.id);
        if (report.kind === 'done') asked?.resolve(report.results);
        else asked?.reject(new Error(report.reason));
      });
      child.on('exit', (code) => {
        const error = new Error(`the agent in ${name} ended with ${code ?? 'a signal'}`);
        for (const asked of waiting.values()) asked.reject(error);
      });
      return [name, child];
    }),
  );
  return {
    order: (netns, order) =>
      new Promise((resolve, reject) => {
        const child = agents.get(netns);
        if (child === undefined) {
          reject(new Error(`there is no agent in ${netns}`));
          return;
        }
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ ...order, id: last });
      }),
  };
}
