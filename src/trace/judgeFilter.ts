// Answers: whom do policies take a packet's other end for? Plugins know addresses only: a pod's address stands for the pod,
// a node's or its bridge's address for the node, anything else is outside (rules E31, E52, E54).
import type { Filter } from '../dataplane/walk';
import { bridgeAddress } from '../dataplane/wiring/hostRoutes';
import { isLoopback, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import { policyJudgeOf, type PolicyPeerEnd } from '../policy/judge';

/** The policies of `cluster`, in the form that the walker asks for. */
export function policyFilter(cluster: Cluster): Filter {
  const judge = policyJudgeOf(cluster);
  return (direction, subject, packet) =>
    judge.judge({
      direction,
      subject,
      peer: peerAt(cluster, subject, direction === 'ingress' ? packet.source : packet.destination),
      protocol: packet.protocol,
      port: packet.destinationPort,
    });
}

function peerAt(cluster: Cluster, subject: Pod, address: Ip): PolicyPeerEnd {
  // Inside a pod, loopback is the pod itself (rules E47, E49).
  if (isLoopback(address)) return { address, pod: subject };
  const lookup = lookupOf(cluster);
  for (const owner of lookup.owners(address)) {
    if (owner.kind === 'pod') return { address, pod: owner.pod };
    if (owner.kind === 'node') return { address, node: owner.node.name };
  }
  const range = lookup.rangeOf(address);
  const isBridge =
    range?.kind === 'node-pod-cidr' && bridgeAddress(range.node, address.family)?.text === address.text;
  return isBridge ? { address, node: range.node.name } : { address };
}
