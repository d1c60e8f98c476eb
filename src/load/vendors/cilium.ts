// Answers: what could a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy change? Its rules add to those of NetworkPolicy
// and isolate the pods of its endpointSelector, unless enableDefaultDeny says no; `ingressDeny` and `egressDeny` win over
// all that allows (docs.cilium.io: policy language, deny policies). nodeSelector is about nodes, no pod's connections.
import type { Direction, VendorEffect } from '../../model/policy';
import type { LabelSelector, Requirement } from '../../model/selector';
import type { Field } from '../field';
import { child, flag, isWritten } from '../field';
import { labelSelector } from '../values';
import type { Part, Subject } from './part';
import { noEffect, rulesAt } from './part';

/** `spec`, `specs` or both. */
export function readCilium(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  return [...(isWritten(spec) ? [spec] : []), ...rulesAt(root, 'specs')].map((rule): Part => {
    if (isWritten(child(rule, 'nodeSelector'))) return { effect: noEffect };
    return {
      subject: subjectOf(child(rule, 'endpointSelector')),
      effect: { ingress: effectOf(rule, 'ingress'), egress: effectOf(rule, 'egress') },
    };
  });
}

function effectOf(spec: Field, direction: Direction): VendorEffect | undefined {
  const rules = rulesAt(spec, direction);
  const denies = rulesAt(spec, `${direction}Deny`);
  if (rules.length + denies.length === 0) return undefined;
  const isolates = flag(child(child(spec, 'enableDefaultDeny'), direction)) ?? true;
  // An empty rule allows nobody: it is how pods are isolated. Requirements and authentication narrow what others allow.
  const allows = rules.some((rule) => rule.node?.kind === 'map' && rule.node.entries.length > 0);
  const narrows = rules.some((rule) =>
    ['authentication', 'fromRequires', 'toRequires'].some((key) => isWritten(child(rule, key))),
  );
  const additive = denies.length === 0 && !narrows;
  return { mayAllow: allows, mayDeny: isolates || !additive, additive };
}

function subjectOf(field: Field): Subject {
  const selector = labelSelector(field);
  if (selector === undefined) return undefined;
  const pod: Requirement[] = [];
  const namespace: Requirement[] = [];
  for (const requirement of selector.requirements) {
    const key = ciliumKey(requirement.key);
    if (key === undefined) continue;
    (key.of === 'pod' ? pod : namespace).push({ ...requirement, key: key.name });
  }
  const made = (requirements: readonly Requirement[]): LabelSelector | undefined =>
    requirements.length === 0 ? undefined : { requirements };
  return { podSelector: made(pod), namespaceSelector: made(namespace) };
}

const namespaceLabel = 'io.cilium.k8s.namespace.labels.';

/** @returns undefined for labels that no object in the cluster has: leaving the requirement out selects more pods. */
function ciliumKey(written: string): { readonly of: 'pod' | 'namespace'; readonly name: string } | undefined {
  const source = /^(k8s|any|container|reserved|cidr|fqdn|unspec)[:.](.+)$/.exec(written);
  if (source !== null && source[1] !== 'k8s' && source[1] !== 'any') return undefined;
  const name = source?.[2] ?? written;
  if (name === 'io.kubernetes.pod.namespace') return { of: 'namespace', name: 'kubernetes.io/metadata.name' };
  if (name.startsWith(namespaceLabel)) return { of: 'namespace', name: name.slice(namespaceLabel.length) };
  return name.startsWith('io.cilium.') || name.startsWith('io.kubernetes.') ? undefined : { of: 'pod', name };
}
