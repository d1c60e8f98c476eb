// Answers: what does the portmap plugin do with a packet for a node's address and a host port? It rewrites the destination to
// the pod, on the pod's own node only, and masks the source where the answer would otherwise bypass the node: clients of the
// pod's own subnet, the pod itself, and 127.0.0.1. Source: containernetworking/plugins meta/portmap (spec C4).
import { contains, isLoopback, type Cidr } from '../../model/address';
import { keyOf } from '../../model/objects';
import type { Arrival, Translation } from '../network';
import type { Translator } from '../steps/translate';
import type { HostPortOwner } from './portOwners';

/** @param by the portmap plugin, or what stands in for it. @param subnet of the pods of this node: answers inside it would be switched past the node. */
export function translateHostPort(
  by: Translator,
  { packet }: Arrival,
  { pod, container, port }: HostPortOwner,
  subnet: Cidr | undefined,
): Translation | undefined {
  const address = pod.addresses.find(({ value }) => value.family === packet.destination.family)?.value;
  if (address === undefined) return undefined;
  const fromSubnet = subnet !== undefined && contains(subnet, packet.source);
  const mark =
    isLoopback(packet.source) || fromSubnet || packet.source.text === address.text
      ? {
          rule: `${by.who} masquerades clients whose answers would not come back through the node`,
          keepsPort: true,
        }
      : undefined;
  return {
    kind: 'rewrite',
    by,
    service: { kind: 'Pod', namespace: pod.namespace, name: pod.name, at: pod.nameAt },
    chosen: { address, port: port.containerPort, owner: keyOf(pod) },
    candidates: 1,
    mark,
    evidence: [
      {
        text: `container ${container} of ${keyOf(pod)} has hostPort ${port.hostPort ?? 0}/${port.protocol}`,
        provenance: 'declared',
        at: port.at,
      },
    ],
  };
}
