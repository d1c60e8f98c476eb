// Answers: which end does this text name? The notation of the CLI contract, also accepted in every quick pick:
// `ns/pod`, `ns/pod/container`, `Kind/ns/name`, `svc/ns/name`, `node/name`, an address, a DNS name, a URL; `:port` may follow.
import { parseIp } from '../model/address';
import type { WorkloadKind } from '../model/objects';
import type { End } from './query';

export interface EndWithPort {
  readonly end: End;
  /** What stood behind the last colon; undefined when nothing did. */
  readonly port?: number | string | undefined;
}

const workloadKinds: ReadonlyMap<string, WorkloadKind> = new Map(
  (
    [
      ['Deployment', 'deploy'],
      ['ReplicaSet', 'rs'],
      ['StatefulSet', 'sts'],
      ['DaemonSet', 'ds'],
      ['ReplicationController', 'rc'],
      ['Job', 'job'],
      ['CronJob', 'cj'],
    ] as const
  ).flatMap(([kind, short]): [string, WorkloadKind][] => [
    [kind.toLowerCase(), kind],
    [short, kind],
  ]),
);

const dnsName = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*\.?$/i;

/** An address in the making, not a name. */
const digitsOnly = /^[0-9.]+$/;

/** @returns the end, or undefined when the text has none of the forms. Names are not looked up. */
export function parseEnd(text: string): EndWithPort | undefined {
  const trimmed = text.trim();
  const url = urlEnd(trimmed);
  if (url !== undefined) return url;
  const whole = parseIp(trimmed);
  if (whole !== undefined) return { end: { kind: 'address', address: whole.text } };
  const { head, port } = splitPort(trimmed);
  const end = parseName(head);
  return end && { end, port };
}

/** The text that `parseEnd` reads back as this end. */
export function endText(end: End): string {
  switch (end.kind) {
    case 'pod':
      return `${end.namespace}/${end.name}${end.container === undefined ? '' : `/${end.container}`}`;
    case 'workload':
      return `${end.workload}/${end.namespace}/${end.name}`;
    case 'service':
      return `svc/${end.namespace}/${end.name}`;
    case 'node':
      return `node/${end.name}`;
    case 'address':
      return end.address;
    case 'name':
      return `${end.name}${end.path ?? ''}`;
  }
}

/** `https://shop.example.com/cart`, or the same without a scheme: no namespace has a dot. */
const url = /^(?:(https?):\/\/)?([a-z0-9.-]*\.[a-z0-9-]*|[a-z0-9-]+)(?::(\d+))?(\/\S*)?$/i;

function urlEnd(text: string): EndWithPort | undefined {
  const [, scheme, host = '', written, path] = url.exec(text) ?? [];
  if (scheme === undefined && (path === undefined || !host.includes('.'))) return undefined;
  if (parseIp(host) !== undefined || !dnsName.test(host)) return undefined;
  const usual = scheme === undefined ? undefined : scheme.toLowerCase() === 'https' ? 443 : 80;
  const end: End =
    path === undefined || path === '/' ? { kind: 'name', name: host } : { kind: 'name', name: host, path };
  return { end, port: written === undefined ? usual : Number(written) };
}

function splitPort(text: string): { readonly head: string; readonly port?: number | string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.+))?$/.exec(text);
  const plain = /^([^:]*):([^:]+)$/.exec(text);
  const match = bracketed ?? plain;
  if (match === null) return { head: text };
  const port = match[2];
  return { head: match[1] ?? '', port: port !== undefined && /^[0-9]+$/.test(port) ? Number(port) : port };
}

function parseName(head: string): End | undefined {
  const ip = parseIp(head);
  if (ip !== undefined) return { kind: 'address', address: ip.text };
  const parts = head.split('/');
  const [first = '', second = '', third = ''] = parts;
  if (parts.some((part) => part === '') || parts.length > 3) return undefined;
  const kind = first.toLowerCase();
  if (parts.length === 1)
    return dnsName.test(head) && !digitsOnly.test(head) ? { kind: 'name', name: head } : undefined;
  if (parts.length === 2)
    return kind === 'node' ? { kind: 'node', name: second } : { kind: 'pod', namespace: first, name: second };
  if (kind === 'svc' || kind === 'service') return { kind: 'service', namespace: second, name: third };
  if (kind === 'pod' || kind === 'po') return { kind: 'pod', namespace: second, name: third };
  const workload = workloadKinds.get(kind);
  if (workload !== undefined) return { kind: 'workload', workload, namespace: second, name: third };
  return { kind: 'pod', namespace: first, name: second, container: third };
}
