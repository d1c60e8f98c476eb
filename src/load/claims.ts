// Answers: which ranges does the whole cluster use, when several objects tell? The API does not say it in one place; the
// places differ in how close they are to what runs (spec part B, "Finding the cluster CIDR from the API").
import type { Cidr } from '../model/address';
import type { ClusterNetwork } from '../model/cluster';
import type { Fact } from '../model/source';
import { onePerFamily } from './values';

/** Closest to what runs first. */
export type ClaimSource = 'running' | 'kubeadm' | 'plugin' | 'arguments' | 'configuration';

const order: readonly ClaimSource[] = ['running', 'kubeadm', 'plugin', 'arguments', 'configuration'];

/** What one object says about the network of the whole cluster. */
export interface NetworkClaim {
  readonly from: ClaimSource;
  readonly podCidrs: readonly Fact<Cidr>[];
  readonly serviceCidrs: readonly Fact<Cidr>[];
  readonly dnsDomain?: Fact<string> | undefined;
}

/** The network that the claims make together: from the source closest to what runs, for each family what is written first. */
export function networkOf(claims: readonly NetworkClaim[]): ClusterNetwork {
  const sorted = order.flatMap((source) => claims.filter((claim) => claim.from === source));
  const family = (cidr: Cidr): 4 | 6 => cidr.first.family;
  const closest = sorted.find((claim) => claim.podCidrs.length > 0)?.from;
  // A pool of each family is an object of its own.
  const podCidrs = sorted.filter(({ from }) => from === closest).flatMap((claim) => claim.podCidrs);
  return {
    podCidrs: onePerFamily(podCidrs, family),
    serviceCidrs: onePerFamily(
      sorted.flatMap((claim) => claim.serviceCidrs),
      family,
    ),
    dnsDomain: sorted.find((claim) => claim.dnsDomain !== undefined)?.dnsDomain ?? {
      value: 'cluster.local',
      provenance: 'inferred',
      why: 'The default domain.',
    },
  };
}
