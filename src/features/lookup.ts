// Answers: whose address is this, and in which range does it lie? For Find IP, `podnet lookup` and hovers. Live pods, nodes and
// Services own addresses; ranges are the nodes' pod ranges, the cluster's, and the Service range (spec part B).
import {
  compareIp,
  contains,
  lastOf,
  parseCidr,
  parseIp,
  rangeName,
  type Cidr,
  type Ip,
} from '../model/address';
import { settingsFor } from '../dataplane/detect';
import { reservedAddress, type ReservedAddress } from '../dataplane/wiring/addresses';
import type { Cluster } from '../model/cluster';
import { lookupOf, type AddressOwner } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, isOnPodNetwork, type Pod } from '../model/pod';
import type { Service } from '../model/service';
import type { Evidence, Fact, Location, Provenance } from '../model/source';
import { servicesOf } from './podServices';
import { count, listed } from './words';

export interface AddressOwnerReport {
  readonly kind: 'Pod' | 'Node' | 'Service';
  readonly namespace: string;
  readonly name: string;
  readonly node?: string | undefined;
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
}

export interface AddressReport {
  /** As it was asked. */
  readonly query: string;
  /** Canonical text; undefined when the query is neither an address nor a range. */
  readonly address?: string | undefined;
  readonly range: boolean;
  /** The answer in one sentence. */
  readonly summary: string;
  /** More than one owner of an address is a conflict. For a range: every owner of an address in it, by namespace and name. */
  readonly owners: readonly AddressOwnerReport[];
  /** What else is known, a sentence each: subnet, Services, reserved addresses, conflicts. */
  readonly facts: readonly Evidence[];
}

/** @param text an address or `address/prefix`. */
export function lookupAddress(cluster: Cluster, text: string): AddressReport {
  const query = text.trim();
  const ip = parseIp(query);
  if (ip !== undefined) return addressReport(cluster, query, ip);
  const range = parseCidr(query);
  if (range !== undefined) return rangeReport(cluster, query, range);
  const summary = `"${query}" is neither an IP address nor a range such as 10.244.0.0/16.`;
  return { query, range: false, summary, owners: [], facts: [] };
}

const reserved: Evidence = {
  text: 'No API tells that; it follows from how addresses are handed out on a node.',
  provenance: 'inferred',
};

function addressReport(cluster: Cluster, query: string, ip: Ip): AddressReport {
  const owners = lookupOf(cluster).owners(ip);
  const reports = owners.map((owner) => ownerReport(owner, ip));
  const facts = [
    ...ownFacts(cluster, owners),
    ...(owners.length === 0 && reservedText(cluster, ip) !== undefined ? [reserved] : []),
    ...rangeFacts(cluster, ip),
    ...staleFacts(cluster, ip),
  ];
  return {
    query,
    address: ip.text,
    range: false,
    summary: addressSummary(cluster, ip, owners),
    owners: reports,
    facts,
  };
}

function addressSummary(cluster: Cluster, ip: Ip, owners: readonly AddressOwner[]): string {
  const names = owners.map(ownerText);
  const [first] = names;
  if (first !== undefined && names.length === 1) return `${ip.text} is ${first}.`;
  if (first !== undefined)
    return `${ip.text} is claimed by ${names.join(' and ')}: only one of them can have it.`;
  const reserved = reservedText(cluster, ip);
  if (reserved !== undefined) return `${ip.text} is ${reserved}.`;
  const range = lookupOf(cluster).rangeOf(ip);
  if (range === undefined) return `${ip.text} is outside the cluster (${spelled(rangeName(ip))}).`;
  return `Nobody owns ${ip.text}; it is free in ${rangeWords(range)}.`;
}

/** Addresses of a node's pod range that no pod gets: those of the node's own devices, the first and the last. */
function reservedText(cluster: Cluster, ip: Ip): string | undefined {
  const lookup = lookupOf(cluster);
  const range = lookup.rangeOf(ip);
  if (range?.kind !== 'node-pod-cidr') return undefined;
  const { node } = range;
  const reserved = reservedAddress({ settings: settingsFor(cluster).settings, lookup }, node, ip);
  if (reserved !== undefined) return reservedWords(reserved, node.name);
  const { first } = range.cidr.value;
  if (ip.text === first.text) return `the network address of ${node.name}'s pod range`;
  if (ip.family === 4 && ip.text === lastOf(range.cidr.value).text)
    return `the broadcast address of ${node.name}'s pod range`;
  return undefined;
}

function reservedWords({ role, device }: ReservedAddress, node: string): string {
  switch (role) {
    case 'gateway':
      return device === undefined
        ? `the gateway of ${node}'s pods, which the node's end of every veth has (inferred)`
        : `the gateway of ${node}'s pods, the address of ${device}`;
    case 'router':
      return `the gateway of ${node}'s pods, which the virtual switch of the node answers for`;
    case 'device':
      return `the address of ${device ?? 'a device'} on ${node}, which the node sends from`;
  }
}

function ownFacts(cluster: Cluster, owners: readonly AddressOwner[]): readonly Evidence[] {
  return owners.flatMap((owner): readonly Evidence[] => {
    if (owner.kind === 'pod') return podFacts(cluster, owner.pod);
    if (owner.kind === 'node') {
      const sharing = lookupOf(cluster)
        .podsOn(owner.node.name)
        .filter((pod) => pod.spec.hostNetwork);
      return sharing.length === 0
        ? []
        : [
            {
              text: `Shared by hostNetwork pods: ${listed(sharing.map(keyOf), 10)}.`,
              provenance: owner.node.provenance,
            },
          ];
    }
    const { service } = owner;
    const ports = service.ports.map(({ port, protocol }) => `${protocol} ${port}`).join(', ');
    const slices = lookupOf(cluster).slicesOf(keyOf(service));
    const backends = new Set(
      slices.flatMap(({ endpoints }) =>
        endpoints.filter(({ ready }) => ready).map(({ address }) => address.text),
      ),
    );
    return [
      {
        text: `A virtual address: ${ports === '' ? 'no ports' : ports}, ${count(backends.size, 'ready endpoint')}.`,
        provenance: service.provenance,
        at: service.at,
      },
    ];
  });
}

function podFacts(cluster: Cluster, pod: Pod): readonly Evidence[] {
  const node: readonly Evidence[] =
    pod.node === undefined
      ? []
      : [{ text: `Runs on node ${pod.node.value}.`, provenance: pod.node.provenance, at: pod.node.at }];
  const behind = servicesOf(cluster, keyOf(pod)).map((service): Evidence => ({
    text: `Backs Service ${keyOf(service)}.`,
    provenance: service.provenance,
    at: service.at,
  }));
  return [...node, ...behind];
}

function rangeFacts(cluster: Cluster, ip: Ip): readonly Evidence[] {
  const range = lookupOf(cluster).rangeOf(ip);
  if (range === undefined) return [];
  return [{ text: `In ${rangeWords(range)}.`, provenance: range.cidr.provenance, at: range.cidr.at }];
}

/** Finished pods keep their address in the API although it was given back (rule E57). */
function staleFacts(cluster: Cluster, ip: Ip): readonly Evidence[] {
  return cluster.pods
    .filter((pod) => !isLive(pod) && pod.addresses.some(({ value }) => value.text === ip.text))
    .map((pod) => ({
      text: `Pod ${keyOf(pod)} had it and is ${pod.phase.value}; the address was given back.`,
      provenance: pod.provenance,
      at: pod.at,
    }));
}

function rangeReport(cluster: Cluster, query: string, range: Cidr): AddressReport {
  const owned = ownedIn(cluster, range);
  const same = [
    ...cluster.network.podCidrs.map((fact) => ({ text: 'the pod range of the cluster', fact })),
    ...cluster.network.serviceCidrs.map((fact) => ({ text: 'the Service range of the cluster', fact })),
    ...cluster.nodes.flatMap((node) =>
      node.podCidrs.map((fact) => ({ text: `the pod range of node ${node.name}`, fact })),
    ),
  ];
  const facts = same
    .filter(
      ({ fact }) =>
        fact.value.text === range.text ||
        contains(range, fact.value.first) ||
        (contains(fact.value, range.first) && fact.value.prefix < range.prefix),
    )
    .map(({ text, fact }): Evidence => ({
      text: `${relation(range, fact.value)} ${text} (${fact.value.text}).`,
      provenance: fact.provenance,
      at: fact.at,
    }));
  const parts = (['Pod', 'Node', 'Service'] as const).flatMap((kind) => {
    const number = owned.filter((owner) => owner.kind === kind).length;
    const word = kind === 'Service' ? kind : kind.toLowerCase();
    return number === 0 ? [] : [count(number, `${word} address`, `${word} addresses`)];
  });
  const what = parts.length === 0 ? 'no address of a pod, node or Service' : listed(parts);
  const summary = `${range.text} holds ${what}.`;
  return {
    query,
    address: range.text,
    range: true,
    summary,
    owners: owned,
    facts,
  };
}

interface OwnedAddress {
  readonly ip: Ip;
  readonly owner: AddressOwner;
  /** Place of the owner among all: pods, nodes, Services, each by namespace and name. */
  readonly order: number;
}

const ownedByAddress = new WeakMap<Cluster, readonly OwnedAddress[]>();

/** Owners of an address in the range, each once, in their order. */
function ownedIn(cluster: Cluster, range: Cidr): readonly AddressOwnerReport[] {
  const sorted = ownedByAddress.get(cluster) ?? sortOwned(cluster);
  ownedByAddress.set(cluster, sorted);
  const found: OwnedAddress[] = [];
  for (let index = firstFrom(sorted, range.first); index < sorted.length; index++) {
    const owned = sorted[index];
    if (owned === undefined || !contains(range, owned.ip)) break;
    found.push(owned);
  }
  return found
    .sort((a, b) => a.order - b.order)
    .filter(({ order }, index) => order !== found[index - 1]?.order)
    .map(({ owner, ip }) => ownerReport(owner, ip));
}

/** Index of the first address that is not before `ip`. */
function firstFrom(sorted: readonly OwnedAddress[], ip: Ip): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >>> 1;
    const there = sorted[middle]?.ip;
    if (there !== undefined && compareIp(there, ip) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every owned address, by address; made once for a cluster. */
function sortOwned(cluster: Cluster): readonly OwnedAddress[] {
  const pods = cluster.pods.filter(isOnPodNetwork);
  const owners: readonly (readonly [AddressOwner, readonly Fact<Ip>[]])[] = [
    ...pods.map((pod) => [{ kind: 'pod', pod }, pod.addresses] as const),
    ...cluster.nodes.map(
      (node) => [{ kind: 'node', node }, [...node.addresses, ...node.externalAddresses]] as const,
    ),
    ...cluster.services.map((service) => [{ kind: 'service', service }, addressesOf(service)] as const),
  ];
  return owners
    .flatMap(([owner, facts], order) => facts.map(({ value: ip }): OwnedAddress => ({ ip, owner, order })))
    .sort((a, b) => compareIp(a.ip, b.ip));
}

function relation(range: Cidr, other: Cidr): string {
  if (range.text === other.text) return 'Is';
  return range.prefix < other.prefix ? 'Contains' : 'Lies in';
}

function ownerReport(owner: AddressOwner, ip: Ip): AddressOwnerReport {
  const known = (facts: readonly Fact<Ip>[]): Provenance =>
    facts.find(({ value }) => value.text === ip.text)?.provenance ?? 'declared';
  switch (owner.kind) {
    case 'pod':
      return podReport(owner.pod, known(owner.pod.addresses));
    case 'node': {
      const { node } = owner;
      return {
        kind: 'Node',
        namespace: '',
        name: node.name,
        node: node.name,
        provenance: known([...node.addresses, ...node.externalAddresses]),
        at: node.nameAt ?? node.at,
      };
    }
    case 'service': {
      const { service } = owner;
      return {
        kind: 'Service',
        namespace: service.namespace,
        name: service.name,
        provenance: known(addressesOf(service)),
        at: service.nameAt ?? service.at,
      };
    }
  }
}

/** All addresses that stand for the Service, inside and outside the cluster. */
function addressesOf({ clusterIps, externalIps, loadBalancerIps }: Service): readonly Fact<Ip>[] {
  const external = externalIps.map((value): Fact<Ip> => ({ value, provenance: 'declared' }));
  return [...clusterIps, ...external, ...loadBalancerIps];
}

function podReport(pod: Pod, provenance: Provenance): AddressOwnerReport {
  return {
    kind: 'Pod',
    namespace: pod.namespace,
    name: pod.name,
    node: pod.node?.value,
    provenance,
    at: pod.nameAt ?? pod.at,
  };
}

function ownerText(owner: AddressOwner): string {
  switch (owner.kind) {
    case 'pod':
      return `pod ${keyOf(owner.pod)}`;
    case 'node':
      return `node ${owner.node.name}`;
    case 'service':
      return `Service ${keyOf(owner.service)}`;
  }
}

function rangeWords(range: NonNullable<ReturnType<ReturnType<typeof lookupOf>['rangeOf']>>): string {
  switch (range.kind) {
    case 'node-pod-cidr':
      return `the pod range ${range.cidr.value.text} of node ${range.node.name}`;
    case 'pod-cidr':
      return `the pod range ${range.cidr.value.text} of the cluster, but of no node`;
    case 'service-cidr':
      return `the Service range ${range.cidr.value.text}`;
  }
}

/** `linkLocal` as `link local`. */
function spelled(name: string): string {
  return `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} address`;
}
