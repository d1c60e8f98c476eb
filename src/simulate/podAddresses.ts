// Answers: which addresses has a pod that no cluster reported? One of each family from its node's pod CIDR, as the
// host-local plugin hands them out: never the network's own address, the first (gateway) or the IPv4 broadcast, never one
// in use (containernetworking/plugins, ipam/host-local; spec part B). hostNetwork pods have their node's addresses; pods
// without a node, and finished ones, have none. Where nodes have no ranges of their own, the cluster's range is the pool.
import type { Cidr, Family, Ip } from '../model/address';
import { bitsOf, contains, offsetIp } from '../model/address';
import type { Node } from '../model/node';
import type { Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Fact } from '../model/source';
import { inferred, simulated } from '../model/source';
import type { DrawRequest, NumberRange } from './draw';
import { drawNumbers } from './draw';
import type { NetworkPlan } from './network';
import type { PodPlan } from './workloads';

interface Pool {
  readonly range: Cidr;
  readonly why: string;
  readonly requests: DrawRequest[];
}

/** The addresses that an earlier simulation gave to a pod, by identity; empty when there was none. */
export type EarlierAddresses = (identity: string) => readonly Fact<Ip>[];

/** Most numbers that are drawn from one range; larger ranges (IPv6) use their first part, which reads better. */
const mostNumbers = 2 ** 16;

/** The plans, with addresses for those that are on a node. `taken` are addresses that must not be handed out. */
export function withAddresses(
  plans: readonly PodPlan[],
  nodes: readonly Node[],
  network: NetworkPlan,
  taken: readonly Ip[],
  earlier: EarlierAddresses,
): readonly PodPlan[] {
  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  const pools = new Map<string, Pool>();
  const poolsOf = new Map<string, readonly Pool[]>();
  for (const { pod, identity, ordinal } of plans) {
    const node = pod.node === undefined ? undefined : nodeOf.get(pod.node.value);
    if (node === undefined || pod.spec.hostNetwork || pod.addresses.length > 0 || !isLive(pod)) continue;
    const mine = poolsFor(node, network, pools);
    poolsOf.set(identity, mine);
    for (const pool of mine) {
      const held = earlier(identity).find((ip) => contains(pool.range, ip.value));
      pool.requests.push({ name: identity, rank: ordinal, keep: held && offsetIn(pool.range, held.value) });
    }
  }
  const drawn = new Map([...pools.values()].map((pool) => [pool, drawFrom(pool, taken)]));
  return plans.map((plan) => {
    const node = plan.pod.node === undefined ? undefined : nodeOf.get(plan.pod.node.value);
    if (node === undefined || plan.pod.addresses.length > 0 || !isLive(plan.pod)) return plan;
    const addresses = plan.pod.spec.hostNetwork
      ? hostAddresses(node)
      : (poolsOf.get(plan.identity) ?? []).flatMap((pool) => {
          const number = drawn.get(pool)?.get(plan.identity);
          const ip = number === undefined ? undefined : offsetIp(pool.range.first, number);
          return ip === undefined ? [] : [simulated(ip, pool.why)];
        });
    return { ...plan, pod: { ...plan.pod, addresses, hostAddresses: node.addresses } };
  });
}

/** How far `ip` is from the first address of the range; undefined when it lies outside or too far away to matter. */
export function offsetIn(range: Cidr, ip: Ip): number | undefined {
  if (!contains(range, ip)) return undefined;
  const last = ip.words.length - 1;
  const near = ip.words.slice(0, last).every((word, index) => word === range.first.words[index]);
  return near ? (ip.words[last] ?? 0) - (range.first.words[last] ?? 0) : undefined;
}

/** One pool for each family, in the order of the node's pod CIDRs, shared by all pods that draw from the same range. */
function poolsFor(node: Node, network: NetworkPlan, pools: Map<string, Pool>): readonly Pool[] {
  const own = node.podCidrs.map((range) => range.value);
  const missing = network.families.filter((family) => !own.some((range) => range.first.family === family));
  const shared = missing.flatMap((family) => clusterPool(network, family));
  const families = (range: Cidr): number => network.families.indexOf(range.first.family);
  return [...own, ...shared]
    .sort((a, b) => families(a) - families(b))
    .map((range) => {
      const known = pools.get(range.text);
      if (known !== undefined) return known;
      const whose = own.includes(range) ? `the pod CIDR ${range.text} of node ${node.name}` : range.text;
      const why = `drawn from ${whose} by a hash of the pod's name, so that edits elsewhere do not move it`;
      const made: Pool = { range, why, requests: [] };
      pools.set(range.text, made);
      return made;
    });
}

/** The whole pod network, where the plugin does not divide it among nodes. */
function clusterPool(network: NetworkPlan, family: Family): readonly Cidr[] {
  const { cluster, shares } = network.podRanges[family];
  return shares === undefined ? [cluster.value] : [];
}

function drawFrom(pool: Pool, taken: readonly Ip[]): ReadonlyMap<string, number> {
  const used = new Set<number>();
  for (const ip of taken) {
    const offset = offsetIn(pool.range, ip);
    if (offset !== undefined) used.add(offset);
  }
  return drawNumbers(pool.requests, podNumbers(pool.range), used);
}

/** From the second address on, without the last of an IPv4 range; none when the range is too small for host-local. */
function podNumbers(range: Cidr): NumberRange {
  const hostBits = bitsOf(range.first.family) - range.prefix;
  if (hostBits < 2) return { first: 2, count: 0 };
  const last = 2 ** hostBits - (range.first.family === 4 ? 2 : 1);
  return { first: 2, count: Math.min(last - 1, mostNumbers) };
}

function hostAddresses(node: Node): readonly Fact<Ip>[] {
  return node.addresses.map((ip) =>
    inferred(ip.value, `hostNetwork: the pod has the addresses of its node ${node.name}`),
  );
}

/** Addresses of the input that no simulated pod may get: those of pods, also finished ones, and of nodes. */
export function takenAddresses(pods: readonly Pod[], nodes: readonly Node[]): readonly Ip[] {
  return [
    ...pods.flatMap((pod) => pod.addresses.map((ip) => ip.value)),
    ...nodes.flatMap((node) => [...node.addresses, ...node.externalAddresses].map((ip) => ip.value)),
  ];
}
