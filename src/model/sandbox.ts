// Answers: what does a pod's sandbox hold, who shares which namespace with whom, and who is PID 1? Every pod attempt
// has a sandbox; its pause container keeps net, ipc and uts alive and reaps zombies only where it is PID 1 of a shared
// PID namespace. Source: pkg/kubelet/kuberuntime/util/util.go, build/pause/linux/pause.c (spec A1, A2).
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
  /** Namespaces that the pause process keeps open for the pod, in the order net, ipc, uts, pid. */
  readonly heldByPause: readonly ('net' | 'ipc' | 'uts' | 'pid')[];
  /** Whether pause is PID 1 of the processes in the pod's containers, and so reaps their orphans. */
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
  const heldByPause = (['net', 'ipc', 'uts', 'pid'] as const).filter((name) => namespaces[name] === 'pod');
  return { namespaces, heldByPause, pauseReaps: namespaces.pid === 'pod' };
}
