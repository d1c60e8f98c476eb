// Answers: whom do policies take a packet's other end for, and does anybody enforce them? Plugins know addresses only: a pod's
// address stands for the pod, an address of a node's device for the node, anything else is outside (rules E31, E52, E54).
// A CNI that does not enforce NetworkPolicy lets everything pass (rule E61).
import type { Dataplane } from '../dataplane/network';
import type { PolicyEnforcement } from '../dataplane/profile';
import type { Filter } from '../dataplane/walk';
import { isLoopback, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import type { Ruling } from '../model/ruling';
import { policyJudgeOf, type PolicyPeerEnd } from '../policy/judge';

/** The policies of `cluster`, in the form that the walker asks for. */
export function policyFilter(cluster: Cluster, dataplane: Dataplane, enforcement: PolicyEnforcement): Filter {
  const judge = policyJudgeOf(cluster, enforcement.reading);
  return (direction, subject, packet) => {
    const ruling = judge.judge({
      direction,
      subject,
      peer: peerAt(cluster, dataplane, subject, direction === 'ingress' ? packet.source : packet.destination),
      protocol: packet.protocol,
      port: packet.protocol === 'ICMP' ? undefined : packet.destinationPort,
    });
    return enforcement.enforced ? enforcedRuling(ruling, enforcement) : unenforced(ruling, enforcement.by);
  };
}

/** What the plugin adds: how it refuses, and whether it knows the tiers that decided. */
function enforcedRuling(ruling: Ruling, { by, refusal, adminTiers }: PolicyEnforcement): Ruling {
  const decided = ruling.tier === 'admin' || ruling.tier === 'baseline' || ruling.passed.length > 0;
  const notes =
    decided && !adminTiers
      ? [
          ...ruling.notes,
          `Whether ${by} enforces ${ruling.deciding?.policy.kind ?? 'admin policies'} is not known.`,
        ]
      : ruling.notes;
  return { ...ruling, refusal: ruling.outcome === 'deny' ? refusal : undefined, notes };
}

/** The ruling of a plugin that does not look at policies: what they say is told, and does not count. */
function unenforced(ruling: Ruling, by: string): Ruling {
  if (ruling.isolating.length === 0 && ruling.deciding === undefined && ruling.passed.length === 0)
    return ruling;
  const note = `${by} does not enforce NetworkPolicy: what the policies say changes nothing.`;
  return {
    ...ruling,
    outcome: 'allow',
    basis: 'not-enforced',
    reason: `Policies are present, but ${by} does not enforce them. They would say: ${ruling.reason}`,
    notes: [...ruling.notes, note],
  };
}

function peerAt(cluster: Cluster, dataplane: Dataplane, subject: Pod, address: Ip): PolicyPeerEnd {
  // Inside a pod, loopback is the pod itself (rules E47, E49).
  if (isLoopback(address)) return { address, pod: subject };
  for (const owner of lookupOf(cluster).owners(address)) {
    if (owner.kind === 'pod') return { address, pod: owner.pod };
  }
  const node = dataplane.nodeOwning(address);
  return node === undefined ? { address } : { address, node: node.name };
}
