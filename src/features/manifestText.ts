// Answers: how is a value written in YAML or JSON, so that Kubernetes reads exactly this value? Text that YAML would read as
// something else is quoted.
import type { FieldValue } from '../analysis/checks/finding';
import { resolvePlain } from '../load/scalar';

export interface BlockStyle {
  /** How far the dashes of a list stand behind the key above them: 0 or 2, usually. */
  readonly listIndent: number;
}

/**
 * Lines of a map or list in block style; undefined for what has no block style, because it is a single value or empty.
 * @param column where the value's parent begins; with `own` the value itself begins there
 */
export function blockLines(
  value: FieldValue,
  column: number,
  style: BlockStyle,
  own = false,
): readonly string[] | undefined {
  if (!isCollection(value) || isEmpty(value)) return undefined;
  if (isList(value)) {
    const at = own ? column : column + style.listIndent;
    return value.flatMap((item) => itemLines(item, at, style));
  }
  const at = own ? column : column + 2;
  return Object.entries(value).flatMap(([key, each]) => {
    const below = blockLines(each, at, style);
    const name = `${' '.repeat(at)}${scalarText(key)}:`;
    return below === undefined ? [`${name} ${flowText(each)}`] : [name, ...below];
  });
}

function itemLines(item: FieldValue, column: number, style: BlockStyle): readonly string[] {
  const inner = blockLines(item, column + 2, style, true);
  if (inner === undefined) return [`${' '.repeat(column)}- ${flowText(item)}`];
  return inner.map((line, index) =>
    index === 0 ? `${' '.repeat(column)}- ${line.slice(column + 2)}` : line,
  );
}

/** On one line, as YAML: `{ app: web }`, `[Ingress, Egress]`. */
export function flowText(value: FieldValue): string {
  if (!isCollection(value)) return scalarText(value);
  if (isList(value)) return `[${value.map(flowText).join(', ')}]`;
  const entries = Object.entries(value).map(([key, each]) => `${scalarText(key)}: ${flowText(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** On one line, as JSON. */
export function jsonText(value: FieldValue): string {
  if (!isCollection(value)) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function scalarText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const plain = /^[A-Za-z0-9_./][A-Za-z0-9_./-]*$/.test(value) && resolvePlain(value) === value;
  return plain ? value : JSON.stringify(value);
}

function isCollection(
  value: FieldValue,
): value is readonly FieldValue[] | { readonly [key: string]: FieldValue } {
  return typeof value === 'object';
}

function isList(
  value: readonly FieldValue[] | { readonly [key: string]: FieldValue },
): value is readonly FieldValue[] {
  return Array.isArray(value);
}

function isEmpty(value: readonly FieldValue[] | { readonly [key: string]: FieldValue }): boolean {
  return Object.keys(value).length === 0;
}
