// `podnet connectivity` from outside: its formats and its focus.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertGolden } from '../support/golden';
import { podnet } from '../support/podnet';

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

describe('podnet connectivity --exposure', () => {
  test('tells what each workload is open to', () => {
    const run = podnet('connectivity shop --exposure'.split(' '));
    assert.deepEqual([run.code, run.stderr], [0, '']);
    assertGolden('cli/exposure.txt', run.stdout);
  });

  test('is cut down to a workload, and is JSON and CSV', () => {
    const run = podnet('connectivity shop --exposure --workload db-0 --output json'.split(' '));
    const { kind, workloads } = JSON.parse(run.stdout) as {
      readonly kind: string;
      readonly workloads: readonly { readonly id: string }[];
    };
    assert.deepEqual([kind, workloads.map(({ id }) => id)], ['Exposure', ['shop/db-0[Pod]']]);
    const csv = podnet('connectivity shop --exposure --output csv'.split(' ')).stdout;
    assert.equal(csv.split('\n')[0], 'workload,direction,kind,open to,ports');
  });

  test('takes no port, no peer and no picture', () => {
    for (const args of ['--port 80', '--output svg']) {
      const run = podnet(`connectivity shop --exposure ${args}`.split(' '));
      assert.equal(run.code, 2, args);
    }
  });
});

describe('podnet connectivity --ingress-controller', () => {
  const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: shop }
spec: { ingressClassName: nginx, rules: [{ host: a.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: web, image: web }] }
`;

  test('adds the peer and what it may connect to, and only where it is asked for', () => {
    const run = podnet('connectivity - --ingress-controller --output json'.split(' '), ingress);
    const list = JSON.parse(run.stdout) as { readonly peers: unknown[]; readonly connections: unknown[] };
    assert.deepEqual(list.peers.at(-1), { id: 'ingress-controller', type: 'ingress-controller' });
    assert.deepEqual(list.connections.at(-1), {
      source: 'ingress-controller',
      destination: 'shop/web[Pod]',
      all: false,
      allowed: [{ protocol: 'TCP', ports: [[8080, 8080]] }],
    });
    assert.doesNotMatch(
      podnet('connectivity - --output json'.split(' '), ingress).stdout,
      /ingress-controller/,
    );
  });
});
