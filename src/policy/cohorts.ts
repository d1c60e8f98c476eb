// Answers: which ends of connections can no policy tell apart? Pods of one namespace that agree in the labels that some policy
// selects by, in ports whose names some policy uses, and in the blocks that their addresses lie in, form a cohort; so do
// hostNetwork pods, which are only addresses to policies (rule E54), and each range of addresses outside. Policies are asked
// once a cohort, however many pods there are (spec/performance 5.4).
import type { Family, Ip } from '../model/address';
import { compareText } from '../model/objects';
import type { Container, Pod } from '../model/pod';
import type { Labels } from '../model/selector';

export type CohortKind = 'pods' | 'host' | 'outside';

export interface Cohort {
  /** Small number; its position in the list of cohorts. */
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
  /** Equal for cohorts with the same named ports. */
  readonly portsKey: string;
}

/** What policies look at; nothing else tells pods apart. */
export interface Sight {
  readonly labelKeys: ReadonlySet<string>;
  readonly portNames: ReadonlySet<string>;
  readonly nodes: boolean;
  /** The outside range that an address lies in, by position. */
  readonly rangeOf: (ip: Ip) => number;
}

export interface Cohorts {
  /** Grows as pods are asked for. */
  readonly list: readonly Cohort[];
  of(pod: Pod): Cohort;
  /** @param range undefined: addresses of the family are in no block. */
  outside(range: number | undefined, family: Family): Cohort;
}

const familySets: readonly (readonly Family[])[] = [[4, 6], [4], [6], [4, 6]];

export function createCohorts(sight: Sight): Cohorts {
  const list: Cohort[] = [];
  const byKey = new Map<string, Cohort>();
  const byPod = new WeakMap<Pod, Cohort>();
  const labelSets = new WeakMap<Labels, string>();
  const portSets = new WeakMap<readonly Container[], string>();
  const pairs = new Map<string, Map<string, number>>();
  let pairCount = 0;

  function pairId(key: string, value: string): number {
    let values = pairs.get(key);
    if (values === undefined) pairs.set(key, (values = new Map<string, number>()));
    const known = values.get(value);
    if (known !== undefined) return known;
    values.set(value, pairCount);
    return pairCount++;
  }

  /** Pods of one template share their labels, so most are read once. */
  function labelsKey(labels: Labels): string {
    const known = labelSets.get(labels);
    if (known !== undefined) return known;
    const ids: number[] = [];
    for (const key of Object.keys(labels))
      if (sight.labelKeys.has(key)) ids.push(pairId(key, labels[key] ?? ''));
    const made = ids.sort((a, b) => a - b).join(',');
    labelSets.set(labels, made);
    return made;
  }

  function portsKey(containers: readonly Container[]): string {
    if (sight.portNames.size === 0) return '';
    const known = portSets.get(containers);
    if (known !== undefined) return known;
    const made = containers
      .flatMap(({ role, ports }) =>
        role === 'app' || role === 'sidecar'
          ? ports.flatMap(({ name, protocol, containerPort }) =>
              name !== undefined && sight.portNames.has(name)
                ? [`${role} ${name} ${protocol} ${containerPort}`]
                : [],
            )
          : [],
      )
      .sort(compareText)
      .join();
    portSets.set(containers, made);
    return made;
  }

  function inserted(key: string, make: (id: number) => Cohort): Cohort {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const made = make(list.length);
    list.push(made);
    byKey.set(key, made);
    return made;
  }

  function cohortOf(pod: Pod): Cohort {
    const { spec, addresses, namespace } = pod;
    const kind = spec.hostNetwork ? 'host' : 'pods';
    let families = 0;
    const ranges: number[] = [];
    for (const { value } of addresses) {
      families |= value.family === 4 ? 1 : 2;
      ranges.push(sight.rangeOf(value));
    }
    const ports = kind === 'host' ? '' : portsKey(spec.containers);
    const node = kind === 'host' && sight.nodes ? pod.node?.value : undefined;
    const labels = kind === 'host' ? '' : labelsKey(pod.labels);
    const where = kind === 'host' ? (node ?? '') : namespace;
    return inserted(`${kind} ${where} ${labels} ${families} ${ranges.join(',')} ${ports}`, (id) => ({
      id,
      kind,
      namespace,
      labels: pod.labels,
      sample: pod,
      families: familySets[families] ?? [],
      ranges,
      node,
      portsKey: ports,
    }));
  }

  return {
    list,
    of: (pod) => {
      const known = byPod.get(pod);
      if (known !== undefined) return known;
      const made = cohortOf(pod);
      byPod.set(pod, made);
      return made;
    },
    outside: (range, family) =>
      inserted(`outside ${range ?? ''} ${family}`, (id) => ({
        id,
        kind: 'outside',
        namespace: '',
        labels: {},
        sample: undefined,
        families: familySets[family === 4 ? 1 : 2] ?? [],
        ranges: range === undefined ? [] : [range],
        node: undefined,
        portsKey: '',
      })),
  };
}
