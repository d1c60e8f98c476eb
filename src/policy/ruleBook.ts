// Answers: which policies are there, by number, and which terms do their rules use? The book of a cluster that changes: policies
// are added as they come, nothing is taken out, and a number always means the same policy. A term that a new policy is the
// first to use is told, because what was known without it may be too coarse.
import type { AdminPolicy, Direction, NetworkPolicy } from '../model/policy';
import { compilePolicy, type Compiled } from './compile';
import type { PortTable } from './portTable';
import { labelKeysOf, type LabelKeys } from './sight';
import { anybody, type TermId, type TermTable } from './terms';

export interface BookedPolicy {
  readonly policy: NetworkPolicy;
  readonly rules: Compiled;
  readonly keys: LabelKeys;
}

export interface BookedAdmin {
  readonly policy: AdminPolicy;
  readonly rules: Compiled;
}

/** How a rule may use a term: what is known of a cohort looks only at terms that are used so. */
export type TermUse = Direction | 'egressNames';

/** `use term`, as a text. */
export type UseKey = string;

export interface RuleBook {
  /** By number. */
  readonly network: readonly BookedPolicy[];
  /** In the order of the cluster, which is theirs; they never change. */
  readonly admin: readonly BookedAdmin[];
  /** @returns its number, new or known. */
  add(policy: NetworkPolicy): number;
  numberOf(policy: NetworkPolicy): number | undefined;
  isUsed(use: TermUse, term: TermId): boolean;
  /** Some admin rule names the term. */
  readonly adminTerms: ReadonlySet<TermId>;
  /** Uses of the policy that were not there when the book was opened, with their terms. */
  lateUses(number: number): ReadonlyMap<UseKey, TermId>;
  /** Ends the opening: what is added from here on is late. */
  open(): void;
}

export const termUses: readonly TermUse[] = ['ingress', 'egress', 'egressNames'];

export function useKey(use: TermUse, term: TermId): UseKey {
  return `${use} ${term}`;
}

const nothingLate: ReadonlyMap<UseKey, TermId> = new Map();

export function createRuleBook(
  adminPolicies: readonly AdminPolicy[],
  terms: TermTable,
  ports: PortTable,
): RuleBook {
  const network: BookedPolicy[] = [];
  const numbers = new Map<NetworkPolicy, number>();
  // The term for anybody is in everybody's set, so that the first rule without peers is nothing new.
  const used = {
    ingress: new Set<TermId>([anybody]),
    egress: new Set<TermId>([anybody]),
    egressNames: new Set<TermId>(),
  };
  const late = new Set<UseKey>();
  let isOpen = false;

  function note(rules: Compiled): void {
    for (const [use, term] of usesOf(rules)) {
      if (isOpen && !used[use].has(term)) late.add(useKey(use, term));
      used[use].add(term);
    }
  }

  const admin = adminPolicies.map((policy): BookedAdmin => {
    const rules = compilePolicy(policy, terms, ports);
    note(rules);
    return { policy, rules };
  });
  return {
    network,
    admin,
    add: (policy) => {
      const known = numbers.get(policy);
      if (known !== undefined) return known;
      const rules = compilePolicy(policy, terms, ports);
      note(rules);
      numbers.set(policy, network.length);
      return network.push({ policy, rules, keys: labelKeysOf(policy) }) - 1;
    },
    numberOf: (policy) => numbers.get(policy),
    isUsed: (use, term) => used[use].has(term),
    adminTerms: new Set(admin.flatMap(({ rules }) => [...usesOf(rules)].map(([, term]) => term))),
    lateUses: (number) => {
      const entry = network[number];
      if (late.size === 0 || entry === undefined) return nothingLate;
      const found = new Map<UseKey, TermId>();
      for (const [use, term] of usesOf(entry.rules)) {
        const key = useKey(use, term);
        if (late.has(key)) found.set(key, term);
      }
      return found;
    },
    open: () => {
      isOpen = true;
    },
  };
}

function* usesOf(rules: Compiled): Generator<readonly [use: TermUse, term: TermId]> {
  for (const use of termUses) {
    for (const { terms, ports } of rules[use === 'ingress' ? 'ingress' : 'egress']) {
      if (use === 'egressNames' && ports.named.length === 0) continue;
      for (const term of terms) yield [use, term];
    }
  }
}
