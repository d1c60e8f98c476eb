// What a cluster's own configuration changes on the way: flannel's tunnel, Calico's pools, Cilium's masquerading, ip-masq-agent's
// ranges, switches of kube-proxy, who enforces policies. Each fact holds only because the setting says so: the same trace
// without it is asserted beside it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProfileChoice } from '../../src/dataplane/choice';
import type { Cluster } from '../../src/model/cluster';
import type { IpPool } from '../../src/model/cniFacts';
import { observed } from '../../src/model/source';
import { parseEnd } from '../../src/trace/endText';
import type { Trace } from '../../src/trace/trace';
import { traceConnectivity } from '../../src/trace/traceConnectivity';
import { denyIngress, exposedNodes, pod as makePod, range } from './twoNodes';

/** The two nodes with these settings, as the loader gives them. */
function configured(settings: Readonly<Record<string, string>>, pools: readonly IpPool[] = []): Cluster {
  return {
    ...exposedNodes,
    cni: {
      pools,
      settings: Object.entries(settings).map(([key, value]) => ({
        key,
        value,
        evidence: { text: `the test has ${key}: ${value}`, provenance: 'declared' },
      })),
    },
  };
}

function trace(cluster: Cluster, from: string, to: string, choice: ProfileChoice = {}): Trace {
  const source = parseEnd(from);
  const destination = parseEnd(to);
  assert(source && destination, `${from} -> ${to} names two ends`);
  const query = { from: source.end, to: destination.end, port: destination.port, protocol: 'TCP' } as const;
  return traceConnectivity(cluster, query, choice);
}

/** Whom the receiver sees, or the verdict where nothing arrives. */
function peer(made: Trace): string {
  const last = made.candidates[0]?.hops.at(-1)?.steps.at(-1);
  return last?.kind === 'deliver' || last?.kind === 'leave' ? last.after.source.text : made.verdict.id;
}

const pod = '10.244.1.2';
const node = '172.30.0.11';
const outside = '203.0.113.10';

interface Row {
  readonly fact: string;
  readonly choice: ProfileChoice;
  readonly from?: string;
  readonly to: string;
  readonly without: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly pools?: readonly IpPool[];
  readonly with: string;
}

function pool(cidr: string, natOutgoing: boolean): IpPool {
  const value = range(cidr);
  return { name: cidr, range: observed(value), ipip: 'Never', vxlan: 'Never', natOutgoing, forPods: true };
}

const calico: ProfileChoice = { cni: 'calico' };
const tunnel: ProfileChoice = { cni: 'cilium-tunnel' };
const gke: ProfileChoice = { cni: 'gke' };
const bridge: ProfileChoice = { cni: 'bridge', kubeProxy: 'iptables' };

const rows: readonly Row[] = [
  {
    fact: 'a Calico pool without natOutgoing keeps the pod behind no node, to the world',
    choice: calico,
    to: `${outside}:443`,
    without: node,
    settings: {},
    pools: [pool('10.244.0.0/16', false)],
    with: pod,
  },
  {
    fact: 'and to other nodes',
    choice: calico,
    to: 'node/n2:9100',
    without: node,
    settings: {},
    pools: [pool('10.244.0.0/16', false)],
    with: pod,
  },
  {
    fact: 'a range that is a Calico pool without natOutgoing is spared as a destination',
    choice: calico,
    to: `${outside}:443`,
    without: node,
    settings: {},
    pools: [pool('10.244.0.0/16', true), pool('203.0.113.0/24', false)],
    with: pod,
  },
  {
    fact: 'Cilium without enable-bpf-masquerade masquerades pods to other nodes (C1b F7)',
    choice: tunnel,
    to: 'node/n2:9100',
    without: pod,
    settings: { cilium: 'cilium-config', 'cilium.enable-bpf-masquerade': 'false' },
    with: node,
  },
  {
    fact: 'iptables masquerading is the default of a cilium-config that does not speak of it',
    choice: { cni: 'cilium-native' },
    to: 'node/n2:9100',
    without: pod,
    settings: { cilium: 'cilium-config' },
    with: node,
  },
  {
    fact: 'Cilium with enable-bpf-masquerade spares other nodes',
    choice: tunnel,
    to: 'node/n2:9100',
    without: pod,
    settings: { cilium: 'cilium-config', 'cilium.enable-bpf-masquerade': 'true' },
    with: pod,
  },
  {
    fact: 'Cilium does not masquerade to its native routing range',
    choice: tunnel,
    to: `${outside}:443`,
    without: node,
    settings: {
      cilium: 'cilium-config',
      'cilium.enable-bpf-masquerade': 'true',
      'cilium.ipv4-native-routing-cidr': '203.0.113.0/24',
    },
    with: pod,
  },
  {
    fact: 'Cilium with masquerading off for a family masquerades nothing of it',
    choice: tunnel,
    to: `${outside}:443`,
    without: node,
    settings: { cilium: 'cilium-config', 'cilium.enable-ipv4-masquerade': 'false' },
    with: pod,
  },
  {
    fact: 'GKE spares reserved ranges; ip-masq-agent only those of its list',
    choice: gke,
    to: `${outside}:443`,
    without: pod,
    settings: { 'ip-masq-agent': 'ip-masq-agent', 'ip-masq-agent.nonMasqueradeCIDRs': '10.0.0.0/8' },
    with: node,
  },
  {
    fact: 'ip-masq-agent spares what is in its list',
    choice: gke,
    to: '198.41.0.4:443',
    without: node,
    settings: {
      'ip-masq-agent': 'ip-masq-agent',
      'ip-masq-agent.nonMasqueradeCIDRs': '10.0.0.0/8,198.41.0.0/24',
    },
    with: pod,
  },
  {
    fact: 'ip-masq-agent spares link-local addresses',
    choice: gke,
    to: '169.254.169.254:80',
    without: node,
    settings: { 'ip-masq-agent': 'ip-masq-agent' },
    with: pod,
  },
  {
    fact: 'ip-masq-agent masquerades to link-local addresses when it is told to',
    choice: gke,
    to: '169.254.169.254:80',
    without: node,
    settings: { 'ip-masq-agent': 'ip-masq-agent', 'ip-masq-agent.masqLinkLocal': 'true' },
    with: node,
  },
  {
    fact: 'Antrea with noSNAT keeps the pod to the world',
    choice: { cni: 'antrea' },
    to: `${outside}:443`,
    without: node,
    settings: { 'antrea.noSNAT': 'true' },
    with: pod,
  },
  ...(['iptables', 'nftables', 'ipvs'] as const).map((kubeProxy): Row => ({
    fact: `masqueradeAll in ${kubeProxy} mode masquerades pods to a ClusterIP too (D4)`,
    choice: { cni: 'bridge', kubeProxy },
    to: '10.96.0.10:80',
    without: pod,
    settings: { [`kube-proxy.${kubeProxy === 'nftables' ? 'nftables' : 'iptables'}.masqueradeAll`]: 'true' },
    with: node,
  })),
  {
    fact: 'masqueradeAll of another mode means nothing',
    choice: { cni: 'bridge', kubeProxy: 'nftables' },
    to: '10.96.0.10:80',
    without: pod,
    settings: { 'kube-proxy.iptables.masqueradeAll': 'true' },
    with: pod,
  },
  {
    fact: 'masqueradeAll leaves traffic between pods alone',
    choice: bridge,
    to: 'lab/r:8080',
    without: pod,
    settings: { 'kube-proxy.iptables.masqueradeAll': 'true' },
    with: pod,
  },
  {
    fact: 'node ports are closed on 127.0.0.1 with localhostNodePorts: false (C4)',
    choice: bridge,
    from: 'node/n1',
    to: '127.0.0.1:30080',
    without: node,
    settings: { 'kube-proxy.iptables.localhostNodePorts': 'false' },
    // Delivered to the node itself, untranslated.
    with: '127.0.0.1',
  },
  {
    fact: 'nodePortAddresses closes the node ports of other addresses',
    choice: bridge,
    from: outside,
    to: 'node/n1:30080',
    without: node,
    settings: { 'kube-proxy.nodePortAddresses': '10.0.0.0/8' },
    with: outside,
  },
  {
    fact: 'nodePortAddresses: primary keeps those of the address that others know the node by',
    choice: bridge,
    from: outside,
    to: 'node/n1:30080',
    without: node,
    settings: { 'kube-proxy.nodePortAddresses': 'primary' },
    with: node,
  },
  {
    fact: 'nodePortAddresses: primary closes those of the bridge',
    choice: bridge,
    to: '10.244.1.1:30080',
    without: node,
    settings: { 'kube-proxy.nodePortAddresses': 'primary' },
    with: pod,
  },
];

for (const { fact, choice, from = 'lab/p1', to, without, settings, pools, with: expected } of rows) {
  test(fact, () => {
    assert.equal(peer(trace(exposedNodes, from, to, choice)), without, 'without the setting');
    const made = trace(configured(settings, pools), from, to, choice);
    assert.equal(peer(made), expected, made.verdict.words);
  });
}

test('a pod that leaves the cluster behind no node has an answer only where the network knows pods, which is not told', () => {
  const made = trace(configured({}, [pool('10.244.0.0/16', false)]), 'lab/p1', `${outside}:443`, calico);
  assert.deepEqual([made.result, made.final, made.verdict.id], ['Undetermined', 'Forward', 'unknown']);
  assert.match(made.verdict.words, /nothing masquerades it/);
  // A cloud's network knows its pods.
  const inCloud = trace(exposedNodes, 'lab/p1', `${outside}:443`, gke);
  assert.deepEqual([inCloud.result, peer(inCloud)], ['Reachable', pod]);
});

describe('tunnels', () => {
  const outer = (settings: Readonly<Record<string, string>>, choice: ProfileChoice): readonly unknown[] => {
    const { hops } = trace(configured(settings), 'lab/p1', 'lab/r:8080', choice);
    const wrapped = hops.find((hop) => hop.outer !== undefined)?.outer?.encapsulation;
    const device = hops.find(({ steps }) => steps.some(({ kind }) => kind === 'encapsulate'))?.device;
    return [device, wrapped?.kind, wrapped?.port, wrapped?.vni];
  };
  test('flannel has its VNI and port of net-conf.json, and names the device after the VNI', () => {
    const choice: ProfileChoice = { cni: 'flannel-vxlan' };
    assert.deepEqual(outer({}, choice), ['flannel.1', 'VXLAN', 8472, 1]);
    assert.deepEqual(outer({ 'flannel.Backend.VNI': '4096', 'flannel.Backend.Port': '4789' }, choice), [
      'flannel.4096',
      'VXLAN',
      4789,
      4096,
    ]);
  });
  test('flannel has the VNI that it annotates on nodes', () => {
    const [first, ...others] = exposedNodes.nodes;
    assert.ok(first !== undefined);
    const annotations = {
      'flannel.alpha.coreos.com/backend-data': '{"VNI":7,"VtepMAC":"aa:bb:cc:dd:ee:ff"}',
    };
    const cluster: Cluster = { ...exposedNodes, nodes: [{ ...first, annotations }, ...others] };
    const { hops } = trace(cluster, 'lab/p1', 'lab/r:8080', { cni: 'flannel-vxlan' });
    assert.ok(hops.some(({ device }) => device === 'flannel.7'));
  });
  test('a node that sends into the tunnel of another VNI still has the first address of its range', () => {
    const made = trace(configured({ 'flannel.Backend.VNI': '9' }), 'node/n1', 'lab/r:8080', {
      cni: 'flannel-vxlan',
    });
    assert.equal(peer(made), '10.244.1.0');
  });
  test("Calico's annotation of a tunnel address, as canal has it, is not that of flannel's device", () => {
    const annotations = { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.1.77' };
    const nodes = exposedNodes.nodes.map((each) => ({ ...each, annotations }));
    const seen = (cni: 'flannel-vxlan' | 'calico-vxlan'): string =>
      peer(trace({ ...exposedNodes, nodes }, 'node/n1', 'lab/r:8080', { cni }));
    assert.deepEqual([seen('flannel-vxlan'), seen('calico-vxlan')], ['10.244.1.0', '10.244.1.77']);
  });
  test('Cilium with Geneve uses another device and port', () => {
    const choice: ProfileChoice = { cni: 'cilium-tunnel' };
    assert.deepEqual(outer({}, choice), ['cilium_vxlan', 'VXLAN', 8472, undefined]);
    assert.deepEqual(outer({ 'cilium.tunnel-protocol': 'geneve' }, choice), [
      'cilium_geneve',
      'Geneve',
      6081,
      undefined,
    ]);
  });
  test('Antrea with VXLAN uses another port', () => {
    const choice: ProfileChoice = { cni: 'antrea' };
    assert.deepEqual(outer({}, choice).slice(1, 3), ['Geneve', 6081]);
    assert.deepEqual(outer({ 'antrea.tunnelType': 'vxlan' }, choice).slice(1, 3), ['VXLAN', 4789]);
  });
});

describe('who enforces policies', () => {
  const asked = (cluster: Cluster, choice: ProfileChoice): string =>
    trace({ ...cluster, policies: [denyIngress] }, 'lab/p1', 'lab/r:8080', choice).verdict.id;
  const running = (name: string): Cluster => ({
    ...exposedNodes,
    pods: [
      ...exposedNodes.pods,
      makePod(`${name}-x`, 'n1', ['172.30.0.11'], {
        namespace: 'kube-system',
        owner: { kind: 'DaemonSet', namespace: 'kube-system', name },
      }),
    ],
  });
  const flannel: ProfileChoice = { cni: 'flannel-vxlan' };
  test('flannel alone does not; Calico beside it does', () => {
    assert.equal(asked(exposedNodes, flannel), 'delivered-port-unknown');
    assert.equal(asked(running('canal'), flannel), 'dropped-policy');
    assert.equal(asked(running('calico-node'), flannel), 'dropped-policy');
  });
  test('k3s brings a policy controller for its flannel', () => {
    assert.equal(asked(configured({ 'k3s.networkPolicy': 'true' }), flannel), 'dropped-policy');
  });
  test('the AWS agent does when it is on', () => {
    const key = 'amazon-vpc-cni.enable-network-policy-controller';
    assert.equal(asked(configured({ [key]: 'true' }), { cni: 'aws' }), 'dropped-policy');
    assert.equal(asked(configured({ [key]: 'false' }), { cni: 'aws' }), 'delivered-port-unknown');
    assert.equal(asked(running('calico-node'), { cni: 'aws' }), 'dropped-policy');
  });
});

describe('what the profile cannot follow yet', () => {
  const said = (settings: Readonly<Record<string, string>>, choice: ProfileChoice): readonly string[] =>
    trace(configured(settings), 'lab/p1', 'lab/r:8080', choice)
      .assumptions.map(({ text }) => text)
      .filter((text) => text.includes('not followed'));
  test('is said in every trace, and only where it matters', () => {
    const wireguard = { 'flannel.Backend.Type': 'wireguard' };
    assert.deepEqual(said(wireguard, {}), [
      'the test has flannel.Backend.Type: wireguard, which is not followed: its tunnel is shown as VXLAN.',
    ]);
    assert.deepEqual(said(wireguard, { cni: 'kindnet' }), []);
    assert.deepEqual(said({ 'flannel.Backend.Type': 'vxlan' }, {}), []);
    assert.equal(said({ 'cilium.bpf-lb-sock': 'false' }, { cni: 'cilium-native' }).length, 1);
    assert.equal(said({ 'calico.calicoNetwork.linuxDataplane': 'BPF' }, { cni: 'calico' }).length, 1);
    assert.equal(said({ 'antrea.trafficEncapMode': 'noEncap' }, { cni: 'antrea' }).length, 1);
  });
});
