// States of the trace page to look at and to check: a delivered packet, one that a policy drops, several endpoints, a pod on its
// node's network, names with markup, tunnels, ways in from outside, proxies, IPv6, pings, and the page before anything is picked.
import { readChoice, type ProfileChoice } from '../../src/dataplane/choice';
import type { PacketProtocol } from '../../src/dataplane/packet';
import type { CniProfileId } from '../../src/dataplane/profile';
import { comparisonView } from '../../src/features/profileComparison';
import { traceView, type TraceViewOptions } from '../../src/features/traceView';
import type { TraceView } from '../../src/features/traceViewShape';
import type { Cluster } from '../../src/model/cluster';
import type { PanelState, ProfilePick } from '../../src/protocol/messages';
import { compareProfiles } from '../../src/trace/compareProfiles';
import type { Trace } from '../../src/trace/trace';
import { edge, traceIn, wired } from '../features/edgeCluster';
import { shop, shopTrace } from '../features/shopCluster';
import { inIpv6 } from '../trace/ipv6';

const none: PanelState = {
  revision: 1,
  picks: { protocol: 'TCP', way: 0 },
  options: { ports: [], protocols: ['TCP', 'UDP', 'SCTP', 'ICMP'], families: ['any', '4', '6'] },
  busy: false,
};

function traced(from: string, to: string, way = 0): PanelState {
  return shown(shopTrace(from, to), shop, from, to, { way });
}

/** In the network of `cni`, with iptables unless the plugin replaces kube-proxy. */
function wiredBy(
  cni: CniProfileId,
  from: string,
  to: string,
  more: { readonly cluster?: Cluster; readonly protocol?: PacketProtocol; readonly way?: number } = {},
): PanelState {
  const { cluster = wired, protocol = 'TCP', way = 0 } = more;
  const choice: ProfileChoice = { cni, kubeProxy: cni.startsWith('cilium') ? 'none' : 'iptables' };
  return shown(traceIn(cluster, from, to, choice, protocol), cluster, from, to, { way, choice });
}

/** With all profiles side by side, as under one of them. */
function compared(from: string, to: string, profile?: ProfilePick): PanelState {
  const { choice } = readChoice(profile ?? {});
  const trace = traceIn(shop, from, to, choice);
  const state = shown(trace, shop, from, to, { way: 0, choice });
  return {
    ...state,
    picks: { ...state.picks, compare: true, profile },
    comparison: comparisonView(compareProfiles(shop, trace.query)),
  };
}

function shown(
  trace: Trace,
  cluster: Cluster,
  from: string,
  to: string,
  options: TraceViewOptions & { readonly way: number },
): PanelState {
  const view = traceView(trace, cluster, options);
  const label = (end: TraceView['source'], fallback: string) => ({
    text: end?.label ?? fallback,
    detail: end?.address === undefined ? undefined : `${end.address} (${end.provenance ?? 'address'})`,
  });
  const { query } = trace;
  return {
    ...none,
    picks: { from: query.from, to: query.to, port: query.port, protocol: query.protocol, way: options.way },
    from: label(view.source, from),
    to: label(view.destination, to),
    options: {
      ...none.options,
      ports: [
        { port: 5432, name: 'postgres', protocol: 'TCP' },
        { port: 9187, name: 'metrics', protocol: 'TCP' },
      ],
    },
    view,
  };
}

const x = '203.0.113.10';

/** The Service's answer, another of its ways shown in full. */
export const serviceWay = (way: number): PanelState => traced('shop/web', 'svc/shop/db:5432', way);

export const states: Readonly<Record<string, PanelState>> = {
  empty: none,
  busy: { ...none, busy: true },
  problem: { ...none, problem: 'The sample has no pod named shop/gone any more; pick another source.' },
  reachable: traced('shop/web', 'shop/db-0:5432'),
  service: serviceWay(0),
  'service-locked': serviceWay(2),
  denied: traced('default/stranger', 'shop/db-0:5432'),
  'denied-egress': traced('shop/web', 'monitoring/exporter:9100'),
  'same-node': traced('shop/web', 'shop/db-1:5432'),
  localhost: traced('default/odd', '127.0.0.1:80'),
  'host-network': traced('monitoring/exporter', 'default/odd:80'),
  'to-host-network': traced('default/stranger', 'monitoring/exporter:9100'),
  outside: traced('default/stranger', '203.0.113.7:443'),
  'no-endpoints': traced('default/stranger', 'svc/shop/empty:80'),
  markup: traced('default/stranger', 'default/odd:80'),
  vxlan: wiredBy('flannel-vxlan', 'lab/p1', 'lab/r:8080'),
  'cluster-ip': wiredBy('kindnet', 'lab/p1', 'svc/lab/svc:80'),
  'node-port': wiredBy('kindnet', x, 'svc/lab/np-local:80', { way: 1 }),
  'node-port-remote': wiredBy('flannel-vxlan', x, 'node/n1:30080'),
  'host-port': wiredBy('calico', x, 'node/n2:18080'),
  hairpin: wiredBy('bridge', 'lab/r', 'svc/lab/svc:80'),
  ingress: wiredBy('calico-ipip', x, 'http://shop.example.com', { cluster: edge, way: 1 }),
  'dns-blocked': wiredBy('calico', 'shop/web-0', 'api:80', { cluster: edge }),
  cilium: wiredBy('cilium-tunnel', 'lab/p1', 'svc/lab/svc:80'),
  antrea: wiredBy('antrea', 'lab/p1', 'lab/r:8080'),
  ipv6: wiredBy('flannel-vxlan', 'lab/p1', 'svc/lab/svc:80', { cluster: inIpv6(wired) }),
  compare: compared('default/stranger', 'shop/db-0:5432'),
  'compare-service': compared('shop/web', 'svc/shop/db:5432', { cni: 'cilium-native', kubeProxy: 'none' }),
  icmp: wiredBy('kindnet', 'lab/p1', 'lab/r', { protocol: 'ICMP' }),
};
