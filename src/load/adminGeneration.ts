// Answers: how does this version of the API write this kind of admin policy? (network-policy-api: v1alpha1 has
// AdminNetworkPolicy and BaselineAdminNetworkPolicy; ClusterNetworkPolicy came with v1alpha2, and v1beta1 writes it alike but
// for the bits behind a range's prefix.)
import type { AdminPolicy } from '../model/policy';

export type AdminKind = AdminPolicy['kind'];

/** What the generations of the API write differently. */
export interface Generation {
  readonly kind: AdminKind;
  /** The most rules, peers and ports. */
  readonly most: number;
  /** The action that allows. */
  readonly allow: 'Allow' | 'Accept';
  /** Baseline policies of v1alpha1 cannot pass. */
  readonly passes: boolean;
  readonly domainNames: boolean;
  /** `pods` without `namespaceSelector` means every namespace; else it is required. */
  readonly anyNamespace: boolean;
  /** Whether ranges with bits behind the prefix are refused. */
  readonly masked: boolean;
}

/** @returns how this version writes this kind; undefined when the version is not known here. */
export function generationOf(version: string, kind: AdminKind): Generation | undefined {
  if (kind === 'ClusterNetworkPolicy') {
    if (version !== 'v1alpha2' && version !== 'v1beta1') return undefined;
    const masked = version === 'v1beta1';
    return { kind, most: 25, allow: 'Accept', passes: true, domainNames: true, anyNamespace: true, masked };
  }
  if (version !== 'v1alpha1') return undefined;
  const isAdmin = kind === 'AdminNetworkPolicy';
  return {
    kind,
    most: 100,
    allow: 'Allow',
    passes: isAdmin,
    domainNames: isAdmin,
    anyNamespace: false,
    masked: false,
  };
}
