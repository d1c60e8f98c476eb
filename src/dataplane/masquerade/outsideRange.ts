// Answers: whose source do plugins rewrite that look at the destination alone, or at pools? kindnet: whatever is not for a
// pod. Calico: from a pool with natOutgoing to no pool. Antrea, OVN-Kubernetes, Azure overlay: from a pod to what is not a pod.
// Sources: kind images/kindnetd, Calico felix/rules/nat.go, Antrea docs/design/architecture.md (spec C3).
import { contains } from '../../model/address';
import type { MasqueradeRule } from '../profile';

/** Any source: also the node's own packets, which stay as they are. The rule has no `--random-fully`. */
export const masqueradeByKindnet: MasqueradeRule = ({ packet, cluster, toItself }) => {
  if (cluster === undefined || toItself) return undefined;
  return contains(cluster, packet.destination)
    ? { kind: 'spare', rule: `kindnet does not masquerade what goes to pods (${cluster.text})` }
    : {
        kind: 'rewrite',
        rule: `kindnet masquerades what goes outside the pod range ${cluster.text}`,
        keepsPort: true,
      };
};

export const masqueradeByCalico: MasqueradeRule = ({ packet, pools }) => {
  const from = pools.find(({ range }) => contains(range, packet.source));
  if (from === undefined) return undefined;
  if (!from.natOutgoing)
    return {
      kind: 'spare',
      rule: `the pool ${from.range.text} has no natOutgoing: Calico does not masquerade`,
    };
  // Also pools without natOutgoing are spared as destinations.
  const to = pools.find(({ range }) => contains(range, packet.destination));
  return to === undefined
    ? {
        kind: 'rewrite',
        rule: `Calico's natOutgoing masquerades what the pool ${from.range.text} sends outside every pool`,
      }
    : { kind: 'spare', rule: `Calico does not masquerade between pools (${to.range.text})` };
};

/** @param who the plugin as it is called in the sentence. */
export function masqueradePodsToOthers(who: string): MasqueradeRule {
  return ({ packet, cluster }) => {
    if (cluster === undefined || !contains(cluster, packet.source)) return undefined;
    return contains(cluster, packet.destination)
      ? { kind: 'spare', rule: `${who} does not masquerade between pods (${cluster.text})` }
      : { kind: 'rewrite', rule: `${who} masquerades what pods send outside the pod range ${cluster.text}` };
  };
}
