// Answers: which ways may a connection to this target take? One for each endpoint that a Service may choose, and behind a proxy
// one for each endpoint of its backends.
import type { Dataplane } from '../dataplane/network';
import type { Filter } from '../dataplane/walk';
import type { Cluster } from '../model/cluster';
import type { Origin, Target } from './ends';
import { walkOnward } from './proxiedWays';
import type { TraceQuery } from './query';
import { walkWay, type WalkedWay } from './way';

export function walkTarget(
  cluster: Cluster,
  dataplane: Dataplane,
  origin: Origin,
  target: Target,
  protocol: TraceQuery['protocol'],
  filter: Filter,
  mostWays = Infinity,
): readonly WalkedWay[] {
  const first = walkWay(cluster, dataplane, origin, target, protocol, 0, filter);
  const walked = [first];
  for (let choice = 1; choice < Math.min(first.candidates, mostWays); choice++)
    walked.push(walkWay(cluster, dataplane, origin, target, protocol, choice, filter));
  const { onward } = target;
  return onward === undefined
    ? walked
    : walked.flatMap((front) => walkOnward(cluster, dataplane, front, onward, filter));
}
