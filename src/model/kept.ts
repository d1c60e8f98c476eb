// Answers: is this still the same? What is made again from the same input becomes the very object of before, so that
// whatever was found out about an object, a list or a whole cluster holds as long as the object does.

/** @returns `before` when both say the same, else `now`. For small values: they are compared to the last field. */
export function keptValue<T>(before: T | undefined, now: T): T {
  return before !== undefined && sameValue(before, now) ? before : now;
}

/** @returns `before` when it has the very same members in the same order, else `now`. */
export function keptList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  if (before?.length !== now.length) return now;
  return before.every((member, index) => member === now[index]) ? before : now;
}

/** @returns `before` when each field of both is the very same object, else `now`. */
export function keptObject<T extends object>(before: T | undefined, now: T): T {
  if (before === undefined) return now;
  const fields = new Map<string, unknown>(Object.entries(before));
  const entries: readonly (readonly [string, unknown])[] = Object.entries(now);
  return fields.size === entries.length && entries.every(([name, value]) => fields.get(name) === value)
    ? before
    : now;
}

/** @returns whether two values of plain data say the same; a field that is undefined counts as one that is missing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return (
      Array.isArray(b) && a.length === b.length && a.every((member, index) => sameValue(member, b[index]))
    );
  const [left, right] = [written(a), written(b)];
  return (
    left.length === right.length &&
    left.every(([name, value]) => Object.hasOwn(b, name) && sameValue(value, Reflect.get(b, name)))
  );
}

function written(object: object): readonly (readonly [string, unknown])[] {
  return Object.entries(object).filter(([, value]) => value !== undefined);
}
