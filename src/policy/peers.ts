// Answers: does a rule's `from` or `to` name the other end, and why not? No peer means anybody; pods are named by labels of pod
// and namespace, both of one element together; addresses by block without its exceptions (rules E19, E21-E36); nodes by label
// and outside names in the admin tiers (spec E2). The words of what `engine.ts` decides with numbers.
import { contains, sameIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { PolicyPeer, PolicyRule } from '../model/policy';
import type { PolicyReading } from '../model/policyReading';
import { matches, selectorText } from '../model/selector';
import type { Location } from '../model/source';
import type { PolicyPeerEnd } from './ends';
import { chooses, peerSelection } from './selectionIndex';

export interface PeerMatch {
  readonly effect: 'yes' | 'no' | 'undecidable';
  readonly reason: string;
  /** An exception of a block took the address out. */
  readonly excepted?: boolean | undefined;
  /** The entry that matched; undefined when none did or none is written. */
  readonly at?: Location | undefined;
}

/** A policy's namespace; '' for policies of the cluster. */
interface Owner {
  readonly namespace: string;
}

export type PeerMatcher = (policy: Owner, rule: PolicyRule, end: PolicyPeerEnd) => PeerMatch;

export function peerMatcher(cluster: Cluster, reading: PolicyReading): PeerMatcher {
  const lookup = lookupOf(cluster);

  function one(policy: Owner, peer: PolicyPeer, end: PolicyPeerEnd, who: string): PeerMatch {
    const text = peerText(policy, peer);
    const no = (reason: string, excepted = false): PeerMatch => ({ effect: 'no', reason, excepted });
    const yes: PeerMatch = { effect: 'yes', reason: `${text} selects ${who}`, at: peer.at };
    switch (peer.kind) {
      case 'pods': {
        const { pod } = end;
        if (pod === undefined || pod.spec.hostNetwork)
          return no(`${text} selects pods, and ${who} is not a pod of the pod network`);
        const { namespace, labels } = pod;
        const namespaceLabels = lookup.namespaceLabels(namespace);
        return chooses(peerSelection(peer, policy.namespace), { namespace, namespaceLabels, labels })
          ? yes
          : no(`${text} does not select ${who}`);
      }
      case 'ipBlock': {
        const { address } = end;
        if (!contains(peer.cidr, address)) return no(`${address.text} is not in ${peer.cidr.text}`);
        const except = peer.except.find((each) => contains(each, address));
        if (except !== undefined) return no(`${address.text} is excepted by ${except.text}`, true);
        if (end.pod !== undefined && !reading.blocksSelectPods)
          return no(`${reading.by ?? 'the plugin'} does not match ${text} against pods`);
        if (end.node !== undefined && !reading.blocksSelectNodes)
          return no(`${reading.by ?? 'the plugin'} does not match ${text} against nodes`);
        return yes;
      }
      case 'nodes': {
        const node = end.node === undefined ? undefined : lookup.node(end.node);
        const owned = [...(node?.addresses ?? []), ...(node?.externalAddresses ?? [])];
        return node !== undefined &&
          matches(peer.selector, node.labels) &&
          owned.some(({ value }) => sameIp(value, end.address))
          ? yes
          : no(`${text} does not select ${who}`);
      }
      case 'domainNames':
        return end.pod === undefined && end.node === undefined
          ? {
              effect: 'undecidable',
              reason: `whether ${who} is an address of ${peer.names.join(', ')} is only known when it is looked up`,
              at: peer.at,
            }
          : no(`${text} is about addresses outside of the cluster`);
      case 'unknown':
        return no(`${text} is not known here, and counts as nobody`);
    }
  }

  return (policy, rule, end) => {
    if (rule.peers.length === 0)
      return { effect: 'yes', reason: 'the rule names no peer, so any matches', at: rule.at };
    const who = endText(end);
    const each = rule.peers.map((peer) => one(policy, peer, end, who));
    const matching =
      each.find(({ effect }) => effect === 'yes') ?? each.find(({ effect }) => effect === 'undecidable');
    if (matching !== undefined) return matching;
    return {
      effect: 'no',
      reason: `peer does not match: ${each.map(({ reason }) => reason).join('; ')}`,
      excepted: each.some(({ excepted }) => excepted === true),
    };
  };
}

function endText({ pod, node, address }: PolicyPeerEnd): string {
  if (pod !== undefined) return keyOf(pod);
  return node === undefined ? address.text : `node ${node} (${address.text})`;
}

/** `podSelector app=web in namespace shop`, `pods app=web of namespaces team=a`, `ipBlock 10.0.0.0/8` */
export function peerText(policy: Owner, peer: PolicyPeer): string {
  switch (peer.kind) {
    case 'ipBlock':
      return policy.namespace === '' ? `network ${peer.cidr.text}` : `ipBlock ${peer.cidr.text}`;
    case 'nodes':
      return `nodes ${selectorText(peer.selector)}`;
    case 'domainNames':
      return `domain names ${peer.names.join(', ')}`;
    case 'unknown':
      return `a peer of a newer API${peer.fields.length === 0 ? '' : ` (${peer.fields.join(', ')})`}`;
    case 'pods': {
      const pods =
        peer.podSelector === undefined ? 'every pod' : `podSelector ${selectorText(peer.podSelector)}`;
      const namespaces =
        peer.namespaceSelector === undefined
          ? `in namespace ${policy.namespace}`
          : `in namespaces ${selectorText(peer.namespaceSelector)}`;
      return `${pods} ${namespaces}`;
    }
  }
}
