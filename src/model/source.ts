// Answers: where does a fact come from, and which line says it? Every fact the product shows carries its
// provenance, because manifests leave most of the pod network out and we fill it in (design.md, "Trace, hop, step").

/**
 * How we know a fact.
 * - `declared`: the spec of an object says so.
 * - `observed`: a running cluster reported it (status fields, slices of a snapshot).
 * - `simulated`: our own scheduler or IPAM chose it because nothing said.
 * - `inferred`: follows from how the network is built (device names, routes), never reported by an API.
 */
export type Provenance = 'declared' | 'observed' | 'simulated' | 'inferred';

/** A range of text in one file. Lines and characters count from 0 (UTF-16 units), the end is exclusive. */
export interface Location {
  /** The loader's name of the file: a URI in the editor, a path in a terminal. */
  readonly file: string;
  /** Index of the document inside a multi-document file, from 0. */
  readonly document: number;
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

/** A value with its provenance. `at` is undefined when no text states it; `why` says in words how it came about. */
export interface Fact<T> {
  readonly value: T;
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
  readonly why?: string | undefined;
}

/** What backs a decision: a sentence, and the line or object field that it rests on. */
export interface Evidence {
  readonly text: string;
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
}

export function declared<T>(value: T, at?: Location): Fact<T> {
  return { value, provenance: 'declared', at };
}

export function observed<T>(value: T, at?: Location): Fact<T> {
  return { value, provenance: 'observed', at };
}

export function simulated<T>(value: T, why?: string): Fact<T> {
  return { value, provenance: 'simulated', why };
}

export function inferred<T>(value: T, why?: string): Fact<T> {
  return { value, provenance: 'inferred', why };
}
