// Answers: what do policies of all generations write alike? Ranges with bits behind the prefix, selectors, and fields that
// the API does not know: the API server drops those and warns (apimachinery strict decoding), kubectl refuses them unless
// told otherwise, and a policy without them may mean the opposite. So each is a problem with its place.
import type { Cidr } from '../model/address';
import { parseIp, sameIp } from '../model/address';
import type { LabelSelector } from '../model/selector';
import type { Field } from './field';
import { child, items, keyAt, members, text, warn } from './field';
import { labelSelector } from './values';

/** What every object has beside its spec. */
export const objectFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'] as const;

/** The API server accepts `10.0.0.5/8` and means the whole range. */
export function warnOfHostBits(field: Field, cidr: Cidr): void {
  const written = text(field) ?? '';
  const base = written.slice(0, written.indexOf('/'));
  const address = parseIp(base);
  if (address !== undefined && !sameIp(address, cidr.first)) {
    warn(
      field,
      'policy.cidr-host-bits',
      `"${written}" has bits set behind the prefix; it means ${cidr.text}.`,
    );
  }
}

/** Fields that are written, those of no value left out, as JSON's null is. */
export function writtenFields(field: Field): readonly Field[] {
  if (field.node?.kind !== 'map') return [];
  return members(field)
    .map(([key]) => child(field, key))
    .filter(({ node }) => node !== undefined);
}

/** Warns of each field that is not in `known`. @returns the names of these fields. */
export function knownFields(field: Field, known: readonly string[]): readonly string[] {
  const unknown = writtenFields(field).filter(({ segment }) => !known.includes(String(segment)));
  for (const each of unknown) warnOfUnknown(each, known);
  return unknown.map(({ segment }) => String(segment));
}

/** Warns of a field that the API does not know. @param consequence a sentence, where it is not just dropped. */
export function warnOfUnknown(
  field: Field,
  known: readonly string[],
  consequence = 'The API server drops it.',
): void {
  const name = String(field.segment);
  const meant = name.length <= 40 ? closestName(name, known) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  warn(field, 'policy.unknown-field', `unknown field. ${consequence}${hint}`, keyAt(field));
}

/** A label selector, with warnings for fields that it does not have. */
export function selector(field: Field): LabelSelector | undefined {
  knownFields(field, ['matchLabels', 'matchExpressions']);
  const expressions = child(field, 'matchExpressions');
  if (expressions.node?.kind === 'sequence') {
    for (const expression of items(expressions)) knownFields(expression, ['key', 'operator', 'values']);
  }
  return labelSelector(field);
}

/** The name that differs by case, or by one character in three at most, two in all. */
function closestName(written: string, names: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  const ranked = names
    .map((name) => ({ name, distance: editDistance(lower, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.min(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** Insertions, deletions, replacements and swaps of neighbours from `a` to `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const shorter = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1;
      const swaps = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = swaps ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(replaced, shorter, swapped));
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
