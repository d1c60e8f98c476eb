// Answers: which boxes and arrows does a picture of the connectivity have? Workloads that nobody can tell apart share a box, ranges
// outside that are all alike become one, and when there are still too many boxes each namespace becomes one. What was put
// together is said in words, so that the picture never claims more than it shows.
import type { ConnectivityTable } from '../analysis/connectivity';
import { partsOfPeer, permittedIn, type Focus } from '../analysis/connectivityFocus';
import { isAll, noPorts, portsText, unionPorts, type PortSet } from '../model/ports';

/** More boxes than this are no longer legible. */
export const mostBoxes = 40;

export interface GraphNode {
  readonly id: string;
  /** Namespace; undefined: outside the cluster. */
  readonly namespace: string | undefined;
  /** One line for each workload, range or whatever the box stands for. */
  readonly lines: readonly string[];
  /** What those in the box may say to each other, and what everybody may say to them, in words instead of arrows. */
  readonly notes: readonly string[];
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly all: boolean;
}

export interface ConnectivityGraph {
  readonly nodes: readonly GraphNode[];
  /** Positions in `nodes`. */
  readonly edges: readonly GraphEdge[];
  /** What was put together, a sentence each. */
  readonly notes: readonly string[];
}

/** A box in the making: which peers are in it. */
interface Draft {
  readonly id: string;
  readonly namespace: string | undefined;
  readonly members: readonly number[];
}

type Pairs = ReadonlyMap<number, ReadonlyMap<number, PortSet>>;

export interface GraphOptions {
  /** Boxes before namespaces are folded. */
  readonly most: number;
  /** Workloads with the same connections share a box; ranges outside always do. */
  readonly merge: boolean;
}

export function connectivityGraph(
  table: ConnectivityTable,
  focus: Focus,
  { most, merge }: GraphOptions = { most: mostBoxes, merge: true },
): ConnectivityGraph {
  const pairs = readPairs(table, focus);
  const drawn = positionsOf(pairs, focus);
  const merged = mergeAlike(table, drawn, pairs, merge);
  const notes: string[] = [];
  if (merged.length <= most) {
    if (merged.some(({ members, namespace }) => members.length > 1 && namespace !== undefined))
      notes.push('Workloads in one box have the same connections.');
    return inWords(graphOf(table, merged, pairs, notes, false), merge);
  }
  const folded = foldNamespaces(table, drawn);
  const count = drawn.filter((at) => table.peers[at]?.type !== 'external').length;
  notes.push(
    `${count} ${table.level === 'pod' ? 'pods' : 'workloads'} are folded into their namespaces: an arrow says what at least one of each may do. Focus on a namespace or a workload to see them.`,
  );
  if (folded.length > most) notes.push(`${folded.length} boxes are more than can be read well.`);
  return inWords(graphOf(table, folded, pairs, notes, true), merge);
}

function readPairs(table: ConnectivityTable, focus: Focus): Pairs {
  const pairs = new Map<number, Map<number, PortSet>>();
  for (const { source, destination, ports } of permittedIn(table, focus)) {
    const row = pairs.get(source);
    if (row === undefined) pairs.set(source, new Map([[destination, ports]]));
    else row.set(destination, ports);
  }
  return pairs;
}

/** Subjects, also those that may talk to nobody, and whoever they may talk to. */
function positionsOf(pairs: Pairs, { subjects }: Focus): readonly number[] {
  const drawn = new Set(subjects);
  for (const [source, row] of pairs) {
    drawn.add(source);
    for (const destination of row.keys()) drawn.add(destination);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** Ports by number: equal sets are the same number, none is 0. */
function numbersOf(drawn: readonly number[], pairs: Pairs): (from: number, to: number) => number {
  const ids = new Map<string, number>();
  const index = new Map(drawn.map((at, position) => [at, position]));
  const cells = new Uint32Array(drawn.length * drawn.length);
  for (const [source, row] of pairs) {
    for (const [destination, ports] of row) {
      const key = portsText(ports);
      const id = ids.get(key) ?? ids.size + 1;
      ids.set(key, id);
      cells[(index.get(source) ?? 0) * drawn.length + (index.get(destination) ?? 0)] = id;
    }
  }
  return (from, to) => cells[(index.get(from) ?? 0) * drawn.length + (index.get(to) ?? 0)] ?? 0;
}

/** More than this would take the square of it to compare. */
const mostCompared = 1_000;

/** Of one namespace, or of the outside, those with the same connections share a box. */
function mergeAlike(
  table: ConnectivityTable,
  drawn: readonly number[],
  pairs: Pairs,
  merge: boolean,
): readonly Draft[] {
  if (drawn.length > mostCompared) return drawn.map((at) => draftOf(table, [at]));
  const number = numbersOf(drawn, pairs);
  const boxes = new Map<string, number[][]>();
  for (const at of drawn) {
    const peer = table.peers[at];
    const namespace = peer && partsOfPeer(peer)?.namespace;
    const key = namespace === undefined ? '' : `/${namespace}`;
    const known = boxes.get(key) ?? [];
    boxes.set(key, known);
    const alike = (merge || namespace === undefined ? known : []).find((members) =>
      isAlike(members, at, drawn, number),
    );
    if (alike === undefined) known.push([at]);
    else alike.push(at);
  }
  return [...boxes.values()].flat().map((members) => draftOf(table, members));
}

function isAlike(
  members: readonly number[],
  candidate: number,
  drawn: readonly number[],
  number: (from: number, to: number) => number,
): boolean {
  const [first, second] = members;
  if (first === undefined) return false;
  const among = number(first, candidate);
  if (among !== number(candidate, first)) return false;
  if (second !== undefined && among !== number(first, second)) return false;
  return drawn.every(
    (other) =>
      other === first ||
      other === candidate ||
      (number(first, other) === number(candidate, other) &&
        number(other, first) === number(other, candidate)),
  );
}

function draftOf(table: ConnectivityTable, members: readonly number[]): Draft {
  const peers = members.flatMap((at) => table.peers[at] ?? []);
  const [first] = peers;
  return {
    id: peers.map(({ id }) => id).join(' '),
    namespace: first && partsOfPeer(first)?.namespace,
    members,
  };
}

function foldNamespaces(table: ConnectivityTable, drawn: readonly number[]): readonly Draft[] {
  const byNamespace = new Map<string | undefined, number[]>();
  for (const at of drawn) {
    const peer = table.peers[at];
    const namespace = peer && partsOfPeer(peer)?.namespace;
    const members = byNamespace.get(namespace);
    if (members === undefined) byNamespace.set(namespace, [at]);
    else members.push(at);
  }
  return [...byNamespace].map(([namespace, members]) => ({ id: namespace ?? 'outside', namespace, members }));
}

function graphOf(
  table: ConnectivityTable,
  drafts: readonly Draft[],
  pairs: Pairs,
  notes: readonly string[],
  isFolded: boolean,
): ConnectivityGraph {
  const boxOf = new Map(drafts.flatMap(({ members }, box) => members.map((at) => [at, box] as const)));
  const between = new Map<number, Map<number, PortSet>>();
  for (const [source, row] of pairs) {
    const from = boxOf.get(source) ?? 0;
    const known = between.get(from) ?? new Map<number, PortSet>();
    between.set(from, known);
    for (const [destination, ports] of row) {
      const to = boxOf.get(destination) ?? 0;
      known.set(to, unionPorts(known.get(to) ?? noPorts, ports));
    }
  }
  const nodes = drafts.map((draft, box): GraphNode => {
    const own = between.get(box)?.get(box);
    return {
      id: draft.id,
      namespace: draft.namespace,
      lines: isFolded ? [foldedLine(draft)] : linesOf(table, drafts, draft),
      notes: own === undefined ? [] : [`among each other: ${portsText(own)}`],
    };
  });
  const edges = [...between].flatMap(([from, row]) =>
    [...row].flatMap(([to, ports]): readonly GraphEdge[] =>
      from === to ? [] : [{ from, to, label: portsText(ports), all: isAll(ports) }],
    ),
  );
  return { nodes, edges, notes };
}

/** Arrows that would hide all others are said in words. */
function inWords(graph: ConnectivityGraph, wanted: boolean): ConnectivityGraph {
  if (!wanted) return graph;
  // Ranges outside come last: a box that may go to all of them says so itself.
  return withoutCrowds(withoutFans(withoutCrowds(graph, true)), false);
}

/** Arrows between a box and all of several ranges outside, all with the same ports, become one note in the box. */
function withoutFans(graph: ConnectivityGraph): ConnectivityGraph {
  const { nodes, edges } = graph;
  const isOutside = (at: number): boolean => nodes[at]?.namespace === undefined;
  const ranges = nodes.filter((_, at) => isOutside(at)).length;
  if (ranges < 2) return graph;
  const fans = (own: 'from' | 'to', other: 'from' | 'to'): ReadonlyMap<number, string> => {
    const labels = new Map<number, string[]>();
    for (const edge of edges) {
      if (isOutside(edge[own]) || !isOutside(edge[other])) continue;
      labels.set(edge[own], [...(labels.get(edge[own]) ?? []), edge.label]);
    }
    return new Map(
      [...labels].flatMap(([at, said]): readonly (readonly [number, string])[] => {
        const [label = ''] = said;
        return said.length === ranges && said.every((each) => each === label) ? [[at, label]] : [];
      }),
    );
  };
  const [sent, received] = [fans('from', 'to'), fans('to', 'from')];
  const noteOf = (words: string, label: string | undefined): readonly string[] =>
    label === undefined ? [] : [`${words}: ${label}`];
  return {
    ...graph,
    nodes: nodes.map((node, at) => ({
      ...node,
      notes: [
        ...node.notes,
        ...noteOf('from anywhere outside', received.get(at)),
        ...noteOf('to anywhere outside', sent.get(at)),
      ],
    })),
    edges: edges.filter(
      ({ from, to }) => !(sent.has(from) && isOutside(to)) && !(received.has(to) && isOutside(from)),
    ),
  };
}

/** Fewer arrows than this to one box are drawn each. */
const crowd = 4;

/** Arrows from every other box, all with the same ports, become one note in the box: they would hide all others. */
function withoutCrowds(graph: ConnectivityGraph, isInside: boolean): ConnectivityGraph {
  const { nodes, edges } = graph;
  const arrows = new Map<number, GraphEdge[]>();
  for (const edge of edges) {
    const known = arrows.get(edge.to);
    if (known === undefined) arrows.set(edge.to, [edge]);
    else known.push(edge);
  }
  const inside = nodes.filter(({ namespace }) => namespace !== undefined).length;
  const crowded = new Set(
    nodes.flatMap(({ namespace }, at) => {
      const to = (namespace !== undefined) === isInside ? (arrows.get(at) ?? []) : [];
      const everybody = namespace === undefined ? inside : nodes.length - 1;
      const alike = to.every(({ label }) => label === to[0]?.label);
      return to.length >= crowd && to.length === everybody && alike ? [at] : [];
    }),
  );
  return {
    ...graph,
    nodes: nodes.map((node, at) =>
      crowded.has(at)
        ? { ...node, notes: [...node.notes, `from everybody: ${arrows.get(at)?.[0]?.label ?? ''}`] }
        : node,
    ),
    edges: edges.filter(({ to }) => !crowded.has(to)),
    notes: crowded.size === 0 ? graph.notes : [...graph.notes, 'Everybody stands for all other boxes here.'],
  };
}

function foldedLine({ namespace, members }: Draft): string {
  if (namespace === undefined) return 'anywhere outside';
  return `${members.length} ${members.length === 1 ? 'workload' : 'workloads'}`;
}

function linesOf(
  table: ConnectivityTable,
  drafts: readonly Draft[],
  { namespace, members }: Draft,
): readonly string[] {
  if (namespace === undefined) {
    const boxes = drafts.filter((draft) => draft.namespace === undefined).length;
    const ranges = table.peers.filter(({ type }) => type === 'external').length;
    // Only when nothing of the outside is told apart: neither drawn elsewhere nor left out.
    if (boxes === 1 && members.length === ranges) return ['anywhere outside'];
  }
  return members.map((at) => {
    const peer = table.peers[at];
    const parts = peer && partsOfPeer(peer);
    if (peer === undefined || parts === undefined) return peer?.id ?? '';
    const pods = peer.type === 'workload' ? `, ${peer.pods} ${peer.pods === 1 ? 'pod' : 'pods'}` : '';
    return `${parts.name} (${parts.kind}${pods})`;
  });
}
