// Answers: which networks does the lab build? Shapes are what a CNI makes, modes what kube-proxy writes. The names are
// those of the networking facts, table C1.
import type { CniProfileId } from '../../src/dataplane/profile';

export const shapes = ['bridge', 'ptp', 'vxlan', 'calico'] as const;
/** `bridge`: bridge and host routes. `ptp`: kindnet. `vxlan`: flannel. `calico`: routes to /32 behind proxy ARP, no tunnel. */
export type Shape = (typeof shapes)[number];

export const modes = ['iptables', 'nftables'] as const;
export type Mode = (typeof modes)[number];

/** What this kernel cannot be asked; each is named in the lab's table. */
export const notInTheLab: readonly string[] = [
  'kube-proxy in ipvs mode (needs IPVS)',
  'Calico IPIP (needs the ipip module)',
  'SCTP',
  'Antrea and OVN-Kubernetes (need Open vSwitch)',
];

/** The MTU that the CNI gives to pods: a VXLAN header takes 50 bytes. */
export function podMtu(shape: Shape): number {
  return shape === 'vxlan' ? 1450 : 1500;
}

/** flannel alone leaves policies to others; the lab then has none in the kernel. */
export function enforcesPolicies(shape: Shape): boolean {
  return shape !== 'vxlan';
}

/** The product's name for a shape. */
export const cniProfiles = {
  bridge: 'bridge',
  ptp: 'kindnet',
  vxlan: 'flannel-vxlan',
  calico: 'calico',
} as const satisfies Readonly<Record<Shape, CniProfileId>>;

/** The profile that a random cluster is tried in: policies are left to others in `vxlan`, so it comes up less often. */
export function profileOfSeed(seed: number): { readonly shape: Shape; readonly mode: Mode } {
  const turns: readonly Shape[] = ['bridge', 'calico', 'ptp', 'bridge', 'calico', 'ptp', 'bridge', 'vxlan'];
  const shape = turns[seed % turns.length] ?? 'bridge';
  return { shape, mode: Math.floor(seed / turns.length) % 2 === 0 ? 'iptables' : 'nftables' };
}

export function profileName(shape: Shape, mode: Mode): string {
  return `${shape} x ${mode}`;
}
