// Answers: which kernel namespace stands for which place of a trace? One per node, one per pod address; the wire between
// nodes, the router and the outside host have one each. Pods are known by address, so that one network serves many clusters.
import type { Cluster } from '../../src/model/cluster';
import { lookupOf } from '../../src/model/lookup';
import { isLive, type Pod } from '../../src/model/pod';
import type { Place } from '../../src/dataplane/step';

export const fabric = 'fabric';
export const router = 'router';
export const outside = 'outside';

/** The router's addresses, towards the nodes and towards the outside host. */
export const routerAddress = '172.30.0.1';
export const outsideGateway = '203.0.113.1';
export const outsideAddress = '203.0.113.10';

export function nodeNetns(name: string): string {
  return `node.${name}`;
}

/** @returns the pod's own namespace; its node's when it is on hostNetwork. */
export function podNetns(pod: Pod): string {
  return pod.spec.hostNetwork
    ? nodeNetns(pod.node?.value ?? '')
    : `pod.${pod.addresses[0]?.value.text ?? 'without-address'}`;
}

/** @returns undefined for the wire, where nothing is captured, and outside, which is the router or the host behind it. */
export function netnsOfPlace(cluster: Cluster, place: Place): string | undefined {
  switch (place.kind) {
    case 'pod': {
      const pod = lookupOf(cluster).pod(`${place.namespace}/${place.name}`);
      return pod && podNetns(pod);
    }
    case 'node':
      return nodeNetns(place.name);
    case 'outside':
    case 'fabric':
      return undefined;
  }
}

/** Pods that have a namespace of their own now. */
export function podsWithNetns(cluster: Cluster): readonly Pod[] {
  return cluster.pods.filter((pod) => !pod.spec.hostNetwork && isLive(pod) && pod.addresses.length > 0);
}
