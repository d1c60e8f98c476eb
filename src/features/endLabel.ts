// Answers: how is a picked end shown on a button, and which ports does it offer? For the trace panel's form.
import { isLoopback, parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod } from '../model/pod';
import type { Protocol } from '../model/ports';
import { resolveName } from '../trace/dnsNames';
import { endText } from '../trace/endText';
import type { End } from '../trace/query';
import { factsText } from './provenance';

export interface EndLabel {
  /** `pod shop/web-0` */
  readonly text: string;
  /** Address and node; undefined when there is nothing to add. */
  readonly detail?: string | undefined;
}

export interface DeclaredPort {
  readonly port: number;
  readonly name?: string | undefined;
  readonly protocol: Protocol;
  /** `node port of Service shop/web`, `host port of pod shop/proxy`; undefined: a port of the end itself. */
  readonly of?: string | undefined;
}

export function endLabel(cluster: Cluster, end: End): EndLabel {
  switch (end.kind) {
    case 'pod': {
      const pod = lookupOf(cluster).pod(`${end.namespace}/${end.name}`);
      const text = end.container === undefined ? `pod ${endText(end)}` : `container ${endText(end)}`;
      return { text, detail: pod && podDetail(pod) };
    }
    case 'workload': {
      const pods = lookupOf(cluster).podsOf(end.workload, `${end.namespace}/${end.name}`).length;
      return {
        text: `${end.workload} ${end.namespace}/${end.name}`,
        detail: `${pods} ${pods === 1 ? 'pod' : 'pods'}`,
      };
    }
    case 'service': {
      const service = lookupOf(cluster).service(`${end.namespace}/${end.name}`);
      const address =
        service?.headless === true ? 'headless' : factsText(service?.clusterIps ?? [], ({ text }) => text);
      return { text: `Service ${end.namespace}/${end.name}`, detail: address || undefined };
    }
    case 'node': {
      const node = lookupOf(cluster).node(end.name);
      return {
        text: `node ${end.name}`,
        detail: factsText(node?.addresses ?? [], ({ text }) => text) || undefined,
      };
    }
    case 'address':
      return { text: end.address, detail: addressWords(cluster, end.address) };
    case 'name':
      return {
        text: endText(end),
        detail: isServedHost(cluster, end.name) ? 'host of an Ingress or route' : 'DNS name',
      };
  }
}

/** Whose the address is: `pod shop/web-0`, `node worker-1`, `outside the cluster`. */
export function addressWords(cluster: Cluster, text: string): string {
  const ip = parseIp(text);
  if (ip === undefined) return 'no address';
  const lookup = lookupOf(cluster);
  const owner = lookup.owners(ip)[0];
  switch (owner?.kind) {
    case 'pod':
      return `pod ${keyOf(owner.pod)}`;
    case 'node':
      return `node ${owner.node.name}`;
    case 'service':
      return `Service ${keyOf(owner.service)}`;
    case undefined:
      if (isLoopback(ip)) return 'loopback';
      return lookup.rangeOf(ip) === undefined
        ? 'outside the cluster'
        : 'in a range of the cluster, but nobody has it';
  }
}

function isServedHost(cluster: Cluster, host: string): boolean {
  return cluster.entries.some(({ rules }) => rules.some(({ hosts }) => hosts.includes(host)));
}

/** Ports that the end declares, of every protocol, each once, in the order they are written. */
export function declaredPorts(cluster: Cluster, end: End): readonly DeclaredPort[] {
  const lookup = lookupOf(cluster);
  switch (end.kind) {
    case 'pod':
      return podPorts([lookup.pod(`${end.namespace}/${end.name}`)], end.container);
    case 'workload':
      return podPorts(lookup.podsOf(end.workload, `${end.namespace}/${end.name}`), undefined);
    case 'service':
      return servicePorts(cluster, `${end.namespace}/${end.name}`);
    case 'node':
      return nodePorts(cluster, end.name);
    case 'address': {
      const ip = parseIp(end.address);
      const owner = ip === undefined ? undefined : lookup.owners(ip)[0];
      if (owner?.kind === 'pod') return podPorts([owner.pod], undefined);
      if (owner?.kind === 'node') return nodePorts(cluster, owner.node.name);
      return owner?.kind === 'service' ? servicePorts(cluster, keyOf(owner.service)) : [];
    }
    case 'name':
      return namePorts(cluster, end.name);
  }
}

/** Ports of its hostNetwork pods, node ports of Services, host ports of its pods: in the order of how sure they listen there. */
function nodePorts(cluster: Cluster, node: string): readonly DeclaredPort[] {
  const pods = lookupOf(cluster).podsOn(node).filter(isLive);
  const [shared, own] = [
    pods.filter((pod) => pod.spec.hostNetwork),
    pods.filter((pod) => !pod.spec.hostNetwork),
  ];
  const ofServices = cluster.services.flatMap((service) =>
    service.ports.flatMap(({ nodePort, protocol }): readonly DeclaredPort[] =>
      nodePort === undefined
        ? []
        : [{ port: nodePort, protocol, of: `node port of Service ${keyOf(service)}` }],
    ),
  );
  const ofPods = own.flatMap((pod) =>
    pod.spec.containers.flatMap(({ ports }) =>
      ports.flatMap(({ hostPort, protocol }): readonly DeclaredPort[] =>
        hostPort === undefined ? [] : [{ port: hostPort, protocol, of: `host port of pod ${keyOf(pod)}` }],
      ),
    ),
  );
  return [...podPorts(shared, undefined), ...ofServices, ...ofPods];
}

/** A host that an Ingress or route serves is asked by HTTP; a full name of the cluster has the ports of what it names. */
function namePorts(cluster: Cluster, name: string): readonly DeclaredPort[] {
  if (isServedHost(cluster, name))
    return [
      { port: 80, name: 'http', protocol: 'TCP' },
      { port: 443, name: 'https', protocol: 'TCP' },
    ];
  const answer = resolveName(cluster, name, undefined);
  return answer.kind === 'end' && answer.end.kind !== 'name' ? declaredPorts(cluster, answer.end) : [];
}

function servicePorts(cluster: Cluster, key: string): readonly DeclaredPort[] {
  const ports = lookupOf(cluster).service(key)?.ports ?? [];
  return ports.map(({ port, name, protocol }) => ({ port, name: name || undefined, protocol }));
}

function podPorts(
  pods: readonly (Pod | undefined)[],
  container: string | undefined,
): readonly DeclaredPort[] {
  const ports = new Map<string, DeclaredPort>();
  for (const pod of pods) {
    for (const each of pod?.spec.containers ?? []) {
      if (each.role === 'init' || (container !== undefined && each.name !== container)) continue;
      for (const { containerPort, name, protocol } of each.ports) {
        const key = `${protocol} ${containerPort}`;
        if (!ports.has(key)) ports.set(key, { port: containerPort, name, protocol });
      }
    }
  }
  return [...ports.values()];
}

function podDetail(pod: Pod): string {
  const addresses = factsText(pod.addresses, ({ text }) => text);
  return [addresses || 'no address', pod.node === undefined ? 'not scheduled' : `on ${pod.node.value}`].join(
    ' ',
  );
}
