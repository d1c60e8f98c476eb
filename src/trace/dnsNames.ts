// Answers: which object does a DNS name mean to this pod? Names with fewer than five dots are tried in the pod's search
// domains first: its own namespace, then `svc`, then the cluster domain. Source: kubernetes/dns specification,
// resolv.conf(5) with ndots:5 (spec D5). The lookup's own packets are traced by `dnsLookup.ts`.
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Pod } from '../model/pod';
import type { Service } from '../model/service';
import type { Origin } from './ends';
import type { End } from './query';

export type NameAnswer =
  | { readonly kind: 'end'; readonly end: End; readonly fullName: string }
  /** In the cluster's zone, but nothing has the name: NXDOMAIN. */
  | { readonly kind: 'no-such-name'; readonly tried: readonly string[] }
  /** Not in the cluster's zone: some other DNS server answers. */
  | { readonly kind: 'outside'; readonly name: string };

/** @returns whether the source's resolver knows the names of the cluster. */
export function asksClusterDns({ pod, outside }: Pick<Origin, 'pod' | 'outside'>): boolean {
  if (pod === undefined || outside !== undefined) return false;
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'ClusterFirstWithHostNet') return true;
  return policy === 'ClusterFirst' && !pod.spec.hostNetwork;
}

/** @param namespace that of the pod that asks; undefined for node processes, which have no search domains. */
export function resolveName(cluster: Cluster, name: string, namespace: string | undefined): NameAnswer {
  const zone = cluster.network.dnsDomain.value;
  const tried = candidates(name, namespace, zone);
  for (const fullName of tried) {
    const end = answer(cluster, fullName, zone);
    if (end !== undefined) return { kind: 'end', end, fullName };
  }
  const absolute = name.replace(/\.$/, '');
  const inZone = absolute.endsWith(`.${zone}`) || absolute.endsWith('.svc') || !absolute.includes('.');
  return inZone ? { kind: 'no-such-name', tried } : { kind: 'outside', name: absolute };
}

function candidates(name: string, namespace: string | undefined, zone: string): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  if (namespace === undefined) return [name];
  const searched = [`${namespace}.svc.${zone}`, `svc.${zone}`, zone].map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots < 5 ? [...searched, name] : [name, ...searched];
}

function answer(cluster: Cluster, fullName: string, zone: string): End | undefined {
  if (!fullName.endsWith(`.${zone}`)) return undefined;
  const labels = fullName.slice(0, -zone.length - 1).split('.');
  const last = labels.at(-1);
  const namespace = labels.at(-2);
  if (namespace === undefined) return undefined;
  const rest = labels.slice(0, -2);
  if (last === 'pod') {
    const ip = rest.length === 1 ? parseIp((rest[0] ?? '').replaceAll('-', '.')) : undefined;
    return ip && { kind: 'address', address: ip.text };
  }
  if (last !== 'svc') return undefined;
  const service = lookupOf(cluster).service(`${namespace}/${rest.at(-1) ?? ''}`);
  if (service === undefined) return undefined;
  if (rest.length === 1) return { kind: 'service', namespace, name: service.name };
  const pod = rest.length === 2 ? podByHostname(cluster, service, rest[0] ?? '') : undefined;
  return pod && { kind: 'pod', namespace, name: pod.name };
}

/** A pod of a headless Service by its own name: spec.hostname, or the pod's name in a StatefulSet. */
function podByHostname(cluster: Cluster, service: Service, hostname: string): Pod | undefined {
  if (!service.headless) return undefined;
  return lookupOf(cluster)
    .podsIn(service.namespace)
    .find(
      (pod) => (pod.spec.hostname ?? (pod.owner?.kind === 'StatefulSet' ? pod.name : undefined)) === hostname,
    );
}
