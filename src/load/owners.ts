// Answers: which workload does a pod belong to in the end? Follows controllers upward as far as the input names them:
// Pod > ReplicaSet > Deployment, Pod > Job > CronJob. A ReplicaSet that is missing from a snapshot is told from its
// Deployment by the pod-template-hash in its name (apps/v1 deployment controller).
import type { ObjectRef } from '../model/objects';
import type { Pod, Workload } from '../model/pod';
import type { Controller } from './metadata';

/** Longest chain of controllers that is followed; also ends cycles. */
const longestChain = 8;

/** @returns the top owner, or undefined for a bare pod and for static pods, which their node owns. */
export function topOwner(
  pod: Pod,
  controller: Controller | undefined,
  workloadOf: (kind: string, namespace: string, name: string) => Workload | undefined,
): ObjectRef | undefined {
  if (controller === undefined || controller.kind === 'Node') return undefined;
  let owner: ObjectRef = { kind: controller.kind, namespace: pod.namespace, name: controller.name };
  for (let step = 0; step < longestChain; step++) {
    const known = workloadOf(owner.kind, owner.namespace, owner.name);
    if (known !== undefined) {
      if (known.owner === undefined) return { ...owner, at: known.nameAt };
      owner = known.owner;
      continue;
    }
    const deployment = deploymentOf(owner, pod);
    if (deployment === undefined) return owner;
    owner = deployment;
  }
  return owner;
}

function deploymentOf(owner: ObjectRef, pod: Pod): ObjectRef | undefined {
  const hash = pod.labels['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return undefined;
  const name = owner.name.slice(0, -(hash.length + 1));
  return name === '' ? undefined : { kind: 'Deployment', namespace: owner.namespace, name };
}
