// Answers: which pods are alike to label selectors? Pods of one namespace with the same labels form a class, so that a
// selector is matched once per class, however many pods there are.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Labels } from '../model/selector';

export interface PodClass {
  /** Small number, unique within the cluster value. */
  readonly id: number;
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
}

interface Labelled {
  readonly namespace: string;
  readonly labels: Labels;
}

/** @returns the class of any pod of the cluster, made on first use. */
export function classifierOf(cluster: Cluster): (pod: Labelled) => PodClass {
  const classes = new Map<string, PodClass>();
  const byPod = new WeakMap<Labelled, PodClass>();
  return (pod) => {
    const known = byPod.get(pod);
    if (known !== undefined) return known;
    const key = JSON.stringify([pod.namespace, Object.entries(pod.labels).sort()]);
    const made = classes.get(key) ?? {
      id: classes.size,
      namespace: pod.namespace,
      labels: pod.labels,
      namespaceLabels: namespaceLabels(cluster, pod.namespace),
    };
    classes.set(key, made);
    byPod.set(pod, made);
    return made;
  };
}

/** The control plane labels every namespace with its name (rule E28). */
function namespaceLabels(cluster: Cluster, name: string): Labels {
  return { ...lookupOf(cluster).namespace(name)?.labels, 'kubernetes.io/metadata.name': name };
}
