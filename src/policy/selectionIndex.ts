// Answers: which of many selections choose this pod? Asked from the pod's side: its labels lead to the few selectors that could
// match, which are then checked in full. So a cluster with thousands of policies is matched in time of what matches, and a new
// pod costs its labels (spec/performance 5.5, after Antrea's and Calico's label indexes; selector rules E14-E16, E22-E28).
import { append, inserted } from '../model/inserted';
import { matches, type Labels, type LabelSelector } from '../model/selector';

/** Pods by label within namespaces. */
export interface Selection {
  /** The one namespace; undefined: those of `namespaceSelector`, or every one. */
  readonly namespace?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  /** undefined: every pod. */
  readonly podSelector?: LabelSelector | undefined;
}

/** A pod as selections see it. */
export interface LabelledPod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

/** One selection of one pod; for many of them there is the index. */
export function chooses({ namespace, namespaceSelector, podSelector }: Selection, pod: LabelledPod): boolean {
  return (
    (namespace === undefined || namespace === pod.namespace) &&
    (namespaceSelector === undefined || matches(namespaceSelector, pod.namespaceLabels)) &&
    (podSelector === undefined || matches(podSelector, pod.labels))
  );
}

/** A peer without namespaces is about the policy's own (rules E22-E27). */
export function peerSelection(
  { namespaceSelector, podSelector }: Selection,
  policyNamespace: string,
): Selection {
  return {
    namespace: namespaceSelector === undefined ? policyNamespace : undefined,
    namespaceSelector,
    podSelector,
  };
}

export interface SelectionIndex<T> {
  add(selection: Selection, value: T): void;
  /**
   * The reader of one namespace: given the labels of a pod in it, values of the selections that choose the pod, in no order.
   * It goes on to see what is added under selectors of namespaces that were there when it was made.
   */
  within(namespace: string, namespaceLabels: Labels): (labels: Labels) => readonly T[];
}

export function createSelectionIndex<T>(): SelectionIndex<T> {
  const local = new Map<string, SelectorIndex<T>>();
  const groups = new Map<string, SelectorIndex<T>>();
  const byNamespace = createSelectorIndex<SelectorIndex<T>>();

  function indexFor({ namespace, namespaceSelector = all }: Selection): SelectorIndex<T> {
    if (namespace !== undefined) return inserted(local, namespace, () => createSelectorIndex<T>());
    return inserted(groups, selectorKey(namespaceSelector), () => {
      const pods = createSelectorIndex<T>();
      byNamespace.add(namespaceSelector, pods);
      return pods;
    });
  }

  return {
    add: (selection, value) => {
      indexFor(selection).add(selection.podSelector ?? all, value);
    },
    within: (namespace, namespaceLabels) => {
      const wide = byNamespace.matching(namespaceLabels);
      return (labels) => {
        const found: T[] = [];
        const keys = Object.keys(labels);
        local.get(namespace)?.collect(labels, keys, found);
        for (const index of wide) index.collect(labels, keys, found);
        return found;
      };
    },
  };
}

const all: LabelSelector = { requirements: [] };

/** Equal for selectors with the same requirements in the same order. */
export function selectorKey({ requirements }: LabelSelector): string {
  return JSON.stringify(requirements.map(({ key, operator, values }) => [key, operator, values]));
}

interface Entry<T> {
  readonly selector: LabelSelector;
  readonly value: T;
}

/** The same for pods of one namespace, or for namespaces themselves. */
export interface SelectorIndex<T> {
  add(selector: LabelSelector, value: T): void;
  matching(labels: Labels): readonly T[];
  /** The same, put to what was found before. @param keys of the labels */
  collect(labels: Labels, keys: readonly string[], found: T[]): void;
}

/** A selector is kept under one requirement that needs a label; those that need none are looked at for everybody. */
export function createSelectorIndex<T>(): SelectorIndex<T> {
  // Most indexes are of one namespace, and small.
  let byValue: Map<string, Map<string, Entry<T>[]>> | undefined;
  let byKey: Map<string, Entry<T>[]> | undefined;
  const others: Entry<T>[] = [];

  function take(entries: readonly Entry<T>[] | undefined, labels: Labels, found: T[]): void {
    if (entries === undefined) return;
    for (const { selector, value } of entries) if (matches(selector, labels)) found.push(value);
  }

  function collect(labels: Labels, keys: readonly string[], found: T[]): void {
    take(others, labels, found);
    if (byValue === undefined && byKey === undefined) return;
    for (const key of keys) {
      take(byValue?.get(key)?.get(labels[key] ?? ''), labels, found);
      take(byKey?.get(key), labels, found);
    }
  }

  return {
    add: (selector, value) => {
      const entry = { selector, value };
      const wanted = selector.requirements.find(({ operator }) => operator === 'In');
      const present = selector.requirements.find(({ operator }) => operator === 'Exists');
      if (wanted !== undefined) {
        byValue ??= new Map();
        const values = inserted(byValue, wanted.key, () => new Map<string, Entry<T>[]>());
        for (const each of new Set(wanted.values)) append(values, each, entry);
      } else if (present !== undefined) {
        byKey ??= new Map();
        append(byKey, present.key, entry);
      } else others.push(entry);
    },
    matching: (labels) => {
      const found: T[] = [];
      collect(labels, Object.keys(labels), found);
      return found;
    },
    collect,
  };
}
