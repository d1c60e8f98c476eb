// Answers: which Services lead to this pod, and by which of their ports? Read from the endpoint slices, which name the pods behind
// a Service and join its ports by name (discovery/v1; spec D2).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf, type ObjectKey } from '../model/objects';
import type { Protocol } from '../model/ports';
import type { EndpointSlice, Service, ServicePort } from '../model/service';

interface Backing {
  readonly service: Service;
  readonly slices: EndpointSlice[];
}

const indexes = new WeakMap<Cluster, ReadonlyMap<ObjectKey, readonly Backing[]>>();

/** Services that have the pod as an endpoint, ready or not, by namespace and name. */
export function servicesOf(cluster: Cluster, pod: ObjectKey): readonly Service[] {
  return backings(cluster, pod).map(({ service }) => service);
}

/** Ports of Services that end at this port of the pod. */
export function portsLeadingTo(
  cluster: Cluster,
  pod: ObjectKey,
  protocol: Protocol,
  number: number,
): readonly { readonly service: Service; readonly port: ServicePort }[] {
  return backings(cluster, pod).flatMap(({ service, slices }) =>
    service.ports
      .filter((port) =>
        slices.some(({ ports }) =>
          ports.some((each) => each.name === port.name && each.protocol === protocol && each.port === number),
        ),
      )
      .map((port) => ({ service, port })),
  );
}

function backings(cluster: Cluster, pod: ObjectKey): readonly Backing[] {
  const known = indexes.get(cluster);
  if (known !== undefined) return known.get(pod) ?? [];
  const made = index(cluster);
  indexes.set(cluster, made);
  return made.get(pod) ?? [];
}

function index(cluster: Cluster): ReadonlyMap<ObjectKey, readonly Backing[]> {
  const byPod = new Map<ObjectKey, Backing[]>();
  for (const service of cluster.services) {
    for (const slice of lookupOf(cluster).slicesOf(keyOf(service))) {
      for (const { pod } of slice.endpoints) {
        if (pod === undefined) continue;
        const list = byPod.get(pod) ?? [];
        if (list.length === 0) byPod.set(pod, list);
        const same = list.find((each) => each.service === service);
        if (same === undefined) list.push({ service, slices: [slice] });
        else if (!same.slices.includes(slice)) same.slices.push(slice);
      }
    }
  }
  return byPod;
}
