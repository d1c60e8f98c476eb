// Answers: what does a kubelet ask the container runtime for, given this pod spec? The lab's stand-in for one: the namespace modes
// of pkg/kubelet/kuberuntime (util/util.go NamespacesForPod, kuberuntime_container_linux.go for ephemeral containers), init
// containers and sidecars before the others, one after the other. It does not know what the product says of a sandbox.
import { readFile, type FileHandle } from 'node:fs/promises';
import type { Container, ContainerRole, Pod } from '../../../src/model/pod';
import type { ContainerConfig, Cri, NamespaceOption, PodSandboxConfig } from './cri';
import { namespacesOf, pin, type Namespaces } from './kernel';
import type { LabNode } from './node';
import { until } from './waiting';

export interface RunningContainer {
  readonly name: string;
  readonly role: ContainerRole;
  readonly id: string;
  /** By the node's numbers. */
  readonly pid: number;
  /** While it ran; undefined when it ended before it was ready. */
  readonly namespaces: Namespaces | undefined;
  /** Its last words when it could not serve, e.g. `TCP 8080: EADDRINUSE`. */
  readonly failure: string | undefined;
}

export interface RunningPod {
  /** As the product read it. */
  readonly pod: Pod;
  readonly sandboxId: string;
  readonly config: PodSandboxConfig;
  readonly pause: { readonly pid: number; readonly namespaces: Namespaces };
  /** As the runtime reports it: empty on hostNetwork. */
  readonly ip: string;
  /** Without those that were not started because an init container failed. */
  readonly containers: readonly RunningContainer[];
}

export interface Kubelet {
  startPod(pod: Pod, attempt?: number): Promise<RunningPod>;
  /** Another container of the pod, or the same once more. @throws when the runtime refuses */
  startContainer(
    running: Omit<RunningPod, 'containers'>,
    container: Container,
    attempt: number,
    targetId?: string,
  ): Promise<RunningContainer>;
  /** Runs the probe in a container. @returns what it printed, trimmed */
  probe(container: RunningContainer, ...words: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const logs = '/run/lab/logs';

export function createKubelet(node: LabNode): Kubelet {
  const { cri } = node;
  const pins: FileHandle[] = [];

  const startContainer: Kubelet['startContainer'] = async (sandbox, container, attempt, targetId) => {
    const log = `${container.name}-${attempt}.log`;
    const { containerId: id } = await cri.call('CreateContainer', {
      podSandboxId: sandbox.sandboxId,
      config: containerConfig(sandbox.pod, container, attempt, log, targetId),
      sandboxConfig: sandbox.config,
    });
    await cri.call('StartContainer', { containerId: id });
    let said = '';
    await until(
      () => `container ${container.name} of ${sandbox.pod.name} is ready (${said})`,
      async () => {
        said = lastLine(await readFile(node.path(`${sandbox.config.logDirectory}/${log}`), 'utf8'));
        return said !== '';
      },
    );
    if (said !== 'ready') {
      await until(
        `container ${container.name} has ended`,
        async () => (await exitCode(cri, id)) !== undefined,
      );
      return { name: container.name, role: container.role, id, pid: 0, namespaces: undefined, failure: said };
    }
    const pid = await containerPid(cri, id);
    const namespaces = await namespacesOf(node, pid);
    return { name: container.name, role: container.role, id, pid, namespaces, failure: undefined };
  };

  const startPod: Kubelet['startPod'] = async (pod, attempt = 0) => {
    const config = sandboxConfig(pod, attempt, node.cgroup);
    const { podSandboxId: sandboxId } = await cri.call('RunPodSandbox', { config });
    const { status, info } = await cri.call('PodSandboxStatus', { podSandboxId: sandboxId, verbose: true });
    const pid = pidIn(info);
    const pause = { pid, namespaces: await namespacesOf(node, pid) };
    const sandbox = { pod, sandboxId, config, pause, ip: status.network?.ip ?? '' };
    const containers: RunningContainer[] = [];
    for (const container of startOrder(pod)) {
      const target = containers.find(({ name }) => name === container.targetContainer)?.id;
      const started = await startContainer(sandbox, container, attempt, target);
      containers.push(started);
      if (container.role !== 'init') continue;
      // A kubelet would start it again and again, and the containers after it never.
      if (started.failure !== undefined) break;
      pins.push(...(await pin(node, started.pid)));
      await cri.call('StopContainer', { containerId: started.id, timeout: 10 });
    }
    return { ...sandbox, containers };
  };

  return {
    startPod,
    startContainer,
    probe: async (container, ...words) => {
      const cmd = ['/probe', ...words];
      const { stdout, stderr } = await cri.call('ExecSync', { containerId: container.id, cmd, timeout: 20 });
      return `${stdout.toString()}${stderr.toString()}`.trim();
    },
    close: async () => {
      await Promise.all(pins.map((handle) => handle.close()));
    },
  };
}

/** @returns undefined while it runs */
export async function exitCode(cri: Cri, containerId: string): Promise<number | undefined> {
  const { status } = await cri.call('ContainerStatus', { containerId, verbose: false });
  return status.state === 'CONTAINER_EXITED' ? status.exitCode : undefined;
}

async function containerPid(cri: Cri, containerId: string): Promise<number> {
  return pidIn((await cri.call('ContainerStatus', { containerId, verbose: true })).info);
}

/** containerd puts JSON with the process id below the key `info`. */
function pidIn(info: Readonly<Record<string, string>>): number {
  const details: unknown = JSON.parse(info['info'] ?? '{}');
  if (typeof details === 'object' && details !== null && 'pid' in details && typeof details.pid === 'number')
    return details.pid;
  throw new Error(`The runtime tells no process id: ${JSON.stringify(info)}`);
}

/** `2026-11-25T13:30:00Z stdout F ready` is what the runtime logs of `ready`. */
function lastLine(log: string): string {
  const line = log.trimEnd().split('\n').at(-1) ?? '';
  return line.split(' ').slice(3).join(' ');
}

/** Init containers and sidecars in the order of the spec, then app containers, then ephemeral ones. */
function startOrder({ spec }: Pod): readonly Container[] {
  const waves: readonly (readonly ContainerRole[])[] = [['init', 'sidecar'], ['app'], ['ephemeral']];
  return waves.flatMap((roles) => spec.containers.filter(({ role }) => roles.includes(role)));
}

function sandboxConfig(pod: Pod, attempt: number, cgroupParent: string): PodSandboxConfig {
  const uid = `${pod.namespace}-${pod.name}`;
  return {
    metadata: { name: pod.name, uid, namespace: pod.namespace, attempt },
    // runc refuses a host name where the node's UTS namespace is used.
    ...(pod.spec.hostNetwork ? {} : { hostname: pod.spec.hostname ?? pod.name }),
    logDirectory: `${logs}/${uid}`,
    dnsConfig: { servers: ['10.96.0.10'] },
    linux: { cgroupParent, securityContext: { namespaceOptions: namespacesForPod(pod) } },
  };
}

function containerConfig(
  pod: Pod,
  { name, image, ports }: Container,
  attempt: number,
  logPath: string,
  targetId: string | undefined,
): ContainerConfig {
  const forPod = namespacesForPod(pod);
  const namespaceOptions: NamespaceOption =
    targetId !== undefined && forPod.pid === 'CONTAINER' ? { ...forPod, pid: 'TARGET', targetId } : forPod;
  return {
    metadata: { name, attempt },
    image: { image },
    command: ['/probe', 'serve', name],
    args: ports.map(({ protocol, containerPort }) => `${protocol}:${containerPort}`),
    logPath,
    linux: { securityContext: { namespaceOptions } },
  };
}

/** The range of user numbers that a pod of its own users gets; a kubelet gives every pod another one. */
const users = [{ hostId: 1_048_576, containerId: 0, length: 65_536 }];

function namespacesForPod({ spec }: Pod): NamespaceOption {
  return {
    network: spec.hostNetwork ? 'NODE' : 'POD',
    ipc: spec.hostIpc ? 'NODE' : 'POD',
    pid: spec.hostPid ? 'NODE' : spec.shareProcessNamespace ? 'POD' : 'CONTAINER',
    ...(spec.hostUsers === false ? { usernsOptions: { mode: 'POD', uids: users, gids: users } } : {}),
  };
}
