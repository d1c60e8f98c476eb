// Answers: what do policies say within one namespace? Its own NetworkPolicies, what admin policies and peers of all rules ask of
// its pods, and the standings of its cohorts, found as they are asked for. An edit changes the space of its namespace and
// leaves the others as they are (spec/performance 3f).
import type { Labels } from '../model/selector';
import type { NamespaceCohorts, Cohort } from './cohorts';
import type { RuleBook } from './ruleBook';
import { createSelectorIndex, type SelectionIndex } from './selectionIndex';
import type { Standing } from './standing';
import type { TermId } from './terms';

export interface Space {
  readonly namespace: string;
  /** Numbers of its NetworkPolicies. */
  readonly policies: readonly number[];
  readonly cohorts: NamespaceCohorts;
  /** Kept as they are found. */
  readonly standings: Map<Cohort, Standing>;
  /** Standings before NetworkPolicies of the namespace came or went, and nothing else: the names in them still hold. */
  readonly earlier: ReadonlyMap<Cohort, Standing> | undefined;
  /** Numbers of NetworkPolicies about a pod with these labels. */
  network(labels: Labels): readonly number[];
  /** Positions of admin policies about it. */
  admin(labels: Labels): readonly number[];
  /** Terms that name it by labels. */
  naming(labels: Labels): readonly TermId[];
}

export interface SpaceSource {
  readonly book: RuleBook;
  readonly adminSubjects: SelectionIndex<number>;
  readonly peers: SelectionIndex<TermId>;
}

/** Indexes are made when the first pod of the namespace is asked for. */
export function createSpace(
  { book, adminSubjects, peers }: SpaceSource,
  namespace: string,
  labels: Labels,
  policies: readonly number[],
  cohorts: NamespaceCohorts,
  earlier?: ReadonlyMap<Cohort, Standing>,
): Space {
  const network = once(() => {
    const index = createSelectorIndex<number>();
    for (const number of policies) {
      const policy = book.network[number]?.policy;
      if (policy !== undefined) index.add(policy.podSelector, number);
    }
    return (own: Labels) => index.matching(own);
  });
  const admin = once(() => adminSubjects.within(namespace, labels));
  const naming = once(() => peers.within(namespace, labels));
  return {
    namespace,
    policies,
    cohorts,
    standings: new Map(),
    earlier,
    network: (own) => (policies.length === 0 ? nothing : network()(own)),
    admin: (own) => admin()(own),
    naming: (own) => naming()(own),
  };
}

const nothing: readonly number[] = [];

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
