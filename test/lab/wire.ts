// Answers: how are two nodes, a router, an outside host and pods made from network namespaces? The nodes and the router share
// one segment; the outside host is behind the router. Pods are attached by the real CNI plugins, or by hand where the real
// CNI is a daemon (flannel's VXLAN devices, Calico's interfaces). Addresses are those of the cluster value.
import { createHash } from 'node:crypto';
import type { Cluster } from '../../src/model/cluster';
import type { Node } from '../../src/model/node';
import { keyOf } from '../../src/model/objects';
import type { Pod } from '../../src/model/pod';
import { addToNetwork, type CniResult, type PluginConfiguration } from './cni';
import {
  fabric,
  nodeNetns,
  outside,
  outsideAddress,
  outsideGateway,
  podNetns,
  podsWithNetns,
  router,
  routerAddress,
} from './netns';
import { podMtu, type Shape } from './profile';
import { ipBatch, run, setKernel } from './run';

/** A network that stands. */
export interface Wiring {
  readonly cluster: Cluster;
  readonly shape: Shape;
  /** What the CNI answered, by pod address; the portmap plugin is given it. */
  readonly results: ReadonlyMap<string, CniResult>;
  /** Name of the node's end of each pod's link, by pod address. */
  readonly hostDevices: ReadonlyMap<string, string>;
  /** Every namespace that traffic passes, the wire left out. */
  readonly places: readonly string[];
}

export const vxlan = { device: 'flannel.1', port: 8472, vni: 1 } as const;

/** A failed neighbour lookup takes 3 of these; Linux has 1,000 and so 3 s. */
const lookupMilliseconds = 30;

/**
 * @param virtualAddresses addresses outside the cluster that the router sends to the first node, as a load balancer would
 */
export async function wire(
  cluster: Cluster,
  shape: Shape,
  virtualAddresses: readonly string[],
): Promise<Wiring> {
  const pods = podsWithNetns(cluster);
  const nodes = cluster.nodes.map(({ name }) => nodeNetns(name));
  const places = [...nodes, router, outside, ...pods.map(podNetns)];
  await ipBatch([fabric, ...places].map((name) => `netns add ${name}`));
  await Promise.all([fabric, ...places].map((name) => quiet(name)));
  await wireFabric(cluster, virtualAddresses);
  await Promise.all(cluster.nodes.map((node) => wireNode(node)));
  if (shape === 'vxlan') await Promise.all(cluster.nodes.map((node) => wireTunnel(cluster, node)));
  else await Promise.all(cluster.nodes.map((node) => routeToPeers(cluster, node)));
  const results = new Map<string, CniResult>();
  await Promise.all(
    cluster.nodes.map(async (node) => {
      for (const pod of pods.filter((each) => each.node?.value === node.name))
        results.set(addressOf(pod), await attach(cluster, shape, node, pod));
    }),
  );
  await Promise.all(
    places.map((name) => setKernel(name, { 'ipv4/neigh/*/retrans_time_ms': lookupMilliseconds })),
  );
  return { cluster, shape, results, hostDevices: await hostDevicesOf(pods), places };
}

/** Only IPv4, so that nothing but the lab's own packets is seen; and every refusal is told, however many there are. */
async function quiet(netns: string): Promise<void> {
  await setKernel(netns, {
    'ipv6/conf/all/disable_ipv6': 1,
    'ipv6/conf/default/disable_ipv6': 1,
    'ipv4/icmp_ratemask': 0,
  });
  await ipBatch(['link set lo up'], netns);
}

async function wireFabric(cluster: Cluster, virtualAddresses: readonly string[]): Promise<void> {
  const members = [router, ...cluster.nodes.map(({ name }) => nodeNetns(name))];
  await ipBatch([
    `link add br0 netns ${fabric} type bridge`,
    ...members.map(
      (name, index) => `link add port${index} netns ${fabric} type veth peer name eth0 netns ${name}`,
    ),
    `link add eth1 netns ${router} type veth peer name eth0 netns ${outside}`,
  ]);
  await ipBatch(
    ['link set br0 up', ...members.map((_, index) => `link set port${index} master br0 up`)],
    fabric,
  );
  const first = internalAddress(cluster.nodes[0]);
  await ipBatch(
    [
      `addr add ${routerAddress}/24 dev eth0`,
      'link set eth0 up',
      `addr add ${outsideGateway}/24 dev eth1`,
      'link set eth1 up',
      // What the router does not know is lost without an answer.
      'route add blackhole default',
      ...virtualAddresses.map((address) => `route add ${address}/32 via ${first}`),
    ],
    router,
  );
  await ipBatch(
    [`addr add ${outsideAddress}/24 dev eth0`, 'link set eth0 up', `route add default via ${outsideGateway}`],
    outside,
  );
  // The nodes' side of a Service may answer from the node that the client did not send to: the router must not mind.
  await setKernel(router, { 'ipv4/ip_forward': 1, 'ipv4/conf/*/send_redirects': 0 });
}

async function wireNode(node: Node): Promise<void> {
  const netns = nodeNetns(node.name);
  await ipBatch(
    [
      `addr add ${internalAddress(node)}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${routerAddress}`,
    ],
    netns,
  );
  await setKernel(netns, {
    'ipv4/ip_forward': 1,
    'ipv4/conf/*/rp_filter': 0,
    'ipv4/conf/*/send_redirects': 0,
    'bridge/bridge-nf-call-iptables': 1,
  });
}

/** Host routes: the other nodes' pod ranges by their addresses. */
async function routeToPeers(cluster: Cluster, node: Node): Promise<void> {
  const peers = cluster.nodes.filter(({ name }) => name !== node.name);
  await ipBatch(
    peers.map((peer) => `route add ${podRange(peer)} via ${internalAddress(peer)} dev eth0`),
    nodeNetns(node.name),
  );
}

/** flannel's VXLAN backend: one device, and per peer a route, a neighbour and a forwarding entry, all set by the daemon. */
async function wireTunnel(cluster: Cluster, node: Node): Promise<void> {
  const netns = nodeNetns(node.name);
  const macOf = (each: Node): string =>
    `0e:00:00:00:00:${cluster.nodes.indexOf(each).toString(16).padStart(2, '0')}`;
  const own = firstOfRange(node);
  const peers = cluster.nodes.filter(({ name }) => name !== node.name);
  await ipBatch(
    [
      `link add ${vxlan.device} address ${macOf(node)} mtu ${podMtu('vxlan')} type vxlan id ${vxlan.vni} dev eth0 local ${internalAddress(node)} dstport ${vxlan.port} nolearning`,
      `addr add ${own}/32 dev ${vxlan.device}`,
      `link set ${vxlan.device} up`,
      ...peers.flatMap((peer) => [
        `neigh add ${firstOfRange(peer)} lladdr ${macOf(peer)} dev ${vxlan.device} nud permanent`,
        `route add ${podRange(peer)} via ${firstOfRange(peer)} dev ${vxlan.device} onlink`,
      ]),
    ],
    netns,
  );
  for (const peer of peers) {
    const entry = ['fdb', 'add', macOf(peer), 'dev', vxlan.device, 'dst', internalAddress(peer)];
    await run(['bridge', ...entry], { netns });
  }
}

function attach(cluster: Cluster, shape: Shape, node: Node, pod: Pod): Promise<CniResult> {
  if (shape === 'calico') return attachByHand(node, pod);
  return addToNetwork({
    node: nodeNetns(node.name),
    netns: podNetns(pod),
    network: shape === 'ptp' ? 'kindnet' : 'cbr0',
    plugins: [pluginOf(cluster, shape, node)],
    address: addressOf(pod),
  });
}

/** The configuration that flannel (bridge) or kindnet (ptp) writes. */
function pluginOf(cluster: Cluster, shape: Shape, node: Node): PluginConfiguration {
  const ipam = {
    type: 'host-local',
    dataDir: `/run/cni-ipam-state/${node.name}`,
    ranges: [[{ subnet: podRange(node) }]],
  };
  const common = { ipMasq: false, mtu: podMtu(shape) };
  if (shape === 'ptp') return { type: 'ptp', ...common, ipam: { ...ipam, routes: [{ dst: '0.0.0.0/0' }] } };
  const routes = cluster.network.podCidrs.map(({ value }) => ({ dst: value.text }));
  const gateway = { isGateway: true, isDefaultGateway: true, hairpinMode: true };
  return { type: 'bridge', bridge: 'cni0', ...gateway, ...common, ipam: { ...ipam, routes } };
}

/**
 * Calico's interface: a /32 in the pod behind a link-local gateway that the node answers for by proxy ARP, a route to
 * it on the node, and a black hole for the rest of the node's block.
 */
async function attachByHand(node: Node, pod: Pod): Promise<CniResult> {
  const netns = nodeNetns(node.name);
  const name = calicoDevice(pod);
  const address = addressOf(pod);
  const mtu = podMtu('calico');
  await ipBatch(
    [
      `link add ${name} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${podNetns(pod)}`,
      `link set ${name} address ee:ee:ee:ee:ee:ee up`,
      `route add ${address}/32 dev ${name} scope link`,
      `route replace blackhole ${podRange(node)}`,
    ],
    netns,
  );
  await setKernel(netns, {
    [`ipv4/conf/${name}/proxy_arp`]: 1,
    [`ipv4/conf/${name}/rp_filter`]: 0,
    [`ipv4/neigh/${name}/proxy_delay`]: 0,
  });
  await ipBatch(
    [
      `addr add ${address}/32 dev eth0`,
      'link set eth0 up',
      'route add 169.254.1.1 dev eth0 scope link',
      'route add default via 169.254.1.1 dev eth0',
    ],
    podNetns(pod),
  );
  return { ips: [{ address: `${address}/32` }] };
}

/** `cali` and 11 characters of a hash, as Calico's CNI plugin names its interfaces. */
function calicoDevice(pod: Pod): string {
  const hash = createHash('sha1').update(`${pod.namespace}.${pod.name}`).digest('hex');
  return `cali${hash.slice(0, 11)}`;
}

interface PodLink {
  readonly link_index?: number;
}

interface NodeLink {
  readonly ifindex: number;
  readonly ifname: string;
}

async function hostDevicesOf(pods: readonly Pod[]): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    pods.map(async (pod): Promise<readonly [string, string]> => {
      const [own] = JSON.parse(
        await run(['ip', '-n', podNetns(pod), '-j', 'link', 'show', 'eth0']),
      ) as readonly PodLink[];
      const links = JSON.parse(
        await run(['ip', '-n', nodeNetns(pod.node?.value ?? ''), '-j', 'link']),
      ) as readonly NodeLink[];
      const peer = links.find(({ ifindex }) => ifindex === own?.link_index);
      if (peer === undefined) throw new Error(`the node's end of pod ${keyOf(pod)}'s link was not found`);
      return [addressOf(pod), peer.ifname];
    }),
  );
  return new Map(found);
}

export function addressOf(pod: Pod): string {
  return required(pod.addresses[0]?.value.text, `pod ${keyOf(pod)} has no address`);
}

export function internalAddress(node: Node | undefined): string {
  return required(node?.addresses[0]?.value.text, 'a node of the lab has no address');
}

export function podRange(node: Node): string {
  return required(node.podCidrs[0]?.value.text, `node ${node.name} has no pod range`);
}

function firstOfRange(node: Node): string {
  return required(node.podCidrs[0]?.value.first.text, `node ${node.name} has no pod range`);
}

function required(value: string | undefined, complaint: string): string {
  if (value === undefined) throw new Error(complaint);
  return value;
}
