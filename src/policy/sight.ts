// Answers: what does a policy look at? Label keys of pods, in its own namespace or in all, names of ports, blocks of addresses:
// whatever no policy looks at tells no pod from another.
import type { Cidr } from '../model/address';
import type { LabelSelector } from '../model/selector';
import type { Compiled, Policy } from './compile';

export interface LabelKeys {
  /** Asked of pods in the policy's own namespace. */
  readonly own: ReadonlySet<string>;
  /** Asked of pods in other namespaces too. */
  readonly wide: ReadonlySet<string>;
}

export function labelKeysOf(policy: Policy): LabelKeys {
  const keys = { own: new Set<string>(), wide: new Set<string>() };
  const add = (into: Set<string>, selector: LabelSelector | undefined): void => {
    for (const { key } of selector?.requirements ?? []) into.add(key);
  };
  if (policy.kind === 'NetworkPolicy') add(keys.own, policy.podSelector);
  else add(keys.wide, policy.subject.podSelector);
  for (const { peers } of [...policy.ingress, ...policy.egress])
    for (const peer of peers)
      if (peer.kind === 'pods')
        add(peer.namespaceSelector === undefined ? keys.own : keys.wide, peer.podSelector);
  return keys;
}

/** Texts of all blocks and exceptions, with repeats. */
export function blocksOf({ ingress, egress }: Policy): readonly Cidr[] {
  return [...ingress, ...egress].flatMap(({ peers }) =>
    peers.flatMap((peer) => (peer.kind === 'ipBlock' ? [peer.cidr, ...peer.except] : [])),
  );
}

export function portNamesOf({ ingress, egress }: Compiled): readonly string[] {
  return [...ingress, ...egress].flatMap(({ ports }) =>
    ports.named.flatMap(({ port }) => (typeof port === 'string' ? [port] : [])),
  );
}
