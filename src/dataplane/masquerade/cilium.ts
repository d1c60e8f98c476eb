// Answers: whose source does Cilium rewrite? What pods send outside the cluster and outside the native routing range. Done in
// eBPF it also spares the addresses of other nodes; done by iptables it does not, so pods reach other nodes behind their own.
// Source: Cilium Documentation/network/concepts/masquerading.rst (spec C2, C1b F7).
import { contains, type Cidr, type Family } from '../../model/address';
import type { MasqueradeRule } from '../profile';

export interface CiliumMasquerading {
  /** `enable-bpf-masquerade` */
  readonly ebpf: boolean;
  /** `ipv4-native-routing-cidr` and its sibling: what the network outside routes by itself. */
  readonly native: readonly Cidr[];
  /** Families with masquerading switched off (`enable-ipv4-masquerade: false`). */
  readonly off: readonly Family[];
}

export function masqueradeByCilium({ ebpf, native, off }: CiliumMasquerading): MasqueradeRule {
  return ({ packet, cluster, isNode, isPod }) => {
    if (!isPod(packet.source) || off.includes(packet.source.family)) return undefined;
    if (isPod(packet.destination) || (cluster !== undefined && contains(cluster, packet.destination)))
      return { kind: 'spare', rule: 'Cilium does not masquerade between pods' };
    const routed = native.find((range) => contains(range, packet.destination));
    if (routed !== undefined)
      return { kind: 'spare', rule: `Cilium does not masquerade to its native routing range ${routed.text}` };
    if (!isNode(packet.destination))
      return { kind: 'rewrite', rule: 'Cilium masquerades what pods send outside the cluster' };
    return ebpf
      ? { kind: 'spare', rule: "Cilium's eBPF masquerading spares the addresses of nodes" }
      : {
          kind: 'rewrite',
          rule: 'Cilium masquerades by iptables (no enable-bpf-masquerade), which does not spare the addresses of nodes',
        };
  };
}
