// Answers: is everything that one rule admits admitted by another, whatever pods there are or will be? Only what follows from the
// text is claimed: fewer requirements choose more, no entry means any, blocks contain blocks (rules E19 to E34).
import { covers as coversRange, overlaps } from '../../model/address';
import type { PolicyPeer, PolicyPort, PolicyRule } from '../../model/policy';
import type { LabelSelector } from '../../model/selector';
import { selectorKey } from './context';

/** @param namespace of the policies, which peers without a namespaceSelector mean. */
export function ruleCovers(outer: PolicyRule, inner: PolicyRule, namespace: string): boolean {
  if (outer.unknownPort !== undefined || inner.unknownPort !== undefined) return false;
  return portsCover(outer, inner) && peersCover(outer, inner, namespace);
}

/** @returns whether the wider selector surely matches whatever the narrower one matches. */
export function selectorCovers(
  wider: LabelSelector | undefined,
  narrower: LabelSelector | undefined,
): boolean {
  if (wider === undefined || wider.requirements.length === 0) return true;
  if (narrower === undefined) return false;
  const asked = requirementKeys(narrower);
  for (const each of requirementKeys(wider)) if (!asked.has(each)) return false;
  return true;
}

const known = new WeakMap<LabelSelector, ReadonlySet<string>>();

function requirementKeys(selector: LabelSelector): ReadonlySet<string> {
  const before = known.get(selector);
  if (before !== undefined) return before;
  const made = new Set(selector.requirements.map((each) => selectorKey({ requirements: [each] })));
  known.set(selector, made);
  return made;
}

function portsCover(outer: PolicyRule, inner: PolicyRule): boolean {
  if (outer.ports.length === 0) return true;
  if (inner.ports.length === 0) return false;
  return inner.ports.every((port) => outer.ports.some((other) => portCovers(other, port)));
}

function portCovers(outer: PolicyPort, inner: PolicyPort): boolean {
  if (outer.protocol !== inner.protocol) return false;
  if (outer.port === undefined || outer.port === inner.port)
    return outer.port === undefined || (outer.endPort ?? outer.port) >= (inner.endPort ?? inner.port ?? 0);
  if (typeof outer.port !== 'number' || typeof inner.port !== 'number') return false;
  return outer.port <= inner.port && (inner.endPort ?? inner.port) <= (outer.endPort ?? outer.port);
}

function peersCover(outer: PolicyRule, inner: PolicyRule, namespace: string): boolean {
  if (outer.peers.length === 0) return true;
  if (inner.peers.length === 0) return false;
  return inner.peers.every((peer) => outer.peers.some((other) => peerCovers(other, peer, namespace)));
}

function peerCovers(outer: PolicyPeer, inner: PolicyPeer, namespace: string): boolean {
  if (outer.kind === 'ipBlock' && inner.kind === 'ipBlock')
    return (
      coversRange(outer.cidr, inner.cidr) &&
      outer.except.every(
        (except) => !overlaps(except, inner.cidr) || inner.except.some((other) => coversRange(other, except)),
      )
    );
  if (outer.kind !== 'pods' || inner.kind !== 'pods') return false;
  return (
    namespacesCover(outer.namespaceSelector, inner.namespaceSelector, namespace) &&
    selectorCovers(outer.podSelector, inner.podSelector)
  );
}

function namespacesCover(
  outer: LabelSelector | undefined,
  inner: LabelSelector | undefined,
  namespace: string,
): boolean {
  if (outer === undefined) return inner === undefined;
  if (inner !== undefined) return selectorCovers(outer, inner);
  // The policy's own namespace: its name is a label that nobody can change (rule E28).
  return outer.requirements.every(
    ({ key, operator, values }) =>
      key === 'kubernetes.io/metadata.name' && operator === 'In' && values.includes(namespace),
  );
}

/** The same text for rules that say the same. */
export function ruleKey({ action, peers, ports, unknownPort }: PolicyRule): string {
  const parts = {
    action,
    peers: peers.map(peerKey).sort(),
    ports: ports
      .map(({ protocol, port, endPort }) => JSON.stringify([protocol, port, endPort ?? port]))
      .sort(),
    unknownPort: unknownPort?.fields,
  };
  return JSON.stringify(parts);
}

function peerKey(peer: PolicyPeer): string {
  switch (peer.kind) {
    case 'pods':
      return JSON.stringify([
        peer.podSelector && selectorKey(peer.podSelector),
        peer.namespaceSelector && selectorKey(peer.namespaceSelector),
      ]);
    case 'ipBlock':
      return JSON.stringify([peer.cidr.text, peer.except.map(({ text }) => text).sort()]);
    case 'nodes':
      return JSON.stringify(['nodes', selectorKey(peer.selector)]);
    case 'domainNames':
      return JSON.stringify(['names', [...peer.names].sort()]);
    case 'unknown':
      return JSON.stringify(['unknown', peer.fields]);
  }
}
