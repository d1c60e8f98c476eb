// Generated clusters for the benchmark: the same objects on every run, in proportions of real clusters (performance.md
// 3d): about 25 pods, 8 workloads, 6 Services and 2 to 3 policies for each namespace. Each cluster comes in two forms: a
// snapshot as kubectl prints it (pods with status, about 3 KB each) and the manifests that would make it.

export interface Size {
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
}

export const sizes: readonly Size[] = [
  { pods: 20, namespaces: 6, policies: 6 },
  { pods: 1000, namespaces: 50, policies: 150 },
  { pods: 10_000, namespaces: 400, policies: 900 },
];

/** A Kubernetes object as JSON has it. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

export interface GeneratedCluster {
  readonly size: Size;
  /** Nodes, namespaces, pods with status, Services, EndpointSlices and policies: what a snapshot holds. */
  readonly snapshot: readonly KubernetesObject[];
  /** Namespaces, workloads, Services and policies, by the name of the file that holds them. */
  readonly manifests: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** Some pods to trace between: names of client and Service that a policy admits, and of a pair that it does not. */
  readonly admitted: { readonly client: string; readonly service: string };
  readonly refused: { readonly client: string; readonly service: string };
}

interface PlannedWorkload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly tier: string;
  readonly replicas: number;
  readonly port: number;
}

const tiers = ['web', 'api', 'worker', 'cache', 'db'] as const;
const teams = ['red', 'green', 'blue', 'grey', 'amber'] as const;
const podsPerNode = 80;

/** Numbers from 0 up to `below` from a linear congruential generator: never the clock, never Math.random. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

export function generate(size: Size): GeneratedCluster {
  const random = randomOf(size.pods);
  const namespaces = Array.from({ length: size.namespaces }, (_, index) => `team-${index}`);
  const workloads = planWorkloads(size, namespaces, random);
  const policies = makePolicies(size, namespaces, random);
  const services = workloads.filter((_, index) => index % 4 !== 3).map(makeService);
  const namespaceObjects = namespaces.map(makeNamespace);
  const nodes = Array.from({ length: Math.max(3, Math.ceil(size.pods / podsPerNode)) }, (_, index) =>
    makeNode(index),
  );
  const manifests = new Map<string, KubernetesObject[]>();
  const put = (file: string, object: KubernetesObject): void => {
    manifests.set(file, [...(manifests.get(file) ?? []), object]);
  };
  for (const object of nodes) put('cluster/nodes.yaml', object);
  for (const object of namespaceObjects) put('cluster/namespaces.yaml', object);
  for (const workload of workloads) put(`${workload.namespace}/workloads.yaml`, makeWorkload(workload));
  for (const service of services) put(`${service.metadata.namespace}/services.yaml`, service);
  for (const policy of policies) put(`${policy.metadata.namespace}/policies.yaml`, policy);
  const [server, client, stranger] = actors(workloads);
  return {
    size,
    snapshot: [...nodes, ...namespaceObjects, ...makePods(workloads, nodes.length), ...services, ...policies],
    manifests,
    admitted: { client, service: server },
    refused: { client: stranger, service: server },
  };
}

/** team-0 always has an `api`, a `web` and a `cache`, and a policy that admits only `web` to `api`. */
function planWorkloads(
  size: Size,
  namespaces: readonly string[],
  random: (below: number) => number,
): readonly PlannedWorkload[] {
  const workloads: PlannedWorkload[] = [];
  const counters = new Map<string, number>();
  let pods = 0;
  for (let index = 0; pods < size.pods; index++) {
    const namespace = namespaces[index < 3 ? 0 : index % namespaces.length] ?? 'team-0';
    const tier = (['api', 'web', 'cache'] as const)[index] ?? tiers[random(tiers.length)] ?? 'web';
    const number = counters.get(`${namespace}/${tier}`) ?? 0;
    counters.set(`${namespace}/${tier}`, number + 1);
    const replicas = Math.min(size.pods - pods, index < 3 ? 2 : 1 + random(random(10) === 0 ? 20 : 4));
    pods += replicas;
    workloads.push({
      namespace,
      name: `${tier}-${number}`,
      kind: tier === 'db' ? 'StatefulSet' : 'Deployment',
      tier,
      replicas,
      port: 8000 + random(16),
    });
  }
  return workloads;
}

function actors(
  workloads: readonly PlannedWorkload[],
): readonly [server: string, client: string, stranger: string] {
  const named = (tier: string): PlannedWorkload | undefined =>
    workloads.find((workload) => workload.namespace === 'team-0' && workload.tier === tier);
  const [api, web, cache] = [named('api'), named('web'), named('cache')];
  if (api === undefined || web === undefined || cache === undefined) throw new Error('team-0 is incomplete');
  return [`team-0/${api.name}`, `team-0/${web.name}`, `team-0/${cache.name}`];
}

function makeNamespace(name: string, index: number): KubernetesObject {
  const labels = { team: teams[index % teams.length], stage: index % 3 === 0 ? 'production' : 'test' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function makeNode(index: number): KubernetesObject {
  const third = Math.floor(index / 250);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}`, labels: { 'topology.kubernetes.io/zone': `zone-${index % 3}` } },
    spec: {
      podCIDR: `10.${100 + third}.${index % 250}.0/24`,
      podCIDRs: [`10.${100 + third}.${index % 250}.0/24`],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: `172.18.${third}.${2 + (index % 250)}` },
        { type: 'Hostname', address: `node-${index}` },
      ],
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { containerRuntimeVersion: 'containerd://2.1.4' },
    },
  };
}

function labelsOf({ name, tier }: PlannedWorkload): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': tier, app: name, tier };
}

function podSpecOf(workload: PlannedWorkload): KubernetesObject {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, failureThreshold: 3 };
  return {
    containers: [
      {
        name: workload.tier,
        image: `registry.example.com/${workload.namespace}/${workload.name}:1.0.0`,
        args: ['--config=/etc/config/settings.yaml', '--log-level=info'],
        ports: [
          { name: 'http', containerPort: workload.port, protocol: 'TCP' },
          { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
        ],
        env: Array.from({ length: 8 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-${index}` })),
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        livenessProbe: probe,
        readinessProbe: probe,
        volumeMounts: [{ name: 'config', mountPath: '/etc/config', readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: workload.name } }],
    serviceAccountName: workload.name,
  };
}

function makeWorkload(workload: PlannedWorkload): KubernetesObject {
  const { namespace, name, kind, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels: labelsOf(workload) },
    spec: {
      replicas,
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: labelsOf(workload) }, spec: podSpecOf(workload) },
    },
  };
}

function makeService(workload: PlannedWorkload) {
  const { namespace, name } = workload;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(workload) },
    spec: {
      selector: { app: name },
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP' },
      ],
    },
  };
}

/** Default-deny for every fourth namespace, then rules from a tier, from a team's namespaces, and from addresses. */
function makePolicies(size: Size, namespaces: readonly string[], random: (below: number) => number) {
  const tier = (): string => tiers[random(tiers.length)] ?? 'web';
  const policy = (namespace: string, name: string, spec: KubernetesObject) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  });
  const select = (name: string): KubernetesObject => ({ matchLabels: { tier: name } });
  const policies = [
    policy('team-0', 'api-from-web', {
      podSelector: select('api'),
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: select('web') }], ports: [{ protocol: 'TCP', port: 'http' }] }],
    }),
  ];
  for (let index = 1; index < size.policies; index++) {
    const namespace = namespaces[index % namespaces.length] ?? 'team-0';
    const name = `policy-${index}`;
    const deny = { podSelector: {}, policyTypes: ['Ingress'] };
    const fromTier = {
      podSelector: select(namespace === 'team-0' ? 'db' : tier()),
      ingress: [{ from: [{ podSelector: select(tier()) }], ports: [{ protocol: 'TCP', port: 'http' }] }],
    };
    const fromTeam = {
      podSelector: select(namespace === 'team-0' ? 'db' : tier()),
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { team: teams[random(teams.length)] } },
              podSelector: select(tier()),
            },
          ],
          ports: [{ protocol: 'TCP', port: 8000, endPort: 8015 }],
        },
      ],
    };
    const toAddresses = {
      podSelector: select(tier()),
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: [`10.200.${random(250)}.0/24`] } }] },
        { ports: [{ protocol: 'UDP', port: 53 }] },
      ],
    };
    const kinds = [deny, fromTier, fromTeam, toAddresses];
    const chosen = namespace === 'team-0' ? fromTier : (kinds[random(kinds.length)] ?? fromTier);
    policies.push(policy(namespace, name, chosen));
  }
  return policies;
}

function makePods(workloads: readonly PlannedWorkload[], nodes: number): readonly KubernetesObject[] {
  const used = new Map<number, number>();
  let serial = 0;
  return workloads.flatMap((workload) =>
    Array.from({ length: workload.replicas }, (_, ordinal): KubernetesObject => {
      const node = serial++ % nodes;
      const last = (used.get(node) ?? 1) + 1;
      used.set(node, last);
      return makePod(workload, ordinal, node, last);
    }),
  );
}

function makePod(workload: PlannedWorkload, ordinal: number, node: number, last: number): KubernetesObject {
  const third = Math.floor(node / 250);
  const ip = `10.${100 + third}.${node % 250}.${last}`;
  const hostIp = `172.18.${third}.${2 + (node % 250)}`;
  const deployment = workload.kind === 'Deployment';
  const replicaSet = `${workload.name}-5d4f8c7b9`;
  const name = deployment
    ? `${replicaSet}-x${ordinal.toString(36).padStart(4, '0')}`
    : `${workload.name}-${ordinal}`;
  const uid = `${hex(workload.name, 8)}-${hex(workload.namespace, 4)}-4000-8000-${hex(name, 12)}`;
  const time = '2026-08-01T12:00:00Z';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: workload.namespace,
      uid,
      creationTimestamp: time,
      resourceVersion: '123456',
      labels: { ...labelsOf(workload), ...(deployment ? { 'pod-template-hash': '5d4f8c7b9' } : {}) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: deployment ? 'ReplicaSet' : 'StatefulSet',
          name: deployment ? replicaSet : workload.name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...podSpecOf(workload),
      nodeName: `node-${node}`,
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      tolerations: ['not-ready', 'unreachable'].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: hostIp,
      hostIPs: [{ ip: hostIp }],
      startTime: time,
      qosClass: 'Burstable',
      conditions: [
        'PodReadyToStartContainers',
        'Initialized',
        'Ready',
        'ContainersReady',
        'PodScheduled',
      ].map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: time })),
      containerStatuses: [
        {
          name: workload.tier,
          containerID: `containerd://${hex(name, 64)}`,
          image: `registry.example.com/${workload.namespace}/${workload.name}:1.0.0`,
          imageID: `registry.example.com/${workload.namespace}/${workload.name}@sha256:${hex(workload.name, 64)}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
          lastState: {},
        },
      ],
    },
  };
}

/** `length` hexadecimal digits that depend on the text. */
function hex(text: string, length: number): string {
  let state = 7;
  for (const character of text) state = (Math.imul(state, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  let digits = '';
  while (digits.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    digits += state.toString(16).padStart(8, '0');
  }
  return digits.slice(0, length);
}
