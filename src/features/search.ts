// Answers: which ends fit what the user typed? For the quick picks of source and destination. Names match by part, addresses by
// their beginning; typed ends (`ns/pod`, `svc/ns/name:80`, an address, a DNS name) come first when they can be read.
import type { Cluster } from '../model/cluster';
import { parseIp, type Family, type Ip } from '../model/address';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Pod, type Workload } from '../model/pod';
import type { Service } from '../model/service';
import type { Fact, Provenance } from '../model/source';
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
  for (const candidate of allEnds(cluster, role)) {
    const rank = rankOf(candidate, wanted);
    const bucket = rank === undefined ? undefined : ranks[rank];
    if (bucket !== undefined && bucket.length < limit) bucket.push(candidate.item());
    // Everything fits nothing typed, in the order in which it comes.
    else if (wanted === '') break;
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
  const end = outsideExample(cluster, undefined);
  if (end === undefined) return [];
  return [
    {
      end,
      label: end.address,
      kind: 'Outside the cluster',
      description: 'stands for any client or server outside; type another address for a certain one',
    },
  ];
}

/** @param wanted undefined: one that the nodes have. @returns undefined when the cluster has every example itself. */
export function outsideExample(
  cluster: Cluster,
  wanted: Family | undefined,
): Extract<End, { kind: 'address' }> | undefined {
  const families = new Set(
    cluster.nodes.flatMap(({ addresses }) => addresses.map(({ value }) => value.family)),
  );
  const lookup = lookupOf(cluster);
  const address = exampleAddresses
    .flatMap((text) => parseIp(text) ?? [])
    .find(
      (ip) =>
        (wanted === undefined ? families.has(ip.family) : wanted === ip.family) &&
        lookup.owners(ip).length === 0 &&
        lookup.rangeOf(ip) === undefined,
    );
  return address && { kind: 'address', address: address.text };
}

/** What may be found. Its item is made when it is: of thousands few are shown. */
interface Candidate extends Pick<EndItem, 'label' | 'kind'> {
  readonly addresses: readonly Fact<Ip>[];
  readonly item: () => EndItem;
}

/** Pods first, then what stands for pods, then nodes; each kind by namespace and name. */
function* allEnds(cluster: Cluster, role: SearchRole): Generator<Candidate, void> {
  for (const pod of cluster.pods) yield podCandidate(pod);
  if (role === 'destination') {
    for (const service of cluster.services) yield serviceCandidate(service);
    yield* hostCandidates(cluster);
  }
  for (const workload of cluster.workloads)
    if (workload.owner === undefined) yield workloadCandidate(workload, role);
  for (const node of cluster.nodes) {
    yield candidate(node.name, 'Node', node.addresses, () => ({
      end: { kind: 'node', name: node.name },
      description: factsText(node.addresses, ({ text }) => text),
      provenance: node.addresses[0]?.provenance,
    }));
  }
}

function candidate(
  label: string,
  kind: string,
  addresses: readonly Fact<Ip>[],
  rest: () => Omit<EndItem, 'label' | 'kind'>,
): Candidate {
  return { label, kind, addresses, item: () => ({ label, kind, ...rest() }) };
}

function podCandidate(pod: Pod): Candidate {
  return candidate(keyOf(pod), 'Pod', pod.addresses, () => {
    const addresses = factsText(pod.addresses, ({ text }) => text);
    const state =
      pod.node === undefined ? 'not scheduled' : isLive(pod) ? `on ${pod.node.value}` : pod.phase.value;
    return {
      end: { kind: 'pod', namespace: pod.namespace, name: pod.name },
      description: [addresses, state].filter(Boolean).join(' '),
      provenance: pod.addresses[0]?.provenance,
    };
  });
}

function serviceCandidate(service: Service): Candidate {
  return candidate(keyOf(service), 'Service', service.clusterIps, () => {
    const addresses = service.headless
      ? 'headless'
      : service.type === 'ExternalName'
        ? `alias of ${service.externalName ?? '?'}`
        : factsText(service.clusterIps, ({ text }) => text);
    const ports = service.ports
      .map(({ port, protocol }) => (protocol === 'TCP' ? `${port}` : `${port}/${protocol}`))
      .join(', ');
    return {
      end: { kind: 'service', namespace: service.namespace, name: service.name },
      description: [addresses, ports && `port ${ports}`].filter(Boolean).join(' '),
      provenance: service.clusterIps[0]?.provenance,
    };
  });
}

function workloadCandidate(workload: Workload, role: SearchRole): Candidate {
  const { kind, namespace, name } = workload;
  return candidate(keyOf(workload), kind, [], () => ({
    end: { kind: 'workload', workload: kind, namespace, name },
    description: role === 'source' ? 'its first pod' : 'each of its pods',
  }));
}

/** Hosts that Ingresses and routes serve, each once; wildcards cannot be asked for. */
function* hostCandidates(cluster: Cluster): Generator<Candidate, void> {
  const seen = new Set<string>();
  for (const entry of cluster.entries) {
    for (const host of entry.rules.flatMap(({ hosts }) => hosts)) {
      if (seen.has(host) || host.startsWith('*')) continue;
      seen.add(host);
      yield candidate(host, entry.kind, [], () => ({
        end: { kind: 'name', name: host },
        description: `host of ${keyOf(entry)}`,
      }));
    }
  }
}

/** 0 exact, 1 begins with, 2 contains; undefined: does not match. */
function rankOf({ label: written, kind, addresses }: Candidate, wanted: string): 0 | 1 | 2 | undefined {
  if (wanted === '') return 1;
  const label = written.toLowerCase();
  const name = label.slice(label.indexOf('/') + 1);
  if (label === wanted || name === wanted || addresses.some(({ value }) => value.text === wanted)) return 0;
  if (
    label.startsWith(wanted) ||
    name.startsWith(wanted) ||
    addresses.some(({ value }) => value.text.startsWith(wanted))
  )
    return 1;
  return label.includes(wanted) || kind.toLowerCase() === wanted ? 2 : undefined;
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
