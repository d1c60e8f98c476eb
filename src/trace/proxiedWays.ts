// Answers: how does a connection go on behind a proxy? The proxy ends the client's connection and opens its own to an endpoint
// of the Service, past the ClusterIP as most controllers do; each endpoint is a way of its own. Policies at the endpoint see the
// proxy's pod, not the client.
import { backendsOf } from '../dataplane/kubeProxy/endpoints';
import type { Dataplane, NetNamespace } from '../dataplane/network';
import type { Hop } from '../dataplane/step';
import { proxy } from '../dataplane/steps/proxy';
import type { Filter } from '../dataplane/walk';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { resolvedPod, type Onward, type Origin, type Target } from './ends';
import type { Way } from './trace';
import { walkWay, type WalkedWay } from './way';

/** @param front the walked way to the proxy. @returns the ways through it; the way itself when it does not get there. */
export function walkOnward(
  cluster: Cluster,
  dataplane: Dataplane,
  front: WalkedWay,
  onward: Onward,
  filter: Filter,
): readonly WalkedWay[] {
  const { receiver, way } = front;
  if (receiver === undefined || way.result !== 'Reachable') return [front];
  const origin: Origin = {
    netns: receiver,
    pod: receiver.pod,
    outside: undefined,
    families: receiver.pod?.addresses.map(({ value }) => value.family) ?? [4],
    resolved: way.destination,
    assumptions: [],
  };
  return onward.backends.flatMap((backend): readonly WalkedWay[] => {
    const targets = endpointTargets(cluster, receiver, origin, backend);
    if (targets.length === 0) return [{ ...front, way: withoutEndpoints(way, backend, onward) }];
    return targets.map((target) => {
      const behind = walkWay(cluster, dataplane, origin, target, 'TCP', 0, filter);
      return { ...behind, candidates: 1, way: joined(way, behind.way, receiver, onward) };
    });
  });
}

function endpointTargets(
  cluster: Cluster,
  receiver: NetNamespace,
  origin: Origin,
  { service, port, probability }: Onward['backends'][number],
): readonly Target[] {
  for (const family of origin.families) {
    const { cluster: usable } = backendsOf(cluster, service, port, family, receiver.node?.name);
    if (usable.length === 0) continue;
    return usable.map(({ endpoint, port: number }): Target => {
      const pod = endpoint.pod === undefined ? undefined : lookupOf(cluster).pod(endpoint.pod);
      const end = pod === undefined ? { label: endpoint.address.text } : resolvedPod(pod);
      return {
        address: endpoint.address,
        port: number,
        resolved: { ...end, address: endpoint.address.text },
        pod,
        probability: probability / usable.length,
      };
    });
  }
  return [];
}

function joined(front: Way, behind: Way, receiver: NetNamespace, onward: Onward): Way {
  const { label } = receiver;
  const opened = `${label} takes the connection for itself and opens its own for ${onward.entry}: what follows is a new connection, and the client's address does not travel on.`;
  const answered = `${label} passes the answer on in the client's own connection.`;
  const complete = behind.result === 'Reachable';
  return {
    ...behind,
    probability: front.probability * behind.probability,
    verdict: complete
      ? behind.verdict
      : {
          ...behind.verdict,
          words: `The proxy is reached, but not what is behind it. ${behind.verdict.words}`,
          symptom: 'an HTTP error from the proxy (502, 503 or 504)',
        },
    hops: [...endedByProxy(front.hops, label, opened), ...behind.hops],
    reply: complete ? [...endedByProxy(behind.reply, label, answered), ...front.reply] : [],
  };
}

/** The hops with the proxy's step after the last. */
function endedByProxy(hops: readonly Hop[], label: string, reason: string): readonly Hop[] {
  const last = hops.at(-1);
  if (last === undefined) return hops;
  const step = proxy(last.steps.at(-1)?.after ?? last.packet, label, reason, []);
  return [...hops.slice(0, -1), { ...last, steps: [...last.steps, step] }];
}

function withoutEndpoints(front: Way, { service, port }: Onward['backends'][number], onward: Onward): Way {
  const words = `The proxy is reached, but ${onward.entry} leads to Service ${keyOf(service)} port ${port.port}, which has no usable endpoints.`;
  return {
    ...front,
    result: 'Unreachable',
    final: 'Reject',
    verdict: { id: 'rejected-no-endpoints', words, symptom: 'HTTP 503 from the proxy' },
    destination: { label: `Service ${keyOf(service)}`, at: service.nameAt ?? service.at },
  };
}
