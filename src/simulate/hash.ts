// Answers: which number does a name draw, the same on every machine and in every session? Simulated nodes, addresses
// and ports are drawn from names instead of being counted up, so that an edit elsewhere does not move them.
// FNV-1a over UTF-16 code units, finished with the avalanche steps of MurmurHash3.

/** An unsigned 32-bit number for the text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return avalanche(hash);
}

/** An unsigned 32-bit number for the pair; `mix(a, b)` and `mix(b, a)` differ. */
export function mix(a: number, b: number): number {
  return avalanche(Math.imul(a, 0x9e3779b1) ^ avalanche(b + 0x7f4a7c15));
}

function avalanche(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
