// Answers: does a rule's `ports` name the destination port? It is the pod's port, never the Service's; a name is looked up on
// the destination pod; a protocol alone means all its ports (rules E20, E37-E46).
import type { ContainerPort, Pod } from '../model/pod';
import type { PolicyPort, PolicyRule, PolicyTier } from '../model/policy';
import { allPorts, noPorts, portSet, unionPorts, type PortSet, type Protocol } from '../model/ports';
import type { Location } from '../model/source';
import type { PolicyFlow } from './ends';

export interface PortMatch {
  readonly effect: 'yes' | 'no' | 'undecidable';
  readonly reason: string;
  readonly at?: Location | undefined;
}

/** The ports that a rule admits at `destination`; undefined: not a pod, so names resolve to nothing (rule E42). */
export function portsOfRule(rule: PolicyRule, destination: Pod | undefined): PortSet {
  if (rule.ports.length === 0) return allPorts;
  let ports = noPorts;
  for (const port of rule.ports) ports = unionPorts(ports, portsOf(port, destination));
  return ports;
}

/** @param tier the admin tiers say what ports mean for other protocols, NetworkPolicy does not (rule E46). */
export function matchPorts(
  rule: PolicyRule,
  flow: PolicyFlow,
  destination: Pod | undefined,
  tier: PolicyTier = 'network',
): PortMatch {
  if (rule.ports.length === 0 && rule.unknownPort === undefined)
    return { effect: 'yes', reason: 'the rule names no port, so any matches' };
  const { protocol, port } = flow;
  if (protocol === 'ICMP' || port === undefined) {
    if (tier !== 'network')
      return { effect: 'no', reason: `port does not match: the rule names ports, and ${protocol} has none` };
    return {
      effect: 'undecidable',
      reason: 'the rule names ports, and the API does not say what that means for ICMP',
    };
  }
  for (const entry of rule.ports) {
    if (admits(portsOf(entry, destination), protocol, port))
      return { effect: 'yes', reason: `${portText(entry)} covers ${protocol} ${port}`, at: entry.at };
  }
  const sidecar = rule.ports.find((entry) => isSidecarPort(entry, destination, { protocol, port }));
  if (sidecar !== undefined) {
    return {
      effect: 'undecidable',
      reason: `only a sidecar declares a port named ${sidecar.port ?? ''}; whether plugins look there varies`,
      at: sidecar.at,
    };
  }
  const named = rule.ports.map((entry) => missingName(entry, destination) ?? portText(entry));
  return {
    effect: 'no',
    reason: `port does not match: the rule has ${named.join(', ')}, the flow goes to ${protocol} ${port}`,
  };
}

/** The first port of the range that alone admits the flow; undefined when a plugin without endPort admits it too (rule E44). */
export function firstPortOfRange(
  rule: PolicyRule | undefined,
  { protocol, port }: PolicyFlow,
): number | undefined {
  if (rule === undefined || protocol === 'ICMP' || port === undefined) return undefined;
  const entries = rule.ports.filter(
    (entry) => typeof entry.port !== 'string' && admits(portsOf(entry, undefined), protocol, port),
  );
  const [first] = entries;
  const onlyRanges = entries.every((entry) => entry.endPort !== undefined && entry.port !== port);
  return onlyRanges && typeof first?.port === 'number' ? first.port : undefined;
}

/** `TCP 80`, `UDP 1024-2048`, `TCP http`, `all TCP ports` */
export function portText({ protocol, port, endPort }: PolicyPort): string {
  if (protocol === undefined) return `the port named ${port ?? ''}`;
  if (port === undefined) return `all ${protocol} ports`;
  return endPort === undefined ? `${protocol} ${port}` : `${protocol} ${port}-${endPort}`;
}

function portsOf({ protocol, port, endPort }: PolicyPort, destination: Pod | undefined): PortSet {
  if (typeof port === 'string')
    return namedPorts(destination, port, protocol, ['app'])
      .map((found) => portSet(found.protocol, [[found.containerPort, found.containerPort]]))
      .reduce(unionPorts, noPorts);
  if (protocol === undefined) return noPorts;
  return port === undefined ? portSet(protocol) : portSet(protocol, [[port, endPort ?? port]]);
}

/** Container ports by name and protocol (undefined: any); each container of the pod may declare one (rule E40). */
export function namedPorts(
  pod: Pod | undefined,
  name: string,
  protocol: Protocol | undefined,
  roles: readonly string[],
): readonly ContainerPort[] {
  return (pod?.spec.containers ?? [])
    .filter((container) => roles.includes(container.role))
    .flatMap((container) => container.ports)
    .filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol));
}

function isSidecarPort(
  { port: name, protocol }: PolicyPort,
  destination: Pod | undefined,
  flow: { readonly protocol: Protocol; readonly port: number },
): boolean {
  return (
    typeof name === 'string' &&
    namedPorts(destination, name, protocol, ['sidecar']).some(
      (found) => found.protocol === flow.protocol && found.containerPort === flow.port,
    )
  );
}

function missingName(entry: PolicyPort, destination: Pod | undefined): string | undefined {
  if (
    typeof entry.port !== 'string' ||
    namedPorts(destination, entry.port, entry.protocol, ['app']).length > 0
  )
    return undefined;
  return `${portText(entry)} (no container of the destination declares that name)`;
}

function admits(ports: PortSet, protocol: Protocol, port: number): boolean {
  return ports[protocol].some(([first, last]) => first <= port && port <= last);
}
