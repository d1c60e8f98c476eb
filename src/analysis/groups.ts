// Answers: which pods are alike to policies, whatever else they are? Pods of one workload form a group when no policy can tell
// them apart as a sender or a receiver: by labels that some policy selects by, by the names of their ports, by the host network.
// Addresses do not part them: a group keeps one of each range that blocks tell apart.
import type { Family, Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { Pod } from '../model/pod';
import { rangeFinder, type OutsideRange } from './outsideRanges';

export interface Group {
  /** One of its pods; undefined: a range of addresses outside. */
  readonly subject: Pod | undefined;
  readonly addresses: readonly Ip[];
  /** Of the addresses; both for pods that have none yet. */
  readonly families: readonly Family[];
}

const families: Readonly<Record<'4' | '6' | '46', readonly Family[]>> = { 4: [4], 6: [6], 46: [4, 6] };

export function rangeGroup({ first }: OutsideRange): Group {
  return { subject: undefined, addresses: [first], families: families[first.family] };
}

/** @returns a function that parts the pods of one peer into groups. */
export function grouperOf(
  cluster: Cluster,
  outside: readonly OutsideRange[],
): (pods: readonly Pod[]) => readonly Group[] {
  const rangeOf = rangeFinder(outside);
  const keys = selectedKeys(cluster);
  return (pods) => {
    const kinds = new Map<string, { readonly subject: Pod; readonly addresses: Map<number, Ip> }>();
    for (const pod of pods) {
      const kind = kindOf(pod, keys);
      const known = kinds.get(kind) ?? { subject: pod, addresses: new Map<number, Ip>() };
      kinds.set(kind, known);
      for (const { value } of pod.addresses) known.addresses.set(rangeOf(value), value);
    }
    return [...kinds.values()].map(({ subject, addresses }) => ({
      subject,
      addresses: [...addresses.values()],
      families: familiesOf(subject),
    }));
  };
}

function kindOf(pod: Pod, keys: readonly string[]): string {
  const { labels, spec } = pod;
  return JSON.stringify([
    keys.map((key) => (Object.hasOwn(labels, key) ? labels[key] : null)),
    spec.hostNetwork,
    spec.containers.flatMap(({ role, ports }) =>
      role === 'app' ? ports.map(({ name, protocol, containerPort }) => [name, protocol, containerPort]) : [],
    ),
    familiesOf(pod),
  ]);
}

/** One value for each set of families, so that equal sets are the same. */
function familiesOf({ addresses }: Pod): readonly Family[] {
  const has = (family: Family): boolean => addresses.some(({ value }) => value.family === family);
  return has(4) === has(6) ? families[46] : has(4) ? families[4] : families[6];
}

/** Label keys that some policy selects pods by. */
function selectedKeys({ policies }: Cluster): readonly string[] {
  const selectors = policies.flatMap((policy) => [
    policy.podSelector,
    ...[...policy.ingress, ...policy.egress].flatMap(({ peers }) =>
      peers.flatMap((peer) =>
        peer.kind === 'pods' && peer.podSelector !== undefined ? [peer.podSelector] : [],
      ),
    ),
  ]);
  return [...new Set(selectors.flatMap(({ requirements }) => requirements.map(({ key }) => key)))];
}
