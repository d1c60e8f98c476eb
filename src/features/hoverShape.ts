// Answers: what does a hover consist of? Plain data in editor words: a range, one answer, a few facts that say how they are known,
// and ends to trace between. Hovers of several extensions stand on top of each other, so this one is short.
import type { Location, Provenance } from '../model/source';
import type { EndWithPort } from '../trace/endText';
import type { End } from '../trace/query';

/** A sentence. `provenance` undefined: about the text or the product itself, so there is nothing to know it from. */
export interface Said {
  readonly text: string;
  readonly provenance?: Provenance | undefined;
  /** The line that says so, where it is another than the one under the mouse. */
  readonly at?: Location | undefined;
}

/** What one subject has to say. */
export interface HoverAnswer {
  /** The answer in one sentence. */
  readonly answer: Said;
  /** The most useful first; those beyond the room of a hover are left out. */
  readonly facts: readonly Said[];
  readonly from?: End | undefined;
  readonly to?: EndWithPort | undefined;
}

/** A link to the trace panel; the ends as `podnet trace` takes them. */
export interface TraceLink {
  readonly label: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type HoverBlock =
  | ({ readonly kind: 'answer' } & Said)
  | ({ readonly kind: 'fact' } & Said)
  | { readonly kind: 'trace'; readonly links: readonly TraceLink[] };

/** Lines and characters from 0 in UTF-16 units, the end exclusive. */
export interface HoverRange {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

export interface Hover {
  /** What is spoken of. */
  readonly range: HoverRange;
  /** The answer first, then facts, then links. */
  readonly blocks: readonly HoverBlock[];
}
