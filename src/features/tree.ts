// Answers: which rows does the Cluster view show, and what stands below one? Computed per call from the cluster value; nothing
// is kept. Groups (nodes, namespaces or workloads) hold pods, a pod holds its pause container, its network device and its
// containers. Long lists come in chunks, because VS Code draws every row it is given.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { byNamespaceAndName, compareText, keyOf, type ObjectRef } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Location } from '../model/source';
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
  const filter = matcherOf(cluster, options.filter);
  const [kind, rest] = splitOnce(parent ?? 'top', ':');
  const [offset, of] = kind === 'more' ? splitOnce(rest, ':') : ['0', parent ?? 'top'];
  return childRows(cluster, options.grouping, filter, of, Number(offset));
}

/** Id of the row that holds this one; undefined at the top. Pods beyond the first chunk are found under "more" rows. */
export function parentRow(cluster: Cluster, options: TreeOptions, id: string): string | undefined {
  const [kind, key] = splitOnce(id, ':');
  if (kind !== 'pod') return undefined;
  const pod = lookupOf(cluster).pod(key);
  return pod && groupOf(pod, options.grouping);
}

/** How many pods the filter lets through, and how many there are. */
export function podCounts(
  cluster: Cluster,
  filter: string,
): { readonly shown: number; readonly all: number } {
  const matcher = matcherOf(cluster, filter);
  const shown = matcher === undefined ? cluster.pods.length : cluster.pods.filter(matcher).length;
  return { shown, all: cluster.pods.length };
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

function childRows(
  cluster: Cluster,
  grouping: Grouping,
  filter: PodMatcher | undefined,
  parent: string,
  offset: number,
): readonly TreeRow[] {
  if (parent === 'top')
    return chunk(groupRows(cluster, grouping, filter), parent, offset, (row) =>
      row.kind === 'workload' ? withExposure(cluster, row, podsOfRow(cluster, row.id)) : row,
    );
  const [kind, key] = splitOnce(parent, ':');
  if (kind === 'pod') {
    const pod = lookupOf(cluster).pod(key);
    return chunk(pod === undefined ? [] : podParts(cluster, pod), parent, offset, (row) => row);
  }
  const all = podsOfGroup(cluster, kind, key);
  const pods = filter === undefined ? all : all.filter(filter);
  return chunk(pods, parent, offset, (pod) => withExposure(cluster, podRow(pod, kind), [pod]));
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

function groupRows(cluster: Cluster, grouping: Grouping, filter: PodMatcher | undefined): readonly TreeRow[] {
  const counts = new Map<string, number>();
  for (const pod of cluster.pods) {
    const group = groupOf(pod, grouping);
    if (filter?.(pod) ?? true) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return makeGroups(cluster, grouping, counts).flatMap((row) => {
    const expandable = counts.has(row.id);
    return filter === undefined || expandable ? [{ ...row, expandable }] : [];
  });
}

function makeGroups(
  cluster: Cluster,
  grouping: Grouping,
  counts: ReadonlyMap<string, number>,
): readonly TreeRow[] {
  switch (grouping) {
    case 'node':
      return [...cluster.nodes.map((node) => nodeRow(cluster, node.name, counts)), ...unscheduledRow(counts)];
    case 'namespace':
      return cluster.namespaces.map((namespace): TreeRow => {
        const id = `namespace:${namespace.name}`;
        const description = podCount(counts.get(id) ?? 0);
        return group(id, 'namespace', namespace.name, description, 'symbol-namespace', {
          tooltip: [
            ['Namespace', namespace.name],
            ['Labels', labelsText(namespace.labels)],
            ['Known', provenanceSentence(namespace.provenance)],
          ],
          at: namespace.nameAt ?? namespace.at,
        });
      });
    case 'workload':
      return [...workloadRows(cluster, counts), ...bareRows(counts)];
  }
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

function workloadRows(cluster: Cluster, counts: ReadonlyMap<string, number>): readonly TreeRow[] {
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
    if (owner === undefined || listed.has(`workload:${owner.kind} ${keyOf(owner)}`)) return [];
    listed.add(`workload:${owner.kind} ${keyOf(owner)}`);
    return [{ kind: owner.kind, namespace: owner.namespace, name: owner.name, at: owner.at }];
  });
  return [...known, ...onlyOwners]
    .sort((a, b) => byNamespaceAndName(a, b) || compareText(a.kind, b.kind))
    .map((owner) => {
      const id = `workload:${owner.kind} ${keyOf(owner)}`;
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
  const shown = all.slice(offset, offset + chunkSize).map(rowOf);
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
