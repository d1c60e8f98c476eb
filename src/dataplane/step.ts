// Answers: what can happen to a packet at a device? One kind of step per file in `steps/`; this is their sum and what
// they share. Steps are immutable and JSON-able; each says what it did, why, and on what evidence.
import type { Evidence } from '../model/source';
import type { OuterPacket, Packet } from './packet';
import type { DeliverStep } from './steps/deliver';
import type { DecapsulateStep, EncapsulateStep } from './steps/encapsulate';
import type { FailStep } from './steps/fail';
import type { LeaveStep } from './steps/leave';
import type { MasqueradeStep } from './steps/masquerade';
import type { PolicyStep } from './steps/policy';
import type { ProxyStep } from './steps/proxy';
import type { RestoreStep } from './steps/restore';
import type { RouteStep } from './steps/route';
import type { SendStep } from './steps/send';
import type { SwitchStep } from './steps/switch';
import type { TranslateStep } from './steps/translate';

/**
 * `ok`: done. `dropped`: silently discarded. `rejected`: discarded, and the sender is told. `skipped`: looked at, does
 * not apply here. `assumed`: taken for granted, not known. `unknown`: cannot be told from the input.
 */
export type StepOutcome = 'ok' | 'dropped' | 'rejected' | 'skipped' | 'assumed' | 'unknown';

export interface StepBase {
  readonly outcome: StepOutcome;
  readonly before: Packet;
  readonly after: Packet;
  /** The packet goes no further because of this step. */
  readonly causesDrop: boolean;
  /** One sentence for people. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export type Step =
  | SendStep
  | RouteStep
  | SwitchStep
  | TranslateStep
  | PolicyStep
  | MasqueradeStep
  | EncapsulateStep
  | DecapsulateStep
  | ProxyStep
  | RestoreStep
  | DeliverStep
  | LeaveStep
  | FailStep;

/** Where a device is. A hostNetwork pod's devices are its node's. */
export type Place =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly node: string }
  | { readonly kind: 'node'; readonly name: string }
  /** The wire between nodes. */
  | { readonly kind: 'fabric' }
  | { readonly kind: 'outside' };

/** One device on the way. `packet` is what a capture on that device would show. */
export interface Hop {
  readonly place: Place;
  /** `eth0`, `lo`, `cni0`, `flannel.1`, `veth...` (the name of a veth is inferred, no API tells it). */
  readonly device: string;
  /** `in`: arrives here from another device; `out`: leaves by it; `through`: both (loopback, the wire). */
  readonly movement: 'in' | 'out' | 'through';
  readonly packet: Packet;
  /** The packet around it, where a tunnel carries it. */
  readonly outer?: OuterPacket | undefined;
  /** Bytes of the largest packet that the device takes; undefined: not known, or not asked (packets that come in). */
  readonly mtu?: number | undefined;
  readonly steps: readonly Step[];
}
