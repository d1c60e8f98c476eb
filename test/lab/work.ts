// Answers: what do main.ts and the process inside the namespaces say to each other? Plain data over Node's IPC channel.
import type { Mode, Shape } from './profile';

/** What one process is to do: one shape, in each of the modes. */
export interface Work {
  readonly shape: Shape;
  readonly modes: readonly Mode[];
  /** Seeds of random clusters for this shape. */
  readonly seeds: readonly number[];
  /** Pattern of flow names; undefined: all. */
  readonly flow: string | undefined;
  /** Print what was seen of every flow. */
  readonly verbose: boolean;
}

export type Told =
  | {
      readonly kind: 'flow';
      readonly profile: string;
      readonly name: string;
      readonly verdict: 'agree' | 'differ' | 'silent';
      readonly detail: string;
    }
  /** A fact of the networking page; `contradiction` is undefined when the kernel confirms it. */
  | { readonly kind: 'fact'; readonly profile: string; readonly contradiction?: string | undefined }
  | {
      readonly kind: 'cluster';
      readonly seed: number;
      readonly profile: string;
      readonly agree: number;
      readonly silent: number;
      /** For people: the flows that differ; all of them when asked for. */
      readonly differences: readonly string[];
      readonly failed: boolean;
    }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'end' };
