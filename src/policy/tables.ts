// Answers: what do all engines of a cluster share while it changes? The rule book, numbers of terms, ports, cohorts, profiles and
// groups, and what was found for them. All of it only grows, and nothing of it depends on which policies are in force now.
import type { Family, Ip } from '../model/address';
import { contains } from '../model/address';
import type { Cluster } from '../model/cluster';
import { append } from '../model/inserted';
import type { Pod } from '../model/pod';
import type { PolicyReading } from '../model/policyReading';
import { matches } from '../model/selector';
import { createCohorts, type Cohort, type Cohorts } from './cohorts';
import { createEvaluator, type Evaluator } from './evaluate';
import { createGroups, type Groups } from './groups';
import { interner } from './interner';
import { outsideRanges, rangeFinder, type OutsideRange } from './outsideRanges';
import { createPortTable, type PortTable } from './portTable';
import { createReach, type ReachReader } from './reach';
import { rowReader, type RowReader } from './rows';
import { createRuleBook, type RuleBook } from './ruleBook';
import { createSelectionIndex, type SelectionIndex } from './selectionIndex';
import { blocksOf, labelKeysOf, portNamesOf } from './sight';
import type { Standing } from './standing';
import { standingMaker, type StandingMaker } from './standings';
import { anybody, createTermTable, type TermId, type TermTable } from './terms';

/** Addresses of pods by family. */
export type FamilyCounts = Readonly<Record<Family, number>>;

export interface PolicyTables {
  readonly reading: PolicyReading;
  readonly ports: PortTable;
  readonly terms: TermTable;
  readonly book: RuleBook;
  readonly outside: readonly OutsideRange[];
  readonly rangeOf: (ip: Ip) => number;
  readonly cohorts: Cohorts;
  readonly evaluator: Evaluator;
  readonly groups: Groups;
  readonly rows: RowReader;
  readonly reach: ReachReader;
  readonly adminSubjects: SelectionIndex<number>;
  /** Terms by the pods that they name. */
  readonly peers: SelectionIndex<TermId>;
  readonly maker: StandingMaker;
  /** Standings of cohorts that are in no namespace: no policy is about them. */
  readonly standingsElsewhere: Map<Cohort, Standing>;
  /** How many terms there were at first. */
  readonly firstTerms: number;
  /** Names of ports that rules use. */
  readonly portNames: ReadonlySet<string>;
  /** Label keys that are asked of pods of every namespace. */
  readonly wideKeys: ReadonlySet<string>;
  /** Of the cluster that they were made for. */
  readonly families: FamilyCounts;
  /** A small number for each namespace. */
  numberOf(namespace: string): number;
  /** NetworkPolicies of a namespace in the cluster that they were made for. */
  firstPolicies(namespace: string): readonly number[];
  /** Terms that name a cohort, but not by its labels. */
  termsElsewhere(cohort: Cohort): readonly TermId[];
  /** Makes terms that policies brought since known to `peers`. */
  indexTerms(): void;
}

/** Policies that are read before others get their turn. */
const policiesAtOnce = 200;

export function* tablesInSteps(
  cluster: Cluster,
  reading: PolicyReading,
): Generator<undefined, PolicyTables, void> {
  const ports = createPortTable();
  const terms = createTermTable();
  const book = createRuleBook(cluster.adminPolicies, terms, ports);
  const byNamespace = new Map<string, number[]>();
  for (const [position, policy] of cluster.policies.entries()) {
    const number = book.add(policy);
    append(byNamespace, policy.namespace, number);
    if (position % policiesAtOnce === policiesAtOnce - 1) yield;
  }
  book.open();
  yield;
  const families = familiesOf(cluster.pods);
  const outside = outsideRanges(blocksIn(cluster), usedFamilies(families));
  const rangeOf = rangeFinder(outside);
  yield;
  const peers = createSelectionIndex<TermId>();
  let indexed = 0;
  const indexTerms = (): void => {
    for (; indexed < terms.pods.length; indexed++) {
      const term = terms.pods[indexed];
      if (term !== undefined) peers.add(term.selection, term.id);
    }
  };
  indexTerms();
  const adminSubjects = createSelectionIndex<number>();
  book.admin.forEach(({ policy }, position) => {
    adminSubjects.add(policy.subject, position);
  });
  yield;
  const all = [...book.network, ...book.admin];
  const portNames = new Set(all.flatMap(({ rules }) => portNamesOf(rules)));
  const evaluator = createEvaluator(ports, terms);
  const groups = createGroups(book);
  const familyOf = (term: TermId): Family | undefined => terms.familyOf(term);
  const source = { ports, evaluator, familyOf, groups };
  const numbers = interner<number>();
  return {
    reading,
    ports,
    terms,
    book,
    outside,
    rangeOf,
    cohorts: createCohorts({ portNames, nodes: terms.nodes.length > 0, rangeOf }),
    evaluator,
    groups,
    rows: rowReader(source),
    reach: createReach(source),
    adminSubjects,
    peers,
    maker: standingMaker(book, terms, ports),
    standingsElsewhere: new Map(),
    firstTerms: terms.terms.length,
    portNames,
    wideKeys: new Set(all.flatMap(({ policy }) => [...labelKeysOf(policy).wide])),
    families,
    numberOf: (namespace) => numbers(namespace, (number) => number),
    firstPolicies: (namespace) => byNamespace.get(namespace) ?? [],
    termsElsewhere: termsByAddress(cluster, reading, terms, outside, rangeOf),
    indexTerms,
  };
}

export function familiesOf(pods: readonly Pod[]): FamilyCounts {
  const counts = { 4: 0, 6: 0 };
  for (const { addresses } of pods) for (const { value } of addresses) counts[value.family]++;
  return counts;
}

export function usedFamilies(counts: FamilyCounts): ReadonlySet<Family> {
  return new Set(([4, 6] as const).filter((family) => counts[family] > 0));
}

export function blocksIn({ policies, adminPolicies }: Cluster): ReturnType<typeof blocksOf> {
  return [...policies, ...adminPolicies].flatMap(blocksOf);
}

/** @returns the terms that name a cohort as anybody, by its addresses, by its node or by its domain name. */
function termsByAddress(
  cluster: Cluster,
  reading: PolicyReading,
  terms: TermTable,
  outside: readonly OutsideRange[],
  rangeOf: (ip: Ip) => number,
): (cohort: Cohort) => readonly TermId[] {
  const blocks = blocksByRange(terms, outside, rangeOf);
  const domainNames = terms.domainNames.map(({ id }) => id);
  const { nodes } = terms;
  const nodeLabels = new Map(
    nodes.length === 0 ? [] : cluster.nodes.map(({ name, labels }) => [name, labels]),
  );
  return ({ kind, ranges, node }) => {
    const found: TermId[] = [anybody];
    const byBlock =
      kind === 'outside' || (kind === 'pods' ? reading.blocksSelectPods : reading.blocksSelectNodes);
    if (byBlock) for (const range of ranges) found.push(...(blocks[range] ?? []));
    if (kind === 'outside') found.push(...domainNames);
    if (node !== undefined) {
      const labels = nodeLabels.get(node) ?? {};
      for (const { id, selector } of nodes) if (matches(selector, labels)) found.push(id);
    }
    return found;
  };
}

/** Block terms by the outside range that they cover. */
function blocksByRange(
  terms: TermTable,
  outside: readonly OutsideRange[],
  rangeOf: (ip: Ip) => number,
): readonly (readonly TermId[])[] {
  const found = outside.map((): TermId[] => []);
  for (const { id, cidr, except } of terms.blocks) {
    for (let at = rangeOf(cidr.first); at < outside.length; at++) {
      const range = outside[at];
      if (range === undefined || !contains(cidr, range.first)) break;
      if (!except.some((each) => contains(each, range.first))) found[at]?.push(id);
    }
  }
  return found;
}
