// Facts A1: what it means to share a namespace. Measured by doing it inside of the containers: shared memory and semaphores, host
// names, files, devices; stated by the sentences of Show Namespaces.
import { namespaceRows } from '../../../../src/features/namespaces';
import type { Pod } from '../../../../src/model/pod';
import type { NamespaceName } from '../kernel';
import type { RunningContainer, RunningPod } from '../kubelet';
import { claim, type Fact } from './fact';
import { required, type Lab } from './lab';
import { viewOf } from './processes';

/** @param running a pod with two containers that run */
export async function meaningFacts(lab: Lab, running: RunningPod): Promise<readonly Fact[]> {
  const { pod } = running;
  const one = required(running.containers[0], `a container of ${pod.name}`);
  const other = required(running.containers[1], `a second container of ${pod.name}`);
  const rows = namespaceRows(pod);
  const meaning = (name: NamespaceName): string => rows.find((row) => row.name === name)?.meaning ?? '';
  const files = await filesWords(lab, pod, one, other);
  return [
    claim(pod.name, 'shared memory', await memoryWords(lab, running, one, other), meaning('ipc')),
    claim(pod.name, 'host name', await hostNameWords(lab, one, other), meaning('uts')),
    ...files.map((words) => claim(pod.name, 'files', words, meaning('mnt'))),
    ...(pod.spec.hostNetwork
      ? [claim(pod.name, 'devices', await deviceWords(lab, one), meaning('net'))]
      : [claim(pod.name, 'localhost', await localhostWords(lab, running), meaning('net'))]),
  ];
}

const probeOnNode = '/run/lab/probe';

/** A POSIX shared memory object and a System V semaphore of one container, looked for in the other and on the node. */
async function memoryWords(
  { node, kubelet }: Lab,
  { pod }: RunningPod,
  one: RunningContainer,
  other: RunningContainer,
): Promise<string> {
  const memory = `/dev/shm/${pod.name}`;
  const key = String(Buffer.from(pod.name).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 1));
  await kubelet.probe(one, 'file', 'make', memory);
  await kubelet.probe(one, 'semaphore', 'make', key);
  const beside = [
    await kubelet.probe(other, 'file', 'find', memory),
    await kubelet.probe(other, 'semaphore', 'find', key),
  ];
  const onNode = [
    (await node.run(probeOnNode, 'file', 'find', memory)).trim(),
    (await node.run(probeOnNode, 'semaphore', 'find', key)).trim(),
  ];
  const all = (answers: readonly string[]): boolean => answers.every((answer) => answer === 'found');
  if (all(beside) && all(onNode)) return 'shared memory and semaphores of the node';
  if (all(beside) && !onNode.includes('found'))
    return 'Containers can use the same shared memory and semaphores';
  return `beside: ${beside.join(', ')}; on the node: ${onNode.join(', ')}`;
}

async function hostNameWords(
  { node, kubelet }: Lab,
  one: RunningContainer,
  other: RunningContainer,
): Promise<string> {
  const onNode = (await node.run(probeOnNode, 'hostname')).trim();
  const names = [await kubelet.probe(one, 'hostname'), await kubelet.probe(other, 'hostname')];
  if (names.every((name) => name === onNode)) return "The node's host name";
  if (new Set(names).size === 1) return 'All containers have the same host name';
  return `${names.join(' and ')}, ${onNode} on the node`;
}

/** A file that one container made, looked for in the other: at its path, and by way of the process of the one. */
async function filesWords(
  lab: Lab,
  pod: Pod,
  one: RunningContainer,
  other: RunningContainer,
): Promise<readonly string[]> {
  const { kubelet } = lab;
  const path = `/made-by-${one.name}`;
  await kubelet.probe(one, 'file', 'make', path);
  const direct = await kubelet.probe(other, 'file', 'find', path);
  const words =
    direct === 'found' ? 'All containers have the same files' : 'Each container has the files of its image';
  // Names are those of other pods too when all processes of the node are seen, but then numbers are the node's.
  const pid = pod.spec.hostPid ? one.pid : (await viewOf(lab, other)).processes.get(one.name);
  if (pid === undefined) return [words];
  const around = await kubelet.probe(other, 'file', 'find', `/proc/${pid}/root${path}`);
  return [
    words,
    around === 'found'
      ? 'below /proc/PID/root are the files of the others'
      : `below /proc/PID/root: ${around}`,
  ];
}

async function deviceWords({ node, kubelet }: Lab, container: RunningContainer): Promise<string> {
  const [inside, onNode] = [
    await kubelet.probe(container, 'devices'),
    (await node.run(probeOnNode, 'devices')).trim(),
  ];
  return inside === onNode ? 'the addresses, devices and ports of the node' : `${inside}, not ${onNode}`;
}

/** Every container asks every TCP port that another declares. */
async function localhostWords({ kubelet }: Lab, { pod, containers }: RunningPod): Promise<string> {
  const silent: string[] = [];
  for (const server of pod.spec.containers)
    for (const { protocol, containerPort } of server.ports)
      for (const client of containers.filter(({ name }) => name !== server.name)) {
        const answer = await kubelet.probe(client, 'ask', protocol, '127.0.0.1', String(containerPort));
        if (!answer.startsWith('127.0.0.1 ')) silent.push(`${client.name} to ${server.name}: ${answer}`);
      }
  return silent.length === 0 ? 'localhost reaches all' : silent.join('; ');
}
