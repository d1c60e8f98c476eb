// Answers: how are thousands of receivers kept as a set? As a list while they are few, as bits when they are many; sets are joined
// into rows of bits, of which only the stretch between the first and the last receiver is looked at (spec/performance 3b).

/** Positions in increasing order. */
export interface Receivers {
  /** @param at more than every one before */
  add(at: number): void;
  /** Puts them into a row. */
  into(row: BitRow): void;
}

/** Bits of which all that are set lie in the words from `low` to `high`; none when `low > high`. */
export interface BitRow {
  readonly bits: Uint32Array;
  low: number;
  high: number;
}

/** Bits in a word. */
const wordBits = 32;

export function wordsFor(count: number): number {
  return Math.ceil(count / wordBits);
}

export function hasBit(bits: Uint32Array, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

export function createReceivers(): Receivers {
  const list: number[] = [];
  /** Their bits, from the word of the first receiver on. */
  let dense = new Uint32Array(0);
  let counted = 0;

  function denseFor(low: number, words: number): Uint32Array {
    if (dense.length < words) {
      const grown = new Uint32Array(Math.max(words, dense.length * 2));
      grown.set(dense);
      dense = grown;
    }
    for (; counted < list.length; counted++) setBit(dense, (list[counted] ?? 0) - low * wordBits);
    return dense;
  }

  return {
    add: (at) => {
      list.push(at);
    },
    into: (row) => {
      const { bits } = row;
      const [first, last] = [list[0], list.at(-1)];
      if (first === undefined || last === undefined) return;
      const [low, high] = [first >>> 5, last >>> 5];
      row.low = Math.min(row.low, low);
      row.high = Math.max(row.high, high);
      const words = high - low + 1;
      if (list.length <= words) for (const at of list) setBit(bits, at);
      else {
        const all = denseFor(low, words);
        for (let word = 0; word < words; word++)
          bits[low + word] = (bits[low + word] ?? 0) | (all[word] ?? 0);
      }
    },
  };
}

/** Whether every one of the first `count` is in the row. */
export function holdsAll({ bits }: BitRow, count: number): boolean {
  for (let at = 0; at < count; at++) if (!hasBit(bits, at)) return false;
  return true;
}

export function clearBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) & ~(1 << (at & 31));
}

export function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

export function emptyRow(words: number): BitRow {
  return { bits: new Uint32Array(words), low: words, high: -1 };
}

/** A row that begins with these bits: on them, if they are long enough. */
export function rowOn(bits: Uint32Array | undefined, words: number): BitRow {
  if (bits === undefined) return emptyRow(words);
  if (bits.length >= words) return { bits, low: 0, high: bits.length - 1 };
  const longer = new Uint32Array(words);
  longer.set(bits);
  return { bits: longer, low: 0, high: words - 1 };
}

/** Makes a row empty that may be used again. */
export function clearRow(row: BitRow): void {
  if (row.low <= row.high) row.bits.fill(0, row.low, row.high + 1);
  row.low = row.bits.length;
  row.high = -1;
}

export function addRow(target: BitRow, { bits, low, high }: BitRow): void {
  for (let word = low; word <= high; word++) target.bits[word] = (target.bits[word] ?? 0) | (bits[word] ?? 0);
  target.low = Math.min(target.low, low);
  target.high = Math.max(target.high, high);
}
