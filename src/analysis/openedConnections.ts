// Answers: which connections does a change of policies open? What the connectivity table has after and had not before, asked only
// for the ends that the change is about: a rule that is added cannot open anything between others.
import { compareIp, parseIp, type Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { finish } from '../model/steps';
import { isEmpty, noPorts, portsText, subtractPorts } from '../model/ports';
import { tableInSteps, type ConnectivityPeer } from './connectivity';

export interface OpenedConnection {
  /** As the connectivity list names them: `shop/web[Deployment]`, `10.0.0.0-10.0.0.255`. */
  readonly source: string;
  readonly destination: string;
  /** `TCP 6379` */
  readonly ports: string;
}

/** @param about peers that the change is about, as the connectivity list names them */
export function openedConnections(
  before: Cluster,
  after: Cluster,
  about: ReadonlySet<string>,
): readonly OpenedConnection[] {
  return finish(openedInSteps(before, after, about));
}

/** Peers that are compared before others get their turn. */
const peersAtOnce = 200;

/** The same in steps, for those who must not be kept waiting. */
export function* openedInSteps(
  before: Cluster,
  after: Cluster,
  about: ReadonlySet<string>,
): Generator<undefined, readonly OpenedConnection[], void> {
  const was = yield* tableInSteps(before, { level: 'workload' });
  const is = yield* tableInSteps(after, { level: 'workload' });
  const earlier = positionsBefore(was.peers, is.peers);
  const opened: OpenedConnection[] = [];
  const compare = (source: number, destination: number): void => {
    const [from, to] = [is.peers[source], is.peers[destination]];
    const [oldSource, oldDestination] = [earlier[source], earlier[destination]];
    if (from === undefined || to === undefined) return;
    const had =
      oldSource === undefined || oldDestination === undefined
        ? noPorts
        : was.between(oldSource, oldDestination);
    const gained = subtractPorts(is.between(source, destination), had);
    if (!isEmpty(gained)) opened.push({ source: from.id, destination: to.id, ports: portsText(gained) });
  };
  for (const [subject, { id }] of is.peers.entries()) {
    if (!about.has(id)) continue;
    for (const [other, { id: otherId }] of is.peers.entries()) {
      compare(other, subject);
      // Between two that both are asked for, the other one's turn tells the other way.
      if (!about.has(otherId)) compare(subject, other);
      if (other % peersAtOnce === peersAtOnce - 1) yield;
    }
  }
  return opened;
}

/** Where each peer stood before. A range that a new block cut was part of a wider one. */
function positionsBefore(
  was: readonly ConnectivityPeer[],
  is: readonly ConnectivityPeer[],
): readonly (number | undefined)[] {
  const known = new Map(was.map(({ id }, position) => [id, position]));
  const ranges = was.flatMap(({ id, type }, position) => {
    const range = type === 'external' ? rangeOf(id) : undefined;
    return range === undefined ? [] : [{ ...range, position }];
  });
  return is.map(({ id, type }) => {
    const same = known.get(id);
    if (same !== undefined || type !== 'external') return same;
    const first = rangeOf(id)?.first;
    return first && ranges.find((range) => isWithin(range, first))?.position;
  });
}

function rangeOf(id: string): { readonly first: Ip; readonly last: Ip } | undefined {
  const [first, last] = id.split('-').map(parseIp);
  return first === undefined || last === undefined ? undefined : { first, last };
}

function isWithin({ first, last }: { readonly first: Ip; readonly last: Ip }, ip: Ip): boolean {
  return compareIp(first, ip) <= 0 && compareIp(ip, last) <= 0;
}
