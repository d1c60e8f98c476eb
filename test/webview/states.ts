// States of the trace page to look at and to check: a delivered packet, one that a policy drops, several endpoints, a pod
// on its node's network, names with markup, IPv6, and the page before anything is picked.
import { traceView } from '../../src/features/traceView';
import type { TraceView } from '../../src/features/traceViewShape';
import type { PanelState } from '../../src/protocol/messages';
import { shop, shopTrace } from '../features/shopCluster';

const none: PanelState = {
  revision: 1,
  picks: { protocol: 'TCP', way: 0 },
  options: { ports: [], protocols: ['TCP', 'UDP', 'SCTP'], families: ['any', '4', '6'] },
  busy: false,
};

function traced(from: string, to: string, way = 0): PanelState {
  const trace = shopTrace(from, to);
  const view = traceView(trace, shop, way);
  const label = (end: TraceView['source'], fallback: string) => ({
    text: end?.label ?? fallback,
    detail: end?.address === undefined ? undefined : `${end.address} (${end.provenance ?? 'address'})`,
  });
  return {
    ...none,
    picks: { from: trace.query.from, to: trace.query.to, port: trace.query.port, protocol: 'TCP', way },
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
};
