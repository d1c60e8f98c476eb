// Answers: what could a NetworkPolicy or ClusterNetworkPolicy of Antrea change? Its rules are asked before NetworkPolicy, in
// the tier `baseline` after it, and only what a rule names is decided: it isolates nobody. `appliedTo` stands on the policy or
// on each rule (antrea.io: Antrea-native policies).
import type { Direction, VendorEffect } from '../../model/policy';
import type { Field } from '../field';
import { child, isWritten, text } from '../field';
import { labelSelector } from '../values';
import type { Part, Subject } from './part';
import { everyNamespace, noEffect, rulesAt, wordsOf } from './part';

export const readAntreaPolicy = (root: Field): readonly Part[] => read(root, false);
export const readAntreaClusterPolicy = (root: Field): readonly Part[] => read(root, true);

function read(root: Field, clusterWide: boolean): readonly Part[] {
  const spec = child(root, 'spec');
  const baseline = text(child(spec, 'tier'))?.toLowerCase() === 'baseline';
  const directions = ['ingress', 'egress'] as const;
  const effect = {
    ingress: effectOf(rulesAt(spec, 'ingress'), baseline),
    egress: effectOf(rulesAt(spec, 'egress'), baseline),
  };
  const rulesOf = (direction: Direction): readonly Field[] => rulesAt(spec, direction);
  const ofRules = directions.flatMap(rulesOf).flatMap((rule) => rulesAt(rule, 'appliedTo'));
  const applied = [...rulesAt(spec, 'appliedTo'), ...ofRules];
  if (applied.length === 0) return [];
  return applied.map((entry): Part => {
    if (isWritten(child(entry, 'nodeSelector')) || isWritten(child(entry, 'externalEntitySelector')))
      return { effect: noEffect };
    return { subject: subjectOf(entry, clusterWide), effect };
  });
}

/** Groups, Services and service accounts are not resolved: any pod where the policy may reach. */
function subjectOf(entry: Field, clusterWide: boolean): Subject {
  const podSelector = labelSelector(child(entry, 'podSelector'));
  const namespaceSelector = labelSelector(child(entry, 'namespaceSelector'));
  if (podSelector === undefined && namespaceSelector === undefined) return undefined;
  return { podSelector, namespaceSelector: namespaceSelector ?? (clusterWide ? everyNamespace : undefined) };
}

function effectOf(rules: readonly Field[], baseline: boolean): VendorEffect | undefined {
  const actions = wordsOf(rules, 'action', 'Allow');
  const filtersRequests = rules.some((rule) => isWritten(child(rule, 'l7Protocols')));
  const mayAllow = actions.includes('Allow');
  const mayDeny = actions.some((action) => action === 'Drop' || action === 'Reject') || filtersRequests;
  if (!mayAllow && !mayDeny) return undefined;
  return { mayAllow, mayDeny, additive: baseline };
}
