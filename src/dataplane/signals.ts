// Answers: what in this cluster gives its CNI plugin and kube-proxy away? DaemonSets and their pods, values of configurations,
// annotations of nodes; each with the object that shows it. What follows from them is decided in `detect.ts` (spec C6).
import type { Cluster } from '../model/cluster';
import { pluginNamespaces, type CniSetting } from '../model/cniFacts';
import type { Node } from '../model/node';
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import { tableOf } from '../model/tables';

export interface Signals {
  readonly cluster: Cluster;
  /** The first of these DaemonSets that runs where plugins live, by its pods when there is no DaemonSet object. */
  readonly daemonSet: (...names: readonly string[]) => Evidence | undefined;
  /** A pod where plugins live whose name begins so: static pods have no DaemonSet. */
  readonly podNamed: (beginning: string) => Evidence | undefined;
  /** The first pod whose annotations tell the id of its sandbox, as Calico's do. */
  readonly sandboxedPod: () => Pod | undefined;
  readonly setting: (key: string) => CniSetting | undefined;
  /** An annotation that some node has. */
  readonly annotation: (key: string) => { readonly value: string; readonly evidence: Evidence } | undefined;
  /** The first node that fits, with the words as evidence. */
  readonly node: (fits: (node: Node) => boolean, words: (node: Node) => string) => Evidence | undefined;
}

const known = new WeakMap<Cluster, Signals>();

/** Pods where plugins live: few, and looked for once as long as the pods are the same. */
const pluginPods = tableOf((pods: readonly Pod[]) =>
  pods.filter(({ namespace }) => pluginNamespaces.has(namespace)),
);

const firstSandboxed = tableOf((pods: readonly Pod[]) => {
  return { pod: pods.find(({ sandboxId }) => sandboxId !== undefined) };
});

export function signalsOf(cluster: Cluster): Signals {
  const made = known.get(cluster) ?? collect(cluster);
  known.set(cluster, made);
  return made;
}

function collect(cluster: Cluster): Signals {
  const daemonSets = new Map<string, Evidence>();
  const add = (namespace: string, name: string, evidence: Evidence): void => {
    if (pluginNamespaces.has(namespace) && !daemonSets.has(name)) daemonSets.set(name, evidence);
  };
  for (const { kind, namespace, name, at, nameAt } of cluster.workloads) {
    if (kind === 'DaemonSet')
      add(namespace, name, {
        text: `DaemonSet ${namespace}/${name}`,
        provenance: 'declared',
        at: nameAt ?? at,
      });
  }
  const pods = pluginPods(cluster.pods);
  for (const { owner, namespace, name, provenance, at, nameAt } of pods) {
    if (owner?.kind === 'DaemonSet')
      add(namespace, owner.name, {
        text: `pod ${namespace}/${name} of DaemonSet ${owner.name}`,
        provenance,
        at: nameAt ?? at,
      });
  }
  const settings = new Map((cluster.cni?.settings ?? []).map((each) => [each.key, each]));
  const node: Signals['node'] = (fits, words) => {
    const found = cluster.nodes.find(fits);
    return found && { text: words(found), provenance: found.provenance, at: found.nameAt ?? found.at };
  };
  return {
    cluster,
    daemonSet: (...names) => names.map((name) => daemonSets.get(name)).find((each) => each !== undefined),
    podNamed: (beginning) => {
      const pod = pods.find(({ name }) => name.startsWith(beginning));
      return (
        pod && {
          text: `pod ${pod.namespace}/${pod.name}`,
          provenance: pod.provenance,
          at: pod.nameAt ?? pod.at,
        }
      );
    },
    sandboxedPod: () => firstSandboxed(cluster.pods).pod,
    setting: (key) => settings.get(key),
    annotation: (key) => {
      const value = cluster.nodes.find(({ annotations }) => annotations?.[key] !== undefined)?.annotations?.[
        key
      ];
      const evidence = node(
        ({ annotations }) => annotations?.[key] !== undefined,
        ({ name }) => `node ${name} has the annotation ${key}: ${value ?? ''}`,
      );
      return value === undefined || evidence === undefined ? undefined : { value, evidence };
    },
    node,
  };
}
