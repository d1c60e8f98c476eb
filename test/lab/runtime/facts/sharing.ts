// Facts A1: who shares which namespace. Measured by the inodes of /proc/PID/ns; stated by the rows of Show Namespaces.
import { namespaceRows } from '../../../../src/features/namespaces';
import { namespaceNames, type NamespaceName, type Namespaces } from '../kernel';
import type { RunningPod } from '../kubelet';
import { nodeName } from '../node';
import type { Fact } from './fact';
import { required } from './lab';

export function sharingFacts(running: RunningPod, node: Namespaces): readonly Fact[] {
  const { pod } = running;
  const rows = namespaceRows(pod);
  return namespaceNames.map((name) => {
    const row = rows.find((each) => each.name === name);
    return {
      pod: pod.name,
      subject: `${row?.title ?? name} (${name})`,
      kernel: sharedWords(name, running, node),
      product: row?.shared ?? 'no row',
    };
  });
}

/** Namespaces that are the same for pause and all containers, and not the node's: those that pause can hold for the pod. */
export function heldNamespaces(running: RunningPod, node: Namespaces): readonly NamespaceName[] {
  const { pause } = running;
  return (['net', 'ipc', 'uts', 'pid', 'user'] as const).filter(
    (name) =>
      pause.namespaces[name] !== node[name] &&
      inSpecOrder(running).every(({ inodes }) => inodes[name] === pause.namespaces[name]),
  );
}

/** Containers that have this namespace in common, by the order of the spec. */
export function groupsOf(name: NamespaceName, running: RunningPod): readonly (readonly string[])[] {
  const groups = new Map<number, string[]>();
  for (const { container, inodes } of inSpecOrder(running))
    groups.set(inodes[name], [...(groups.get(inodes[name]) ?? []), container]);
  return [...groups.values()];
}

function sharedWords(name: NamespaceName, running: RunningPod, node: Namespaces): string {
  const containers = inSpecOrder(running);
  const names = containers.map(({ container }) => container).join(', ');
  const pause = running.pause.namespaces[name];
  const all = (inode: number): boolean => containers.every(({ inodes }) => inodes[name] === inode);
  const some = (inode: number): boolean => containers.some(({ inodes }) => inodes[name] === inode);
  if (all(node[name]) && pause === node[name]) return `the node's (${nodeName}): pause, ${names}`;
  if (all(pause) && pause !== node[name]) return `one for the pod: pause, ${names}`;
  const groups = groupsOf(name, running).map((group) => group.join(' with '));
  if (!some(pause) && !some(node[name])) return `one each: ${groups.join(', ')}`;
  return `mixed: node ${node[name]}, pause ${pause}, ${containers.map(({ container, inodes }) => `${container} ${inodes[name]}`).join(', ')}`;
}

function inSpecOrder({ pod, containers }: RunningPod): readonly { container: string; inodes: Namespaces }[] {
  return pod.spec.containers.map(({ name }) => {
    const inodes = containers.find((each) => each.name === name)?.namespaces;
    return { container: name, inodes: required(inodes, `container ${name} of ${pod.name}`) };
  });
}
