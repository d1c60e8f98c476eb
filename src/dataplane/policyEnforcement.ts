// Answers: what becomes of policies under a network plugin? Whether anybody enforces them, how blocks are read, and what happens to
// a packet that is not admitted (spec E3, rules E35, E61; who knows the admin tiers by spec E2).
import { commonReading, type PolicyReading } from '../model/policyReading';
import type { PolicyEnforcement } from './profile';

/** Those that implement policy.networking.k8s.io, as far as is known. */
const withAdminTiers: ReadonlySet<string> = new Set([
  'Calico',
  'Cilium',
  'Antrea',
  'OVN-Kubernetes',
  'kindnet',
  'kube-network-policies',
]);

export function enforcedBy(
  by: string,
  refusal: PolicyEnforcement['refusal'] = 'drop',
  reading: PolicyReading = commonReading,
): PolicyEnforcement {
  return { enforced: true, by, refusal, reading, adminTiers: withAdminTiers.has(by) };
}

export function notEnforced(by: string): PolicyEnforcement {
  return { enforced: false, by, refusal: 'drop', reading: commonReading, adminTiers: false };
}

/** @param nodes whether blocks match nodes: `policy-cidr-match-mode: nodes` */
export function enforcedByCilium(nodes: boolean): PolicyEnforcement {
  return enforcedBy('Cilium', 'drop', { blocksSelectPods: false, blocksSelectNodes: nodes, by: 'Cilium' });
}
