// Answers: which host names lead into the cluster, and to which Services? Ingress rules and Gateway API routes in one form; the
// proxy that serves them is another matter (networking/v1 Ingress; gateway.networking.k8s.io HTTPRoute, GRPCRoute, TCPRoute).
import type { ObjectRef } from './objects';
import type { Fact, Location, Provenance } from './source';

export type EntryKind = 'Ingress' | 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute';

export interface EntryBackend {
  readonly namespace: string;
  readonly service: string;
  /** A number, or for an Ingress the name of a Service port. */
  readonly port: number | string;
  /** Share of the requests, relative to the others of the rule; 0 gets none. */
  readonly weight: number;
  readonly at?: Location | undefined;
}

export interface EntryRule {
  /** Host names it is for, `*.` wildcards included; empty: every host. */
  readonly hosts: readonly string[];
  /** Path prefixes or exact paths; empty: every path. */
  readonly paths: readonly { readonly path: string; readonly exact: boolean }[];
  readonly backends: readonly EntryBackend[];
  readonly at?: Location | undefined;
}

/** An Ingress, or a route of the Gateway API. */
export interface EntryPoint {
  readonly kind: EntryKind;
  readonly namespace: string;
  readonly name: string;
  /** spec.ingressClassName, or the old annotation. */
  readonly className?: string | undefined;
  /** Gateways that a route attaches to. */
  readonly gateways: readonly ObjectRef[];
  readonly rules: readonly EntryRule[];
  /** Where the object's status says that it is served: addresses or host names. */
  readonly servedAt: readonly Fact<string>[];
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/** A Gateway; `servedAt` is its status.addresses. */
export interface Gateway {
  readonly kind: 'Gateway';
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly listeners: readonly {
    readonly name: string;
    readonly port: number;
    readonly hostname?: string | undefined;
  }[];
  readonly servedAt: readonly Fact<string>[];
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}
