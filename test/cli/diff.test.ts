// `podnet diff` from outside: two folders, and the working tree against a git revision. Exit codes are those of diff(1).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { policy, cluster } from '../policy/fixtures';
import { podnet, podnetFile } from '../support/podnet';

const folder = mkdtempSync(join(tmpdir(), 'podnet-diff-'));
const run = (...args: readonly string[]) => podnet(['diff', ...args], '', folder);
const named = policy('a/deny-x', 'podSelector: { matchLabels: { app: x } }\npolicyTypes: [Ingress]');
const deny = named.replace('name: deny-x', "name: '<b>deny|x</b>'");

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args],
    {
      cwd: join(folder, 'repo'),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    },
  );
  assert.equal(status, 0, stderr);
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const hasGit = spawnSync('git', ['--version']).status === 0;

before(() => {
  write('old/cluster.yaml', cluster);
  write('new/cluster.yaml', cluster);
  write('new/deny.yaml', named);
});

after(() => rmSync(folder, { recursive: true }));

describe('podnet diff A B', () => {
  test('the same is told, and ends with 0', () => {
    const { code, stdout, stderr } = run('old', 'old');
    assert.deepEqual(
      [code, stdout, stderr],
      [0, '--- old\n+++ old\nThe same connections are permitted.\n', ''],
    );
  });

  test('what differs is told with the edits, and ends with 1', () => {
    const { code, stdout } = run('old', 'new');
    assert.equal(code, 1);
    assert.match(stdout, /^3 connections disappear\.$/m);
    assert.match(stdout, /^- a\/y\[Pod\] {17,}=> {2}a\/x\[Pod\] {2}all ports {2}\[1\]$/m);
    assert.match(stdout, /^\[1\] NetworkPolicy a\/deny-x added {2}new\/deny\.yaml:4$/m);
  });

  test('JSON has the form of the connectivity list for ports, and positions of edits', () => {
    const made: unknown = JSON.parse(run('new', 'old', '--output', 'json').stdout);
    assert.ok(typeof made === 'object' && made !== null);
    const { apiVersion, kind, counts, connections, edits } = made as Readonly<Record<string, unknown>>;
    assert.deepEqual([apiVersion, kind], ['podnet/v1', 'ConnectivityDiff']);
    assert.deepEqual(counts, { added: 3, removed: 0, changed: 0 });
    const none = { all: false, allowed: [] };
    const all = { all: true, allowed: [] };
    assert.ok(Array.isArray(connections) && Array.isArray(edits));
    assert.deepEqual(connections[0], {
      ...{ source: 'a/y[Pod]', destination: 'a/x[Pod]', change: 'added', because: [0] },
      ...{ before: none, after: all, gained: all, lost: none },
    });
    assert.equal(edits.length, 1);
  });

  test('Markdown for a pull request takes names as text', () => {
    write('odd/cluster.yaml', cluster);
    write('odd/deny.yaml', deny);
    const { stdout } = run('old', 'odd', '--output', 'markdown');
    assert.match(stdout, /^### Pod network: /);
    assert.doesNotMatch(stdout, /<b>/);
    for (const row of stdout.split('\n').filter((line) => line.startsWith('| ')))
      assert.equal(row.match(/(?<!\\)\|/g)?.length, 6, row);
  });

  test('CSV has one line a connection', () => {
    const lines = run('old', 'new', '--output', 'csv').stdout.trimEnd().split('\n');
    assert.equal(lines[0], 'change,source,destination,before,after,gained,lost,edits');
    assert.equal(
      lines[1],
      'removed,a/y[Pod],a/x[Pod],all ports,no port,no port,all ports,NetworkPolicy a/deny-x added',
    );
    assert.equal(lines.length, 4);
  });

  test('one input, or three, are a question, and end with 2', () => {
    for (const paths of [['old'], ['old', 'new', 'old']]) {
      const { code, stderr } = run(...paths);
      assert.equal(code, 2);
      assert.match(stderr, /podnet diff A B, or a revision/);
    }
  });
});

describe('podnet diff --base', () => {
  before(() => {
    if (!hasGit) return;
    write('repo/app/cluster.yaml', cluster);
    write('repo/app/.hidden/deny.yaml', named);
    write('repo/app/gone.yaml', named);
    write('repo/other.yaml', cluster.replaceAll('namespace: a', 'namespace: elsewhere'));
    symlinkSync('../other.yaml', join(folder, 'repo', 'app', 'link.yaml'));
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    git('tag', '-a', 'v1', '-m', 'one');
    rmSync(join(folder, 'repo', 'app', 'gone.yaml'));
    rmSync(join(folder, 'repo', 'app', 'link.yaml'));
  });

  const withGit = (fact: string, look: () => void): void => {
    test(fact, { skip: !hasGit && process.env['CI'] !== 'true' && 'git is not installed' }, look);
  };

  withGit('a file that is gone is read at the revision; hidden folders and links are not', () => {
    for (const revision of ['HEAD', 'v1', 'main']) {
      const { code, stdout } = run('repo/app', '--base', revision);
      assert.equal(code, 1);
      assert.match(stdout, /^3 connections appear\.$/m);
      assert.ok(stdout.includes(`removed  ${revision}:repo/app/gone.yaml:4`), stdout);
    }
  });

  withGit('a path is read from inside the repository as well, and a new one was not there', () => {
    const inside = podnet(['diff', '.', '--base', 'HEAD'], '', join(folder, 'repo', 'app'));
    assert.match(inside.stdout, /HEAD:gone\.yaml:4/);
    write('repo/new/deny.yaml', named);
    const both = run('repo/app/cluster.yaml', 'repo/new', '--base', 'HEAD');
    assert.match(both.stdout, /^3 connections disappear\.$/m);
  });

  withGit('what git cannot tell is said, and ends with 2', () => {
    const cases: readonly (readonly [args: readonly string[], words: RegExp])[] = [
      [['repo/app', '--base', 'nowhere'], /"nowhere" is no revision of the repository/],
      [['repo/app', '--base', '--output=/tmp/x'], /ambiguous|no git revision/],
      [['old', '--base', 'HEAD'], /is not in a git repository/],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = run(...args);
      assert.equal(code, 2);
      assert.match(stderr, words);
    }
  });

  test('without git it says what to do instead', () => {
    const { status, stderr } = spawnSync(process.execPath, [podnetFile, 'diff', 'old', '--base', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: folder },
    });
    assert.equal(status, 2);
    assert.equal(stderr, 'podnet: git was not found. Install it, or compare two folders: podnet diff A B.\n');
  });
});
