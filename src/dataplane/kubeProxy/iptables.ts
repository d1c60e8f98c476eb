// Answers: what do kube-proxy's iptables rules do with a new connection? ClusterIPs are rewritten to one endpoint, refused
// when there is none, dropped when only a Local policy leaves none; what does not come from a pod is marked for masquerading,
// and so is a pod that reaches itself. Source: pkg/proxy/iptables/proxier.go (spec D1, D3, D4).
import { contains, type Ip } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import { keyOf, type ObjectRef } from '../../model/objects';
import type { Service, ServicePort } from '../../model/service';
import type { Evidence } from '../../model/source';
import type { Picker, Translation } from '../network';
import { socketText, type Packet } from '../packet';
import { backendsOf, type Backend } from './endpoints';

/** The rules of PREROUTING and OUTPUT on `node`. @param isLocal whether an address is one of the node's, loopback too */
export function translateByKubeProxy(
  cluster: Cluster,
  node: string,
  isLocal: (ip: Ip) => boolean,
  pick: Picker,
  packet: Packet,
): Translation | undefined {
  for (const owner of lookupOf(cluster).owners(packet.destination)) {
    if (owner.kind === 'service') return translateService(cluster, node, pick, packet, owner.service);
    if (owner.kind === 'node') return nodePortAt(cluster, packet, owner.node.name);
  }
  // Node ports answer on every address of the node: the bridge's, and loopback where route_localnet is set (spec D1, C4).
  return isLocal(packet.destination) ? nodePortAt(cluster, packet, node) : undefined;
}

function translateService(
  cluster: Cluster,
  node: string,
  pick: Picker,
  packet: Packet,
  service: Service,
): Translation | undefined {
  const port = service.ports.find(
    (each) => each.port === packet.destinationPort && each.protocol === packet.protocol,
  );
  if (port === undefined) return undefined;
  const ref: ObjectRef = {
    kind: 'Service',
    namespace: service.namespace,
    name: service.name,
    at: service.nameAt,
  };
  const evidence: readonly Evidence[] = [
    {
      text: `Service ${keyOf(service)} port ${port.port}/${port.protocol}`,
      provenance: service.provenance,
      at: port.at ?? service.at,
    },
  ];
  if (!service.clusterIps.some(({ value }) => value.text === packet.destination.text)) {
    return notModelled(
      `${packet.destination.text} is an external or load-balancer address of Service ${keyOf(service)}; such addresses are not traced yet.`,
      evidence,
    );
  }
  const backends = backendsOf(cluster, service, port, packet.destination.family, node);
  const chosen = backends.usable[pick(backends.usable.length)];
  if (chosen === undefined) return refusal(service, port, packet, node, backends.anywhere, evidence);
  return {
    kind: 'rewrite',
    service: ref,
    chosen: {
      address: chosen.endpoint.address,
      port: chosen.port,
      owner: chosen.endpoint.pod ?? chosen.endpoint.address.text,
    },
    candidates: backends.usable.length,
    mark: masqueradeMark(cluster, packet, chosen),
    evidence: [...evidence, endpointEvidence(chosen)],
  };
}

function refusal(
  service: Service,
  port: ServicePort,
  packet: Packet,
  node: string,
  anywhere: boolean,
  evidence: readonly Evidence[],
): Translation {
  const target = `Service ${keyOf(service)} (${socketText(packet.destination, port.port)})`;
  return anywhere
    ? {
        kind: 'refuse',
        how: 'drop',
        cause: 'dropped-no-local-endpoints',
        reason: `${target} has internalTrafficPolicy Local and no endpoint on ${node}: kube-proxy drops the packet.`,
        evidence,
      }
    : {
        kind: 'refuse',
        how: 'reject',
        cause: 'rejected-no-endpoints',
        reason: `${target} has no endpoints: kube-proxy rejects the packet.`,
        evidence,
      };
}

/** Why the source will be rewritten on the way out; undefined when it will not. */
function masqueradeMark(cluster: Cluster, packet: Packet, chosen: Backend): string | undefined {
  if (packet.source.text === chosen.endpoint.address.text)
    return 'kube-proxy masquerades a pod that reaches itself through its Service, so that the answer comes back by the node';
  const ranges = cluster.network.podCidrs.filter(({ value }) => value.first.family === packet.source.family);
  const fromPod = ranges.length === 0 || ranges.some(({ value }) => contains(value, packet.source));
  return fromPod ? undefined : `kube-proxy masquerades clients of a ClusterIP that are not in the pod range`;
}

function nodePortAt(cluster: Cluster, packet: Packet, node: string): Translation | undefined {
  for (const service of cluster.services) {
    const port = service.ports.find(
      (each) => each.nodePort === packet.destinationPort && each.protocol === packet.protocol,
    );
    if (port !== undefined) {
      return notModelled(
        `${packet.destinationPort} is a node port of Service ${keyOf(service)}; node ports are not traced yet.`,
        [
          {
            text: `Service ${keyOf(service)} nodePort ${packet.destinationPort}`,
            provenance: service.provenance,
            at: port.at ?? service.at,
          },
        ],
      );
    }
  }
  for (const pod of lookupOf(cluster).podsOn(node)) {
    if (pod.spec.hostNetwork) continue;
    for (const container of pod.spec.containers) {
      const port = container.ports.find(
        (each) => each.hostPort === packet.destinationPort && each.protocol === packet.protocol,
      );
      if (port !== undefined) {
        return notModelled(
          `${packet.destinationPort} is a host port of pod ${keyOf(pod)}; host ports are not traced yet.`,
          [
            {
              text: `container ${container.name} hostPort ${packet.destinationPort}`,
              provenance: 'declared',
              at: port.at,
            },
          ],
        );
      }
    }
  }
  return undefined;
}

function notModelled(reason: string, evidence: readonly Evidence[]): Translation {
  return { kind: 'refuse', how: 'not-modelled', cause: 'not-modelled', reason, evidence };
}

function endpointEvidence({ endpoint, slice }: Backend): Evidence {
  const owner = endpoint.pod ?? endpoint.address.text;
  return {
    text: `${owner} is listed in EndpointSlice ${keyOf(slice)}`,
    provenance: slice.provenance,
    at: slice.at,
  };
}
