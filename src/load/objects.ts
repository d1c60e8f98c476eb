// Answers: which objects of the cluster does one file hold? Walks documents and lists, recognises each object by group and
// kind, and reads it. What the API server would reject is left out with the reason; what is not ours is passed over.
import type { CniSetting, IpPool } from '../model/cniFacts';
import type { EntryPoint, Gateway } from '../model/entry';
import type { Namespace, Node } from '../model/node';
import type { Pod, Workload } from '../model/pod';
import type { AdminPolicy, NetworkPolicy, VendorPolicy } from '../model/policy';
import type { Problem } from '../model/problem';
import type { EndpointSlice, Service } from '../model/service';
import type { WorkloadKind } from '../model/objects';
import { finish } from '../model/steps';
import { generationOf } from './adminGeneration';
import type { AdminKind } from './adminGeneration';
import { readAdminPolicy } from './adminpolicy';
import type { NetworkClaim } from './claims';
import {
  customResource,
  pluginOfKind,
  readDefinition,
  readInstallation,
  readIpPool,
  readKubeProxyConfiguration,
  readOpenShiftNetwork,
  readPluginConfig,
} from './cniFacts';
import type { ClusterConfiguration } from './configuration';
import { readConfigMap, readControllerManager, readK3d, readKind, readKubeadm } from './configuration';
import { readGateway, readIngress, routeReader } from './entries';
import { child, rootField, warn } from './field';
import type { ObjectSource } from './field';
import type { LineIndex } from './lines';
import type { Metadata } from './metadata';
import { readMetadata } from './metadata';
import { readNetworkPolicy } from './networkpolicy';
import { readNamespace, readNode, readServiceCidrs } from './nodes';
import type { SyntaxFile } from './parse';
import { readPod } from './pods';
import { readService } from './services';
import { readEndpointSlice, readEndpoints } from './slices';
import type { SyntaxNode } from './syntax';
import { entryOf, stringOf } from './syntax';
import { readVendorPolicy, vendorKind } from './vendorPolicies';
import { anyEffect } from './vendors/part';
import { readWorkload } from './workloads';

/** An object with what the merge needs to know of it besides. */
export interface Loaded<T> {
  readonly object: T;
  readonly metadata: Metadata;
}

/** Everything that one file says. Lists are in the order written. */
export interface FileObjects {
  readonly nodes: readonly Loaded<Node>[];
  readonly namespaces: readonly Loaded<Namespace>[];
  readonly workloads: readonly Loaded<Workload>[];
  readonly pods: readonly Loaded<Pod>[];
  readonly services: readonly Loaded<Service>[];
  readonly slices: readonly Loaded<EndpointSlice>[];
  /** Slices made from Endpoints: they count only where no EndpointSlice of the Service is known. */
  readonly endpoints: readonly Loaded<readonly EndpointSlice[]>[];
  readonly entries: readonly Loaded<EntryPoint>[];
  readonly gateways: readonly Loaded<Gateway>[];
  readonly policies: readonly Loaded<NetworkPolicy>[];
  readonly adminPolicies: readonly Loaded<AdminPolicy>[];
  /** One object each, by the subjects that it has. */
  readonly vendorPolicies: readonly Loaded<readonly VendorPolicy[]>[];
  readonly configurations: readonly ClusterConfiguration[];
  readonly claims: readonly NetworkClaim[];
  /** Calico's pools, and those that its operator is asked to make. */
  readonly pools: readonly Loaded<IpPool>[];
  readonly operatorPools: readonly IpPool[];
  /** What objects of the cluster say of its CNI and kube-proxy; what files for tools say counts after them. */
  readonly settings: readonly CniSetting[];
  readonly toolSettings: readonly CniSetting[];
  readonly problems: readonly Problem[];
  /** Number of objects recognised, also those that were left out. */
  readonly count: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };
export type Draft = Mutable<FileObjects>;

/** Groups of cluster configurations, which tools read and no API server. */
const toolGroups = /^(?:kind\.x-k8s\.io|k3d\.io|kubeadm\.k8s\.io|kubeproxy\.config\.k8s\.io)\//;

/** Lists inside lists; kubectl makes one level. */
const deepestList = 4;

/** Nothing read yet. */
export function emptyObjects(): Draft {
  return {
    nodes: [],
    namespaces: [],
    workloads: [],
    pods: [],
    services: [],
    slices: [],
    endpoints: [],
    entries: [],
    gateways: [],
    policies: [],
    adminPolicies: [],
    vendorPolicies: [],
    configurations: [],
    claims: [],
    pools: [],
    operatorPools: [],
    settings: [],
    toolSettings: [],
    problems: [],
    count: 0,
  };
}

/** Reads one item of a list; @returns false, and reads nothing, when the item does not say what it is. */
export function readItem(file: string, lines: LineIndex, item: SyntaxNode, draft: Draft): boolean {
  if (entryOf(item, 'kind') === undefined || entryOf(item, 'apiVersion') === undefined) return false;
  readNodeOrList({ file, lines, document: 0 }, item, draft, undefined, 1);
  return true;
}

/** Documents and items of lists that are read before others get their turn. */
const objectsPerStep = 100;

/** Reads the objects of all documents that are whole, in steps. */
export function* readObjects(parsed: SyntaxFile, draft: Draft): Generator<void, FileObjects, void> {
  for (const [index, document] of parsed.documents.entries()) {
    if (index % objectsPerStep === objectsPerStep - 1) yield;
    if (document.broken || document.root === undefined) continue;
    const place = { file: parsed.file, lines: parsed.lines, document: document.index };
    yield* readInSteps(place, document.root, draft, undefined, 0);
  }
  return draft;
}

interface Place {
  readonly file: string;
  readonly lines: LineIndex;
  readonly document: number;
}

interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

function readNodeOrList(...asked: Parameters<typeof readInSteps>): void {
  finish(readInSteps(...asked));
}

/** `implied`: the type of items of a typed list (`PodList`), which do not repeat it. */
function* readInSteps(
  place: Place,
  root: SyntaxNode,
  draft: Draft,
  implied: TypeMeta | undefined,
  depth: number,
): Generator<void, void, void> {
  const kind = stringOf(entryOf(root, 'kind')?.value) ?? implied?.kind;
  const apiVersion = stringOf(entryOf(root, 'apiVersion')?.value) ?? implied?.apiVersion;
  if (kind === undefined || apiVersion === undefined) return;
  const list = entryOf(root, 'items')?.value;
  if (!kind.endsWith('List') || list?.kind !== 'sequence') {
    readObject({ ...place, root, faults: [] }, { apiVersion, kind }, draft);
    return;
  }
  if (depth >= deepestList) return;
  const itemKind = kind.slice(0, -'List'.length);
  const type = itemKind === '' ? undefined : { apiVersion, kind: itemKind };
  for (const [index, item] of list.items.entries()) {
    yield* readInSteps(place, item, draft, type, depth + 1);
    if (index % objectsPerStep === objectsPerStep - 1) yield;
  }
}

function readObject(source: ObjectSource, type: TypeMeta, draft: Draft): void {
  const read = readerOf(type);
  if (read === undefined) return;
  draft.count++;
  const add = read(source);
  const { faults } = source;
  const rejected = faults.some((fault) => fault.fatal);
  const refuser = toolGroups.test(type.apiVersion) ? 'its tool' : 'the API server';
  for (const fault of faults) {
    const code =
      fault.code === 'object.invalid' && type.kind.endsWith('NetworkPolicy') ? 'policy.invalid' : fault.code;
    const consequence = fault.fatal
      ? `. ${describe(source, type)} is left out, as ${refuser} would reject it.`
      : '';
    draft.problems.push({
      code,
      severity: fault.fatal ? 'error' : 'warning',
      message: `${fault.message}${consequence}`,
      at: fault.at,
    });
  }
  if (!rejected) add(draft);
}

function describe(source: ObjectSource, type: TypeMeta): string {
  const metadata = entryOf(source.root, 'metadata')?.value;
  const name = stringOf(entryOf(metadata, 'name')?.value);
  const namespace = stringOf(entryOf(metadata, 'namespace')?.value);
  if (name === undefined) return `This ${type.kind}`;
  return `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Reads an object and returns how to keep it, which is called only when the object has no fatal fault. */
type Reader = (source: ObjectSource) => (draft: Draft) => void;

function readerOf({ apiVersion, kind }: TypeMeta): Reader | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  if (group === adminGroup && isAdminKind(kind)) return adminReader(apiVersion, kind);
  const vendor = vendorKind(group, kind);
  if (vendor === undefined) return readers.get(`${group}/${kind}`) ?? customReader(group, kind);
  return (source) => {
    const metadata = readMetadata(source, vendor.namespaced);
    const object = readVendorPolicy(source, metadata, { apiVersion, kind }, vendor);
    return (draft) => draft.vendorPolicies.push({ object, metadata });
  };
}

const adminGroup = 'policy.networking.k8s.io';

function isAdminKind(kind: string): kind is AdminKind {
  return (
    kind === 'AdminNetworkPolicy' || kind === 'BaselineAdminNetworkPolicy' || kind === 'ClusterNetworkPolicy'
  );
}

/** A policy of a version that is not known here, or of a subject that is not, is kept as one that is not judged. */
function adminReader(apiVersion: string, kind: AdminKind): Reader {
  const generation = generationOf(apiVersion.slice(adminGroup.length + 1), kind);
  return (source) => {
    const metadata = readMetadata(source, false);
    if (generation === undefined) {
      warn(
        child(rootField(source), 'apiVersion'),
        'policy.unknown-version',
        `${kind} of ${apiVersion} is not known here, so it is not judged: what it could change is undetermined.`,
      );
    }
    const object = generation && readAdminPolicy(source, metadata, generation);
    return (draft) => {
      if (object !== undefined) draft.adminPolicies.push({ object, metadata });
      else draft.vendorPolicies.push({ object: [newerPolicy(metadata, apiVersion, kind)], metadata });
    };
  };
}

function newerPolicy({ name, at }: Metadata, apiVersion: string, kind: AdminKind): VendorPolicy {
  const effect = { ingress: anyEffect, egress: anyEffect };
  return { apiVersion, kind, namespace: '', name, vendor: 'Kubernetes', effect, at };
}

/** A reader of one kind of object; `listOf` says where such objects are kept. */
function reader<T>(
  namespaced: boolean,
  read: (source: ObjectSource, metadata: Metadata) => T,
  listOf: (draft: Draft) => Loaded<T>[],
): Reader {
  return (source) => {
    const metadata = readMetadata(source, namespaced);
    const object = read(source, metadata);
    return (draft) => listOf(draft).push({ object, metadata });
  };
}

function configurationReader(read: (source: ObjectSource) => ClusterConfiguration): Reader {
  return (source) => {
    const configuration = read(source);
    return (draft) => draft.configurations.push(configuration);
  };
}

/** Pods, and what the controller manager's pod tells of the cluster's ranges. */
const podReader: Reader = (source) => {
  const metadata = readMetadata(source, true);
  const object = readPod(source, metadata);
  const claim = readControllerManager(source, metadata.labels);
  return (draft) => {
    draft.pods.push({ object, metadata });
    if (claim !== undefined) draft.claims.push(claim);
  };
};

const sliceReader: Reader = (source) => {
  const metadata = readMetadata(source, true);
  const object = readEndpointSlice(source, metadata);
  return (draft) => {
    if (object !== undefined) draft.slices.push({ object, metadata });
  };
};

const configMapReader: Reader = (source) => {
  const metadata = readMetadata(source, true);
  const claim = readConfigMap(source, metadata);
  const settings = readPluginConfig(source, metadata);
  return (draft) => {
    if (claim !== undefined) draft.claims.push(claim);
    draft.settings.push(...settings);
  };
};

const poolReader: Reader = (source) => {
  const metadata = readMetadata(source, false);
  const pool = readIpPool(source, metadata);
  return (draft) => {
    if (pool !== undefined) draft.pools.push({ object: pool, metadata });
  };
};

const installationReader: Reader = (source) => {
  const installation = readInstallation(source, readMetadata(source, false));
  return (draft) => {
    draft.operatorPools.push(...installation.pools);
    draft.settings.push(...installation.settings);
  };
};

/** One such object of a plugin says as much as a thousand. */
function customReader(group: string, kind: string): Reader | undefined {
  const plugin = pluginOfKind(group, kind);
  if (plugin === undefined) return undefined;
  return (source) => {
    const found = customResource(plugin, kind, readMetadata(source, false));
    return (draft) => {
      if (!draft.settings.some(({ key }) => key === found.key)) draft.settings.push(found);
    };
  };
}

const settingsReader = (
  namespaced: boolean,
  read: (source: ObjectSource, metadata: Metadata) => readonly CniSetting[],
): Reader => {
  return (source) => {
    const settings = read(source, readMetadata(source, namespaced));
    return (draft) => draft.settings.push(...settings);
  };
};

const definitionReader = settingsReader(false, (_, metadata) => readDefinition(metadata));
const openShiftReader = settingsReader(false, readOpenShiftNetwork);

const kubeProxyReader: Reader = (source) => {
  const settings = readKubeProxyConfiguration(source);
  return (draft) => draft.toolSettings.push(...settings);
};

const serviceCidrReader: Reader = (source) => {
  const serviceCidrs = readServiceCidrs(source, readMetadata(source, false));
  return (draft) => draft.claims.push({ from: 'running', podCidrs: [], serviceCidrs });
};

const workloadReader = (kind: WorkloadKind): Reader =>
  reader(
    true,
    (source, metadata) => readWorkload(source, metadata, kind),
    (draft) => draft.workloads,
  );

const ingressReader = reader(true, readIngress, (draft) => draft.entries);
const routesOf = (kind: Parameters<typeof routeReader>[0]): Reader =>
  reader(true, routeReader(kind), (draft) => draft.entries);

const policyReader = reader(true, readNetworkPolicy, (draft) => draft.policies);

/** By API group (without version) and kind; `extensions` is where clusters before 1.16 kept them. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['/Pod', podReader],
  ['/Service', reader(true, readService, (draft) => draft.services)],
  [
    '/Namespace',
    reader(
      false,
      (_, metadata) => readNamespace(metadata),
      (draft) => draft.namespaces,
    ),
  ],
  ['/Node', reader(false, readNode, (draft) => draft.nodes)],
  ['/Endpoints', reader(true, readEndpoints, (draft) => draft.endpoints)],
  ['/ConfigMap', configMapReader],
  ['/ReplicationController', workloadReader('ReplicationController')],
  ['apps/Deployment', workloadReader('Deployment')],
  ['apps/ReplicaSet', workloadReader('ReplicaSet')],
  ['apps/StatefulSet', workloadReader('StatefulSet')],
  ['apps/DaemonSet', workloadReader('DaemonSet')],
  ['batch/Job', workloadReader('Job')],
  ['batch/CronJob', workloadReader('CronJob')],
  ['extensions/Deployment', workloadReader('Deployment')],
  ['extensions/ReplicaSet', workloadReader('ReplicaSet')],
  ['extensions/DaemonSet', workloadReader('DaemonSet')],
  ['discovery.k8s.io/EndpointSlice', sliceReader],
  ['networking.k8s.io/NetworkPolicy', policyReader],
  ['extensions/NetworkPolicy', policyReader],
  ['networking.k8s.io/Ingress', ingressReader],
  ['extensions/Ingress', ingressReader],
  ['gateway.networking.k8s.io/HTTPRoute', routesOf('HTTPRoute')],
  ['gateway.networking.k8s.io/GRPCRoute', routesOf('GRPCRoute')],
  ['gateway.networking.k8s.io/TCPRoute', routesOf('TCPRoute')],
  ['gateway.networking.k8s.io/Gateway', reader(true, readGateway, (draft) => draft.gateways)],
  ['networking.k8s.io/ServiceCIDR', serviceCidrReader],
  ['kind.x-k8s.io/Cluster', configurationReader(readKind)],
  ['k3d.io/Simple', configurationReader(readK3d)],
  ['kubeadm.k8s.io/ClusterConfiguration', configurationReader(readKubeadm)],
  ['kubeproxy.config.k8s.io/KubeProxyConfiguration', kubeProxyReader],
  ['crd.projectcalico.org/IPPool', poolReader],
  ['projectcalico.org/IPPool', poolReader],
  ['operator.tigera.io/Installation', installationReader],
  ['apiextensions.k8s.io/CustomResourceDefinition', definitionReader],
  ['operator.openshift.io/Network', openShiftReader],
  ['config.openshift.io/Network', openShiftReader],
]);
