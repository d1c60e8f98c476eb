// Answers: can this machine run the lab? It needs Linux, a few programs that Debian packages, and the right to make network
// namespaces: root, or user namespaces that anybody may make. Missing programs are installed where apt-get is and may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What must be there, and the Debian package that brings it. */
const programs = {
  ip: 'iproute2',
  bridge: 'iproute2',
  'iptables-restore': 'iptables',
  nft: 'nftables',
  conntrack: 'conntrack',
  tcpdump: 'tcpdump',
  unshare: 'util-linux',
  nsenter: 'util-linux',
};
const plugins = ['bridge', 'ptp', 'host-local', 'portmap'];
const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin'];
const pluginPackage = 'containernetworking-plugins';

/** Administrators' programs are not on everybody's path. */
export const labEnvironment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

/** Namespaces that the kernel takes down, with all in them, when their first process ends. */
const ownNamespaces = '--mount --net --pid --fork --kill-child --mount-proc';
const ownRun = 'mount -t tmpfs tmpfs /run && mkdir /run/netns';

/** For root: what follows runs in namespaces of its own. */
const asRoot = ['unshare', ...ownNamespaces.split(' '), 'sh', '-ec', `${ownRun} && exec "$@"`, 'sh'];

/**
 * For everybody else: a user namespace to mount in, where the user is root, and one in it to work in, where the user has
 * every right without being root; tcpdump will not start as a root that cannot become another user.
 */
const asUser = [
  ...['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec'],
  `${ownRun} && exec unshare --user --map-user=1000 --map-group=1000 --keep-caps ${ownNamespaces} "$@"`,
  'sh',
];

/** Everything that the lab does which a kernel or a container may forbid. */
const trial = [
  'ip netns add trial',
  'ip link add trial0 type veth peer name trial1 netns trial',
  'ip link add trial2 type bridge',
  'ip link add trial3 type vxlan id 1 dstport 8472',
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'test -e /proc/sys/net/bridge/bridge-nf-call-iptables',
  'iptables -t nat -A POSTROUTING -j MASQUERADE --random-fully',
  'iptables -A FORWARD -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL -j REJECT',
  'nft add table ip trial',
  'conntrack -L',
].join(' && ');

/** @returns {boolean} */
function run(/** @type {string} */ command, /** @type {readonly string[]} */ args) {
  const environment = { ...labEnvironment, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env: environment }).status === 0;
}

/** @returns {readonly string[]} packages of what is not there, each once */
function missingPackages() {
  const folders = labEnvironment.PATH.split(':').filter((folder) => folder !== '');
  const lacking = Object.entries(programs)
    .filter(([program]) => !folders.some((folder) => existsSync(`${folder}/${program}`)))
    .map(([, name]) => name);
  const noPlugins = !plugins.every((plugin) =>
    pluginFolders.some((folder) => existsSync(`${folder}/${plugin}`)),
  );
  return [...new Set([...lacking, ...(noPlugins ? [pluginPackage] : [])])];
}

/** @returns {readonly string[]} packages that are missing even after an attempt to install them */
function install() {
  const wanted = missingPackages();
  if (wanted.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return wanted;
  console.error(`The lab installs ${wanted.join(', ')} with apt-get.`);
  if (run('apt-get', ['update', '-qq']))
    run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...wanted]);
  return missingPackages();
}

/**
 * @returns {{ readonly command: readonly string[] } | { readonly missing: string }} what to put before a command so that
 * it runs where it may build networks, or why that cannot be
 */
export function labAccess() {
  if (process.platform !== 'linux') return { missing: `the lab needs Linux, this is ${process.platform}` };
  const lacking = install();
  if (lacking.length > 0) return { missing: `install ${lacking.join(', ')} (Debian's names) and try again` };
  const isRoot = process.getuid?.() === 0;
  let complaint = '';
  for (const command of isRoot ? [asRoot, asUser] : [asUser]) {
    const [program = '', ...args] = [...command, 'sh', '-ec', trial];
    const { status, stderr } = spawnSync(program, args, { env: labEnvironment, encoding: 'utf8' });
    if (status === 0) return { command };
    complaint = stderr.trim().split('\n').at(-1) ?? '';
  }
  return { missing: `${isRoot ? 'root' : 'this user'} may not build networks here: ${complaint}` };
}
