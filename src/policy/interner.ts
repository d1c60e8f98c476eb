// Answers: which small number stands for this text, or for these numbers? Equal ones get the same value, made once: what is
// compared often is compared as numbers then (spec/performance 5.1).
import { inserted } from '../model/inserted';

/** @returns the value of a key, made when it is first asked for with the next number. */
export function interner<T>(): (key: string, make: (id: number) => T) => T {
  const known = new Map<string, T>();
  return (key, make) => inserted(known, key, () => make(known.size));
}

/** The same for pairs of numbers below 2^26. */
export function pairInterner<T>(): (one: number, other: number, make: (id: number) => T) => T {
  const known = new Map<number, T>();
  return (one, other, make) => inserted(known, one * 0x400_0000 + other, () => make(known.size));
}

/** The same for lists of numbers. */
export function listInterner<T>(): (key: readonly number[], make: (id: number) => T) => T {
  const of = interner<T>();
  return (key, make) => of(key.join(), make);
}
