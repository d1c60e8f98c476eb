// Objects as the loader would make them from short manifests, for the tests of this folder. Only what a test names
// differs from the defaults of the API.
import type { Cluster } from '../../src/model/cluster';
import { emptyCluster } from '../../src/model/cluster';
import { parseCidr, parseIp } from '../../src/model/address';
import type { Cidr, Ip } from '../../src/model/address';
import type { Node } from '../../src/model/node';
import { keyOf } from '../../src/model/objects';
import type { WorkloadKind } from '../../src/model/objects';
import type { Container, ContainerPort, Pod, PodSpec, Workload } from '../../src/model/pod';
import type { Service, ServicePort } from '../../src/model/service';
import type { Location } from '../../src/model/source';
import { declared, inferred, observed } from '../../src/model/source';
import { defaultSettings } from '../../src/simulate/settings';
import type { SimulationSettings } from '../../src/simulate/settings';
import { simulate } from '../../src/simulate/simulate';

export function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

export function range(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`not a CIDR: ${text}`);
  return parsed;
}

export function place(line: number): Location {
  return { file: 'test.yaml', document: 0, line, character: 0, endLine: line, endCharacter: 1 };
}

export function container(
  ports: readonly Partial<ContainerPort>[] = [],
  more: Partial<Container> = {},
): Container {
  return {
    name: 'app',
    role: 'app',
    image: 'example/app',
    ports: ports.map((port) => ({ containerPort: 80, protocol: 'TCP', ...port })),
    ...more,
  };
}

export function podSpec(more: Partial<PodSpec> = {}): PodSpec {
  return {
    containers: [container()],
    nodeSelector: {},
    tolerations: [],
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    shareProcessNamespace: false,
    switchesAt: {},
    ...more,
  };
}

/** A Pod manifest: declared, without status. `name` is `namespace/name`. */
export function pod(name: string, spec: Partial<PodSpec> = {}, more: Partial<Pod> = {}): Pod {
  return {
    kind: 'Pod',
    ...split(name),
    labels: {},
    provenance: 'declared',
    spec: podSpec(spec),
    node: spec.nodeName,
    addresses: [],
    hostAddresses: [],
    phase: inferred('Pending'),
    ready: inferred(false),
    terminating: false,
    containerStatuses: [],
    ...more,
  };
}

/** A pod that a cluster reported as running. */
export function runningPod(name: string, node: string, address: string, more: Partial<Pod> = {}): Pod {
  return pod(
    name,
    { nodeName: declared(node) },
    {
      provenance: 'observed',
      node: observed(node),
      addresses: [observed(ip(address))],
      phase: observed('Running'),
      ready: observed(true),
      ...more,
    },
  );
}

/** `kind` and `namespace/name`; the template's labels are `app: <name>`. */
export function workload(
  kind: WorkloadKind,
  name: string,
  replicas = 1,
  spec: Partial<PodSpec> = {},
  more: Partial<Workload> = {},
): Workload {
  const { namespace, name: bare } = split(name);
  return {
    kind,
    namespace,
    name: bare,
    labels: {},
    replicas: declared(replicas),
    template: { labels: { app: bare }, spec: podSpec(spec) },
    ...more,
  };
}

/** A ClusterIP Service with the selector `app: <name>`. */
export function service(
  name: string,
  ports: readonly Partial<ServicePort>[] = [{}],
  more: Partial<Service> = {},
): Service {
  const { namespace, name: bare } = split(name);
  return {
    kind: 'Service',
    namespace,
    name: bare,
    labels: {},
    type: 'ClusterIP',
    headless: false,
    clusterIps: [],
    ipFamilies: [],
    selector: { app: bare },
    ports: ports.map((port) => ({
      name: '',
      port: 80,
      protocol: 'TCP',
      targetPort: port.port ?? 80,
      ...port,
    })),
    externalIps: [],
    loadBalancerIps: [],
    loadBalancerSourceRanges: [],
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    publishNotReadyAddresses: false,
    provenance: 'declared',
    ...more,
  };
}

/** A Node object of a manifest. */
export function node(name: string, more: Partial<Node> = {}): Node {
  return {
    kind: 'Node',
    name,
    provenance: 'declared',
    labels: {},
    taints: [],
    unschedulable: false,
    addresses: [],
    externalAddresses: [],
    podCidrs: [],
    ready: inferred(true),
    ...more,
  };
}

export function clusterOf(more: Partial<Cluster>): Cluster {
  return { ...emptyCluster, ...more };
}

/** The simulated cluster with what tests ask it for. */
export function simulated(
  more: Partial<Cluster>,
  settings: Partial<SimulationSettings> = {},
  previous?: Cluster,
) {
  const { cluster, problems } = simulate(clusterOf(more), { ...defaultSettings, ...settings }, previous);
  const podNamed = (name: string): Pod => {
    const found = cluster.pods.find((candidate) => keyOf(candidate) === name);
    if (found === undefined)
      throw new Error(`no pod ${name}; there are ${cluster.pods.map(keyOf).join(', ')}`);
    return found;
  };
  return {
    cluster,
    problems,
    pod: podNamed,
    podNames: cluster.pods.map((candidate) => keyOf(candidate)),
    nodeOf: (name: string) => podNamed(name).node?.value,
    ipsOf: (name: string) => podNamed(name).addresses.map((address) => address.value.text),
    node: (name: string) => cluster.nodes.find((candidate) => candidate.name === name),
    service: (name: string) => cluster.services.find((candidate) => keyOf(candidate) === name),
    slicesOf: (name: string) => cluster.slices.filter((slice) => slice.service === name),
  };
}

function split(key: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}
