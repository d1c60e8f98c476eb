// Answers: how does a connectivity list read in a terminal? One line a connection, sources and destinations aligned.
import type { Connection, ConnectivityList } from '../analysis/connectivity';

/** Columns are as wide as the first of these need; what comes later may stand out. */
const mostMeasured = 5_000;

export function connectivityText(list: ConnectivityList): string {
  return [...connectivityLines(list.connections)].join('');
}

/** Line by line: a list may have millions. */
export function* connectivityLines(connections: Iterable<Connection>): Generator<string> {
  const first: Connection[] = [];
  let widths: readonly [source: number, destination: number] | undefined;
  for (const each of connections) {
    if (widths !== undefined) yield lineOf(each, widths);
    else if (first.push(each) === mostMeasured) {
      widths = widthsOf(first);
      for (const earlier of first) yield lineOf(earlier, widths);
    }
  }
  if (widths !== undefined) return;
  if (first.length === 0) yield 'No connection is permitted.\n';
  widths = widthsOf(first);
  for (const each of first) yield lineOf(each, widths);
}

function widthsOf(connections: readonly Connection[]): readonly [source: number, destination: number] {
  return [
    connections.reduce((width, { source }) => Math.max(width, source.length), 0),
    connections.reduce((width, { destination }) => Math.max(width, destination.length), 0),
  ];
}

function lineOf(each: Connection, [source, destination]: readonly [number, number]): string {
  return `${each.source.padEnd(source)}  =>  ${each.destination.padEnd(destination)}  ${allowedText(each)}\n`;
}

/** `all ports`, or `TCP 80,443-445; UDP 53`. */
export function allowedText({ all, allowed }: Pick<Connection, 'all' | 'allowed'>): string {
  if (all) return 'all ports';
  return allowed.map(({ protocol, ports }) => `${protocol} ${rangesText(ports)}`).join('; ');
}

export function rangesText(ports: Connection['allowed'][number]['ports']): string {
  return ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
