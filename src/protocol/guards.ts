// Answers: is what came over the pipe what it should be? The page is as trusted as its content is small: parameters and
// kept picks are looked at by hand before the host uses them.
import type { PacketProtocol } from '../dataplane/packet';
import { protocols } from '../model/ports';
import type { Location } from '../model/source';
import type { End } from '../trace/query';
import type { CopyFormat, FamilyChoice, PageRequests, Picks, ProfilePick } from './messages';

const workloads: readonly string[] = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
  'CronJob',
];
const families: readonly FamilyChoice[] = ['any', '4', '6'];
const formats: readonly CopyFormat[] = ['markdown', 'mermaid', 'svg', 'json'];

/** What a trace can send, in the order of the choice. */
export const protocolChoices: readonly PacketProtocol[] = [...protocols, 'ICMP'];

/** What each request takes; a missing line does not compile. */
const takes: { readonly [M in keyof PageRequests]: (params: readonly unknown[]) => boolean } = {
  ready: ([kept, ...rest]) => rest.length === 0 && (kept === null || isPicks(kept)),
  pickSource: none,
  pickDestination: none,
  setPort: one((value) => typeof value === 'string'),
  setProtocol: one(isProtocol),
  setFamily: one(isFamilyChoice),
  swap: none,
  trace: none,
  chooseWay: one(isIndex),
  compare: one((value) => typeof value === 'boolean'),
  setProfile: one((value) => value === null || isProfilePick(value)),
  reveal: one(isLocation),
  copy: one((value) => formats.some((format) => format === value)),
  exportTrace: none,
  allowConnection: none,
};

const checks: ReadonlyMap<string, (params: readonly unknown[]) => boolean> = new Map(Object.entries(takes));

/** @returns whether the page may ask this with these parameters. */
export function acceptsRequest(method: string, params: readonly unknown[]): boolean {
  return checks.get(method)?.(params) === true;
}

/** @returns whether the value, kept by an earlier page, is a whole set of picks. */
export function isPicks(value: unknown): value is Picks {
  return (
    isRecord(value) &&
    optional(value['from'], isEnd) &&
    optional(value['to'], isEnd) &&
    optional(value['port'], (port) => typeof port === 'string' || isIndex(port)) &&
    isProtocol(value['protocol']) &&
    optional(value['family'], (family) => family === 4 || family === 6) &&
    isIndex(value['way']) &&
    optional(value['profile'], isProfilePick) &&
    optional(value['compare'], (compare) => typeof compare === 'boolean')
  );
}

/** Whether there is such a profile, the engine knows. */
function isProfilePick(value: unknown): value is ProfilePick {
  return isRecord(value) && typeof value['cni'] === 'string' && typeof value['kubeProxy'] === 'string';
}

function isEnd(value: unknown): value is End {
  if (!isRecord(value)) return false;
  const named = typeof value['name'] === 'string';
  const namespaced = named && typeof value['namespace'] === 'string';
  switch (value['kind']) {
    case 'pod':
      return namespaced && optional(value['container'], (container) => typeof container === 'string');
    case 'workload':
      return namespaced && workloads.some((kind) => kind === value['workload']);
    case 'service':
      return namespaced;
    case 'node':
      return named;
    case 'name':
      return named && optional(value['path'], (path) => typeof path === 'string');
    case 'address':
      return typeof value['address'] === 'string';
    default:
      return false;
  }
}

export function isLocation(value: unknown): value is Location {
  return (
    isRecord(value) &&
    typeof value['file'] === 'string' &&
    ['document', 'line', 'character', 'endLine', 'endCharacter'].every((key) => isIndex(value[key]))
  );
}

export function isProtocol(value: unknown): value is PacketProtocol {
  return protocolChoices.some((protocol) => protocol === value);
}

export function isFamilyChoice(value: unknown): value is FamilyChoice {
  return families.some((family) => family === value);
}

export function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function none(params: readonly unknown[]): boolean {
  return params.length === 0;
}

export function one(check: (value: unknown) => boolean): (params: readonly unknown[]) => boolean {
  return (params) => params.length === 1 && check(params[0]);
}

/** A missing key stands for undefined, which JSON does not have. */
export function optional(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
