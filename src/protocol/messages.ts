// Answers: what do the trace page and its host say to each other? Two interfaces of functions and values; everything
// else is derived from them. JSON values only. Requests that change something answer with the whole new state.
import type { PacketProtocol } from '../dataplane/packet';
import type { ComparisonView } from '../features/profileComparison';
import type { TraceView } from '../features/traceViewShape';
import type { Family } from '../model/address';
import type { Protocol } from '../model/ports';
import type { Location } from '../model/source';
import type { End } from '../trace/query';

export type FamilyChoice = 'any' | '4' | '6';
export type CopyFormat = 'markdown' | 'mermaid' | 'svg' | 'json';

/** A CNI profile and a kube-proxy mode, in the words of the settings. */
export interface ProfilePick {
  readonly cni: string;
  readonly kubeProxy: string;
}

/** What the user picked: worth keeping over a reload, enough to trace again. */
export interface Picks {
  readonly from?: End | undefined;
  readonly to?: End | undefined;
  /** undefined: the only or first port that the destination declares. */
  readonly port?: number | string | undefined;
  readonly protocol: PacketProtocol;
  /** undefined: the first family that both ends have. */
  readonly family?: Family | undefined;
  /** Which way of the trace is shown, from 0. */
  readonly way: number;
  /** Traced as under this profile; undefined: as this cluster is. */
  readonly profile?: ProfilePick | undefined;
  /** Where profiles disagree is shown; undefined: it is not. */
  readonly compare?: boolean | undefined;
}

/** How a pick is shown on its button. */
export interface PickLabel {
  /** `pod shop/web-0` */
  readonly text: string;
  /** `10.244.1.2 (simulated) on worker-1`; undefined when there is nothing to add. */
  readonly detail?: string | undefined;
}

/** A port that the destination declares, `5432` named `postgres`, or that a node has for a Service or pod. */
export interface PortOption {
  readonly port: number;
  readonly name?: string | undefined;
  readonly protocol: Protocol;
  /** `node port of Service shop/web`; undefined: a port of the destination itself. */
  readonly of?: string | undefined;
}

/** Everything the page shows. */
export interface PanelState {
  /** Goes up with every state that the panel sends; the page drops older ones. */
  readonly revision: number;
  readonly picks: Picks;
  /** undefined: not picked yet. */
  readonly from?: PickLabel | undefined;
  readonly to?: PickLabel | undefined;
  readonly options: {
    /** Ports of the destination, of every protocol. */
    readonly ports: readonly PortOption[];
    readonly protocols: readonly PacketProtocol[];
    readonly families: readonly FamilyChoice[];
  };
  /** A trace is being made or the cluster is being read. */
  readonly busy: boolean;
  /** Why there is no view although both ends are picked, in one sentence. */
  readonly problem?: string | undefined;
  /** The last trace of these picks; undefined before the first. */
  readonly view?: TraceView | undefined;
  /** Where profiles disagree about it; undefined: not asked for. */
  readonly comparison?: ComparisonView | undefined;
}

/** What the page may ask. One line each: what goes, what comes back. */
export interface PageRequests {
  /** The page is there (again) with the picks it kept, null on a first open; the state. The host prefers picks of its own. */
  ready(kept: Picks | null): PanelState;
  /** Show the quick pick for the source; the state after it closed (unchanged when it was dismissed). */
  pickSource(): PanelState;
  /** Show the quick pick for the destination; the state after it closed. */
  pickDestination(): PanelState;
  /** Text of the port field: a number, a port's name, or nothing; the state, traced again when both ends are picked. */
  setPort(text: string): PanelState;
  /** A protocol; the state, traced again. */
  setProtocol(protocol: PacketProtocol): PanelState;
  /** A family or `any`; the state, traced again. */
  setFamily(family: FamilyChoice): PanelState;
  /** Exchange the two ends; the state, traced again. */
  swap(): PanelState;
  /** Trace with the picks; the state with the view or the problem. A new one cancels the last. */
  trace(): PanelState;
  /** Show another way of the trace, from 0; the state. */
  chooseWay(index: number): PanelState;
  /** Show or hide where profiles disagree; the state. */
  compare(on: boolean): PanelState;
  /** Trace as under this profile, null as this cluster is; the state. */
  setProfile(profile: ProfilePick | null): PanelState;
  /** Open the manifest there; nothing. */
  reveal(location: Location): void;
  /** Put the shown trace on the clipboard; nothing. */
  copy(format: CopyFormat): void;
  /** Save the shown trace to a file that the user names; nothing. */
  exportTrace(): void;
  /** Propose the smallest change of policies that lets the shown trace through, and write it once it is confirmed; nothing. */
  allowConnection(): void;
}

/** What the host says unasked: always the whole new value. */
export interface HostEvents {
  /** The cluster changed, another command picked an end, or a long trace finished. */
  stateChanged: PanelState;
}
