// Answers: which verdicts could policies of vendors change? They are not judged; each says whom it may be about and what it could
// do, and only rulings that this could change are left open, by name (issue: exactly those, not all).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import type { VendorEffect, VendorPolicy } from '../model/policy';
import type { Ruling } from '../model/ruling';
import type { Labels } from '../model/selector';
import type { PolicyFlow } from './ends';
import { createSelectionIndex } from './selectionIndex';
import { leftOpenBy } from './words';

export interface VendorReader {
  /** Policies that may be about the pod, in the order of the cluster. */
  about(pod: Pod): readonly VendorPolicy[];
  /** Whether any is. */
  concerns(pod: Pod): boolean;
  /** The ruling, or the same left open by the policies that could change it. */
  leftOpen(ruling: Ruling, flow: PolicyFlow): Ruling;
}

export function vendorReader(cluster: Cluster): VendorReader {
  const { vendorPolicies } = cluster;
  if (vendorPolicies.length === 0)
    return { about: () => [], concerns: () => false, leftOpen: (ruling) => ruling };
  const index = createSelectionIndex<number>();
  vendorPolicies.forEach(({ namespace, subject, effect }, position) => {
    if (effect.ingress === undefined && effect.egress === undefined) return;
    const anywhere = namespace === '' || subject?.namespaceSelector !== undefined;
    index.add({ namespace: anywhere ? undefined : namespace, ...subject }, position);
  });
  const readers = new Map<string, (labels: Labels) => readonly number[]>();
  const readerOf = (namespace: string): ((labels: Labels) => readonly number[]) => {
    const known = readers.get(namespace);
    if (known !== undefined) return known;
    const made = index.within(namespace, lookupOf(cluster).namespaceLabels(namespace));
    readers.set(namespace, made);
    return made;
  };
  const about = (pod: Pod): readonly VendorPolicy[] => {
    return [...readerOf(pod.namespace)(pod.labels)]
      .sort((a, b) => a - b)
      .flatMap((position) => vendorPolicies[position] ?? []);
  };
  return {
    about,
    concerns: (pod) => about(pod).length > 0,
    leftOpen: (ruling, { subject, peer }) => {
      const isOutside = peer.pod === undefined && peer.node === undefined;
      const changing = about(subject).filter(({ effect }) => {
        const own = effect[ruling.direction];
        return (own?.outsideOnly !== true || isOutside) && couldChange(own, ruling);
      });
      return changing.length === 0 ? ruling : leftOpenBy(ruling, changing);
    },
  };
}

function couldChange(effect: VendorEffect | undefined, { outcome, basis }: Ruling): boolean {
  if (effect === undefined) return false;
  // It works beside NetworkPolicy: it can admit what none of them admits, and isolate what none of them isolates.
  if (effect.additive)
    return basis === 'not-admitted' ? effect.mayAllow : basis === 'not-isolated' ? effect.mayDeny : false;
  return outcome === 'allow' ? effect.mayDeny : outcome === 'deny' ? effect.mayAllow : true;
}
