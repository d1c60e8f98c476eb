// Answers: does a rule's `from` or `to` name the other end? No peer means anybody; pods are named by labels of pod and
// namespace, both of one element together; addresses by block without its exceptions (rules E19, E21-E36).
import { contains, type Ip } from '../model/address';
import { keyOf } from '../model/objects';
import type { NetworkPolicy, PolicyPeer, PolicyRule } from '../model/policy';
import { matches, selectorText } from '../model/selector';
import type { Location } from '../model/source';
import type { PolicyPeerEnd } from './judge';
import type { PodClass } from './podClass';

/** A range of outside addresses that every block of the cluster either covers or leaves out whole; known by its first. */
export interface RangeEnd {
  readonly kind: 'range';
  readonly first: Ip;
}

export interface PeerMatch {
  readonly effect: 'yes' | 'no';
  readonly reason: string;
  /** The entry that matched; undefined when none did or none is written. */
  readonly at?: Location | undefined;
}

/** @param pod undefined when the other end is no pod of the pod network. */
export function peerSelects(
  policy: NetworkPolicy,
  rule: Pick<PolicyRule, 'peers'>,
  pod: PodClass | undefined,
  address: Ip | readonly Ip[],
): boolean {
  return rule.peers.length === 0 || rule.peers.some((peer) => selects(policy, peer, pod, address));
}

/** The match in words: the entry that names the other end, or why each does not. */
export function matchPeers(
  policy: NetworkPolicy,
  rule: PolicyRule,
  pod: PodClass | undefined,
  end: PolicyPeerEnd,
): PeerMatch {
  if (rule.peers.length === 0)
    return { effect: 'yes', reason: 'the rule names no peer, so any matches', at: rule.at };
  const who =
    end.pod === undefined
      ? end.node === undefined
        ? end.address.text
        : `node ${end.node} (${end.address.text})`
      : keyOf(end.pod);
  const matching = rule.peers.find((peer) => selects(policy, peer, pod, end.address));
  if (matching !== undefined)
    return { effect: 'yes', reason: `${peerText(policy, matching)} selects ${who}`, at: matching.at };
  const reasons = rule.peers.map((peer) => whyNot(policy, peer, pod, end.address, who));
  return { effect: 'no', reason: `peer does not match: ${reasons.join('; ')}` };
}

function selects(
  policy: NetworkPolicy,
  peer: PolicyPeer,
  pod: PodClass | undefined,
  address: Ip | readonly Ip[],
): boolean {
  if (peer.kind === 'ipBlock') {
    const addresses = 'family' in address ? [address] : address;
    return addresses.some(
      (each) => contains(peer.cidr, each) && !peer.except.some((except) => contains(except, each)),
    );
  }
  if (peer.kind !== 'pods' || pod === undefined) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? pod.namespace === policy.namespace
      : matches(peer.namespaceSelector, pod.namespaceLabels);
  return inNamespace && (peer.podSelector === undefined || matches(peer.podSelector, pod.labels));
}

function whyNot(
  policy: NetworkPolicy,
  peer: PolicyPeer,
  pod: PodClass | undefined,
  address: Ip,
  who: string,
): string {
  if (peer.kind === 'ipBlock') {
    const except = peer.except.find((each) => contains(each, address));
    const covered = contains(peer.cidr, address) && except !== undefined;
    return covered
      ? `${address.text} is excepted by ${except.text}`
      : `${address.text} is not in ${peer.cidr.text}`;
  }
  const text = peerText(policy, peer);
  return pod === undefined
    ? `${text} selects pods, and ${who} is not a pod of the pod network`
    : `${text} does not select ${who}`;
}

/** `podSelector app=web in namespace shop`, `pods app=web of namespaces team=a`, `ipBlock 10.0.0.0/8` */
export function peerText(policy: NetworkPolicy, peer: PolicyPeer): string {
  if (peer.kind === 'ipBlock') return `ipBlock ${peer.cidr.text}`;
  if (peer.kind === 'nodes') return `nodes ${selectorText(peer.selector)}`;
  if (peer.kind === 'domainNames') return `domain names ${peer.names.join(', ')}`;
  if (peer.kind === 'unknown') return `a peer of a newer API (${peer.fields.join(', ')})`;
  const pods = peer.podSelector === undefined ? 'every pod' : `podSelector ${selectorText(peer.podSelector)}`;
  const namespaces =
    peer.namespaceSelector === undefined
      ? `in namespace ${policy.namespace}`
      : `in namespaces ${selectorText(peer.namespaceSelector)}`;
  return `${pods} ${namespaces}`;
}
