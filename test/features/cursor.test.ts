// Which end is meant by the place of the cursor in a manifest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endAt } from '../../src/features/cursor';
import { endText } from '../../src/trace/endText';
import { readManifests } from '../support/manifests';

const app = `# a comment
apiVersion: v1
kind: Service
metadata: { name: front, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { a: b }
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: { name: one, namespace: shop }
  spec: { containers: [{ name: app }] }
- apiVersion: v1
  kind: Pod
  metadata: { name: two, namespace: shop }
  spec: { containers: [{ name: app }] }
`;
const onlyService = `apiVersion: v1
kind: Service
metadata: { name: lonely, namespace: shop }
spec: { ports: [{ port: 80 }] }
`;
const { cluster, problems } = readManifests({
  'app.yaml': app,
  'service.yaml': onlyService,
  'other.yaml': 'a: b\n',
});

const cases: readonly (readonly [
  fact: string,
  file: string,
  /** As editors count, from 1. */
  line: number,
  source: string | undefined,
  destination: string | undefined,
])[] = [
  [
    'in a workload it is the workload, not one of its pods',
    'app.yaml',
    14,
    'Deployment/shop/web',
    'Deployment/shop/web',
  ],
  [
    'in a Service it is the Service, which cannot send: then the first of the file that can',
    'app.yaml',
    4,
    'Deployment/shop/web',
    'svc/shop/front',
  ],
  ['in an item of a list it is that item', 'app.yaml', 28, 'shop/one', 'shop/one'],
  ['and in the next item the next', 'app.yaml', 31, 'shop/two', 'shop/two'],
  [
    'outside of all, in a comment or an object without pods, it is the first of the file',
    'app.yaml',
    1,
    'Deployment/shop/web',
    'svc/shop/front',
  ],
  ['an object that has no pods counts as outside', 'app.yaml', 20, 'Deployment/shop/web', 'svc/shop/front'],
  ['a file that only has a Service has no source', 'service.yaml', 2, undefined, 'svc/shop/lonely'],
  ['a file without objects has neither', 'other.yaml', 1, undefined, undefined],
  ['nor has a file that nobody read', 'none.yaml', 1, undefined, undefined],
];

for (const [fact, file, line, source, destination] of cases) {
  test(`${file}:${line}: ${fact}`, () => {
    assert.deepEqual(problems, []);
    const named = (role: 'source' | 'destination'): string | undefined => {
      const end = endAt(cluster, file, line - 1, role);
      return end && endText(end);
    };
    assert.deepEqual([named('source'), named('destination')], [source, destination]);
  });
}
