// Answers: which sets of ports are there, and what are their unions and differences? A cluster has few distinct sets, so each
// gets a small number once and every operation on two of them is done once (spec/performance 5.8).
import {
  allPorts,
  intersectPorts,
  noPorts,
  subtractPorts,
  unionPorts,
  protocols,
  type PortSet,
} from '../model/ports';

/** The number of a port set in one table. */
export type PortsId = number;

export const none: PortsId = 0;
export const every: PortsId = 1;

/** How many sets have their operations in a table of their own. */
const quick = 256;

export interface PortTable {
  idOf(ports: PortSet): PortsId;
  portsOf(id: PortsId): PortSet;
  union(a: PortsId, b: PortsId): PortsId;
  intersection(a: PortsId, b: PortsId): PortsId;
  difference(a: PortsId, b: PortsId): PortsId;
}

export function createPortTable(): PortTable {
  const sets: PortSet[] = [];
  const ids = new Map<string, PortsId>();
  const idOf = (ports: PortSet): PortsId => {
    const key = protocols.map((protocol) => ports[protocol].join(' ')).join('/');
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, sets.length);
    return sets.push(ports) - 1;
  };
  idOf(noPorts);
  idOf(allPorts);
  const portsOf = (id: PortsId): PortSet => sets[id] ?? noPorts;
  const remembered = (operate: (a: PortSet, b: PortSet) => PortSet): PortTable['union'] => {
    const results = new Map<number, PortsId>();
    // 0: not asked yet; else the number of the set, and 1. Nearly all sets have small numbers: they need no hashing.
    const small = new Uint32Array(quick * quick);
    return (a, b) => {
      if (a < quick && b < quick) {
        const before = small[a * quick + b] ?? 0;
        if (before > 0) return before - 1;
        const first = idOf(operate(portsOf(a), portsOf(b)));
        small[a * quick + b] = first + 1;
        return first;
      }
      // Exact below 2^53: a table never holds 2^26 sets.
      const key = a * 0x400_0000 + b;
      const known = results.get(key);
      if (known !== undefined) return known;
      const made = idOf(operate(portsOf(a), portsOf(b)));
      results.set(key, made);
      return made;
    };
  };
  const union = remembered(unionPorts);
  const intersection = remembered(intersectPorts);
  const difference = remembered(subtractPorts);
  return {
    idOf,
    portsOf,
    union: (a, b) => (a === b || b === none ? a : a === none ? b : union(a, b)),
    intersection: (a, b) =>
      a === b || b === every ? a : a === every ? b : a === none || b === none ? none : intersection(a, b),
    difference: (a, b) => (b === none ? a : a === none || a === b || b === every ? none : difference(a, b)),
  };
}
