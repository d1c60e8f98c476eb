// Answers: what does a pod's sandbox hold, who shares which namespace with whom, and who is PID 1? Every pod attempt
// has a sandbox; its pause container keeps net, ipc and uts alive and reaps zombies only where it is PID 1 of a shared
// PID namespace. Source: pkg/kubelet/kuberuntime/util/util.go and kuberuntime_container_linux.go, build/pause/linux/pause.c
// (spec A1, A2); held against containerd in test/lab/runtime.
import type { PodSpec } from './pod';

/** Whose namespace the containers use: their own each, one for the pod, or the node's. */
export type NamespaceOwner = 'container' | 'pod' | 'node';

export interface SharedNamespaces {
  readonly net: NamespaceOwner;
  readonly ipc: NamespaceOwner;
  readonly uts: NamespaceOwner;
  readonly pid: NamespaceOwner;
  readonly mnt: 'container';
  readonly user: 'pod' | 'node';
}

export interface Sandbox {
  readonly namespaces: SharedNamespaces;
  /** Namespaces that the pause process keeps open for the pod, in the order net, ipc, uts, pid, user. */
  readonly heldByPause: readonly ('net' | 'ipc' | 'uts' | 'pid' | 'user')[];
  /** Whether pause is PID 1 of the processes in the pod's containers: it reaps their orphans, and when it ends they do. */
  readonly pauseReaps: boolean;
}

/** The sandbox that the kubelet asks the runtime for. */
export function sandboxOf(spec: PodSpec): Sandbox {
  const namespaces: SharedNamespaces = {
    net: spec.hostNetwork ? 'node' : 'pod',
    ipc: spec.hostIpc ? 'node' : 'pod',
    // A pod on the node's network also has the node's hostname.
    uts: spec.hostNetwork ? 'node' : 'pod',
    pid: spec.hostPid ? 'node' : spec.shareProcessNamespace ? 'pod' : 'container',
    mnt: 'container',
    user: spec.hostUsers === false ? 'pod' : 'node',
  };
  const heldByPause = (['net', 'ipc', 'uts', 'pid', 'user'] as const).filter(
    (name) => namespaces[name] === 'pod',
  );
  return { namespaces, heldByPause, pauseReaps: namespaces.pid === 'pod' };
}

/**
 * Names of the containers by PID namespace, in the order of the spec. With private processes each container has its own, and an
 * ephemeral container with a target joins that of its target; otherwise all are in one, and targets change nothing.
 */
export function processGroups(spec: PodSpec): readonly (readonly string[])[] {
  const names = spec.containers.map(({ name }) => name);
  if (sandboxOf(spec).namespaces.pid !== 'container') return [names];
  // The API server refuses another ephemeral container as the target.
  const owners = spec.containers.filter(({ role }) => role !== 'ephemeral').map(({ name }) => name);
  const joins = spec.containers.filter(
    ({ targetContainer }) => targetContainer !== undefined && owners.includes(targetContainer),
  );
  return spec.containers
    .filter((container) => !joins.includes(container))
    .map(({ name }) => [
      name,
      ...joins.filter(({ targetContainer }) => targetContainer === name).map((each) => each.name),
    ]);
}
