// Answers: which free number of a range does each name get (an address of a node, a ClusterIP, a node port)? Every name
// draws from its own hash, so numbers do not depend on each other, with one exception that cannot be avoided: when two
// names draw the same number, the one of lower rank keeps it and the other draws again. Hence the guarantee: an edit
// moves a bystander only if the edited name draws the very number the bystander has (one in `count` for each pair),
// and never a bystander that holds its number from before (`keep`).
import { hashText, mix } from './hash';
import { compareText } from '../model/objects';

/** `rank` decides who draws first: lower ranks first, equal ranks by hash. `keep` is the number held so far. */
export interface DrawRequest {
  readonly name: string;
  readonly rank: number;
  readonly keep?: number | undefined;
}

/** The numbers `first` to `first + count - 1`. */
export interface NumberRange {
  readonly first: number;
  readonly count: number;
}

const redraws = 24;

/**
 * A number for each request, by its name; requests without one are missing: the range is used up.
 * @param isTaken whether the input uses the number already.
 */
export function drawNumbers(
  requests: readonly DrawRequest[],
  range: NumberRange,
  isTaken: (number: number) => boolean,
): ReadonlyMap<string, number> {
  const given = new Set<number>();
  const isFree = (number: number): boolean => !given.has(number) && !isTaken(number);
  const drawn = new Map<string, number>();
  const ordered = requests
    .map((request) => ({ ...request, hash: hashText(request.name) }))
    .sort((a, b) => a.rank - b.rank || a.hash - b.hash || compareText(a.name, b.name));
  for (const { name, keep } of ordered) {
    if (keep === undefined || !isIn(range, keep) || !isFree(keep)) continue;
    given.add(keep);
    drawn.set(name, keep);
  }
  for (const { name, hash } of ordered) {
    if (drawn.has(name)) continue;
    const number = drawOne(hash, range, isFree);
    if (number === undefined) break;
    given.add(number);
    drawn.set(name, number);
  }
  return drawn;
}

function drawOne(hash: number, range: NumberRange, isFree: (number: number) => boolean): number | undefined {
  if (range.count < 1) return undefined;
  let last = 0;
  for (let attempt = 0; attempt < redraws; attempt++) {
    last = mix(hash, attempt) % range.count;
    if (isFree(range.first + last)) return range.first + last;
  }
  for (let step = 1; step <= range.count; step++) {
    const number = range.first + ((last + step) % range.count);
    if (isFree(number)) return number;
  }
  return undefined;
}

function isIn(range: NumberRange, number: number): boolean {
  return number >= range.first && number < range.first + range.count;
}
