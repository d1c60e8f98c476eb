// Answers: what does a surface need to show a trace? Plain JSON-able data with every word already chosen, so that the
// page, the terminal and the Markdown say the same. Made by `traceView.ts`; one way is shown in full, the others in a line.
import type { StepOutcome } from '../dataplane/step';
import type { ContainerRole } from '../model/pod';
import type { RuleFinding } from '../model/ruling';
import type { Location, Provenance } from '../model/source';
import type { FinalState, TraceResult, VerdictId } from '../trace/trace';

/** How a result feels; never the only sign, words and an icon stand beside it. */
export type Tone = 'good' | 'bad' | 'mixed' | 'unknown';

/** Codicon names. */
export type ToneIcon = 'pass' | 'error' | 'warning' | 'question';

/** A place in a manifest that the reader can go to; `label` is short: `shop.yaml:12`. */
export interface LinkView {
  readonly label: string;
  readonly location: Location;
}

export interface BannerView {
  readonly result: TraceResult;
  readonly final: FinalState;
  readonly verdict: VerdictId;
  readonly tone: Tone;
  readonly icon: ToneIcon;
  /** The result as a word for people. */
  readonly title: string;
  /** The verdict in one sentence. */
  readonly words: string;
  /** `The client sees: timeout after about 130 s.` */
  readonly symptom?: string | undefined;
  /** Who can allow it, where no rule can be offered: the admin tier denies it. For the trace as a whole only. */
  readonly advice?: string | undefined;
  /** `Decided at`, or `Left open at` for the lines of policies that are not judged. */
  readonly linksTitle: string;
  /** The lines that decide: the deciding rules, else the policies that isolate; of several ways, those that do not arrive. */
  readonly links: readonly LinkView[];
}

export interface EndView {
  /** `pod shop/web-0`, `Service shop/db` */
  readonly label: string;
  readonly address?: string | undefined;
  readonly node?: string | undefined;
  /** `simulated address`, `observed address`; undefined when there is none or nobody knows. */
  readonly provenance?: string | undefined;
  readonly link?: LinkView | undefined;
}

/** One line of the list of ways. */
export interface WaySummary {
  readonly index: number;
  /** `pod shop/db-0 10.244.2.3:5432` */
  readonly label: string;
  /** `1 in 3 connections`, the share that takes this way; undefined when there is only one. */
  readonly share?: string | undefined;
  readonly banner: BannerView;
}

export interface EvidenceView {
  readonly text: string;
  readonly provenance: Provenance;
  readonly link?: LinkView | undefined;
}

export interface WarningView {
  readonly code: string;
  readonly text: string;
  readonly link?: LinkView | undefined;
}

/** An end of a packet. What changed is told apart: masquerading may keep the address and pick a new port. */
export interface SocketView {
  readonly address: string;
  /** undefined: ICMP has no ports. */
  readonly port?: number | undefined;
  /** `10.244.1.2:40000`, `[fd00::2]:40000`, `fd00::2` */
  readonly text: string;
  readonly addressChanged: boolean;
  readonly portChanged: boolean;
}

/** What a capture would show. What changed is compared with the hop before, of the same connection. */
export interface HeaderView {
  readonly source: SocketView;
  readonly destination: SocketView;
  readonly protocol: string;
  readonly ttl: number;
  readonly ttlChanged: boolean;
}

/** The packet around the packet, where a tunnel carries it: what the network between the nodes sees. */
export interface OuterView {
  readonly kind: string;
  /** `UDP 8472, VNI 1`, `IP protocol 4` */
  readonly detail: string;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  /** `50 bytes of headers around each packet` */
  readonly overhead: string;
}

export interface ContainerView {
  readonly name: string;
  readonly role: ContainerRole;
  /** `TCP 8080` each. */
  readonly ports: readonly string[];
  /** The container declares the port that the packet was delivered to. */
  readonly listens: boolean;
}

/** A pod around one network namespace: the pause container holds it, the containers share it. */
export interface PodBoxView {
  readonly key: string;
  readonly address?: string | undefined;
  /** `simulated address` */
  readonly provenance?: string | undefined;
  /** `network namespace of the pod`, `network namespace of node worker-1` */
  readonly netns: string;
  readonly hostNetwork: boolean;
  /** `holds net, ipc, uts` */
  readonly pause: string;
  /** Long-running containers, then init containers; ephemeral ones last. */
  readonly containers: readonly ContainerView[];
  readonly link?: LinkView | undefined;
}

/** One box of the diagram: consecutive hops at one place. The wire is an edge with a name, not a box. */
export interface LaneView {
  readonly id: string;
  /**
   * `service`: a Service that no packet was translated for; `gateway`: the router between the nodes and the world;
   * `outside`: a host beyond it.
   */
  readonly kind: 'pod' | 'node' | 'wire' | 'gateway' | 'outside' | 'service';
  /** `pod shop/web-0`, `node worker-1`, `203.0.113.10`; of a wire `wire`, `VXLAN tunnel`. */
  readonly title: string;
  /** Node: its address. Pod: the node it runs on. */
  readonly subtitle?: string | undefined;
  readonly provenance?: string | undefined;
  /** Pod lanes: that pod. Node lanes: the hostNetwork pods that send or receive here. */
  readonly pods: readonly PodBoxView[];
  /** Indices into `hops`, in order; empty for a destination that was not reached, and for a host that is not traced. */
  readonly hops: readonly number[];
  readonly reached: boolean;
  /** Which connection of the leg, from 0: a proxy ends one and opens the next, and has a lane in both. */
  readonly connection: number;
  readonly link?: LinkView | undefined;
}

/** One device on the way. */
export interface HopView {
  readonly index: number;
  /** Id of the lane it is in. */
  readonly lane: string;
  /** `node worker-1` */
  readonly place: string;
  readonly device: string;
  /** `in by`, `out by`, `through` */
  readonly movement: string;
  readonly header: HeaderView;
  readonly outer?: OuterView | undefined;
  /** Bytes of the largest packet that the device takes; undefined: not known. */
  readonly mtu?: number | undefined;
  /** `a new connection`: the first hop behind a proxy, nothing of whose header comes from the hop before. */
  readonly opens?: string | undefined;
  /** Indices into `steps`. */
  readonly steps: readonly number[];
}

/** Exactly the fields that a translation changed: address and port, or only one of them. */
export interface NatView {
  /** `at connect`: a socket was pointed at the endpoint, no packet had the old address. `restored`: on the way back. */
  readonly what: 'DNAT' | 'at connect' | 'SNAT' | 'restored';
  readonly end: 'source' | 'destination';
  /** `DNAT destination`, `SNAT source port`, `destination at connect()` */
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

export type ShieldState = 'admitted' | 'denied' | 'not isolated' | 'exempt' | 'ambiguous' | 'undetermined';

/** What the policies of one pod say, in one direction. */
export interface PolicyView {
  readonly direction: 'ingress' | 'egress';
  /** The pod whose policies were judged. */
  readonly subject: string;
  readonly state: ShieldState;
  /** `egress admitted` */
  readonly title: string;
  readonly words: string;
  /** Which tier decided: `tier: admin`; undefined where no policy was asked or several outcomes are open. */
  readonly tier?: string | undefined;
  readonly isolating: readonly PolicyLineView[];
  /** Policies of kinds that are not judged yet. */
  readonly leftOpenBy: readonly PolicyLineView[];
  readonly deciding?: PolicyLineView | undefined;
  readonly findings: readonly FindingView[];
  readonly notes: readonly string[];
}

/** `NetworkPolicy shop/deny-all`, `NetworkPolicy shop/web, egress rule 1` */
export interface PolicyLineView {
  readonly label: string;
  readonly links: readonly LinkView[];
}

export interface FindingView extends PolicyLineView {
  readonly effect: RuleFinding['effect'];
  readonly reason: string;
}

export interface StepView {
  readonly index: number;
  /** Index of its hop. */
  readonly hop: number;
  readonly kind:
    | 'send'
    | 'route'
    | 'switch'
    | 'translate'
    | 'encapsulate'
    | 'decapsulate'
    | 'proxy'
    | 'policy'
    | 'masquerade'
    | 'restore'
    | 'deliver'
    | 'leave'
    | 'fail';
  /** `Translate Service address (DNAT)` */
  readonly title: string;
  readonly outcome: StepOutcome;
  /** `done`, `dropped here`, `looked at, does not apply` */
  readonly outcomeWords: string;
  readonly drops: boolean;
  readonly words: string;
  readonly nat?: NatView | undefined;
  readonly policy?: PolicyView | undefined;
  readonly evidence: readonly EvidenceView[];
}

/** The request, or its answer. Lanes are in the order of travel. */
export interface LegView {
  readonly kind: 'request' | 'reply';
  readonly lanes: readonly LaneView[];
  readonly hops: readonly HopView[];
  readonly steps: readonly StepView[];
  /** Index of the step that ends the way badly; undefined: none does. */
  readonly droppedAt?: number | undefined;
}

export interface PrincipleView {
  readonly id: 'G1' | 'G2' | 'G3' | 'G4';
  readonly statement: string;
  readonly status: 'holds' | 'violated' | 'not-applicable';
  /** `holds`, `violated`, `does not apply` */
  readonly statusWords: string;
  readonly reason: string;
  readonly evidence: readonly EvidenceView[];
}

/** One way in full. */
export interface WayView extends WaySummary {
  /** What is drawn when it is not the connection that was asked for: the name lookup before it. */
  readonly about?: string | undefined;
  /** `1450 bytes: flannel.1 of node n1 takes no larger packet.` undefined: not known. */
  readonly mtu?: string | undefined;
  readonly request: LegView;
  /** undefined: nothing is answered. */
  readonly reply?: LegView | undefined;
  readonly principles: readonly PrincipleView[];
}

/** The network that was walked: whose wiring it is, and how it is known to be this cluster's. */
export interface ProfileView {
  /** `flannel with VXLAN, kube-proxy in iptables mode` */
  readonly words: string;
  /** Plugin and mode, each with how it is known. */
  readonly evidence: readonly EvidenceView[];
  /** That TTL and devices are inferred only; undefined: the profile was measured on a kernel. */
  readonly inferred?: string | undefined;
}

/** A setting of the nodes that would explain a failure which the trace does not see. */
export interface CheckView {
  readonly id: string;
  readonly text: string;
  /** Shows whether it is so, run on a node. */
  readonly command: string;
  /** `on n1 and n2` */
  readonly where: string;
}

export interface TraceView {
  /** `shop/web to svc/shop/db, TCP 5432` */
  readonly title: string;
  readonly banner: BannerView;
  readonly source?: EndView | undefined;
  readonly destination?: EndView | undefined;
  readonly profile: ProfileView;
  /** Every way in one line; empty when nothing was sent. */
  readonly ways: readonly WaySummary[];
  /** The chosen way; undefined when nothing was sent. */
  readonly way?: WayView | undefined;
  readonly assumptions: readonly EvidenceView[];
  readonly warnings: readonly WarningView[];
  /** If it fails all the same, look at these; empty for a trace that already says what stops it. */
  readonly checks: readonly CheckView[];
}
