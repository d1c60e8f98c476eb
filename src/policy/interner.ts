// Answers: which small number stands for this text? Equal texts get the same value, made once: what is compared often is compared
// as numbers then (spec/performance 5.1).

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
