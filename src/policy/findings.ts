// Answers: what does each rule of these policies do to the flow, and why? One finding a rule, in order: whether its peers name the
// other end and its ports the destination port. What a newer API may have added fails closed (spec E2).
import type { Pod } from '../model/pod';
import type { Direction, PolicyRule, PolicyTier, RuleAction } from '../model/policy';
import type { RuleFinding, RuleRef } from '../model/ruling';
import type { Policy } from './compile';
import type { PolicyFlow } from './ends';
import type { PeerMatcher } from './peers';
import { matchPorts } from './rulePorts';
import { policyRef } from './words';

export function findingsIn(
  flow: PolicyFlow,
  policies: readonly Policy[],
  matchPeers: PeerMatcher,
): readonly RuleFinding[] {
  const destination = destinationOf(flow.direction, flow.subject, flow.peer.pod);
  return policies.flatMap((policy) =>
    policy[flow.direction].map((rule) => findingOf(flow, policy, rule, destination, matchPeers)),
  );
}

function findingOf(
  flow: PolicyFlow,
  policy: Policy,
  rule: PolicyRule,
  destination: Pod | undefined,
  matchPeers: PeerMatcher,
): RuleFinding {
  const tier = tierOf(policy);
  const peer = matchPeers(policy, rule, flow.peer);
  const port = matchPorts(rule, flow, destination, tier);
  const ref: RuleRef = {
    policy: policyRef(policy),
    tier,
    direction: flow.direction,
    index: rule.index,
    name: rule.name,
    action: rule.action,
    at: rule.at,
    peerAt: peer.at,
    portAt: port.at,
  };
  if (peer.effect === 'yes' && port.effect === 'yes')
    return { rule: ref, effect: effects[rule.action], reason: `${peer.reason}; ${port.reason}` };
  const closed = failsClosed(rule, peer.effect === 'yes', port.effect !== 'no');
  if (closed !== undefined) return { rule: { ...ref, action: 'Deny' }, effect: 'denies', reason: closed };
  const missed = tier === 'network' ? 'does not admit' : 'does not match';
  if (peer.effect === 'no') {
    const because = peer.excepted === true ? 'exception' : 'peer';
    return { rule: ref, effect: missed, because, reason: peer.reason };
  }
  if (port.effect === 'no') return { rule: ref, effect: missed, because: 'port', reason: port.reason };
  return peer.effect === 'undecidable'
    ? { rule: ref, effect: 'undecidable', because: 'peer', reason: peer.reason }
    : { rule: ref, effect: 'undecidable', because: 'port', reason: port.reason };
}

const effects: Readonly<Record<RuleAction, RuleFinding['effect']>> = {
  Allow: 'admits',
  Deny: 'denies',
  Pass: 'passes',
};

/** Why a Deny or Pass rule with a part that is not known denies the flow, as far as can be told; undefined: it does not. */
function failsClosed(rule: PolicyRule, peerMatches: boolean, portMatches: boolean): string | undefined {
  if (rule.action === 'Allow') return undefined;
  const unknownPeer = rule.peers.some(({ kind }) => kind === 'unknown');
  const unknownPort = rule.unknownPort !== undefined;
  if (!unknownPeer && !unknownPort) return undefined;
  if ((!unknownPeer && !peerMatches) || (!unknownPort && !portMatches)) return undefined;
  const what = unknownPeer ? 'a peer' : 'a port';
  return `the rule has ${what} of a newer API, which may mean this flow: it counts as denied`;
}

/** The pod whose ports names are looked up on; to policies a hostNetwork pod is only its node's address (rules E40, E42, E54). */
function destinationOf(direction: Direction, subject: Pod, peer: Pod | undefined): Pod | undefined {
  if (direction === 'ingress') return subject;
  return peer?.spec.hostNetwork === true ? undefined : peer;
}

export function tierOf(policy: Policy): PolicyTier {
  return policy.kind === 'NetworkPolicy' ? 'network' : policy.tier;
}
