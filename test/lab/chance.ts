// Answers: what comes next, when everything is drawn from one seed? A small generator of our own (mulberry32), so that a seed
// means the same cluster on every machine and with every version of Node.js.

export interface Chance {
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** True in so many of a hundred cases. */
  percent(chance: number): boolean;
  /** One of them; there must be one. */
  one<T>(items: readonly T[]): T;
  /** Some of them, each with this chance in percent, in order. */
  some<T>(items: readonly T[], chance: number): readonly T[];
  /** So many of them, or all, in any order. */
  take<T>(items: readonly T[], count: number): readonly T[];
}

export function chanceFrom(seed: number): Chance {
  let state = (seed * 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  const percent = (chance: number): boolean => below(100) < chance;
  return {
    below,
    percent,
    one: <T>(items: readonly T[]): T => {
      const [item] = items.slice(below(items.length)) as [T, ...T[]];
      if (items.length === 0) throw new Error('nothing to choose from');
      return item;
    },
    some: (items, chance) => items.filter(() => percent(chance)),
    take: (items, count) => {
      const left = [...items];
      const taken: (typeof left)[number][] = [];
      while (taken.length < count && left.length > 0) taken.push(...left.splice(below(left.length), 1));
      return taken;
    },
  };
}
