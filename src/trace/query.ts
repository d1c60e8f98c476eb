// Answers: between whom does the user ask for a trace? Ends are named as kubectl users name things; parsing of typed
// text is in `endText.ts`.
import type { Family } from '../model/address';
import type { WorkloadKind } from '../model/objects';
import type { PacketProtocol } from '../dataplane/packet';

/** What a user picks as source or destination. */
export type End =
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly container?: string | undefined;
    }
  | {
      readonly kind: 'workload';
      readonly workload: WorkloadKind;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string }
  /** A DNS name, resolved as the source pod's resolver would, or a host that an Ingress or route serves, with a path. */
  | { readonly kind: 'name'; readonly name: string; readonly path?: string | undefined };

export interface TraceQuery {
  readonly from: End;
  readonly to: End;
  /** Destination port: a number, a Service port's name, or undefined for the only or first one that is declared. */
  readonly port?: number | string | undefined;
  /** ICMP is a ping: it needs no port. */
  readonly protocol: PacketProtocol;
  /** undefined: the first family that both ends have. */
  readonly family?: Family | undefined;
}
