// Answers: which protocols and ports, as a set? Used for what policies permit: union, intersection and ranges over
// TCP, UDP and SCTP, the three protocols NetworkPolicy and Service know (rules E20, E38, E39, E44).

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Inclusive range of port numbers within 1-65535. */
export type PortRange = readonly [first: number, last: number];

/** Sorted, disjoint, non-adjacent ranges per protocol. A protocol without ranges is not in the set. */
export type PortSet = Readonly<Record<Protocol, readonly PortRange[]>>;

const whole: readonly PortRange[] = [[1, 65535]];
export const noPorts: PortSet = { TCP: [], UDP: [], SCTP: [] };
export const allPorts: PortSet = { TCP: whole, UDP: whole, SCTP: whole };

export function portSet(protocol: Protocol, ranges: readonly PortRange[] = whole): PortSet {
  return { ...noPorts, [protocol]: normalise(ranges) };
}

export function unionPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  return mapProtocols((protocol) => normalise([...a[protocol], ...b[protocol]]));
}

export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  if (a === allPorts || a === b) return b;
  if (b === allPorts) return a;
  return mapProtocols((protocol) => intersectRanges(a[protocol], b[protocol]));
}

/** What is in `a` and not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  if (isEmpty(b)) return a;
  return mapProtocols((protocol) => intersectRanges(a[protocol], complement(b[protocol])));
}

export function equalPorts(a: PortSet, b: PortSet): boolean {
  if (a === b) return true;
  return protocols.every((protocol) => {
    const others = b[protocol];
    return (
      a[protocol].length === others.length &&
      a[protocol].every(([first, last], index) => first === others[index]?.[0] && last === others[index][1])
    );
  });
}

export function hasPort(set: PortSet, protocol: Protocol, port: number): boolean {
  return set[protocol].some(([first, last]) => first <= port && port <= last);
}

export function isEmpty(set: PortSet): boolean {
  return protocols.every((protocol) => set[protocol].length === 0);
}

/** @returns whether the set holds every port of every protocol. */
export function isAll(set: PortSet): boolean {
  return protocols.every((protocol) => {
    const only = set[protocol][0];
    return set[protocol].length === 1 && only !== undefined && only[0] === 1 && only[1] === 65535;
  });
}

/** The set in words: `all ports`, `no port`, `TCP 80,443-445; UDP 53`. */
export function portsText(set: PortSet): string {
  if (isAll(set)) return 'all ports';
  const parts = protocols
    .filter((protocol) => set[protocol].length > 0)
    .map((protocol) => `${protocol} ${rangesText(set[protocol])}`);
  return parts.length === 0 ? 'no port' : parts.join('; ');
}

function rangesText(ranges: readonly PortRange[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

function mapProtocols(rangesOf: (protocol: Protocol) => readonly PortRange[]): PortSet {
  return { TCP: rangesOf('TCP'), UDP: rangesOf('UDP'), SCTP: rangesOf('SCTP') };
}

function normalise(ranges: readonly PortRange[]): readonly PortRange[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: PortRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range[0] <= previous[1] + 1) {
      merged[merged.length - 1] = [previous[0], Math.max(previous[1], range[1])];
    } else merged.push(range);
  }
  return merged;
}

function complement(ranges: readonly PortRange[]): readonly PortRange[] {
  const bounds = [0, ...ranges.flatMap(([first, last]) => [first, last]), 65536];
  const gaps: PortRange[] = [];
  for (let index = 0; index + 1 < bounds.length; index += 2) {
    const gap: PortRange = [(bounds[index] ?? 0) + 1, (bounds[index + 1] ?? 0) - 1];
    if (gap[0] <= gap[1]) gaps.push(gap);
  }
  return gaps;
}

function intersectRanges(a: readonly PortRange[], b: readonly PortRange[]): readonly PortRange[] {
  return a.flatMap(([first, last]) =>
    b
      .map(([otherFirst, otherLast]): PortRange => [Math.max(first, otherFirst), Math.min(last, otherLast)])
      .filter(([from, to]) => from <= to),
  );
}
