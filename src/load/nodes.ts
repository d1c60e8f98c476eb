// Answers: what do Node, Namespace and ServiceCIDR objects say? (core/v1, networking.k8s.io/v1) Addresses and readiness
// come from a Node's status; pod ranges from its spec, which some network plugins do not use.
import type { Cidr } from '../model/address';
import type { Namespace, Node, Taint } from '../model/node';
import type { Fact, Provenance } from '../model/source';
import type { Field, ObjectSource } from './field';
import { below, child, flag, items, oneOf, rootField, text, writtenAt } from './field';
import type { Metadata } from './metadata';
import { addressFact, onePerFamily, range } from './values';

export function readNode(source: ObjectSource, metadata: Metadata): Node {
  const root = rootField(source);
  const spec = child(root, 'spec');
  const status = child(root, 'status');
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
    podCidrs: podCidrs(spec, metadata.provenance),
    ready: readyOf(status),
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

function podCidrs(spec: Field, provenance: Provenance): readonly Fact<Cidr>[] {
  const many = items(child(spec, 'podCIDRs'));
  const fields = many.length > 0 ? many : [child(spec, 'podCIDR')];
  return onePerFamily(rangeFacts(fields, provenance), (cidr) => cidr.first.family);
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
