// Answers: where do the lab's pods run? On a node made of namespaces of its own (mount, network, UTS, IPC, PID), with containerd,
// runc and the bridge plugin as on a real one. `hostNetwork`, `hostIPC` and `hostPID` then mean this node, never the machine.
// When the pipe to its PID 1 closes, for whatever reason, the kernel ends all its processes, and with them its mounts and networks.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectCri, type Cri } from './cri';
import { compile, pauseImage, probeImage, writeImages } from './images';
import { networkPlugins } from './machine.mjs';
import { execute, until } from './waiting';

export const nodeName = 'lab-node';
export const nodeAddress = '172.30.0.11';
export const podCidr = '10.244.1.0/24';

/** Below this folder of the node lies what the lab brings along. */
const lab = '/run/lab';
const socket = '/run/containerd/containerd.sock';

export interface LabNode {
  readonly cri: Cri;
  /** All containers run below this cgroup. */
  readonly cgroup: string;
  /** Where a file of the node is seen from the machine. */
  readonly path: (inside: string) => string;
  /** Runs a command of the machine in all namespaces of the node. @returns what it printed, whatever its exit code */
  readonly run: (command: string, ...args: readonly string[]) => Promise<string>;
  /** @param pid in the node's PID namespace */
  readonly kill: (pid: number) => Promise<void>;
  /** Ends everything on the node and removes its cgroups. @throws when some are left */
  readonly stop: () => Promise<void>;
}

/** @param sources the folder of this lab in the project */
export async function startNode(sources: string): Promise<LabNode> {
  const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child'];
  const script = readFileSync(join(sources, 'node.sh'), 'utf8');
  const child = spawn(
    'unshare',
    [...namespaces, 'sh', '-c', script, 'node.sh', nodeName, `${nodeAddress}/24`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const cgroup = `podnet-lab-${process.pid}-${randomBytes(4).toString('hex')}`;
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true || !/^\d+$/.test(first.value))
    throw new Error('The node of the lab did not start; see above.');
  const pid = first.value;
  const path = (inside: string): string => `/proc/${pid}/root${inside}`;
  const cri = connectCri(path(socket), join(sources, 'cri.proto'));
  const run: LabNode['run'] = (command, ...args) =>
    execute('nsenter', ['--target', pid, '--mount', '--net', '--uts', '--ipc', '--pid', command, ...args]);
  const stop: LabNode['stop'] = async () => {
    cri.close();
    child.stdin.end();
    await ended;
    await until('the cgroups of the lab are removed', () => removeCgroups(cgroup));
  };
  const node: LabNode = {
    cri,
    cgroup: `/${cgroup}`,
    path,
    run,
    kill: async (victim) => {
      await run('sh', '-c', `kill -KILL ${victim}`);
    },
    stop,
  };
  try {
    await prepare(sources, path(lab));
    child.stdin.write('go\n');
    await ready(node);
    return node;
  } catch (error) {
    const log = existsSync(path(`${lab}/containerd.log`))
      ? readFileSync(path(`${lab}/containerd.log`), 'utf8')
      : '';
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`containerd did not start: ${reason}\n${log}`, { cause: error });
  }
}

async function prepare(sources: string, folder: string): Promise<void> {
  await Promise.all(
    ['pause', 'init', 'probe'].map((name) => compile(join(sources, `${name}.c`), join(folder, name))),
  );
  await writeImages(folder);
  mkdirSync(join(folder, 'cni'));
  writeFileSync(join(folder, 'cni', '10-lab.conflist'), JSON.stringify(network));
  writeFileSync(join(folder, 'containerd.toml'), containerdToml());
}

/** Waits for the runtime and its network, loads the images. */
async function ready({ cri, path, run }: LabNode): Promise<void> {
  await until('containerd listens', () => existsSync(path(socket)));
  let missing = '';
  await until(
    () => `containerd is ready${missing}`,
    async () => {
      const { status } = await cri.call('Status', {});
      const waiting = status.conditions.filter((condition) => !condition.status);
      missing = waiting.map(({ type, message }) => `; ${type}: ${message}`).join('');
      return waiting.length === 0;
    },
  );
  const imported = await run(
    ...(['ctr', '--namespace', 'k8s.io', 'images', 'import', '--snapshotter', 'native'] as const),
    `${lab}/images.tar`,
  );
  // The CRI plugin hears of new images by an event.
  for (const image of [pauseImage, probeImage])
    await until(`containerd knows ${image} (${imported.trim()})`, async () => {
      const found = await cri.call('ImageStatus', { image: { image } });
      return found.image !== null;
    });
}

/** A bridge with host-local addresses, and a default route, as kubenet and flannel make it. */
const network = {
  cniVersion: '0.4.0',
  name: 'lab',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      isDefaultGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: { type: 'host-local', dataDir: `${lab}/ipam`, ranges: [[{ subnet: podCidr }]] },
    },
  ],
};

/** Version 2 of the format, which containerd 1.3 and later read. */
function containerdToml(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${networkPlugins() ?? ''}"
    conf_dir = "${lab}/cni"
`;
}

/** @returns whether no cgroup of this name is left. Those of labs whose process is gone are removed too. */
function removeCgroups(own: string): boolean {
  const hierarchies = ['/sys/fs/cgroup', ...foldersIn('/sys/fs/cgroup')];
  const left = hierarchies
    .flatMap((hierarchy) => foldersIn(hierarchy))
    .filter((folder) => {
      const owner = /\/podnet-lab-(\d+)-[0-9a-f]+$/.exec(folder)?.[1];
      return owner !== undefined && (folder.endsWith(`/${own}`) || !existsSync(`/proc/${owner}`));
    })
    .filter((folder) => !removeTree(folder));
  return !left.some((folder) => folder.endsWith(`/${own}`));
}

/** A cgroup's folder is removed like an empty one, once the processes in it are gone. */
function removeTree(folder: string): boolean {
  for (const below of foldersIn(folder)) removeTree(below);
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}
