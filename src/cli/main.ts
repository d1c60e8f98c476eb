// Answers: what does `podnet` do? Arguments in, features printed, an exit code out. Everything it knows comes from the same pure
// folders as the editor; problems of the input go to standard error as file:line:column.
import { parseArgs } from 'node:util';
import { readChoice, type ProfileChoice } from '../dataplane/choice';
import { ReaderError } from '../desktop/read';
import { traceSvg } from '../diagram/svg';
import { proposalText } from '../features/allowText';
import { checkList } from '../features/checksPage';
import { lookupAddress } from '../features/lookup';
import { lookupText } from '../features/lookupText';
import { comparisonView } from '../features/profileComparison';
import { comparisonText } from '../features/profileComparisonText';
import { traceMarkdown } from '../features/traceMarkdown';
import { traceMermaid } from '../features/traceMermaid';
import { traceText } from '../features/traceText';
import { traceView } from '../features/traceView';
import { clusterTree, treeText } from '../features/treeText';
import { compareProfiles } from '../trace/compareProfiles';
import { parseEnd } from '../trace/endText';
import type { TraceQuery } from '../trace/query';
import { traceConnectivity } from '../trace/traceConnectivity';
import { checkCommand } from './check';
import {
  choice,
  print,
  printJson,
  readCluster,
  readTelling,
  required,
  text,
  UsageError,
  type Command,
  type ExitCode,
  type Values,
} from './command';
import { connectivityCommand } from './connectivity';
import { diffCommand } from './diff';
import { suggest } from './suggest';
import { commandUsage, usage } from './usage';

/** From package.json, put in by the build. */
declare const PODNET_VERSION: string;

/** Options of the commands that show devices. */
const profileOptions = ['cni', 'kube-proxy'] as const;

const commands: Readonly<Record<string, Command>> = {
  trace: {
    options: ['from', 'to', 'port', 'protocol', 'family', 'expect', 'way', ...profileOptions],
    switches: ['all-profiles', 'suggest', 'explain'],
    formats: ['text', 'json', 'markdown', 'mermaid', 'svg'],
    run: runTrace,
  },
  connectivity: connectivityCommand,
  lookup: { options: profileOptions, formats: ['text', 'json'], run: runLookup },
  tree: {
    options: ['group-by', 'filter', ...profileOptions],
    formats: ['text', 'json'],
    run: runTree,
  },
  diff: diffCommand,
  check: checkCommand(PODNET_VERSION),
};

async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined) throw new UsageError(`Name a command.\n\n${usage}`);
  if (name === '--help' || name === '-h' || name === 'help') return print(usage);
  if (name === '--version') return print(`${PODNET_VERSION}\n`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new UsageError(`There is no command "${name}". Commands: ${Object.keys(commands).join(', ')}.`);
  const { positionals, values } = readArguments(command, rest);
  if (values['help'] === true) return print(commandUsage[name] ?? usage);
  if (name === 'check' && values['list-checks'] === true) return print(checkList());
  if (positionals.length === 0)
    throw new UsageError(`Name a file, a folder, or - for standard input.\n\n${commandUsage[name] ?? usage}`);
  choice(values, 'output', command.formats);
  return command.run(positionals, values);
}

function readArguments(
  command: Command,
  args: readonly string[],
): { readonly positionals: readonly string[]; readonly values: Values } {
  try {
    const { options: valued = [], switches = [] } = command;
    const options = {
      ...Object.fromEntries(valued.map((name) => [name, { type: 'string' as const }])),
      ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
      output: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { positionals, values } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { positionals, values };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function runTrace(paths: readonly string[], values: Values): Promise<ExitCode> {
  const from = parseEnd(required(values, 'from'));
  const to = parseEnd(required(values, 'to'));
  if (from === undefined)
    throw new UsageError(`--from "${text(values, 'from') ?? ''}" names no end; see podnet trace --help.`);
  if (to === undefined)
    throw new UsageError(`--to "${text(values, 'to') ?? ''}" names no end; see podnet trace --help.`);
  const port = portOf(text(values, 'port')) ?? to.port;
  if (typeof port === 'number' && (port < 1 || port > 65535))
    throw new UsageError(`A port is a number from 1 to 65535 or a name, not ${port}.`);
  const protocol =
    choice({ protocol: text(values, 'protocol')?.toUpperCase() }, 'protocol', [
      'TCP',
      'UDP',
      'SCTP',
      'ICMP',
    ] as const) ?? 'TCP';
  const family = choice(values, 'family', ['4', '6'] as const);
  const expected = choice(values, 'expect', ['reachable', 'unreachable'] as const);
  const query: TraceQuery = {
    from: from.end,
    to: to.end,
    port,
    protocol,
    family: family === undefined ? undefined : family === '4' ? 4 : 6,
  };
  if (values['all-profiles'] === true) return runComparison(paths, values, query, expected);
  const input = await readTelling(paths, profileChoice(values));
  const { cluster } = input;
  const trace = traceConnectivity(cluster, query);
  const view = traceView(trace, cluster, { way: wayOf(values, trace.candidates.length) });
  const suggestion = values['suggest'] === true ? await suggest(input, query) : undefined;
  switch (text(values, 'output')) {
    case 'json':
      printJson({ apiVersion: 'podnet/v1', kind: 'Trace', ...trace, ...(suggestion && { suggestion }) });
      break;
    case 'markdown':
      print(traceMarkdown(view));
      break;
    case 'mermaid':
      print(traceMermaid(view));
      break;
    case 'svg':
      print(traceSvg(view));
      break;
    default:
      print(
        traceText(view, {
          color: wantsColor(),
          width: process.stdout.columns || 100,
          explain: values['explain'] === true,
          otherWays: '--way N shows another',
        }),
      );
      if (suggestion !== undefined) print(`\n${proposalText(suggestion)}`);
  }
  if (expected === undefined || trace.result.toLowerCase() === expected) return 0;
  process.stderr.write(`Expected ${expected}, found ${trace.result.toLowerCase()}: ${trace.verdict.words}\n`);
  return 1;
}

function portOf(written: string | undefined): number | string | undefined {
  if (written === '') throw new UsageError('--port must be a number or the name of a port; it is "".');
  return written !== undefined && /^[0-9]+$/.test(written) ? Number(written) : written;
}

/** Which of several ways is shown, from 0; the first unless one is named. */
function wayOf(values: Values, ways: number): number | undefined {
  const written = text(values, 'way');
  if (written === undefined) return undefined;
  const way = /^[0-9]+$/.test(written) ? Number(written) : 0;
  if (way < 1 || way > ways)
    throw new UsageError(
      ways < 2
        ? `--way ${written}: this connection has no ways to choose from.`
        : `--way must be a number from 1 to ${ways}, the ways of this connection; it is "${written}".`,
    );
  return way - 1;
}

/** An expectation is met only when it is under every profile. */
async function runComparison(
  paths: readonly string[],
  values: Values,
  query: TraceQuery,
  expected: 'reachable' | 'unreachable' | undefined,
): Promise<ExitCode> {
  for (const name of profileOptions)
    if (values[name] !== undefined)
      throw new UsageError(`--all-profiles compares every profile and mode; leave --${name} out.`);
  const format = choice(values, 'output', ['text', 'json'] as const);
  const comparison = compareProfiles(await readCluster(paths), query);
  if (format === 'json') printJson({ apiVersion: 'podnet/v1', kind: 'ProfileComparison', ...comparison });
  else print(comparisonText(comparisonView(comparison), process.stdout.columns || 100));
  const unmet = comparison.rows.filter(
    ({ result }) => expected !== undefined && result.toLowerCase() !== expected,
  );
  for (const { profiles, result } of unmet)
    process.stderr.write(
      `Expected ${expected ?? ''}, found ${result.toLowerCase()} under ${[...new Set(profiles.map(({ cni }) => cni))].join(', ')}.\n`,
    );
  return unmet.length === 0 ? 0 : 1;
}

/** The CNI profile and kube-proxy mode that the options name; what they leave open is detected. */
function profileChoice(values: Values): ProfileChoice {
  const { choice: chosen, complaints } = readChoice({
    cni: text(values, 'cni'),
    kubeProxy: text(values, 'kube-proxy'),
  });
  if (complaints.length > 0) throw new UsageError(complaints.map((each) => `--${each}`).join('\n'));
  return chosen;
}

async function runLookup(positionals: readonly string[], values: Values): Promise<ExitCode> {
  const address = positionals.at(-1) ?? '';
  const paths = positionals.slice(0, -1);
  if (paths.length === 0)
    throw new UsageError('Name what to read and then the address: podnet lookup PATH... ADDRESS.');
  const report = lookupAddress(await readCluster(paths, profileChoice(values)), address);
  if (report.address === undefined) throw new UsageError(report.summary);
  if (text(values, 'output') === 'json')
    printJson({ apiVersion: 'podnet/v1', kind: 'AddressReport', ...report });
  else print(lookupText(report));
  return report.owners.length === 0 ? 1 : 0;
}

async function runTree(paths: readonly string[], values: Values): Promise<ExitCode> {
  const grouping = choice(values, 'group-by', ['node', 'namespace', 'workload'] as const) ?? 'node';
  const cluster = await readCluster(paths, profileChoice(values));
  if (text(values, 'output') === 'json') return printJson(clusterTree(cluster));
  return print(treeText(cluster, grouping, text(values, 'filter') ?? ''));
}

function wantsColor(): boolean {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough, such as head(1), is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected = error instanceof UsageError || error instanceof ReaderError;
    process.stderr.write(
      `podnet: ${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
