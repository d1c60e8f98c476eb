// Answers: what does a trace say? `Trace > Hop > Step`, plain immutable data that terminals, editors and pages print.
// The grammar: hops start with a send; only the last hop ends the way; every step takes up the packet where the one
// before left it; nothing follows a drop. `grammar.ts` asserts it.
import type { CniProfileId, KubeProxyMode } from '../dataplane/profile';
import type { Hop } from '../dataplane/step';
import type { ObjectKey } from '../model/objects';
import type { Evidence, Location } from '../model/source';
import type { TraceQuery } from './query';

/** Ambiguous: several endpoints with different results. Undetermined: the input does not tell. */
export type TraceResult = 'Reachable' | 'Unreachable' | 'Ambiguous' | 'Undetermined';

/** Deliver: reached a socket's namespace. Forward: handed to a network we know nothing of. Abort: never sent. */
export type FinalState = 'Deliver' | 'Drop' | 'Reject' | 'Forward' | 'Abort';

/** Conditions of table F of the networking facts; ids and words are stable. */
export type VerdictId =
  | 'delivered-port-unknown'
  | 'left-cluster'
  | 'refused-no-listener'
  | 'rejected-no-endpoints'
  | 'dropped-no-local-endpoints'
  | 'dropped-source-range'
  | 'dropped-policy'
  | 'denied-admin'
  | 'denied-baseline'
  | 'no-route'
  | 'host-unreachable'
  | 'not-captured'
  | 'not-running'
  | 'unscheduled'
  | 'no-ip'
  | 'completed'
  | 'node-not-ready'
  | 'dns-failed'
  | 'port-conflict'
  | 'family-mismatch'
  | 'reply-lost'
  | 'ambiguous'
  | 'unknown';

export interface Verdict {
  readonly id: VerdictId;
  /** The verdict in one sentence, e.g. `Dropped by NetworkPolicy isolation: deny-all, redis-cart (ingress).` */
  readonly words: string;
  /** What the client would see, e.g. `connection refused at once`; undefined when that is not known. */
  readonly symptom?: string | undefined;
}

/** One of the four promises of the pod network, checked on this trace (spec part G). */
export interface Principle {
  readonly id: 'G1' | 'G2' | 'G3' | 'G4';
  /** The promise in one sentence. */
  readonly statement: string;
  readonly status: 'holds' | 'violated' | 'not-applicable';
  /** Why, in one sentence. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** Something worth knowing that does not change the verdict. `code` is stable. */
export interface Warning {
  readonly code: string;
  readonly text: string;
  readonly at?: Location | undefined;
}

/** An end after resolution: which network namespace sends or receives. */
export interface ResolvedEnd {
  /** `pod shop/web-0`, `node worker-1`, `Service shop/db`, `203.0.113.7 (outside)` */
  readonly label: string;
  readonly pod?: ObjectKey | undefined;
  readonly node?: string | undefined;
  /** Canonical text of the address used. */
  readonly address?: string | undefined;
  readonly at?: Location | undefined;
}

/** One way that the connection may take: the only one, or one per endpoint of a Service or pod of a workload. */
export interface Way {
  readonly destination: ResolvedEnd;
  readonly port: number | undefined;
  /** Chance that a connection takes this way, 0 to 1. */
  readonly probability: number;
  readonly result: TraceResult;
  readonly final: FinalState;
  readonly verdict: Verdict;
  readonly hops: readonly Hop[];
  /** The answer's way back; empty when nothing is answered. */
  readonly reply: readonly Hop[];
  readonly principles: readonly Principle[];
}

/** The network that was walked, and how it is known to be this cluster's. */
export interface TraceProfile {
  readonly cniId: CniProfileId;
  /** `kindnet (point-to-point veths)` */
  readonly cni: string;
  readonly kubeProxy: KubeProxyMode;
  /** `measured`: the profile was held against a kernel. `sources`: TTL and devices inside are inferred. */
  readonly known: 'measured' | 'sources';
  readonly how: 'chosen' | 'detected' | 'assumed';
  /** What names the plugin, the deciding object first; empty for a chosen one. */
  readonly evidence: readonly Evidence[];
  readonly kubeProxyHow: 'chosen' | 'detected' | 'assumed';
  readonly kubeProxyEvidence: readonly Evidence[];
  /** What the cluster's configuration says and the profile cannot follow yet. */
  readonly remarks: readonly Evidence[];
}

export interface Trace {
  readonly query: TraceQuery;
  readonly profile: TraceProfile;
  readonly result: TraceResult;
  readonly final: FinalState;
  readonly verdict: Verdict;
  readonly source: ResolvedEnd | undefined;
  readonly destination: ResolvedEnd | undefined;
  /** The first of `candidates`, which is the way that the surfaces show first. */
  readonly hops: readonly Hop[];
  readonly reply: readonly Hop[];
  readonly candidates: readonly Way[];
  /** What the verdict takes for granted, e.g. that a process listens. */
  readonly assumptions: readonly Evidence[];
  readonly warnings: readonly Warning[];
  readonly principles: readonly Principle[];
}
