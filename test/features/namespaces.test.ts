// Who shares which namespace (facts A1 and A2 of the networking facts).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SharedNamespaces } from '../../src/model/sandbox';
import type { Pod, PodSpec } from '../../src/model/pod';
import { declared } from '../../src/model/source';
import { namespaceRows, namespacesSummary } from '../../src/features/namespaces';

function podOf(spec: Partial<PodSpec>, more: Partial<Pod> = {}): Pod {
  return {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web',
    labels: {},
    provenance: 'declared',
    node: declared('worker-1'),
    spec: {
      containers: [
        { name: 'web', role: 'app', image: 'web', ports: [] },
        { name: 'proxy', role: 'sidecar', image: 'proxy', ports: [] },
      ],
      nodeSelector: {},
      tolerations: [],
      hostNetwork: false,
      hostPid: false,
      hostIpc: false,
      shareProcessNamespace: false,
      switchesAt: {},
      ...spec,
    },
    addresses: [],
    hostAddresses: [],
    phase: declared('Running'),
    ready: declared(true),
    terminating: false,
    containerStatuses: [],
    ...more,
  };
}

/** `net` -> `pod held` */
function sharing(spec: Partial<PodSpec>): Readonly<Record<keyof SharedNamespaces, string>> {
  const words = namespaceRows(podOf(spec)).map(({ name, shared, held }) => [
    name,
    `${/^one for/.test(shared) ? 'pod' : /^one each/.test(shared) ? 'container' : 'node'}${held ? ' held' : ''}`,
  ]);
  return Object.fromEntries(words) as Readonly<Record<keyof SharedNamespaces, string>>;
}

const usual = {
  net: 'pod held',
  ipc: 'pod held',
  uts: 'pod held',
  pid: 'container',
  mnt: 'container',
  user: 'node',
};

describe('namespaces of a pod', () => {
  const cases: readonly (readonly [fact: string, spec: Partial<PodSpec>, expected: Partial<typeof usual>])[] =
    [
      ['containers share network, shared memory and host name; processes and files are their own', {}, {}],
      [
        'hostNetwork takes the network and the host name of the node',
        { hostNetwork: true },
        { net: 'node', uts: 'node' },
      ],
      [
        'shareProcessNamespace makes the processes common, and pause holds them',
        { shareProcessNamespace: true },
        { pid: 'pod held' },
      ],
      ['hostPID shows the processes of the node', { hostPid: true }, { pid: 'node' }],
      ['hostIPC shares memory with the node', { hostIpc: true }, { ipc: 'node' }],
      ['hostUsers: false gives the pod users of its own', { hostUsers: false }, { user: 'pod' }],
    ];
  for (const [fact, spec, expected] of cases) {
    it(fact, () => {
      assert.deepEqual(sharing(spec), { ...usual, ...expected });
    });
  }

  it('names everybody who shares, the pause container first', () => {
    assert.equal(namespaceRows(podOf({}))[0]?.shared, 'one for the pod: pause, web, proxy');
    assert.equal(
      namespaceRows(podOf({ hostNetwork: true }))[0]?.shared,
      "the node's (worker-1): pause, web, proxy",
    );
  });

  it('says something of every way to share that there is', () => {
    const specs: readonly Partial<PodSpec>[] = cases.map(([, spec]) => spec);
    for (const spec of specs)
      for (const { meaning, name } of namespaceRows(podOf(spec))) assert.ok(meaning.length > 20, name);
  });

  it('says what pause holds, or that nothing is held now', () => {
    assert.match(namespacesSummary(podOf({})), /holds net, ipc, uts open/);
    assert.match(
      namespacesSummary(podOf({ hostNetwork: true, hostPid: true, hostIpc: true })),
      /holds nothing/,
    );
    assert.match(namespacesSummary(podOf({}, { phase: declared('Succeeded') })), /sandbox is gone/);
    assert.match(namespacesSummary(podOf({}, { node: undefined })), /not scheduled/);
  });
});
