// Answers: what became of a packet that left by the default route although its address belongs to the cluster? Virtual addresses
// that nothing captured and pod addresses that no route knows are lost outside; they must not pass for outside traffic (spec D1).
import { keyOf } from '../../model/objects';
import type { Dataplane } from '../network';
import type { Packet } from '../packet';
import type { Wiring } from './context';

export function strayReason({ lookup }: Wiring, packet: Packet): ReturnType<Dataplane['strayReason']> {
  const range = lookup.rangeOf(packet.destination);
  const owners = lookup.owners(packet.destination);
  // An external or load-balancer address is somebody's outside; a ClusterIP is nobody's.
  const service = owners.find(
    (owner) =>
      owner.kind === 'service' &&
      owner.service.clusterIps.some(({ value }) => value.text === packet.destination.text),
  );
  const { text } = packet.destination;
  if (service?.kind === 'service') {
    const asked =
      packet.protocol === 'ICMP'
        ? 'does not answer pings'
        : `has no port ${packet.destinationPort}/${packet.protocol}`;
    return {
      cause: 'not-captured',
      reason: `Service ${keyOf(service.service)} ${asked}: no rule takes the packet, and it is lost outside the cluster.`,
    };
  }
  const pod = owners.find(({ kind }) => kind === 'pod');
  if (pod?.kind === 'pod')
    return {
      cause: 'no-route',
      reason: `${text} is pod ${keyOf(pod.pod)}, but the node has no route to it: the packet is lost outside the cluster.`,
    };
  switch (range?.kind) {
    case 'service-cidr':
      return {
        cause: 'not-captured',
        reason: `${text} is in the Service range ${range.cidr.value.text}, but no Service has it: the packet is lost outside the cluster.`,
      };
    case 'pod-cidr':
      return {
        cause: 'no-route',
        reason: `${text} is in the pod range ${range.cidr.value.text}, but in no node's part of it: the packet is lost outside the cluster.`,
      };
    case 'node-pod-cidr':
      return {
        cause: 'no-route',
        reason: `${text} is in the pod range of node ${range.node.name}, but no pod has it: the packet is lost outside the cluster.`,
      };
    case undefined:
      return undefined;
  }
}
