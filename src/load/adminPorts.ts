// Answers: which ports does an admin or baseline rule name? `ports` of v1alpha1 has portNumber, portRange or namedPort with
// a protocol beside (TCP by default); `protocols` of ClusterNetworkPolicy has tcp, udp or sctp with a destination port, or a
// port's name. A name says no protocol: that of the container port counts. An entry of a newer API fails closed (spec E2).
import type { PolicyPort, PolicyRule } from '../model/policy';
import type { Protocol } from '../model/ports';
import { protocols } from '../model/ports';
import type { Generation } from './adminGeneration';
import type { Field } from './field';
import { at, child, integer, invalid, isMapOrAbsent, isWritten, pathOf, required, text, warn } from './field';
import { knownFields } from './policyFields';
import { onlyField } from './schema';

const failsClosed =
  'This version of the API does not know it: an allowing rule then matches nothing by it, any other denies everything.';

interface RulePorts {
  readonly ports: readonly PolicyPort[];
  readonly unknownPort: PolicyRule['unknownPort'];
}

type Entry = PolicyPort | { readonly unknown: readonly string[]; readonly at: PolicyPort['at'] } | undefined;

/** What the entries say together. Of several unknown ones the first gives the place. */
export function portsOf(fields: readonly Field[], { kind }: Generation): RulePorts {
  const read = kind === 'ClusterNetworkPolicy' ? protocolEntry : portEntry;
  const ports: PolicyPort[] = [];
  let unknownPort: PolicyRule['unknownPort'];
  for (const field of fields) {
    const entry = read(field);
    if (entry === undefined) continue;
    if ('unknown' in entry) {
      const earlier: readonly string[] = unknownPort?.fields ?? [];
      unknownPort = { fields: [...earlier, ...entry.unknown], at: unknownPort?.at ?? entry.at };
    } else ports.push(entry);
  }
  return { ports, unknownPort };
}

function portEntry(field: Field): Entry {
  const chosen = onlyField(field, ['portNumber', 'portRange', 'namedPort'], failsClosed);
  if (chosen === undefined) return undefined;
  const value = chosen.field;
  if (!chosen.known) return { unknown: chosen.unknown, at: at(field) };
  if (value.segment === 'namedPort') return { protocol: undefined, port: text(value) ?? '', at: at(field) };
  if (!isMapOrAbsent(value)) return undefined;
  const one = value.segment === 'portNumber';
  knownFields(value, one ? ['protocol', 'port'] : ['protocol', 'start', 'end']);
  const protocolField = child(value, 'protocol');
  const written = text(protocolField) ?? 'TCP';
  const protocol = protocols.find((known) => known === written);
  const numbers = one
    ? { port: boundedPort(child(value, 'port')) }
    : { port: boundedPort(child(value, 'start')), endPort: boundedPort(child(value, 'end')) };
  if (protocol === undefined) {
    // The schema names no protocols, so the API server takes any text.
    warn(protocolField, 'policy.protocol', `"${written}" is none of TCP, UDP and SCTP. ${failsClosed}`);
    return { unknown: [`${String(value.segment)}.protocol`], at: at(field) };
  }
  if (numbers.endPort !== undefined && numbers.port !== undefined && numbers.endPort < numbers.port) {
    warn(value, 'policy.port-range', `the range ends before it starts. ${failsClosed}`);
    return { unknown: ['portRange'], at: at(field) };
  }
  return { protocol, ...numbers, at: at(field) };
}

const protocolKeys: Readonly<Record<string, Protocol>> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' };

function protocolEntry(field: Field): Entry {
  const names = [...Object.keys(protocolKeys), 'destinationNamedPort'];
  const chosen = onlyField(field, names, failsClosed);
  if (chosen === undefined) return undefined;
  const value = chosen.field;
  if (!chosen.known) return { unknown: chosen.unknown, at: at(field) };
  const protocol = protocolKeys[String(value.segment)];
  if (protocol === undefined) return { protocol, port: text(value) ?? '', at: at(field) };
  const matched = onlyField(value, ['destinationPort'], failsClosed);
  if (matched === undefined) return undefined;
  if (!matched.known) return { unknown: inside(value, matched.unknown), at: at(field) };
  const port = onlyField(matched.field, ['number', 'range'], failsClosed);
  if (port === undefined) return undefined;
  if (!port.known) return { unknown: inside(matched.field, port.unknown), at: at(field) };
  if (port.field.segment === 'number') return { protocol, port: boundedPort(port.field), at: at(field) };
  if (!isMapOrAbsent(port.field)) return undefined;
  knownFields(port.field, ['start', 'end']);
  const start = boundedPort(child(port.field, 'start'));
  const end = boundedPort(child(port.field, 'end'));
  if (start !== undefined && end !== undefined && start >= end)
    invalid(port.field, 'Start port must be less than End port');
  return { protocol, port: start, endPort: end, at: at(field) };
}

function inside(field: Field, names: readonly string[]): readonly string[] {
  return names.map((name) => `${String(field.segment)}.${name}`);
}

/** A required number from 1 to 65535. */
function boundedPort(field: Field): number | undefined {
  if (!isWritten(field)) required(field);
  const port = integer(field);
  if (port === undefined) return undefined;
  if (port < 1) invalid(field, `${pathOf(field)} in body should be greater than or equal to 1`);
  if (port > 65535) invalid(field, `${pathOf(field)} in body should be less than or equal to 65535`);
  return port;
}
