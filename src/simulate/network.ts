// Answers: which ranges do pods and Services of this cluster use, and which families? What the input states wins; then
// the union of the nodes' pod CIDRs; then the smallest range around the observed pod addresses, marked as guessed; then
// the settings (spec part B, "Finding the cluster CIDR"). Also tells whether nodes hand out addresses of a range of their
// own (host-local) or the plugin does so itself, as Calico does: then no pod CIDR is made up for a node.
import type { Cidr, Family, Ip } from '../model/address';
import { bitsOf, cidr, contains, covers, hostCidr } from '../model/address';
import type { Cluster, ClusterNetwork } from '../model/cluster';
import type { Fact } from '../model/source';
import { inferred, simulated } from '../model/source';
import type { ByFamily, SimulationSettings } from './settings';

/** How pods of one family get addresses. */
export interface PodRange {
  readonly cluster: Fact<Cidr>;
  /** Where a node without a pod CIDR gets its share from; undefined: nodes have no ranges of their own. */
  readonly shares?: Cidr | undefined;
}

export interface NetworkPlan {
  /** Families of the cluster, the preferred one first. */
  readonly families: readonly Family[];
  readonly podRanges: ByFamily<PodRange>;
  readonly network: ClusterNetwork;
}

/** A guess from addresses is never narrower than what a node usually gets. */
const narrowest: ByFamily<number> = { 4: 24, 6: 64 };
/** The usual width of a whole cluster's pod or Service network. */
const usualWidth: ByFamily<number> = { 4: 16, 6: 56 };

export function planNetwork(cluster: Cluster, settings: SimulationSettings): NetworkPlan {
  const seen = observedAddresses(cluster);
  const families = familiesOf(cluster, seen, settings);
  const podRanges: ByFamily<PodRange> = {
    4: planPodRange(cluster, seen, settings, 4),
    6: planPodRange(cluster, seen, settings, 6),
  };
  const serviceCidrs = families.map(
    (family) =>
      cluster.network.serviceCidrs.find((range) => range.value.first.family === family) ??
      serviceRange(cluster, settings, family),
  );
  return {
    families,
    podRanges,
    network: {
      ...cluster.network,
      podCidrs: families.map((family) => podRanges[family].cluster),
      serviceCidrs,
    },
  };
}

/** The narrowest range that holds all the ranges given; undefined for none. */
export function supernetOf(ranges: readonly Cidr[]): Cidr | undefined {
  const [first, ...rest] = ranges;
  if (first === undefined) return undefined;
  let result = first;
  for (const range of rest) {
    if (range.first.family !== first.first.family) continue;
    while (!covers(result, range)) result = cidr(result.first, result.prefix - 1);
  }
  return result;
}

function familiesOf(cluster: Cluster, seen: Observed, settings: SimulationSettings): readonly Family[] {
  const told = [
    cluster.network.podCidrs.map((range) => range.value.first.family),
    cluster.nodes.find((node) => node.podCidrs.length > 0)?.podCidrs.map((range) => range.value.first.family),
    cluster.network.serviceCidrs.map((range) => range.value.first.family),
    seen.families,
  ].find((families) => families !== undefined && families.length > 0);
  return [...new Set(told ?? settings.families)];
}

function planPodRange(
  cluster: Cluster,
  observed: Observed,
  settings: SimulationSettings,
  family: Family,
): PodRange {
  const stated = cluster.network.podCidrs.find((range) => range.value.first.family === family);
  const ofNodes = cluster.nodes.flatMap((node) =>
    node.podCidrs.map((range) => range.value).filter((range) => range.first.family === family),
  );
  const { seen, hostLocal } = observed[family];
  const usual = settings.podNetwork[family];
  if (stated !== undefined) return { cluster: stated, shares: hostLocal ? stated.value : undefined };

  const union = supernetOf(ofNodes);
  if (union !== undefined && hostLocal) {
    const complete = cluster.nodes.every((node) =>
      node.podCidrs.some((range) => range.value.first.family === family),
    );
    if (complete)
      return {
        cluster: inferred(union, 'guessed: the smallest range that holds the pod CIDRs of all nodes'),
      };
    const wide = covers(usual, union) ? usual : widen(union, usualWidth[family]);
    const why = 'guessed: some nodes have no pod CIDR, and this range holds those of the others';
    return { cluster: inferred(wide, why), shares: wide };
  }
  const around = supernetOf([...ofNodes, ...seen.map(hostCidr)]);
  if (around !== undefined) {
    const why = 'guessed: the smallest usual range that holds every observed pod address';
    return { cluster: inferred(widen(around, narrowest[family]), why) };
  }
  return { cluster: simulated(usual, 'the default: no file tells the pod network'), shares: usual };
}

/** Addresses that a running cluster reported for pods with a network namespace of their own. */
interface Observed extends ByFamily<FamilyObserved> {
  /** Of the first pod that has any. */
  readonly families: readonly Family[];
}

interface FamilyObserved {
  readonly seen: readonly Ip[];
  /** Whether all of them lie in a pod CIDR of their pod's node; also when there are none. */
  readonly hostLocal: boolean;
}

function observedAddresses(cluster: Cluster): Observed {
  const seen: ByFamily<Ip[]> = { 4: [], 6: [] };
  const hostLocal = { 4: true, 6: true };
  let families: readonly Family[] = [];
  const rangesOf = new Map(cluster.nodes.map((node) => [node.name, node.podCidrs]));
  for (const pod of cluster.pods) {
    if (pod.spec.hostNetwork) continue;
    const ranges = rangesOf.get(pod.node?.value ?? '') ?? [];
    for (const { value: ip, provenance } of pod.addresses) {
      if (provenance !== 'observed') continue;
      if (families.length === 0) families = pod.addresses.map((address) => address.value.family);
      seen[ip.family].push(ip);
      if (!ranges.some((range) => contains(range.value, ip))) hostLocal[ip.family] = false;
    }
  }
  return {
    4: { seen: seen[4], hostLocal: hostLocal[4] },
    6: { seen: seen[6], hostLocal: hostLocal[6] },
    families,
  };
}

function serviceRange(cluster: Cluster, settings: SimulationSettings, family: Family): Fact<Cidr> {
  const known = cluster.services
    .flatMap((service) => service.clusterIps.map((ip) => ip.value))
    .filter((ip) => ip.family === family);
  const usual = settings.serviceNetwork[family];
  if (known.every((ip) => contains(usual, ip)))
    return simulated(usual, 'the default: no file tells the range of Services');
  const around = supernetOf(known.map(hostCidr)) ?? usual;
  const width = family === 4 ? usualWidth[4] : usual.prefix;
  return inferred(
    widen(around, width),
    'guessed: a range of the usual size that holds every known ClusterIP',
  );
}

function widen(range: Cidr, prefix: number): Cidr {
  return range.prefix <= prefix ? range : cidr(range.first, Math.min(prefix, bitsOf(range.first.family)));
}
