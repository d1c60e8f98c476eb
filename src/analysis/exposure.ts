// Answers: how far is each workload open, also to what does not exist yet? To every pod there can be, to pods and namespaces with
// certain labels, and to addresses outside, in each direction, as its own policies permit; the other end's are not looked at.
// Asked once for pods that no policy tells apart, so the work follows policies and their peers, not pairs of workloads.
import type { Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { AdminPolicy, Direction, NetworkPolicy } from '../model/policy';
import { isEmpty, noPorts, subtractPorts, unionPorts, type PortSet } from '../model/ports';
import { selectorText } from '../model/selector';
import type { Pod } from '../model/pod';
import type { Cohort } from '../policy/cohorts';
import type { PolicyEngine } from '../policy/engine';
import { policyEngineOf } from '../policy/judge';
import { every, none, type PortsId } from '../policy/portTable';
import { policiesOf, policyReadingOf } from '../trace/policyReading';
import { partiesOf, type ConnectivityLevel, type ConnectivityPeer } from './parties';
import { representativesOf, type PodPeer, type Representatives } from './representatives';

/** Pods that a rule selects by labels, more of which can come. */
export interface SelectedPeer {
  /** In kubectl's notation; `its own` for the policy's namespace is written as its name. */
  readonly namespaces: string;
  readonly pods: string;
  readonly ports: PortSet;
  /** Pods that it selects now; 0: only pods that do not exist yet. */
  readonly now: number;
}

export interface OpenRanges {
  /** `first-last`; every range there is when it is open to all of them. */
  readonly ranges: readonly string[];
  readonly anywhere: boolean;
  readonly ports: PortSet;
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
  readonly peer: Exclude<ConnectivityPeer, { readonly type: 'external' }>;
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

/** What is enough for a mark: whom the rules select by labels is left out. */
type OpenTo = Omit<DirectionExposure, 'selected'>;

interface Reader {
  readonly engine: PolicyEngine;
  readonly marked: (cohort: Cohort) => Readonly<Record<Direction, OpenTo>>;
  readonly of: (cohort: Cohort) => Readonly<Record<Direction, DirectionExposure>>;
}

const directions: readonly Direction[] = ['ingress', 'egress'];
const readers = new WeakMap<Cluster, Reader>();

/** Every workload or pod by id. */
export function exposureOf(cluster: Cluster, level: ConnectivityLevel = 'workload'): readonly ExposureRow[] {
  const { engine, of } = readerOf(cluster);
  return partiesOf(cluster, engine, level).flatMap(({ peer, cohorts }): readonly ExposureRow[] => {
    if (peer.type === 'external') return [];
    const subject = cohorts.filter(({ kind }) => kind === 'pods');
    if (subject.length === 0) return [{ peer, open: undefined, unprotected: false }];
    const each = subject.map(of);
    return [
      {
        peer,
        open: {
          ingress: together(each.map(({ ingress }) => ingress)),
          egress: together(each.map(({ egress }) => egress)),
        },
        unprotected: each.some(isUnprotected),
      },
    ];
  });
}

const marksOf = new WeakMap<OpenTo, readonly ExposureMark[]>();

/** The marks of one pod; what is asked of the cluster is kept with its value, so that a row costs a look-up. */
export function exposureMarks(cluster: Cluster, pod: Pod): readonly ExposureMark[] {
  const { engine, marked } = readerOf(cluster);
  const cohort = engine.cohortOf(pod);
  if (cohort.kind !== 'pods') return ['host-network'];
  const open = marked(cohort);
  const known = marksOf.get(open.ingress);
  if (known !== undefined) return known;
  const made = [
    ...(isUnprotected(open) ? (['unprotected'] as const) : []),
    ...directions.flatMap((direction): readonly ExposureMark[] => [
      ...(open[direction].outside.length > 0 ? [`${direction}-outside` as const] : []),
      ...(isEmpty(open[direction].cluster) ? [] : [`${direction}-cluster` as const]),
    ]),
  ];
  marksOf.set(open.ingress, made);
  return made;
}

function isUnprotected({ ingress, egress }: Readonly<Record<Direction, OpenTo>>): boolean {
  return ingress.policies.length === 0 && egress.policies.length === 0;
}

function readerOf(cluster: Cluster): Reader {
  const known = readers.get(cluster);
  if (known !== undefined) return known;
  const made = makeReader(cluster);
  readers.set(cluster, made);
  return made;
}

function makeReader(cluster: Cluster): Reader {
  const representatives = representativesOf(cluster);
  const engine = policyEngineOf(representatives.cluster, policyReadingOf(cluster));
  const count = peerCounter(cluster);
  const asked = new Map<string, Subject>();
  /** Pods with the same policies and the same named ports are alike. */
  const subjectOf = (cohort: Cohort): Subject => {
    const { admin, network, baseline } = engine.policiesOf(cohort);
    const policies = [...admin, ...network, ...baseline];
    const key = `${policies.map((policy) => `${policy.kind} ${keyOf(policy)}`).join()} ${cohort.portsKey} ${cohort.families.join()}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    const reading = (direction: Direction): Reading =>
      readingOf(
        direction,
        cohort,
        policies.filter((policy) => speaksOf(policy, direction)),
        engine,
        representatives,
      );
    const made = { ingress: reading('ingress'), egress: reading('egress') };
    asked.set(key, made);
    return made;
  };
  return {
    engine,
    marked: (cohort) => {
      const { ingress, egress } = subjectOf(cohort);
      return { ingress: ingress.open, egress: egress.open };
    },
    of: (cohort) => {
      const { ingress, egress } = subjectOf(cohort);
      return {
        ingress: { ...ingress.open, selected: ingress.selected(count) },
        egress: { ...egress.open, selected: egress.selected(count) },
      };
    },
  };
}

type Subject = Readonly<Record<Direction, Reading>>;

/** What one direction of one kind of pods is open to. */
interface Reading {
  readonly open: OpenTo;
  readonly selected: (count: PeerCounter) => readonly SelectedPeer[];
}

type Policy = NetworkPolicy | AdminPolicy;

function speaksOf(policy: Policy, direction: Direction): boolean {
  return policy.kind === 'NetworkPolicy' ? policy.isolates[direction] : policy[direction].length > 0;
}

/** Pods that a peer selects now. */
type PeerCounter = (policy: Policy, peer: PodPeer) => number;

function peerCounter(cluster: Cluster): PeerCounter {
  const known = new Map<PodPeer, number>();
  return (policy, peer) => {
    const found = known.get(peer) ?? policiesOf(cluster).peerPods(policy, peer).length;
    known.set(peer, found);
    return found;
  };
}

function readingOf(
  direction: Direction,
  subject: Cohort,
  policies: readonly Policy[],
  engine: PolicyEngine,
  { blank, named, excluded }: Pick<Representatives, 'blank' | 'named' | 'excluded'>,
): Reading {
  const { ports } = engine;
  const permitted = (peer: Cohort): PortsId =>
    subject.families
      .filter((family) => peer.families.includes(family))
      .map((family) => engine.permitted(direction, subject, peer, family).certain)
      .reduce((all, each) => ports.union(all, each), none);
  const peers = policies.flatMap((policy) =>
    policy[direction].flatMap((rule) => rule.peers.map((peer) => ({ policy, peer }))),
  );
  const podPeers = peers.flatMap(({ policy, peer }) => (peer.kind === 'pods' ? [{ policy, peer }] : []));
  const invented = podPeers.flatMap(({ peer }) => [named(peer) ?? [], excluded(peer) ?? []].flat());
  const cluster = [blank, ...new Set(invented)]
    .map((pod) => permitted(engine.cohortOf(pod)))
    .reduce((all, each) => ports.intersection(all, each), every);
  const ranges = openRanges(
    engine,
    permitted,
    peers.some(({ peer }) => peer.kind === 'ipBlock'),
  );
  let selected: readonly SelectedPeer[] | undefined;
  return {
    open: {
      policies: policies.map((policy) => `${policy.kind} ${keyOf(policy)}`),
      cluster: ports.portsOf(cluster),
      outside: [...ranges].map(([open, ids]) => ({
        ranges: ids,
        anywhere: ids.length === engine.outside.length,
        ports: ports.portsOf(open),
      })),
    },
    selected: (count) => (selected ??= selectedPeers(count)),
  };

  function selectedPeers(count: PeerCounter): readonly SelectedPeer[] {
    const found = new Map<string, SelectedPeer>();
    for (const { policy, peer } of podPeers) {
      const pod = named(peer);
      const open = pod === undefined ? none : permitted(engine.cohortOf(pod));
      if (ports.difference(open, cluster) === none) continue;
      const { namespaceSelector, podSelector } = peer;
      const namespaces = namespaceSelector === undefined ? policy.namespace : selectorText(namespaceSelector);
      const pods = podSelector === undefined ? '<everything>' : selectorText(podSelector);
      const key = JSON.stringify([namespaces, pods]);
      if (!found.has(key))
        found.set(key, { namespaces, pods, ports: ports.portsOf(open), now: count(policy, peer) });
    }
    return [...found.values()];
  }
}

/** Ids of ranges outside by what they are open to. Only blocks tell ranges apart; without one the first of a family stands for all. */
function openRanges(
  engine: PolicyEngine,
  permitted: (peer: Cohort) => PortsId,
  hasBlocks: boolean,
): ReadonlyMap<PortsId, readonly string[]> {
  const ranges = new Map<PortsId, string[]>();
  const known = new Map<Family, PortsId>();
  for (const { id, first } of engine.outside) {
    const open = (hasBlocks ? undefined : known.get(first.family)) ?? permitted(engine.outsideCohort(first));
    known.set(first.family, open);
    if (open === none) continue;
    const ids = ranges.get(open);
    if (ids === undefined) ranges.set(open, [id]);
    else ids.push(id);
  }
  return ranges;
}

/** A workload is as open as any of its pods. */
function together(all: readonly DirectionExposure[]): DirectionExposure {
  const [first, ...others] = all;
  if (first === undefined) return { policies: [], cluster: noPorts, selected: [], outside: [] };
  if (others.length === 0) return first;
  const cluster = all.map((each) => each.cluster).reduce(unionPorts);
  const selected = new Map<string, SelectedPeer>();
  for (const each of all.flatMap((one) => one.selected)) {
    const key = JSON.stringify([each.namespaces, each.pods]);
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
