// Answers: which containers declare that they listen where this packet arrives? `containerPort` is information only: an
// undeclared port may be open and a declared one closed, so nothing here decides a verdict (API docs, ContainerPort).
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import type { NetNamespace } from './network';
import type { Packet } from './packet';

export interface Listeners {
  readonly names: readonly string[];
  /** hostNetwork pods among the listeners: they receive in the node's namespace. */
  readonly pods: readonly Pod[];
  readonly words: string;
  readonly evidence: readonly Evidence[];
}

/** Containers in `netns` that declare the packet's destination port. Init containers have finished by then. */
export function listenersIn(
  netns: NetNamespace,
  packet: Packet,
  nodeNetworkPods: (node: string) => readonly Pod[],
): Listeners {
  if (packet.protocol === 'ICMP')
    return {
      names: [],
      pods: [],
      words: 'The kernel answers the ping; no process has to listen.',
      evidence: [],
    };
  const port = `${packet.protocol} ${packet.destinationPort}`;
  const pods = netns.pod === undefined ? (netns.node ? nodeNetworkPods(netns.node.name) : []) : [netns.pod];
  const found = pods.flatMap((pod) =>
    pod.spec.containers
      .filter((container) => container.role !== 'init')
      .flatMap((container) => container.ports.map((declared) => ({ pod, container, declared })))
      .filter(
        ({ declared }) =>
          declared.containerPort === packet.destinationPort && declared.protocol === packet.protocol,
      ),
  );
  const names = found.map(({ pod, container }) =>
    netns.pod === undefined ? `${pod.namespace}/${pod.name}/${container.name}` : container.name,
  );
  const evidence = found.map(({ container, declared }): Evidence => ({
    text: `container ${container.name} declares ${port}`,
    provenance: 'declared',
    at: declared.at,
  }));
  const words =
    names.length === 0
      ? `Nothing declares ${port} there; whether a process listens is not known.`
      : `${names.join(' and ')} ${names.length === 1 ? 'declares' : 'declare'} ${port}; that a process listens is not verified.`;
  const receivers = [...new Set(found.map(({ pod }) => pod))];
  return { names, pods: receivers.filter((pod) => pod.spec.hostNetwork), words, evidence };
}
