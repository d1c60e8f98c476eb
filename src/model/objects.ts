// Answers: how are objects of the cluster named and told apart? A key is `namespace/name`; a reference adds the kind.
import type { Location } from './source';

/** Namespace and name joined by `/`: unique among objects of one kind. Cluster-scoped objects use the bare name. */
export type ObjectKey = string;

export type WorkloadKind =
  'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'ReplicationController' | 'Job' | 'CronJob';

/** A reference to any object; `namespace` is '' for cluster-scoped kinds; `at` is where its name is written. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly at?: Location | undefined;
}

export function keyOf(object: { readonly namespace: string; readonly name: string }): ObjectKey {
  return object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
}

/** Orders by namespace, then name, by code unit: the same on every machine. */
export function byNamespaceAndName(
  a: { readonly namespace: string; readonly name: string },
  b: { readonly namespace: string; readonly name: string },
): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

/** Compares by code unit, independent of locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
