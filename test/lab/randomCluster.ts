// Answers: which cluster does this seed mean? Pods of several namespaces on both nodes, Services of every kind with all sorts of
// endpoints, host ports, NetworkPolicies of every form; on the addresses that the lab has wired already.
import { contains } from '../../src/model/address';
import { emptyCluster, type Cluster } from '../../src/model/cluster';
import type { Namespace } from '../../src/model/node';
import { compareText, keyOf } from '../../src/model/objects';
import type { Container, ContainerPort, Pod } from '../../src/model/pod';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../src/model/policy';
import type { LabelSelector, Labels, Requirement } from '../../src/model/selector';
import type { EndpointSlice, Service, ServicePort } from '../../src/model/service';
import { observed } from '../../src/model/source';
import { ip, plainSpec, range, service } from '../trace/twoNodes';
import { chanceFrom, type Chance } from './chance';
import { labCluster, virtualAddresses } from './labCluster';
import { outsideAddress, podsWithNetns } from './netns';
import { addressOf, internalAddress } from './wire';

/** Labels that pods and namespaces may have; selectors ask for these, and for one that nobody has. */
const vocabulary = { app: ['web', 'db', 'cache'], tier: ['front', 'back'], canary: ['true'] };
const namespaceVocabulary = { team: ['red', 'blue'], env: ['test'] };

/** Ports that containers declare, and the lab then listens on. */
const listenable: readonly ContainerPort[] = [
  { name: 'http', containerPort: 8080, protocol: 'TCP' },
  { name: 'admin', containerPort: 9000, protocol: 'TCP' },
  { name: 'http', containerPort: 3000, protocol: 'TCP' },
  { name: 'dns', containerPort: 5353, protocol: 'UDP' },
  { containerPort: 8443, protocol: 'TCP' },
];

export function randomCluster(seed: number): Cluster {
  const chance = chanceFrom(seed);
  const namespaces = ['red', 'green', 'blue']
    .slice(0, 1 + chance.below(3))
    .map((name) => namespaceOf(chance, name));
  const names = namespaces.map(({ name }) => name);
  const slots = podsWithNetns(labCluster).map((pod) => ({
    node: pod.node?.value ?? '',
    address: addressOf(pod),
  }));
  const used = chance.take(slots, 3 + chance.below(4));
  const live = used.map((slot, index) => livePod(chance, `pod${index}`, chance.one(names), slot));
  const hosts = chance.some(labCluster.nodes, 50).map((node, index) =>
    podOf(chance, `host${index}`, chance.one(names), {
      node: node.name,
      address: internalAddress(node),
      hostNetwork: true,
      ports: [{ name: 'metrics', containerPort: 9100, protocol: 'TCP' }],
    }),
  );
  // A finished pod keeps its address in the API, though another pod may have it by now.
  const finished = chance.some(used, 15).map((slot, index): Pod => ({
    ...livePod(chance, `done${index}`, chance.one(names), slot),
    phase: observed('Succeeded'),
  }));
  const pods = withHostPorts(chance, [...live, ...hosts]);
  const services = Array.from({ length: 1 + chance.below(4) }, (_, index) =>
    serviceOf(chance, index, chance.one(names)),
  );
  const slices = services.flatMap((each) => slicesOf(chance, each, pods));
  const policies = Array.from({ length: chance.below(6) }, (_, index) =>
    policyOf(chance, index, chance.one(names), pods),
  );
  return {
    ...emptyCluster,
    network: labCluster.network,
    nodes: labCluster.nodes,
    namespaces,
    pods: [...pods, ...finished].sort((a, b) => compareText(keyOf(a), keyOf(b))),
    services,
    slices,
    policies,
  };
}

function namespaceOf(chance: Chance, name: string): Namespace {
  const labels = { ...labelsFrom(chance, namespaceVocabulary), 'kubernetes.io/metadata.name': name };
  return { kind: 'Namespace', name, labels, provenance: 'observed' };
}

function labelsFrom(chance: Chance, words: Readonly<Record<string, readonly string[]>>): Labels {
  return Object.fromEntries(
    chance.some(Object.entries(words), 60).map(([key, values]) => [key, chance.one(values)]),
  );
}

interface Slot {
  readonly node: string;
  readonly address: string;
}

function livePod(chance: Chance, name: string, namespace: string, slot: Slot): Pod {
  const ports = chance.take(listenable, 1 + chance.below(2));
  return podOf(chance, name, namespace, { ...slot, hostNetwork: false, ports });
}

function podOf(
  chance: Chance,
  name: string,
  namespace: string,
  place: Slot & { readonly hostNetwork: boolean; readonly ports: readonly ContainerPort[] },
): Pod {
  const containers = place.ports.map((port, index): Container => ({
    name: `c${index}`,
    role: 'app',
    image: 'server',
    ports: [port],
  }));
  return {
    kind: 'Pod',
    namespace,
    name,
    labels: labelsFrom(chance, vocabulary),
    provenance: 'observed',
    spec: { ...plainSpec, containers, hostNetwork: place.hostNetwork },
    node: observed(place.node),
    addresses: [observed(ip(place.address))],
    hostAddresses: [],
    phase: observed('Running'),
    ready: observed(chance.percent(85)),
    terminating: false,
    containerStatuses: [],
  };
}

/** Some containers publish their port on the node; no two on one node the same. */
function withHostPorts(chance: Chance, pods: readonly Pod[]): readonly Pod[] {
  return pods.map((pod, index) => {
    if (pod.spec.hostNetwork || !chance.percent(25)) return pod;
    const [first, ...rest] = pod.spec.containers;
    const port = first?.ports[0];
    if (first === undefined || port === undefined) return pod;
    const hostIp = chance.percent(20)
      ? internalAddress(labCluster.nodes.find(({ name }) => name === pod.node?.value))
      : undefined;
    const published = { ...port, hostPort: 18_000 + index, ...(hostIp === undefined ? {} : { hostIp }) };
    return { ...pod, spec: { ...pod.spec, containers: [{ ...first, ports: [published] }, ...rest] } };
  });
}

function serviceOf(chance: Chance, index: number, namespace: string): Service {
  const type = chance.one(['ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer'] as const);
  const headless = type === 'ClusterIP' && chance.percent(20);
  const isOpen = type !== 'ClusterIP';
  const port: ServicePort = {
    name: '',
    port: chance.one([80, 8080]),
    protocol: chance.percent(80) ? 'TCP' : 'UDP',
    targetPort: 8080,
    ...(isOpen ? { nodePort: 30_000 + index } : {}),
  };
  const virtual = virtualAddresses[index];
  const policy = (): 'Cluster' | 'Local' => (chance.percent(70) ? 'Cluster' : 'Local');
  return service(`svc${index}`, headless ? 'None' : `10.96.1.${10 + index}`, {
    namespace,
    type,
    ports: [port],
    internalTrafficPolicy: policy(),
    externalTrafficPolicy: isOpen ? policy() : 'Cluster',
    loadBalancerIps: type === 'LoadBalancer' && virtual !== undefined ? [observed(ip(virtual))] : [],
    externalIps: type === 'NodePort' && virtual !== undefined && chance.percent(30) ? [ip(virtual)] : [],
    loadBalancerSourceRanges:
      type === 'LoadBalancer' && chance.percent(30)
        ? chance.take(['10.244.1.0/24', '172.30.0.12/32', '203.0.113.0/24', '198.18.0.0/15'], 2)
        : [],
  });
}

/** Endpoints in all conditions, under one or two port numbers, some with hints. */
function slicesOf(chance: Chance, owner: Service, pods: readonly Pod[]): readonly EndpointSlice[] {
  const protocol = owner.ports[0]?.protocol ?? 'TCP';
  const candidates = pods.filter((pod) => portsOf(pod, protocol).length > 0);
  const chosen = chance.take(candidates, chance.below(4));
  const hinted = chance.percent(20);
  const byPort = new Map<number, Pod[]>();
  for (const pod of chosen) {
    const port = chance.one(portsOf(pod, protocol)).containerPort;
    byPort.set(port, [...(byPort.get(port) ?? []), pod]);
  }
  return [...byPort].map(([port, members], index): EndpointSlice => ({
    kind: 'EndpointSlice',
    namespace: owner.namespace,
    name: `${owner.name}-${index}`,
    service: keyOf(owner),
    family: 4,
    ports: [{ name: '', port, protocol }],
    endpoints: members.map((pod) => {
      const terminating = chance.percent(15);
      const serving = pod.ready.value;
      return {
        address: ip(addressOf(pod)),
        ready: serving && !terminating,
        serving,
        terminating,
        nodeName: pod.node?.value,
        pod: keyOf(pod),
        hintZones: [],
        hintNodes: hinted && pod.node !== undefined ? [pod.node.value] : [],
      };
    }),
    provenance: 'observed',
  }));
}

function portsOf(pod: Pod, protocol: string): readonly ContainerPort[] {
  return pod.spec.containers.flatMap(({ ports }) => ports).filter((port) => port.protocol === protocol);
}

function policyOf(chance: Chance, index: number, namespace: string, pods: readonly Pod[]): NetworkPolicy {
  const isolates = chance.one([
    { ingress: true, egress: false },
    { ingress: true, egress: false },
    { ingress: false, egress: true },
    { ingress: true, egress: true },
  ]);
  const rules = (): readonly PolicyRule[] =>
    Array.from({ length: chance.below(3) }, (_, position): PolicyRule => ({
      index: position,
      action: 'Allow',
      peers: Array.from({ length: chance.below(3) }, () => peerOf(chance, pods)),
      ports: Array.from({ length: chance.below(3) }, () => portOf(chance)),
    }));
  return {
    kind: 'NetworkPolicy',
    namespace,
    name: `policy${index}`,
    podSelector: selectorOf(chance, vocabulary),
    isolates,
    ingress: rules(),
    egress: rules(),
  };
}

function peerOf(chance: Chance, pods: readonly Pod[]): PolicyPeer {
  if (chance.percent(35)) {
    const own = pods.map((pod) => `${addressOf(pod)}/32`);
    const block = chance.one([
      ...own,
      '0.0.0.0/0',
      '10.244.1.0/24',
      '10.244.0.0/16',
      '172.30.0.0/24',
      `${outsideAddress}/32`,
    ]);
    const cidr = range(block);
    const inside = ['10.244.1.0/25', '10.244.2.0/29', '172.30.0.12/32', '203.0.113.0/28'].map(range);
    const except = chance
      .some(inside, 25)
      .filter((each) => each.prefix > cidr.prefix && contains(cidr, each.first));
    return { kind: 'ipBlock', cidr, except };
  }
  const pod = chance.percent(70) ? { podSelector: selectorOf(chance, vocabulary) } : undefined;
  const namespace =
    pod === undefined || chance.percent(50)
      ? { namespaceSelector: selectorOf(chance, namespaceVocabulary) }
      : undefined;
  return { kind: 'pods', ...pod, ...namespace };
}

function portOf(chance: Chance): PolicyPort {
  const protocol = chance.percent(75) ? 'TCP' : 'UDP';
  const port = chance.one([undefined, 8080, 9000, 3000, 5353, 9100, 'http', 'admin', 'dns', 'nobody']);
  if (typeof port !== 'number') return { protocol, port };
  return chance.percent(25) ? { protocol, port, endPort: port + chance.below(1500) } : { protocol, port };
}

function selectorOf(chance: Chance, words: Readonly<Record<string, readonly string[]>>): LabelSelector {
  const requirements = chance
    .take([...Object.entries(words), ['absent', ['never']] as const], chance.below(3))
    .map(([key, values]): Requirement => {
      const operator = chance.one(['In', 'In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
      const listed = operator === 'In' || operator === 'NotIn';
      return { key, operator, values: listed ? chance.take(values, 1 + chance.below(2)) : [] };
    });
  return { requirements };
}
