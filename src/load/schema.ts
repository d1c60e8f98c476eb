// Answers: what would the schema of a custom resource refuse? Counts of items and of properties, exactly one of several
// fields, and selectors that the schema takes but nobody can read. Source: apiextensions-apiserver validation, its words.
import type { LabelSelector } from '../model/selector';
import type { Field } from './field';
import { child, duplicated, isMapOrAbsent, isWritten, items, required, text, tooFew, tooMany } from './field';
import { knownFields, selector, warnOfUnknown, writtenFields } from './policyFields';

/** Items of a list that has minItems and maxItems. */
export function boundedItems(field: Field, least: number, most: number): readonly Field[] {
  const list = items(field);
  if (field.node?.kind !== 'sequence') return list;
  if (list.length < least) tooFew(field, 'items', least);
  if (list.length > most) tooMany(field, list.length, most);
  return list;
}

/** Items of a list of texts that is a set: 1 to `most` of them. */
export function textSet(field: Field, most: number): readonly Field[] {
  const seen = new Set<string>();
  return boundedItems(field, 1, most).filter((item) => {
    const written = text(item);
    if (written === undefined) return false;
    const repeated = seen.has(written);
    if (repeated) duplicated(item);
    seen.add(written);
    return !repeated;
  });
}

/** Of several fields the one that is written. `known`: it is one of those asked for. */
export interface OnlyField {
  readonly field: Field;
  readonly known: boolean;
  /** Names of the fields written that are not known. */
  readonly unknown: readonly string[];
}

/**
 * The one field of an object that takes exactly one. A field of a newer API is not refused: it is dropped beside a known
 * one, and is the answer where it stands alone. @param alone what follows from that, a sentence for people.
 * @returns undefined when the API server would refuse the object.
 */
export function onlyField(field: Field, known: readonly string[], alone: string): OnlyField | undefined {
  if (!isMapOrAbsent(field)) return undefined;
  const written = writtenFields(field);
  const ours = written.filter(({ segment }) => known.includes(String(segment)));
  const others = written.filter((each) => !ours.includes(each));
  for (const other of others) {
    if (ours.length === 0) warnOfUnknown(other, known, alone);
    else warnOfUnknown(other, known);
  }
  const unknown = others.map(({ segment }) => String(segment));
  if (ours.length > 1) {
    tooMany(field, ours.length, 1);
    return undefined;
  }
  const [first] = ours.length === 0 ? others : ours;
  if (first === undefined) {
    tooFew(field, 'properties', 1);
    return undefined;
  }
  return { field: first, known: ours.length > 0, unknown };
}

/**
 * A selector. Schemas do not look into selectors, so the API server takes one that no implementation can read; it is then
 * warned of. @returns undefined when it cannot be read.
 */
export function lenientSelector(field: Field): LabelSelector | undefined {
  const { faults } = field.source;
  const before = faults.length;
  const read = selector(field);
  const found = faults.splice(before);
  const unreadable = found.some(({ fatal }) => fatal) && field.node?.kind === 'map';
  if (!unreadable) {
    faults.push(...found);
    return read;
  }
  for (const fault of found) {
    if (!fault.fatal) faults.push(fault);
    else {
      const message = `${fault.message}. The API server takes this selector, but it cannot be read, so nobody knows whom it selects.`;
      faults.push({ ...fault, code: 'policy.selector', fatal: false, message });
    }
  }
  return undefined;
}

/** @returns both selectors of `pods`; undefined when one of them cannot be read or is missing. */
export function namespacedPod(
  field: Field,
  anyNamespace: boolean,
): { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector } | undefined {
  if (!isMapOrAbsent(field)) return undefined;
  knownFields(field, ['namespaceSelector', 'podSelector']);
  const namespaces = child(field, 'namespaceSelector');
  const pods = child(field, 'podSelector');
  if (!isWritten(namespaces) && !anyNamespace) required(namespaces);
  if (!isWritten(pods)) required(pods);
  const namespaceSelector = isWritten(namespaces) ? lenientSelector(namespaces) : { requirements: [] };
  const podSelector = lenientSelector(pods);
  return namespaceSelector && podSelector && { namespaceSelector, podSelector };
}
