// Answers: if this connection fails in the cluster although the trace says it works, which settings of the nodes would explain it?
// Each known way to break a node is tried: the trace is walked again under it, and only what would change the answer is told,
// with the command that shows it (spec C5, C2 for MTU and tunnel ports).
import type { ProfileChoice } from '../dataplane/choice';
import { settingsFor } from '../dataplane/detect';
import type { NodeConditions } from '../dataplane/profile';
import type { Hop } from '../dataplane/step';
import type { Cluster } from '../model/cluster';
import type { Trace } from './trace';
import { traceConnectivity } from './traceConnectivity';

export interface NodeCheck {
  readonly id: keyof NodeConditions | 'tunnel-port' | 'mtu';
  /** What would break the connection, and how it would look. */
  readonly text: string;
  /** Run on `nodes`; shows whether it is so. */
  readonly command: string;
  readonly nodes: readonly string[];
}

const conditionChecks: readonly (Pick<NodeCheck, 'text' | 'command'> & {
  readonly id: keyof NodeConditions;
})[] = [
  {
    id: 'bridgeNetfilter',
    text: 'With bridge-nf-call-iptables 0 the answer is switched past the rules that would translate it back, and policies between pods of one node are bypassed: the client times out.',
    command: 'sysctl net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables',
  },
  {
    id: 'hairpin',
    text: 'Without hairpin mode the bridge does not send the pod its own packet back: a pod times out on its own Service.',
    command: 'bridge -d link show',
  },
  {
    id: 'ipForward',
    text: 'With ip_forward 0 the node passes nothing on: everything that leaves a pod times out.',
    command: 'sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding',
  },
  {
    id: 'routeLocalnet',
    text: 'With route_localnet 0 node ports do not work on 127.0.0.1.',
    command: 'sysctl net.ipv4.conf.all.route_localnet',
  },
  {
    id: 'podRoutes',
    text: "Without the route to the other node's pods the packet leaves by the default gateway and is lost.",
    command: 'ip route',
  },
];

/** @returns checks for a trace that says Reachable; none for others, whose verdict already names what stops them. */
export function nodeChecks(cluster: Cluster, trace: Trace, choice: ProfileChoice = {}): readonly NodeCheck[] {
  if (trace.result !== 'Reachable' || trace.candidates.length === 0) return [];
  const nodes = nodesOf([...trace.hops, ...trace.reply]);
  if (nodes.length === 0) return [];
  const broken = conditionChecks.filter(({ id }) => {
    const under = { ...choice, conditions: { ...choice.conditions, [id]: false } };
    return !sameEnd(traceConnectivity(cluster, trace.query, under, enoughWays), trace);
  });
  return [...broken.map((check) => ({ ...check, nodes })), ...tunnelChecks(cluster, trace, choice, nodes)];
}

/** Endpoints differ by node and by being the client itself; the first few hold what there is. */
const enoughWays = 16;

/** Both get there, and to the same place. */
function sameEnd(a: Trace, b: Trace): boolean {
  return (
    a.result === b.result && JSON.stringify(a.hops.at(-1)?.place) === JSON.stringify(b.hops.at(-1)?.place)
  );
}

function tunnelChecks(
  cluster: Cluster,
  { hops }: Trace,
  choice: ProfileChoice,
  nodes: readonly string[],
): readonly NodeCheck[] {
  const outer = hops.find((hop) => hop.outer !== undefined)?.outer;
  if (outer === undefined) return [];
  const { encapsulation } = outer;
  const { uplinkMtu } = settingsFor(cluster, choice).settings.cni;
  const inner = uplinkMtu - encapsulation.overhead;
  const what = encapsulation.port === undefined ? 'IP protocol 4' : `UDP ${encapsulation.port}`;
  return [
    {
      id: 'tunnel-port',
      text: `The nodes must let ${what} pass between ${outer.source.text} and ${outer.destination.text}: where a firewall blocks it, pods of one node reach each other and all others time out.`,
      command:
        encapsulation.port === undefined
          ? 'tcpdump -ni eth0 proto 4'
          : `tcpdump -ni eth0 udp port ${encapsulation.port}`,
      nodes,
    },
    {
      id: 'mtu',
      text: `${encapsulation.kind} takes ${encapsulation.overhead} bytes: with an uplink of ${uplinkMtu} pods may send ${inner}. Where the pods' eth0 is larger, small packets pass and large ones hang.`,
      // 28 bytes of IP and ICMP headers.
      command: `ping -M do -s ${inner - 28} POD_ADDRESS`,
      nodes,
    },
  ];
}

/** Bytes of the largest packet that passes every device of the way; undefined when no device tells. */
export function pathMtu(hops: readonly Hop[]): number | undefined {
  const known = hops.flatMap(({ mtu }) => mtu ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}

function nodesOf(hops: readonly Hop[]): readonly string[] {
  return [...new Set(hops.flatMap(({ place }) => (place.kind === 'node' ? [place.name] : [])))];
}
