// Answers: what may any end of the cluster send to any other, for all ports at once? Cohorts meet profiles: what the policies of
// one cohort say, as terms and ports, whichever objects say it. Cohorts with the same profile that the same rules name form a
// group, and an answer is found once for each pair of groups (spec/performance 5; rules E1-E66, tiers of E2).
import { contains, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import type { AdminPolicy, Direction, NetworkPolicy, PolicyPeer, PolicyPort } from '../model/policy';
import type { PolicyReading } from '../model/policyReading';
import { noPorts, portSet, unionPorts } from '../model/ports';
import { matches, type Labels, type LabelSelector } from '../model/selector';
import { createCohorts, type Cohort } from './cohorts';
import { compilePolicy, type Compiled, type CompiledRule, type Policy, type RulePorts } from './compile';
import { outsideRanges, rangeFinder, type OutsideRange } from './outsideRanges';
import { createPortTable, none, type PortTable } from './portTable';
import { createSelectionIndex } from './selectionIndex';
import { createTermTable, type TermId } from './terms';
import {
  everything,
  nothing,
  permittedByTiers,
  type MetNetwork,
  type MetRule,
  type MetTier,
  type Permitted,
} from './tiers';

/** Policies about one pod, whatever they say of a direction: admin and baseline in order, others by name. */
export interface PoliciesOfPod {
  readonly admin: readonly AdminPolicy[];
  readonly network: readonly NetworkPolicy[];
  readonly baseline: readonly AdminPolicy[];
}

export interface PolicyEngine {
  readonly ports: PortTable;
  readonly outside: readonly OutsideRange[];
  cohortOf(pod: Pod): Cohort;
  /** @param ip any address of the range; one of a family that nobody uses is in no block. */
  outsideCohort(ip: Ip): Cohort;
  policiesOf(cohort: Cohort): PoliciesOfPod;
  /** Terms of any rule that name the cohort. */
  termsNaming(cohort: Cohort): readonly TermId[];
  namespaceLabels(namespace: string): Labels;
  /** The term of a policy's peer; undefined for one that no rule of the cluster has. */
  termOf(policy: Policy, peer: PolicyPeer): TermId | undefined;
  /** What the policies of `subject` permit to or from `peer`. */
  permitted(direction: Direction, subject: Cohort, peer: Cohort, family: Family): Permitted;
  /** What both ends permit, in any family that they share. */
  between(from: Cohort, to: Cohort): Permitted;
  /** Cohorts with the same number send alike, receive alike. */
  senderOf(cohort: Cohort): number;
  receiverOf(cohort: Cohort): number;
  /** `between` for any cohorts of a sender and a receiver. */
  betweenGroups(sender: number, receiver: number): Permitted;
}

/** What one cohort's policies say in one direction; one object for all that say the same. */
interface Profile {
  readonly id: number;
  readonly admin: RuleTier;
  /** Ports by term; undefined: not isolated. */
  readonly network: ReadonlyMap<TermId, RulePorts> | undefined;
  readonly baseline: RuleTier;
  /** Some rule tells ports by name. */
  readonly named: boolean;
  /** Some rule names blocks, so that the family counts. */
  readonly blocks: boolean;
  readonly known: Map<string, Permitted>;
}

type RuleTier = readonly (readonly (readonly CompiledRule[])[])[];

/** The terms that name a cohort; one object for equal sets. */
interface TermSet {
  readonly id: number;
  readonly terms: ReadonlySet<TermId>;
}

/** All that is known of one cohort. */
interface Standing {
  readonly cohort: Cohort;
  readonly network: readonly number[];
  readonly admin: readonly number[];
  readonly profile: Readonly<Record<Direction, Profile>>;
  /** Terms of ingress and of egress rules that name it. */
  readonly terms: Readonly<Record<Direction, TermSet>>;
}

const directions: readonly Direction[] = ['ingress', 'egress'];

export function createPolicyEngine(cluster: Cluster, reading: PolicyReading): PolicyEngine {
  const ports = createPortTable();
  const terms = createTermTable();
  const outside = outsideRanges(cluster);
  const rangeOf = rangeFinder(outside);
  const { policies, adminPolicies } = cluster;
  const network = policies.map((policy) => compilePolicy(policy, terms, ports));
  const admin = adminPolicies.map((policy) => compilePolicy(policy, terms, ports));
  const usedIn = termUse([...network, ...admin]);
  const portNames = namesIn([...network, ...admin]);
  const cohorts = createCohorts({
    labelKeys: labelKeysOf(cluster),
    portNames,
    nodes: terms.terms.some(({ kind }) => kind === 'nodes'),
    rangeOf,
  });
  const subjects = subjectIndex(cluster);
  const peers = peerIndex();
  const blocks = blockTerms();
  const lookup = lookupOf(cluster);
  const labelsOfNamespaces = new Map<string, Labels>();

  /** The control plane labels every namespace with its name (rule E28). */
  function namespaceLabels(name: string): Labels {
    const known = labelsOfNamespaces.get(name);
    if (known !== undefined) return known;
    const made = { ...lookup.namespace(name)?.labels, 'kubernetes.io/metadata.name': name };
    labelsOfNamespaces.set(name, made);
    return made;
  }

  function peerIndex(): ReturnType<typeof createSelectionIndex<TermId>> {
    const index = createSelectionIndex<TermId>();
    terms.terms.forEach((term, id) => {
      if (term.kind === 'pods') index.add(term.selection, id);
    });
    return index;
  }

  /** Block terms by the outside range that they cover. */
  function blockTerms(): readonly (readonly TermId[])[] {
    const found = outside.map((): TermId[] => []);
    terms.terms.forEach((term, id) => {
      if (term.kind !== 'block') return;
      for (let at = rangeOf(term.cidr.first); at < outside.length; at++) {
        const range = outside[at];
        if (range === undefined || !contains(term.cidr, range.first)) break;
        if (!term.except.some((except) => contains(except, range.first))) found[at]?.push(id);
      }
    });
    return found;
  }

  function termsNaming(cohort: Cohort): readonly TermId[] {
    const found: TermId[] = [0];
    if (cohort.kind === 'pods') {
      const { namespace, labels } = cohort;
      found.push(...peers.matching(namespace, namespaceLabels(namespace), labels));
    }
    const byBlock =
      cohort.kind === 'outside' ||
      (cohort.kind === 'pods' ? reading.blocksSelectPods : reading.blocksSelectNodes);
    if (byBlock) for (const range of cohort.ranges) found.push(...(blocks[range] ?? []));
    terms.terms.forEach(({ kind }, id) => {
      if (kind === 'domainNames' && cohort.kind === 'outside') found.push(id);
    });
    if (cohort.node !== undefined) {
      const labels = lookup.node(cohort.node)?.labels ?? {};
      terms.terms.forEach((term, id) => {
        if (term.kind === 'nodes' && matches(term.selector, labels)) found.push(id);
      });
    }
    return found.sort((a, b) => a - b);
  }

  const termSets = interner<TermSet>();
  const profiles = interner<Profile>();
  const profilesByPolicies = new Map<string, Profile>();
  const standings: (Standing | undefined)[] = [];

  function standingOf(cohort: Cohort): Standing {
    const known = standings[cohort.id];
    if (known !== undefined) return known;
    const chosen =
      cohort.kind === 'pods'
        ? subjects.matching(cohort.namespace, namespaceLabels(cohort.namespace), cohort.labels)
        : [];
    const networkIds = chosen.filter((each) => each >= 0).sort((a, b) => a - b);
    const adminIds = chosen.flatMap((each) => (each < 0 ? [-1 - each] : [])).sort((a, b) => a - b);
    const naming = termsNaming(cohort);
    const termsFor = (direction: Direction): TermSet => {
      const used = naming.filter((id) => usedIn[direction].has(id));
      return termSets(used.join(), (id) => ({ id, terms: new Set(used) }));
    };
    const made: Standing = {
      cohort,
      network: networkIds,
      admin: adminIds,
      profile: {
        ingress: profileOf('ingress', networkIds, adminIds),
        egress: profileOf('egress', networkIds, adminIds),
      },
      terms: { ingress: termsFor('ingress'), egress: termsFor('egress') },
    };
    standings[cohort.id] = made;
    return made;
  }

  function profileOf(
    direction: Direction,
    networkIds: readonly number[],
    adminIds: readonly number[],
  ): Profile {
    const isolating = networkIds.filter((id) => policies[id]?.isolates[direction] === true);
    const speaking = adminIds.filter((id) => (admin[id]?.[direction].length ?? 0) > 0);
    const key = `${direction} ${isolating.join()} ${speaking.join()}`;
    const known = profilesByPolicies.get(key);
    if (known !== undefined) return known;
    const rules = isolating.flatMap((id) => network[id]?.[direction] ?? []);
    const byTerm = isolating.length === 0 ? undefined : portsByTerm(ports, rules);
    const said =
      byTerm === undefined
        ? ''
        : [...byTerm]
            .sort(([a], [b]) => a - b)
            .map(([term, { fixed, named }]) => `${term}:${fixed}:${named.map(portKey).sort().join()}`)
            .join(';');
    const made = profiles(`${byTerm === undefined ? 'open' : said} ${speaking.join()} ${direction}`, (id) => {
      const tier = (name: AdminPolicy['tier']): RuleTier =>
        tierOf(
          speaking.filter((each) => adminPolicies[each]?.tier === name),
          direction,
        );
      const all = [...rules, ...speaking.flatMap((each) => admin[each]?.[direction] ?? [])];
      return {
        id,
        admin: tier('admin'),
        network: byTerm,
        baseline: tier('baseline'),
        named: all.some((rule) => rule.ports.named.length > 0),
        blocks: all.some((rule) => rule.terms.some((term) => terms.familyOf(term) !== undefined)),
        known: new Map(),
      };
    });
    profilesByPolicies.set(key, made);
    return made;
  }

  /** Policies of one tier in order, those of equal priority together. */
  function tierOf(ids: readonly number[], direction: Direction): RuleTier {
    const groups: { readonly priority: number; readonly rules: (readonly CompiledRule[])[] }[] = [];
    for (const id of ids) {
      const priority = adminPolicies[id]?.priority ?? 0;
      const rules = admin[id]?.[direction] ?? [];
      const last = groups.at(-1);
      if (last?.priority === priority) last.rules.push(rules);
      else groups.push({ priority, rules: [rules] });
    }
    return groups.map(({ rules }) => rules);
  }

  function permitted(direction: Direction, subject: Cohort, peer: Cohort, family: Family): Permitted {
    if (subject.kind !== 'pods') return everything;
    const destination = direction === 'ingress' ? subject : peer;
    return evaluate(
      standingOf(subject).profile[direction],
      standingOf(peer).terms[direction],
      family,
      destination,
    );
  }

  function evaluate(profile: Profile, named: TermSet, family: Family, destination: Cohort): Permitted {
    if (profile.network === undefined && profile.admin.length === 0 && profile.baseline.length === 0)
      return everything;
    const key = `${named.id} ${profile.blocks ? family : ''} ${profile.named ? `${destination.kind} ${destination.portsKey}` : ''}`;
    const known = profile.known.get(key);
    if (known !== undefined) return known;
    const counts = (term: TermId): boolean =>
      named.terms.has(term) && (terms.familyOf(term) ?? family) === family;
    const meet = (rules: readonly CompiledRule[]): readonly MetRule[] =>
      rules.flatMap((rule) => {
        const matching = rule.terms.filter(counts);
        if (matching.length === 0) return [];
        const resolved = resolve(rule.ports, destination);
        if (rule.part === 'known')
          return [{ action: rule.action, sure: resolved.sure, possible: resolved.sure }];
        if (rule.part === 'rest')
          return [{ action: rule.action, sure: resolved.possible, possible: resolved.possible }];
        const unsure = matching.every((term) => terms.terms[term]?.kind === 'domainNames');
        return [{ action: rule.action, ...(unsure ? { ...resolved, sure: none } : resolved) }];
      });
    const tier = (rules: RuleTier): MetTier => rules.map((group) => group.map(meet));
    const made = permittedByTiers(
      ports,
      tier(profile.admin),
      admitted(profile.network, named, counts, destination),
      tier(profile.baseline),
    );
    profile.known.set(key, made);
    return made;
  }

  function admitted(
    byTerm: ReadonlyMap<TermId, RulePorts> | undefined,
    named: TermSet,
    counts: (term: TermId) => boolean,
    destination: Cohort,
  ): MetNetwork {
    if (byTerm === undefined) return undefined;
    let sure = none;
    let possible = none;
    // Whichever is shorter leads: rules of the pod, or terms that name the peer.
    const candidates = byTerm.size < named.terms.size ? byTerm.keys() : named.terms;
    for (const term of candidates) {
      const rulePorts = byTerm.get(term);
      if (rulePorts === undefined || !counts(term)) continue;
      const resolved = resolve(rulePorts, destination);
      sure = ports.union(sure, resolved.sure);
      possible = ports.union(possible, resolved.possible);
    }
    return { sure, possible };
  }

  /** Names are looked up in the destination's containers; whether sidecars count varies (rules E40-E43). */
  function resolve(
    { fixed, named }: RulePorts,
    { kind, sample }: Cohort,
  ): Pick<MetRule, 'sure' | 'possible'> {
    if (named.length === 0 || kind !== 'pods' || sample === undefined)
      return { sure: fixed, possible: fixed };
    const found = { app: noPorts, sidecar: noPorts };
    for (const { role, ports: declared } of sample.spec.containers) {
      if (role !== 'app' && role !== 'sidecar') continue;
      for (const { name, protocol, containerPort } of declared) {
        if (!named.some((entry) => entry.port === name && (entry.protocol ?? protocol) === protocol))
          continue;
        found[role] = unionPorts(found[role], portSet(protocol, [[containerPort, containerPort]]));
      }
    }
    const sure = ports.union(fixed, ports.idOf(found.app));
    return { sure, possible: ports.union(sure, ports.idOf(found.sidecar)) };
  }

  function between(from: Cohort, to: Cohort): Permitted {
    return betweenStandings(standingOf(from), standingOf(to));
  }

  function betweenStandings(from: Standing, to: Standing): Permitted {
    let certain = none;
    let possible = none;
    for (const family of sharedFamilies(from.cohort, to.cohort)) {
      const out =
        from.cohort.kind === 'pods'
          ? evaluate(from.profile.egress, to.terms.egress, family, to.cohort)
          : everything;
      const into =
        to.cohort.kind === 'pods'
          ? evaluate(to.profile.ingress, from.terms.ingress, family, to.cohort)
          : everything;
      certain = ports.union(certain, ports.intersection(out.certain, into.certain));
      possible = ports.union(possible, ports.intersection(out.possible, into.possible));
      if (!from.profile.egress.blocks && !to.profile.ingress.blocks) break;
    }
    return certain === none && possible === none ? nothing : { certain, possible };
  }

  const senders = grouper(({ cohort, profile, terms: named }) =>
    [cohort.kind, profile.egress.id, named.ingress.id, cohort.families.join('')].join(' '),
  );
  const receivers = grouper(({ cohort, profile, terms: named }) =>
    [cohort.kind, profile.ingress.id, named.egress.id, cohort.families.join(''), cohort.portsKey].join(' '),
  );

  return {
    ports,
    outside,
    cohortOf: (pod) => cohorts.of(pod),
    outsideCohort: (ip) => {
      const range = rangeOf(ip);
      return cohorts.outside(outside[range]?.first.family === ip.family ? range : undefined, ip.family);
    },
    policiesOf: (cohort) => {
      const { network: ids, admin: adminIds } = standingOf(cohort);
      const ordered = adminIds.flatMap((id) => adminPolicies[id] ?? []);
      return {
        admin: ordered.filter(({ tier }) => tier === 'admin'),
        network: ids.flatMap((id) => policies[id] ?? []),
        baseline: ordered.filter(({ tier }) => tier === 'baseline'),
      };
    },
    termsNaming,
    termOf: (policy, peer) => terms.known(peer, policy.namespace),
    namespaceLabels,
    permitted,
    between,
    senderOf: (cohort) => senders.of(standingOf(cohort)),
    receiverOf: (cohort) => receivers.of(standingOf(cohort)),
    betweenGroups: (sender, receiver) => {
      const [from, to] = [senders.sample(sender), receivers.sample(receiver)];
      return from === undefined || to === undefined ? nothing : betweenStandings(from, to);
    },
  };
}

/** A connection has one family at both ends (rule E60); whether an address outside has another name is not known. */
function sharedFamilies(from: Cohort, to: Cohort): readonly Family[] {
  if (from.families === to.families || from.kind === 'outside') return from.families;
  if (to.kind === 'outside') return to.families;
  return from.families.filter((family) => to.families.includes(family));
}

/** Subjects of policies by number: NetworkPolicies from 0 up, admin policies from -1 down. */
function subjectIndex({ policies, adminPolicies }: Cluster): ReturnType<typeof createSelectionIndex<number>> {
  const index = createSelectionIndex<number>();
  policies.forEach(({ namespace, podSelector }, id) => {
    index.add({ namespace, podSelector }, id);
  });
  adminPolicies.forEach(({ subject }, id) => {
    index.add(subject, -1 - id);
  });
  return index;
}

function labelKeysOf({ policies, adminPolicies }: Cluster): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (selector: LabelSelector | undefined): void => {
    for (const { key } of selector?.requirements ?? []) keys.add(key);
  };
  for (const { podSelector } of policies) add(podSelector);
  for (const { subject } of adminPolicies) add(subject.podSelector);
  for (const { ingress, egress } of [...policies, ...adminPolicies])
    for (const { peers } of [...ingress, ...egress])
      for (const peer of peers) if (peer.kind === 'pods') add(peer.podSelector);
  return keys;
}

function termUse(compiled: readonly Compiled[]): Readonly<Record<Direction, ReadonlySet<TermId>>> {
  const used = { ingress: new Set<TermId>(), egress: new Set<TermId>() };
  for (const rules of compiled)
    for (const direction of directions)
      for (const rule of rules[direction]) for (const term of rule.terms) used[direction].add(term);
  return used;
}

function namesIn(compiled: readonly Compiled[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { ingress, egress } of compiled)
    for (const { ports } of [...ingress, ...egress])
      for (const { port } of ports.named) if (typeof port === 'string') names.add(port);
  return names;
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

function portKey({ protocol, port }: PolicyPort): string {
  return `${protocol ?? 'any'} ${port ?? ''}`;
}

function interner<T>(): (key: string, make: (id: number) => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(known.size);
    known.set(key, made);
    return made;
  };
}

interface Grouper {
  of(standing: Standing): number;
  sample(group: number): Standing | undefined;
}

function grouper(keyOf: (standing: Standing) => string): Grouper {
  const numbers = new Map<string, number>();
  const samples: Standing[] = [];
  const known = new WeakMap<Standing, number>();
  return {
    of: (standing) => {
      const before = known.get(standing);
      if (before !== undefined) return before;
      const key = keyOf(standing);
      let group = numbers.get(key);
      if (group === undefined) {
        group = samples.push(standing) - 1;
        numbers.set(key, group);
      }
      known.set(standing, group);
      return group;
    },
    sample: (group) => samples[group],
  };
}
