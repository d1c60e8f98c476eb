// Which endpoints a connection to a Service may get (tables D2 and D3 of the networking facts): by the conditions of its slices,
// topology hints and traffic policy, seen from the node of the client. Manifests in, the ways of a trace out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { pod } from '../policy/fixtures';
import { documents, readManifests } from '../support/manifests';

interface EndpointText {
  readonly ip: string;
  /** As in the manifest, in flow style: `ready: true, terminating: false`. */
  readonly conditions?: string;
  readonly node?: string;
  readonly hints?: string;
}

const nodes = [1, 2, 3].map(
  (number) => `
apiVersion: v1
kind: Node
metadata: { name: n${number}, labels: { topology.kubernetes.io/zone: ${number === 3 ? 'east' : 'west'} } }
spec: { podCIDRs: [10.244.${number}.0/24, 'fd00:${number}::/64'] }
status: { addresses: [{ type: InternalIP, address: 172.30.0.1${number} }, { type: InternalIP, address: 'fd00:30::1${number}' }] }
`,
);

/** Clients on nodes n1 to n3, and pods with the addresses .10 and .11 of each node. */
const pods = [1, 2, 3].flatMap((number) => [
  pod(`a/client-${number}`, { node: `n${number}`, ips: [`10.244.${number}.2`, `fd00:${number}::2`] }),
  ...[10, 11].map((host) =>
    pod(`a/p${number}-${host}`, {
      node: `n${number}`,
      ips: [`10.244.${number}.${host}`, `fd00:${number}::${host}`],
    }),
  ),
]);

function service(more = ''): string {
  return `
apiVersion: v1
kind: Service
metadata: { namespace: a, name: s }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: main, port: 80, targetPort: 8080 }]
${more}`;
}

function slice(
  endpoints: readonly EndpointText[],
  name = 's-1',
  ports = '[{ name: main, port: 8080 }]',
  more = '',
): string {
  const listed = endpoints.map(({ ip, conditions = '', node, hints = '' }) => {
    const on = node ?? (/^10\.244\.(\d)/.exec(ip) ?? /^fd00:(\d)/.exec(ip) ?? [])[1];
    return `- { addresses: ['${ip}'], conditions: { ${conditions} }, nodeName: n${on ?? ''}, hints: { ${hints} } }\n`;
  });
  return `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { namespace: a, name: ${name}, labels: { kubernetes.io/service-name: s } }
addressType: ${endpoints[0]?.ip.includes(':') === true ? 'IPv6' : 'IPv4'}
ports: ${ports}
endpoints:
${listed.join('')}${more}`;
}

function trace(to: string, from: string, ...objects: readonly string[]): Trace {
  const { cluster, problems } = readManifests({ 'a.yaml': documents(...nodes, ...pods, ...objects) });
  assert.deepEqual(problems, []);
  const [source, destination] = [parseEnd(from), parseEnd(to)];
  assert(source && destination);
  return traceConnectivity(cluster, {
    from: source.end,
    to: destination.end,
    port: destination.port,
    protocol: 'TCP',
  });
}

/** `10.244.1.10:8080, ...` of the ways that a connection may take, or the verdict when there is none. */
function ways({ candidates, verdict }: Trace): string {
  const reached = candidates.filter(({ verdict: { id } }) => id === 'delivered-port-unknown');
  if (reached.length === 0) return verdict.id;
  assert.ok(
    Math.abs(reached.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9,
    'chances add up to one',
  );
  return reached.map(({ destination, port }) => `${destination.address ?? '?'}:${port ?? '?'}`).join(', ');
}

function check(
  fact: string,
  objects: readonly string[],
  expected: string,
  from = 'a/client-1',
  to = 'svc/a/s:80',
): void {
  test(fact, () => assert.equal(ways(trace(to, from, ...objects)), expected));
}

const ready = 'ready: true, serving: true, terminating: false';
const rejected = 'rejected-no-endpoints';

describe('conditions (D2)', () => {
  const rows: readonly (readonly [
    ready: string,
    serving: string,
    terminating: string,
    alone: boolean,
    besideReady: boolean,
  ])[] = [
    ['true', 'true', 'false', true, true],
    ['false', 'false', 'false', false, false],
    ['false', 'true', 'true', true, false],
    ['false', 'false', 'true', false, false],
    ['true', 'false', 'false', true, true],
    ['true', 'true', 'true', true, true],
    ['true', 'false', 'true', true, true],
  ];
  for (const [isReady, serving, terminating, alone, beside] of rows) {
    const conditions = `ready: ${isReady}, serving: ${serving}, terminating: ${terminating}`;
    check(
      `${conditions}: alone it is ${alone ? 'used' : 'never used'}`,
      [service(), slice([{ ip: '10.244.1.10', conditions }])],
      alone ? '10.244.1.10:8080' : rejected,
    );
    check(
      `${conditions}: beside a ready one it is ${beside ? 'used' : 'not used'}`,
      [
        service(),
        slice([
          { ip: '10.244.1.10', conditions },
          { ip: '10.244.2.10', conditions: ready },
        ]),
      ],
      beside ? '10.244.1.10:8080, 10.244.2.10:8080' : '10.244.2.10:8080',
    );
  }
  check(
    'conditions that nobody wrote: ready and serving are true, terminating is false',
    [service(), slice([{ ip: '10.244.1.10' }])],
    '10.244.1.10:8080',
  );
  check(
    'ready written alone stands for serving',
    [service(), slice([{ ip: '10.244.1.10', conditions: 'ready: false, terminating: true' }])],
    rejected,
  );
});

describe('slices (D2)', () => {
  check(
    'slices of one Service are joined, and one endpoint in two of them counts once',
    [service(), slice([{ ip: '10.244.1.10' }, { ip: '10.244.2.10' }]), slice([{ ip: '10.244.2.10' }], 's-2')],
    '10.244.1.10:8080, 10.244.2.10:8080',
  );
  check(
    'one address with two port numbers is two endpoints',
    [
      service(),
      slice([{ ip: '10.244.1.10' }]),
      slice([{ ip: '10.244.1.10' }], 's-2', '[{ name: main, port: 9090 }]'),
    ],
    '10.244.1.10:8080, 10.244.1.10:9090',
  );
  check(
    'ports join by name: a slice port of another name does not count',
    [service(), slice([{ ip: '10.244.1.10' }], 's-1', '[{ name: other, port: 8080 }]')],
    rejected,
  );
  check(
    'and by protocol',
    [service(), slice([{ ip: '10.244.1.10' }], 's-1', '[{ name: main, port: 8080, protocol: UDP }]')],
    rejected,
  );
  check(
    'a slice port without a number is ignored',
    [service(), slice([{ ip: '10.244.1.10' }], 's-1', '[{ name: main }]')],
    rejected,
  );
  check(
    'the slice decides the port number, whatever targetPort says',
    [service(), slice([{ ip: '10.244.1.10' }], 's-1', '[{ name: main, port: 7777 }]')],
    '10.244.1.10:7777',
  );
  check(
    'a slice belongs to the Service of its label, not to that of its name',
    [service(), slice([{ ip: '10.244.1.10' }], 's-1').replace('service-name: s ', 'service-name: t ')],
    rejected,
  );
  check(
    'kube-proxy uses only the first address of an endpoint',
    [service(), slice([{ ip: '10.244.1.10' }]).replace("['10.244.1.10']", "['10.244.1.10', '10.244.1.11']")],
    '10.244.1.10:8080',
  );
  check(
    'a slice of the other family is not for this address',
    [service(), slice([{ ip: 'fd00:1::10' }])],
    rejected,
  );
  check('a Service without slices is rejected', [service()], rejected);
});

describe('hints (D2)', () => {
  const zone = (name: string): string => `forZones: [{ name: ${name} }]`;
  const forNode = (name: string): string => `forNodes: [{ name: ${name} }]`;
  const three = (hints: readonly string[], conditions: readonly string[] = []): string =>
    slice(
      ['10.244.1.10', '10.244.2.10', '10.244.3.10'].map((ip, index) => ({
        ip,
        hints: hints[index] ?? '',
        conditions: conditions[index] ?? '',
      })),
    );
  const all = '10.244.1.10:8080, 10.244.2.10:8080, 10.244.3.10:8080';
  check(
    'every endpoint names a zone and some that of the node: only these',
    [service(), three([zone('west'), zone('west'), zone('east')])],
    '10.244.1.10:8080, 10.244.2.10:8080',
  );
  check(
    'from a node of the other zone the others',
    [service(), three([zone('west'), zone('west'), zone('east')])],
    '10.244.3.10:8080',
    'a/client-3',
  );
  check(
    'one endpoint without a hint makes all of them count',
    [service(), three([zone('west'), '', zone('east')])],
    all,
  );
  check('no hint for this zone: all', [service(), three([zone('north'), zone('north'), zone('north')])], all);
  check(
    'every endpoint names a node and some this one: only these',
    [service(), three([forNode('n1'), forNode('n2'), forNode('n3')])],
    '10.244.1.10:8080',
  );
  check('no hint for this node: all', [service(), three([forNode('n2'), forNode('n2'), forNode('n3')])], all);
  check(
    'hints for nodes go before hints for zones',
    [
      service(),
      three([
        `${zone('east')}, ${forNode('n2')}`,
        `${zone('west')}, ${forNode('n1')}`,
        `${zone('west')}, ${forNode('n3')}`,
      ]),
    ],
    '10.244.2.10:8080',
  );
  check(
    'without a hint for this node those for its zone count',
    [
      service(),
      three([
        `${zone('east')}, ${forNode('n2')}`,
        `${zone('west')}, ${forNode('n3')}`,
        `${zone('west')}, ${forNode('n3')}`,
      ]),
    ],
    '10.244.2.10:8080, 10.244.3.10:8080',
  );
  check(
    'endpoints that are not ready have no say',
    [service(), three([zone('west'), '', zone('east')], ['', 'ready: false, serving: false', ''])],
    '10.244.1.10:8080',
  );
  const going = 'ready: false, serving: true, terminating: true';
  check(
    'the fallback to terminating endpoints ignores hints',
    [service(), three([zone('west'), zone('east'), zone('east')], [going, going, going])],
    all,
  );
});

describe('traffic policy Local (D3)', () => {
  const local = service('  internalTrafficPolicy: Local\n');
  check(
    'only endpoints of the client’s node',
    [local, slice([{ ip: '10.244.1.10' }, { ip: '10.244.1.11' }, { ip: '10.244.2.10' }])],
    '10.244.1.10:8080, 10.244.1.11:8080',
  );
  check(
    'none there, though elsewhere: dropped',
    [local, slice([{ ip: '10.244.2.10' }])],
    'dropped-no-local-endpoints',
  );
  check(
    'none there for node processes either',
    [local, slice([{ ip: '10.244.2.10' }])],
    'dropped-no-local-endpoints',
    'node/n1',
  );
  check(
    'none anywhere: rejected',
    [local, slice([{ ip: '10.244.2.10', conditions: 'ready: false, serving: false' }])],
    rejected,
  );
  check(
    'a terminating endpoint of the node serves when no ready one is there, though others are ready elsewhere',
    [
      local,
      slice([
        { ip: '10.244.1.10', conditions: 'ready: false, serving: true, terminating: true' },
        { ip: '10.244.2.10' },
      ]),
    ],
    '10.244.1.10:8080',
  );
  check(
    'hints have no say',
    [
      local,
      slice([
        { ip: '10.244.1.10', hints: 'forNodes: [{ name: n2 }]' },
        { ip: '10.244.1.11', hints: 'forNodes: [{ name: n1 }]' },
      ]),
    ],
    '10.244.1.10:8080, 10.244.1.11:8080',
  );
});

describe('headless (D5)', () => {
  const headless = service().replace('10.96.0.10', 'None');
  check(
    'DNS names ready endpoints, and the client uses the target port',
    [headless, slice([{ ip: '10.244.1.10' }, { ip: '10.244.2.10' }])],
    '10.244.1.10:8080, 10.244.2.10:8080',
  );
  check(
    'without a ready endpoint the name has no address',
    [headless, slice([{ ip: '10.244.1.10', conditions: 'ready: false, serving: true, terminating: true' }])],
    'dns-failed',
  );
});

describe('slices made from a selector (D2)', () => {
  const selecting = (more = ''): string => service(`  selector: { app: x }\n${more}`);
  const backend = (name: string, host: number, more: Parameters<typeof pod>[1] = {}): string =>
    pod(`a/${name}`, {
      labels: '{ app: x }',
      ips: [`10.244.1.${host}`],
      spec: 'containers: [{ name: app }]',
      ...more,
    });
  check('a pod that is ready', [selecting(), backend('one', 20)], '10.244.1.20:8080');
  check(
    'not a pod of another namespace',
    [selecting(), backend('one', 20).replace('namespace: a', 'namespace: b')],
    rejected,
  );
  check('not a finished pod', [selecting(), backend('one', 20, { phase: 'Succeeded' })], rejected);
  check(
    'not a pod without an address',
    [selecting(), backend('one', 20, { ips: [], phase: 'Pending' })],
    rejected,
  );
  const notReady = backend('one', 20).replace("status: 'True'", "status: 'False'");
  check('not a pod that is not ready', [selecting(), notReady], rejected);
  check(
    'unless publishNotReadyAddresses',
    [selecting('  publishNotReadyAddresses: true\n'), notReady],
    '10.244.1.20:8080',
  );
  const goingAway = backend('one', 20, { metadata: 'deletionTimestamp: "2026-11-25T00:00:00Z"' });
  check('a pod that is going serves when there is no other', [selecting(), goingAway], '10.244.1.20:8080');
  check('and not beside a ready one', [selecting(), goingAway, backend('two', 21)], '10.244.1.21:8080');
  const named = selecting().replace('targetPort: 8080', 'targetPort: http');
  const withPort = (name: string, host: number, port: number): string =>
    backend(name, host, {
      spec: `containers: [{ name: app, ports: [{ name: http, containerPort: ${port} }] }]`,
    });
  check(
    'a named targetPort is each pod’s own, and a pod without it is left out',
    [named, withPort('one', 20, 8001), withPort('two', 21, 8002), backend('three', 22)],
    '10.244.1.20:8001, 10.244.1.21:8002',
  );
  check(
    'a sidecar may have the name',
    [
      named,
      backend('one', 20, {
        spec: 'initContainers: [{ name: side, restartPolicy: Always, ports: [{ name: http, containerPort: 8003 }] }]\ncontainers: [{ name: app }]',
      }),
    ],
    '10.244.1.20:8003',
  );
});
