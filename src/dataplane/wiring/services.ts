// Answers: which rules translate Services in this namespace? kube-proxy's on every node; Cilium at connect() in every process,
// and at the node's uplink for what comes from outside; Antrea and OVN-Kubernetes in their virtual switch (spec C2, D1).
import { isLoopback, type Ip } from '../../model/address';
import type { Node } from '../../model/node';
import { ciliumRules, kubeProxyRules, switchRules } from '../kubeProxy/modes';
import { translateByRules, type RuleSite, type ServiceRules } from '../kubeProxy/serviceRules';
import type { Arrival, NetNamespace, NetfilterRules, Picker, Translation } from '../network';
import { ownAddresses, podRangeOf } from './addresses';
import type { Wiring } from './context';

type Translate = (arrival: Arrival, pick: Picker) => Translation | undefined;

/** The rules of the node's own namespace. */
export function nodeServices(wiring: Wiring, node: Node): Pick<NetfilterRules, 'translate' | 'input'> {
  const { cni, kubeProxy, kubeProxyOptions, conditions } = wiring.settings;
  const site = siteOf(wiring, node);
  if (kubeProxy === 'none') {
    const rules = cni.services === 'cilium' ? ciliumRules('eBPF at the uplink') : replacementRules(wiring);
    return {
      translate:
        rules === undefined ? nothing : (arrival, pick) => translateByRules(rules, site, arrival, pick),
    };
  }
  const primary = new Set([...node.addresses, ...node.externalAddresses].map(({ value }) => value.text));
  const rules = kubeProxyRules(kubeProxy, {
    routeLocalnet: conditions.routeLocalnet,
    options: kubeProxyOptions,
    isPrimary: (ip) => primary.has(ip.text),
  });
  const translate: Translate = (arrival, pick) => translateByRules(rules, site, arrival, pick);
  if (kubeProxy !== 'ipvs') return { translate };
  // IPVS takes packets that come in where they are delivered (INPUT), and a node's own where they are sent (OUTPUT).
  return {
    translate: (arrival, pick) => (arrival.sentHere ? translate(arrival, pick) : undefined),
    input: translate,
  };
}

/** Antrea and OVN-Kubernetes serve the node's own processes too, by way of the switch. */
function replacementRules({ settings: { cni } }: Wiring): ServiceRules | undefined {
  return cni.attachment.kind === 'switch' ? switchRules(switchName(cni.services)) : undefined;
}

/** The rules of a node's virtual switch, which pods' packets meet first. */
export function switchServices(wiring: Wiring, node: Node): Translate {
  const { cni } = wiring.settings;
  const rules = switchRules(switchName(cni.services));
  const site = siteOf(wiring, node);
  return (arrival, pick) => translateByRules(rules, site, arrival, pick);
}

/** Socket-level load balancing; undefined: the profile has none, packets carry the Service's address. */
export function connectHook(wiring: Wiring, node: Node, of: 'pod' | 'node'): NetNamespace['connect'] {
  const { cni, kubeProxy } = wiring.settings;
  if (cni.services !== 'cilium' || kubeProxy !== 'none') return undefined;
  const rules = ciliumRules('at connect(), before there is a packet');
  const known = siteOf(wiring, node);
  // Loopback inside a pod is the pod's own.
  const site =
    of === 'node' ? known : { ...known, isLocal: (ip: Ip) => !isLoopback(ip) && known.isLocal(ip) };
  return (arrival, pick) => translateByRules(rules, site, arrival, pick);
}

function siteOf(wiring: Wiring, node: Node): RuleSite {
  const own = new Set(ownAddresses(wiring, node).map(({ text }) => text));
  return {
    cluster: wiring.cluster,
    node: node.name,
    isLocal: (ip) => isLoopback(ip) || own.has(ip.text),
    // An address behind a link-local gateway is a /32: no other pod is in its subnet.
    subnet: (ip) => (behindLinkLocal(wiring) ? undefined : podRangeOf(node, ip.family)?.value),
  };
}

function behindLinkLocal({ settings: { cni } }: Wiring): boolean {
  return cni.attachment.kind === 'routed' && cni.attachment.gateway === 'link-local';
}

function switchName(services: Wiring['settings']['cni']['services']): string {
  return services === 'antrea' ? 'AntreaProxy' : 'OVN';
}

const nothing: Translate = () => undefined;
