// Answers: which connections does a *.podnet.yaml file expect to work, or not to? Each entry with the places of what it says. Faults
// are problems beside what could be read: an entry with one is not used. The file holds no Kubernetes objects.
import type { Problem } from '../model/problem';
import type { Location } from '../model/source';
import {
  at,
  below,
  child,
  integerOrText,
  items,
  members,
  pathOf,
  required,
  rootField,
  text,
  unsupported,
  type Field,
  type FieldFault,
} from './field';
import { parseText } from './parse';
import { locationOf } from './syntax';

export interface Expectation {
  /** Position in its list, from 0. */
  readonly index: number;
  /** Ends as `podnet trace` takes them. */
  readonly from: string;
  readonly fromAt: Location;
  readonly to: string;
  readonly toAt: Location;
  /** undefined: what `to` names behind its colon, or the port that the destination declares. */
  readonly port: number | string | undefined;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP';
  readonly expect: 'reachable' | 'unreachable';
  /** What it is for, in the words of who wrote it. */
  readonly why: string | undefined;
  readonly at: Location;
}

export interface ExpectationFile {
  readonly file: string;
  readonly expectations: readonly Expectation[];
  readonly problems: readonly Problem[];
}

/** @returns whether files of this name hold expectations. */
export function isExpectationFile(file: string): boolean {
  return /\.podnet\.ya?ml$/i.test(file);
}

const fileKeys = ['expectations', 'apiVersion', 'kind'];
const entryKeys = ['from', 'to', 'port', 'protocol', 'expect', 'why'];
const protocols = ['TCP', 'UDP', 'SCTP', 'ICMP'] as const;
const outcomes = ['reachable', 'unreachable'] as const;

/** Total: any text gives expectations and problems. */
export function readExpectations(file: string, content: string): ExpectationFile {
  const parsed = parseText(file, content);
  const problems: Problem[] = [...parsed.problems];
  const expectations: Expectation[] = [];
  if (parsed.templateAt !== undefined) {
    const place = { file, document: 0, line: 0, character: 0, endLine: 0, endCharacter: 0 };
    problems.push(
      problem('{{ }} actions are not read in a file of expectations: write what they stand for.', place),
    );
    return { file, expectations, problems };
  }
  for (const { index, root, broken } of parsed.documents) {
    if (root === undefined || broken) continue;
    const faults: FieldFault[] = [];
    const source = { file, lines: parsed.lines, document: index, root, faults };
    const top = rootField(source);
    onlyKeys(top, fileKeys, faults);
    const list = below(top, 'expectations');
    if (root.kind === 'map' && list.node === undefined && faults.length === 0)
      required(list, `a list of {${entryKeys.join(', ')}}`);
    for (const item of items(list)) {
      const before = faults.length;
      const read = readEntry(item, faults);
      if (read !== undefined && faults.length === before) expectations.push(read);
    }
    problems.push(...faults.map(({ message, at: place }) => problem(message, place)));
  }
  return { file, expectations, problems };
}

function readEntry(entry: Field, faults: FieldFault[]): Expectation | undefined {
  onlyKeys(entry, entryKeys, faults);
  if (entry.node?.kind !== 'map') return undefined;
  const [from, to] = [needed(entry, 'from'), needed(entry, 'to')];
  const expect = word(child(entry, 'expect'), outcomes, (written) => written.toLowerCase());
  const protocolField = child(entry, 'protocol');
  const protocol =
    protocolField.node === undefined
      ? 'TCP'
      : word(protocolField, protocols, (written) => written.toUpperCase());
  const portField = child(entry, 'port');
  const port = integerOrText(portField);
  if (typeof port === 'number' && (port < 1 || port > 65535))
    faults.push(fault(portField, `a port is a number from 1 to 65535 or a name, not ${port}`));
  if (port !== undefined && protocol === 'ICMP')
    faults.push(fault(portField, 'a ping has no port: leave it out'));
  const why = text(child(entry, 'why'));
  if (from === undefined || to === undefined || expect === undefined || protocol === undefined)
    return undefined;
  const index = typeof entry.segment === 'number' ? entry.segment : 0;
  return {
    ...{ index, from, to, port, protocol, expect, why },
    fromAt: at(child(entry, 'from')),
    toAt: at(child(entry, 'to')),
    at: at(entry),
  };
}

function needed(entry: Field, key: string): string | undefined {
  const field = child(entry, key);
  const written = text(field);
  if (field.node === undefined || written?.trim() === '')
    required(field, 'an end as podnet trace takes it, such as shop/web-0 or svc/shop/db:5432');
  return written;
}

function word<Word extends string>(
  field: Field,
  allowed: readonly Word[],
  normal: (written: string) => string,
): Word | undefined {
  if (field.node === undefined) {
    required(field, allowed.join(' or '));
    return undefined;
  }
  const written = text(field);
  if (written === undefined) return undefined;
  const known = allowed.find((each) => each === normal(written));
  if (known === undefined) unsupported(field, allowed);
  return known;
}

/** A key that is not known is more likely a slip than a wish. */
function onlyKeys(field: Field, known: readonly string[], faults: FieldFault[]): void {
  for (const [key, value] of members(field)) {
    if (!known.includes(key))
      faults.push(fault(value, `there is no such key: use ${known.join(', ')}`, keyPlace(field, key)));
  }
}

function keyPlace(field: Field, key: string): Location | undefined {
  const entry = field.node?.kind === 'map' ? field.node.entries.find((each) => each.key === key) : undefined;
  if (entry === undefined) return undefined;
  const { file, lines, document } = field.source;
  return locationOf(file, lines, document, { start: entry.keyStart, end: entry.keyEnd });
}

function fault(field: Field, reason: string, place: Location = at(field)): FieldFault {
  return { code: 'expectation.invalid', fatal: true, message: `${pathOf(field)}: ${reason}`, at: place };
}

function problem(message: string, place: Location): Problem {
  return { code: 'expectation.invalid', severity: 'error', message, at: place };
}
