// Answers: which Service has this node port, and which pod of this node this host port? Tables over one cluster value, made once.
import type { Ip } from '../../model/address';
import { sameIp, parseIp } from '../../model/address';
import type { Cluster } from '../../model/cluster';
import { lookupOf } from '../../model/lookup';
import { isOnPodNetwork, type ContainerPort, type Pod } from '../../model/pod';
import type { Service, ServicePort } from '../../model/service';
import type { PacketProtocol } from '../packet';

export interface NodePortOwner {
  readonly service: Service;
  readonly port: ServicePort;
}

export interface HostPortOwner {
  readonly pod: Pod;
  readonly container: string;
  readonly port: ContainerPort;
}

export interface PortOwners {
  readonly nodePort: (protocol: PacketProtocol, port: number) => NodePortOwner | undefined;
  /** @param ip the node's address that the packet is for: `hostIP` narrows a host port to one. */
  readonly hostPort: (
    node: string,
    ip: Ip,
    protocol: PacketProtocol,
    port: number,
  ) => HostPortOwner | undefined;
}

const known = new WeakMap<Cluster, PortOwners>();

export function portOwnersOf(cluster: Cluster): PortOwners {
  const made = known.get(cluster) ?? build(cluster);
  known.set(cluster, made);
  return made;
}

function build(cluster: Cluster): PortOwners {
  const nodePorts = new Map<string, NodePortOwner>();
  for (const service of cluster.services) {
    for (const port of service.ports) {
      const key = `${port.protocol} ${port.nodePort ?? 0}`;
      if (port.nodePort !== undefined && !nodePorts.has(key)) nodePorts.set(key, { service, port });
    }
  }
  const byNode = new Map<string, readonly HostPortOwner[]>();
  const hostPortsOn = (node: string): readonly HostPortOwner[] => {
    const found = byNode.get(node) ?? listHostPorts(lookupOf(cluster).podsOn(node));
    byNode.set(node, found);
    return found;
  };
  return {
    nodePort: (protocol, port) => nodePorts.get(`${protocol} ${port}`),
    hostPort: (node, ip, protocol, number) =>
      hostPortsOn(node).find(
        ({ port }) => port.hostPort === number && port.protocol === protocol && listensOn(port, ip),
      ),
  };
}

/** hostNetwork pods bind the node's ports themselves: nothing is translated for them. */
function listHostPorts(pods: readonly Pod[]): readonly HostPortOwner[] {
  return pods
    .filter(isOnPodNetwork)
    .flatMap((pod) =>
      pod.spec.containers.flatMap((container) =>
        container.ports
          .filter((port) => port.hostPort !== undefined)
          .map((port) => ({ pod, container: container.name, port })),
      ),
    );
}

function listensOn({ hostIp }: ContainerPort, ip: Ip): boolean {
  if (hostIp === undefined || hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::') return true;
  const wanted = parseIp(hostIp);
  return wanted !== undefined && sameIp(wanted, ip);
}
