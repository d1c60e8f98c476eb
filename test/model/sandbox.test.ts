// Which namespaces the pause container holds, and for whom it is PID 1 (spec A1, A2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processGroups, sandboxOf } from '../../src/model/sandbox';
import { clusterOf, only, podWith } from '../load/reading';

const cases: readonly (readonly [spec: string, held: string, shares: string, reaps: boolean])[] = [
  ['containers: []', 'net ipc uts', 'net:pod ipc:pod uts:pod pid:container user:node', false],
  ['shareProcessNamespace: true', 'net ipc uts pid', 'net:pod ipc:pod uts:pod pid:pod user:node', true],
  ['hostNetwork: true', 'ipc', 'net:node ipc:pod uts:node pid:container user:node', false],
  ['hostPID: true', 'net ipc uts', 'net:pod ipc:pod uts:pod pid:node user:node', false],
  ['hostIPC: true', 'net uts', 'net:pod ipc:node uts:pod pid:container user:node', false],
  ['hostUsers: false', 'net ipc uts user', 'net:pod ipc:pod uts:pod pid:container user:pod', false],
];

for (const [spec, held, shares, reaps] of cases) {
  test(`with \`${spec}\` pause holds ${held} and reaps ${reaps ? 'orphans' : 'nobody'}`, () => {
    const { namespaces, heldByPause, pauseReaps } = sandboxOf(
      only(clusterOf(podWith(`  ${spec}\n`)).pods).spec,
    );
    const { net, ipc, uts, pid, user } = namespaces;
    assert.equal(heldByPause.join(' '), held);
    assert.equal(`net:${net} ipc:${ipc} uts:${uts} pid:${pid} user:${user}`, shares);
    assert.equal(pauseReaps, reaps);
  });
}

const containers = `  containers: [{name: web}, {name: proxy}]
  ephemeralContainers:
  - {name: debugger, targetContainerName: proxy}
  - {name: shell}
  - {name: nested, targetContainerName: debugger}
`;
const groups: readonly (readonly [fact: string, spec: string, expected: string])[] = [
  [
    'an ephemeral container joins the processes of its target, which is no ephemeral one',
    '',
    'web / proxy debugger / shell / nested',
  ],
  [
    'with shareProcessNamespace a target changes nothing',
    '  shareProcessNamespace: true\n',
    'web proxy debugger shell nested',
  ],
  ['with hostPID a target changes nothing', '  hostPID: true\n', 'web proxy debugger shell nested'],
];
for (const [fact, spec, expected] of groups) {
  test(fact, () => {
    const { pods } = clusterOf(podWith(`${spec}${containers}`));
    const found = processGroups(only(pods).spec);
    assert.equal(found.map((group) => group.join(' ')).join(' / '), expected);
  });
}
