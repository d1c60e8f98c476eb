// Answers: how does a connectivity list read in a terminal? One line a connection, sources and destinations aligned.
import type { Connection, ConnectivityList } from '../analysis/connectivity';

export function connectivityText(list: ConnectivityList): string {
  if (list.connections.length === 0) return 'No connection is permitted.\n';
  const width = Math.max(...list.connections.map(({ source }) => source.length));
  const target = Math.max(...list.connections.map(({ destination }) => destination.length));
  const lines = list.connections.map(
    (each) => `${each.source.padEnd(width)}  =>  ${each.destination.padEnd(target)}  ${allowedText(each)}`,
  );
  return `${lines.join('\n')}\n`;
}

function allowedText({ all, allowed }: Connection): string {
  if (all) return 'all ports';
  return allowed
    .map(
      ({ protocol, ports }) =>
        `${protocol} ${ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')}`,
    )
    .join('; ');
}
