// Answers: which ends of connections can no policy tell apart? Pods of one namespace that agree in the labels that some policy
// could select them by, in ports whose names some policy uses, and in the blocks that their addresses lie in, form a cohort; so
// do hostNetwork pods, which are only addresses to policies (rule E54), and each range of addresses outside. Policies are asked
// once a cohort, however many pods there are (spec/performance 5.4).
import type { Family, Ip } from '../model/address';
import { compareText } from '../model/objects';
import type { Container, Pod } from '../model/pod';
import type { Labels } from '../model/selector';
import { interner, listInterner } from './interner';

export type CohortKind = 'pods' | 'host' | 'outside';

export interface Cohort {
  /** Small number, of all kinds and namespaces. */
  readonly id: number;
  readonly kind: CohortKind;
  /** '' for outside. */
  readonly namespace: string;
  readonly labels: Labels;
  /** One of its pods; undefined for outside. */
  readonly sample: Pod | undefined;
  /** Of its addresses; both for pods that have none yet. One array for each set of families. */
  readonly families: readonly Family[];
  /** Positions of the outside ranges that its addresses lie in. */
  readonly ranges: readonly number[];
  /** The node of a hostNetwork pod, where some policy asks for nodes. */
  readonly node: string | undefined;
  /** Labels that tell pods of its namespace apart; one array for all cohorts of one list. */
  readonly keys: readonly string[];
  /** Equal for destinations at which names mean the same ports; 0: no name leads anywhere. */
  readonly portSign: number;
}

/** What policies of the whole cluster look at; nothing else tells pods apart but the labels of their namespace. */
export interface Sight {
  readonly portNames: ReadonlySet<string>;
  readonly nodes: boolean;
  /** The outside range that an address lies in, by position. */
  readonly rangeOf: (ip: Ip) => number;
}

export interface Cohorts {
  /** How many there are; they come as pods are asked for. */
  count(): number;
  /** Pods of the pod network in one namespace; the same for the same keys. @param keys labels that tell them apart, in order */
  inNamespace(namespace: string, keys: readonly string[]): NamespaceCohorts;
  ofHost(pod: Pod): Cohort;
  /** @param range undefined: addresses of the family are in no block. */
  outside(range: number | undefined, family: Family): Cohort;
}

export interface NamespaceCohorts {
  readonly keys: readonly string[];
  of(pod: Pod): Cohort;
}

const familySets: readonly (readonly Family[])[] = [[4, 6], [4], [6], [4, 6]];

/** Where addresses lie: their families as bits, and ranges; one object for equal ones. */
interface Place {
  readonly id: number;
  readonly families: readonly Family[];
  readonly ranges: readonly number[];
}

export function createCohorts({ portNames, nodes, rangeOf }: Sight): Cohorts {
  let count = 0;
  const places = listInterner<Place>();
  const portSets = interner<number>();
  const outsides = interner<Cohort>();
  /** What was found last; it holds while the same keys tell the pods of its namespace apart. */
  const byPod = new WeakMap<Pod, Cohort>();
  const hosts = interner<Cohort>();
  const namespaces = interner<NamespaceCohorts>();

  function placeOf({ addresses }: Pod): Place {
    const families = addresses.reduce((bits, { value }) => bits | (value.family === 4 ? 1 : 2), 0);
    const ranges = addresses.map(({ value }) => rangeOf(value));
    return places([families, ...ranges], (id) => ({ id, families: familySets[families] ?? [], ranges }));
  }

  function namedPorts(containers: readonly Container[]): string {
    if (portNames.size === 0) return '';
    const found: string[] = [];
    for (const { role, ports } of containers) {
      if (role !== 'app' && role !== 'sidecar') continue;
      for (const { name, protocol, containerPort } of ports)
        if (name !== undefined && portNames.has(name))
          found.push(`${role} ${name} ${protocol} ${containerPort}`);
    }
    return found.length < 2 ? (found[0] ?? '') : found.sort(compareText).join();
  }

  function made(cohort: Omit<Cohort, 'id'>): Cohort {
    return { id: count++, ...cohort };
  }

  function podsOf(namespace: string, keys: readonly string[]): NamespaceCohorts {
    const labelSets = labelReader(keys);
    const cohorts: Map<number, Cohort>[] = [];
    const find = (pod: Pod): Cohort => {
      const place = placeOf(pod);
      const portSign = portSets(namedPorts(pod.spec.containers), (id) => id + 1);
      // Exact below 2^53: there are never 2^26 of either.
      const key = place.id * 0x400_0000 + portSign;
      const alike = (cohorts[labelSets(pod.labels)] ??= new Map<number, Cohort>());
      const known = alike.get(key);
      if (known !== undefined) return known;
      const { families, ranges } = place;
      const cohort = made({
        kind: 'pods',
        namespace,
        labels: pod.labels,
        sample: pod,
        families,
        ranges,
        node: undefined,
        keys,
        portSign,
      });
      alike.set(key, cohort);
      return cohort;
    };
    return {
      keys,
      of: (pod) => {
        const known = byPod.get(pod);
        if (known?.keys === keys) return known;
        const found = find(pod);
        byPod.set(pod, found);
        return found;
      },
    };
  }

  return {
    count: () => count,
    inNamespace: (namespace, keys) =>
      namespaces(JSON.stringify([namespace, ...keys]), () => podsOf(namespace, keys)),
    ofHost: (pod) => {
      const { id, families, ranges } = placeOf(pod);
      const node = nodes ? pod.node?.value : undefined;
      return hosts(`${id} ${node ?? ''}`, () =>
        made({
          kind: 'host',
          namespace: pod.namespace,
          labels: pod.labels,
          sample: pod,
          families,
          ranges,
          node,
          keys: noKeys,
          portSign: 0,
        }),
      );
    },
    outside: (range, family) =>
      outsides(`${range ?? ''} ${family}`, () =>
        made({
          kind: 'outside',
          namespace: '',
          labels: {},
          sample: undefined,
          families: familySets[family === 4 ? 1 : 2] ?? [],
          ranges: range === undefined ? [] : [range],
          node: undefined,
          keys: noKeys,
          portSign: 0,
        }),
      ),
  };
}

const noKeys: readonly string[] = [];

/** @returns a number for the values of these keys, equal where they are equal: one step of a tree for each key. */
function labelReader(keys: readonly string[]): (labels: Labels) => number {
  const steps: Map<string | undefined, number>[] = [];
  let count = 1;
  return (labels) => {
    let at = 0;
    for (const key of keys) {
      const values = (steps[at] ??= new Map<string | undefined, number>());
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      const known = values.get(value);
      if (known === undefined) {
        values.set(value, count);
        at = count++;
      } else at = known;
    }
    return at;
  };
}
