// Answers: who shares which Linux namespace in a pod, what follows from it, and what becomes of it when pause ends? Same rule for
// every kind of container; the pause container keeps what is shared (pkg/kubelet/kuberuntime/util/util.go,
// build/pause/linux/pause.c; spec A1 to A3). test/lab/runtime holds each sentence against containerd.
import { isLive, type Pod, type PodSpec } from '../model/pod';
import { processGroups, sandboxOf, type NamespaceOwner, type SharedNamespaces } from '../model/sandbox';

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
      pod: 'One address: localhost reaches all; two cannot take one port unless protocol or address differ.',
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
      pod: 'shareProcessNamespace: containers see the processes of each other; pause is PID 1 and reaps zombies.',
      node: 'hostPID: containers see every process of the node, whose init is PID 1; pause reaps nothing.',
      container:
        'Each container sees only its own processes; its application is PID 1, and pause reaps nothing.',
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
export function namespaceRows(pod: Pick<Pod, 'spec' | 'node'>): readonly NamespaceRow[] {
  const { namespaces, heldByPause } = sandboxOf(pod.spec);
  const containers = pod.spec.containers.map(({ name }) => name).join(', ');
  const each = (name: keyof SharedNamespaces): string =>
    name === 'pid'
      ? processGroups(pod.spec)
          .map((group) => group.join(' with '))
          .join(', ')
      : containers;
  const shared = (name: keyof SharedNamespaces): string => {
    const words: Words = {
      pod: `one for the pod: pause, ${containers}`,
      node: `the node's${pod.node === undefined ? '' : ` (${pod.node.value})`}: pause, ${containers}`,
      container: `one each: ${each(name)}`,
    };
    return words[namespaces[name]];
  };
  return kinds.map(({ name, title, words }) => ({
    name,
    title,
    shared: shared(name),
    meaning: meaningOf(name, words[namespaces[name]] ?? '', pod.spec),
    held: heldByPause.some((held) => held === name),
  }));
}

/** What the namespace means in this pod. Processes that are shared open a way to files, and ephemeral containers may join them. */
function meaningOf(name: keyof SharedNamespaces, usual: string, spec: PodSpec): string {
  const { pid } = sandboxOf(spec).namespaces;
  // ptrace(2) decides, so that users and capabilities have a say.
  if (name === 'mnt' && pid !== 'container')
    return 'Each container has the files of its image; below /proc/PID/root are the files of the others, permissions allowing.';
  if (name !== 'pid' || pid !== 'container') return usual;
  const joined = processGroups(spec)
    .filter(([, ...others]) => others.length > 0)
    .map(
      ([owner = '', ...others]) =>
        ` ${others.join(' and ')} ${others.length === 1 ? 'joins' : 'join'} the processes of ${owner}.`,
    );
  return usual + joined.join('');
}

/** What there is to say before the rows: what holds the namespaces, or that there are none now. */
export function namespacesSummary(pod: Pod): string {
  if (!isLive(pod)) return `The pod is ${pod.phase.value}: its sandbox is gone, and its namespaces with it.`;
  if (pod.node === undefined)
    return 'The pod is not scheduled: it has no sandbox yet. This is how it would share.';
  const held = sandboxOf(pod.spec).heldByPause;
  if (held.length === 0)
    return 'Network, shared memory and host name are those of the node: pause holds nothing for this pod.';
  return `The pause container holds ${held.join(', ')} open, so that containers may come and go.`;
}

/**
 * What happens when the pause process alone ends: the runtime reports the sandbox as NotReady, and the kubelet replaces it
 * (PodSandboxChanged). Containers go with it only where it is their PID 1; the network namespace is pinned by a mount.
 */
export function pauseEndWords({ spec }: Pod): string {
  const { namespaces, pauseReaps } = sandboxOf(spec);
  const own = namespaces.net === 'pod';
  const anew = `makes a new sandbox${own ? ' with a new address' : ''}.`;
  if (pauseReaps)
    return `the sandbox is no longer ready: all containers end with it, because it is their PID 1. The kubelet ${anew}`;
  const network = own ? ' and keep the network' : '';
  return `the sandbox is no longer ready: the containers run on${network}, but none can start beside them. The kubelet ends them all and ${anew}`;
}
