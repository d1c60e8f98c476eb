// Answers: how is it said how we know something? One set of words for every surface; simulated facts are never shown without.
import type { Fact, Location, Provenance } from '../model/source';

const sentences: Readonly<Record<Provenance, string>> = {
  declared: 'declared in a manifest',
  observed: 'observed in the cluster',
  simulated: 'simulated here; a real cluster will choose for itself',
  inferred: 'inferred from how the network is built',
};

/** `simulated here; a real cluster will choose for itself` */
export function provenanceSentence(provenance: Provenance): string {
  return sentences[provenance];
}

/** `10.244.1.7 (simulated)`; what manifests or the cluster say themselves stands alone. */
export function marked(text: string, provenance: Provenance): string {
  return provenance === 'simulated' || provenance === 'inferred' ? `${text} (${provenance})` : text;
}

const leastCertainFirst = ['simulated', 'inferred', 'declared', 'observed'] as const;

/** How a statement is known that rests on several facts: as its least certain one. Of no facts: `declared`. */
export function weakest(provenances: readonly Provenance[]): Provenance {
  return leastCertainFirst.find((each) => provenances.includes(each)) ?? 'declared';
}

/** Several facts in one line, with the mark once when they share it. */
export function factsText<T>(facts: readonly Fact<T>[], textOf: (value: T) => string): string {
  const [first] = facts;
  if (first === undefined) return '';
  const alike = facts.every(({ provenance }) => provenance === first.provenance);
  if (alike) return marked(facts.map(({ value }) => textOf(value)).join(', '), first.provenance);
  return facts.map(({ value, provenance }) => marked(textOf(value), provenance)).join(', ');
}

/**
 * Several kinds of facts in one line. A mark that all share stands apart, to be said once at the end: narrow rows then
 * show the facts rather than the same word again and again.
 */
export function factsLine(...kinds: readonly (readonly Fact<{ readonly text: string }>[])[]): {
  readonly texts: readonly string[];
  /** `simulated` or `inferred`; empty when nothing is, or when the texts carry marks of their own. */
  readonly mark: string;
} {
  const textOf = ({ text }: { readonly text: string }): string => text;
  const [first, ...rest] = kinds.flat();
  const alike = first !== undefined && rest.every(({ provenance }) => provenance === first.provenance);
  if (!alike || marked('', first.provenance) === '')
    return { texts: kinds.map((facts) => factsText(facts, textOf)), mark: '' };
  const plain = kinds.map((facts) => facts.map(({ value }) => value.text).join(', '));
  return { texts: plain, mark: first.provenance };
}

/** `shop.yaml:12`, counted as people count; the folder is left out. */
export function placeText(at: Location): string {
  const name = at.file.slice(Math.max(at.file.lastIndexOf('/'), at.file.lastIndexOf('\\')) + 1);
  return `${name}:${at.line + 1}`;
}
