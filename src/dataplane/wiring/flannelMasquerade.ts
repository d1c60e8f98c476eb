// Answers: whose source address does flannel rewrite? With `--ip-masq` it spares traffic between pods and rewrites what pods
// send elsewhere and what others send to pods of other nodes. The first rule that fits decides.
// Source: flannel pkg/trafficmngr/iptables (spec C3); kube-proxy's own mark is honoured before.
import { contains, type Cidr, type Ip } from '../../model/address';
import type { Masquerading } from '../network';
import type { Packet } from '../packet';

export interface MasqueradeRanges {
  /** The cluster's pod range and this node's part of it, in the packet's family; undefined: not known. */
  readonly cluster: Cidr | undefined;
  readonly node: Cidr | undefined;
}

/** @param address what MASQUERADE would use: the address of the outgoing device (spec R6). */
export function masqueradeByFlannel(
  packet: Packet,
  ranges: MasqueradeRanges,
  mark: string | undefined,
  address: Ip,
): Masquerading | undefined {
  if (mark !== undefined) return { kind: 'rewrite', rule: mark, address };
  const { cluster, node } = ranges;
  if (cluster === undefined) return undefined;
  const fromPods = contains(cluster, packet.source);
  const toPods = contains(cluster, packet.destination);
  const fromHere = node !== undefined && contains(node, packet.source);
  const toHere = node !== undefined && contains(node, packet.destination);
  if (fromHere && toPods)
    return {
      kind: 'spare',
      rule: `flannel does not masquerade from this node's pods to other pods (${cluster.text})`,
    };
  if (fromPods && toHere)
    return {
      kind: 'spare',
      rule: `flannel does not masquerade from pods (${cluster.text}) to this node's pods`,
    };
  if (!fromPods && toHere)
    return {
      kind: 'spare',
      rule: `flannel does not masquerade what comes from elsewhere to this node's pods`,
    };
  if (fromPods)
    return {
      kind: 'rewrite',
      rule: `flannel masquerades what pods send outside the pod range ${cluster.text}`,
      address,
    };
  if (toPods)
    return { kind: 'rewrite', rule: `flannel masquerades what others send to pods of other nodes`, address };
  return undefined;
}
