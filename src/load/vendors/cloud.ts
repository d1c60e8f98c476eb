// Answers: what could policies of clouds and of other network plugins change? AWS (VPC CNI), GKE, OVN-Kubernetes and
// OpenShift, NSX, Kube-OVN. Each is described at its reader.
import type { Direction, VendorEffect } from '../../model/policy';
import type { Field } from '../field';
import { child, isWritten, text } from '../field';
import { labelSelector } from '../values';
import type { Part, Subject } from './part';
import { mayDeny, noEffect, podsBy, rulesAt, wordsOf } from './part';

const adds: VendorEffect = { mayAllow: true, mayDeny: true, additive: true };

/** networking.k8s.aws ApplicationNetworkPolicy: NetworkPolicy with domain names; isolates and adds. */
export function readAwsApplicationPolicy(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  const written = rulesAt(spec, 'policyTypes').map((item) => text(item));
  const egress = written.length > 0 ? written.includes('Egress') : rulesAt(spec, 'egress').length > 0;
  const ingress = written.length === 0 || written.includes('Ingress');
  const effect = { ingress: ingress ? adds : undefined, egress: egress ? adds : undefined };
  return [{ subject: podsBy(spec, 'podSelector'), effect }];
}

/** networking.k8s.aws ClusterNetworkPolicy: as that of Kubernetes, in an admin and a baseline tier. */
export function readAwsClusterPolicy(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  const subject = child(spec, 'subject');
  const additive = text(child(spec, 'tier')) === 'Baseline';
  const effect = (direction: Direction): VendorEffect | undefined => {
    const actions = wordsOf(rulesAt(spec, direction), 'action', 'Accept');
    const allows = actions.includes('Accept') || actions.includes('Allow');
    const denies = actions.includes('Deny');
    return allows || denies ? { mayAllow: allows, mayDeny: denies, additive } : undefined;
  };
  return [
    { subject: clusterSubject(subject), effect: { ingress: effect('ingress'), egress: effect('egress') } },
  ];
}

function clusterSubject(field: Field): Subject {
  const namespaces = child(field, 'namespaces');
  if (isWritten(namespaces)) return { namespaceSelector: labelSelector(namespaces) };
  const pods = child(field, 'pods');
  if (!isWritten(pods)) return undefined;
  return {
    namespaceSelector: labelSelector(child(pods, 'namespaceSelector')),
    podSelector: labelSelector(child(pods, 'podSelector')),
  };
}

/** vpcresources.k8s.aws SecurityGroupPolicy: security groups of EC2 stand around the pod's own interface, and deny. */
export function readAwsSecurityGroups(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  return [{ subject: podsBy(spec, 'podSelector'), effect: { ingress: mayDeny, egress: mayDeny } }];
}

/** networking.gke.io FQDNNetworkPolicy: egress to names; isolates and adds to NetworkPolicy. */
export function readGkeNames(root: Field): readonly Part[] {
  return [
    { subject: podsBy(child(root, 'spec'), 'podSelector'), effect: { ingress: undefined, egress: adds } },
  ];
}

/** EgressFirewall of OVN-Kubernetes, EgressNetworkPolicy of OpenShift SDN: what leaves the cluster, beside NetworkPolicy. */
export function readEgressFirewall(root: Field): readonly Part[] {
  const denies = wordsOf(rulesAt(child(root, 'spec'), 'egress'), 'type', 'Deny').includes('Deny');
  const egress: VendorEffect = { ...mayDeny, outsideOnly: true };
  return [{ effect: denies ? { ingress: undefined, egress } : noEffect }];
}

/** SecurityPolicy of NSX: rules with a direction and an action, before or after NetworkPolicy by priority. */
export function readNsx(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  const rules = rulesAt(spec, 'rules');
  const effect = (words: readonly string[]): VendorEffect | undefined => {
    const own = rules.filter((rule) =>
      words.includes((text(child(rule, 'direction')) ?? 'in').toLowerCase()),
    );
    const actions = wordsOf(own, 'action', 'allow').map((word) => word.toLowerCase());
    const mayAllow = actions.includes('allow');
    const denies = actions.some((action) => action !== 'allow');
    return own.length === 0 ? undefined : { mayAllow, mayDeny: denies, additive: false };
  };
  const both = { ingress: effect(['in', 'ingress']), egress: effect(['out', 'egress']) };
  const applied = rulesAt(spec, 'appliedTo');
  if (applied.length === 0) return [{ effect: both }];
  return applied.map((entry) => ({ subject: podsBy(entry, 'podSelector'), effect: both }));
}

/** SecurityGroup of Kube-OVN: pods name it in an annotation, so any may; it denies. */
export function readKubeOvnGroup(): readonly Part[] {
  return [{ effect: { ingress: mayDeny, egress: mayDeny } }];
}
