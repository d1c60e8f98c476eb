// Answers: which cluster do all files together describe? Linear in the number of objects. Only what is written or follows
// from it by definition: namespaces that objects live in, nodes that observed pods name, owners; nothing is simulated.
import type { Cluster } from '../model/cluster';
import { keptList, keptObject, keptValue } from '../model/kept';
import type { CniFacts, CniSetting, IpPool } from '../model/cniFacts';
import type { Namespace, Node } from '../model/node';
import type { ObjectRef } from '../model/objects';
import { byNamespaceAndName, compareText, keyOf } from '../model/objects';
import type { Pod, Workload } from '../model/pod';
import type { AdminPolicy } from '../model/policy';
import type { Problem } from '../model/problem';
import type { EndpointSlice } from '../model/service';
import { sortInSteps } from '../model/steps';
import type { NetworkClaim } from './claims';
import { networkOf } from './claims';
import type { ClusterConfiguration } from './configuration';
import { addressConflicts, byPlace, placeText, withoutDuplicates } from './conflicts';
import type { LoadedFile } from './file';
import type { FileObjects, Loaded } from './objects';
import { topOwner } from './owners';
import { onePerFamily } from './values';

/** A step over so many pods takes about a millisecond. */
const podsPerStep = 2000;

export interface LoadedCluster {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
}

/**
 * Merges files in the order given, which decides who is first among equals; in steps of a few milliseconds. Abandoning it leaves
 * nothing behind.
 * @param previous the last result for the same source, if any: what is the same as there is the very same object, lists too.
 */
export function* mergeInSteps(
  files: readonly LoadedFile[],
  previous?: Cluster,
): Generator<void, LoadedCluster, void> {
  const problems = files.flatMap((file) => file.problems);
  const objects = files.map((file) => file.objects);
  const unique = <T extends { readonly kind: string; readonly name: string }>(
    listOf: (file: FileObjects) => readonly Loaded<T>[],
    kindOf: (object: T) => string = (object) => object.kind,
  ): readonly T[] =>
    withoutDuplicates(objects.flatMap(listOf), kindOf, problems, renamed).map(({ object }) => object);

  const workloads = unique((file) => file.workloads);
  yield;
  const loadedPods = withoutDuplicates(
    objects.flatMap((file) => file.pods),
    () => 'Pod',
    problems,
    renamed,
  );
  yield;
  const pods = yield* podsWithOwners(loadedPods, workloads);
  const configuration = firstConfiguration(
    objects.flatMap((file) => file.configurations),
    problems,
  );
  const services = unique((file) => file.services);
  yield;
  const slices = unique((file) => file.slices);
  yield;
  const policies = unique((file) => file.policies);
  const adminPolicies = unique((file) => file.adminPolicies);
  const vendorPolicies = withoutDuplicates(
    objects.flatMap((file) => file.vendorPolicies),
    ([policy]) => (policy === undefined ? '' : `${policy.apiVersion.split('/')[0] ?? ''} ${policy.kind}`),
    problems,
    (parts, name) => parts.map((policy) => renamed(policy, name)),
  ).flatMap(({ object }) => object);
  yield;
  const endpoints = withoutDuplicates(
    objects.flatMap((file) => file.endpoints),
    () => 'Endpoints',
    problems,
    (own) => own,
  ).flatMap(({ object }) => object);
  const allSlices = [...slices, ...endpointsWithoutSlices(endpoints, slices)];
  const pools = poolsOf(objects, problems);
  const claims = [
    ...objects.flatMap((file) => file.claims),
    ...pools.filter(({ forPods }) => forPods).map(poolClaim),
  ];
  const nodes = nodesOf(
    unique((file) => file.nodes),
    pods,
    configuration,
    previous?.nodes ?? [],
  );
  const namespaces = namespacesOf(
    unique((file) => file.namespaces),
    [workloads, pods, services, allSlices, policies, vendorPolicies],
    previous?.namespaces ?? [],
  );
  yield;
  const sortedPods = keptList(previous?.pods, yield* sortInSteps(pods, byNamespaceAndName));
  yield;
  const network = networkOf(configuration === undefined ? claims : [...claims, configuration.claim]);
  const cni = cniFacts(pools, [
    ...objects.flatMap((file) => file.settings),
    ...objects.flatMap((file) => file.toolSettings),
    ...(configuration?.settings ?? []),
  ]);
  const cluster: Cluster = {
    network: keptValue(previous?.network, network),
    nodes: keptList(previous?.nodes, nodes),
    namespaces: keptList(previous?.namespaces, namespaces),
    workloads: keptList(previous?.workloads, sorted(workloads)),
    pods: sortedPods,
    services: keptList(previous?.services, sorted(services)),
    slices: keptList(previous?.slices, sorted(allSlices)),
    entries: keptList(previous?.entries, sorted(unique((file) => file.entries))),
    gateways: keptList(previous?.gateways, sorted(unique((file) => file.gateways))),
    policies: keptList(previous?.policies, sorted(policies)),
    adminPolicies: keptList(previous?.adminPolicies, [...adminPolicies].sort(byPrecedence)),
    vendorPolicies: keptList(previous?.vendorPolicies, sorted(vendorPolicies)),
    cni: keptValue(previous?.cni, cni),
  };
  yield;
  const conflicts = addressConflicts(cluster);
  yield;
  return { cluster: keptObject(previous, cluster), problems: [...problems, ...conflicts].sort(byPlace) };
}

/** Objects under the name that their generateName came to: the same object as long as the name is. */
const renamings = new WeakMap<object, Map<string, unknown>>();

function renamed<T extends { readonly name: string }>(object: T, name: string): T {
  const known = renamings.get(object) as Map<string, T> | undefined;
  const before = known?.get(name);
  if (before !== undefined) return before;
  const made = { ...object, name };
  renamings.set(object, new Map([[name, made]]));
  return made;
}

function sorted<T extends ObjectRef>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => byNamespaceAndName(a, b) || compareText(a.kind, b.kind));
}

/** The tier that is asked first, then the priority; of equal ones, which the API leaves open, by name. */
function byPrecedence(a: AdminPolicy, b: AdminPolicy): number {
  return (
    compareText(a.tier, b.tier) ||
    a.priority - b.priority ||
    compareText(a.name, b.name) ||
    compareText(a.kind, b.kind)
  );
}

/** IPPool objects by name; what the operator is asked to make only where there are none. */
function poolsOf(objects: readonly FileObjects[], problems: Problem[]): readonly IpPool[] {
  const written = withoutDuplicates(
    objects.flatMap((file) => file.pools),
    () => 'IPPool',
    problems,
    renamed,
  ).map(({ object }) => object);
  const pools = written.length > 0 ? written : objects.flatMap((file) => file.operatorPools);
  return [...pools].sort((a, b) => compareText(a.name, b.name));
}

function poolClaim({ range }: IpPool): NetworkClaim {
  return { from: 'plugin', podCidrs: [range], serviceCidrs: [] };
}

/** @param settings the closest to what runs first. */
function cniFacts(pools: readonly IpPool[], settings: readonly CniSetting[]): CniFacts | undefined {
  if (pools.length === 0 && settings.length === 0) return undefined;
  const byKey = new Map<string, CniSetting>();
  for (const each of settings) if (!byKey.has(each.key)) byKey.set(each.key, each);
  return { pools, settings: [...byKey.values()] };
}

/** A pod object is made once per owner, so that a pod that nobody touched is the same value in the next revision. */
const owned = new WeakMap<Pod, Pod>();

function* podsWithOwners(
  pods: readonly Loaded<Pod>[],
  workloads: readonly Workload[],
): Generator<void, readonly Pod[], void> {
  const known = new Map(workloads.map((workload) => [`${workload.kind} ${keyOf(workload)}`, workload]));
  const result: Pod[] = [];
  for (const { object, metadata } of pods) {
    if (result.length % podsPerStep === podsPerStep - 1) yield;
    const owner = topOwner(object, metadata.controller, (kind, namespace, name) =>
      known.get(`${kind} ${namespace}/${name}`),
    );
    result.push(owner === undefined ? object : withOwner(object, owner));
  }
  return result;
}

function withOwner(object: Pod, owner: ObjectRef): Pod {
  const before = owned.get(object);
  if (before?.owner !== undefined && sameOwner(before.owner, owner)) return before;
  const pod: Pod = { ...object, owner };
  owned.set(object, pod);
  return pod;
}

function sameOwner(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.name === b.name && a.at === b.at;
}

/** The configuration that counts; of further ones only the existence is told. */
function firstConfiguration(
  configurations: readonly ClusterConfiguration[],
  problems: Problem[],
): ClusterConfiguration | undefined {
  const [first, ...others] = configurations;
  if (first === undefined) return undefined;
  for (const other of others) {
    problems.push({
      code: 'cluster.configuration',
      severity: 'information',
      message: `This ${other.tool} configuration is not used: the one at ${placeText(first.at)} already describes the cluster.`,
      at: other.at,
      related: [{ text: 'The configuration that is used.', at: first.at }],
    });
  }
  return first;
}

/** Node objects and nodes that observed pods name; those of a configuration only where neither is known. */
function nodesOf(
  written: readonly Node[],
  pods: readonly Pod[],
  configuration: ClusterConfiguration | undefined,
  previous: readonly Node[],
): readonly Node[] {
  const before = new Map(previous.map((node) => [node.name, node]));
  const nodes = new Map(written.map((node) => [node.name, node]));
  const pending = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (pod.provenance !== 'observed' || pod.node === undefined || nodes.has(pod.node.value)) continue;
    const list = pending.get(pod.node.value);
    if (list === undefined) pending.set(pod.node.value, [pod]);
    else list.push(pod);
  }
  for (const [name, own] of pending) nodes.set(name, keptValue(before.get(name), nodeOfPods(name, own)));
  if (nodes.size === 0) for (const node of configuration?.nodes ?? []) nodes.set(node.name, node);
  return [...nodes.values()].sort((a, b) => compareText(a.name, b.name));
}

function nodeOfPods(name: string, pods: readonly Pod[]): Node {
  return {
    kind: 'Node',
    name,
    provenance: 'observed',
    labels: { 'kubernetes.io/hostname': name },
    taints: [],
    unschedulable: false,
    addresses: onePerFamily(
      pods.flatMap((pod) => pod.hostAddresses),
      (ip) => ip.family,
    ),
    externalAddresses: [],
    podCidrs: [],
    ready: { value: true, provenance: 'inferred', why: 'No Node object; pods name this node.' },
    at: pods[0]?.node?.at,
    nameAt: pods[0]?.node?.at,
  };
}

function namespacesOf(
  written: readonly Namespace[],
  lists: readonly (readonly { readonly namespace: string }[])[],
  previous: readonly Namespace[],
): readonly Namespace[] {
  const before = new Map(previous.map((namespace) => [namespace.name, namespace]));
  const namespaces = new Map(written.map((namespace) => [namespace.name, namespace]));
  for (const list of lists) {
    for (const { namespace: name } of list) {
      if (name === '' || namespaces.has(name)) continue;
      const labels = { 'kubernetes.io/metadata.name': name };
      const made: Namespace = { kind: 'Namespace', name, labels, provenance: 'inferred' };
      namespaces.set(name, keptValue(before.get(name), made));
    }
  }
  return [...namespaces.values()].sort((a, b) => compareText(a.name, b.name));
}

function endpointsWithoutSlices(
  endpoints: readonly EndpointSlice[],
  slices: readonly EndpointSlice[],
): readonly EndpointSlice[] {
  const covered = new Set(slices.map((slice) => slice.service));
  return endpoints.filter((slice) => !covered.has(slice.service));
}
