// Answers: what could a NetworkPolicy or GlobalNetworkPolicy of Calico change? Its rules are asked in order, tier by tier;
// Kubernetes' own policies stand in the tier `default` with order 1000. A tier in which some policy selects a pod denies what
// none of its policies decides. So a policy of that tier that only allows adds to NetworkPolicy; one that denies can deny
// what NetworkPolicy admits only when it is asked before; other tiers can do anything (docs.tigera.io: policy tiers, order).
// Policies for host endpoints (`doNotTrack`, `preDNAT`) are about no pod. Staged policies have no effect at all.
import type { Direction, VendorEffect } from '../../model/policy';
import type { LabelSelector, Requirement } from '../../model/selector';
import type { Field } from '../field';
import { child, flag, isWritten, text } from '../field';
import type { Part, Subject } from './part';
import { noEffect, rulesAt, wordsOf } from './part';
import { calicoRequirements } from './calicoSelector';

/** Where policies of Kubernetes are asked in the tier `default`. */
const kubernetesOrder = 1000;

export function readCalico(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  const forHosts = flag(child(spec, 'doNotTrack')) === true || flag(child(spec, 'preDNAT')) === true;
  if (forHosts) return [{ effect: noEffect }];
  // With applyOnForward it may stand in the way of what a node forwards, whomever that is for.
  const forwards = flag(child(spec, 'applyOnForward')) === true;
  const subject = forwards ? undefined : subjectOf(spec);
  const types = directionsOf(spec);
  const effect = (direction: Direction): VendorEffect | undefined =>
    types.includes(direction) ? effectOf(spec, direction) : undefined;
  return [{ subject, effect: { ingress: effect('ingress'), egress: effect('egress') } }];
}

export function readStaged(): readonly Part[] {
  return [{ effect: noEffect }];
}

/** Without `types`: egress when there are only egress rules, both when there are both, else ingress. */
function directionsOf(spec: Field): readonly Direction[] {
  const written = rulesAt(spec, 'types').map((item) => text(item)?.toLowerCase());
  if (written.length > 0)
    return (['ingress', 'egress'] as const).filter((direction) => written.includes(direction));
  const egress = rulesAt(spec, 'egress').length > 0;
  const ingress = rulesAt(spec, 'ingress').length > 0 || !egress;
  return [...(ingress ? (['ingress'] as const) : []), ...(egress ? (['egress'] as const) : [])];
}

function effectOf(spec: Field, direction: Direction): VendorEffect {
  const actions = wordsOf(rulesAt(spec, direction), 'action', 'Allow').map((word) => word.toLowerCase());
  const mayAllow = actions.some((action) => action === 'allow' || action === 'pass');
  const inDefault = (text(child(spec, 'tier')) ?? 'default') === 'default';
  const order = orderOf(child(spec, 'order'));
  const before = order !== undefined && order <= kubernetesOrder;
  return { mayAllow, mayDeny: true, additive: inDefault && !(before && actions.includes('deny')) };
}

/** A number that may have a fraction; without one the policy is asked last. */
function orderOf(field: Field): number | undefined {
  const { node } = field;
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

function subjectOf(spec: Field): Subject {
  const own = requirementsAt(child(spec, 'selector'));
  const inNamespaces = requirementsAt(child(spec, 'namespaceSelector'));
  const pod = own.filter(({ key }) => !key.startsWith('projectcalico.org/') && !inherited.test(key));
  const namespace = [...own, ...inNamespaces].flatMap((requirement): readonly Requirement[] => {
    const isName =
      requirement.key ===
      (own.includes(requirement) ? 'projectcalico.org/namespace' : 'projectcalico.org/name');
    if (isName) return [{ ...requirement, key: 'kubernetes.io/metadata.name' }];
    return own.includes(requirement) || requirement.key.startsWith('projectcalico.org/') ? [] : [requirement];
  });
  const made = (requirements: readonly Requirement[]): LabelSelector | undefined =>
    requirements.length === 0 ? undefined : { requirements };
  return { podSelector: made(pod), namespaceSelector: made(namespace) };
}

/** Labels that Calico gives a pod from its namespace and service account. */
const inherited = /^pc(?:ns|sa)\./;

/** What was not understood asks for nothing, which selects more. */
function requirementsAt(field: Field): readonly Requirement[] {
  return isWritten(field) ? (calicoRequirements(text(field) ?? '') ?? []) : [];
}
