// Answers: what does a policy of the cluster's administrators say, and would the API server take it? AdminNetworkPolicy and
// BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) and ClusterNetworkPolicy (v1alpha2, v1beta1). The refusals
// are those of the CRDs' schemas and CEL rules, in the API server's words (spec E2; network-policy-api `apis/`).
// How peers and ports are written: `adminPeers.ts`, `adminPorts.ts`.
import type { AdminPolicy, Direction, PolicyRule, RuleAction } from '../model/policy';
import type { Generation } from './adminGeneration';
import { peers } from './adminPeers';
import { portsOf } from './adminPorts';
import type { Field, ObjectSource } from './field';
import {
  at,
  child,
  integer,
  invalid,
  isMapOrAbsent,
  isWritten,
  pathOf,
  required,
  rootField,
  text,
  tooLong,
  unsupported,
  writtenAt,
} from './field';
import type { Metadata } from './metadata';
import { knownFields, objectFields } from './policyFields';
import { boundedItems, lenientSelector, namespacedPod, onlyField } from './schema';

/**
 * @returns the policy; undefined when nobody can tell from this API which pods it is about, so that it cannot be judged.
 * Faults are noted in `source`.
 */
export function readAdminPolicy(
  source: ObjectSource,
  metadata: Metadata,
  generation: Generation,
): AdminPolicy | undefined {
  const root = rootField(source);
  const spec = child(root, 'spec');
  knownFields(root, objectFields);
  if (!isWritten(spec)) required(spec);
  isMapOrAbsent(spec);
  const { kind } = generation;
  const baseline = kind === 'BaselineAdminNetworkPolicy';
  const clusterWide = kind === 'ClusterNetworkPolicy';
  const own = [...(clusterWide ? ['tier'] : []), ...(baseline ? [] : ['priority'])];
  knownFields(spec, [...own, 'subject', 'ingress', 'egress']);
  if (baseline && metadata.name !== 'default') {
    invalid(
      child(child(root, 'metadata'), 'name'),
      'Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
    );
  }
  const priorityField = child(spec, 'priority');
  const subject = readSubject(child(spec, 'subject'), generation);
  const tier = clusterWide ? readTier(child(spec, 'tier')) : baseline ? 'baseline' : 'admin';
  const priority = baseline ? 0 : readPriority(priorityField);
  const ingress = rules(spec, 'ingress', generation);
  const egress = rules(spec, 'egress', generation);
  if (subject === undefined) return undefined;
  return {
    kind,
    namespace: '',
    name: metadata.name,
    tier,
    priority,
    priorityAt: baseline ? undefined : writtenAt(priorityField),
    subject,
    ingress,
    egress,
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

function readTier(field: Field): AdminPolicy['tier'] {
  const written = text(field);
  if (!isWritten(field)) required(field);
  else if (written !== 'Admin' && written !== 'Baseline') unsupported(field, ['Admin', 'Baseline']);
  return written === 'Baseline' ? 'baseline' : 'admin';
}

function readPriority(field: Field): number {
  const written = integer(field);
  if (!isWritten(field)) required(field);
  if (written === undefined) return 0;
  if (written < 0) invalid(field, `${pathOf(field)} in body should be greater than or equal to 0`);
  if (written > 1000) invalid(field, `${pathOf(field)} in body should be less than or equal to 1000`);
  return written;
}

function readSubject(field: Field, { anyNamespace }: Generation): AdminPolicy['subject'] | undefined {
  if (!isWritten(field)) {
    required(field);
    return undefined;
  }
  const chosen = onlyField(
    field,
    ['namespaces', 'pods'],
    'Of which pods it speaks cannot be told, so the policy is not judged.',
  );
  if (chosen?.known !== true) return undefined;
  if (chosen.field.segment === 'pods') {
    const pods = namespacedPod(chosen.field, anyNamespace);
    return pods && { ...pods, at: at(field) };
  }
  const namespaceSelector = lenientSelector(chosen.field);
  return namespaceSelector && { namespaceSelector, at: at(field) };
}

function rules(spec: Field, direction: Direction, generation: Generation): readonly PolicyRule[] {
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  const portsKey = generation.kind === 'ClusterNetworkPolicy' ? 'protocols' : 'ports';
  return boundedItems(child(spec, direction), 0, generation.most).map((field, index): PolicyRule => {
    isMapOrAbsent(field);
    knownFields(field, ['name', 'action', peersKey, portsKey]);
    const action = readAction(child(field, 'action'), generation);
    const peersField = child(field, peersKey);
    if (!isWritten(peersField)) required(peersField);
    const portsField = child(field, portsKey);
    const rulePeers = boundedItems(peersField, 1, generation.most).flatMap((item) =>
      peers(item, direction, generation),
    );
    const { ports, unknownPort } = portsOf(boundedItems(portsField, 1, generation.most), generation);
    if (action !== 'Allow' && rulePeers.some(({ kind }) => kind === 'domainNames'))
      invalid(field, `domainNames may only be used with ${generation.allow} action`);
    const beyondPods = rulePeers.some(({ kind }) => kind !== 'pods' && kind !== 'unknown');
    if (beyondPods && ports.some(({ port }) => typeof port === 'string'))
      invalid(field, nameless(generation));
    return {
      index,
      action,
      name: ruleName(child(field, 'name')),
      peers: rulePeers,
      ports,
      unknownPort,
      at: at(field),
    };
  });
}

function readAction(field: Field, { allow, passes }: Generation): RuleAction {
  const written = text(field);
  if (!isWritten(field)) required(field);
  else if (written === allow) return 'Allow';
  else if (written === 'Deny') return 'Deny';
  else if (written === 'Pass' && passes) return 'Pass';
  else unsupported(field, passes ? [allow, 'Deny', 'Pass'] : [allow, 'Deny']);
  return 'Deny';
}

function ruleName(field: Field): string | undefined {
  const written = text(field);
  if (written !== undefined && written.length > 100) tooLong(field, 100);
  return written;
}

/** What the CEL rule says of named ports where there are no pods. */
function nameless({ domainNames }: Generation): string {
  const kinds = domainNames ? 'networks/nodes/domainNames' : 'networks/nodes';
  return `${kinds} peer cannot be set with namedPorts since there are no namedPorts for ${kinds}`;
}
