// Answers: which pods could still come that policies tell from others? For each peer that rules select by labels, one invented pod
// that it names, and one that its exclusions leave out, in namespaces that the cluster need not have; and a pod that has nothing
// but a namespace. What a policy permits to them it permits to pods that do not exist yet (after netpol-analyzer's exposure).
import type { Cluster } from '../model/cluster';
import { inserted } from '../model/inserted';
import { lookupOf } from '../model/lookup';
import type { PolicyPeer } from '../model/policy';
import { matches, type LabelSelector, type Labels, type Requirement } from '../model/selector';
import type { UnmadePod } from '../policy/engine';

export type PodPeer = Extract<PolicyPeer, { readonly kind: 'pods' }>;

/** Pods that a peer makes worth asking for; one object for equal pods. */
export interface InventedPods {
  /** A pod that the peer names; undefined: no pod can be that. */
  readonly named: UnmadePod | undefined;
  /** A pod that only its exclusions keep out; undefined: it has none. */
  readonly excluded: UnmadePod | undefined;
}

export interface Representatives {
  /** Without labels, in a namespace that is new. */
  readonly blank: UnmadePod;
  /** @param namespace the policy's own. */
  readonly of: (peer: PodPeer, namespace: string) => InventedPods;
}

const nameLabel = 'kubernetes.io/metadata.name';

type Place = Pick<UnmadePod, 'namespace' | 'namespaceLabels'>;

/** Invents when asked. */
export function representativesOf(cluster: Cluster): Representatives {
  const lookup = lookupOf(cluster);
  const existing = new Map<string, Place>();
  const made = new Map<string, Place>();

  function existingPlace(name: string): Place {
    return inserted(existing, name, () => ({
      namespace: name,
      namespaceLabels: lookup.namespaceLabels(name),
    }));
  }

  /** A namespace with these labels: one that the cluster has by name, or a new one. */
  function placeWith(labels: Labels, selector: LabelSelector | undefined): Place | undefined {
    const name = labels[nameLabel];
    if (name === undefined || lookup.namespace(name) === undefined) return newPlace(labels);
    const place = existingPlace(name);
    return selector === undefined || matches(selector, place.namespaceLabels) ? place : undefined;
  }

  /** Two of one name with different labels are two that could come, each for itself. */
  function newPlace(labels: Labels): Place {
    return inserted(made, labelsKey(labels), () => {
      // No namespace can have this name.
      const namespace = `not there yet ${made.size}`;
      return { namespace, namespaceLabels: { [nameLabel]: namespace, ...labels } };
    });
  }

  const pods = new Map<Place, Map<string, UnmadePod>>();
  function podIn(place: Place | undefined, labels: Labels | undefined): UnmadePod | undefined {
    if (place === undefined || labels === undefined) return undefined;
    const there = inserted(pods, place, () => new Map<string, UnmadePod>());
    return inserted(there, labelsKey(labels), () => ({ ...place, labels }));
  }

  function invent({ namespaceSelector, podSelector }: PodPeer, namespace: string): InventedPods {
    const where = namespaceSelector && meeting(namespaceSelector);
    const there =
      namespaceSelector === undefined
        ? existingPlace(namespace)
        : where && placeWith(where, namespaceSelector);
    const named = podIn(there, podSelector === undefined ? {} : meeting(podSelector));
    const [outNamespace, outPod] = [breaking(namespaceSelector), breaking(podSelector)];
    if (outNamespace === undefined && outPod === undefined) return { named, excluded: undefined };
    const outside = outNamespace === undefined ? there : placeWith(outNamespace, undefined);
    return { named, excluded: podIn(outside, outPod ?? {}) };
  }

  return { blank: { ...newPlace({}), labels: {} }, of: invent };
}

const noLabels: Labels = {};

function labelsKey(labels: Labels): string {
  const keys = Object.keys(labels);
  const [only = ''] = keys;
  return keys.length > 1 ? JSON.stringify(Object.entries(labels).sort()) : `${only}=${labels[only] ?? ''}`;
}

/** The fewest labels that the selector matches; undefined: nothing can match it. */
function meeting(selector: LabelSelector): Labels | undefined {
  const [only, ...others] = selector.requirements;
  if (only === undefined) return noLabels;
  // Most selectors ask for one label.
  if (others.length === 0 && only.operator === 'In') {
    const [value] = only.values;
    return value === undefined ? undefined : { [only.key]: value };
  }
  const labels: Record<string, string> = {};
  const byKey = new Map<string, Requirement[]>();
  for (const each of selector.requirements) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
  for (const [key, requirements] of byKey) {
    if (!requirements.some(({ operator }) => operator === 'In' || operator === 'Exists')) continue;
    const allowed =
      requirements.find(({ operator }) => operator === 'In')?.values ?? candidates(requirements);
    const value = allowed.find((each) => matches({ requirements }, { [key]: each }));
    if (value === undefined) return undefined;
    labels[key] = value;
  }
  return matches(selector, labels) ? labels : undefined;
}

/** Values of which at least one is in no list of NotIn. */
function candidates(requirements: readonly Requirement[]): readonly string[] {
  const excluded = requirements.flatMap(({ values }) => values).length;
  return Array.from({ length: excluded + 1 }, (_, index) => `any-${index}`);
}

/** Labels that the exclusions of the selector keep out; undefined: it excludes nothing. */
function breaking(selector: LabelSelector | undefined): Labels | undefined {
  if (selector === undefined || !selector.requirements.some(excludes)) return undefined;
  const excluding = selector.requirements.filter(excludes);
  return Object.fromEntries(excluding.map(({ key, values }) => [key, values[0] ?? 'any-0']));
}

function excludes({ operator }: Requirement): boolean {
  return operator === 'NotIn' || operator === 'DoesNotExist';
}
