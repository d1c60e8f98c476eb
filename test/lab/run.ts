// Answers: how does the lab run a program, and in which network namespace? Namespaces have names below /run/netns as
// iproute2 gives them. Everything runs inside the lab's own mount, PID and network namespaces (main.ts).
import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Name of the network namespace; undefined: the lab's own. */
  readonly netns?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The file that stands for a namespace. */
export function netnsPath(name: string): string {
  return `/run/netns/${name}`;
}

/** The command as it runs in a namespace, without the private /sys that `ip netns exec` would mount. */
export function inNetns(name: string | undefined, command: readonly string[]): readonly string[] {
  return name === undefined ? command : ['nsenter', `--net=${netnsPath(name)}`, '--', ...command];
}

/** @returns what the program printed. @throws Error with the command and its complaint when it ends badly. */
export function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = inNetns(options.netns, command);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...options.environment } });
    const out: Buffer[] = [];
    const complaint: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(out).toString();
      if (code === 0) {
        resolve(text);
        return;
      }
      const where = options.netns === undefined ? '' : ` in ${options.netns}`;
      const input = options.input === undefined ? '' : `\n--- input\n${options.input}`;
      reject(
        new Error(
          `${command.join(' ')}${where} ended with ${code ?? 'a signal'}: ${Buffer.concat(complaint).toString()}${text}${input}`,
        ),
      );
    });
    child.stdin.on('error', () => {
      // The program ended without reading; its exit code tells.
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Runs lines of `ip -batch` in a namespace. */
export async function ipBatch(lines: readonly string[], netns?: string): Promise<void> {
  const where = netns === undefined ? [] : ['-n', netns];
  await run(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Writes files below /proc/sys/net of a namespace; `*` in a path stands for every device. */
export async function setKernel(
  netns: string,
  values: Readonly<Record<string, string | number>>,
): Promise<void> {
  const script = Object.entries(values).map(
    ([path, value]) => `for file in /proc/sys/net/${path}; do echo ${value} > "$file"; done`,
  );
  await run(['sh', '-ec', script.join('\n')], { netns });
}
