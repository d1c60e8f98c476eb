// `podnet` from outside: what it prints where, and how it ends. Exit codes: 0 fine, 1 a finding, 2 bad usage or unreadable input.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertGolden } from '../support/golden';
import { podnet, podnetFile } from '../support/podnet';

interface Call {
  readonly fact: string;
  /** As typed behind `podnet`; no argument has a blank in it. */
  readonly args: string;
  readonly input?: string;
  readonly code: 0 | 1 | 2;
  /** What standard output contains; '' means that it is empty. */
  readonly out?: string;
  /** What standard error is; a text with `...` at its end is only its beginning. Empty unless given. */
  readonly err?: string;
  /** How a line of standard error begins, instead of `err`. */
  readonly errLine?: string;
}

function check({ fact, args, input, code, out, err = '', errLine }: Call): void {
  test(fact, () => {
    const run = podnet(args.split(' ').filter(Boolean), input);
    if (errLine !== undefined)
      assert.ok(
        run.stderr.split('\n').some((line) => line.startsWith(errLine)),
        run.stderr,
      );
    else if (err.endsWith('...')) assert.equal(run.stderr.slice(0, err.length - 3), err.slice(0, -3));
    else assert.equal(run.stderr, err);
    assert.equal(run.code, code);
    if (out === '') assert.equal(run.stdout, '');
    else if (out !== undefined) assert.ok(run.stdout.includes(out), `${out} is printed:\n${run.stdout}`);
  });
}

const webToDb = 'trace shop --from shop/web --to shop/db-0:5432';

describe('usage', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const calls: readonly Call[] = [
    {
      fact: 'without a command the usage is told',
      args: '',
      code: 2,
      out: '',
      err: 'podnet: Name a command.\n\nUsage: podnet COMMAND PATH... [options]...',
    },
    ...['--help', '-h', 'help'].map((args): Call => ({
      fact: `${args} prints the usage`,
      args,
      code: 0,
      out: 'Exit codes: 0 fine',
    })),
    { fact: '--version prints that of the package', args: '--version', code: 0, out: `${version}\n` },
    ...['trace', 'connectivity', 'lookup', 'tree'].flatMap((command): readonly Call[] => [
      {
        fact: `${command} --help prints how it is called`,
        args: `${command} --help`,
        code: 0,
        out: `Usage: podnet ${command} PATH...`,
      },
      {
        fact: `${command} without a path says what to name`,
        args: command,
        code: 2,
        out: '',
        err: `podnet: Name a file, a folder, or - for standard input.\n\nUsage: podnet ${command} PATH......`,
      },
    ]),
    {
      fact: 'an unknown command is answered with those that there are',
      args: 'tracert shop',
      code: 2,
      out: '',
      err: 'podnet: There is no command "tracert". Commands: trace, connectivity, lookup...',
    },
    {
      fact: 'a name of the language is no command',
      args: 'constructor shop',
      code: 2,
      out: '',
      err: 'podnet: There is no command "constructor"....',
    },
    {
      fact: 'an unknown option is refused',
      args: 'tree shop --colour',
      code: 2,
      out: '',
      err: "podnet: Unknown option '--colour'....",
    },
    {
      fact: 'an option without its value is refused',
      args: `trace shop --from`,
      code: 2,
      out: '',
      err: "podnet: Option '--from <value>' argument missing\n",
    },
    {
      fact: 'an unknown format is answered with those that the command has',
      args: 'tree shop --output xml',
      code: 2,
      out: '',
      err: 'podnet: --output must be text, json; it is "xml".\n',
    },
    {
      fact: 'an unknown level is refused',
      args: 'connectivity shop --level node',
      code: 2,
      out: '',
      err: 'podnet: --level must be workload, pod; it is "node".\n',
    },
    {
      fact: 'an unknown grouping is refused',
      args: 'tree shop --group-by zone',
      code: 2,
      out: '',
      err: 'podnet: --group-by must be node, namespace, workload; it is "zone".\n',
    },
    {
      fact: 'a trace needs a source',
      args: 'trace shop --to shop/web',
      code: 2,
      out: '',
      err: 'podnet: --from is missing; see --help.\n',
    },
    {
      fact: 'a trace needs a destination',
      args: 'trace shop --from shop/web',
      code: 2,
      out: '',
      err: 'podnet: --to is missing; see --help.\n',
    },
    {
      fact: 'an end that has no form is refused',
      args: 'trace shop --from a/b/c/d --to shop/web',
      code: 2,
      out: '',
      err: 'podnet: --from "a/b/c/d" names no end; see podnet trace --help.\n',
    },
    {
      fact: 'so is a destination',
      args: 'trace shop --from shop/web --to 10.0.0',
      code: 2,
      out: '',
      err: 'podnet: --to "10.0.0" names no end; see podnet trace --help.\n',
    },
    ...['--to shop/db-0:0', '--to shop/db-0:65536', '--to shop/db-0 --port 70000'].map((to): Call => ({
      fact: `a port out of range is refused: ${to}`,
      args: `trace shop --from shop/web ${to}`,
      code: 2,
      out: '',
      err: `podnet: A port is a number from 1 to 65535 or a name, not ${/[0-9]+$/.exec(to)?.[0] ?? ''}.\n`,
    })),
    {
      fact: 'an empty port is refused',
      args: `${webToDb} --port=`,
      code: 2,
      out: '',
      err: 'podnet: --port must be a number or the name of a port; it is "".\n',
    },
    {
      fact: 'an unknown protocol is refused',
      args: `${webToDb} --protocol http`,
      code: 2,
      out: '',
      err: 'podnet: --protocol must be TCP, UDP, SCTP...',
    },
    {
      fact: 'an unknown family is refused',
      args: `${webToDb} --family 5`,
      code: 2,
      out: '',
      err: 'podnet: --family must be 4, 6; it is "5".\n',
    },
    {
      fact: 'an unknown expectation is refused',
      args: `${webToDb} --expect open`,
      code: 2,
      out: '',
      err: 'podnet: --expect must be reachable, unreachable...',
    },
    {
      fact: 'a look-up needs a path and an address',
      args: 'lookup 10.0.0.1',
      code: 2,
      out: '',
      err: 'podnet: Name what to read and then the address: podnet lookup PATH... ADDRESS.\n',
    },
    {
      fact: 'what is looked up must be an address or a range',
      args: 'lookup shop 10.0.0.256',
      code: 2,
      out: '',
      err: 'podnet: "10.0.0.256" is neither an IP address nor a range such as 10.244.0.0/16.\n',
    },
  ];
  for (const call of calls) check(call);
});

describe('input', () => {
  const nothing =
    'no Kubernetes objects were found. Name manifests, a folder of them, or a file that kubectl printed.\n';
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: piped }\nspec: { nodeName: n1, containers: [{ name: app }] }\n';
  const calls: readonly Call[] = [
    { fact: 'a file', args: 'tree shop/app.yaml', code: 0, out: 'db-0' },
    { fact: 'a folder', args: `${webToDb} --expect reachable`, code: 0, out: 'shop/policies.yaml:16' },
    {
      fact: 'several paths make one cluster',
      args: 'trace shop/app.yaml shop/policies.yaml --from default/stranger --to shop/db-0:5432',
      code: 0,
      out: 'Unreachable  default/stranger to shop/db-0',
    },
    {
      fact: 'of several ways the first is shown, and how to see another is said',
      args: 'trace shop --from shop/web --to svc/shop/db:5432',
      code: 0,
      out: 'Ways (> is shown below; --way N shows another)\n  > 1  ',
    },
    {
      fact: 'another way is shown when it is named',
      args: 'trace shop --from shop/web --to svc/shop/db:5432 --way 2',
      code: 0,
      out: '\n  > 2  ',
    },
    {
      fact: 'a way that is not there is bad usage',
      args: 'trace shop --from shop/web --to svc/shop/db:5432 --way 0',
      code: 2,
      out: '',
      err: 'podnet: --way must be a number from 1 to ...',
    },
    {
      fact: 'where there is one way none is chosen',
      args: 'trace shop --from shop/web --to shop/db-0:5432 --way 2',
      code: 2,
      out: '',
      err: 'podnet: --way 2: this connection has no ways to choose from.\n',
    },
    {
      fact: 'without the second file its policies are not there',
      args: 'trace shop/app.yaml --from default/stranger --to shop/db-0:5432',
      code: 0,
      out: 'Reachable  default/stranger to shop/db-0',
    },
    {
      fact: 'standard input, whose name in problems is -',
      args: 'tree -',
      input: `${pod}---\nkind: Pod\napiVersion: v1\nmetadata: {\n`,
      code: 0,
      out: 'piped',
      err: '-:...',
    },
    {
      fact: 'a snapshot as kubectl prints it',
      args: 'trace snapshot.json --from shop/shell --to shop/web-5d9-abcde',
      code: 0,
      out: '10.244.1.2',
    },
    {
      fact: 'what is broken is told with file, line and column, and hides nothing else',
      args: 'tree faulty.yaml',
      code: 0,
      out: 'whole',
      err: 'faulty.yaml:9:1: error: Flow map in block collection must be sufficiently indented and end with a }. This YAML document is not used until it is mended. [yaml.syntax]\nfaulty.yaml:17:22: error: spec.ingress[0].from[0]: Required value: must specify a peer. NetworkPolicy shop/refused is left out, as the API server would reject it. [policy.invalid]\npodnet: what the 2 errors above are about is not used: the answer is as if it were not there. podnet check ends with 1 for them.\n',
    },
    ...[
      'trace faulty.yaml --from shop/whole --to shop/whole:80',
      'connectivity faulty.yaml',
      'diff faulty.yaml faulty.yaml',
    ].map((args): Call => ({
      fact: `the exit code of ${args.split(' ')[0] ?? ''} is about its answer, and a line says that the answer is without what is broken`,
      args,
      code: 0,
      errLine:
        'podnet: what the 2 errors above are about is not used: the answer is as if it were not there.',
    })),
    {
      fact: 'a path that is not there cannot be read',
      args: 'tree none.yaml',
      code: 2,
      out: '',
      err: 'podnet: none.yaml: no such file or folder.\n',
    },
    {
      fact: 'one missing path among others is enough',
      args: 'tree shop none',
      code: 2,
      out: '',
      err: 'podnet: none: no such file or folder.\n',
    },
    {
      fact: 'a file without Kubernetes objects is no input',
      args: 'connectivity other.yaml',
      code: 2,
      out: '',
      err: `podnet: other.yaml: ${nothing}`,
    },
    {
      fact: 'nor is an empty standard input',
      args: 'tree -',
      code: 2,
      out: '',
      err: `podnet: standard input: ${nothing}`,
    },
    {
      fact: 'nor a file that is no text, which is said',
      args: 'tree binary.yaml',
      code: 2,
      out: '',
      err: `binary.yaml:1:1: warning: This file is not text, so nothing is read from it. [file.binary]\npodnet: binary.yaml: ${nothing}`,
    },
  ];
  for (const call of calls) check(call);

  test(
    'a file that may not be read is denied',
    { skip: process.getuid?.() === 0 && 'root may read everything' },
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'podnet-cli-'));
      try {
        writeFileSync(join(folder, 'secret.yaml'), pod);
        chmodSync(join(folder, 'secret.yaml'), 0);
        const run = podnet(['tree', 'secret.yaml'], '', folder);
        assert.deepEqual([run.code, run.stderr], [2, 'podnet: secret.yaml: permission denied.\n']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test('a reader that stops early, such as head, is no error', async () => {
    const pods = Array.from({ length: 60 }, (_, index) => pod.replace('piped', `p${index}`)).join('---\n');
    const child = spawn(process.execPath, [podnetFile, 'connectivity', '-', '--output', 'json']);
    child.stdout.once('data', () => child.stdout.destroy());
    let complaints = '';
    child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
    child.stdin.end(pods);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    assert.deepEqual([code, complaints], [0, '']);
  });
});

describe('trace', () => {
  const toService = 'trace shop --from shop/web --to svc/shop/db:5432';
  const calls: readonly Call[] = [
    { fact: 'reachable as expected', args: `${webToDb} --expect reachable`, code: 0, out: 'Reachable' },
    {
      fact: 'reachable, and it should not be',
      args: `${webToDb} --expect unreachable`,
      code: 1,
      out: 'Reachable',
      err: 'Expected unreachable, found reachable: Delivered to pod shop/db-0...',
    },
    {
      fact: 'unreachable as expected',
      args: 'trace shop --from default/stranger --to shop/db-0 --expect unreachable',
      code: 0,
      out: 'Unreachable',
    },
    {
      fact: 'unreachable, and it should not be',
      args: 'trace shop --from default/stranger --to shop/db-0 --expect reachable',
      code: 1,
      out: 'Unreachable',
      err: 'Expected reachable, found unreachable: Dropped by NetworkPolicy isolation of shop/db-0: db, db-from-web (ingress).\n',
    },
    {
      fact: 'an unreachable trace without an expectation is no finding',
      args: 'trace shop --from default/stranger --to shop/db-0',
      code: 0,
      out: 'Unreachable',
    },
    ...['reachable', 'unreachable'].flatMap((expected): readonly Call[] => [
      {
        fact: `endpoints that differ meet no expectation, not that of ${expected}`,
        args: `${toService} --expect ${expected}`,
        code: 1,
        out: 'Ambiguous',
        err: `Expected ${expected}, found ambiguous: It depends on the endpoint: of 2 ways, 1 reachable, 1 unreachable.\n`,
      },
      {
        fact: `what cannot be told meets no expectation, not that of ${expected}`,
        args: `trace shop --from shop/nobody --to shop/db-0 --expect ${expected}`,
        code: 1,
        out: 'Undetermined',
        err: `Expected ${expected}, found undetermined: Pod shop/nobody is not in the input.\n`,
      },
    ]),
    {
      fact: 'the port may be a name',
      args: 'trace shop --from shop/web --to shop/db-0 --port postgres --expect reachable',
      code: 0,
      out: ':5432',
    },
    {
      fact: 'a port given apart goes before one at the end of the name',
      args: 'trace shop --from shop/web --to shop/db-0:80 --port 5432 --expect reachable',
      code: 0,
      out: ':5432',
    },
    {
      fact: 'the protocol may be written small',
      args: 'trace shop --from shop/db-0 --to shop/web:53 --protocol udp',
      code: 0,
      out: 'UDP',
    },
    { fact: 'a family that nobody has', args: `${webToDb} --family 6`, code: 0, out: 'Unreachable' },
    { fact: 'Markdown', args: `${webToDb} --output markdown`, code: 0, out: '## ' },
    { fact: 'Mermaid', args: `${webToDb} --output mermaid`, code: 0, out: 'sequenceDiagram' },
  ];
  for (const call of calls) check(call);

  test('as JSON it has the fields of a trace', () => {
    const { stdout, code } = podnet([...webToDb.split(' '), '--output', 'json']);
    assert.equal(code, 0);
    const trace = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    const fields =
      'apiVersion kind query profile result final verdict source destination hops reply candidates assumptions warnings principles';
    assert.deepEqual(
      fields.split(' ').filter((field) => !(field in trace)),
      [],
    );
    assert.deepEqual(
      [trace['apiVersion'], trace['kind'], trace['result'], trace['final']],
      ['podnet/v1', 'Trace', 'Reachable', 'Deliver'],
    );
    const steps = (
      trace['hops'] as readonly {
        readonly place: object;
        readonly device: string;
        readonly steps: readonly Readonly<Record<string, unknown>>[];
      }[]
    ).flatMap((hop) => {
      assert.ok('kind' in hop.place && hop.device !== '');
      return hop.steps;
    });
    const stepFields = 'kind outcome before after causesDrop reason evidence';
    for (const step of steps)
      assert.deepEqual(
        stepFields.split(' ').filter((field) => !(field in step)),
        [],
      );
    const policy = steps.find(
      (step) => step['kind'] === 'policy' && JSON.stringify(step).includes('db-from-web'),
    );
    assert.ok(JSON.stringify(policy).includes('shop/policies.yaml'), 'the deciding rule has its file');
  });

  test('as JSON nothing but the trace is on standard output, whatever is wrong with the input', () => {
    const run = podnet('trace faulty.yaml --from shop/whole --to shop/whole:80 --output json'.split(' '));
    assert.equal((JSON.parse(run.stdout) as { readonly kind: string }).kind, 'Trace');
    assert.match(run.stderr, /yaml\.syntax/);
  });

  test('colours are not written where no terminal shows them', () => {
    assert.ok(!podnet(webToDb.split(' ')).stdout.includes('\u001b'));
  });
});

describe('connectivity, lookup, tree', () => {
  const printed = [
    ['connectivity.txt', 'connectivity shop'],
    ['connectivity.json', 'connectivity shop --level pod --output json'],
    ['lookup-service.txt', 'lookup shop 10.96.0.50'],
    ['lookup-pod.json', 'lookup snapshot.json 10.244.1.3 --output json'],
    ['tree.json', 'tree snapshot.json --output json'],
  ] as const;
  for (const [golden, args] of printed) {
    test(`podnet ${args} prints what was accepted`, () => {
      const run = podnet(args.split(' '));
      assert.deepEqual([run.code, run.stderr], [0, '']);
      assertGolden(`cli/${golden}`, run.stdout);
    });
  }
  const calls: readonly Call[] = [
    {
      fact: 'who is not judged yet is a warning',
      args: 'connectivity faulty.yaml',
      code: 0,
      out: '=>  shop/whole[Pod]',
      err: 'faulty.yaml:9:1: error: ...',
    },
    {
      fact: 'an address that nobody owns is a finding',
      args: 'lookup shop 203.0.113.7',
      code: 1,
      out: '203.0.113.7 is outside the cluster',
    },
    {
      fact: 'so is a free one',
      args: 'lookup snapshot.json 10.244.1.9',
      code: 1,
      out: 'Nobody owns 10.244.1.9; it is free in the pod range 10.244.1.0/24 of node n1.',
    },
    {
      fact: 'a range in which nobody has an address too',
      args: 'lookup snapshot.json 192.0.2.0/24',
      code: 1,
      out: '192.0.2.0/24 holds no address of a pod, node or Service',
    },
    {
      fact: 'a pod by its address',
      args: 'lookup snapshot.json 10.244.1.3',
      code: 0,
      out: '10.244.1.3 is pod shop/shell.\n  Pod shop/shell on n1 (observed)  snapshot.json:29\n',
    },
    {
      fact: 'the last of several paths is the address',
      args: 'lookup shop snapshot.json 10.244.1.3',
      code: 0,
      out: 'pod shop/shell',
    },
    { fact: 'a tree by namespace', args: 'tree shop --group-by namespace', code: 0, out: 'default' },
    { fact: 'a tree by workload', args: 'tree shop --group-by workload', code: 0, out: 'No workload' },
  ];
  for (const call of calls) check(call);

  test('a filter leaves out what does not fit', () => {
    const { stdout } = podnet('tree shop --filter app=web'.split(' '));
    assert.deepEqual(
      [stdout.includes('├─ web') || stdout.includes('└─ web'), stdout.includes('db-0')],
      [true, false],
    );
  });
});
