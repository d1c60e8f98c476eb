// Answers: who may connect to a pod, and to whom may it connect, when all tiers are asked? Groups of pods that no policy tells
// apart are asked once, so that a hover over a pod of a large cluster costs a look at each pod and not a judgement of each
// (spec E2; rules E5, E6). The admin tiers may let anybody in, so that no rule points to where the senders are.
import { offsetIp, sameIp, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { isOnPodNetwork, type Pod } from '../model/pod';
import type { AdminPolicy } from '../model/policy';
import { hasPort, type Protocol } from '../model/ports';
import type { PolicyEngine } from '../policy/engine';
import { policyEngineOf } from '../policy/judge';
import { none } from '../policy/portTable';
import { policyReadingOf } from '../trace/policyReading';
import type { Said } from './hoverShape';
import { podGroupsOf, podsOfNetwork } from './podGroups';
import { weakest } from './provenance';
import { count, listed, podsText } from './words';

type Answer = 'yes' | 'open' | 'no';

/** Whether the cluster has policies of the admin or the baseline tier at all. */
export function hasTiers({ adminPolicies }: Cluster): boolean {
  return adminPolicies.length > 0;
}

export function callersOfTiers(
  cluster: Cluster,
  pod: Pod,
  protocol: Protocol,
  port: number,
): readonly Said[] {
  const engine = engineOf(cluster);
  const to = engine.cohortOf(pod);
  const receiver = engine.receiverOf(to);
  const answer = ({ certain, possible }: ReturnType<PolicyEngine['between']>): Answer => {
    if (hasPort(engine.ports.portsOf(certain), protocol, port)) return 'yes';
    return hasPort(engine.ports.portsOf(possible), protocol, port) ? 'open' : 'no';
  };
  const known = new Map<number, Answer>();
  const found: Readonly<Record<Answer, Pod[]>> = { yes: [], open: [], no: [] };
  for (const sender of othersThan(cluster, pod)) {
    const group = engine.senderOf(engine.cohortOf(sender));
    const made = known.get(group) ?? answer(engine.betweenGroups(group, receiver));
    known.set(group, made);
    found[made].push(sender);
  }
  const outside = engine.outside.map(
    ({ first }) => answer(engine.between(engine.outsideCohort(first), to)) === 'yes',
  );
  const allOutside = outside.every(Boolean);
  const fromOutside = allOutside
    ? ['anybody outside of the cluster']
    : rangesText(engine.outside.filter((_, index) => outside[index] === true));
  const everybody = found.no.length + found.open.length === 0 && allOutside;
  const who = [...(found.yes.length === 0 ? [] : [podsText(found.yes)]), ...fromOutside];
  const text = everybody
    ? 'Anybody who can send may connect, as far as policies go.'
    : who.length === 0
      ? 'Nobody but its own node may connect.'
      : `May connect: ${listed(who, 4)}.`;
  const policies = tiersSaid(cluster, pod);
  const open: readonly Said[] =
    found.open.length === 0
      ? []
      : [
          {
            text: `Whether these may connect policies leave open: ${podsText(found.open)}.`,
            provenance: weakest(found.open.map(({ provenance }) => provenance)),
          },
        ];
  const provenance = weakest(found.yes.map((sender) => sender.provenance));
  return [{ text, provenance, at: policies[0]?.at }, ...open, ...policies];
}

/** `Asked first: AdminNetworkPolicy guard (priority 10).` for policies of the admin tiers about the pod. */
export function tiersSaid(cluster: Cluster, pod: Pod): readonly Said[] {
  if (!hasTiers(cluster) || pod.spec.hostNetwork) return [];
  const engine = engineOf(cluster);
  const { admin, baseline, network } = engine.policiesOf(engine.cohortOf(pod));
  const isolated = network.some(({ isolates }) => isolates.ingress && isolates.egress);
  const said = (start: string, policies: readonly AdminPolicy[]): readonly Said[] =>
    policies.length === 0
      ? []
      : [
          {
            text: `${start}: ${listed(policies.map(named), 3)}.`,
            provenance: 'declared',
            at: policies[0]?.nameAt ?? policies[0]?.at,
          },
        ];
  return [
    ...said('Asked before NetworkPolicy', admin),
    ...said(
      isolated
        ? 'The baseline is not asked, as NetworkPolicy isolates it'
        : 'Asked where no NetworkPolicy isolates it',
      baseline,
    ),
  ];
}

/** `3 of 14 pods may connect to it, on some port or other; it may connect to 5.` Nothing where no policy is about it. */
export function reachSaid(cluster: Cluster, pod: Pod): readonly Said[] {
  if (!isOnPodNetwork(pod)) return [];
  const engine = engineOf(cluster);
  const own = engine.cohortOf(pod);
  const { admin, network, baseline } = engine.policiesOf(own);
  if (admin.length + network.length + baseline.length === 0) return [];
  const { senders, receivers, provenances } = podGroupsOf(cluster);
  const [sender, receiver] = [engine.senderOf(own), engine.receiverOf(own)];
  const connects = (from: number, to: number): boolean => engine.betweenGroups(from, to).certain !== none;
  // The pod is in its groups too, and does not count.
  const itself = connects(sender, receiver) ? 1 : 0;
  const into = sumOf(senders, (group) => connects(group, receiver)) - itself;
  const out = sumOf(receivers, (group) => connects(sender, group)) - itself;
  const text = `By policy, ${into} of ${count(podsOfNetwork(cluster.pods).length - 1, 'other pod')} may connect to it on some port; it may connect to ${out}.`;
  const known = [...provenances].filter(([provenance, some]) => provenance !== pod.provenance || some > 1);
  return [{ text, provenance: weakest(known.map(([provenance]) => provenance)) }];
}

function sumOf(pods: ReadonlyMap<number, number>, counts: (group: number) => boolean): number {
  let sum = 0;
  for (const [group, some] of pods) if (counts(group)) sum += some;
  return sum;
}

/** `10.0.0.0-10.255.255.255`; ranges that follow each other are one. */
function rangesText(ranges: PolicyEngine['outside']): readonly string[] {
  const joined: { first: Ip; last: Ip }[] = [];
  for (const { first, last } of ranges) {
    const before = joined.at(-1);
    const next = before && offsetIp(before.last, 1);
    if (before !== undefined && next !== undefined && sameIp(next, first)) before.last = last;
    else joined.push({ first, last });
  }
  return joined.map(({ first, last }) => (sameIp(first, last) ? first.text : `${first.text}-${last.text}`));
}

function named({ kind, name, priority }: AdminPolicy): string {
  return kind === 'BaselineAdminNetworkPolicy' ? `${kind} ${name}` : `${kind} ${name} (priority ${priority})`;
}

function othersThan(cluster: Cluster, pod: Pod): readonly Pod[] {
  return podsOfNetwork(cluster.pods).filter((other) => other !== pod);
}

function engineOf(cluster: Cluster): PolicyEngine {
  return policyEngineOf(cluster, policyReadingOf(cluster));
}
