// Generated clusters for the policy benchmarks, as the loader would hand them over: pods, namespaces, NetworkPolicies and admin
// policies in proportions of large clusters (spec/performance 3d), up to 150,000 pods in 5,000 namespaces. The same on every run.
import { fromWords, parseCidr, type Cidr, type Ip } from '../../src/model/address';
import { emptyCluster, type Cluster } from '../../src/model/cluster';
import type { Pod, PodSpec, Workload } from '../../src/model/pod';
import type { AdminPolicy, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../src/model/policy';
import { everything, selectorFromLabels, type LabelSelector, type Labels } from '../../src/model/selector';

export interface PolicySize {
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
  readonly admin: number;
}

export const policySizes: readonly PolicySize[] = [
  { pods: 20, namespaces: 6, policies: 6, admin: 1 },
  { pods: 1000, namespaces: 50, policies: 150, admin: 5 },
  { pods: 10_000, namespaces: 400, policies: 900, admin: 10 },
  { pods: 150_000, namespaces: 5000, policies: 10_000, admin: 50 },
];

const tiers = ['web', 'api', 'worker', 'cache', 'db'] as const;
const teams = ['red', 'green', 'blue', 'grey', 'amber'] as const;
const environments = ['prod', 'staging', 'dev'] as const;

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

export function policyCluster(size: PolicySize): Cluster {
  const random = randomOf(size.pods);
  const namespaces = Array.from({ length: size.namespaces }, (_, index) => ({
    kind: 'Namespace' as const,
    name: `ns-${index}`,
    provenance: 'declared' as const,
    labels: {
      'kubernetes.io/metadata.name': `ns-${index}`,
      team: teams[random(teams.length)] ?? 'red',
      environment: environments[random(environments.length)] ?? 'prod',
    },
  }));
  const { pods, workloads } = podsOf(size, random);
  const policies = Array.from({ length: size.policies }, (_, index) => policyOf(index, size, random)).sort(
    (a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : a.name < b.name ? -1 : 1),
  );
  const adminPolicies = Array.from({ length: size.admin }, (_, index) => adminOf(index, random)).sort(
    (a, b) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : a.priority - b.priority),
  );
  return { ...emptyCluster, namespaces, pods, workloads, policies, adminPolicies };
}

function podsOf(
  size: PolicySize,
  random: (below: number) => number,
): { readonly pods: readonly Pod[]; readonly workloads: readonly Workload[] } {
  const pods: Pod[] = [];
  const workloads: Workload[] = [];
  const nodes = Math.max(3, Math.ceil(size.pods / 30));
  for (let index = 0; pods.length < size.pods; index++) {
    const namespace = `ns-${index % size.namespaces}`;
    const tier = tiers[random(tiers.length)] ?? 'web';
    const name = `${tier}-${index}`;
    const labels: Labels = {
      app: name,
      tier,
      version: `v${random(3)}`,
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/managed-by': 'helm',
    };
    const spec = specOf(8000 + random(16));
    const replicas = Math.min(size.pods - pods.length, 1 + random(random(10) === 0 ? 20 : 4));
    workloads.push({
      kind: 'Deployment',
      namespace,
      name,
      labels,
      replicas: { value: replicas, provenance: 'declared' },
      template: { labels, spec },
    });
    for (let replica = 0; replica < replicas; replica++) {
      const node = pods.length % nodes;
      pods.push({
        kind: 'Pod',
        namespace,
        name: `${name}-${replica}`,
        // As a snapshot has them: each pod has labels of its own, with a hash that no policy asks for.
        labels: { ...labels, 'pod-template-hash': `h${index}` },
        provenance: 'observed',
        owner: { kind: 'Deployment', namespace, name },
        spec,
        node: { value: `node-${node}`, provenance: 'observed' },
        addresses: [{ value: addressOf(pods.length), provenance: 'observed' }],
        hostAddresses: [],
        phase: { value: 'Running', provenance: 'observed' },
        ready: { value: true, provenance: 'observed' },
        terminating: false,
        containerStatuses: [],
      });
    }
  }
  pods.sort((a, b) =>
    a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : a.name < b.name ? -1 : 1,
  );
  return { pods, workloads };
}

function addressOf(index: number): Ip {
  return fromWords(4, [0x0a000000 + 256 + index]);
}

function specOf(port: number): PodSpec {
  return {
    containers: [
      {
        name: 'app',
        role: 'app',
        image: 'app',
        ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
      },
    ],
    nodeSelector: {},
    tolerations: [],
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    shareProcessNamespace: false,
    switchesAt: {},
  };
}

function policyOf(index: number, size: PolicySize, random: (below: number) => number): NetworkPolicy {
  const egress = random(3) === 0;
  const rules = Array.from({ length: random(4) }, (_, position) => ruleOf(position, random));
  return {
    kind: 'NetworkPolicy',
    namespace: `ns-${random(size.namespaces)}`,
    name: `policy-${index}`,
    podSelector: random(4) === 0 ? everything : tierSelector(random),
    isolates: { ingress: true, egress },
    ingress: rules,
    egress: egress ? [...rules, dnsRule(rules.length)] : [],
  };
}

function ruleOf(index: number, random: (below: number) => number): PolicyRule {
  const port: readonly PolicyPort[] =
    random(5) === 0
      ? []
      : random(5) === 0
        ? [{ protocol: 'TCP', port: 'http' }]
        : random(4) === 0
          ? [{ protocol: 'TCP', port: 8000, endPort: 8000 + random(16) }]
          : [{ protocol: 'TCP', port: 8000 + random(16) }];
  return { index, action: 'Allow', peers: [peerOf(random)], ports: port };
}

function peerOf(random: (below: number) => number): PolicyPeer {
  switch (random(8)) {
    case 0:
      return { kind: 'pods', namespaceSelector: teamSelector(random) };
    case 1:
      return { kind: 'pods', namespaceSelector: teamSelector(random), podSelector: tierSelector(random) };
    case 2:
      return { kind: 'ipBlock', cidr: range(`203.0.${random(4)}.0/24`), except: [] };
    default:
      return { kind: 'pods', podSelector: tierSelector(random) };
  }
}

function dnsRule(index: number): PolicyRule {
  return {
    index,
    action: 'Allow',
    peers: [
      {
        kind: 'pods',
        namespaceSelector: selectorFromLabels({ 'kubernetes.io/metadata.name': 'ns-0' }),
      },
    ],
    ports: [{ protocol: 'UDP', port: 53 }],
  };
}

function adminOf(index: number, random: (below: number) => number): AdminPolicy {
  const baseline = index % 10 === 9;
  const rules = (direction: 'ingress' | 'egress'): readonly PolicyRule[] =>
    Array.from({ length: 1 + random(3) }, (_, position): PolicyRule => ({
      index: position,
      action: (['Allow', 'Deny', 'Pass'] as const)[random(3)] ?? 'Pass',
      peers: [
        random(6) === 0 && direction === 'egress'
          ? { kind: 'ipBlock', cidr: range('169.254.169.254/32'), except: [] }
          : { kind: 'pods', namespaceSelector: teamSelector(random) },
      ],
      ports: random(2) === 0 ? [] : [{ protocol: 'TCP', port: 8000 + random(16) }],
    }));
  return {
    kind: 'ClusterNetworkPolicy',
    namespace: '',
    name: `admin-${index}`,
    tier: baseline ? 'baseline' : 'admin',
    priority: index,
    subject: {
      namespaceSelector: selectorFromLabels({
        environment: environments[random(environments.length)] ?? 'prod',
        team: teams[random(teams.length)] ?? 'red',
      }),
    },
    ingress: rules('ingress'),
    egress: rules('egress'),
  };
}

function tierSelector(random: (below: number) => number): LabelSelector {
  return selectorFromLabels({ tier: tiers[random(tiers.length)] ?? 'web' });
}

function teamSelector(random: (below: number) => number): LabelSelector {
  return selectorFromLabels({ team: teams[random(teams.length)] ?? 'red' });
}

function range(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}
