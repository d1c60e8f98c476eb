// Answers: which ranges of outside addresses do policies tell apart? The whole space, cut where some policy's block begins or ends,
// so that every block covers a range wholly or not at all. Addresses of pods and nodes are not carved out.
import { compareIp, lastOf, offsetIp, parseIp, type Cidr, type Family, type Ip } from '../model/address';

export interface OutsideRange {
  readonly first: Ip;
  readonly last: Ip;
  /** `first-last` */
  readonly id: string;
}

const spaces: Readonly<Record<Family, readonly [first: string, last: string]>> = {
  4: ['0.0.0.0', '255.255.255.255'],
  6: ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
};

/**
 * Disjoint ranges in order. IPv6 only when some pod or policy uses it, IPv4 unless only IPv6 is used.
 * @param blocks blocks of policies with their exceptions, with repeats
 * @param families those of the pods
 */
export function outsideRanges(
  blocks: readonly Cidr[],
  families: ReadonlySet<Family>,
): readonly OutsideRange[] {
  const distinct = [...new Map(blocks.map((block) => [block.text, block])).values()];
  const used = new Set<Family>([...families, ...distinct.map(({ first }) => first.family)]);
  const shown: readonly Family[] = used.has(6) ? (used.has(4) ? [4, 6] : [6]) : [4];
  return shown.flatMap((family) =>
    cut(
      family,
      distinct.filter(({ first }) => first.family === family),
    ),
  );
}

/** @returns which of the ranges an address lies in, by position; addresses of one range are alike to every block. */
export function rangeFinder(ranges: readonly OutsideRange[]): (ip: Ip) => number {
  return (ip) => {
    let [low, high] = [0, ranges.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range !== undefined && compareIp(range.first, ip) <= 0) low = middle;
      else high = middle;
    }
    return low;
  };
}

function cut(family: Family, blocks: readonly Cidr[]): readonly OutsideRange[] {
  const [firstText, lastText] = spaces[family];
  const first = parseIp(firstText);
  const last = parseIp(lastText);
  if (first === undefined || last === undefined) return [];
  const starts = new Map<string, Ip>([[first.text, first]]);
  for (const block of blocks) {
    starts.set(block.first.text, block.first);
    const after = offsetIp(lastOf(block), 1);
    if (after !== undefined) starts.set(after.text, after);
  }
  const ordered = [...starts.values()].sort(compareIp);
  return ordered.map((start, index): OutsideRange => {
    const next = ordered[index + 1];
    const end = (next && offsetIp(next, -1)) ?? last;
    return { first: start, last: end, id: `${start.text}-${end.text}` };
  });
}
