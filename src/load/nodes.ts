// Answers: what do Node, Namespace and ServiceCIDR objects say? (core/v1, networking.k8s.io/v1) Addresses and readiness
// come from a Node's status; pod ranges from its spec, which some network plugins do not use.
import type { Cidr } from '../model/address';
import type { Namespace, Node, Taint } from '../model/node';
import type { Labels } from '../model/selector';
import type { Fact, Provenance } from '../model/source';
import { embeddedRoot } from './embedded';
import type { Field, ObjectSource } from './field';
import { below, child, flag, items, members, oneOf, rootField, text, writtenAt } from './field';
import type { Metadata } from './metadata';
import { addressFact, onePerFamily, range } from './values';

export function readNode(source: ObjectSource, metadata: Metadata): Node {
  const root = rootField(source);
  const spec = child(root, 'spec');
  const status = child(root, 'status');
  const annotations = below(root, 'metadata', 'annotations');
  const addressesOf = (type: string): Node['addresses'] =>
    onePerFamily(
      items(child(status, 'addresses'))
        .filter((item) => text(child(item, 'type')) === type)
        .flatMap((item) => addressFact(child(item, 'address'), 'observed')),
      (ip) => ip.family,
    );
  return {
    kind: 'Node',
    name: metadata.name,
    provenance: metadata.provenance,
    labels: metadata.labels,
    taints: items(child(spec, 'taints')).map(readTaint),
    unschedulable: flag(child(spec, 'unschedulable')) ?? false,
    addresses: addressesOf('InternalIP'),
    externalAddresses: addressesOf('ExternalIP'),
    podCidrs: podCidrs(spec, annotations, metadata.provenance),
    ready: readyOf(status),
    annotations: pluginAnnotations(annotations),
    providerId: text(child(spec, 'providerID')),
    runtime: text(below(status, 'nodeInfo', 'containerRuntimeVersion')),
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

export function readTaint(field: Field): Taint {
  return {
    key: text(child(field, 'key')) ?? '',
    value: text(child(field, 'value')) ?? '',
    effect: oneOf(child(field, 'effect'), ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'NoSchedule'),
  };
}

/** CNI plugins that tell what they gave a node do so in annotations with these beginnings (spec C6). */
const pluginPrefixes = [
  'projectcalico.org/',
  'flannel.alpha.coreos.com/',
  'k8s.ovn.org/',
  'network.cilium.io/',
];

/** undefined: there are none of a plugin. */
function pluginAnnotations(annotations: Field): Labels | undefined {
  const kept = members(annotations).flatMap(([key, field]): readonly [string, string][] => {
    const value = pluginPrefixes.some((prefix) => key.startsWith(prefix)) ? text(field) : undefined;
    return value === undefined ? [] : [[key, value]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** What the plugin annotated comes first: OVN-Kubernetes and Cilium have their own ranges and ignore the spec (spec part B). */
function podCidrs(spec: Field, annotations: Field, provenance: Provenance): readonly Fact<Cidr>[] {
  const subnets = child(annotations, 'k8s.ovn.org/node-subnets');
  const annotated = [
    ...(subnets.node === undefined ? [] : oneOrMany(child(embeddedRoot(subnets), 'default'))),
    ...['network.cilium.io/ipv4-pod-cidr', 'network.cilium.io/ipv6-pod-cidr'].map((key) =>
      child(annotations, key),
    ),
  ];
  const many = items(child(spec, 'podCIDRs'));
  const fields = [...annotated, ...(many.length > 0 ? many : [child(spec, 'podCIDR')])];
  return onePerFamily(rangeFacts(fields, provenance), (cidr) => cidr.first.family);
}

/** `"10.128.0.0/23"`, or a list of such. */
function oneOrMany(field: Field): readonly Field[] {
  return field.node?.kind === 'sequence' ? items(field) : [field];
}

function readyOf(status: Field): Fact<boolean> {
  const condition = items(child(status, 'conditions')).find((item) => text(child(item, 'type')) === 'Ready');
  if (condition === undefined)
    return { value: true, provenance: 'inferred', why: 'No condition is reported.' };
  return {
    value: text(child(condition, 'status')) === 'True',
    provenance: 'observed',
    at: writtenAt(condition),
  };
}

/** The namespace with the label that the control plane sets (rule E28). */
export function readNamespace(metadata: Metadata): Namespace {
  return {
    kind: 'Namespace',
    name: metadata.name,
    labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name },
    provenance: metadata.provenance,
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

/** The ranges of a ServiceCIDR object. */
export function readServiceCidrs(source: ObjectSource, metadata: Metadata): readonly Fact<Cidr>[] {
  return rangeFacts(items(below(rootField(source), 'spec', 'cidrs')), metadata.provenance);
}

function rangeFacts(fields: readonly Field[], provenance: Provenance): readonly Fact<Cidr>[] {
  return fields.flatMap((field): readonly Fact<Cidr>[] => {
    const value = range(field);
    return value === undefined ? [] : [{ value, provenance, at: writtenAt(field) }];
  });
}
