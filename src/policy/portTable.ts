// Answers: which sets of ports are there, and what are their unions and differences? A cluster has few distinct sets, so each
// gets a small number once and every operation on two of them is done once, on the places where a set begins or ends
// (spec/performance 5.8).
import { inserted } from '../model/inserted';
import {
  allPorts,
  noPorts,
  portSet,
  protocols,
  type PortRange,
  type PortSet,
  type Protocol,
} from '../model/ports';

/** The number of a port set in one table. */
export type PortsId = number;

export const none: PortsId = 0;
export const every: PortsId = 1;

export interface PortTable {
  idOf(ports: PortSet): PortsId;
  idOfPort(protocol: Protocol, port: number): PortsId;
  portsOf(id: PortsId): PortSet;
  union(a: PortsId, b: PortsId): PortsId;
  intersection(a: PortsId, b: PortsId): PortsId;
  difference(a: PortsId, b: PortsId): PortsId;
}

/** Where a set begins, ends, begins again, in increasing order; ends are the first port that is not in it. */
type Edges = readonly number[];

/** How far the ports of one protocol are from those of the next: their ranges never touch. */
const protocolWidth = 0x2_0000;

/** How many sets have their operations in a table of their own. */
const quick = 256;

export function createPortTable(): PortTable {
  const edges: Edges[] = [];
  /** Made when they are asked for. */
  const sets: (PortSet | undefined)[] = [];
  const ids = new Map<string, PortsId>();

  function idOfEdges(found: Edges, ports?: PortSet): PortsId {
    const key = found.join();
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, edges.length);
    sets.push(ports);
    return edges.push(found) - 1;
  }

  function remembered(wanted: (inA: boolean, inB: boolean) => boolean): PortTable['union'] {
    const operate = (a: PortsId, b: PortsId): PortsId =>
      idOfEdges(combined(edges[a] ?? [], edges[b] ?? [], wanted));
    const results = new Map<number, PortsId>();
    // 0: not asked yet; else the number of the set, and 1. Nearly all sets have small numbers: they need no hashing.
    const small = new Uint32Array(quick * quick);
    return (a, b) => {
      if (a < quick && b < quick) {
        const before = small[a * quick + b] ?? 0;
        if (before > 0) return before - 1;
        const first = operate(a, b);
        small[a * quick + b] = first + 1;
        return first;
      }
      // Exact below 2^53: a table never holds 2^26 sets.
      const key = a * 0x400_0000 + b;
      const known = results.get(key);
      if (known !== undefined) return known;
      const made = operate(a, b);
      results.set(key, made);
      return made;
    };
  }

  idOfEdges(edgesOf(noPorts), noPorts);
  idOfEdges(edgesOf(allPorts), allPorts);
  const union = remembered((inA, inB) => inA || inB);
  const intersection = remembered((inA, inB) => inA && inB);
  const difference = remembered((inA, inB) => inA && !inB);
  const single = new Map<number, PortsId>();
  return {
    idOfPort: (protocol, port) =>
      inserted(single, protocols.indexOf(protocol) * protocolWidth + port, () =>
        idOfEdges(edgesOf(portSet(protocol, [[port, port]]))),
      ),
    idOf: (ports) => idOfEdges(edgesOf(ports), ports),
    portsOf: (id) => (sets[id] ??= portsBetween(edges[id] ?? [])),
    union: (a, b) => (a === b || b === none ? a : a === none ? b : union(a, b)),
    intersection: (a, b) =>
      a === b || b === every ? a : a === every ? b : a === none || b === none ? none : intersection(a, b),
    difference: (a, b) => (b === none ? a : a === none || a === b || b === every ? none : difference(a, b)),
  };
}

function edgesOf(ports: PortSet): Edges {
  return protocols.flatMap((protocol, index) =>
    ports[protocol].flatMap(([first, last]) => [
      index * protocolWidth + first,
      index * protocolWidth + last + 1,
    ]),
  );
}

function portsBetween(edges: Edges): PortSet {
  const found: Record<keyof PortSet, PortRange[]> = { TCP: [], UDP: [], SCTP: [] };
  for (let at = 0; at < edges.length; at += 2) {
    const [start, end] = [edges[at] ?? 0, edges[at + 1] ?? 0];
    const index = Math.floor(start / protocolWidth);
    const protocol = protocols[index];
    if (protocol !== undefined)
      found[protocol].push([start - index * protocolWidth, end - index * protocolWidth - 1]);
  }
  return found;
}

/** Goes along the edges of both and notes where what is wanted begins or ends. */
function combined(a: Edges, b: Edges, wanted: (inA: boolean, inB: boolean) => boolean): Edges {
  const found: number[] = [];
  let [atA, atB] = [0, 0];
  let inside = false;
  while (atA < a.length || atB < b.length) {
    const place = Math.min(a[atA] ?? Infinity, b[atB] ?? Infinity);
    if (a[atA] === place) atA++;
    if (b[atB] === place) atB++;
    // After an odd number of edges one is in the set.
    if (wanted(atA % 2 === 1, atB % 2 === 1) === inside) continue;
    inside = !inside;
    found.push(place);
  }
  return found;
}
