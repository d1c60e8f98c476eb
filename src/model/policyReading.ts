// Answers: how does a network plugin read policies where the API leaves room? (spec E3) Blocks are meant for addresses outside;
// most plugins match addresses of pods and nodes by them too, Cilium does not (rule E35).

export interface PolicyReading {
  readonly blocksSelectPods: boolean;
  readonly blocksSelectNodes: boolean;
  /** Who reads so, for sentences: `Cilium`; undefined: most plugins. */
  readonly by?: string | undefined;
}

/** What most plugins do, and what is assumed when the plugin is not known. */
export const commonReading: PolicyReading = { blocksSelectPods: true, blocksSelectNodes: true };
