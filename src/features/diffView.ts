// Answers: what does a person see of a difference? One headline, changes in groups with ports before and after, the edits with what
// differs in each and where, and per change the numbers of the edits that could be responsible. Plain data for page and terminal.
import type { ConnectionChange, ConnectivityDiff } from '../analysis/diff';
import { editName, type Edit } from '../analysis/edits';
import { compareIp, parseIp } from '../model/address';
import { isAll, portsText, protocols, type PortSet, type Protocol } from '../model/ports';
import type { Location } from '../model/source';
import { count } from './words';

/** A trace that shows the change, with ends as `podnet trace` takes them. */
export interface DiffTrace {
  readonly from: string;
  readonly to: string;
  readonly port: number | undefined;
  readonly protocol: Protocol;
}

export interface ChangeView {
  readonly change: ConnectionChange['change'];
  readonly source: string;
  readonly destination: string;
  /** `TCP 80,443`, `all ports`, `no port` */
  readonly before: string;
  readonly after: string;
  /** `gains TCP 443; loses TCP 80`; empty when everything came or went. */
  readonly difference: string;
  /** Numbers of edits, from 1. */
  readonly because: readonly number[];
  /** An end is a peer that only one of the clusters has, in words; undefined: both are in both. */
  readonly peerNote: string | undefined;
  readonly trace: DiffTrace;
}

export interface EditView {
  /** From 1. */
  readonly number: number;
  readonly change: Edit['change'];
  /** `NetworkPolicy shop/db` */
  readonly name: string;
  readonly differences: readonly string[];
  readonly before: Location | undefined;
  readonly after: Location | undefined;
  /** How many of the changes it could be responsible for. */
  readonly effects: number;
}

export interface DiffView {
  /** `3 connections appear, 1 disappears` */
  readonly headline: string;
  readonly level: ConnectivityDiff['level'];
  readonly groups: readonly {
    readonly change: ConnectionChange['change'];
    /** `1 connection appears` */
    readonly title: string;
    readonly changes: readonly ChangeView[];
    /** Changes of this group that are counted and not listed. */
    readonly more: number;
  }[];
  /** What the change is not: no edit is known for some change, peers that came or went. */
  readonly remarks: readonly string[];
  readonly edits: readonly EditView[];
  readonly problems: readonly string[];
}

const order: readonly ConnectionChange['change'][] = ['added', 'removed', 'changed'];

const verbs: Readonly<Record<ConnectionChange['change'], readonly [one: string, many: string]>> = {
  added: ['appears', 'appear'],
  removed: ['disappears', 'disappear'],
  changed: ['changes', 'change'],
};

/** @param most changes listed in each group; the rest is counted. */
export function diffView(diff: ConnectivityDiff, most = Infinity): DiffView {
  const { connections, counts, edits, peers } = diff;
  const [came, gone] = [peers.added, peers.removed].map((list) => new Set(list.map(({ id }) => id)));
  const peerNote = ({ source, destination }: ConnectionChange): string | undefined => {
    const ends = [...new Set([source, destination])];
    const some = (ids: ReadonlySet<string> | undefined): readonly string[] =>
      ends.filter((id) => ids?.has(id) === true);
    const notes = [...some(came).map((id) => `${id} is new`), ...some(gone).map((id) => `${id} is gone`)];
    return notes.length === 0 ? undefined : notes.join(', ');
  };
  const effects = edits.map(() => 0);
  for (const { because } of connections)
    for (const position of because) effects[position] = (effects[position] ?? 0) + 1;
  const unexplained = connections.filter(({ because }) => because.length === 0).length;
  return {
    headline: headline(counts),
    level: diff.level,
    groups: order
      .filter((change) => counts[change] > 0)
      .map((change) => {
        const all = connections.filter((each) => each.change === change);
        const changes = all.slice(0, most).map((each) => changeView(each, peerNote(each)));
        const title = `${count(counts[change], 'connection')} ${verb(change, counts[change])}`;
        return { change, title, changes, more: counts[change] - changes.length };
      }),
    remarks: [
      ...peerRemarks('new', peers.added),
      ...peerRemarks('gone', peers.removed),
      ...(unexplained === 0
        ? []
        : [
            `No edit explains ${count(unexplained, 'change')}: pods run on other nodes or have other addresses, which policies with address blocks and node networks notice.`,
          ]),
    ],
    edits: edits.map((each, index) => ({
      number: index + 1,
      change: each.change,
      name: editName(each),
      differences: each.differences,
      before: each.before,
      after: each.after,
      effects: effects[index] ?? 0,
    })),
    problems: diff.problems,
  };
}

function verb(change: ConnectionChange['change'], number: number): string {
  return verbs[change][number === 1 ? 0 : 1];
}

function headline(counts: ConnectivityDiff['counts']): string {
  const parts = order.filter((change) => counts[change] > 0);
  if (parts.length === 0) return 'The same connections are permitted.';
  const words = parts.map((change, index) => {
    const number = counts[change];
    return `${index === 0 ? count(number, 'connection') : number} ${verb(change, number)}`;
  });
  return `${words.join(', ')}.`;
}

function peerRemarks(word: 'new' | 'gone', peers: ConnectivityDiff['peers']['added']): readonly string[] {
  if (peers.length === 0) return [];
  const names = peers.slice(0, 10).map(({ id }) => id);
  const rest = peers.length - names.length;
  return [
    `${peers.length === 1 ? 'One end is' : `${peers.length} ends are`} ${word}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`,
  ];
}

function changeView(each: ConnectionChange, peerNote: string | undefined): ChangeView {
  const { source, destination, change, before, after, gained, lost, because } = each;
  const parts = [
    ...(isNothing(gained) ? [] : [`gains ${portsText(gained)}`]),
    ...(isNothing(lost) ? [] : [`loses ${portsText(lost)}`]),
  ];
  return {
    ...{ change, source, destination, peerNote },
    before: portsText(before),
    after: portsText(after),
    difference: change === 'changed' ? parts.join('; ') : '',
    because: because.map((position) => position + 1),
    trace: traceOf(source, destination, isNothing(gained) ? lost : gained),
  };
}

function isNothing(ports: PortSet): boolean {
  return protocols.every((protocol) => ports[protocol].length === 0);
}

function traceOf(source: string, destination: string, ports: PortSet): DiffTrace {
  const protocol = protocols.find((each) => ports[each].length > 0) ?? 'TCP';
  // Of all ports the one that the destination declares tells most.
  const port = isAll(ports) ? undefined : ports[protocol][0]?.[0];
  const whole = port === 1 && ports[protocol][0]?.[1] === 65535;
  return { from: endOf(source), to: endOf(destination), port: whole ? undefined : port, protocol };
}

/** `shop/web[Deployment]` as `Deployment/shop/web`; of a range outside one address that somebody could have. */
export function endOf(peer: string): string {
  const named = /^(.+)\[([^\]]+)\]$/.exec(peer);
  if (named !== null) return named[2] === 'Pod' ? (named[1] ?? '') : `${named[2] ?? ''}/${named[1] ?? ''}`;
  const [first, last] = peer.split('-').map(parseIp);
  if (first === undefined || last === undefined) return peer;
  // Where unicast begins: 1.0.0.0, and 2000::/3 (RFC 4291).
  const usable =
    first.text === '0.0.0.0' ? parseIp('1.0.0.0') : first.text === '::' ? parseIp('2000::') : first;
  return usable !== undefined && compareIp(usable, last) <= 0 ? usable.text : last.text;
}
