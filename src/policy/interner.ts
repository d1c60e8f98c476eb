// Answers: which small number stands for this text, or for this list of numbers? Equal ones get the same value, made once: what is
// compared often is compared as numbers then (spec/performance 5.1).

/** @returns the value of a key, made when it is first asked for with the next number. */
export function interner<T>(): (key: string, make: (id: number) => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(known.size);
    known.set(key, made);
    return made;
  };
}

/** The same for pairs of numbers below 2^26. */
export function pairInterner<T>(): (one: number, other: number, make: (id: number) => T) => T {
  const known = new Map<number, T>();
  return (one, other, make) => {
    const key = one * 0x400_0000 + other;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(known.size);
    known.set(key, made);
    return made;
  };
}

/** The same for lists of numbers. */
export function listInterner<T>(): (key: readonly number[], make: (id: number) => T) => T {
  const of = interner<T>();
  return (key, make) => of(key.join(), make);
}
