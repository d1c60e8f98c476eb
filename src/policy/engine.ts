// Answers: what may any end of the cluster send to any other, for all ports at once? Cohorts meet profiles: what the policies of
// one cohort say, as terms and ports, whichever objects say it. Cohorts with the same profile that the same rules name form a
// group, and an answer is found once for each pair of groups (spec/performance 5; rules E1-E66, tiers of E2).
import { contains, type Family, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import type { AdminPolicy, Direction, PolicyPeer, PolicyPort } from '../model/policy';
import type { PolicyReading } from '../model/policyReading';
import { matches, type Labels } from '../model/selector';
import { finish } from '../model/steps';
import { createCohorts, type Cohort } from './cohorts';
import { compilePolicy, type Compiled, type CompiledRule, type Policy } from './compile';
import { createEvaluator } from './evaluate';
import { outsideRanges, rangeFinder, type OutsideRange } from './outsideRanges';
import { createPortTable, none, type PortsId, type PortTable } from './portTable';
import { rowReader, share, type GroupFace } from './rows';
import { createSelectionIndex } from './selectionIndex';
import { labelKeysOf, namedTerms, namesIn, portsByTerm, termUse } from './sight';
import {
  interner,
  type PoliciesOfPod,
  type Profile,
  type RuleTier,
  type Standing,
  type TermSet,
} from './standing';
import { anybody, createTermTable, type TermId } from './terms';
import { everything, nothing, type Permitted } from './tiers';

/** A pod that need not exist, as policies would see it; they see no addresses of it, and no ports. */
export interface UnmadePod {
  /** No other namespace's name, unless it has the same labels. */
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

export interface PolicyEngine {
  readonly ports: PortTable;
  readonly outside: readonly OutsideRange[];
  cohortOf(pod: Pod): Cohort;
  /** @param ip any address of the range; one of a family that nobody uses is in no block. */
  outsideCohort(ip: Ip): Cohort;
  /** One object for all cohorts with the same policies. */
  policiesOf(cohort: Cohort): PoliciesOfPod;
  /** One object for all cohorts whose policies say the same in the direction, whichever objects say it. */
  profileOf(direction: Direction, cohort: Cohort): Profile;
  /** Terms of the direction's rules that name the cohort; one object for equal sets. */
  namesOf(direction: Direction, cohort: Cohort): TermSet;
  /** The same for a pod that need not exist. */
  namesOfUnmade(pod: UnmadePod): Readonly<Record<Direction, TermSet>>;
  /** What the policies of `subject` certainly permit to or from a pod without addresses and ports that has these names. */
  permittedByNames(direction: Direction, subject: Cohort, names: TermSet): PortsId;
  /** Terms of any rule that name the cohort. */
  termsNaming(cohort: Cohort): readonly TermId[];
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
  /** What is certainly permitted from a sender to each receiver that was asked for. */
  rowOf(sender: number): Uint32Array;
}

export function createPolicyEngine(cluster: Cluster, reading: PolicyReading): PolicyEngine {
  return finish(policyEngineInSteps(cluster, reading));
}

/** Policies that are read before others get their turn. */
const policiesAtOnce = 200;

/** The same in steps, for those who must not be kept waiting. */
export function* policyEngineInSteps(
  cluster: Cluster,
  reading: PolicyReading,
): Generator<undefined, PolicyEngine, void> {
  const ports = createPortTable();
  const terms = createTermTable();
  const outside = outsideRanges(cluster);
  const rangeOf = rangeFinder(outside);
  const { policies, adminPolicies } = cluster;
  const network: Compiled[] = [];
  for (const policy of policies) {
    network.push(compilePolicy(policy, terms, ports));
    if (network.length % policiesAtOnce === 0) yield;
  }
  const admin = adminPolicies.map((policy) => compilePolicy(policy, terms, ports));
  yield;
  const usedIn = termUse([...network, ...admin]);
  const used = termUse(admin);
  const adminTerms = new Set([...used.ingress, ...used.egress]);
  const namedEgress = namedTerms([...network, ...admin]);
  const portNames = namesIn([...network, ...admin]);
  const cohorts = createCohorts({
    labelKeys: labelKeysOf(cluster),
    portNames,
    nodes: terms.terms.some(({ kind }) => kind === 'nodes'),
    rangeOf,
  });
  const subjects = subjectIndex(cluster);
  yield;
  const peers = peerIndex();
  const blocks = blockTerms();
  yield;
  const lookup = lookupOf(cluster);
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
    const found: TermId[] = [anybody];
    if (cohort.kind === 'pods') {
      const { namespace, labels } = cohort;
      found.push(...peers.matching(namespace, lookup.namespaceLabels(namespace), labels));
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

  const evaluator = createEvaluator(ports, terms);
  const termSets = interner<TermSet>();
  const adminSets = interner<number>();
  const ruleTiers = interner<RuleTier>();
  const tierSets = interner<number>();
  const profiles = interner<Profile>();
  const profilesByPolicies = new Map<string, Profile>();
  const policySets = interner<PoliciesOfPod>();
  const standings: (Standing | undefined)[] = [];

  function termSetOf(direction: Direction, naming: readonly TermId[]): TermSet {
    const used = naming.filter((id) => usedIn[direction].has(id));
    return termSets(used.join(), (id) => ({
      id,
      terms: new Set(used),
      list: used,
      adminId: adminSets(used.filter((term) => adminTerms.has(term)).join(), (number) => number),
    }));
  }

  function policiesAt(network: readonly number[], ofTiers: readonly number[]): PoliciesOfPod {
    const ordered = ofTiers.flatMap((id) => adminPolicies[id] ?? []);
    return {
      admin: ordered.filter(({ tier }) => tier === 'admin'),
      network: network.flatMap((id) => policies[id] ?? []),
      baseline: ordered.filter(({ tier }) => tier === 'baseline'),
    };
  }

  function namesOfUnmade({
    namespace,
    namespaceLabels,
    labels,
  }: UnmadePod): Readonly<Record<Direction, TermSet>> {
    const naming = [anybody, ...peers.matching(namespace, namespaceLabels, labels)].sort((a, b) => a - b);
    return { ingress: termSetOf('ingress', naming), egress: termSetOf('egress', naming) };
  }

  function standingOf(cohort: Cohort): Standing {
    const known = standings[cohort.id];
    if (known !== undefined) return known;
    const chosen =
      cohort.kind === 'pods'
        ? subjects.matching(cohort.namespace, lookup.namespaceLabels(cohort.namespace), cohort.labels)
        : [];
    const networkIds = chosen.filter((each) => each >= 0).sort((a, b) => a - b);
    const adminIds = chosen.flatMap((each) => (each < 0 ? [-1 - each] : [])).sort((a, b) => a - b);
    const naming = termsNaming(cohort);
    const made: Standing = {
      cohort,
      policies: policySets(`${networkIds.join()} ${adminIds.join()}`, () => policiesAt(networkIds, adminIds)),
      network: networkIds,
      admin: adminIds,
      profile: {
        ingress: profileOf('ingress', networkIds, adminIds),
        egress: profileOf('egress', networkIds, adminIds),
      },
      terms: { ingress: termSetOf('ingress', naming), egress: termSetOf('egress', naming) },
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
      const tier = (name: AdminPolicy['tier']): RuleTier | undefined =>
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
        tiersId: tierSets(`${direction} ${speaking.join()}`, (number) => number),
        named: all.some((rule) => rule.ports.named.length > 0),
        blocks: all.some((rule) => rule.terms.some((term) => terms.familyOf(term) !== undefined)),
        known: new Map(),
      };
    });
    profilesByPolicies.set(key, made);
    return made;
  }

  /** undefined: no rules. */
  function tierOf(ids: readonly number[], direction: Direction): RuleTier | undefined {
    if (ids.length === 0) return undefined;
    return ruleTiers(`${direction} ${ids.join()}`, () => {
      const groups: { readonly priority: number; readonly rules: (readonly CompiledRule[])[] }[] = [];
      for (const id of ids) {
        const priority = adminPolicies[id]?.priority ?? 0;
        const rules = admin[id]?.[direction] ?? [];
        const last = groups.at(-1);
        if (last?.priority === priority) last.rules.push(rules);
        else groups.push({ priority, rules: [rules] });
      }
      return {
        groups: groups.map(({ rules }) => rules),
        named: groups.some(({ rules }) => rules.flat().some((rule) => rule.ports.named.length > 0)),
        known: new Map(),
      };
    });
  }

  function permitted(direction: Direction, subject: Cohort, peer: Cohort, family: Family): Permitted {
    if (subject.kind !== 'pods') return everything;
    const destination = direction === 'ingress' ? subject : peer;
    return evaluator.permitted(
      standingOf(subject).profile[direction],
      standingOf(peer).terms[direction],
      family,
      destination,
    );
  }

  function between(from: Cohort, to: Cohort): Permitted {
    let certain = none;
    let possible = none;
    for (const family of bothFamilies) {
      if (!share(from, to, family)) continue;
      const out = permitted('egress', from, to, family);
      const into = permitted('ingress', to, from, family);
      certain = ports.union(certain, ports.intersection(out.certain, into.certain));
      possible = ports.union(possible, ports.intersection(out.possible, into.possible));
    }
    return certain === none && possible === none ? nothing : { certain, possible };
  }

  const faces = new Map<Standing, GroupFace>();
  const destinations = interner<number>();
  const takers = interner<number>();
  const sources = interner<number>();
  function faceOf(standing: Standing): GroupFace {
    const known = faces.get(standing);
    if (known !== undefined) return known;
    const { cohort, profile, terms: named } = standing;
    const subject = cohort.kind === 'pods';
    const sign = namesApply(standing) ? evaluator.portSign(cohort) : 0;
    const made = {
      standing,
      cohort,
      asDestination: destinations(`${named.egress.id} ${sign}`, (id) => id),
      asReceiver: takers(
        subject ? `${profile.ingress.id} ${profile.ingress.named ? evaluator.portSign(cohort) : ''}` : '',
        (id) => id,
      ),
      asSender: sources(subject ? `egress ${profile.egress.id}` : '', (id) => id),
      asSource: named.ingress.id,
    };
    faces.set(standing, made);
    return made;
  }

  /** Whether some egress rule that names the cohort tells ports by name. */
  function namesApply({ terms: named }: Standing): boolean {
    return named.egress.list.some((term) => namedEgress.has(term));
  }

  const senderFaces: GroupFace[] = [];
  const receiverFaces: GroupFace[] = [];
  const rowOf = rowReader({
    ports,
    evaluator,
    familyOf: (term) => terms.familyOf(term),
    senders: () => senderFaces,
    receivers: () => receiverFaces,
  });

  const senders = grouper(senderFaces, ({ cohort, asSender, asSource }) =>
    [cohort.kind === 'outside', asSender, asSource, cohort.families.join('')].join(' '),
  );
  const receivers = grouper(receiverFaces, ({ cohort, asReceiver, asDestination }) =>
    [cohort.kind === 'outside', asReceiver, asDestination, cohort.families.join('')].join(' '),
  );

  return {
    ports,
    outside,
    cohortOf: (pod) => cohorts.of(pod),
    outsideCohort: (ip) => {
      const range = rangeOf(ip);
      return cohorts.outside(outside[range]?.first.family === ip.family ? range : undefined, ip.family);
    },
    policiesOf: (cohort) => standingOf(cohort).policies,
    termsNaming,
    termOf: (policy, peer) => terms.known(peer, policy.namespace),
    profileOf: (direction, cohort) => standingOf(cohort).profile[direction],
    namesOf: (direction, cohort) => standingOf(cohort).terms[direction],
    namesOfUnmade,
    permittedByNames: (direction, subject, names) =>
      // Only blocks know families, and none of them names it.
      evaluator.certainly(
        standingOf(subject).profile[direction],
        names,
        4,
        direction === 'ingress' ? subject : unmade,
      ),
    permitted,
    between,
    senderOf: (cohort) => senders(faceOf(standingOf(cohort))),
    receiverOf: (cohort) => receivers(faceOf(standingOf(cohort))),
    betweenGroups: (sender, receiver) => {
      const [from, to] = [senderFaces[sender], receiverFaces[receiver]];
      return from === undefined || to === undefined ? nothing : between(from.cohort, to.cohort);
    },
    rowOf,
  };
}

/** A destination that declares no ports, so that no name of a port leads anywhere. */
const unmade: Cohort = {
  id: -1,
  kind: 'pods',
  namespace: '',
  labels: {},
  sample: undefined,
  families: [],
  ranges: [],
  node: undefined,
  portsKey: '',
};

const bothFamilies: readonly Family[] = [4, 6];

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

function portKey({ protocol, port }: PolicyPort): string {
  return `${protocol ?? 'any'} ${port ?? ''}`;
}

/** @returns the number of a face's group; `samples` gets one face of each, by number. */
function grouper(samples: GroupFace[], keyOf: (face: GroupFace) => string): (face: GroupFace) => number {
  const numbers = new Map<string, number>();
  const known = new WeakMap<GroupFace, number>();
  return (face) => {
    const before = known.get(face);
    if (before !== undefined) return before;
    const key = keyOf(face);
    const group = numbers.get(key) ?? samples.push(face) - 1;
    numbers.set(key, group);
    known.set(face, group);
    return group;
  };
}
