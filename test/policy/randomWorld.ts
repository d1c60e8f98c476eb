// Small random clusters for laws about policies: few names, labels, ranges and ports, so that they meet often. A world is
// what the naive evaluator reads; `manifestsOf` writes it as the manifests that the product reads.
import fc from 'fast-check';
import type { RawAdminPeer, RawAdminPolicy, RawAdminPort, RawAdminRule, RawSubject } from './naiveTiers';
import type { RawContainer, RawPeer, RawPod, RawPolicy, RawPort, RawRule, RawSelector, World } from './naive';

const namespaceNames = ['a', 'b', 'c'] as const;
const values = ['1', '2'] as const;
const keys = ['app', 'tier'] as const;

const labels = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 2 });

const requirement = fc.oneof(
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
  }),
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
  }),
);

const selector: fc.Arbitrary<RawSelector> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ matchLabels: labels }) },
  {
    weight: 2,
    arbitrary: fc.record({ matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) }),
  },
);

const namespaceSelector: fc.Arbitrary<RawSelector> = fc.oneof(
  selector,
  fc
    .constantFrom(...namespaceNames)
    .map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
);

/** Blocks and the exceptions that the API would take in them. */
const blocks: readonly (readonly [cidr: string, ...except: string[]])[] = [
  ['0.0.0.0/0', '10.244.0.0/16', '203.0.113.128/25', '10.244.1.2/32'],
  ['10.244.0.0/16', '10.244.1.0/24', '10.244.2.4/30'],
  ['10.244.1.0/24', '10.244.1.0/25', '10.244.1.3/32'],
  ['10.244.2.2/31'],
  ['172.30.0.0/24', '172.30.0.11/32'],
  ['172.30.0.12/32'],
  ['203.0.113.0/24', '203.0.113.0/26', '203.0.113.255/32'],
  ['::/0', 'fd00:1::/64', 'fd00:2::3/128'],
  ['fd00:1::/64', 'fd00:1::2/127'],
  ['fd00:30::/64'],
];

const ipBlock = fc
  .constantFrom(...blocks)
  .chain(([cidr, ...except]) =>
    except.length === 0
      ? fc.constant({ cidr })
      : fc.record({ cidr: fc.constant(cidr), except: fc.subarray(except) }),
  );

const peer: fc.Arbitrary<RawPeer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.record({ podSelector: selector, namespaceSelector }),
  fc.record({ ipBlock }),
);

const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const portName = fc.constantFrom('web', 'dns');
const portNumber = fc.constantFrom(1, 53, 80, 81, 8080, 65535);

const port: fc.Arbitrary<RawPort> = fc.oneof(
  fc.record({ protocol }, { requiredKeys: [] }),
  fc.record({ protocol, port: fc.oneof(portNumber, portName) }, { requiredKeys: ['port'] }),
  fc
    .tuple(fc.constantFrom(50, 80, 65000), fc.constantFrom(0, 1, 30, 535))
    .chain(([first, more]) =>
      fc.record(
        { protocol, port: fc.constant(first), endPort: fc.constant(first + more) },
        { requiredKeys: ['port', 'endPort'] },
      ),
    ),
);

const peers = fc.array(peer, { maxLength: 2 });
const ports = fc.array(port, { maxLength: 2 });
const ingress: fc.Arbitrary<RawRule> = fc.record({ from: peers, ports }, { requiredKeys: [] });
const egress: fc.Arbitrary<RawRule> = fc.record({ to: peers, ports }, { requiredKeys: [] });

const policy: fc.Arbitrary<RawPolicy> = fc.record({
  namespace: fc.constantFrom('a', 'b'),
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.constantFrom<readonly string[]>([], ['Ingress'], ['Egress'], ['Ingress', 'Egress']),
      ingress: fc.array(ingress, { maxLength: 2 }),
      egress: fc.array(egress, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
});

const subject: fc.Arbitrary<RawSubject> = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
);

const ingressPeer: fc.Arbitrary<RawAdminPeer> = fc.oneof(
  { weight: 8, arbitrary: subject },
  { weight: 1, arbitrary: fc.constant({ future: {} }) },
);

/** Those that a named port may stand beside. */
const egressPeer = (domains: boolean, named: boolean): fc.Arbitrary<RawAdminPeer> =>
  named
    ? ingressPeer
    : fc.oneof(
        { weight: 6, arbitrary: ingressPeer },
        {
          weight: 2,
          arbitrary: fc.record({
            networks: fc.uniqueArray(fc.constantFrom(...blocks.map(([cidr]) => cidr)), {
              minLength: 1,
              maxLength: 2,
            }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ nodes: selector }) },
        ...(domains ? [{ weight: 1, arbitrary: fc.constant({ domainNames: ['example.org'] }) }] : []),
      );

const numberedPort: fc.Arbitrary<RawAdminPort> = fc.oneof(
  fc.record({ protocol, first: portNumber }).map(({ first, ...rest }) => ({ ...rest, first, last: first })),
  fc
    .tuple(protocol, fc.constantFrom(1, 50, 80), fc.constantFrom(1, 30, 65455))
    .map(([of, first, more]) => ({ protocol: of, first, last: first + more })),
  fc.constant({ future: {} }),
);

const adminRule = (direction: 'ingress' | 'egress', pass: boolean): fc.Arbitrary<RawAdminRule> =>
  fc
    .record({
      action: fc.constantFrom(
        'Allow' as const,
        'Deny' as const,
        pass ? ('Pass' as const) : ('Deny' as const),
      ),
      ports: fc.array(
        fc.oneof(
          { weight: 3, arbitrary: numberedPort },
          { weight: 1, arbitrary: fc.record({ named: portName }) },
        ),
        { maxLength: 2 },
      ),
    })
    .chain(({ action, ports: written }) =>
      fc.record({
        action: fc.constant(action),
        ports: fc.constant(written),
        peers: fc.array(
          direction === 'ingress'
            ? ingressPeer
            : egressPeer(
                // A BaselineAdminNetworkPolicy, which cannot pass, has no names either.
                pass && action === 'Allow',
                written.some((each) => 'named' in each),
              ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    );

const adminPolicy = (
  kind: RawAdminPolicy['kind'],
  tier: RawAdminPolicy['tier'],
): fc.Arbitrary<RawAdminPolicy> => {
  const pass = kind !== 'BaselineAdminNetworkPolicy';
  return fc.record({
    kind: fc.constant(kind),
    tier: fc.constant(tier),
    priority: pass ? fc.constantFrom(0, 5, 1000) : fc.constant(0),
    subject,
    ingress: fc.array(adminRule('ingress', pass), { maxLength: 2 }),
    egress: fc.array(adminRule('egress', pass), { maxLength: 2 }),
  });
};

/** Half of the worlds have none. */
const adminPolicies: fc.Arbitrary<readonly RawAdminPolicy[]> = fc.oneof(
  fc.constant([]),
  fc
    .tuple(
      fc.array(
        fc.oneof(
          adminPolicy('AdminNetworkPolicy', 'Admin'),
          adminPolicy('ClusterNetworkPolicy', 'Admin'),
          adminPolicy('ClusterNetworkPolicy', 'Baseline'),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      fc.array(adminPolicy('BaselineAdminNetworkPolicy', 'Baseline'), { maxLength: 1 }),
    )
    .map(([some, baseline]) => [...some, ...baseline]),
);

const containerPort = fc.record({
  name: portName,
  containerPort: portNumber,
  protocol: fc.constantFrom('TCP', 'TCP', 'UDP', 'SCTP'),
});

const container = (name: string, more: Partial<RawContainer> = {}): fc.Arbitrary<RawContainer> =>
  fc
    .uniqueArray(containerPort, { maxLength: 2, selector: (each) => each.name })
    .map((declared) => ({ name, ports: declared, ...more }));

const podShape = fc.record({
  namespace: fc.constantFrom(...namespaceNames),
  labels,
  node: fc.constantFrom(1, 2),
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('dual' as const) },
    { weight: 5, arbitrary: fc.constant('IPv4' as const) },
    { weight: 2, arbitrary: fc.constant('hostNetwork' as const) },
    { weight: 1, arbitrary: fc.constant('finished' as const) },
  ),
  containers: fc.tuple(container('app')),
  initContainers: fc.oneof(
    fc.constant([]),
    fc.tuple(container('proxy', { restartPolicy: 'Always' })),
    fc.tuple(container('first')),
  ),
});

/** Two nodes, two or three pods, some policies. Pods have addresses of their node's range; a finished one shares another's. */
export const world: fc.Arbitrary<World> = fc
  .record({
    namespaces: fc.tuple(labels, labels, labels),
    pods: fc.array(podShape, { minLength: 2, maxLength: 3 }),
    policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
    nodeLabels: fc.tuple(labels, labels),
    admin: adminPolicies,
  })
  .map(({ namespaces, pods, policies, nodeLabels, admin }) => ({
    admin,
    namespaces: namespaceNames.map((name, index) => ({ name, labels: namespaces[index] ?? {} })),
    nodes: [1, 2].map((number) => ({
      name: `n${number}`,
      labels: nodeLabels[number - 1] ?? {},
      ips: nodeAddresses(number),
    })),
    pods: pods.map(({ kind, node, ...rest }, index): RawPod => {
      const host = index + 2;
      const own = [`10.244.${node}.${host}`, `fd00:${node}::${host}`];
      const ips = {
        dual: own,
        IPv4: own.slice(0, 1),
        hostNetwork: nodeAddresses(node).slice(0, 2),
        finished: [`10.244.${node}.2`],
      }[kind];
      return {
        ...rest,
        name: `p${index}`,
        node: `n${node}`,
        hostNetwork: kind === 'hostNetwork',
        phase: kind === 'finished' ? 'Succeeded' : 'Running',
        ips,
      };
    }),
    policies,
  }));

/** InternalIPs, then that of the bridge. */
function nodeAddresses(number: number): readonly string[] {
  return [`172.30.0.1${number}`, `fd00:30::1${number}`, `10.244.${number}.1`];
}

/** The world as the API prints it. @param owner a StatefulSet of each namespace that owns all its pods; none by default. */
export function manifestsOf({ namespaces, nodes, pods, policies, admin }: World, owner?: string): string {
  const ownerReferences =
    owner === undefined
      ? undefined
      : [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: owner, controller: true }];
  const items = [
    ...namespaces.map(({ name, labels: own }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: own },
    })),
    ...nodes.map(({ name, ips, labels: own }, index) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: own },
      spec: { podCIDRs: [`10.244.${index + 1}.0/24`, `fd00:${index + 1}::/64`] },
      status: { addresses: ips.slice(0, 2).map((address) => ({ type: 'InternalIP', address })) },
    })),
    ...pods.map(({ namespace, name, labels: own, node, hostNetwork, phase, ips, ...spec }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels: own, ownerReferences },
      spec: { nodeName: node, hostNetwork, ...spec },
      status: { phase, podIPs: ips.map((ip) => ({ ip })) },
    })),
    ...policies.map(({ namespace, spec }, index) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace, name: `policy-${index}` },
      spec,
    })),
    ...admin.map(adminManifest),
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function adminManifest(
  { kind, tier, priority, subject: of, ingress: into, egress: out }: RawAdminPolicy,
  index: number,
): object {
  const cnp = kind === 'ClusterNetworkPolicy';
  const rules = (list: readonly RawAdminRule[], peersKey: string): object[] =>
    list.map(({ action, peers: named, ports: written }) => ({
      action: cnp && action === 'Allow' ? 'Accept' : action,
      [peersKey]: named,
      ...(written.length === 0
        ? {}
        : { [cnp ? 'protocols' : 'ports']: written.map((each) => (cnp ? cnpPort(each) : anpPort(each))) }),
    }));
  return {
    apiVersion: `policy.networking.k8s.io/${cnp ? 'v1alpha2' : 'v1alpha1'}`,
    kind,
    metadata: { name: kind === 'BaselineAdminNetworkPolicy' ? 'default' : `admin-${index}` },
    spec: {
      ...(cnp ? { tier } : {}),
      ...(kind === 'BaselineAdminNetworkPolicy' ? {} : { priority }),
      subject: of,
      ingress: rules(into, 'from'),
      egress: rules(out, 'to'),
    },
  };
}

function anpPort(entry: RawAdminPort): object {
  if ('future' in entry) return entry;
  if ('named' in entry) return { namedPort: entry.named };
  const { protocol: of, first, last } = entry;
  return first === last
    ? { portNumber: { protocol: of, port: first } }
    : { portRange: { protocol: of, start: first, end: last } };
}

function cnpPort(entry: RawAdminPort): object {
  if ('future' in entry) return entry;
  if ('named' in entry) return { destinationNamedPort: entry.named };
  const { protocol: of, first, last } = entry;
  const destinationPort = first === last ? { number: first } : { range: { start: first, end: last } };
  return { [of.toLowerCase()]: { destinationPort } };
}

/** Addresses outside the cluster and free ones inside, beside the blocks' edges. */
export const strangers: readonly string[] = ['203.0.113.0', '203.0.113.64', '10.244.1.200', '2001:db8::1'];

/** Every port at which some rule or name of the world could begin or end, and its neighbours. */
export function boundaries({ policies, pods, admin }: World): readonly number[] {
  const found = new Set([1, 65535]);
  const add = (number: number | string | undefined): void => {
    if (typeof number === 'number') for (const each of [number - 1, number, number + 1]) found.add(each);
  };
  for (const { spec } of policies) {
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const each of rule.ports ?? []) {
        add(each.port);
        add(each.endPort);
      }
    }
  }
  for (const { ingress: into, egress: out } of admin) {
    for (const each of [...into, ...out].flatMap((rule) => rule.ports)) {
      if (!('first' in each)) continue;
      add(each.first);
      add(each.last);
    }
  }
  for (const { containers, initContainers } of pods) {
    for (const each of [...containers, ...initContainers].flatMap((one) => one.ports))
      add(each.containerPort);
  }
  return [...found].filter((number) => number >= 1 && number <= 65535).sort((a, b) => a - b);
}

/** How many worlds, and from which seed; `PODNET_SEED=n` tries others. */
export const trials = { seed: Number(process.env['PODNET_SEED'] ?? 20261125), numRuns: 2000 };
