// Answers: how do kube-proxy's modes, and what replaces it, differ? In what they do with a wrong port of a ClusterIP and an
// unallocated one, on which node addresses node ports are open, and where the rewriting happens.
// Sources: pkg/proxy/{iptables,nftables,ipvs}/proxier.go, nftables/README.md, Cilium kubeproxy-free.rst (spec D1, C2).
import { contains, isLoopback, parseCidr, type Ip } from '../../model/address';
import type { KubeProxyMode, KubeProxyOptions } from '../profile';
import type { Translator } from '../steps/translate';
import type { RefusalHooks, ServiceRules } from './serviceRules';

/** What the rules must know of the node that runs them. */
export interface ModeSite {
  readonly routeLocalnet: boolean;
  readonly options: KubeProxyOptions;
  /** An address that other machines know the node by, in contrast to its bridge's or tunnel's. */
  readonly isPrimary: (ip: Ip) => boolean;
}

/** The CNI plugin that most clusters have for host ports. */
const hostPorts: Translator = { who: 'The portmap plugin', how: 'DNAT of a host port' };

/** Refused where it would have been translated. */
const onArrival: RefusalHooks = {
  internal: ['prerouting', 'output'],
  external: ['prerouting', 'output'],
  nodePort: ['prerouting', 'output'],
  outsideRanges: ['prerouting', 'output'],
  rangesFirst: true,
  uncaptured: ['prerouting', 'output'],
  outputFirst: false,
};

/** The chains KUBE-SERVICES, KUBE-EXTERNAL-SERVICES and KUBE-PROXY-FIREWALL of the table filter. */
const byIptables: RefusalHooks = {
  internal: ['forward', 'output'],
  external: ['input', 'forward'],
  nodePort: ['input', 'forward'],
  outsideRanges: ['input', 'forward', 'output'],
  rangesFirst: false,
  uncaptured: [],
  outputFirst: false,
};

/** service-endpoints-check, nodeport-endpoints-check, firewall-check and cluster-ips-check; filter-output comes before nat-output. */
const byNftables: RefusalHooks = {
  internal: ['input', 'forward', 'output'],
  external: ['input', 'forward', 'output'],
  nodePort: ['input'],
  outsideRanges: ['prerouting', 'output'],
  rangesFirst: true,
  uncaptured: ['forward', 'output'],
  outputFirst: true,
};

export function kubeProxyRules(mode: Exclude<KubeProxyMode, 'none'>, site: ModeSite): ServiceRules {
  const { masqueradeAll, nodePortAddresses } = site.options;
  const modeRules = rulesOf(mode, site);
  return {
    ...modeRules,
    masqueradesAll: masqueradeAll,
    nodePortOn:
      nodePortAddresses === undefined
        ? modeRules.nodePortOn
        : (ip) => isListed(nodePortAddresses, ip, site) && (!isLoopback(ip) || modeRules.nodePortOn(ip)),
  };
}

/** `--nodeport-addresses`: ranges, or words for them (pkg/proxy/util/nodeport_addresses.go). */
function isListed(addresses: readonly string[], ip: Ip, { isPrimary }: ModeSite): boolean {
  return addresses.some((address) => {
    if (address === 'all') return true;
    if (address === 'primary') return isPrimary(ip);
    if (address === 'localhost') return isLoopback(ip);
    const range = parseCidr(address);
    return range !== undefined && contains(range, ip);
  });
}

function rulesOf(mode: Exclude<KubeProxyMode, 'none'>, site: ModeSite): ServiceRules {
  switch (mode) {
    case 'iptables':
      return {
        by: { who: 'kube-proxy', how: 'DNAT' },
        uncaptured: {},
        refuses: byIptables,
        // IPv6 has no route_localnet: ::1 never has node ports.
        nodePortOn: (ip) => !isLoopback(ip) || (site.routeLocalnet && ip.family === 4),
        masqueradesLocalEndpoints: true,
        masqueradesAll: false,
        answersPing: false,
        hostPorts,
      };
    case 'nftables':
      return {
        by: { who: 'kube-proxy', how: 'DNAT' },
        uncaptured: {
          wrongPort: {
            how: 'reject',
            cause: 'refused-no-listener',
            words: 'kube-proxy in nftables mode refuses it.',
          },
          unallocated: {
            how: 'drop',
            cause: 'not-captured',
            words: 'kube-proxy in nftables mode drops the packet.',
          },
        },
        refuses: byNftables,
        nodePortOn: site.isPrimary,
        masqueradesLocalEndpoints: true,
        masqueradesAll: false,
        answersPing: false,
        hostPorts,
      };
    case 'ipvs':
      return {
        by: { who: 'kube-proxy', how: 'IPVS' },
        uncaptured: {
          wrongPort: {
            how: 'reject',
            cause: 'refused-no-listener',
            words:
              'in IPVS mode the address is bound to the node itself, where nothing listens on it (unless a process of the node listens on every address).',
          },
        },
        refuses: onArrival,
        nodePortOn: (ip) => !isLoopback(ip),
        masqueradesLocalEndpoints: true,
        masqueradesAll: false,
        answersPing: true,
        hostPorts,
      };
  }
}

/** Cilium without kube-proxy, for packets that come from outside: it keeps the client's address where the endpoint is local. */
export function ciliumRules(how: string): ServiceRules {
  return {
    by: { who: 'Cilium', how },
    uncaptured: {},
    refuses: onArrival,
    nodePortOn: () => true,
    masqueradesLocalEndpoints: false,
    masqueradesAll: false,
    answersPing: false,
    hostPorts: { who: 'Cilium', how: 'host port' },
  };
}

/** Load balancing in a virtual switch (Antrea, OVN-Kubernetes). */
export function switchRules(who: string): ServiceRules {
  return {
    by: { who, how: 'load balancing in the virtual switch' },
    uncaptured: {},
    refuses: onArrival,
    nodePortOn: () => true,
    masqueradesLocalEndpoints: true,
    masqueradesAll: false,
    answersPing: false,
    hostPorts,
  };
}
