// Answers: what do these policies say of a cohort, and what may others say of it? Makes standings, and keeps one object for all
// that say the same, whichever policies say it: the fewer there are, the fewer answers have to be found (spec/performance 3d, 5.7).
import { compareText } from '../model/objects';
import type { AdminPolicy, Direction, PolicyPort } from '../model/policy';
import type { Cohort } from './cohorts';
import type { CompiledRule, RulePorts } from './compile';
import { interner, listInterner } from './interner';
import type { PortTable } from './portTable';
import type { RuleBook } from './ruleBook';
import type { AdminSet, Names, Profile, RuleTier, Standing, TermSet } from './standing';
import type { TermId, TermTable } from './terms';

export interface StandingMaker {
  /**
   * @param admin positions of the admin policies about a cohort
   * @param naming terms that name it, without repeats
   */
  names(admin: readonly number[], naming: readonly TermId[]): Names;
  /** @param network numbers of the NetworkPolicies about the cohort */
  standing(cohort: Cohort, network: readonly number[], names: Names): Standing;
  /** How many profiles and sets of terms there are. */
  count(): number;
  /** Of terms that name somebody those that rules of the direction use. */
  termSet(direction: Direction, naming: readonly TermId[]): TermSet;
}

export function standingMaker(book: RuleBook, terms: TermTable, ports: PortTable): StandingMaker {
  const termSets = listInterner<TermSet>();
  const adminSets = listInterner<number>();
  const ruleTiers = interner<RuleTier>();
  const tierSets = interner<number>();
  const profiles = interner<Profile>();
  let made = 0;
  const aboutAdmin = listInterner<AdminSet>();
  const about = interner<Said>();
  const byPolicies = { ingress: listInterner<Profile>(), egress: listInterner<Profile>() };

  function profileOf(direction: Direction, network: readonly number[], admin: readonly number[]): Profile {
    const isolating = network.filter((id) => book.network[id]?.policy.isolates[direction] === true);
    const speaking = admin.filter((id) => (book.admin[id]?.rules[direction].length ?? 0) > 0);
    const key = speaking.length === 0 ? isolating : [...isolating, divider, ...speaking];
    return byPolicies[direction](key, () => profileOfRules(direction, isolating, speaking));
  }

  function profileOfRules(
    direction: Direction,
    isolating: readonly number[],
    speaking: readonly number[],
  ): Profile {
    const rules = isolating.flatMap((id) => book.network[id]?.rules[direction] ?? []);
    const byTerm = isolating.length === 0 ? undefined : portsByTerm(ports, rules);
    const said =
      byTerm === undefined
        ? 'open'
        : [...byTerm]
            .sort(([a], [b]) => a - b)
            .map(([term, { fixed, named }]) => `${term}:${fixed}:${named.map(portKey).sort().join()}`)
            .join(';');
    return profiles(`${said} ${speaking.join()} ${direction}`, (id) => {
      made++;
      const tier = (name: AdminPolicy['tier']): RuleTier | undefined =>
        tierOf(
          speaking.filter((each) => book.admin[each]?.policy.tier === name),
          direction,
        );
      const all = [...rules, ...speaking.flatMap((each) => book.admin[each]?.rules[direction] ?? [])];
      return {
        id,
        admin: tier('admin'),
        network: byTerm,
        baseline: tier('baseline'),
        tiersId: tierSets(`${direction} ${speaking.join()}`, (number) => number),
        named: all.some((rule) => rule.ports.named.length > 0),
        blocks: all.some((rule) => rule.terms.some((term) => terms.familyOf(term) !== undefined)),
        known: new Map(),
      };
    });
  }

  /** undefined: no rules. */
  function tierOf(ids: readonly number[], direction: Direction): RuleTier | undefined {
    if (ids.length === 0) return undefined;
    return ruleTiers(`${direction} ${ids.join()}`, () => {
      const groups: { readonly priority: number; readonly rules: (readonly CompiledRule[])[] }[] = [];
      for (const id of ids) {
        const { policy, rules } = book.admin[id] ?? {};
        const [priority, said] = [policy?.priority ?? 0, rules?.[direction] ?? []];
        const last = groups.at(-1);
        if (last?.priority === priority) last.rules.push(said);
        else groups.push({ priority, rules: [said] });
      }
      return {
        groups: groups.map(({ rules }) => rules),
        named: groups.some(({ rules }) => rules.flat().some((rule) => rule.ports.named.length > 0)),
        known: new Map(),
      };
    });
  }

  function termSetOf(direction: Direction, naming: readonly TermId[]): TermSet {
    const used = naming.filter((id) => book.isUsed(direction, id)).sort((a, b) => a - b);
    return termSets(used, (id) => {
      made++;
      const ofAdmin = used.filter((term) => book.adminTerms.has(term));
      return { id, list: used, adminId: adminSets(ofAdmin, (number) => number) };
    });
  }

  function saidBy(network: readonly number[], admin: AdminSet): Said {
    return about(`${network.join()} ${admin.id}`, () => {
      const ordered = admin.list.flatMap((position) => book.admin[position]?.policy ?? []);
      return {
        policies: {
          admin: ordered.filter(({ tier }) => tier === 'admin'),
          network: network
            .flatMap((number) => book.network[number]?.policy ?? [])
            .sort((a, b) => compareText(a.name, b.name)),
          baseline: ordered.filter(({ tier }) => tier === 'baseline'),
        },
        profile: {
          ingress: profileOf('ingress', network, admin.list),
          egress: profileOf('egress', network, admin.list),
        },
      };
    });
  }

  return {
    names: (admin, naming) => ({
      admin: aboutAdmin(inOrder(admin), (id) => ({ id, list: inOrder(admin) })),
      terms: { ingress: termSetOf('ingress', naming), egress: termSetOf('egress', naming) },
    }),
    standing: (cohort, network, { admin, terms: naming }) => {
      const { policies, profile } = saidBy(inOrder(network), admin);
      const group = { sender: -1, receiver: -1 };
      return { cohort, policies, profile, admin, terms: naming, group };
    },
    count: () => made,
    termSet: termSetOf,
  };
}

/** What the policies about a cohort come to; one object for the same policies. */
type Said = Pick<Standing, 'policies' | 'profile'>;

function inOrder(numbers: readonly number[]): readonly number[] {
  return numbers.length < 2 ? numbers : [...numbers].sort((a, b) => a - b);
}

/** Divides numbers of NetworkPolicies from positions of admin policies. */
const divider = -1;

function portKey({ protocol, port }: PolicyPort): string {
  return `${protocol ?? 'any'} ${port ?? ''}`;
}

function portsByTerm(table: PortTable, rules: readonly CompiledRule[]): ReadonlyMap<TermId, RulePorts> {
  const found = new Map<TermId, RulePorts>();
  for (const { terms, ports } of rules) {
    for (const term of terms) {
      const before = found.get(term);
      found.set(
        term,
        before === undefined
          ? ports
          : {
              fixed: table.union(before.fixed, ports.fixed),
              named: ports.named.length === 0 ? before.named : [...before.named, ...ports.named],
            },
      );
    }
  }
  return found;
}
