// Answers: which network namespace sends? A pod by name, one pod of a workload, a node, or whoever has an address: also a host
// outside the cluster, behind its gateway.
import type { Dataplane, NetNamespace } from '../dataplane/network';
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Node } from '../model/node';
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import {
  canSend,
  failure,
  found,
  notRunning,
  resolvedNode,
  resolvedPod,
  unknownObject,
  type Origin,
  type Resolution,
} from './ends';
import { aborted } from './outcome';
import type { End } from './query';

export function resolveSource(cluster: Cluster, dataplane: Dataplane, end: End): Resolution<Origin> {
  const lookup = lookupOf(cluster);
  switch (end.kind) {
    case 'pod': {
      const pod = lookup.pod(`${end.namespace}/${end.name}`);
      return pod === undefined
        ? unknownObject('Pod', `${end.namespace}/${end.name}`)
        : originPod(dataplane, pod, []);
    }
    case 'workload': {
      const key = `${end.namespace}/${end.name}`;
      const pods = lookup.podsOf(end.workload, key);
      const pod = pods.find(canSend) ?? pods[0];
      if (pod === undefined) {
        return lookup.workload(end.workload, key) === undefined
          ? unknownObject(end.workload, key)
          : failure(aborted('Unreachable', 'not-running', `${end.workload} ${key} has no pods.`));
      }
      const others: readonly Evidence[] =
        pods.length > 1
          ? [
              {
                text: `Traced from ${keyOf(pod)}, one of ${pods.length} pods of ${end.workload} ${key}.`,
                provenance: pod.provenance,
                at: pod.at,
              },
            ]
          : [];
      return originPod(dataplane, pod, others);
    }
    case 'node': {
      const netns = dataplane.ofNode(end.name);
      return netns?.node === undefined ? unknownObject('Node', end.name) : originNode(netns, netns.node);
    }
    case 'address':
      return originAddress(cluster, dataplane, end.address);
    case 'service':
      return failure(
        aborted(
          'Undetermined',
          'unknown',
          `A Service does not send; pick one of the pods behind ${end.namespace}/${end.name}.`,
        ),
      );
    case 'name':
      return failure(
        aborted(
          'Undetermined',
          'unknown',
          `${end.name} does not name a source; write namespace/pod, Kind/namespace/name, node/name or an address.`,
        ),
      );
  }
}

function originAddress(cluster: Cluster, dataplane: Dataplane, text: string): Resolution<Origin> {
  const ip = parseIp(text);
  if (ip === undefined) return failure(aborted('Undetermined', 'unknown', `${text} is not an IP address.`));
  for (const owner of lookupOf(cluster).owners(ip)) {
    if (owner.kind === 'pod') return originPod(dataplane, owner.pod, []);
    const netns = owner.kind === 'node' ? dataplane.ofNode(owner.node.name) : undefined;
    if (netns?.node !== undefined) return originNode(netns, netns.node);
    if (owner.kind === 'service')
      return failure(
        aborted(
          'Undetermined',
          'unknown',
          `${ip.text} is an address of Service ${keyOf(owner.service)}: a Service does not send, pick one of the pods behind it.`,
        ),
      );
  }
  const range = lookupOf(cluster).rangeOf(ip);
  if (range !== undefined)
    return failure(
      aborted(
        'Undetermined',
        'unknown',
        `No pod or node has the address ${ip.text}, though it is in a range of the cluster.`,
      ),
    );
  const netns = dataplane.outside(ip);
  const outside: Evidence = {
    text: `${ip.text} is taken to be a host outside the cluster that reaches the nodes through one router.`,
    provenance: 'inferred',
  };
  return found({
    netns,
    pod: undefined,
    outside: ip,
    families: [ip.family],
    resolved: { label: netns.label, address: ip.text },
    assumptions: [outside],
  });
}

function originPod(dataplane: Dataplane, pod: Pod, assumptions: readonly Evidence[]): Resolution<Origin> {
  const resolved = resolvedPod(pod);
  const unable = notRunning(pod);
  if (unable !== undefined) return failure(unable, resolved);
  const netns = dataplane.ofPod(pod);
  if (netns === undefined)
    return failure(
      aborted(
        'Undetermined',
        'unknown',
        `Nothing is known of ${pod.node?.value ?? 'the node'} where pod ${keyOf(pod)} runs.`,
      ),
      resolved,
    );
  return found({
    netns,
    pod,
    outside: undefined,
    families: pod.addresses.map(({ value }) => value.family),
    resolved,
    assumptions,
  });
}

function originNode(netns: NetNamespace, node: Node): Resolution<Origin> {
  return found({
    netns,
    pod: undefined,
    outside: undefined,
    families: node.addresses.map(({ value }) => value.family),
    resolved: resolvedNode(node.name, node.addresses[0]?.value),
    assumptions: [],
  });
}
