// Who shares which namespace (facts A1 and A2 of the networking facts).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SharedNamespaces } from '../../src/model/sandbox';
import type { Pod, PodSpec } from '../../src/model/pod';
import { declared } from '../../src/model/source';
import { namespaceRows, namespacesSummary, pauseEndWords } from '../../src/features/namespaces';

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
      [
        'hostUsers: false gives the pod users of its own, and pause holds them',
        { hostUsers: false },
        { user: 'pod held' },
      ],
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
    // Processes still are the containers' own here.
    assert.match(
      namespacesSummary(podOf({ hostNetwork: true, hostIpc: true })),
      /^Network, shared memory and host name are those of the node/,
    );
    assert.match(namespacesSummary(podOf({}, { phase: declared('Succeeded') })), /sandbox is gone/);
    assert.match(namespacesSummary(podOf({}, { node: undefined })), /not scheduled/);
  });

  it('says which ephemeral container sees the processes of which other', () => {
    const containers = [
      ...podOf({}).spec.containers,
      { name: 'debugger', role: 'ephemeral', image: 'debug', ports: [], targetContainer: 'proxy' } as const,
    ];
    const row = namespaceRows(podOf({ containers })).find(({ name }) => name === 'pid');
    assert.equal(row?.shared, 'one each: web, proxy with debugger');
    assert.match(row.meaning, /debugger joins the processes of proxy\.$/);
    const shared = namespaceRows(podOf({ containers, shareProcessNamespace: true }));
    assert.doesNotMatch(shared.find(({ name }) => name === 'pid')?.meaning ?? '', /joins/);
  });

  it('says that with shared processes files of the others can be reached', () => {
    const files = (spec: Partial<PodSpec>): string =>
      namespaceRows(podOf(spec)).find(({ name }) => name === 'mnt')?.meaning ?? '';
    assert.match(files({ shareProcessNamespace: true }), /below \/proc\/PID\/root/);
    assert.match(files({ hostPid: true }), /below \/proc\/PID\/root/);
    assert.doesNotMatch(files({}), /PID/);
  });

  const ends: readonly (readonly [fact: string, spec: Partial<PodSpec>, said: RegExp, unsaid: RegExp])[] = [
    [
      'usually containers outlive pause',
      {},
      /run on and keep the network.* with a new address\.$/,
      /all end/,
    ],
    [
      'containers end with pause where it is their PID 1',
      { shareProcessNamespace: true },
      /all containers end with it.* with a new address\.$/,
      /run on/,
    ],
    [
      'on hostNetwork containers outlive pause, and the address is the node’s before and after',
      { hostNetwork: true },
      /run on, but none can start.* makes a new sandbox\.$/,
      /address/,
    ],
  ];
  for (const [fact, spec, said, unsaid] of ends) {
    it(fact, () => {
      const words = pauseEndWords(podOf(spec));
      assert.match(words, said);
      assert.doesNotMatch(words, unsaid);
    });
  }
});
