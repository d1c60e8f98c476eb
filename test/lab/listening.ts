// Answers: which process listens where in the lab? Every declared container port, one port in each pod that only its own
// loopback answers, and a web and a DNS port on the outside host. The API does not tell listeners; here they are known.
import type { Cluster } from '../../src/model/cluster';
import { nodeNetns, outside, podNetns, podsWithNetns } from './netns';
import type { Listener } from './probe';

/** Only 127.0.0.1 of each pod answers here. */
export const loopbackOnlyPort = 9090;
/** Nothing listens here, anywhere. */
export const deafPort = 8081;

/** Listeners by network namespace. */
export function listenersOf(cluster: Cluster): ReadonlyMap<string, readonly Listener[]> {
  const all = new Map<string, readonly Listener[]>();
  for (const node of cluster.nodes) {
    const own = cluster.pods.filter((pod) => pod.spec.hostNetwork && pod.node?.value === node.name);
    all.set(nodeNetns(node.name), own.flatMap(declared));
  }
  for (const pod of podsWithNetns(cluster)) {
    all.set(podNetns(pod), [
      ...declared(pod),
      { protocol: 'TCP', address: '127.0.0.1', port: loopbackOnlyPort },
    ]);
  }
  all.set(outside, [
    { protocol: 'TCP', address: '0.0.0.0', port: 80 },
    { protocol: 'UDP', address: '0.0.0.0', port: 53 },
  ]);
  return all;
}

export function listens(
  listeners: readonly Listener[],
  protocol: string,
  address: string,
  port: number,
): boolean {
  return listeners.some(
    (each) =>
      each.protocol === protocol &&
      each.port === port &&
      (each.address === '0.0.0.0' || each.address === address),
  );
}

function declared(pod: Cluster['pods'][number]): readonly Listener[] {
  return pod.spec.containers
    .filter(({ role }) => role !== 'init')
    .flatMap(({ ports }) => ports)
    .flatMap(({ protocol, containerPort }): readonly Listener[] =>
      protocol === 'SCTP' ? [] : [{ protocol, address: '0.0.0.0', port: containerPort }],
    );
}
