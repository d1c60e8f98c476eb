// `podnet connectivity` from outside: its formats and its focus.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertGolden } from '../support/golden';
import { buildPodnet, podnet } from '../support/podnet';

before(buildPodnet);

describe('podnet connectivity', () => {
  for (const [format, file] of [
    ['csv', 'csv'],
    ['markdown', 'md'],
    ['dot', 'dot'],
    ['mermaid', 'mmd'],
    ['svg', 'svg'],
  ] as const)
    test(`--output ${format} prints what was accepted`, () => {
      const run = podnet(['connectivity', 'shop', '--output', format]);
      assert.deepEqual([run.code, run.stderr], [0, '']);
      assertGolden(`cli/connectivity.${file}`, run.stdout);
    });

  test('a focus prints its part alone', () => {
    const run = podnet('connectivity shop --workload db-0 --direction ingress --port tcp/5432'.split(' '));
    assert.deepEqual([run.code, run.stdout], [0, 'shop/web[Pod]  =>  shop/db-0[Pod]  TCP 5432\n']);
  });

  test('JSON says which part it is', () => {
    const run = podnet('connectivity shop --workload db-0 --direction ingress --output json'.split(' '));
    const list = JSON.parse(run.stdout) as {
      readonly focus: unknown;
      readonly connections: readonly unknown[];
    };
    assert.deepEqual(list.focus, { workload: 'db-0', direction: 'ingress' });
    assert.equal(list.connections.length, 1);
  });

  for (const [args, complaint] of [
    ['--workload nobody', 'No workload or pod is named "nobody"'],
    ['--port http', '--port must be a number'],
    ['--direction ingress', '--direction is seen from somebody'],
    ['--output png', '--output must be text, json, csv, markdown, dot, mermaid, svg'],
  ] as const)
    test(`${args} is bad usage, and says what to write`, () => {
      const run = podnet(['connectivity', 'shop', ...args.split(' ')]);
      assert.equal(run.code, 2);
      assert.ok(run.stderr.startsWith(`podnet: ${complaint}`), run.stderr);
    });
});
