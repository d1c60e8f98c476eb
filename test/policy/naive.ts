// A second opinion on part E of the networking facts: reads manifests as the API has them and decides one flow at a time, in
// the order of the text and with nothing clever. It shares no code with the product.

import { verdictOfTiers, type RawAdminPolicy } from './naiveTiers';

export interface RawRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface RawSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly RawRequirement[];
}

export interface RawPeer {
  readonly podSelector?: RawSelector;
  readonly namespaceSelector?: RawSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface RawPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface RawRule {
  readonly from?: readonly RawPeer[];
  readonly to?: readonly RawPeer[];
  readonly ports?: readonly RawPort[];
}

export interface RawPolicy {
  readonly namespace: string;
  readonly spec: {
    readonly podSelector?: RawSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly RawRule[];
    readonly egress?: readonly RawRule[];
  };
}

export interface RawContainer {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly ports: readonly {
    readonly name: string;
    readonly containerPort: number;
    readonly protocol: string;
  }[];
}

export interface RawPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  readonly hostNetwork: boolean;
  readonly phase: string;
  readonly ips: readonly string[];
  readonly containers: readonly RawContainer[];
  readonly initContainers: readonly RawContainer[];
}

export interface World {
  readonly namespaces: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  /** `ips`: every address that a process of the node may send from. */
  readonly nodes: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ips: readonly string[];
  }[];
  readonly pods: readonly RawPod[];
  readonly policies: readonly RawPolicy[];
  readonly admin: readonly RawAdminPolicy[];
}

/** `undefined by the API` where part E leaves the answer to the plugin (E43, E46). */
export type Verdict = 'allow' | 'deny' | 'ambiguous' | 'undetermined';

/** Egress of `subject` towards `peerIp`, or ingress of `subject` from it. `port` is the port at the destination. */
export function verdict(
  world: World,
  direction: 'ingress' | 'egress',
  subject: RawPod,
  peerIp: string,
  protocol: string,
  port: number,
): Verdict {
  return world.admin.length === 0
    ? networkVerdict(world, direction, subject, peerIp, protocol, port).outcome
    : verdictOfTiers(world, direction, subject, peerIp, protocol, port);
}

/** What NetworkPolicy alone says. `exempt`: no policy is asked. `open`: none isolates the subject. */
export function networkVerdict(
  world: World,
  direction: 'ingress' | 'egress',
  subject: RawPod,
  peerIp: string,
  protocol: string,
  port: number,
): {
  readonly basis: 'exempt' | 'open' | 'isolated';
  readonly outcome: Exclude<Verdict, 'ambiguous'>;
} {
  const exempt = { basis: 'exempt', outcome: 'allow' } as const;
  if (subject.hostNetwork) return exempt; // E53
  const pod = world.pods.find((each) => isOnPodNetwork(each) && each.ips.includes(peerIp)); // E54, E57
  if (pod === subject) return exempt; // E47
  const node = pod === undefined ? world.nodes.find(({ ips }) => ips.includes(peerIp)) : undefined;
  if (node !== undefined && node.name === subject.node) return exempt; // E50, E51

  const isolating = world.policies.filter(
    (policy) =>
      policy.namespace === subject.namespace && // E2
      policyTypes(policy).includes(direction === 'ingress' ? 'Ingress' : 'Egress') &&
      selects(policy.spec.podSelector ?? {}, subject.labels), // E14
  );
  if (isolating.length === 0) return { basis: 'open', outcome: 'allow' }; // E1, E4

  // E5, E21: any rule of any policy is enough.
  let open = false;
  for (const policy of isolating) {
    for (const rule of policy.spec[direction] ?? []) {
      const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
      const peerMatches = peers.length === 0 || peers.some((peer) => names(world, policy, peer, pod, peerIp)); // E19
      if (!peerMatches) continue;
      const destination = direction === 'ingress' ? subject : pod;
      const ports = portsMatch(rule.ports ?? [], destination, protocol, port);
      if (ports === 'yes') return { basis: 'isolated', outcome: 'allow' };
      if (ports === 'plugins differ') open = true;
    }
  }
  return { basis: 'isolated', outcome: open ? 'undetermined' : 'deny' };
}

/** E8 to E12. */
function policyTypes({ spec }: RawPolicy): readonly string[] {
  if (spec.policyTypes !== undefined && spec.policyTypes.length > 0) return spec.policyTypes;
  return spec.egress !== undefined && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** E15, E16. */
export function selects(selector: RawSelector, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labels[key] !== value) return false;
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels[key];
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
  }
  return true;
}

/** E22 to E36. */
function names(world: World, policy: RawPolicy, peer: RawPeer, pod: RawPod | undefined, ip: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    return inRange(cidr, ip) && !except.some((range) => inRange(range, ip)); // E32, E35
  }
  if (pod === undefined) return false; // E31, E54
  if (peer.namespaceSelector === undefined) {
    if (pod.namespace !== policy.namespace) return false; // E22
  } else {
    if (!selects(peer.namespaceSelector, labelsOfNamespace(world, pod.namespace))) return false; // E23, E26
  }
  return peer.podSelector === undefined || selects(peer.podSelector, pod.labels); // E24
}

/** E20, E37 to E46. */
function portsMatch(
  ports: readonly RawPort[],
  destination: RawPod | undefined,
  protocol: string,
  port: number,
): 'yes' | 'no' | 'plugins differ' {
  if (ports.length === 0) return 'yes';
  if (protocol === 'ICMP') return 'plugins differ';
  let differ = false;
  for (const entry of ports) {
    if ((entry.protocol ?? 'TCP') !== protocol) continue; // E38
    if (entry.port === undefined) return 'yes'; // E39
    if (typeof entry.port === 'number') {
      if (entry.port <= port && port <= (entry.endPort ?? entry.port)) return 'yes'; // E44
      continue;
    }
    const called = (container: RawContainer): boolean =>
      container.ports.some(
        (each) => each.name === entry.port && each.protocol === protocol && each.containerPort === port,
      );
    if (destination?.containers.some(called) === true) return 'yes'; // E40
    const sidecars = destination?.initContainers.filter((each) => each.restartPolicy === 'Always') ?? [];
    if (sidecars.some(called)) differ = true; // E43
  }
  return differ ? 'plugins differ' : 'no';
}

/** E28. */
export function labelsOfNamespace(world: World, namespace: string): Readonly<Record<string, string>> {
  const own = world.namespaces.find(({ name }) => name === namespace)?.labels;
  return { ...own, 'kubernetes.io/metadata.name': namespace };
}

export function isOnPodNetwork(pod: RawPod): boolean {
  return !pod.hostNetwork && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

export function inRange(cidr: string, ip: string): boolean {
  const [base = '', prefix = '0'] = cidr.split('/');
  if (base.includes(':') !== ip.includes(':')) return false; // E34
  const shift = BigInt((ip.includes(':') ? 128 : 32) - Number(prefix));
  return valueOf(base) >> shift === valueOf(ip) >> shift;
}

/** The address as a number; IPv6 with at most one `::`. */
function valueOf(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
  const [head = '', tail] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const parts = tail === undefined ? left : [...left, ...zeros, ...right];
  return parts.reduce((value, part) => value * 65536n + BigInt(`0x${part}`), 0n);
}
