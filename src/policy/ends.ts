// Answers: what is asked of policies, and who is at the other end? A plugin knows the other end by its address; the pod or node
// that owns the address is what selectors are matched with (rules E31, E52, E54).
import type { Ip } from '../model/address';
import type { Pod } from '../model/pod';
import type { Direction } from '../model/policy';
import type { Protocol } from '../model/ports';

/** The other end of a flow as a plugin knows it: by address. */
export interface PolicyPeerEnd {
  readonly address: Ip;
  /** The live pod-network pod that has the address. */
  readonly pod?: Pod | undefined;
  /** The node that owns the address; hostNetwork pods are their node. */
  readonly node?: string | undefined;
}

/** One direction of one flow. `port` is the port at the destination pod; undefined for ICMP. */
export interface PolicyFlow {
  readonly direction: Direction;
  /** The pod whose policies are asked. */
  readonly subject: Pod;
  readonly peer: PolicyPeerEnd;
  readonly protocol: Protocol | 'ICMP';
  readonly port?: number | undefined;
}

/** A range of outside addresses that every block of the cluster either covers or leaves out whole; known by its first. */
export interface RangeEnd {
  readonly kind: 'range';
  readonly first: Ip;
}
