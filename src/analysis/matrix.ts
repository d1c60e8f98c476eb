// Answers: how does the connectivity look as a matrix, sources down and destinations across? Rows of bytes, made when they are
// looked at. Namespaces stand above their workloads and can be folded: then their cell sums up all pairs below it.
import type { ConnectivityTable } from './connectivity';
import { partsOfPeer, portsOfFocus, type PortFocus } from './connectivityFocus';
import { isAll, type PortSet } from '../model/ports';
import { hasBit } from '../policy/receivers';

/** Bytes of a cell. With a port, `all` means open there; `some` is then only said of several pairs. */
export const cellValues = { none: 0, some: 1, all: 2, notAsked: 3 } as const;

export type Folding = 'auto' | 'folded' | 'open';

export interface MatrixChoice {
  /** Words that sources must all have in their id; empty: everybody. */
  readonly sources: string;
  readonly destinations: string;
  readonly port: PortFocus | undefined;
  /** `auto`: folded when there are many. */
  readonly folding: Folding;
  /** Namespaces that are the other way; '' is the outside. */
  readonly toggled: ReadonlySet<string>;
}

/** One row or column. */
export interface MatrixEntry {
  /** Of the peer; of a namespace its name, and '' for the outside. */
  readonly id: string;
  readonly kind: 'namespace' | 'peer';
  /** Only of namespaces. */
  readonly folded: boolean;
  /** Positions in the table's peers. */
  readonly members: readonly number[];
}

export interface Matrix {
  readonly table: ConnectivityTable;
  readonly port: PortFocus | undefined;
  readonly rows: readonly MatrixEntry[];
  readonly columns: readonly MatrixEntry[];
  /** One byte a cell. Yields between pieces of work, so that the caller can let others have their turn, or stop. */
  cells(at: CellRange): Generator<undefined, Uint8Array<ArrayBuffer>>;
  /** How many pairs permit nothing, some ports and all ports, a workload with itself left out. Yields as `cells` does. */
  count(row: MatrixEntry, column: MatrixEntry): Generator<undefined, PairCount>;
}

export interface CellRange {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export interface PairCount {
  readonly none: number;
  readonly some: number;
  readonly all: number;
}

/** More peers than this are folded unless the user wants it otherwise. */
export const mostOpen = 60;

export function matrixOf(table: ConnectivityTable, choice: MatrixChoice): Matrix {
  const rows = entriesOf(table, choice.sources, choice);
  const columns = entriesOf(table, choice.destinations, choice);
  const base = baseRows(table, choice.port);
  return {
    table,
    port: choice.port,
    rows,
    columns,
    *cells({ row, column, rows: tall, columns: wide }) {
      const across = columns.slice(column, column + wide);
      const down = rows.slice(row, row + tall);
      const bytes = new Uint8Array(down.length * across.length);
      for (const [index, entry] of down.entries()) {
        const line = bytes.subarray(index * across.length, (index + 1) * across.length);
        line.fill(cellValues.notAsked);
        for (const member of entry.members) {
          const own = base(member);
          for (const [at, { members }] of across.entries())
            for (const other of members)
              line[at] = joined(line[at] ?? cellValues.notAsked, own[other] ?? cellValues.notAsked);
          yield;
        }
      }
      return bytes;
    },
    *count(row, column) {
      const found = [0, 0, 0, 0];
      for (const member of row.members) {
        const own = base(member);
        for (const other of column.members) {
          const value = own[other] ?? cellValues.notAsked;
          found[value] = (found[value] ?? 0) + 1;
        }
        yield;
      }
      const [none = 0, some = 0, all = 0] = found;
      return { none, some, all };
    },
  };
}

/** What a cell of several pairs says: the same as each of them, or `some`. */
function joined(a: number, b: number): number {
  if (a === cellValues.notAsked) return b;
  return b === cellValues.notAsked || a === b ? a : cellValues.some;
}

/** Every row at most once; all of 3,000 are 9 MB. */
function baseRows(table: ConnectivityTable, port: PortFocus | undefined): (source: number) => Uint8Array {
  const known = new Map<number, Uint8Array>();
  const values = new WeakMap<PortSet, number>();
  const valueOf = (ports: PortSet): number => {
    const value = values.get(ports) ?? (isAll(ports) ? cellValues.all : cellValues.some);
    values.set(ports, value);
    return value;
  };
  const { peers } = table;
  return (source) => {
    const made = known.get(source) ?? new Uint8Array(peers.length);
    if (known.has(source)) return made;
    const isOutside = peers[source]?.type === 'external';
    const reached = table.reached(source, portsOfFocus(port));
    for (const [destination, peer] of peers.entries())
      if (destination === source || (isOutside && peer.type === 'external'))
        made[destination] = cellValues.notAsked;
      else if (!hasBit(reached, destination)) made[destination] = cellValues.none;
      else
        made[destination] = port === undefined ? valueOf(table.between(source, destination)) : cellValues.all;
    known.set(source, made);
    return made;
  };
}

function entriesOf(
  { peers }: ConnectivityTable,
  filter: string,
  { folding, toggled }: MatrixChoice,
): readonly MatrixEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const byNamespace = new Map<string, number[]>();
  for (const [at, peer] of peers.entries()) {
    const id = peer.id.toLowerCase();
    if (!words.every((word) => id.includes(word) || (word === 'outside' && peer.type === 'external')))
      continue;
    const namespace = partsOfPeer(peer)?.namespace ?? '';
    const members = byNamespace.get(namespace);
    if (members === undefined) byNamespace.set(namespace, [at]);
    else members.push(at);
  }
  const shown = [...byNamespace.values()].reduce((sum, members) => sum + members.length, 0);
  const isFolded = folding === 'folded' || (folding === 'auto' && shown > mostOpen);
  return [...byNamespace].flatMap(([id, members]): readonly MatrixEntry[] => {
    const folded = isFolded !== toggled.has(id);
    const head: MatrixEntry = { id, kind: 'namespace', folded, members };
    const below = members.map((at): MatrixEntry => ({
      id: peers[at]?.id ?? '',
      kind: 'peer',
      folded: false,
      members: [at],
    }));
    // An outside that nobody tells apart needs no group.
    if (id === '' && members.length === 1) return below;
    return folded ? [head] : [head, ...below];
  });
}
