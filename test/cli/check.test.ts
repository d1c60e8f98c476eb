// `podnet check` and `podnet trace --suggest` from outside: what they print, and how they end. Exit codes: 0 nothing above
// information, 1 a warning or an error, 2 unreadable input.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checks } from '../../src/analysis/checks/catalogue';
import { podnet } from '../support/podnet';

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { namespace: shop, name: web, labels: { app: web } }\nspec: { containers: [{ name: a, ports: [{ containerPort: 80 }] }] }\n';
const policy = (spec: string): string =>
  `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { namespace: shop, name: p }\nspec: ${spec}\n`;
const slip = `${pod}${policy('{ podSelector: {}, egress: [{}] }')}`;

describe('podnet check', () => {
  test('ends with 0 when there is nothing above information', () => {
    const { code, stdout, stderr } = podnet(
      ['check', '-'],
      `${pod}${policy('{ podSelector: {}, ingress: [{ ports: [{ port: 81 }] }] }')}`,
    );
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^-:9:\d+: information: .*\[policy\.undeclared-port\]\n1 for information\.\n$/);
  });

  test('ends with 1 for a warning, and prints it as compilers do', () => {
    const { code, stdout, stderr } = podnet(['check', '-'], slip);
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(
      stdout,
      /^-:8:\d+: warning: NetworkPolicy shop\/p has no policyTypes: .*\[policy\.types-by-default\]\n1 warning\.\n$/,
    );
  });

  test('tells problems of the input too, on standard output', () => {
    const { code, stdout } = podnet(['check', 'faulty.yaml']);
    assert.equal(code, 1);
    assert.match(stdout, /^faulty\.yaml:\d+:\d+: (error|warning): /);
  });

  test('ends with 2 when the input cannot be read', () => {
    const { code, stdout, stderr } = podnet(['check', 'nowhere.yaml']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^podnet: nowhere\.yaml/);
  });

  test('a field that no expectation has is an error at its line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'podnet-check-'));
    try {
      writeFileSync(join(folder, 'app.yaml'), pod);
      writeFileSync(
        join(folder, 'net.podnet.yaml'),
        'expectations:\n  - { from: shop/web, too: shop/db, expect: reachable }\n',
      );
      const { code, stdout } = podnet(['check', '.'], '', folder);
      assert.equal(code, 1);
      assert.match(stdout, /net\.podnet\.yaml:2:\d+: error: .*\[expectation\.invalid\]/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a comment turns a finding off', () => {
    const { code, stdout } = podnet(
      ['check', '-'],
      slip.replace('---\n', '---\n# podnet-ignore: policy.types-by-default\n'),
    );
    assert.deepEqual([code, stdout], [0, 'Nothing to report.\n']);
  });

  test('prints JSON as its contract says, and SARIF', () => {
    const report: unknown = JSON.parse(podnet(['check', '-', '--output', 'json'], slip).stdout);
    const { apiVersion, kind, summary, findings } = report as Record<string, unknown>;
    assert.deepEqual(
      [apiVersion, kind, summary],
      ['podnet/v1', 'CheckReport', { error: 0, warning: 1, information: 0 }],
    );
    assert.ok(Array.isArray(findings) && findings.length === 1);
    const sarif: unknown = JSON.parse(podnet(['check', '-', '--output', 'sarif'], slip).stdout);
    assert.equal((sarif as { version?: unknown }).version, '2.1.0');
  });

  test('an expectation that is not met is a finding, with its trace', () => {
    const folder = mkdtempSync(join(tmpdir(), 'podnet-check-'));
    try {
      const pods = `${pod}---\n${pod.replaceAll('web', 'db')}`;
      writeFileSync(join(folder, 'pods.yaml'), pods);
      const expected = (result: string): string =>
        `expectations:\n- { from: shop/web, to: 'shop/db:80', expect: ${result} }\n`;
      writeFileSync(join(folder, 'all.podnet.yaml'), expected('reachable'));
      const met = podnet(['check', '.'], '', folder);
      assert.deepEqual([met.code, met.stdout], [0, '1 of 1 expectation met.\nNothing to report.\n']);
      writeFileSync(join(folder, 'all.podnet.yaml'), expected('unreachable'));
      const unmet = podnet(['check', '.'], '', folder);
      assert.equal(unmet.code, 1);
      assert.match(
        unmet.stdout,
        /Reachable[^]*\nall\.podnet\.yaml:2:\d+: (error|warning): [^]*\n0 of 1 expectation met\.\n/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('--list-checks prints the catalogue without reading anything', () => {
    const { code, stdout } = podnet(['check', '--list-checks']);
    assert.equal(code, 0);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
      checks.map(({ code: each }) => each),
    );
  });
});

describe('podnet trace --suggest', () => {
  const db = pod.replaceAll('web', 'db');
  const denied = `${pod}---\n${db}${policy('\n  podSelector: { matchLabels: { app: db } }')}`;
  const ask = ['trace', '-', '--from', 'shop/web', '--to', 'shop/db:80', '--suggest'];

  test('says why there is no change where the input is no file', () => {
    assert.match(
      podnet(ask, denied).stdout,
      /\nNo change is suggested\. The policies that stop it are not in a file that can be changed\.\n$/,
    );
  });

  test('prints the change as a patch, and nothing is written', () => {
    const args = ['trace', 'shop', '--from', 'shop/web', '--to', 'shop/db-0:9', '--suggest'];
    const { code, stdout } = podnet(args);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /\nTo allow it:\n {2}.*\n\n--- shop\/policies\.yaml\n\+\+\+ shop\/policies\.yaml\n@@ [^]*\nIt (also )?opens /,
    );
    assert.equal(podnet(args).stdout, stdout);
    const { suggestion } = JSON.parse(podnet([...args, '--output', 'json']).stdout) as {
      suggestion?: { kind?: unknown };
    };
    assert.equal(suggestion?.kind, 'proposal');
  });
});
