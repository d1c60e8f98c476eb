// Answers: which ranges do pods and Services of this cluster use, and which families? What the input states wins; then
// the union of the nodes' pod CIDRs; then the smallest range around the observed pod addresses, marked as guessed; then
// the settings (spec part B, "Finding the cluster CIDR"). Also tells whether nodes hand out addresses of a range of their
// own (host-local) or the plugin does so itself, as Calico does: then no pod CIDR is made up for a node.
import type { Cidr, Family, Ip } from '../model/address';
import { bitsOf, cidr, contains, covers, hostCidr } from '../model/address';
import type { Cluster, ClusterNetwork } from '../model/cluster';
import type { Pod } from '../model/pod';
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
  const families = familiesOf(cluster, settings);
  const podRanges: ByFamily<PodRange> = {
    4: planPodRange(cluster, settings, 4),
    6: planPodRange(cluster, settings, 6),
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

function familiesOf(cluster: Cluster, settings: SimulationSettings): readonly Family[] {
  const told = [
    cluster.network.podCidrs.map((range) => range.value.first.family),
    cluster.nodes.find((node) => node.podCidrs.length > 0)?.podCidrs.map((range) => range.value.first.family),
    cluster.network.serviceCidrs.map((range) => range.value.first.family),
    cluster.pods.find((pod) => observedIps(pod).length > 0)?.addresses.map((ip) => ip.value.family),
  ].find((families) => families !== undefined && families.length > 0);
  return [...new Set(told ?? settings.families)];
}

function planPodRange(cluster: Cluster, settings: SimulationSettings, family: Family): PodRange {
  const stated = cluster.network.podCidrs.find((range) => range.value.first.family === family);
  const ofNodes = cluster.nodes.flatMap((node) =>
    node.podCidrs.map((range) => range.value).filter((range) => range.first.family === family),
  );
  const seen = cluster.pods.flatMap(observedIps).filter((ip) => ip.family === family);
  const hostLocal = seen.every((ip) => ofNodes.some((range) => contains(range, ip)));
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

/** Addresses a running cluster reported for pods with a network namespace of their own. */
export function observedIps(pod: Pod): readonly Ip[] {
  if (pod.spec.hostNetwork) return [];
  return pod.addresses.filter((ip) => ip.provenance === 'observed').map((ip) => ip.value);
}
