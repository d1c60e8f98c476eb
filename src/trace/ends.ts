// Answers: what is an end of a trace once it is resolved, and why can one not be? Shapes and sentences that the resolving of
// sources and destinations shares.
import type { NetNamespace } from '../dataplane/network';
import type { Family, Ip } from '../model/address';
import { keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import type { Service, ServicePort } from '../model/service';
import type { Evidence } from '../model/source';
import { aborted, type Outcome } from './outcome';
import type { TraceQuery } from './query';
import type { ResolvedEnd } from './trace';

/** Who sends. */
export interface Origin {
  readonly netns: NetNamespace;
  /** The pod that sends; on its node's network when it is hostNetwork. */
  readonly pod: Pod | undefined;
  /** The address of a host outside the cluster. */
  readonly outside: Ip | undefined;
  readonly families: readonly Family[];
  readonly resolved: ResolvedEnd;
  readonly assumptions: readonly Evidence[];
}

/** One address and port to try. */
export interface Target {
  readonly address: Ip;
  readonly port: number;
  readonly resolved: ResolvedEnd;
  readonly pod: Pod | undefined;
  /** The node that a load balancer hands this connection to. */
  readonly entry?: string | undefined;
  /** The proxy that ends this connection opens another to one of these. */
  readonly onward?: Onward | undefined;
  /** A load balancer that connects to the node itself, in place of the client. */
  readonly proxiedBy?: Ip | undefined;
  /** Chance among the other targets of the same destination. */
  readonly probability: number;
}

/** What an Ingress controller or a Gateway's proxy does with a connection that reached it. */
export interface Onward {
  /** `Ingress shop/web` */
  readonly entry: string;
  readonly backends: readonly {
    readonly service: Service;
    readonly port: ServicePort;
    /** Share of the requests. */
    readonly probability: number;
  }[];
  readonly evidence: readonly Evidence[];
}

export interface Destination {
  readonly resolved: ResolvedEnd;
  readonly targets: readonly Target[];
  /** The Service that was named, or that owns the address. */
  readonly service: Service | undefined;
  readonly servicePort: ServicePort | undefined;
  readonly assumptions: readonly Evidence[];
}

export type Resolution<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly resolved?: ResolvedEnd };

/** Why the pod can neither send nor receive; undefined when it can. */
export function notRunning(pod: Pod): Outcome | undefined {
  const name = `Pod ${keyOf(pod)}`;
  if (!isLive(pod))
    return aborted(
      'Unreachable',
      'completed',
      `${name} is ${pod.phase.value}: its sandbox is gone and its address was given back.`,
    );
  if (pod.node === undefined)
    return aborted(
      'Unreachable',
      'unscheduled',
      `${name} is Pending (unscheduled): ${pod.unscheduled ?? 'no node was chosen for it'}`,
    );
  if (pod.addresses.length > 0) return undefined;
  if (pod.phase.value === 'Pending')
    return aborted('Unreachable', 'not-running', `${name} is Pending: its sandbox has no address yet.`);
  return aborted('Undetermined', 'no-ip', `${name} has no address in the input.`);
}

export function canSend(pod: Pod): boolean {
  return notRunning(pod) === undefined;
}

/** The first address in the order of the families. */
export function pickFamily(addresses: readonly Ip[], families: readonly Family[]): Ip | undefined {
  for (const family of families) {
    const address = addresses.find((each) => each.family === family);
    if (address !== undefined) return address;
  }
  return undefined;
}

export function resolvedPod(pod: Pod): ResolvedEnd {
  return {
    label: `pod ${keyOf(pod)}`,
    pod: keyOf(pod),
    node: pod.node?.value,
    address: pod.addresses[0]?.value.text,
    at: pod.nameAt ?? pod.at,
  };
}

export function resolvedNode(name: string, address: Ip | undefined): ResolvedEnd {
  return { label: `node ${name}`, node: name, address: address?.text };
}

export function resolvedService(service: Service): ResolvedEnd {
  return {
    label: `Service ${keyOf(service)}`,
    address: service.clusterIps[0]?.value.text,
    at: service.nameAt ?? service.at,
  };
}

export function found<T>(value: T): Resolution<T> {
  return { kind: 'found', value };
}

export function failure(
  outcome: Outcome,
  resolved?: ResolvedEnd,
): { readonly kind: 'failed'; readonly outcome: Outcome; readonly resolved?: ResolvedEnd } {
  return resolved === undefined ? { kind: 'failed', outcome } : { kind: 'failed', outcome, resolved };
}

export function unknownObject(kind: string, key: string): Resolution<never> {
  return failure(aborted('Undetermined', 'unknown', `${kind} ${key} is not in the input.`));
}

export function familyMismatch(resolved: ResolvedEnd, families: readonly Family[]): Resolution<never> {
  const words = `${resolved.label} has no address of the family asked for (source side: ${families.map((family) => `IPv${family}`).join(', ') || 'none'}).`;
  return failure(
    aborted('Unreachable', 'family-mismatch', words, 'network is unreachable at once'),
    resolved,
  );
}

export function noPort(query: TraceQuery, label: string, resolved: ResolvedEnd): Resolution<never> {
  const words =
    query.port === undefined
      ? `No ${query.protocol} port was given and ${label} declares none; give a port.`
      : `${label} has no ${query.protocol} port named ${query.port}; give its number.`;
  return failure(aborted('Undetermined', 'unknown', words), resolved);
}
