// Answers: what do the policies of one kind of pods leave open in one direction, whoever may come? To a pod that could be in any
// namespace with any labels, to each pod that their own peers would name, and outside. It hangs on what the policies say, so it is
// asked once for all that say the same (`policy/standing.ts`), of no more ends than their own peers and blocks tell apart.
import { lastOf, offsetIp, type Cidr, type Family } from '../model/address';
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import type { AdminPolicy, Direction, NetworkPolicy, PolicyPeer } from '../model/policy';
import type { PortSet } from '../model/ports';
import type { PolicyEngine, UnmadePod } from '../policy/engine';
import { rangeFinder } from '../policy/outsideRanges';
import { none, type PortsId } from '../policy/portTable';
import type { Profile, Standing, TermSet } from '../policy/standing';
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
  readonly of: (direction: Direction, subject: Standing, policies: readonly Policy[]) => Openings;
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
  const names = { ingress: new Map<UnmadePod, TermSet>(), egress: new Map<UnmadePod, TermSet>() };
  const peersByPolicy = { ingress: new Map<Policy, Peers>(), egress: new Map<Policy, Peers>() };
  const known = new Map<Profile, Map<unknown, Openings>>();

  function namesOf(direction: Direction, pod: UnmadePod): TermSet {
    return inserted(names[direction], pod, () => engine.namesOfUnmade(direction, pod));
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

  function openingsOf(direction: Direction, subject: Standing, policies: readonly Policy[]): Openings {
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
      const alike = inserted(known, subject.profile[direction], () => new Map<unknown, Openings>());
      return inserted(alike, subjectSign(direction, subject), () => openingsOf(direction, subject, policies));
    },
    peersOf: (direction, policy) => peersOf(direction, policy).pods,
  };
}

/** Equal for pods of one profile that are open alike: names of ports are looked up at the destination, the subject for ingress. */
export function subjectSign(
  direction: Direction,
  { profile, cohort: { families, portSign } }: Standing,
): readonly Family[] | string {
  return direction === 'ingress' && profile.ingress.named ? `${families.join()} ${portSign}` : families;
}

/** Only blocks tell ranges apart: between the edges of the policies' own, one range stands for all. */
function rangesReader(
  engine: PolicyEngine,
): (direction: Direction, subject: Standing, blocks: readonly Block[]) => readonly OpenRanges[] {
  const { outside, ports } = engine;
  const positionOf = rangeFinder(outside);
  const ids = outside.map(({ id }) => id);
  const families = outside.flatMap(({ first }, at) =>
    first.family === outside[at - 1]?.first.family ? [] : [at],
  );
  const standings = new Map<number, Standing>();
  const edges = new Map<string, readonly number[]>();

  /** Positions of the first range of a block, and of the first one behind it. */
  function edgesOf(block: Cidr): readonly number[] {
    return inserted(edges, block.text, () => {
      const behind = offsetIp(lastOf(block), 1);
      return [positionOf(block.first), ...(behind === undefined ? [] : [positionOf(behind)])];
    });
  }

  /** Where the policies' blocks begin and end; each family begins one. */
  function startsOf(blocks: readonly Block[]): readonly number[] {
    const found = new Set(families);
    for (const { cidr, except } of blocks)
      for (const block of [cidr, ...except]) for (const at of edgesOf(block)) found.add(at);
    return [...found].sort((a, b) => a - b);
  }

  return (direction, subject, blocks) => {
    const starts = blocks.length === 0 ? families : startsOf(blocks);
    const byPorts = new Map<PortsId, (readonly [from: number, to: number])[]>();
    starts.forEach((from, index) => {
      const first = outside[from]?.first;
      if (first === undefined || !subject.cohort.families.includes(first.family)) return;
      const { terms } = inserted(standings, from, () => engine.standingOf(engine.outsideCohort(first)));
      const open = engine.permittedByNames(direction, subject, terms[direction], first.family);
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
