// What a rule of part E of the networking facts looks like as a test: a fact in words, manifests, and what the product says.

export interface Rule {
  /** `E1` to `E66`. */
  readonly rule: string;
  readonly fact: string;
  /** The file `policies.yaml`. */
  readonly policies?: string;
  /** The file `more.yaml`, beside the cluster of `fixtures.ts`. */
  readonly objects?: string;
  /** What policies say, by flow; see `checking.ts` for both notations. */
  readonly flows?: Readonly<Record<string, string>>;
  /** Result and verdict of whole traces, by query. */
  readonly traces?: Readonly<Record<string, string>>;
  /** Words that the rulings of a flow contain. */
  readonly says?: Readonly<Record<string, string>>;
  /** Words that a trace contains besides its steps. */
  readonly traceSays?: Readonly<Record<string, string>>;
  /** Words that neither the rulings nor the trace of a flow contain. */
  readonly silentAbout?: Readonly<Record<string, string>>;
  /** What reading complains of; nothing unless given. */
  readonly problems?: readonly string[];
}
