// Answers: what do the policies of one kind of pods leave open in one direction, whoever may come? To a pod that could be in any
// namespace with any labels, to each pod that their own peers would name, and outside. It hangs on what the policies say, so it is
// asked once for all that say the same (`profileOf`), of no more ends than their own peers and blocks tell apart.
import { lastOf, offsetIp, type Cidr } from '../model/address';
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import type { AdminPolicy, Direction, NetworkPolicy, PolicyPeer } from '../model/policy';
import type { PortSet } from '../model/ports';
import type { Cohort } from '../policy/cohorts';
import type { PolicyEngine, UnmadePod } from '../policy/engine';
import { rangeFinder } from '../policy/outsideRanges';
import { none, type PortsId } from '../policy/portTable';
import type { Profile, TermSet } from '../policy/standing';
import { representativesOf, type PodPeer } from './representatives';

export interface OpenRanges {
  /** `first-last`; every range there is when it is open to all of them. */
  readonly ranges: readonly string[];
  readonly anywhere: boolean;
  readonly ports: PortSet;
}

/** One kind of pods and its policies that say something of the direction. */
export interface Openings {
  /** What every pod may that there can be, whatever its namespace and labels. */
  readonly cluster: PortsId;
  readonly outside: readonly OpenRanges[];
  /** What pods may that a peer of the policies names, whether they are there or not. */
  readonly named: (peer: OwnPeer) => PortsId;
}

export type Policy = NetworkPolicy | AdminPolicy;

/** A peer of a policy that selects pods by labels, and whom rules see in the pods that could come because of it. */
export interface OwnPeer {
  readonly policy: Policy;
  readonly peer: PodPeer;
  /** undefined: there can be no such pod. */
  readonly named: TermSet | undefined;
  readonly excluded: TermSet | undefined;
}

export interface OpeningsReader {
  readonly of: (direction: Direction, subject: Cohort, policies: readonly Policy[]) => Openings;
  /** In the order of the rules. One object for each. */
  readonly peersOf: (direction: Direction, policy: Policy) => readonly OwnPeer[];
}

type Block = Extract<PolicyPeer, { readonly kind: 'ipBlock' }>;

/** What tells ends apart. */
interface Peers {
  readonly pods: readonly OwnPeer[];
  readonly blocks: readonly Block[];
}

export function openingsReader(cluster: Cluster, engine: PolicyEngine): OpeningsReader {
  const { ports } = engine;
  const { blank, of: inventedFor } = representativesOf(cluster);
  const outsideOf = rangesReader(engine);
  const names = new Map<UnmadePod, Readonly<Record<Direction, TermSet>>>();
  const peersByPolicy = { ingress: new Map<Policy, Peers>(), egress: new Map<Policy, Peers>() };
  const known = new Map<Profile, Map<unknown, Openings>>();

  function namesOf(direction: Direction, pod: UnmadePod): TermSet {
    return inserted(names, pod, () => engine.namesOfUnmade(pod))[direction];
  }

  function peersOf(direction: Direction, policy: Policy): Peers {
    return inserted(peersByPolicy[direction], policy, () => {
      const pods: OwnPeer[] = [];
      const blocks: Block[] = [];
      for (const { peers } of policy[direction])
        for (const peer of peers) {
          if (peer.kind === 'ipBlock') blocks.push(peer);
          if (peer.kind !== 'pods') continue;
          const { named, excluded } = inventedFor(peer, policy.namespace);
          pods.push({
            policy,
            peer,
            named: named && namesOf(direction, named),
            excluded: excluded && namesOf(direction, excluded),
          });
        }
      return { pods, blocks };
    });
  }

  function openingsOf(direction: Direction, subject: Cohort, policies: readonly Policy[]): Openings {
    const asked = new Map<number, PortsId>();
    const permitted = (pod: TermSet): PortsId => {
      const before = asked.get(pod.id);
      if (before !== undefined) return before;
      const open = engine.permittedByNames(direction, subject, pod);
      asked.set(pod.id, open);
      return open;
    };
    let open = permitted(namesOf(direction, blank));
    const blocks: Block[] = [];
    for (const policy of policies) {
      const own = peersOf(direction, policy);
      blocks.push(...own.blocks);
      for (const { named, excluded } of own.pods) {
        if (open === none) break;
        if (named !== undefined) open = ports.intersection(open, permitted(named));
        if (excluded !== undefined) open = ports.intersection(open, permitted(excluded));
      }
    }
    return {
      cluster: open,
      outside: outsideOf(direction, subject, blocks),
      named: ({ named }) => (named === undefined ? none : permitted(named)),
    };
  }

  return {
    of: (direction, subject, policies) => {
      const profile = engine.profileOf(direction, subject);
      const alike = inserted(known, profile, () => new Map<unknown, Openings>());
      return inserted(alike, subjectSign(profile, direction, subject), () =>
        openingsOf(direction, subject, policies),
      );
    },
    peersOf: (direction, policy) => peersOf(direction, policy).pods,
  };
}

/** Equal for pods of one profile that are open alike: names of ports are looked up at the destination, the subject for ingress. */
export function subjectSign(
  { named }: Profile,
  direction: Direction,
  { families, portsKey }: Cohort,
): Cohort['families'] | string {
  return direction === 'ingress' && named ? `${families.join()} ${portsKey}` : families;
}

/** Only blocks tell ranges apart: between the edges of the policies' own, one range stands for all. */
function rangesReader(
  engine: PolicyEngine,
): (direction: Direction, subject: Cohort, blocks: readonly Block[]) => readonly OpenRanges[] {
  const { outside, ports } = engine;
  const positionOf = rangeFinder(outside);
  const ids = outside.map(({ id }) => id);
  const families = outside.flatMap(({ first }, at) =>
    first.family === outside[at - 1]?.first.family ? [] : [at],
  );

  /** Where the policies' blocks begin and end, as positions of ranges; each family begins one. */
  function edges(blocks: readonly Block[]): readonly number[] {
    const found = new Set(families);
    const add = (cidr: Cidr): void => {
      found.add(positionOf(cidr.first));
      const after = offsetIp(lastOf(cidr), 1);
      if (after !== undefined) found.add(positionOf(after));
    };
    for (const { cidr, except } of blocks) {
      add(cidr);
      except.forEach(add);
    }
    return [...found].sort((a, b) => a - b);
  }

  return (direction, subject, blocks) => {
    const starts = blocks.length === 0 ? families : edges(blocks);
    const byPorts = new Map<PortsId, (readonly [from: number, to: number])[]>();
    starts.forEach((from, index) => {
      const range = outside[from];
      if (range === undefined || !subject.families.includes(range.first.family)) return;
      const { family } = range.first;
      const peer = engine.outsideCohort(range.first);
      const open = engine.permitted(direction, subject, peer, family).certain;
      if (open !== none) inserted(byPorts, open, () => []).push([from, starts[index + 1] ?? outside.length]);
    });
    return [...byPorts].map(([open, runs]) => {
      const length = runs.reduce((sum, [from, to]) => sum + to - from, 0);
      const anywhere = length === outside.length;
      return {
        ranges: anywhere ? ids : runs.flatMap(([from, to]) => ids.slice(from, to)),
        anywhere,
        ports: ports.portsOf(open),
      };
    });
  };
}
