// Answers: who shares which Linux namespace in a pod, and what follows from it? Same rule for every kind of container; the pause
// container keeps what is shared (pkg/kubelet/kuberuntime/util/util.go, build/pause/linux/pause.c; spec A1, A2).
import { isLive, type Pod } from '../model/pod';
import { sandboxOf, type NamespaceOwner, type SharedNamespaces } from '../model/sandbox';

export interface NamespaceRow {
  readonly name: keyof SharedNamespaces;
  /** `Network`, `Processes` */
  readonly title: string;
  /** `one for the pod: pause, web, proxy` */
  readonly shared: string;
  /** What it means for who runs in it, in one sentence that a quick pick shows whole: about 85 characters. */
  readonly meaning: string;
  /** The pause container holds it open. */
  readonly held: boolean;
}

type Words = Readonly<Record<NamespaceOwner, string>>;

const kinds: readonly {
  readonly name: keyof SharedNamespaces;
  readonly title: string;
  /** By whose it is; ways that do not exist are left out. */
  readonly words: Partial<Words>;
}[] = [
  {
    name: 'net',
    title: 'Network',
    words: {
      pod: 'One address, one set of ports: localhost reaches all; no port can be taken twice.',
      node: 'hostNetwork: the addresses, devices and ports of the node.',
    },
  },
  {
    name: 'ipc',
    title: 'Shared memory',
    words: {
      pod: 'Containers can use the same shared memory and semaphores.',
      node: 'hostIPC: shared memory and semaphores of the node.',
    },
  },
  {
    name: 'uts',
    title: 'Host name',
    words: {
      pod: 'All containers have the same host name.',
      node: "The node's host name, which comes with hostNetwork.",
    },
  },
  {
    name: 'pid',
    title: 'Processes',
    words: {
      pod: 'shareProcessNamespace: containers see each other; pause is PID 1 and reaps zombies.',
      node: 'hostPID: containers see every process of the node, whose init is PID 1.',
      container: 'Each container sees only its processes and is its own PID 1; pause reaps nothing.',
    },
  },
  {
    name: 'mnt',
    title: 'Files',
    words: {
      container: 'Each container has the files of its image; volumes are how they share some.',
    },
  },
  {
    name: 'user',
    title: 'Users',
    words: {
      pod: 'hostUsers: false: the pod has users of its own; root in it is nobody on the node.',
      node: 'User numbers are those of the node.',
    },
  },
];

/** One row per namespace, those that matter to the network first. */
export function namespaceRows(pod: Pod): readonly NamespaceRow[] {
  const { namespaces, heldByPause } = sandboxOf(pod.spec);
  const containers = pod.spec.containers.map(({ name }) => name).join(', ');
  const shared: Words = {
    pod: `one for the pod: pause, ${containers}`,
    node: `the node's${pod.node === undefined ? '' : ` (${pod.node.value})`}: pause, ${containers}`,
    container: `one each: ${containers}`,
  };
  return kinds.map(({ name, title, words }) => ({
    name,
    title,
    shared: shared[namespaces[name]],
    meaning: words[namespaces[name]] ?? '',
    held: heldByPause.some((each) => each === name),
  }));
}

/** What there is to say before the rows: what holds the namespaces, or that there are none now. */
export function namespacesSummary(pod: Pod): string {
  if (!isLive(pod)) return `The pod is ${pod.phase.value}: its sandbox is gone, and its namespaces with it.`;
  if (pod.node === undefined)
    return 'The pod is not scheduled: it has no sandbox yet. This is how it would share.';
  const held = sandboxOf(pod.spec).heldByPause;
  if (held.length === 0) return 'All is shared with the node: pause holds nothing for this pod.';
  return `The pause container holds ${held.join(', ')} open, so that containers may come and go.`;
}
