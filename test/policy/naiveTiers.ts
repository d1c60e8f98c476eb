// A second opinion on the admin tiers (spec E2): reads policies as the API has them and decides one flow by trying every order of
// equal priorities and every reading of what cannot be told. It shares no code with the product.
import {
  inRange,
  isOnPodNetwork,
  labelsOfNamespace,
  networkVerdict,
  selects,
  type RawPod,
  type RawSelector,
  type Verdict,
  type World,
} from './naive';

export type RawSubject =
  | { readonly namespaces: RawSelector }
  | { readonly pods: { readonly namespaceSelector: RawSelector; readonly podSelector: RawSelector } };

export type RawAdminPeer =
  | RawSubject
  | { readonly networks: readonly string[] }
  | { readonly nodes: RawSelector }
  | { readonly domainNames: readonly string[] }
  /** A field that this version of the API does not have. */
  | { readonly future: object };

export type RawAdminPort =
  | { readonly protocol: string; readonly first: number; readonly last: number }
  | { readonly named: string }
  | { readonly future: object };

export interface RawAdminRule {
  readonly action: 'Allow' | 'Deny' | 'Pass';
  readonly peers: readonly RawAdminPeer[];
  /** Empty: not written, which means everything. */
  readonly ports: readonly RawAdminPort[];
}

export interface RawAdminPolicy {
  readonly kind: 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';
  readonly tier: 'Admin' | 'Baseline';
  readonly priority: number;
  readonly subject: RawSubject;
  readonly ingress: readonly RawAdminRule[];
  readonly egress: readonly RawAdminRule[];
}

type Outcome = Exclude<Verdict, 'ambiguous'>;
type Match = 'yes' | 'no' | 'unknown';

/** As `verdict` of naive.ts, for worlds that have admin policies too. */
export function verdictOfTiers(
  world: World,
  direction: 'ingress' | 'egress',
  subject: RawPod,
  peerIp: string,
  protocol: string,
  port: number,
): Verdict {
  const exempt = networkVerdict(world, direction, subject, peerIp, protocol, port);
  if (exempt.basis === 'exempt') return 'allow';
  const pod = world.pods.find((each) => isOnPodNetwork(each) && each.ips.includes(peerIp));
  const node =
    pod === undefined ? world.nodes.find(({ ips }) => ips.slice(0, 2).includes(peerIp)) : undefined;
  const ownNode = world.nodes.find(({ ips }) => ips.includes(peerIp));
  const about = world.admin.filter((policy) => isSubject(world, policy.subject, subject));
  const matchOf = (
    rule: RawAdminRule,
  ): { readonly action: RawAdminRule['action']; readonly match: Match } => {
    const destination = direction === 'ingress' ? subject : pod;
    const peers = rule.peers.map((peer) =>
      peerMatch(world, peer, pod, node?.name, ownNode !== undefined, peerIp),
    );
    const ports = rule.ports.map((entry) => portMatch(entry, destination, protocol, port));
    const anyPeer = strongest(peers.filter((each) => each !== 'future'));
    const anyPort = rule.ports.length === 0 ? 'yes' : strongest(ports.filter((each) => each !== 'future'));
    const known = both(anyPeer, anyPort);
    if (known === 'yes' || rule.action === 'Allow') return { action: rule.action, match: known };
    // Fail closed: what a newer field may mean is denied, and what cannot be told beside it.
    const closedPeer = peers.includes('future') ? 'yes' : anyPeer;
    const closedPort = ports.includes('future') ? 'yes' : anyPort;
    const closed =
      (peers.includes('future') || ports.includes('future')) && both(closedPeer, closedPort) !== 'no';
    return closed ? { action: 'Deny', match: 'yes' } : { action: rule.action, match: known };
  };
  const listsOf = (tier: 'Admin' | 'Baseline') =>
    about
      .filter((policy) => policy.tier === tier)
      .map((policy) => ({ priority: policy.priority, rules: policy[direction].map(matchOf) }));
  const decide = (
    lists: readonly { readonly rules: readonly { action: string; match: Match }[] }[],
    unknownIs: () => boolean,
  ): 'allow' | 'deny' | 'next' => {
    for (const { rules } of lists) {
      for (const { action, match } of rules) {
        if (match === 'no' || (match === 'unknown' && !unknownIs())) continue;
        return action === 'Allow' ? 'allow' : action === 'Deny' ? 'deny' : 'next';
      }
    }
    return 'next';
  };
  type Lists = Parameters<typeof decide>[0];
  const run = (admin: Lists, baseline: Lists, unknownIs: () => boolean): Outcome => {
    const first = decide(admin, unknownIs);
    if (first !== 'next') return first;
    if (exempt.basis === 'isolated') return exempt.outcome;
    const last = decide(baseline, unknownIs);
    return last === 'next' ? 'allow' : last;
  };
  const sure = new Set<Outcome>();
  const all = new Set<Outcome>();
  for (const admin of orders(listsOf('Admin'))) {
    for (const baseline of orders(listsOf('Baseline'))) {
      sure.add(run(admin, baseline, () => false));
      // Each combination of answers to what cannot be told is tried.
      const unknown = [...admin, ...baseline].flatMap(({ rules }) => rules).filter(isUnknown).length;
      for (let answers = 0; answers < 2 ** unknown; answers++) {
        let asked = 0;
        all.add(run(admin, baseline, () => ((answers >> asked++) & 1) === 1));
      }
    }
  }
  if (sure.size > 1) return 'ambiguous';
  if (all.size > 1) return 'undetermined';
  return [...all][0] ?? 'allow';
}

function isUnknown({ match }: { readonly match: Match }): boolean {
  return match === 'unknown';
}

/** Every order of the policies in which a lower priority stands before a higher one. */
function orders<T extends { readonly priority: number }>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]];
  const lowest = Math.min(...list.map(({ priority }) => priority));
  return list
    .filter(({ priority }) => priority === lowest)
    .flatMap((first) => orders(list.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

function isSubject(world: World, subject: RawSubject, pod: RawPod): boolean {
  if ('namespaces' in subject) return selects(subject.namespaces, labelsOfNamespace(world, pod.namespace));
  return (
    selects(subject.pods.namespaceSelector, labelsOfNamespace(world, pod.namespace)) &&
    selects(subject.pods.podSelector, pod.labels)
  );
}

function peerMatch(
  world: World,
  peer: RawAdminPeer,
  pod: RawPod | undefined,
  node: string | undefined,
  isNode: boolean,
  ip: string,
): Match | 'future' {
  if ('future' in peer) return 'future';
  if ('networks' in peer) return peer.networks.some((cidr) => inRange(cidr, ip)) ? 'yes' : 'no';
  if ('domainNames' in peer) return pod === undefined && !isNode ? 'unknown' : 'no';
  if ('nodes' in peer) {
    const labels = world.nodes.find(({ name }) => name === node)?.labels;
    return labels !== undefined && selects(peer.nodes, labels) ? 'yes' : 'no';
  }
  return pod !== undefined && isSubject(world, peer, pod) ? 'yes' : 'no';
}

function portMatch(
  entry: RawAdminPort,
  destination: RawPod | undefined,
  protocol: string,
  port: number,
): Match | 'future' {
  if ('future' in entry) return 'future';
  if (protocol === 'ICMP') return 'no';
  if ('first' in entry)
    return entry.protocol === protocol && entry.first <= port && port <= entry.last ? 'yes' : 'no';
  const has = (containers: RawPod['containers']): boolean =>
    containers.some(({ ports }) =>
      ports.some(
        (each) => each.name === entry.named && each.protocol === protocol && each.containerPort === port,
      ),
    );
  if (destination === undefined) return 'no';
  if (has(destination.containers)) return 'yes';
  return has(destination.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'))
    ? 'unknown'
    : 'no';
}

function strongest(matches: readonly Match[]): Match {
  return matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';
}

function both(a: Match, b: Match): Match {
  return a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'unknown';
}
