// Answers: is this port, port name, protocol, address or selector one that the API server accepts? The words of the
// complaints are its own (apimachinery pkg/util/validation, pkg/apis/core/validation, metav1 label selectors).
import type { Cidr, Family, Ip } from '../model/address';
import { parseCidr, parseIp } from '../model/address';
import type { Protocol } from '../model/ports';
import type { LabelSelector, Requirement, SelectorOperator } from '../model/selector';
import type { Fact, Provenance } from '../model/source';
import type { Field } from './field';
import {
  at,
  child,
  forbidden,
  integer,
  invalid,
  isMapOrAbsent,
  items,
  oneOf,
  required,
  stringMap,
  text,
  unsupported,
  writtenAt,
} from './field';

const protocolNames: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** The protocol, TCP where nothing is written. */
export function protocol(field: Field): Protocol {
  return oneOf(field, protocolNames, 'TCP');
}

export function checkPort(field: Field, port: number): boolean {
  if (port >= 1 && port <= 65535) return true;
  invalid(field, 'must be between 1 and 65535, inclusive');
  return false;
}

/** A port number within 1-65535, or undefined where nothing valid is written. */
export function portNumber(field: Field): number | undefined {
  const port = integer(field);
  return port !== undefined && checkPort(field, port) ? port : undefined;
}

/** IANA service names: what a container port may be called. */
export function checkPortName(field: Field, name: string): boolean {
  const faults = [
    name.length > 15 ? 'must be no more than 15 characters' : '',
    /^[-a-z0-9]+$/.test(name) ? '' : 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    /[a-z]/.test(name) ? '' : 'must contain at least one letter (a-z)',
    name.includes('--') ? 'must not contain consecutive hyphens' : '',
    name.startsWith('-') || name.endsWith('-') ? 'must not begin or end with a hyphen' : '',
  ].filter((fault) => fault !== '');
  for (const fault of faults) invalid(field, fault);
  return faults.length === 0;
}

/** The address at `field`, or undefined when nothing valid is written. */
export function address(field: Field): Ip | undefined {
  const written = text(field);
  if (written === undefined || written === '') return undefined;
  const ip = parseIp(written);
  if (ip === undefined) invalid(field, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  return ip;
}

export function addressFact(field: Field, provenance: Provenance): readonly Fact<Ip>[] {
  const value = address(field);
  return value === undefined ? [] : [{ value, provenance, at: writtenAt(field) }];
}

/** The range at `field`, or undefined when nothing valid is written. */
export function range(field: Field): Cidr | undefined {
  const written = text(field);
  if (written === undefined || written === '') return undefined;
  const cidr = parseCidr(written);
  if (cidr === undefined) invalid(field, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
  return cidr;
}

/** The ranges of a list written with commas (`10.244.0.0/16,fd00::/56`), all with the field's location. */
export function rangesOfText(field: Field, provenance: Provenance, why?: string): readonly Fact<Cidr>[] {
  const written = text(field);
  if (written === undefined || written.trim() === '') return [];
  return written.split(',').flatMap((part): readonly Fact<Cidr>[] => {
    const value = parseCidr(part.trim());
    if (value === undefined)
      invalid(field, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    return value === undefined ? [] : [{ value, provenance, at: at(field), why }];
  });
}

/** The first fact of each family, in the order written. */
export function onePerFamily<T>(
  facts: readonly Fact<T>[],
  familyOf: (value: T) => Family,
): readonly Fact<T>[] {
  return facts.filter(
    (fact, index) => facts.findIndex((other) => familyOf(other.value) === familyOf(fact.value)) === index,
  );
}

const selectorOperators: readonly SelectorOperator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** matchLabels and matchExpressions; `undefined` when no selector is written. */
export function labelSelector(field: Field): LabelSelector | undefined {
  if (field.node === undefined || !isMapOrAbsent(field)) return undefined;
  const equal = Object.entries(stringMap(child(field, 'matchLabels'))).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const expressions = items(child(field, 'matchExpressions')).flatMap(
    (expression): readonly Requirement[] => {
      const operatorField = child(expression, 'operator');
      const written = text(operatorField) ?? '';
      const operator = selectorOperators.find((known) => known === written);
      if (operator === undefined) {
        if (written === '') required(operatorField);
        else invalid(operatorField, 'not a valid selector operator');
        return [];
      }
      return [
        {
          key: text(child(expression, 'key')) ?? '',
          operator,
          values: requirementValues(expression, operator),
        },
      ];
    },
  );
  return { requirements: [...equal, ...expressions], at: writtenAt(field) };
}

function requirementValues(expression: Field, operator: SelectorOperator): readonly string[] {
  const field = child(expression, 'values');
  const values = items(field).map((value) => text(value) ?? '');
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues && values.length === 0)
    required(field, "must be specified when `operator` is 'In' or 'NotIn'");
  if (!takesValues && values.length > 0) {
    forbidden(field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  }
  return values;
}

/** A list of words, each one of `allowed`. */
export function words<Word extends string>(field: Field, allowed: readonly Word[]): readonly Word[] {
  return items(field).flatMap((item): readonly Word[] => {
    const written = text(item);
    const known = allowed.find((word) => word === written);
    if (known === undefined) unsupported(item, allowed);
    return known === undefined ? [] : [known];
  });
}
