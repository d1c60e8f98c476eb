// Answers: which ports of its node does a pod take, and are they free? A hostPort is taken by (address, protocol, port);
// 0.0.0.0 overlaps every address. On hostNetwork every declared containerPort is a hostPort (API defaulting). App containers
// and sidecars count. Source: pkg/scheduler/framework/plugins/nodeports, HostPortInfo in pkg/scheduler/framework/types.go.
import type { PodSpec } from '../model/pod';
import type { Protocol } from '../model/ports';

export interface HostPort {
  /** `0.0.0.0` for every address. */
  readonly ip: string;
  readonly protocol: Protocol;
  readonly port: number;
}

export function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const ports: HostPort[] = [];
  for (const container of spec.containers) {
    if (container.role !== 'app' && container.role !== 'sidecar') continue;
    for (const { hostPort, containerPort, hostIp, protocol } of container.ports) {
      const port = hostPort ?? (spec.hostNetwork ? containerPort : 0);
      if (port === 0) continue;
      const everywhere = hostIp === undefined || hostIp === '';
      ports.push({ ip: everywhere ? '0.0.0.0' : hostIp, protocol, port });
    }
  }
  return ports;
}

export function portsConflict(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
  return sameAddress && a.protocol === b.protocol && a.port === b.port;
}

/** Host ports in use, by node. Filled while pods are being placed. */
export class HostPortTable {
  readonly #taken = new Map<string, HostPort[]>();

  take(node: string, ports: readonly HostPort[]): void {
    if (ports.length === 0) return;
    this.#taken.set(node, [...(this.#taken.get(node) ?? []), ...ports]);
  }

  isFree(node: string, ports: readonly HostPort[]): boolean {
    if (ports.length === 0) return true;
    const taken = this.#taken.get(node) ?? [];
    return !ports.some((port) => taken.some((other) => portsConflict(port, other)));
  }
}
