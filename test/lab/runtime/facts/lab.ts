// Answers: what does a fact look at? The node and its pods as they run, and the product's cluster value of the same.
import type { Cluster } from '../../../../src/model/cluster';
import type { Namespaces } from '../kernel';
import type { Kubelet } from '../kubelet';
import type { LabNode } from '../node';

export interface Lab {
  readonly node: LabNode;
  readonly nodeNamespaces: Namespaces;
  readonly kubelet: Kubelet;
  /** As the product knows it once the pods run. */
  readonly cluster: Cluster;
}

/** @throws when the lab itself is wrong, e.g. pods.yaml has not what a fact is about */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The lab lacks ${what}.`);
  return value;
}
