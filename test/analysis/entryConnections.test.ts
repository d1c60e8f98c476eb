// What an ingress controller may connect to that the input does not show.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectivityTable } from '../../src/analysis/connectivity';
import { readPortFocus } from '../../src/analysis/connectivityFocus';
import { entryConnections } from '../../src/analysis/entryConnections';
import { allowedText } from '../../src/features/connectivityText';
import { pod, policy } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

const api = pod('shop/api', { labels: '{ app: api }', ips: ['10.244.1.4'] });
const service = `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: admin, port: 81, targetPort: 9090 }] }
`;
const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: api, port: { name: http } } } }] }
`;
const controller = pod('edge/nginx', {
  labels: '{ app.kubernetes.io/name: ingress-nginx }',
  ips: ['10.244.1.9'],
});

function found(texts: readonly string[], port?: string) {
  const { cluster, problems: complaints } = readManifests({ 'a.yaml': documents(...texts) });
  assert.deepEqual(complaints, []);
  const table = connectivityTable(cluster, { level: 'workload' });
  const { peers, connections, problems } = entryConnections(
    cluster,
    table,
    port === undefined ? undefined : readPortFocus(port),
    () => true,
  );
  return {
    peers: peers.map(({ id }) => id),
    lines: connections.map((each) => `${each.source} => ${each.destination}: ${allowedText(each)}`),
    problems,
  };
}

const only = (from: string): string =>
  policy('shop/api', `podSelector: { matchLabels: { app: api } }\ningress: [{ from: ${from} }]`);

describe('an unknown ingress controller', () => {
  test('may connect to the endpoints of its backends, on their target ports alone', () => {
    assert.deepEqual(found([api, service, ingress]), {
      peers: ['ingress-controller'],
      lines: ['ingress-controller => shop/api[Pod]: TCP 8080'],
      problems: [],
    });
  });

  test('is let in by what lets in every pod of the cluster', () => {
    assert.deepEqual(found([api, service, ingress, only('[{ namespaceSelector: {} }]')]).lines, [
      'ingress-controller => shop/api[Pod]: TCP 8080',
    ]);
  });

  test('is not let in by rules for certain pods, and that is said', () => {
    const { lines, problems } = found([api, service, ingress, only('[{ podSelector: {} }]')]);
    assert.deepEqual(lines, []);
    assert.deepEqual(problems, [
      'Ingress shop/shop leads to shop/api[Pod] TCP 8080; its controller is not in the input, and policies do not let every pod in there.',
    ]);
  });

  test('is not there when the input shows the controller, or has no entry', () => {
    for (const texts of [
      [api, service, ingress, controller],
      [api, service],
    ])
      assert.deepEqual(found(texts), { peers: [], lines: [], problems: [] });
  });

  test('is cut down to a port as others are', () => {
    assert.deepEqual(found([api, service, ingress], 'tcp/8080').lines.length, 1);
    assert.deepEqual(found([api, service, ingress], '80').lines, []);
  });
});
