// Answers: what does a NetworkPolicy say, and would the API server take it? (networking.k8s.io/v1; defaulting of
// policyTypes by rules E8-E12, peers by E22-E29, the words of refusal from pkg/apis/networking/validation.)
import { covers } from '../model/address';
import type { Cidr } from '../model/address';
import type { Direction, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../model/policy';
import { protocols } from '../model/ports';
import { everything } from '../model/selector';
import type { Field, ObjectSource } from './field';
import {
  at,
  child,
  forbidden,
  integer,
  integerOrText,
  invalid,
  isMapOrAbsent,
  isWritten,
  items,
  required,
  rootField,
  text,
  unsupported,
  writtenAt,
} from './field';
import type { Metadata } from './metadata';
import { knownFields, objectFields, selector, warnOfHostBits } from './policyFields';
import { checkPort, checkPortName, protocol, range, words } from './values';

export function readNetworkPolicy(source: ObjectSource, metadata: Metadata): NetworkPolicy {
  const root = rootField(source);
  const spec = child(root, 'spec');
  knownFields(root, objectFields);
  isMapOrAbsent(spec);
  knownFields(spec, ['podSelector', 'policyTypes', 'ingress', 'egress']);
  const ingress = rules(spec, 'ingress', 'from');
  const egress = rules(spec, 'egress', 'to');
  const types = child(spec, 'policyTypes');
  return {
    kind: 'NetworkPolicy',
    namespace: metadata.namespace,
    name: metadata.name,
    podSelector: selector(child(spec, 'podSelector')) ?? everything,
    isolates: isolates(types, egress.length > 0),
    policyTypesAt: items(types).length > 0 ? writtenAt(types) : undefined,
    ingress,
    egress,
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

/** Without policyTypes a policy isolates ingress, and egress only when it has egress rules (E8, E9, E12). */
function isolates(field: Field, hasEgress: boolean): Readonly<Record<Direction, boolean>> {
  const written = items(field);
  if (written.length > 2) invalid(field, 'may not specify more than two policyTypes');
  if (written.length === 0 || written.length > 2) return { ingress: true, egress: hasEgress };
  const types = words(field, ['Ingress', 'Egress']);
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

function rules(spec: Field, direction: Direction, peersKey: 'from' | 'to'): readonly PolicyRule[] {
  return items(child(spec, direction)).map((field, index): PolicyRule => {
    isMapOrAbsent(field);
    knownFields(field, [peersKey, 'ports']);
    return {
      index,
      action: 'Allow',
      ports: items(child(field, 'ports')).map(policyPort),
      peers: items(child(field, peersKey)).flatMap(peer),
      at: at(field),
    };
  });
}

function peer(field: Field): readonly PolicyPeer[] {
  if (!isMapOrAbsent(field)) return [];
  knownFields(field, ['podSelector', 'namespaceSelector', 'ipBlock']);
  const block = child(field, 'ipBlock');
  const podSelector = selector(child(field, 'podSelector'));
  const namespaceSelector = selector(child(field, 'namespaceSelector'));
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (!isWritten(block)) {
    if (selects) return [{ kind: 'pods', podSelector, namespaceSelector, at: at(field) }];
    required(field, 'must specify a peer');
    return [];
  }
  if (selects) forbidden(field, 'may not specify both ipBlock and another peer');
  return ipBlock(block, field);
}

function ipBlock(block: Field, field: Field): readonly PolicyPeer[] {
  knownFields(block, ['cidr', 'except']);
  const cidrField = child(block, 'cidr');
  if ((text(cidrField) ?? '') === '') required(cidrField);
  const cidr = range(cidrField);
  if (cidr === undefined) return [];
  warnOfHostBits(cidrField, cidr);
  const except = items(child(block, 'except')).flatMap((item): readonly Cidr[] => {
    const inner = range(item);
    if ((text(item) ?? '') === '')
      invalid(item, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    if (inner === undefined) return [];
    if (!covers(cidr, inner) || inner.prefix === cidr.prefix)
      invalid(item, 'must be a strict subset of `cidr`');
    warnOfHostBits(item, inner);
    return [inner];
  });
  return [{ kind: 'ipBlock', cidr, except, at: at(field) }];
}

function policyPort(field: Field): PolicyPort {
  isMapOrAbsent(field);
  knownFields(field, ['protocol', 'port', 'endPort']);
  const portField = child(field, 'port');
  const port = integerOrText(portField);
  if (typeof port === 'number') checkPort(portField, port);
  else if (port !== undefined) checkPortName(portField, port);
  const endField = child(field, 'endPort');
  const endPort = integer(endField);
  if (endPort !== undefined) {
    if (port === undefined) invalid(endField, 'may not be specified when `port` is not specified');
    else if (typeof port === 'string') invalid(endField, 'may not be specified when `port` is non-numeric');
    else {
      // The API server quotes the port here, not the endPort.
      if (endPort < port) invalid(endField, 'must be greater than or equal to `port`', portField);
      checkPort(endField, endPort);
    }
  }
  const protocolField = child(field, 'protocol');
  // Other than in a container's port, an empty text is no default here but an unknown protocol.
  if (text(protocolField) === '') unsupported(protocolField, protocols);
  return { protocol: protocol(protocolField), port, endPort, at: at(field) };
}
