// Answers: how far is each workload open, also to what does not exist yet? To every pod there can be, to pods and namespaces with
// certain labels, and to addresses outside, in each direction, as its own policies permit; the other end's are not looked at.
// Asked once for each profile of policies, of the peers that its own rules name, so the work follows policies and not pairs.
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Direction } from '../model/policy';
import { isEmpty, noPorts, subtractPorts, unionPorts, type PortSet } from '../model/ports';
import { selectorText } from '../model/selector';
import { finish } from '../model/steps';
import type { PolicyEngine } from '../policy/engine';
import { engineInSteps, policyEngineOf } from '../policy/judge';
import { none, type PortsId } from '../policy/portTable';
import type { PoliciesOfPod, Standing, TermSet } from '../policy/standing';
import type { TermId } from '../policy/terms';
import { policyReadingOf } from '../trace/policyReading';
import {
  openingsReader,
  subjectSign,
  type Openings,
  type OpeningsReader,
  type OpenRanges,
  type OwnPeer,
  type Policy,
} from './openings';
import { endsInSteps, type ConnectivityLevel, type InsidePeer } from './parties';

/** Pods that a rule selects by labels, more of which can come. */
export interface SelectedPeer {
  /** In kubectl's notation; `its own` for the policy's namespace is written as its name. */
  readonly namespaces: string;
  readonly pods: string;
  readonly ports: PortSet;
  /** Pods that it selects now; 0: only pods that do not exist yet. */
  readonly now: number;
}

export interface DirectionExposure {
  /** Policies that say something of the direction, by tier and name. Empty: open to everybody. */
  readonly policies: readonly string[];
  /** What every pod may that there can be, whatever its namespace and labels. */
  readonly cluster: PortSet;
  /** Beyond that. */
  readonly selected: readonly SelectedPeer[];
  readonly outside: readonly OpenRanges[];
}

export interface ExposureRow {
  readonly peer: InsidePeer;
  /** Policies do not apply to pods on their node's network (rule E54); undefined for a workload of such pods alone. */
  readonly open: Readonly<Record<Direction, DirectionExposure>> | undefined;
  /** No policy says anything of it, in either direction, at least for some of its pods. */
  readonly unprotected: boolean;
}

/** What a row of the tree says of a pod. */
export type ExposureMark =
  | 'host-network'
  | 'unprotected'
  | 'ingress-outside'
  | 'egress-outside'
  | 'ingress-cluster'
  | 'egress-cluster';

/** Workloads that are looked at before others get their turn. */
const endsAtOnce = 100;

/** Every workload or pod by id. */
export function exposureOf(cluster: Cluster, level: ConnectivityLevel = 'workload'): readonly ExposureRow[] {
  return finish(exposureInSteps(cluster, level));
}

/** The same in steps, for those who must not be kept waiting. */
function* exposureInSteps(
  cluster: Cluster,
  level: ConnectivityLevel = 'workload',
): Generator<undefined, readonly ExposureRow[], void> {
  const engine = yield* engineInSteps(cluster, policyReadingOf(cluster));
  const subjectOf = readerOf(cluster, engine);
  const ends = [...(yield* endsInSteps(cluster, level)).values()];
  const standings: (readonly Standing[])[] = [];
  const pods = new Map<Standing, number>();
  for (const { judged, pods: own } of ends) {
    if (standings.length % endsAtOnce === endsAtOnce - 1) yield;
    const found: Standing[] = [];
    for (const pod of judged) {
      const cohort = engine.cohortOf(pod);
      if (cohort.kind !== 'pods') continue;
      // Pods of one workload are mostly alike.
      const [first] = found;
      const standing = first?.cohort === cohort ? first : engine.standingOf(cohort);
      if (standing !== first && !found.includes(standing)) found.push(standing);
      if (own.length > 0) pods.set(standing, (pods.get(standing) ?? 0) + 1);
    }
    standings.push(found);
  }
  const counts = countsOf(pods);
  yield;
  const rows: ExposureRow[] = [];
  for (const [position, { peer }] of ends.entries()) {
    if (position % endsAtOnce === endsAtOnce - 1) yield;
    const subjects = (standings[position] ?? []).map(subjectOf);
    const each = subjects.map(({ exposure }) => exposure(counts));
    const open =
      each.length < 2
        ? each[0]
        : {
            ingress: together(each.map(({ ingress }) => ingress)),
            egress: together(each.map(({ egress }) => egress)),
          };
    rows.push({ peer, open, unprotected: subjects.some(({ unprotected }) => unprotected) });
  }
  return rows;
}

/** The marks of one pod; what is asked of the cluster is kept with its value, so that a row costs a look-up. */
export function exposureMarks(cluster: Cluster, pod: Pod): readonly ExposureMark[] {
  const engine = policyEngineOf(cluster, policyReadingOf(cluster));
  const cohort = engine.cohortOf(pod);
  return cohort.kind === 'pods' ? readerOf(cluster, engine)(engine.standingOf(cohort)).marks() : onNode;
}

const onNode: readonly ExposureMark[] = ['host-network'];

/** Makes the marks of all pods, in steps, so that asking for each costs a look-up. */
export function* marksInSteps(cluster: Cluster): Generator<undefined, void, void> {
  const engine = yield* engineInSteps(cluster, policyReadingOf(cluster));
  const subjectOf = readerOf(cluster, engine);
  for (const [position, pod] of cluster.pods.entries()) {
    if (position % podsAtOnce === podsAtOnce - 1) yield;
    const cohort = engine.cohortOf(pod);
    if (cohort.kind === 'pods') subjectOf(engine.standingOf(cohort));
  }
}

/** Pods that are looked at before others get their turn. */
const podsAtOnce = 500;

const directions: readonly Direction[] = ['ingress', 'egress'];

/** Pods with the same policies that are open alike. */
interface Subject {
  readonly unprotected: boolean;
  readonly marks: () => readonly ExposureMark[];
  readonly exposure: (counts: Counts) => Readonly<Record<Direction, DirectionExposure>>;
}

/** @param standing of pods that are not on their node's network. */
type Reader = (standing: Standing) => Subject;

const readers = new WeakMap<Cluster, Reader>();

function readerOf(cluster: Cluster, engine: PolicyEngine): Reader {
  const known = readers.get(cluster);
  if (known !== undefined) return known;
  const made = makeReader(cluster, engine);
  readers.set(cluster, made);
  return made;
}

/** What one direction of one kind of pods is open to. */
interface Reading {
  readonly open: Openings;
  readonly exposure: (counts: Counts) => DirectionExposure;
}

function makeReader(cluster: Cluster, engine: PolicyEngine): Reader {
  const openings = openingsReader(cluster, engine);
  const selectionOf = selectionReader(engine, openings);

  /** By what `subjectSign` tells apart among pods with these policies. */
  function readingsOf(direction: Direction, chosen: PoliciesOfPod): (standing: Standing) => Reading {
    const policies = [...chosen.admin, ...chosen.network, ...chosen.baseline].filter((policy) =>
      speaksOf(policy, direction),
    );
    const names = policies.map((policy) => `${policy.kind} ${keyOf(policy)}`);
    return keptBySign(direction, (standing) => {
      const open = openings.of(direction, standing, policies);
      let exposure: DirectionExposure | undefined;
      return {
        open,
        exposure: (counts) =>
          (exposure ??= {
            policies: names,
            cluster: engine.ports.portsOf(open.cluster),
            selected: selectionOf(direction, policies, open, counts),
            outside: open.outside,
          }),
      };
    });
  }

  function subjectsOf(policies: PoliciesOfPod): Reader {
    const [ingressOf, egressOf] = [readingsOf('ingress', policies), readingsOf('egress', policies)];
    const { admin, network, baseline } = policies;
    const unprotected = ![...admin, ...network, ...baseline].some((policy) =>
      directions.some((direction) => speaksOf(policy, direction)),
    );
    return keptBySign('ingress', (standing) => {
      const [ingress, egress] = [ingressOf(standing), egressOf(standing)];
      let marks: readonly ExposureMark[] | undefined;
      let exposure: Readonly<Record<Direction, DirectionExposure>> | undefined;
      return {
        unprotected,
        marks: () =>
          (marks ??= [
            ...(unprotected ? (['unprotected'] as const) : []),
            ...marksFor('ingress', ingress.open),
            ...marksFor('egress', egress.open),
          ]),
        exposure: (counts) =>
          (exposure ??= { ingress: ingress.exposure(counts), egress: egress.exposure(counts) }),
      };
    });
  }

  const byPolicies = new Map<PoliciesOfPod, Reader>();
  return (standing) => inserted(byPolicies, standing.policies, subjectsOf)(standing);
}

/** One answer for all, of those with the same policies, that are open alike in the direction. */
function keptBySign<T>(direction: Direction, make: (standing: Standing) => T): (standing: Standing) => T {
  const known = new Map<unknown, T>();
  return (standing) => inserted(known, subjectSign(direction, standing), () => make(standing));
}

function marksFor(direction: Direction, { outside, cluster }: Openings): readonly ExposureMark[] {
  return [
    ...(outside.length > 0 ? [`${direction}-outside` as const] : []),
    ...(cluster === none ? [] : [`${direction}-cluster` as const]),
  ];
}

function speaksOf(policy: Policy, direction: Direction): boolean {
  return policy.kind === 'NetworkPolicy' ? policy.isolates[direction] : policy[direction].length > 0;
}

/** Live pods on the pod network that a term of a direction's rules names. */
type Counts = Readonly<Record<Direction, ReadonlyMap<TermId, number>>>;

function countsOf(pods: ReadonlyMap<Standing, number>): Counts {
  const byNames = { ingress: new Map<TermSet, number>(), egress: new Map<TermSet, number>() };
  for (const [{ terms }, count] of pods)
    for (const direction of directions) {
      const names = terms[direction];
      byNames[direction].set(names, (byNames[direction].get(names) ?? 0) + count);
    }
  return { ingress: countByTerm(byNames.ingress), egress: countByTerm(byNames.egress) };
}

function countByTerm(byNames: ReadonlyMap<TermSet, number>): ReadonlyMap<TermId, number> {
  const counts = new Map<TermId, number>();
  for (const [{ list }, pods] of byNames)
    for (const term of list) counts.set(term, (counts.get(term) ?? 0) + pods);
  return counts;
}

/** A peer in words. */
type PeerText = Pick<SelectedPeer, 'namespaces' | 'pods'>;

function selectionReader(
  engine: PolicyEngine,
  { peersOf }: OpeningsReader,
): (
  direction: Direction,
  policies: readonly Policy[],
  openings: Openings,
  counts: Counts,
) => readonly SelectedPeer[] {
  const { ports } = engine;
  const read = (direction: Direction, { policy, peer }: OwnPeer, counts: Counts) => {
    const { namespaceSelector, podSelector } = peer;
    const namespaces = namespaceSelector === undefined ? policy.namespace : selectorText(namespaceSelector);
    const pods = podSelector === undefined ? '<everything>' : selectorText(podSelector);
    const term = engine.termOf(policy, peer);
    const now = (term === undefined ? undefined : counts[direction].get(term)) ?? 0;
    const byPorts = new Map<PortsId, SelectedPeer>();
    return {
      key: peerKey({ namespaces, pods }),
      as: (open: PortsId): SelectedPeer =>
        inserted(byPorts, open, () => ({ namespaces, pods, ports: ports.portsOf(open), now })),
    };
  };
  const known = new Map<OwnPeer, ReturnType<typeof read>>();
  return (direction, policies, openings, counts) => {
    const found = new Map<string, SelectedPeer>();
    for (const policy of policies)
      for (const peer of peersOf(direction, policy)) {
        const open = openings.named(peer);
        if (ports.difference(open, openings.cluster) === none) continue;
        const { key, as } = inserted(known, peer, () => read(direction, peer, counts));
        if (!found.has(key)) found.set(key, as(open));
      }
    return [...found.values()];
  };
}

/** Different for different texts, whatever they hold. */
function peerKey({ namespaces, pods }: PeerText): string {
  return `${namespaces.length} ${namespaces} ${pods}`;
}

/** A workload is as open as any of its pods. */
function together(all: readonly DirectionExposure[]): DirectionExposure {
  const [first, ...others] = all;
  if (first === undefined) return { policies: [], cluster: noPorts, selected: [], outside: [] };
  if (others.length === 0) return first;
  const cluster = all.map((each) => each.cluster).reduce(unionPorts);
  const selected = new Map<string, SelectedPeer>();
  for (const each of all.flatMap((one) => one.selected)) {
    const key = peerKey(each);
    const ports = unionPorts(selected.get(key)?.ports ?? noPorts, each.ports);
    if (!isEmpty(subtractPorts(ports, cluster))) selected.set(key, { ...each, ports });
  }
  const byRange = new Map<string, PortSet>();
  for (const { ranges, ports } of all.flatMap((one) => one.outside))
    for (const range of ranges) byRange.set(range, unionPorts(byRange.get(range) ?? noPorts, ports));
  const outside = new Map<string, { readonly ranges: string[]; readonly ports: PortSet }>();
  for (const [range, ports] of byRange) {
    const key = JSON.stringify(ports);
    const known = outside.get(key);
    if (known === undefined) outside.set(key, { ranges: [range], ports });
    else known.ranges.push(range);
  }
  const anywhere = all.some((one) => one.outside.some((each) => each.anywhere));
  return {
    policies: [...new Set(all.flatMap(({ policies }) => policies))],
    cluster,
    selected: [...selected.values()],
    outside: [...outside.values()].map((each) => ({ ...each, anywhere: anywhere && outside.size === 1 })),
  };
}
