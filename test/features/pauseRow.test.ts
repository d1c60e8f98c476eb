// What the Cluster view says below a pod of its pause container and of containers that depend on another (facts A1 to A3, G4 of
// the networking facts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podParts } from '../../src/features/treePod';
import type { TreeRow } from '../../src/features/tree';
import { defaultSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';
import { clusterOf, only, podWith } from '../load/reading';

/** @param label `pause` or a container of the pod */
function row(spec: string, label: string): TreeRow {
  const { cluster } = simulate(clusterOf(podWith(spec)), defaultSettings);
  return only(podParts(cluster, only(cluster.pods)).filter((each) => each.label === label));
}

function tooltip(spec: string, label: string, title: string): string {
  const line = row(spec, label).tooltip.find(([each]) => each === title);
  assert(line, `${label} has a line ${title}`);
  return line[1];
}

const two = '  containers: [{name: web}, {name: proxy}]\n';

test('the pause row says what becomes of the containers when pause ends', () => {
  assert.match(tooltip(two, 'pause', 'If it ends'), /the containers run on and keep the network/);
  assert.match(
    tooltip(`  shareProcessNamespace: true\n${two}`, 'pause', 'If it ends'),
    /all containers end with it/,
  );
});

test('on hostNetwork and hostIPC pause holds nothing of the pod, and is no PID 1', () => {
  const { description } = row(`  hostNetwork: true\n  hostIPC: true\n${two}`, 'pause');
  assert.equal(description, 'holds no namespace of the pod · not PID 1 of the containers');
});

test('an ephemeral container names the container whose processes it sees', () => {
  const debugged = `${two}  ephemeralContainers: [{name: debugger, targetContainerName: proxy}]\n`;
  assert.equal(
    tooltip(debugged, 'debugger', 'Role'),
    'ephemeral container, in the process namespace of proxy',
  );
  assert.equal(
    tooltip(`  shareProcessNamespace: true\n${debugged}`, 'debugger', 'Role'),
    'ephemeral container',
  );
});

test('a container says with whom its port collides, and what follows', () => {
  const port = 'ports: [{containerPort: 8080}]';
  assert.equal(
    tooltip(`  containers: [{name: web, ${port}}, {name: proxy, ${port}}]\n`, 'proxy', 'Conflict'),
    'TCP 8080 is also wanted by web: on one address the second to bind fails with EADDRINUSE; 0.0.0.0 is every address',
  );
});
