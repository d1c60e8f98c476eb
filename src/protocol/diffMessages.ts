// Answers: what do the page of a comparison and its host say to each other? Two interfaces of functions and values. JSON only.
import type { DiffExplanation } from '../features/diffExplain';
import type { DiffTrace, DiffView } from '../features/diffView';
import type { Location } from '../model/source';

export type DiffFormat = 'markdown' | 'csv' | 'json';

/** Everything the page shows. */
export interface DiffState {
  /** Goes up with every state; the page drops older ones. */
  readonly revision: number;
  /** What is compared, in words. */
  readonly before: string;
  readonly after: string;
  /** Rows compared so far; undefined: nothing is being compared. */
  readonly progress?: { readonly done: number; readonly all: number } | undefined;
  /** Why there is no answer, in a sentence. */
  readonly problem?: string | undefined;
  /** The last answer, also while the next is being made. */
  readonly view?: DiffView | undefined;
}

export interface DiffRequests {
  /** The page is there (again); the state. */
  ready(): DiffState;
  /** Stop comparing; the state. */
  cancel(): DiffState;
  /** How a change comes out in each of the two clusters. */
  explain(trace: DiffTrace): DiffExplanation;
  /** Show it in the trace panel, in the cluster that is shown; nothing. */
  trace(trace: DiffTrace): void;
  /** Open the manifest there; nothing. */
  reveal(location: Location): void;
  /** Put the answer on the clipboard; nothing. */
  copy(format: DiffFormat): void;
}

export interface DiffEvents {
  stateChanged: DiffState;
}
