// Answers: can this machine run containers for the lab? It takes Linux, root, namespaces, cgroups and a few programs; programs
// that are missing are installed from Debian. Never removes a package: a containerd of another vendor is used as it is.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

/** @returns {string | undefined} the folder with the CNI plugins, as Debian or as their own releases place them */
export function networkPlugins() {
  return ['/usr/lib/cni', '/opt/cni/bin'].find((folder) =>
    ['bridge', 'host-local', 'loopback'].every((plugin) => isProgram(join(folder, plugin))),
  );
}

/** What the lab calls, and the Debian package that has it. */
const needs = /** @type {const} */ ([
  { what: 'containerd', package: 'containerd', there: () => onPath('containerd') && onPath('ctr') },
  { what: 'runc', package: 'runc', there: () => onPath('runc') },
  {
    what: 'the CNI plugins bridge, host-local and loopback',
    package: 'containernetworking-plugins',
    there: () => networkPlugins() !== undefined,
  },
  { what: 'a C compiler', package: 'gcc', there: () => onPath('gcc') },
  { what: 'the static C library', package: 'libc6-dev', there: staticLibrary },
  { what: 'ip', package: 'iproute2', there: () => onPath('ip') },
  { what: 'unshare and nsenter', package: 'util-linux', there: () => onPath('unshare') && onPath('nsenter') },
]);

/**
 * Installs what is missing where that is possible.
 * @returns {string | undefined} why the lab cannot run here; undefined when it can
 */
export function missingForContainers() {
  if (process.platform !== 'linux') return `containers need Linux, this is ${process.platform}.`;
  if (process.getuid?.() !== 0) return 'namespaces and containers need root: run it as root.';
  const absent = needs.filter(({ there }) => !there());
  if (absent.length > 0 && !installed(absent.map((each) => each.package))) {
    const still = needs.filter(({ there }) => !there());
    if (still.length > 0)
      return `${still.map(({ what }) => what).join(', ')} could not be found or installed (Debian: apt-get install ${still.map((each) => each.package).join(' ')}).`;
  }
  return noNamespaces() ?? noCgroups();
}

/** @returns {boolean} whether nothing is missing afterwards */
function installed(/** @type {readonly string[]} */ packages) {
  if (!onPath('apt-get')) return false;
  console.error(`Installing ${packages.join(', ')} with apt-get.`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=120'];
  const apt = (/** @type {readonly string[]} */ ...args) =>
    spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 2, 2], env: environment });
  apt('update');
  apt('install', '-y', '--no-install-recommends', '--no-remove', ...packages);
  return needs.every(({ there }) => there());
}

/** Tries what the node of the lab is made of: namespaces with a /proc of their own, a bridge and a veth pair. */
function noNamespaces() {
  const devices = 'ip link add name br0 type bridge && ip link add name a type veth peer name b';
  const tried = spawnSync(
    'unshare',
    [
      ...['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', 'sh', '-c'],
      `mount -t tmpfs tmpfs /run && ${devices}`,
    ],
    { encoding: 'utf8' },
  );
  return tried.status === 0
    ? undefined
    : `the namespaces of a node cannot be made: ${tried.stderr.trim() || String(tried.error)}.`;
}

/** Tries to make a cgroup as runc would, in the one hierarchy of version 2 or in that for devices of version 1. */
function noCgroups() {
  const root = '/sys/fs/cgroup';
  const unified = existsSync(join(root, 'cgroup.controllers'));
  const folder = join(unified ? root : join(root, 'devices'), `podnet-lab-check-${process.pid}`);
  try {
    const switches = join(root, 'cgroup.subtree_control');
    if (unified && !readFileSync(switches, 'utf8').includes('pids')) writeFileSync(switches, '+pids');
    mkdirSync(folder);
    rmdirSync(folder);
    return undefined;
  } catch (error) {
    return `cgroups cannot be made: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** @returns {boolean} */
function onPath(/** @type {string} */ program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isProgram(join(folder, program)));
}

/** @returns {boolean} */
function isProgram(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {boolean} */
function staticLibrary() {
  // gcc prints the bare name when it knows no such file.
  const { stdout } = spawnSync('gcc', ['-print-file-name=libc.a'], { encoding: 'utf8' });
  return existsSync((stdout ?? '').trim()) && (stdout ?? '').includes('/');
}
