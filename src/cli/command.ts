// Answers: what do the commands of `podnet` share? Options as the user wrote them, the cluster that the paths hold, and printing.
// Every command is a file of its own that `main.ts` names.
import type { ProfileChoice } from '../dataplane/choice';
import type { Cluster } from '../model/cluster';
import type { Problem } from '../model/problem';
import { readInput, type Input } from './input';

/** Exit codes: fine, a finding, bad usage or unreadable input. */
export type ExitCode = 0 | 1 | 2;

/** What the user wrote cannot be understood; the message says what to write instead. */
export class UsageError extends Error {}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Command {
  /** Its own options that take a value. */
  readonly options?: readonly string[];
  /** Those that take none. */
  readonly switches?: readonly string[];
  readonly formats: readonly string[];
  readonly run: (paths: readonly string[], values: Values) => Promise<ExitCode>;
}

/** Reads and completes the cluster; what is wrong with the input goes to standard error. */
export async function readCluster(paths: readonly string[], chosen: ProfileChoice = {}): Promise<Cluster> {
  return (await readTelling(paths, chosen)).cluster;
}

/** The same, with the texts that were read. */
export function readTelling(paths: readonly string[], chosen: ProfileChoice): Promise<Input> {
  return readInput(paths, chosen, tellProblems);
}

/**
 * Each on a line of its own, and that the answer is without what the errors are about: exit codes of other commands than check are
 * about their answer, not about the input.
 */
export function tellProblems(problems: readonly Problem[]): void {
  for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  const [what, them] =
    errors === 1 ? ['the error above is', 'it'] : [`the ${errors} errors above are`, 'them'];
  process.stderr.write(
    `podnet: what ${what} about is not used: the answer is as if it were not there. podnet check ends with 1 for ${them}.\n`,
  );
}

/** What an answer leaves open. */
export function tellWarnings(sentences: readonly string[]): void {
  for (const sentence of sentences) process.stderr.write(`warning: ${sentence}\n`);
}

/** `file:line:column: severity: message [code]` */
function problemLine({ at, severity, code, message }: Problem): string {
  return `${at.file}:${at.line + 1}:${at.character + 1}: ${severity}: ${message} [${code}]`;
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function required(values: Values, name: string): string {
  const value = text(values, name);
  if (value === undefined) throw new UsageError(`--${name} is missing; see --help.`);
  return value;
}

export function choice<T extends string>(values: Values, name: string, allowed: readonly T[]): T | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`--${name} must be ${allowed.join(', ')}; it is "${value}".`);
  return found;
}

export function print(output: string): 0 {
  process.stdout.write(output);
  return 0;
}

export function printJson(value: unknown): 0 {
  return print(`${JSON.stringify(value, null, 2)}\n`);
}

/** Characters that are written at once. */
const portion = 1 << 16;

/** Prints what may be longer than a string can be, piece by piece, no faster than the reader takes it. */
export async function printAll(pieces: Iterable<string>): Promise<0> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < portion) continue;
    // A reader that has seen enough gets no more.
    if (!(await written(waiting))) return 0;
    waiting = '';
  }
  await written(waiting);
  return 0;
}

function written(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => resolve(error === null || error === undefined));
  });
}
