// Answers: what does `podnet diff` do? Two inputs, or one now and at a git revision, as which connections differ and which edits
// could have done it. Like diff(1): exit 0 no difference, 1 differences, 2 trouble.
import { connectivityDiff, isSame } from '../analysis/diff';
import { readRevision } from '../desktop/git';
import { ReaderError, readPaths, type ReadFile } from '../desktop/read';
import { diffCsv, diffJson, diffMarkdown } from '../features/diffTables';
import { diffText } from '../features/diffText';
import { diffView } from '../features/diffView';
import { createStore } from '../load/store';
import type { Cluster } from '../model/cluster';
import { defaultSettings } from '../simulate/settings';
import { simulate } from '../simulate/simulate';
import {
  choice,
  print,
  printAll,
  printJson,
  tellProblems,
  tellWarnings,
  text,
  UsageError,
  type Command,
  type ExitCode,
  type Values,
} from './command';

/** Rows of a Markdown table: a comment on GitHub takes 65,536 characters. */
const mostInMarkdown = 300;

export const diffCommand: Command = {
  options: ['level', 'base'],
  formats: ['text', 'json', 'markdown', 'csv'],
  run: runDiff,
};

interface Input {
  readonly name: string;
  readonly files: readonly ReadFile[];
}

async function runDiff(paths: readonly string[], values: Values): Promise<ExitCode> {
  const level = choice(values, 'level', ['workload', 'pod'] as const) ?? 'workload';
  const [before, after] = await readInputs(paths, text(values, 'base'));
  const old = complete(before);
  // Simulated pods keep their places and addresses, so that nothing differs but what was edited.
  const now = complete(after, old.cluster);
  if (old.objects + now.objects === 0)
    throw new ReaderError(
      'not-found',
      `${before.name}, ${after.name}: no Kubernetes objects were found. Name manifests, a folder of them, or a file that kubectl printed.`,
    );
  const diff = connectivityDiff(old.cluster, now.cluster, { level });
  tellWarnings(diff.problems);
  switch (text(values, 'output')) {
    case 'json':
      printJson(diffJson(diff));
      break;
    case 'markdown':
      print(diffMarkdown(diffView(diff, mostInMarkdown), namesOf(before, after)));
      break;
    case 'csv':
      await printAll(diffCsv(diff));
      break;
    default:
      print(diffText(diffView(diff), namesOf(before, after)));
  }
  return isSame(diff) ? 0 : 1;
}

function namesOf(before: Input, after: Input): { readonly before: string; readonly after: string } {
  return { before: before.name, after: after.name };
}

async function readInputs(
  paths: readonly string[],
  base: string | undefined,
): Promise<readonly [before: Input, after: Input]> {
  if (base !== undefined) {
    const files = await readRevision(paths, base);
    const name = paths.join(', ');
    return [{ name: `${name} at ${base}`, files }, await readNow(paths, name)];
  }
  const [before, after, ...more] = paths;
  if (before === undefined || after === undefined || more.length > 0)
    throw new UsageError(
      'Name the two inputs to compare, podnet diff A B, or a revision to compare with, podnet diff PATH... --base REV.',
    );
  if (before === '-' && after === '-')
    throw new UsageError('Only one of the two inputs can be standard input.');
  return [await readNow([before], before), await readNow([after], after)];
}

async function readNow(paths: readonly string[], name: string): Promise<Input> {
  const files: ReadFile[] = [];
  for await (const file of readPaths(paths)) files.push(file);
  return { name, files };
}

function complete(
  { files }: Input,
  earlier?: Cluster,
): { readonly cluster: Cluster; readonly objects: number } {
  const loaded = createStore().apply(files);
  const { cluster, problems } = simulate(loaded.cluster, defaultSettings, earlier);
  tellProblems([...loaded.problems, ...problems]);
  return { cluster, objects: loaded.files.reduce((sum, { objects }) => sum + objects, 0) };
}
