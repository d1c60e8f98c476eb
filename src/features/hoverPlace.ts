// Answers: what of which object stands at this offset of a manifest? Documents, lists and lists of one kind (`PodList`) are gone
// through as the loader does. Text that a template action makes is no place: only rendering tells what it will be.
import type { Field } from '../load/field';
import { child, items, rootField } from '../load/field';
import { readMetadata, type Metadata } from '../load/metadata';
import type { SyntaxFile } from '../load/parse';
import type { PathSegment, SyntaxNode } from '../load/syntax';
import { entryOf, locationOf, nodeAt, pathAt, stringOf } from '../load/syntax';
import { vendorKind } from '../load/vendorPolicies';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf, type ObjectKey } from '../model/objects';
import type { Pod, Workload } from '../model/pod';
import type { Location } from '../model/source';
import type { End } from '../trace/query';
import { ownPods, workloadEnd } from './ownPods';

/** A text that an editor shows, and its tree. */
export interface Manifest {
  readonly text: string;
  readonly parsed: SyntaxFile;
}

/** The cluster that is looked at, and the files that it was read from. */
export interface ShownCluster {
  readonly cluster: Cluster;
  readonly files: ReadonlySet<string>;
}

export interface Place {
  /** '' for the core group. */
  readonly group: string;
  readonly kind: string;
  /** '' for kinds without one. undefined: only rendering the template tells. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** The object as a whole. */
  readonly root: Field;
  readonly metadata: Metadata;
  /** From the object to the key or value under the offset. */
  readonly path: readonly PathSegment[];
  readonly on: 'key' | 'value';
  /** The value at the path. */
  readonly node: SyntaxNode;
  /** Of the key or the scalar. */
  readonly range: { readonly start: number; readonly end: number };
  /** `broken` and `template`: the tree is a guess, and the object is not in the cluster. */
  readonly state: 'sound' | 'broken' | 'template';
  /** Whether no template action has a part in the text of the node. */
  readonly literal: (node: SyntaxNode) => boolean;
}

const clusterScoped = new Set([
  '/Node',
  '/Namespace',
  'networking.k8s.io/ServiceCIDR',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'policy.networking.k8s.io/BaselineAdminNetworkPolicy',
  'policy.networking.k8s.io/ClusterNetworkPolicy',
]);

/** @returns undefined between values, in text that a template makes, and in what is no Kubernetes object. */
export function placeAt({ text, parsed }: Manifest, offset: number): Place | undefined {
  const document = parsed.documents.findLast(({ start, end }) => start <= offset && offset <= end);
  const hit = document && pathAt(document, offset);
  if (document?.root === undefined || hit === undefined) return undefined;
  const literal = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    !text.slice(start, end).includes('{{');
  const found = objectBelow(document.root, hit.path);
  if (found === undefined || !literal(hit)) return undefined;
  const state = parsed.templateAt !== undefined ? 'template' : document.broken ? 'broken' : 'sound';
  const group = found.apiVersion.includes('/')
    ? found.apiVersion.slice(0, found.apiVersion.indexOf('/'))
    : '';
  const root = rootField({
    file: parsed.file,
    lines: parsed.lines,
    document: document.index,
    root: found.root,
    faults: [],
  });
  const namespaced =
    vendorKind(group, found.kind)?.namespaced ?? !clusterScoped.has(`${group}/${found.kind}`);
  const metadata = readMetadata(root.source, namespaced);
  const written = (key: string): SyntaxNode | undefined => nodeAt(found.root, ['metadata', key]);
  const nameNode = written('name') ?? written('generateName');
  const namespaceNode = written('namespace');
  // What a template leaves out or makes is that of the release.
  const namespaceKnown = namespaceNode === undefined ? state !== 'template' : literal(namespaceNode);
  return {
    group,
    kind: found.kind,
    namespace: !namespaced || namespaceKnown ? metadata.namespace : undefined,
    name: nameNode !== undefined && literal(nameNode) ? metadata.name : undefined,
    root,
    metadata,
    path: found.path,
    on: hit.on,
    node: hit.node,
    range: { start: hit.start, end: hit.end },
    state,
    literal,
  };
}

interface FoundObject {
  readonly root: SyntaxNode;
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: readonly PathSegment[];
}

/** The innermost object of lists that the path leads through. */
function objectBelow(
  documentRoot: SyntaxNode,
  documentPath: readonly PathSegment[],
): FoundObject | undefined {
  let root = documentRoot;
  let path = documentPath;
  let kind = stringOf(entryOf(root, 'kind')?.value);
  let apiVersion = stringOf(entryOf(root, 'apiVersion')?.value);
  while (kind !== undefined && apiVersion !== undefined && kind.endsWith('List')) {
    const [list, index] = path;
    const item = list === 'items' && typeof index === 'number' ? nodeAt(root, [list, index]) : undefined;
    if (item === undefined) break;
    const implied = kind.slice(0, -'List'.length);
    const ofItem = stringOf(entryOf(item, 'kind')?.value);
    const versionOfItem = stringOf(entryOf(item, 'apiVersion')?.value);
    kind = ofItem ?? (implied === '' ? undefined : implied);
    apiVersion = versionOfItem ?? (implied === '' ? undefined : apiVersion);
    root = item;
    path = path.slice(2);
  }
  return kind === undefined || apiVersion === undefined ? undefined : { root, apiVersion, kind, path };
}

/** What follows `prefix` in the path, `*` standing for any index; undefined: the path begins otherwise. */
export function restOf(
  path: readonly PathSegment[],
  prefix: readonly string[],
): readonly PathSegment[] | undefined {
  const fits = prefix.every((wanted, index) => {
    const segment = path[index];
    return wanted === '*' ? typeof segment === 'number' : segment === wanted;
  });
  return fits ? path.slice(prefix.length) : undefined;
}

/** The field at the path below `field`. */
export function fieldAt(field: Field, path: readonly PathSegment[]): Field {
  return path.reduce<Field>(
    (here, segment) =>
      typeof segment === 'number'
        ? (items(here)[segment] ?? { ...here, node: undefined, parent: here, segment })
        : child(here, segment),
    field,
  );
}

/** Whether what the loader read from `at` is what stands at the path. */
export function isAt({ root }: Place, path: readonly PathSegment[], at: Location | undefined): boolean {
  const { node, source } = fieldAt(root, path);
  if (node === undefined || at === undefined) return false;
  const { line, character } = locationOf(source.file, source.lines, source.document, node);
  return line === at.line && character === at.character;
}

const podTemplate = ['spec', 'template'];
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['Deployment', podTemplate],
  ['ReplicaSet', podTemplate],
  ['StatefulSet', podTemplate],
  ['DaemonSet', podTemplate],
  ['ReplicationController', podTemplate],
  ['Job', podTemplate],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);
const workloadGroups = new Set(['', 'apps', 'batch', 'extensions']);

function templatePath({ group, kind }: Place): readonly string[] | undefined {
  return workloadGroups.has(group) ? templatePaths.get(kind) : undefined;
}

/** The pod, or the template of a workload's pods, as a field with `metadata` and `spec`. */
export function templateField(place: Place): Field | undefined {
  const path = templatePath(place);
  return path && fieldAt(place.root, path);
}

/** The path from the pod or the template on; undefined: the place is outside of it. */
export function pathInTemplate(place: Place): readonly PathSegment[] | undefined {
  const prefix = templatePath(place);
  return prefix && restOf(place.path, prefix);
}

interface Written {
  readonly kind: string;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/**
 * The object of the cluster that the place is in. Of objects with one name only the first is in the cluster; generated
 * names may have been changed to be unique, so these are found by their line.
 */
export function objectAt<T extends Written>(
  place: Place,
  ofName: (key: ObjectKey) => T | undefined,
  all: readonly T[],
): T | undefined {
  const { metadata, state, kind, name, namespace } = place;
  if (state !== 'sound' || name === undefined || namespace === undefined) return undefined;
  const { source } = place.root;
  const isHere = ({ at }: Written): boolean => at?.file === source.file && at.document === source.document;
  if (metadata.generateName === undefined) {
    const found = ofName(keyOf({ namespace, name }));
    return found !== undefined && isHere(found) ? found : undefined;
  }
  const line = metadata.nameAt?.line;
  return all.find((each) => each.kind === kind && isHere(each) && each.nameAt?.line === line);
}

export interface Subject {
  readonly end: End;
  readonly pods: readonly Pod[];
  /** undefined: a pod by itself. */
  readonly workload?: Workload | undefined;
}

/** The pod or workload of the cluster that the place is in, with its pods; undefined: it is neither, or not in the cluster. */
export function subjectAt({ cluster }: ShownCluster, place: Place): Subject | undefined {
  const lookup = lookupOf(cluster);
  if (templatePath(place) === undefined) return undefined;
  if (place.kind === 'Pod') {
    const pod = objectAt(place, (key) => lookup.pod(key), cluster.pods);
    return pod && { end: { kind: 'pod', namespace: pod.namespace, name: pod.name }, pods: [pod] };
  }
  const workload = objectAt(place, (key) => lookup.workload(place.kind, key), cluster.workloads);
  if (workload === undefined) return undefined;
  return { end: workloadEnd(cluster, workload), pods: ownPods(cluster, workload), workload };
}
