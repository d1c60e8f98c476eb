// Answers: which rows does the Cluster view show, and what stands below one? Computed per call from the cluster value, in steps;
// nothing is kept. Groups (nodes, namespaces or workloads) hold pods, a pod holds its pause container, its network device and its
// containers. Long lists come in chunks, because VS Code draws every row it is given.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Namespace } from '../model/node';
import { byNamespaceAndName, compareText, keyOf, type ObjectRef } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Location } from '../model/source';
import { finish } from '../model/steps';
import { policiesInSteps } from '../trace/policyReading';
import type { End } from '../trace/query';
import { podRow, podParts } from './treePod';
import { factsLine, factsText, provenanceSentence } from './provenance';
import { withExposure } from './treeExposure';
import { matcherOf, type PodMatcher } from './treeFilter';

export type Grouping = 'node' | 'namespace' | 'workload';

export interface TreeOptions {
  readonly grouping: Grouping;
  /** Text, `key=value`, an address or a range; empty shows everything. */
  readonly filter: string;
}

export interface TreeRow {
  /** Stable as long as the object is there. */
  readonly id: string;
  readonly kind:
    | 'node'
    | 'namespace'
    | 'workload'
    | 'unscheduled'
    | 'pod'
    | 'pause'
    | 'device'
    | 'container'
    | 'more'
    // Of the Policies view (features/policyTree.ts).
    | 'tier'
    | 'vendor'
    | 'policy'
    | 'selects'
    | 'rule'
    | 'peer'
    | 'port';
  readonly label: string;
  readonly description: string;
  /** Codicon name; the state it shows is also said in words. */
  readonly icon: string;
  /** Something is wrong with it; the description says what. */
  readonly problem: boolean;
  /** Lines of name and value. */
  readonly tooltip: readonly (readonly [name: string, value: string])[];
  /** What a screen reader says. */
  readonly accessibleName: string;
  readonly expandable: boolean;
  /** What the row offers: `pod`, `hasIp`, `hasManifest`, `canTrace`. */
  readonly flags: readonly string[];
  readonly end?: End | undefined;
  /** The address that Copy IP copies. */
  readonly address?: string | undefined;
  readonly at?: Location | undefined;
}

/** Rows handed out at once; the rest waits behind a row "more". */
export const chunkSize = 500;

/** @param parent id of the row whose children are asked for; undefined for the top. */
export function treeRows(cluster: Cluster, options: TreeOptions, parent?: string): readonly TreeRow[] {
  return finish(treeRowsInSteps(cluster, options, parent));
}

/** The same in steps, for those who must not be kept waiting. */
export function* treeRowsInSteps(
  cluster: Cluster,
  options: TreeOptions,
  parent?: string,
): Generator<undefined, readonly TreeRow[], void> {
  const filter = yield* matcherOf(cluster, options.filter);
  const [kind, rest] = splitOnce(parent ?? 'top', ':');
  const [offset, of] = kind === 'more' ? splitOnce(rest, ':') : ['0', parent ?? 'top'];
  return yield* childRows(cluster, options.grouping, filter, of, Number(offset));
}

/** Id of the row that holds this one; undefined at the top. Pods beyond the first chunk are found under "more" rows. */
export function parentRow(cluster: Cluster, options: TreeOptions, id: string): string | undefined {
  const [kind, key] = splitOnce(id, ':');
  if (kind !== 'pod') return undefined;
  const pod = lookupOf(cluster).pod(key);
  return pod && groupOf(pod, options.grouping);
}

/** How many pods the filter lets through, and how many there are. */
export interface PodCounts {
  readonly shown: number;
  readonly all: number;
}

export function podCounts(cluster: Cluster, filter: string): PodCounts {
  return finish(podCountsInSteps(cluster, filter));
}

export function* podCountsInSteps(cluster: Cluster, filter: string): Generator<undefined, PodCounts, void> {
  const shown = yield* filtered(cluster.pods, yield* matcherOf(cluster, filter));
  return { shown: shown.length, all: cluster.pods.length };
}

/** Pods that are looked at, and rows that are made, before others get their turn: how far one is open may cost most of it. */
const podsPerStep = 100;
const rowsPerStep = 10;

function* filtered(
  pods: readonly Pod[],
  filter: PodMatcher | undefined,
): Generator<undefined, readonly Pod[], void> {
  if (filter === undefined) return pods;
  const found: Pod[] = [];
  for (const [index, pod] of pods.entries()) {
    if (filter(pod)) found.push(pod);
    if (index % podsPerStep === podsPerStep - 1) yield;
  }
  return found;
}

/** What no input says, for the whole cluster: rows that are cut off in a narrow view hide their own mark. */
export function simulatedSentence(cluster: Cluster): string {
  const nodes = cluster.nodes.filter(({ provenance }) => provenance === 'simulated').length;
  const addresses = cluster.pods.flatMap((pod) => (pod.spec.hostNetwork ? [] : pod.addresses));
  const invented = addresses.filter(({ provenance }) => provenance === 'simulated').length;
  if (invented === 0) return '';
  const all = invented === addresses.length;
  const what = nodes > 0 && nodes === cluster.nodes.length ? 'nodes and addresses' : 'addresses';
  return all
    ? `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} are simulated.`
    : `Some ${what} are simulated.`;
}

function* childRows(
  cluster: Cluster,
  grouping: Grouping,
  filter: PodMatcher | undefined,
  parent: string,
  offset: number,
): Generator<undefined, readonly TreeRow[], void> {
  if (parent === 'top') {
    const groups = yield* shownGroups(cluster, grouping, filter);
    if (grouping === 'workload') yield* policiesInSteps(cluster);
    return yield* chunkInSteps(groups, parent, offset, ({ row }) => {
      const made = row();
      return made.kind === 'workload' ? withExposure(cluster, made, podsOfRow(cluster, made.id)) : made;
    });
  }
  const [kind, key] = splitOnce(parent, ':');
  if (kind === 'pod') {
    const pod = lookupOf(cluster).pod(key);
    return chunk(pod === undefined ? [] : podParts(cluster, pod), parent, offset, (row) => row);
  }
  const pods = yield* filtered(podsOfGroup(cluster, kind, key), filter);
  yield* policiesInSteps(cluster);
  return yield* chunkInSteps(pods, parent, offset, (pod) => withExposure(cluster, podRow(pod, kind), [pod]));
}

function podsOfRow(cluster: Cluster, id: string): readonly Pod[] {
  const [kind, key] = splitOnce(id, ':');
  return podsOfGroup(cluster, kind, key);
}

function podsOfGroup(cluster: Cluster, kind: string, key: string): readonly Pod[] {
  const lookup = lookupOf(cluster);
  switch (kind) {
    case 'node':
      return lookup.podsOn(key);
    case 'namespace':
      return lookup.podsIn(key);
    case 'workload': {
      const [owner, name] = splitOnce(key, ' ');
      return owner === 'bare'
        ? lookup.podsIn(name).filter((pod) => pod.owner === undefined)
        : lookup.podsOf(owner, name);
    }
    case 'unscheduled':
      return cluster.pods.filter((pod) => pod.node === undefined);
    default:
      return [];
  }
}

/** Id of the group that a pod is in. */
function groupOf(pod: Pod, grouping: Grouping): string {
  switch (grouping) {
    case 'node':
      return pod.node === undefined ? 'unscheduled:' : `node:${pod.node.value}`;
    case 'namespace':
      return `namespace:${pod.namespace}`;
    case 'workload':
      return pod.owner === undefined
        ? `workload:bare ${pod.namespace}`
        : `workload:${pod.owner.kind} ${keyOf(pod.owner)}`;
  }
}

/** A group before its row is made: of thousands only a chunk is shown. */
interface Group {
  readonly id: string;
  readonly row: () => TreeRow;
}

function* shownGroups(
  cluster: Cluster,
  grouping: Grouping,
  filter: PodMatcher | undefined,
): Generator<undefined, readonly Group[], void> {
  const counts = new Map<string, number>();
  const shown = yield* filtered(cluster.pods, filter);
  yield;
  for (const [index, pod] of shown.entries()) {
    const group = groupOf(pod, grouping);
    counts.set(group, (counts.get(group) ?? 0) + 1);
    if (index % groupedPerStep === groupedPerStep - 1) yield;
  }
  const groups = groupsOf(cluster, grouping, counts);
  yield;
  return groups.flatMap(({ id, row }): readonly Group[] => {
    const expandable = counts.has(id);
    return filter === undefined || expandable ? [{ id, row: () => ({ ...row(), expandable }) }] : [];
  });
}

/** Pods that are counted before others get their turn. */
const groupedPerStep = 2000;

function groupsOf(
  cluster: Cluster,
  grouping: Grouping,
  counts: ReadonlyMap<string, number>,
): readonly Group[] {
  const made = (row: TreeRow): Group => ({ id: row.id, row: () => row });
  switch (grouping) {
    case 'node':
      return [
        ...cluster.nodes.map(({ name }): Group => {
          return { id: `node:${name}`, row: () => nodeRow(cluster, name, counts) };
        }),
        ...unscheduledRow(counts).map(made),
      ];
    case 'namespace':
      return cluster.namespaces.map((namespace): Group => {
        const id = `namespace:${namespace.name}`;
        return { id, row: () => namespaceRow(namespace, id, counts) };
      });
    case 'workload':
      return [...workloadGroups(cluster, counts), ...bareRows(counts).map(made)];
  }
}

function namespaceRow(namespace: Namespace, id: string, counts: ReadonlyMap<string, number>): TreeRow {
  const description = podCount(counts.get(id) ?? 0);
  return group(id, 'namespace', namespace.name, description, 'symbol-namespace', {
    tooltip: [
      ['Namespace', namespace.name],
      ['Labels', labelsText(namespace.labels)],
      ['Known', provenanceSentence(namespace.provenance)],
    ],
    at: namespace.nameAt ?? namespace.at,
  });
}

function nodeRow(cluster: Cluster, name: string, counts: ReadonlyMap<string, number>): TreeRow {
  const id = `node:${name}`;
  const node = lookupOf(cluster).node(name);
  if (node === undefined) return group(id, 'node', name, '', 'server', {});
  const address = factsText(node.addresses, ({ text }) => text);
  const ranges = factsText(node.podCidrs, ({ text }) => text);
  const { texts, mark } = factsLine(node.addresses, node.podCidrs);
  const [shortAddress, shortRanges] = texts;
  const notReady = !node.ready.value && node.ready.provenance !== 'simulated' ? ['NotReady'] : [];
  const pods = podCount(counts.get(id) ?? 0);
  const parts = [...notReady, shortAddress, shortRanges && `pods ${shortRanges}`, pods, mark].filter(Boolean);
  return group(id, 'node', name, parts.join(' · '), 'server', {
    problem: notReady.length > 0,
    tooltip: [
      ['Node', name],
      ['Internal address', address || 'not known'],
      ['Pod range', ranges || 'not known'],
      ['Pods', pods],
      ...(node.runtime === undefined ? [] : [['Runtime', node.runtime] as const]),
      ...(node.taints.length === 0
        ? []
        : [
            [
              'Taints',
              node.taints
                .map(({ key, value, effect }) => `${key}${value && `=${value}`}:${effect}`)
                .join(', '),
            ] as const,
          ]),
      ['Known', provenanceSentence(node.provenance)],
    ],
    end: { kind: 'node', name },
    address: node.addresses[0]?.value.text,
    at: node.nameAt ?? node.at,
  });
}

function unscheduledRow(counts: ReadonlyMap<string, number>): readonly TreeRow[] {
  const waiting = counts.get('unscheduled:');
  if (waiting === undefined) return [];
  return [
    group(
      'unscheduled:',
      'unscheduled',
      'Not scheduled',
      `${podCount(waiting)} without a node`,
      'circle-slash',
      {
        problem: true,
        tooltip: [
          ['Not scheduled', 'No node takes these pods; each says why. They have no sandbox and no address.'],
        ],
      },
    ),
  ];
}

function workloadGroups(cluster: Cluster, counts: ReadonlyMap<string, number>): readonly Group[] {
  const known = cluster.workloads
    .filter((workload) => workload.owner === undefined)
    .map(({ kind, namespace, name, nameAt, at }): ObjectRef => ({
      kind,
      namespace,
      name,
      at: nameAt ?? at,
    }));
  const listed = new Set(known.map((owner) => `workload:${owner.kind} ${keyOf(owner)}`));
  const onlyOwners = cluster.pods.flatMap(({ owner }) => {
    if (owner === undefined) return [];
    const id = `workload:${owner.kind} ${keyOf(owner)}`;
    if (listed.has(id)) return [];
    listed.add(id);
    return [{ kind: owner.kind, namespace: owner.namespace, name: owner.name, at: owner.at }];
  });
  return [...known, ...onlyOwners]
    .sort((a, b) => byNamespaceAndName(a, b) || compareText(a.kind, b.kind))
    .map((owner): Group => {
      const id = `workload:${owner.kind} ${keyOf(owner)}`;
      return { id, row: () => workloadRow(cluster, owner, id, counts) };
    });
}

function workloadRow(
  cluster: Cluster,
  owner: ObjectRef,
  id: string,
  counts: ReadonlyMap<string, number>,
): TreeRow {
  const description = `${podCount(counts.get(id) ?? 0)} · ${owner.kind} in ${owner.namespace}`;
  const end = workloadEnd(cluster, owner);
  return group(id, 'workload', owner.name, description, 'layers', {
    tooltip: [
      [owner.kind, keyOf(owner)],
      ['Pods', podCount(counts.get(id) ?? 0)],
    ],
    end,
    at: owner.at,
  });
}

function workloadEnd(
  cluster: Cluster,
  owner: { readonly kind: string; readonly namespace: string; readonly name: string },
): End | undefined {
  const workload = lookupOf(cluster).workload(owner.kind, keyOf(owner));
  return (
    workload && {
      kind: 'workload',
      workload: workload.kind,
      namespace: workload.namespace,
      name: workload.name,
    }
  );
}

function bareRows(counts: ReadonlyMap<string, number>): readonly TreeRow[] {
  return [...counts]
    .filter(([id]) => id.startsWith('workload:bare '))
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, pods]) => {
      const namespace = id.slice('workload:bare '.length);
      return group(id, 'workload', 'No workload', `${podCount(pods)} · in ${namespace}`, 'layers', {
        tooltip: [['No workload', `Pods of ${namespace} that nothing owns`]],
      });
    });
}

export function group(
  id: string,
  kind: TreeRow['kind'],
  label: string,
  description: string,
  icon: string,
  more: Partial<TreeRow>,
): TreeRow {
  const flags = [
    kind,
    ...(more.address === undefined ? [] : ['hasIp']),
    ...(more.at === undefined ? [] : ['hasManifest']),
    ...(more.end === undefined ? [] : ['canTrace']),
  ];
  return {
    id,
    kind,
    label,
    description,
    icon,
    problem: false,
    tooltip: [],
    accessibleName: `${kind} ${label}, ${description}`,
    expandable: true,
    flags,
    ...more,
  };
}

/** Rows are made for the chunk alone: a node may have thousands of pods. */
export function chunk<T>(
  all: readonly T[],
  parent: string,
  offset: number,
  rowOf: (item: T) => TreeRow,
): readonly TreeRow[] {
  return finish(chunkInSteps(all, parent, offset, rowOf));
}

function* chunkInSteps<T>(
  all: readonly T[],
  parent: string,
  offset: number,
  rowOf: (item: T) => TreeRow,
): Generator<undefined, readonly TreeRow[], void> {
  const shown: TreeRow[] = [];
  for (const item of all.slice(offset, offset + chunkSize)) {
    shown.push(rowOf(item));
    if (shown.length % rowsPerStep === 0) yield;
  }
  const left = all.length - offset - shown.length;
  if (left === 0) return shown;
  const description = `${left} not shown yet`;
  const more: TreeRow = {
    id: `more:${offset + chunkSize}:${parent}`,
    kind: 'more',
    label: `${Math.min(left, chunkSize)} more…`,
    description,
    icon: 'ellipsis',
    problem: false,
    tooltip: [],
    accessibleName: `${Math.min(left, chunkSize)} more, ${description}`,
    expandable: true,
    flags: [],
  };
  return [...shown, more];
}

function podCount(pods: number): string {
  return `${pods} ${pods === 1 ? 'pod' : 'pods'}`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

export function splitOnce(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}
