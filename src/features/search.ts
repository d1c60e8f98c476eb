// Answers: which ends fit what the user typed? For the quick picks of source and destination. Names match by part, addresses by
// their beginning; typed ends (`ns/pod`, `svc/ns/name:80`, an address, a DNS name) come first when they can be read.
import type { Cluster } from '../model/cluster';
import { parseIp } from '../model/address';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive } from '../model/pod';
import type { Provenance } from '../model/source';
import { parseEnd } from '../trace/endText';
import type { End } from '../trace/query';
import { addressWords } from './endLabel';
import { factsText } from './provenance';

export interface EndItem {
  readonly end: End;
  /** Port that was typed with the end. */
  readonly port?: number | string | undefined;
  /** `shop/web-0`, `node worker-1` */
  readonly label: string;
  /** `Pod`, `Service`, `Deployment`, `Node`, `as typed` */
  readonly kind: string;
  /** Address and node; provenance marked. */
  readonly description: string;
  readonly provenance?: Provenance | undefined;
}

/** Kinds of ends that can be picked; a Service cannot send. */
export type SearchRole = 'source' | 'destination';

/** @returns at most `limit` items: the typed end, then exact names, names that begin with the text, names that contain it. */
export function searchEnds(
  cluster: Cluster,
  text: string,
  role: SearchRole,
  limit = 200,
): readonly EndItem[] {
  const wanted = text.trim().toLowerCase();
  const ranks: EndItem[][] = [[], [], []];
  for (const { item, addresses } of allEnds(cluster, role)) {
    const rank = rankOf(item, addresses, wanted);
    const bucket = rank === undefined ? undefined : ranks[rank];
    if (bucket !== undefined && bucket.length < limit) bucket.push(item);
  }
  const found = ranks.flat();
  const outside = outsideItems(cluster, wanted);
  const typed = wanted === '' ? undefined : typedEnd(cluster, text, role, [...found, ...outside]);
  return [
    ...[...(typed === undefined ? [] : [typed]), ...found].slice(0, Math.max(0, limit - outside.length)),
    ...outside,
  ];
}

/** Words by which somebody may look for the world. */
const outsideWords = ['outside', 'external', 'internet', 'client'];
/** Addresses for documentation (RFC 5737, RFC 3849): nobody on the Internet has them. */
const exampleAddresses = ['203.0.113.10', '198.51.100.10', '192.0.2.10', '2001:db8::10'];

/** A stand-in for any host outside, last and never cut off: that addresses outside may be typed is not obvious. */
function outsideItems(cluster: Cluster, wanted: string): readonly EndItem[] {
  if (wanted !== '' && !outsideWords.some((word) => word.startsWith(wanted))) return [];
  const families = new Set(
    cluster.nodes.flatMap(({ addresses }) => addresses.map(({ value }) => value.family)),
  );
  const lookup = lookupOf(cluster);
  const address = exampleAddresses
    .flatMap((text) => parseIp(text) ?? [])
    .find(
      (ip) => families.has(ip.family) && lookup.owners(ip).length === 0 && lookup.rangeOf(ip) === undefined,
    );
  if (address === undefined) return [];
  return [
    {
      end: { kind: 'address', address: address.text },
      label: address.text,
      kind: 'Outside the cluster',
      description: 'stands for any client or server outside; type another address for a certain one',
    },
  ];
}

/** Pods first, then what stands for pods, then nodes; each kind by namespace and name. */
function* allEnds(
  cluster: Cluster,
  role: SearchRole,
): Generator<{ readonly item: EndItem; readonly addresses: readonly string[] }> {
  for (const pod of cluster.pods) {
    const addresses = factsText(pod.addresses, ({ text }) => text);
    const state =
      pod.node === undefined ? 'not scheduled' : isLive(pod) ? `on ${pod.node.value}` : pod.phase.value;
    yield {
      item: {
        end: { kind: 'pod', namespace: pod.namespace, name: pod.name },
        label: keyOf(pod),
        kind: 'Pod',
        description: [addresses, state].filter(Boolean).join(' '),
        provenance: pod.addresses[0]?.provenance,
      },
      addresses: pod.addresses.map(({ value }) => value.text),
    };
  }
  if (role === 'destination') {
    for (const service of cluster.services) {
      const addresses = service.headless
        ? 'headless'
        : service.type === 'ExternalName'
          ? `alias of ${service.externalName ?? '?'}`
          : factsText(service.clusterIps, ({ text }) => text);
      const ports = service.ports
        .map(({ port, protocol }) => (protocol === 'TCP' ? `${port}` : `${port}/${protocol}`))
        .join(', ');
      yield {
        item: {
          end: { kind: 'service', namespace: service.namespace, name: service.name },
          label: keyOf(service),
          kind: 'Service',
          description: [addresses, ports && `port ${ports}`].filter(Boolean).join(' '),
          provenance: service.clusterIps[0]?.provenance,
        },
        addresses: service.clusterIps.map(({ value }) => value.text),
      };
    }
  }
  if (role === 'destination') yield* hostItems(cluster);
  for (const workload of cluster.workloads) {
    if (workload.owner !== undefined) continue;
    yield {
      item: {
        end: {
          kind: 'workload',
          workload: workload.kind,
          namespace: workload.namespace,
          name: workload.name,
        },
        label: keyOf(workload),
        kind: workload.kind,
        description: role === 'source' ? 'its first pod' : 'each of its pods',
      },
      addresses: [],
    };
  }
  for (const node of cluster.nodes) {
    yield {
      item: {
        end: { kind: 'node', name: node.name },
        label: node.name,
        kind: 'Node',
        description: factsText(node.addresses, ({ text }) => text),
        provenance: node.addresses[0]?.provenance,
      },
      addresses: node.addresses.map(({ value }) => value.text),
    };
  }
}

/** Hosts that Ingresses and routes serve, each once; wildcards cannot be asked for. */
function* hostItems(
  cluster: Cluster,
): Generator<{ readonly item: EndItem; readonly addresses: readonly string[] }> {
  const seen = new Set<string>();
  for (const entry of cluster.entries) {
    for (const host of entry.rules.flatMap(({ hosts }) => hosts)) {
      if (seen.has(host) || host.startsWith('*')) continue;
      seen.add(host);
      const item: EndItem = {
        end: { kind: 'name', name: host },
        label: host,
        kind: entry.kind,
        description: `host of ${keyOf(entry)}`,
      };
      yield { item, addresses: [] };
    }
  }
}

/** 0 exact, 1 begins with, 2 contains; undefined: does not match. */
function rankOf(item: EndItem, addresses: readonly string[], wanted: string): 0 | 1 | 2 | undefined {
  if (wanted === '') return 1;
  const label = item.label.toLowerCase();
  const name = label.slice(label.indexOf('/') + 1);
  if (label === wanted || name === wanted || addresses.includes(wanted)) return 0;
  if (
    label.startsWith(wanted) ||
    name.startsWith(wanted) ||
    addresses.some((address) => address.startsWith(wanted))
  )
    return 1;
  return label.includes(wanted) || item.kind.toLowerCase() === wanted ? 2 : undefined;
}

/** What the text says by itself; undefined when it says nothing, or an item already is that very end. */
function typedEnd(
  cluster: Cluster,
  text: string,
  role: SearchRole,
  found: readonly EndItem[],
): EndItem | undefined {
  const parsed = parseEnd(text);
  if (parsed === undefined) return undefined;
  const { end, port } = parsed;
  // Neither a Service nor its DNS name can send.
  if (role === 'source' && (end.kind === 'service' || end.kind === 'name')) return undefined;
  // `a/b` is more likely a part of a name than a pod that does not exist.
  if (end.kind === 'pod' && lookupOf(cluster).pod(`${end.namespace}/${end.name}`) === undefined)
    return undefined;
  // A bare word is a search first; only words with a dot, or localhost, look like DNS names.
  if (end.kind === 'name' && !end.name.includes('.') && end.name !== 'localhost' && found.length > 0)
    return undefined;
  const known = found.some((item) => port === undefined && JSON.stringify(item.end) === JSON.stringify(end));
  return known
    ? undefined
    : { end, port, label: text.trim(), kind: 'as typed', description: typedDescription(cluster, end, port) };
}

function typedDescription(cluster: Cluster, end: End, port: number | string | undefined): string {
  const kinds = {
    pod: 'pod',
    workload: 'workload',
    service: 'Service',
    node: 'node',
    name: 'DNS name',
  } as const;
  const kind = end.kind === 'address' ? addressWords(cluster, end.address) : kinds[end.kind];
  return port === undefined ? kind : `${kind}, port ${port}`;
}
