// Answers: which hosts and paths do Ingresses and Gateway API routes serve, and from which Services? Read into the one form of
// `model/entry.ts`; backends that are not Services (buckets, other kinds) are left out, nothing in the cluster serves them.
import type { EntryBackend, EntryKind, EntryPoint, EntryRule, Gateway } from '../model/entry';
import type { ObjectRef } from '../model/objects';
import type { Fact } from '../model/source';
import type { Field, ObjectSource } from './field';
import {
  at,
  below,
  child,
  integer,
  integerOrText,
  isWritten,
  items,
  rootField,
  stringMap,
  text,
} from './field';
import type { Metadata } from './metadata';

export function readIngress(source: ObjectSource, metadata: Metadata): EntryPoint {
  const root = rootField(source);
  const spec = child(root, 'spec');
  const annotations = stringMap(below(root, 'metadata', 'annotations'));
  const fallback = ingressBackend(child(spec, 'defaultBackend'), metadata.namespace, child(spec, 'backend'));
  const written = items(child(spec, 'rules')).flatMap((rule) => ingressRules(rule, metadata.namespace));
  const rules: readonly EntryRule[] =
    fallback === undefined
      ? written
      : [...written, { hosts: [], paths: [], backends: [fallback], at: fallback.at }];
  return {
    ...entry('Ingress', metadata),
    className: text(child(spec, 'ingressClassName')) ?? annotations['kubernetes.io/ingress.class'],
    gateways: [],
    rules,
    servedAt: items(below(root, 'status', 'loadBalancer', 'ingress')).flatMap((item) =>
      firstText([child(item, 'ip'), child(item, 'hostname')]),
    ),
  };
}

/** One rule a path: each has a backend of its own. */
function ingressRules(rule: Field, namespace: string): readonly EntryRule[] {
  const host = text(child(rule, 'host'));
  return items(below(rule, 'http', 'paths')).flatMap((path): readonly EntryRule[] => {
    const backend = ingressBackend(child(path, 'backend'), namespace, child(path, 'backend'));
    if (backend === undefined) return [];
    const prefix = text(child(path, 'path')) ?? '/';
    const exact = text(child(path, 'pathType')) === 'Exact';
    return [
      {
        hosts: host === undefined || host === '' ? [] : [host],
        paths: [{ path: prefix, exact }],
        backends: [backend],
        at: at(path),
      },
    ];
  });
}

/** @param old the form before networking.k8s.io/v1: serviceName and servicePort. */
function ingressBackend(field: Field, namespace: string, old: Field): EntryBackend | undefined {
  const service = child(field, 'service');
  const port = child(service, 'port');
  const name = text(child(service, 'name')) ?? text(child(old, 'serviceName'));
  const number =
    integer(child(port, 'number')) ?? text(child(port, 'name')) ?? integerOrText(child(old, 'servicePort'));
  if (name === undefined || number === undefined) return undefined;
  return { namespace, service: name, port: number, weight: 1, at: at(isWritten(field) ? field : old) };
}

export function routeReader(kind: Exclude<EntryKind, 'Ingress'>) {
  return (source: ObjectSource, metadata: Metadata): EntryPoint => {
    const root = rootField(source);
    const spec = child(root, 'spec');
    const hosts = items(child(spec, 'hostnames')).flatMap((field) => text(field) ?? []);
    return {
      ...entry(kind, metadata),
      gateways: items(child(spec, 'parentRefs')).flatMap((field) => parentRef(field, metadata.namespace)),
      rules: items(child(spec, 'rules')).map((rule): EntryRule => ({
        hosts,
        paths: items(child(rule, 'matches')).flatMap((match) => routePath(child(match, 'path'))),
        backends: items(child(rule, 'backendRefs')).flatMap((ref) => routeBackend(ref, metadata.namespace)),
        at: at(rule),
      })),
      servedAt: [],
    };
  };
}

/** Only references to Gateways: routes of a service mesh attach to Services. */
function parentRef(field: Field, namespace: string): readonly ObjectRef[] {
  const name = text(child(field, 'name'));
  const kind = text(child(field, 'kind')) ?? 'Gateway';
  if (name === undefined || kind !== 'Gateway') return [];
  return [{ kind, namespace: text(child(field, 'namespace')) ?? namespace, name, at: at(field) }];
}

function routePath(field: Field): EntryRule['paths'] {
  const path = text(child(field, 'value'));
  const type = text(child(field, 'type')) ?? 'PathPrefix';
  return path === undefined || type === 'RegularExpression' ? [] : [{ path, exact: type === 'Exact' }];
}

function routeBackend(ref: Field, namespace: string): readonly EntryBackend[] {
  const service = text(child(ref, 'name'));
  const port = integer(child(ref, 'port'));
  const kind = text(child(ref, 'kind')) ?? 'Service';
  if (service === undefined || port === undefined || kind !== 'Service') return [];
  const weight = integer(child(ref, 'weight')) ?? 1;
  return [{ namespace: text(child(ref, 'namespace')) ?? namespace, service, port, weight, at: at(ref) }];
}

export function readGateway(source: ObjectSource, metadata: Metadata): Gateway {
  const root = rootField(source);
  const spec = child(root, 'spec');
  return {
    kind: 'Gateway',
    namespace: metadata.namespace,
    name: metadata.name,
    className: text(child(spec, 'gatewayClassName')) ?? '',
    listeners: items(child(spec, 'listeners')).flatMap((field) => {
      const port = integer(child(field, 'port'));
      return port === undefined
        ? []
        : [{ name: text(child(field, 'name')) ?? '', port, hostname: text(child(field, 'hostname')) }];
    }),
    servedAt: items(below(root, 'status', 'addresses')).flatMap((item) => firstText([child(item, 'value')])),
    provenance: metadata.provenance,
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

function firstText(fields: readonly Field[]): readonly Fact<string>[] {
  for (const field of fields) {
    const value = text(field);
    if (value !== undefined && value !== '') return [{ value, provenance: 'observed', at: at(field) }];
  }
  return [];
}

function entry(
  kind: EntryKind,
  { namespace, name, provenance, at: place, nameAt }: Metadata,
): Pick<EntryPoint, 'kind' | 'namespace' | 'name' | 'provenance' | 'at' | 'nameAt'> {
  return { kind, namespace, name, provenance, at: place, nameAt };
}
