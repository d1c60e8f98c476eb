// Answers: which addresses has a pod that no cluster reported? One of each family from its node's pod CIDR, as the
// host-local plugin hands them out: never the network's own address, the first (gateway) or the IPv4 broadcast, never one
// in use (containernetworking/plugins, ipam/host-local; spec part B). hostNetwork pods have their node's addresses; pods
// without a node, and finished ones, have none. Where nodes have no ranges of their own, the cluster's range is the pool.
import type { Cidr, Family, Ip } from '../model/address';
import { bitsOf, contains, offsetIp } from '../model/address';
import { keptValue } from '../model/kept';
import type { Node } from '../model/node';
import type { Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Fact } from '../model/source';
import { inferred, simulated } from '../model/source';
import { tableOf } from '../model/tables';
import type { DrawRequest, NumberRange } from './draw';
import { drawNumbers } from './draw';
import type { NetworkPlan } from './network';
import type { PodPlan } from './workloads';

interface Pool {
  readonly range: Cidr;
  readonly why: string;
  readonly requests: PodRequest[];
  /** Addresses that pods hold from before, by their number in the range. */
  readonly held: Map<number, Fact<Ip>>;
}

interface PodRequest extends DrawRequest {
  readonly plan: PodPlan;
}

/** Steps of so many pods or so many addresses take a few milliseconds. */
const podsPerStep = 1000;

/** The addresses that an earlier simulation gave to a pod; empty when there was none. */
export type EarlierAddresses = (plan: PodPlan) => readonly Fact<Ip>[];

/** Most numbers that are drawn from one range; larger ranges (IPv6) use their first part, which reads better. */
const mostNumbers = 2 ** 16;

/**
 * Addresses for pods that are on a node, in steps; pods that get none are missing.
 * @param takenOf tells the addresses that must not be handed out, as text.
 */
export function* drawPodAddresses(
  plans: readonly PodPlan[],
  nodeOf: (plan: PodPlan) => Node | undefined,
  network: NetworkPlan,
  takenOf: () => ReadonlySet<string>,
  earlier: EarlierAddresses,
): Generator<void, ReadonlyMap<PodPlan, readonly Fact<Ip>[]>, void> {
  const pools = poolTable(network);
  const addresses = new Map<PodPlan, readonly Fact<Ip>[]>();
  for (const [index, plan] of plans.entries()) {
    if (index % podsPerStep === podsPerStep - 1) yield;
    const node = nodeOf(plan);
    if (node === undefined || plan.pod.addresses.length > 0 || !isLive(plan.pod)) continue;
    if (plan.pod.spec.hostNetwork) {
      addresses.set(plan, hostAddresses(node));
      continue;
    }
    for (const pool of pools.of(node)) {
      const held = earlier(plan).find((ip) => contains(pool.range, ip.value));
      const keep = held && offsetIn(pool.range, held.value);
      if (held !== undefined && keep !== undefined) pool.held.set(keep, held);
      pool.requests.push({ plan, name: plan.identity, rank: plan.ordinal, keep });
    }
  }
  const taken = pools.all().length > 0 ? takenOf() : new Set<string>();
  yield;
  let drawn = 0;
  for (const pool of pools.all()) {
    if (drawn >= podsPerStep) {
      drawn = 0;
      yield;
    }
    drawn += pool.requests.length;
    const ipAt = (offset: number): Ip | undefined =>
      pool.held.get(offset)?.value ?? offsetIp(pool.range.first, offset);
    const isTaken = (offset: number): boolean => taken.has(ipAt(offset)?.text ?? '');
    const offsets = drawNumbers(pool.requests, podNumbers(pool.range), isTaken);
    for (const { plan, name } of pool.requests) {
      const offset = offsets.get(name);
      const ip = offset === undefined ? undefined : ipAt(offset);
      if (offset === undefined || ip === undefined) continue;
      const fact = keptValue(pool.held.get(offset), simulated(ip, pool.why));
      const others = addresses.get(plan);
      addresses.set(plan, others === undefined ? [fact] : [...others, fact]);
    }
  }
  const order = (ip: Fact<Ip>): number => network.families.indexOf(ip.value.family);
  if (network.families.length > 1)
    for (const [plan, list] of addresses)
      addresses.set(
        plan,
        list.toSorted((a, b) => order(a) - order(b)),
      );
  return addresses;
}

/** How far `ip` is from the first address of the range; undefined when it lies outside or too far away to matter. */
export function offsetIn(range: Cidr, ip: Ip): number | undefined {
  if (!contains(range, ip)) return undefined;
  const last = ip.words.length - 1;
  const near = ip.words.slice(0, last).every((word, index) => word === range.first.words[index]);
  return near ? (ip.words[last] ?? 0) - (range.first.words[last] ?? 0) : undefined;
}

/** The pools of each node, one for each family in the order of the cluster's; nodes may share one. */
function poolTable(network: NetworkPlan): {
  readonly of: (node: Node) => readonly Pool[];
  readonly all: () => readonly Pool[];
} {
  const byRange = new Map<string, Pool>();
  const byNode = new Map<Node, readonly Pool[]>();
  const poolOf = (range: Cidr, whose: string): Pool => {
    const known = byRange.get(range.text);
    if (known !== undefined) return known;
    const why = `drawn from ${whose} by a hash of the pod's name, so that edits elsewhere do not move it`;
    const made: Pool = { range, why, requests: [], held: new Map() };
    byRange.set(range.text, made);
    return made;
  };
  const of = (node: Node): readonly Pool[] => {
    const known = byNode.get(node);
    if (known !== undefined) return known;
    const made = network.families.flatMap((family) => {
      const own = node.podCidrs.find((range) => range.value.first.family === family)?.value;
      if (own !== undefined) return [poolOf(own, `the pod CIDR ${own.text} of node ${node.name}`)];
      return clusterPool(network, family).map((range) => poolOf(range, `the pod network ${range.text}`));
    });
    byNode.set(node, made);
    return made;
  };
  return { of, all: () => [...byRange.values()] };
}

/** The whole pod network, where the plugin does not divide it among nodes. */
function clusterPool(network: NetworkPlan, family: Family): readonly Cidr[] {
  const { cluster, shares } = network.podRanges[family];
  return shares === undefined ? [cluster.value] : [];
}

/** From the second address on, without the last of an IPv4 range; none when the range is too small for host-local. */
function podNumbers(range: Cidr): NumberRange {
  const hostBits = bitsOf(range.first.family) - range.prefix;
  if (hostBits < 2) return { first: 2, count: 0 };
  const last = 2 ** hostBits - (range.first.family === 4 ? 2 : 1);
  return { first: 2, count: Math.min(last - 1, mostNumbers) };
}

const hostAddresses = tableOf((node: Node): readonly Fact<Ip>[] =>
  node.addresses.map((ip) =>
    inferred(ip.value, `hostNetwork: the pod has the addresses of its node ${node.name}`),
  ),
);

/** Addresses of the input that no simulated pod may get: those of pods, also finished ones, and of nodes. */
export function takenAddresses(pods: readonly Pod[], nodes: readonly Node[]): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const pod of pods) for (const ip of pod.addresses) taken.add(ip.value.text);
  for (const node of nodes) {
    for (const ip of [...node.addresses, ...node.externalAddresses]) taken.add(ip.value.text);
  }
  return taken;
}
