// Answers: what does this field of an object say, and what is wrong with it? A field is a node with the way to it, so
// that each complaint carries the path and the words the API server would use (apimachinery util/validation/field).
// `null` counts as not written, as in the API's JSON.
import type { Location } from '../model/source';
import type { LineIndex } from './lines';
import type { ScalarValue, SyntaxNode } from './syntax';
import { entryOf, locationOf } from './syntax';

/** Why the API server would reject the object (`fatal`), or would warn. */
export interface FieldFault {
  readonly code: string;
  readonly fatal: boolean;
  readonly message: string;
  readonly at: Location;
}

/** One object being read: where it stands, and the faults found so far. */
export interface ObjectSource {
  readonly file: string;
  readonly lines: LineIndex;
  readonly document: number;
  readonly root: SyntaxNode;
  readonly faults: FieldFault[];
}

/** A place in an object; `node` is undefined where nothing is written. */
export interface Field {
  readonly source: ObjectSource;
  readonly node: SyntaxNode | undefined;
  readonly parent: Field | undefined;
  readonly segment: string | number;
  readonly keyStart: number | undefined;
}

export function rootField(source: ObjectSource): Field {
  return { source, node: source.root, parent: undefined, segment: '', keyStart: undefined };
}

export function child(field: Field, key: string): Field {
  const entry = entryOf(field.node, key);
  const value = entry?.value;
  const node = value?.kind === 'scalar' && value.value === null ? undefined : value;
  return { source: field.source, node, parent: field, segment: key, keyStart: entry?.keyStart };
}

/** The field below along `keys`. */
export function below(field: Field, ...keys: readonly string[]): Field {
  return keys.reduce(child, field);
}

export function isWritten(field: Field): boolean {
  return field.node !== undefined;
}

/** Items of a list; none when it is not written. Anything but a list is a fault. An empty item is an empty object. */
export function items(field: Field): readonly Field[] {
  if (field.node === undefined) return [];
  if (field.node.kind !== 'sequence') {
    mistyped(field, 'a list');
    return [];
  }
  return field.node.items.map((item, index): Field => {
    const node =
      item.kind === 'scalar' && item.value === null ? { ...item, kind: 'map' as const, entries: [] } : item;
    return { source: field.source, node, parent: field, segment: index, keyStart: undefined };
  });
}

/** Keys and values of a map; none when it is not written. Anything but a map is a fault. */
export function members(field: Field): readonly (readonly [key: string, value: Field])[] {
  if (!isMapOrAbsent(field) || field.node?.kind !== 'map') return [];
  return field.node.entries.map((entry) => [
    entry.key,
    { source: field.source, node: entry.value, parent: field, segment: entry.key, keyStart: entry.keyStart },
  ]);
}

/** Notes a fault when the field is written and is no map. */
export function isMapOrAbsent(field: Field): boolean {
  if (field.node === undefined || field.node.kind === 'map') return true;
  mistyped(field, 'a map');
  return false;
}

export function text(field: Field): string | undefined {
  const value = scalar(field);
  if (value === undefined || typeof value === 'string') return value;
  mistyped(field, 'a string');
  return undefined;
}

export function flag(field: Field): boolean | undefined {
  const value = scalar(field);
  if (value === undefined || typeof value === 'boolean') return value;
  mistyped(field, 'true or false');
  return undefined;
}

export function integer(field: Field): number | undefined {
  const value = scalar(field);
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
  mistyped(field, 'an integer');
  return undefined;
}

export function integerOrText(field: Field): number | string | undefined {
  const value = scalar(field);
  if (
    value === undefined ||
    typeof value === 'string' ||
    (typeof value === 'number' && Number.isInteger(value))
  ) {
    return value;
  }
  mistyped(field, 'an integer or a string');
  return undefined;
}

/** One of the words in `allowed`, or `fallback` when nothing is written. */
export function oneOf<Word extends string>(field: Field, allowed: readonly Word[], fallback: Word): Word {
  const written = text(field);
  if (written === undefined || written === '') return fallback;
  const known = allowed.find((word) => word === written);
  if (known === undefined) unsupported(field, allowed);
  return known ?? fallback;
}

/** A map of strings, such as labels. */
export function stringMap(field: Field): Readonly<Record<string, string>> {
  const entries = members(field).map(([key, value]): [string, string] => [key, text(value) ?? '']);
  return Object.fromEntries(entries);
}

/** Where the value stands; where nothing is written, the nearest parent that is. */
export function at(field: Field): Location {
  let here: Field | undefined = field;
  while (here.node === undefined && here.parent !== undefined) here = here.parent;
  return locate(field.source, here.node ?? field.source.root);
}

/** Where the value stands, or undefined when nothing is written. */
export function writtenAt(field: Field): Location | undefined {
  return field.node === undefined ? undefined : locate(field.source, field.node);
}

/** From the key to the end of the value. */
export function entryAt(field: Field): Location | undefined {
  if (field.node === undefined) return undefined;
  const start = field.keyStart ?? field.node.start;
  return locate(field.source, { start, end: Math.max(start, field.node.end) });
}

/** The way to the field as the API writes it: `spec.ingress[0].ports[1].port`. */
export function pathOf(field: Field): string {
  if (field.parent === undefined) return '';
  const before = pathOf(field.parent);
  if (typeof field.segment === 'number') return `${before}[${field.segment}]`;
  if (!/^[\w-]+$/.test(field.segment)) return `${before}[${field.segment}]`;
  return before === '' ? field.segment : `${before}.${field.segment}`;
}

/** `path: Invalid value: "x": reason`. `shown` is the value quoted, where the API server quotes another one. */
export function invalid(field: Field, reason: string, shown: Field = field): void {
  complain(field, `Invalid value: ${quoted(shown)}: ${reason}`);
}

export function required(field: Field, reason = ''): void {
  complain(field, reason === '' ? 'Required value' : `Required value: ${reason}`);
}

export function forbidden(field: Field, reason: string): void {
  complain(field, `Forbidden: ${reason}`);
}

export function unsupported(field: Field, supported: readonly string[]): void {
  const words = [...supported].sort().map((word) => JSON.stringify(word));
  complain(field, `Unsupported value: ${quoted(field)}: supported values: ${words.join(', ')}`);
}

/** More than a schema's maxItems or maxProperties. */
export function tooMany(field: Field, actual: number, most: number): void {
  complain(field, `Too many: ${actual}: must have at most ${most} items`);
}

/** Less than a schema's minItems or minProperties; `what` is counted. The API server quotes the number that is there. */
export function tooFew(field: Field, what: 'items' | 'properties', least: number): void {
  complain(field, `Invalid value: 0: ${pathOf(field)} in body should have at least ${least} ${what}`);
}

export function tooLong(field: Field, most: number): void {
  complain(field, `Too long: may not be more than ${most} bytes`);
}

/** An item that a set holds already. */
export function duplicated(field: Field): void {
  complain(field, `Duplicate value: ${quoted(field)}`);
}

/** A fault with which the object is still used. `where`: the place to show instead of the value. */
export function warn(field: Field, code: string, reason: string, where: Location = at(field)): void {
  field.source.faults.push({ code, fatal: false, message: `${pathOf(field)}: ${reason}`, at: where });
}

/** Where the key stands; for items of a list, where the value does. */
export function keyAt(field: Field): Location {
  const { keyStart: start, segment } = field;
  if (start === undefined || typeof segment === 'number') return at(field);
  return locate(field.source, { start, end: start + segment.length });
}

function complain(field: Field, reason: string): void {
  const message = `${pathOf(field)}: ${reason}`;
  field.source.faults.push({ code: 'object.invalid', fatal: true, message, at: at(field) });
}

function mistyped(field: Field, wanted: string): void {
  const { node } = field;
  const hint =
    wanted === 'a string' && node?.kind === 'scalar'
      ? `${node.text === String(node.value) ? '' : `YAML reads it as ${String(node.value)}; `}must be a string, so put it in quotes`
      : `must be ${wanted}`;
  invalid(field, hint);
}

function scalar(field: Field): Exclude<ScalarValue, null> | undefined {
  if (field.node === undefined) return undefined;
  if (field.node.kind === 'scalar') return field.node.value ?? undefined;
  invalid(field, 'must be a single value');
  return undefined;
}

/** The value as the API quotes it: strings in double quotes, numbers bare, anything bigger by its kind. */
function quoted(field: Field): string {
  const { node } = field;
  if (node === undefined) return 'null';
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  const shown = node.text.length > 60 ? `${node.text.slice(0, 60)}...` : node.text;
  return typeof node.value === 'string' ? JSON.stringify(shown) : shown;
}

function locate(source: ObjectSource, range: { readonly start: number; readonly end: number }): Location {
  return locationOf(source.file, source.lines, source.document, range);
}
