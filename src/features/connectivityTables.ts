// Answers: how does a connectivity list read as JSON, as a table for spreadsheets, and in an issue? Piece by piece, so that a list
// of millions never is one string. JSON is the contract of `podnet connectivity`, byte for byte as one piece would be.
import type { Connection, ConnectivityPeer } from '../analysis/connectivity';
import type { EntryPeer } from '../analysis/entryConnections';
import { allowedText, rangesText } from './connectivityText';
import { escapeMarkdown } from './traceMarkdown';

export interface ListParts {
  readonly peers: readonly (ConnectivityPeer | EntryPeer)[];
  readonly connections: Iterable<Connection>;
  readonly problems: readonly string[];
  /** Which part of the list this is, in the words of the options; undefined: all of it. */
  readonly focus?: Readonly<Record<string, string>> | undefined;
}

export function* connectivityJson({ peers, connections, problems, focus }: ListParts): Generator<string> {
  yield '{\n  "apiVersion": "podnet/v1",\n  "kind": "ConnectivityList",\n';
  if (focus !== undefined) yield `  "focus": ${indented(focus, 2)},\n`;
  yield* jsonArray('peers', peers);
  yield ',\n';
  yield* jsonArray('connections', connections);
  yield ',\n';
  yield* jsonArray('problems', problems);
  yield '\n}\n';
}

function* jsonArray(name: string, items: Iterable<unknown>): Generator<string> {
  yield `  "${name}": [`;
  let any = false;
  for (const item of items) {
    yield `${any ? ',' : ''}\n    ${indented(item, 4)}`;
    any = true;
  }
  yield any ? '\n  ]' : ']';
}

function indented(value: unknown, by: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(by)}`);
}

/** One line for each protocol of a connection; `any` stands for every protocol and port. RFC 4180 quoting, line feeds. */
export function* connectivityCsv({ peers, connections }: ListParts): Generator<string> {
  const types = new Map(peers.map(({ id, type }) => [id, type]));
  yield 'source,source type,destination,destination type,protocol,ports\n';
  for (const { source, destination, all, allowed } of connections) {
    const ends = [source, types.get(source) ?? '', destination, types.get(destination) ?? ''];
    const rows = all ? [['any', 'any']] : allowed.map(({ protocol, ports }) => [protocol, rangesText(ports)]);
    for (const row of rows) yield csvLine([...ends, ...row]);
  }
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** A name may begin like a formula; an apostrophe in front makes spreadsheets take it as text. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function* connectivityMarkdown({ connections, problems }: ListParts): Generator<string> {
  let any = false;
  for (const each of connections) {
    if (!any) yield markdownRow(['Source', 'Destination', 'Permitted']) + '| --- | --- | --- |\n';
    any = true;
    yield markdownRow([each.source, each.destination, allowedText(each)]);
  }
  if (!any) yield 'No connection is permitted.\n';
  if (problems.length > 0) yield '\n';
  for (const problem of problems) yield `- ${escapeMarkdown(problem)}\n`;
}

export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map(escapeMarkdown).join(' | ')} |\n`;
}
