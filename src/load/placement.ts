// Answers: which nodes does a pod ask for or put up with? (core/v1 NodeAffinity, Toleration) Only what the scheduler
// must obey is read; preferences change nothing that the network depends on.
import type { NodeRequirement, NodeSelectorTerm, Toleration } from '../model/pod';
import type { Field } from './field';
import { below, child, invalid, isWritten, items, text } from './field';

const nodeOperators: readonly NodeRequirement['operator'][] = [
  'In',
  'NotIn',
  'Exists',
  'DoesNotExist',
  'Gt',
  'Lt',
];

/** Terms of required node affinity; undefined when there is none. */
export function nodeAffinity(affinity: Field): readonly NodeSelectorTerm[] | undefined {
  const required = below(affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (!isWritten(required)) return undefined;
  return items(child(required, 'nodeSelectorTerms')).map((term) => ({
    labels: items(child(term, 'matchExpressions')).flatMap(nodeRequirement),
    fields: items(child(term, 'matchFields')).flatMap(nodeRequirement),
  }));
}

function nodeRequirement(field: Field): readonly NodeRequirement[] {
  const written = text(child(field, 'operator'));
  const operator = nodeOperators.find((known) => known === written);
  if (operator === undefined) {
    invalid(child(field, 'operator'), 'not a valid selector operator');
    return [];
  }
  const values = items(child(field, 'values')).map((value) => text(value) ?? '');
  return [{ key: text(child(field, 'key')) ?? '', operator, values }];
}

export function tolerations(field: Field): readonly Toleration[] {
  return items(field).map((item): Toleration => ({
    key: text(child(item, 'key')) || undefined,
    operator: text(child(item, 'operator')) === 'Exists' ? 'Exists' : 'Equal',
    value: text(child(item, 'value')),
    effect: text(child(item, 'effect')) || undefined,
  }));
}
