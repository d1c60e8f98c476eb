// Answers: which policies does the filter of the Policies view let through? Words must all fit: a part of a name, namespace, kind or
// vendor; `tier:admin`, `kind:cilium`, `namespace:shop` or `selects:web` to say which; `selects:nothing` for policies that are
// about no pod. Whom a policy of a vendor selects is not judged, so that no `selects:` fits it.
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { AdminPolicy, NetworkPolicy, VendorPolicy } from '../model/policy';
import { policiesOf } from '../trace/policyReading';
import { splitOnce } from './tree';

type Policy = NetworkPolicy | AdminPolicy | VendorPolicy;

/** What is left of a cluster's policies, in its order. */
export interface ShownPolicies {
  readonly network: readonly NetworkPolicy[];
  readonly admin: readonly AdminPolicy[];
  /** With their place in the cluster: several may have one name. */
  readonly vendor: readonly { readonly policy: VendorPolicy; readonly index: number }[];
}

export function shownPolicies(cluster: Cluster, filter: string): ShownPolicies {
  const tests = filter
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => wordMatcher(cluster, word));
  const fits = (policy: Policy): boolean => tests.every((test) => test(policy));
  const vendor = cluster.vendorPolicies.map((policy, index) => ({ policy, index }));
  if (tests.length === 0) return { network: cluster.policies, admin: cluster.adminPolicies, vendor };
  return {
    network: cluster.policies.filter(fits),
    admin: cluster.adminPolicies.filter(fits),
    vendor: vendor.filter(({ policy }) => fits(policy)),
  };
}

/** How many policies the filter lets through, and how many there are. */
export function policyCounts(
  cluster: Cluster,
  filter: string,
): { readonly shown: number; readonly all: number } {
  const { network, admin, vendor } = shownPolicies(cluster, filter);
  const { policies, adminPolicies, vendorPolicies } = cluster;
  return {
    shown: network.length + admin.length + vendor.length,
    all: policies.length + adminPolicies.length + vendorPolicies.length,
  };
}

function wordMatcher(cluster: Cluster, word: string): (policy: Policy) => boolean {
  const [what, text] = splitOnce(word, ':');
  const has = (whole: string): boolean => whole.toLowerCase().includes(text);
  switch (what) {
    case 'tier':
      return (policy) => has(tierOf(policy));
    case 'kind':
      return ({ kind }) => has(kind);
    case 'namespace':
      return ({ namespace }) => namespace.toLowerCase() === text;
    case 'selects':
      return (policy) => {
        if ('vendor' in policy) return false;
        const pods = policiesOf(cluster).selectedBy(policy);
        return text === 'nothing' ? pods.length === 0 : pods.some((pod) => has(keyOf(pod)));
      };
    default:
      return (policy) =>
        [keyOf(policy), policy.kind, ...('vendor' in policy ? [policy.vendor] : [])].some((whole) =>
          whole.toLowerCase().includes(word),
        );
  }
}

/** Policies of vendors are in none of the tiers: they have one of their own in the view. */
function tierOf(policy: Policy): string {
  if ('vendor' in policy) return 'vendor';
  return policy.kind === 'NetworkPolicy' ? 'network' : policy.tier;
}
