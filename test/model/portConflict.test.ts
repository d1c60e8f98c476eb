// Which containers of a pod cannot both have a port (fact G4 of the networking facts): those that run at the same time and want
// one number of one protocol.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portRivals } from '../../src/model/portConflict';
import { clusterOf, only, podWith } from '../load/reading';

const tcp = 'ports: [{containerPort: 8080}]';
const udp = 'ports: [{containerPort: 8080, protocol: UDP}]';
const web = `  containers: [{name: web, ${tcp}}]\n`;
const sidecar = `{name: mesh, restartPolicy: Always, ${tcp}}`;
const init = `{name: setup, ${tcp}}`;

const cases: readonly (readonly [fact: string, spec: string, expected: readonly string[]])[] = [
  [
    'two app containers cannot both have a port',
    `  containers: [{name: web, ${tcp}}, {name: proxy, ${tcp}}]\n`,
    ['TCP 8080: web proxy'],
  ],
  [
    'TCP and UDP of one number do not collide',
    `  containers: [{name: web, ${tcp}}, {name: proxy, ${udp}}]\n`,
    [],
  ],
  [
    'a container that declares a port twice is no rival of itself',
    '  containers: [{name: web, ports: [{containerPort: 8080}, {containerPort: 8080}]}]\n',
    [],
  ],
  ['an init container has finished before the apps start', `${web}  initContainers: [${init}]\n`, []],
  ['a sidecar runs beside the apps', `${web}  initContainers: [${sidecar}]\n`, ['TCP 8080: web mesh']],
  [
    'an init container before a sidecar has finished when that starts',
    `  containers: [{name: web}]\n  initContainers: [${init}, ${sidecar}]\n`,
    [],
  ],
  [
    'an init container after a sidecar runs beside it',
    `  containers: [{name: web}]\n  initContainers: [${sidecar}, ${init}]\n`,
    ['TCP 8080: mesh setup'],
  ],
];

for (const [fact, spec, expected] of cases) {
  test(fact, () => {
    const pod = only(clusterOf(podWith(spec)).pods);
    const found = portRivals(pod).map(
      ({ protocol, port, claims }) =>
        `${protocol} ${port}: ${claims.map(({ container }) => container.name).join(' ')}`,
    );
    assert.deepEqual(found, expected);
  });
}
