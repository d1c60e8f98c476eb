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

interface Step<T> {
  next: Map<number, Step<T>> | undefined;
  value: T | undefined;
}

/** The same for lists of numbers: one step of a tree for each, so that no text is made. */
export function listInterner<T>(): (key: readonly number[], make: (id: number) => T) => T {
  const root = newStep<T>();
  let count = 0;
  return (key, make) => {
    let at = root;
    for (const each of key) {
      const steps: Map<number, Step<T>> = (at.next ??= new Map<number, Step<T>>());
      let next = steps.get(each);
      if (next === undefined) steps.set(each, (next = newStep<T>()));
      at = next;
    }
    return (at.value ??= make(count++));
  };
}

function newStep<T>(): Step<T> {
  return { next: undefined, value: undefined };
}
