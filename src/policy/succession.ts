// Answers: which part of what is known of a cluster still holds after it changed? A NetworkPolicy concerns its own namespace, and
// through peers with a namespaceSelector the namespaces that match; a pod concerns nobody else. When a change concerns what all
// share, nothing is taken over, and everything is made again (spec/performance 3f).
import type { Cluster } from '../model/cluster';
import { namespaceLabelsOf } from '../model/namespaceLabels';
import { compareText } from '../model/objects';
import type { NetworkPolicy } from '../model/policy';
import { matches } from '../model/selector';
import type { Changed, ClusterChanges } from './changes';
import { outsideRanges } from './outsideRanges';
import { termUses, useKey, type UseKey } from './ruleBook';
import { blocksOf, labelKeysOf } from './sight';
import { createSpace, type Space } from './space';
import { blocksIn, familiesOf, usedFamilies, type FamilyCounts, type PolicyTables } from './tables';
import type { TermId, TermsOf } from './terms';

/** What one engine knows of its cluster beside what all share. */
export interface Knowledge {
  readonly cluster: Cluster;
  /** By number of the namespace; made as they are asked for. */
  readonly spaces: (Space | undefined)[];
  readonly families: FamilyCounts;
  /** Late uses of terms that its spaces know of. */
  readonly handled: ReadonlySet<UseKey>;
}

export function firstKnowledge(tables: PolicyTables, cluster: Cluster): Knowledge {
  return { cluster, spaces: [], families: tables.families, handled: new Set() };
}

/** The space of a namespace that was not asked for yet. No edit concerned it, or it would have one. */
export function firstSpace(tables: PolicyTables, { cluster }: Knowledge, namespace: string): Space {
  return spaceWith(tables, cluster, namespace, tables.firstPolicies(namespace));
}

/** Whether some policy has the term, or had when the spaces of this cluster were made. */
export function knowsTerm({ firstTerms }: PolicyTables, { handled }: Knowledge, term: TermId): boolean {
  return term < firstTerms || termUses.some((use) => handled.has(useKey(use, term)));
}

/** @returns undefined: make everything again. */
export function knowledgeAfter(
  tables: PolicyTables,
  before: Knowledge,
  cluster: Cluster,
  changes: ClusterChanges,
): Knowledge | undefined {
  const { policies } = changes;
  if (isOutgrown(tables, cluster) || !fits(tables, changes)) return undefined;
  const families = countsAfter(before.families, changes);
  if (!sameFamilies(before.families, families)) return undefined;
  if (touchesBlocks(policies) && !sameRanges(tables, cluster, families)) return undefined;

  // A pod concerns nobody else: all that is known holds, and what is found out is found out for both.
  if (policies.added.length + policies.removed.length + changes.namespaces.length === 0)
    return { ...before, cluster, families };

  const added = policies.added.map((policy) => ({ policy, number: tables.book.add(policy) }));
  tables.indexTerms();
  const wider = widerTerms(
    tables,
    before,
    added.map(({ number }) => number),
  );
  if (wider === undefined) return undefined;
  const spaces = before.spaces.slice();
  // Who names its pods is another question than whom its policies select.
  const namesHold = (namespace: string): boolean =>
    wider.terms.length === 0 && !changes.namespaces.includes(namespace);
  const remake = (namespace: string, numbers?: readonly number[]): void => {
    const space = spaces[tables.numberOf(namespace)];
    if (space === undefined && numbers === undefined) return;
    spaces[tables.numberOf(namespace)] = spaceWith(
      tables,
      cluster,
      namespace,
      numbers ?? space?.policies ?? [],
      space,
      namesHold(namespace),
    );
  };
  const labels = namespaceLabelsOf(cluster.namespaces);
  for (const { selection } of wider.terms) {
    const { namespaceSelector } = selection;
    if (namespaceSelector === undefined) continue;
    for (const space of before.spaces)
      if (space !== undefined && matches(namespaceSelector, labels(space.namespace))) remake(space.namespace);
  }
  for (const namespace of changes.namespaces) remake(namespace);
  const removed = new Set(policies.removed.map((policy) => tables.book.numberOf(policy)));
  const edited = new Set([...policies.added, ...policies.removed].map(({ namespace }) => namespace));
  for (const namespace of edited) {
    const known = spaces[tables.numberOf(namespace)]?.policies ?? tables.firstPolicies(namespace);
    const kept = known.filter((number) => !removed.has(number));
    const own = added.flatMap(({ policy, number }) => (policy.namespace === namespace ? [number] : []));
    remake(namespace, [...kept, ...own]);
  }
  return { cluster, spaces, families, handled: wider.handled };
}

/**
 * @param before the space that it takes the place of: its cohorts stay where they tell pods apart well enough.
 * @param namesHold only policies of the namespace came or went.
 */
function spaceWith(
  tables: PolicyTables,
  { namespaces }: Cluster,
  namespace: string,
  policies: readonly number[],
  before?: Space,
  namesHold = false,
): Space {
  const keys = new Set(tables.wideKeys);
  for (const number of policies) for (const key of tables.book.network[number]?.keys.own ?? []) keys.add(key);
  const enough = before !== undefined && [...keys].every((key) => before.cohorts.keys.includes(key));
  const cohorts = enough ? before.cohorts : tables.cohorts.inNamespace(namespace, [...keys].sort());
  return createSpace(
    tables,
    namespace,
    namespaceLabelsOf(namespaces)(namespace),
    policies,
    cohorts,
    namesHold ? before?.standings : undefined,
  );
}

/** So many more than twice of what there is are not worth keeping; nor are so many new policies worth following. */
const many = 1000;

/** Tables only grow: with each edit there are policies, cohorts and groups that nobody asks for any more. */
export function isOutgrown(
  { book, cohorts, groups, maker }: PolicyTables,
  { pods, policies }: Cluster,
): boolean {
  const ends = Math.max(cohorts.count(), groups.senders.length, groups.receivers.length, maker.count() / 2);
  return book.network.length > 2 * policies.length + many || ends > 2 * pods.length + many;
}

function fits(tables: PolicyTables, { admin, nodes, policies }: ClusterChanges): boolean {
  if (admin || (nodes && tables.terms.nodes.length > 0)) return false;
  if (policies.added.length > many) return false;
  return policies.added.every((policy) => {
    const names = [...policy.ingress, ...policy.egress].flatMap(({ ports }) => ports.map(({ port }) => port));
    return (
      names.every((name) => typeof name !== 'string' || tables.portNames.has(name)) &&
      [...labelKeysOf(policy).wide].every((key) => tables.wideKeys.has(key))
    );
  });
}

function countsAfter(before: FamilyCounts, { pods }: ClusterChanges): FamilyCounts {
  const [more, less] = [familiesOf(pods.added), familiesOf(pods.removed)];
  return { 4: before[4] + more[4] - less[4], 6: before[6] + more[6] - less[6] };
}

function sameFamilies(a: FamilyCounts, b: FamilyCounts): boolean {
  return a[4] > 0 === b[4] > 0 && a[6] > 0 === b[6] > 0;
}

/** Whether a block came or went. */
function touchesBlocks({ added, removed }: Changed<NetworkPolicy>): boolean {
  const textsOf = (policies: readonly NetworkPolicy[]): string =>
    policies
      .flatMap(blocksOf)
      .map(({ text }) => text)
      .sort(compareText)
      .join();
  return textsOf(added) !== textsOf(removed);
}

function sameRanges({ outside }: PolicyTables, cluster: Cluster, families: FamilyCounts): boolean {
  const now = outsideRanges(blocksIn(cluster), usedFamilies(families));
  return now.length === outside.length && now.every(({ id }, at) => id === outside[at]?.id);
}

/**
 * Terms of these policies that spaces do not know of yet, as used by them.
 * @returns undefined: one is about anybody or about addresses, so it concerns all.
 */
function widerTerms(
  { book, terms }: PolicyTables,
  { handled }: Knowledge,
  numbers: readonly number[],
): { readonly terms: TermsOf<'pods'>; readonly handled: ReadonlySet<UseKey> } | undefined {
  const late = new Map(
    numbers.flatMap((number) => [...book.lateUses(number)].filter(([use]) => !handled.has(use))),
  );
  const found: TermsOf<'pods'>[number][] = [];
  for (const id of new Set(late.values())) {
    const term = terms.terms[id];
    if (term?.kind !== 'pods') return undefined;
    found.push({ ...term, id });
  }
  return { terms: found, handled: late.size === 0 ? handled : new Set([...handled, ...late.keys()]) };
}
