// Answers: how large may a packet be on each device? The uplink's size, less what the tunnel's outer headers take; pods get what
// is left, so that nothing has to be cut (spec C2: 1450 for flannel VXLAN, 1480 for IPIP, 1400 for OVN-Kubernetes). Inferred.
import type { CniProfile } from '../profile';

export function tunnelMtu({ between, uplinkMtu }: CniProfile): number {
  return between.kind === 'tunnel' ? uplinkMtu - between.encapsulation.overhead : uplinkMtu;
}

/** Of a pod's `eth0` and of the devices of its node that carry its packets. */
export function podMtu(profile: CniProfile): number {
  return tunnelMtu(profile);
}
