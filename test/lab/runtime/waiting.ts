// Answers: how does the lab run other programs, and wait for what takes a moment? Waits end as soon as the thing is there; the
// limit is only for what will never come, and is wide because other programs may want the machine too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const limitSeconds = 30;
const pauseMilliseconds = 10;

/**
 * @param what for the message, e.g. `containerd is ready`
 * @throws when the condition does not come true in time, with its last error as the cause
 */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + limitSeconds * 1000;
  let cause: unknown;
  while (Date.now() < end) {
    try {
      if (await condition()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(pauseMilliseconds);
  }
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  throw new Error(
    `Waited ${limitSeconds} s in vain until ${typeof what === 'string' ? what : what()}${reason}.`,
    { cause },
  );
}

/** @returns what the program printed, errors included, whatever its exit code */
export async function execute(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (text += chunk));
  }
  await once(child, 'close');
  return text;
}
