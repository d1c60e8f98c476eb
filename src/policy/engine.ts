// Answers: what may any end of the cluster send to any other, for all ports at once? Cohorts meet profiles: what the policies of one
// cohort say, as terms and ports, whichever objects say it. Cohorts with the same profile that the same rules name form a
// group, and an answer is found once for each pair of groups (spec/performance 5; rules E1-E66, tiers of E2).
// An engine of a cluster that changed a little shares its numbers, and looks again only at what the change concerns.
import type { Family, Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import type { Pod } from '../model/pod';
import type { Direction, PolicyPeer } from '../model/policy';
import type { PolicyReading } from '../model/policyReading';
import type { Labels } from '../model/selector';
import { finish } from '../model/steps';
import type { ClusterChanges } from './changes';
import type { Cohort } from './cohorts';
import type { Policy } from './compile';
import { bothFamilies, share } from './groups';
import type { OutsideRange } from './outsideRanges';
import { none, type PortsId, type PortTable } from './portTable';
import type { LabelledPod } from './selectionIndex';
import type { Space } from './space';
import type { Names, PoliciesOfPod, Standing, TermSet } from './standing';
import {
  firstKnowledge,
  firstSpace,
  isOutgrown,
  knowledgeAfter,
  knowsTerm,
  type Knowledge,
} from './succession';
import { tablesInSteps, type PolicyTables } from './tables';
import { anybody, type Term, type TermId } from './terms';
import { everything, nothing, type Permitted } from './tiers';

/** A pod that need not exist, as policies would see it; they see no addresses of it, and no ports. */
export interface UnmadePod extends LabelledPod {
  /** One object for each namespace. */
  readonly namespaceLabels: Labels;
}

export interface PolicyEngine {
  readonly ports: PortTable;
  readonly outside: readonly OutsideRange[];
  cohortOf(pod: Pod): Cohort;
  /** @param ip any address of the range; one of a family that nobody uses is in no block. */
  outsideCohort(ip: Ip): Cohort;
  /** One object for all cohorts with the same policies. */
  policiesOf(cohort: Cohort): PoliciesOfPod;
  /** What is known of the cohort: its policies, what they say, and the terms that name it. */
  standingOf(cohort: Cohort): Standing;
  /** The terms of the direction's rules that name a pod that need not exist. */
  namesOfUnmade(direction: Direction, pod: UnmadePod): TermSet;
  /**
   * What the policies of `subject` certainly permit to or from an end that has these names and declares no ports.
   * @param family counts for an end that has addresses.
   */
  permittedByNames(direction: Direction, subject: Standing, names: TermSet, family?: Family): PortsId;
  /** Terms that name the cohort, of rules that there are or once were. */
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
  /**
   * Receivers as bits, by number: those to which some of these ports is certainly permitted.
   * @param within default: any port
   * @param into a row to add to, which is returned unless it is too short by now
   */
  reachOf(sender: number, within?: PortsId, into?: Uint32Array): Uint32Array;
  /**
   * The engine of the cluster that this one becomes by the changes, in time of what they concern.
   * @returns undefined when they concern too much: what all engines of the cluster share does not fit it any more.
   */
  after(cluster: Cluster, changes: ClusterChanges): PolicyEngine | undefined;
  /** Whether so much of the past is kept with it that one made anew is worth more. */
  isOutgrown(): boolean;
}

export function createPolicyEngine(cluster: Cluster, reading: PolicyReading): PolicyEngine {
  return finish(policyEngineInSteps(cluster, reading));
}

/** The same in steps, for those who must not be kept waiting. */
export function* policyEngineInSteps(
  cluster: Cluster,
  reading: PolicyReading,
): Generator<undefined, PolicyEngine, void> {
  const tables = yield* tablesInSteps(cluster, reading);
  return engineOn(tables, firstKnowledge(tables, cluster));
}

/** A term of a policy of the past may ask for labels by which the pods of its namespace are not told apart any more. */
function tellsApart(term: Term | undefined, spaceOf: (namespace: string) => Space): boolean {
  if (term?.kind !== 'pods' || term.selection.namespace === undefined) return true;
  const { keys } = spaceOf(term.selection.namespace).cohorts;
  return (term.selection.podSelector?.requirements ?? []).every(({ key }) => keys.includes(key));
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
  keys: [],
  portSign: 0,
};

function engineOn(tables: PolicyTables, known: Knowledge): PolicyEngine {
  const { cohorts, evaluator, groups, outside, ports } = tables;
  const { spaces } = known;
  /** By the labels of a namespace, which belong to one. */
  const unmadeReaders = new Map<Labels, ReturnType<PolicyTables['peers']['within']>>();

  function spaceOf(namespace: string): Space {
    return (spaces[tables.numberOf(namespace)] ??= firstSpace(tables, known, namespace));
  }

  function standingOf(cohort: Cohort): Standing {
    const space = cohort.kind === 'pods' ? spaceOf(cohort.namespace) : undefined;
    const standings = space?.standings ?? tables.standingsElsewhere;
    const before = standings.get(cohort);
    if (before !== undefined) return before;
    const { labels } = cohort;
    const names = space?.earlier?.get(cohort) ?? namesOf(cohort, space);
    const made = tables.maker.standing(cohort, space?.network(labels) ?? [], names);
    standings.set(cohort, made);
    return made;
  }

  function namesOf(cohort: Cohort, space: Space | undefined): Names {
    const byLabels = space?.naming(cohort.labels) ?? [];
    return tables.maker.names(space?.admin(cohort.labels) ?? [], [
      ...tables.termsElsewhere(cohort),
      ...byLabels,
    ]);
  }

  function permits(direction: Direction, subject: Standing, peer: Standing, family: Family): Permitted {
    if (subject.cohort.kind !== 'pods') return everything;
    const { cohort: destination } = direction === 'ingress' ? subject : peer;
    return evaluator.permitted(subject.profile[direction], peer.terms[direction], family, destination);
  }

  function between(from: Standing, to: Standing): Permitted {
    let certain = none;
    let possible = none;
    for (const family of bothFamilies) {
      if (!share(from.cohort, to.cohort, family)) continue;
      const out = permits('egress', from, to, family);
      const into = permits('ingress', to, from, family);
      certain = ports.union(certain, ports.intersection(out.certain, into.certain));
      possible = ports.union(possible, ports.intersection(out.possible, into.possible));
    }
    return certain === none && possible === none ? nothing : { certain, possible };
  }

  return {
    ports,
    outside,
    cohortOf: (pod) => (pod.spec.hostNetwork ? cohorts.ofHost(pod) : spaceOf(pod.namespace).cohorts.of(pod)),
    outsideCohort: (ip) => {
      const range = tables.rangeOf(ip);
      return cohorts.outside(outside[range]?.first.family === ip.family ? range : undefined, ip.family);
    },
    policiesOf: (cohort) => standingOf(cohort).policies,
    standingOf,
    namesOfUnmade: (direction, { namespace, namespaceLabels, labels }) => {
      const naming = inserted(unmadeReaders, namespaceLabels, () =>
        tables.peers.within(namespace, namespaceLabels),
      );
      return tables.maker.termSet(direction, [anybody, ...naming(labels)]);
    },
    permittedByNames: (direction, subject, names, family = 4) => {
      const destination = direction === 'ingress' ? subject.cohort : unmade;
      return evaluator.certainly(subject.profile[direction], names, family, destination);
    },
    termsNaming: (cohort) => {
      const byLabels = cohort.kind === 'pods' ? spaceOf(cohort.namespace).naming(cohort.labels) : [];
      return [...tables.termsElsewhere(cohort), ...byLabels].sort((a, b) => a - b);
    },
    termOf: (policy, peer) => {
      const term = tables.terms.known(peer, policy.namespace);
      if (term === undefined || !knowsTerm(tables, known, term)) return undefined;
      return tellsApart(tables.terms.terms[term], spaceOf) ? term : undefined;
    },
    permitted: (direction, subject, peer, family) =>
      permits(direction, standingOf(subject), standingOf(peer), family),
    between: (from, to) => between(standingOf(from), standingOf(to)),
    senderOf: (cohort) => groups.senderOf(standingOf(cohort)),
    receiverOf: (cohort) => groups.receiverOf(standingOf(cohort)),
    betweenGroups: (sender, receiver) => {
      const [from, to] = [groups.senders[sender], groups.receivers[receiver]];
      return from === undefined || to === undefined ? nothing : between(from.standing, to.standing);
    },
    rowOf: tables.rows,
    reachOf: tables.reach,
    isOutgrown: () => isOutgrown(tables, known.cluster),
    after: (cluster, changes) => {
      const next = knowledgeAfter(tables, known, cluster, changes);
      return next === undefined ? undefined : engineOn(tables, next);
    },
  };
}
