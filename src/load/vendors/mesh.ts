// Answers: what could policies of service meshes change? They stand in the proxy beside a pod, after NetworkPolicy: they can
// refuse what it lets through and never let through what it refuses. Whether a pod is in the mesh at all its labels and those
// of its namespace may tell, or an annotation, or nobody, so every pod that a policy selects may be.
import type { Field } from '../field';
import { child, isWritten, members, text } from '../field';
import { selectorFromLabels } from '../../model/selector';
import type { Part, Subject } from './part';
import { everyNamespace, mayDeny, noEffect, podsBy, rulesAt } from './part';

const refusesIncoming: Part['effect'] = { ingress: mayDeny, egress: undefined };

/** Policies in Istio's root namespace are those of the whole mesh. The name can be configured; hardly anybody does. */
const istioRoot = 'istio-system';

/** DENY and CUSTOM refuse what their rules match, ALLOW what none of its rules matches, AUDIT nothing. */
export function readIstioAuthorization(root: Field, namespace: string): readonly Part[] {
  const spec = child(root, 'spec');
  const rules = rulesAt(spec, 'rules');
  const action = text(child(spec, 'action')) ?? 'ALLOW';
  const matchesAll = rules.some(({ node }) => node?.kind === 'map' && node.entries.length === 0);
  const idle = action === 'AUDIT' || (action === 'ALLOW' ? matchesAll : rules.length === 0);
  return [{ subject: istioSubject(spec, namespace), effect: idle ? noEffect : refusesIncoming }];
}

/** STRICT refuses whoever does not speak mutual TLS, so all who are outside the mesh. */
export function readIstioPeerAuthentication(root: Field, namespace: string): readonly Part[] {
  const spec = child(root, 'spec');
  const modes = [child(spec, 'mtls'), ...members(child(spec, 'portLevelMtls')).map(([, field]) => field)];
  const strict = modes.some((field) => text(child(field, 'mode')) === 'STRICT');
  return [{ subject: istioSubject(spec, namespace), effect: strict ? refusesIncoming : noEffect }];
}

function istioSubject(spec: Field, namespace: string): Subject {
  const namespaceSelector = namespace === istioRoot ? everyNamespace : undefined;
  const labels = child(child(spec, 'selector'), 'matchLabels');
  if (!isWritten(labels)) return { namespaceSelector };
  const written = members(labels).map(([key, value]): [string, string] => [key, text(value) ?? '']);
  return { namespaceSelector, podSelector: selectorFromLabels(Object.fromEntries(written)) };
}

/** A Server refuses what no authorization allows, unless its own `accessPolicy` lets everybody in. */
export function readLinkerdServer(root: Field): readonly Part[] {
  const spec = child(root, 'spec');
  if (isWritten(child(spec, 'externalWorkloadSelector'))) return [{ effect: noEffect }];
  const access = text(child(spec, 'accessPolicy')) ?? 'deny';
  const open = access === 'all-unauthenticated' || access === 'audit';
  return [{ subject: podsBy(spec, 'podSelector'), effect: open ? noEffect : refusesIncoming }];
}

/** Authorizations only open what a Server, or Linkerd's own setting, closed. */
export function readAllowing(): readonly Part[] {
  return [{ effect: noEffect }];
}

/** Of whom it speaks is told by names of services and meshes: any pod, in whatever namespace. */
export function readMeshWide(): readonly Part[] {
  return [{ subject: { namespaceSelector: everyNamespace }, effect: refusesIncoming }];
}

/** Any pod of its namespace. */
export function readMeshNamespace(): readonly Part[] {
  return [{ effect: refusesIncoming }];
}
