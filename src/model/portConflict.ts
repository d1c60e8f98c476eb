// Answers: do two containers of one pod want the same port? They share one network namespace, so the second to bind fails
// with EADDRINUSE. The API server accepts it with a warning only. TCP and UDP of one number do not collide. An init container has
// finished before what follows it starts; only sidecars declared before it run beside it (spec G4; core/v1 ContainerPort).
import type { Container, ContainerPort, Pod, PodSpec } from './pod';
import { compareText } from './objects';
import type { Protocol } from './ports';

export interface PortClaim {
  readonly container: Container;
  readonly port: ContainerPort;
}

/** At least two containers that declare one port of one protocol. */
export interface PortRivalry {
  readonly protocol: Protocol;
  readonly port: number;
  /** In the order of the containers, one claim each. */
  readonly claims: readonly PortClaim[];
}

/** Containers of the pod that run side by side and declare the port; each once. */
export function containersWanting(
  pod: { readonly spec: PodSpec },
  protocol: Protocol,
  port: number,
): readonly PortClaim[] {
  const claims = pod.spec.containers.flatMap((container): readonly PortClaim[] => {
    const claim = container.ports.find((each) => each.containerPort === port && each.protocol === protocol);
    return claim === undefined ? [] : [{ container, port: claim }];
  });
  return claims.filter(
    ({ container }, index) =>
      container.role !== 'init' ||
      claims.slice(0, index).some(({ container: earlier }) => earlier.role === 'sidecar'),
  );
}

/** Every port of the pod that two of its containers want, by protocol and number. */
export function portRivals(pod: Pick<Pod, 'spec'>): readonly PortRivalry[] {
  const seen = new Map<string, { readonly protocol: Protocol; readonly port: number }>();
  for (const container of pod.spec.containers) {
    for (const { protocol, containerPort } of container.ports) {
      seen.set(`${protocol} ${containerPort}`, { protocol, port: containerPort });
    }
  }
  return [...seen.values()]
    .map(({ protocol, port }) => ({ protocol, port, claims: containersWanting(pod, protocol, port) }))
    .filter(({ claims }) => claims.length > 1)
    .sort((a, b) => compareText(a.protocol, b.protocol) || a.port - b.port);
}
