// Answers: can A talk to B on this port, which way, and what decides? The one entry to the engine: resolve the ends, walk every
// way that the connection may take, judge policies on the way, walk the answers, check the principles. Total: whatever is
// asked, there is a Trace, and what cannot be told is a verdict with its reason.
import { hostRoutesOf } from '../dataplane/wiring/hostRoutes';
import type { Cluster } from '../model/cluster';
import { resolveDestination, resolveSource } from './ends';
import { policyFilter } from './judgeFilter';
import type { Outcome } from './outcome';
import type { TraceQuery } from './query';
import { assumptionsOf, warningsOf } from './remarks';
import type { ResolvedEnd, Trace, Verdict, Way } from './trace';
import { walkWay, type WalkedWay } from './way';

export function traceConnectivity(cluster: Cluster, query: TraceQuery): Trace {
  const dataplane = hostRoutesOf(cluster);
  const profile = { cni: dataplane.cniProfile, kubeProxy: dataplane.kubeProxyMode };
  const source = resolveSource(cluster, dataplane, query.from);
  if (source.kind === 'failed') return unsent(query, profile, source.outcome, source.resolved, undefined);
  const origin = source.value;
  const destination = resolveDestination(cluster, query, origin);
  if (destination.kind === 'failed')
    return unsent(query, profile, destination.outcome, origin.resolved, destination.resolved);

  const filter = policyFilter(cluster);
  const walked: WalkedWay[] = [];
  for (const target of destination.value.targets) {
    const first = walkWay(cluster, dataplane, origin, target, query.protocol, 0, filter);
    walked.push(first);
    for (let choice = 1; choice < first.candidates; choice++) {
      walked.push(walkWay(cluster, dataplane, origin, target, query.protocol, choice, filter));
    }
  }
  const ways = walked.map(({ way }) => way);
  const shown = ways[0];
  if (shown === undefined)
    return unsent(query, profile, nothingToTry, origin.resolved, destination.value.resolved);
  return {
    query,
    profile,
    ...summary(ways, shown),
    source: origin.resolved,
    destination: destination.value.resolved,
    hops: shown.hops,
    reply: shown.reply,
    candidates: ways,
    assumptions: assumptionsOf(cluster, origin, destination.value, ways),
    warnings: warningsOf(
      cluster,
      destination.value,
      ways,
      walked.map(({ receiver }) => receiver),
    ),
    principles: shown.principles,
  };
}

const nothingToTry: Outcome = {
  result: 'Undetermined',
  final: 'Abort',
  verdict: { id: 'unknown', words: 'The destination has no address to try.' },
};

/** One outcome for all ways: theirs when they agree, Ambiguous when the endpoint chosen makes the difference. */
function summary(ways: readonly Way[], shown: Way): Outcome {
  if (ways.every((way) => way.result === shown.result && way.verdict.id === shown.verdict.id)) {
    const verdict = ways.length === 1 ? shown.verdict : forAll(ways, shown.verdict);
    return { result: shown.result, final: shown.final, verdict };
  }
  if (ways.every((way) => way.result === shown.result))
    return { result: shown.result, final: shown.final, verdict: shown.verdict };
  const count = (result: Way['result']): number => ways.filter((way) => way.result === result).length;
  const parts = (['Reachable', 'Unreachable', 'Undetermined'] as const)
    .filter((result) => count(result) > 0)
    .map((result) => `${count(result)} ${result.toLowerCase()}`);
  const words = `It depends on the endpoint: of ${ways.length}, ${parts.join(', ')}.`;
  return {
    result: 'Ambiguous',
    final: shown.final,
    verdict: { id: 'ambiguous', words, symptom: 'some connections work, others fail' },
  };
}

function forAll(ways: readonly Way[], verdict: Verdict): Verdict {
  return { ...verdict, words: `All ${ways.length} endpoints alike; for the first: ${verdict.words}` };
}

function unsent(
  query: TraceQuery,
  profile: Trace['profile'],
  outcome: Outcome,
  source: ResolvedEnd | undefined,
  destination: ResolvedEnd | undefined,
): Trace {
  return {
    query,
    profile,
    ...outcome,
    source,
    destination,
    hops: [],
    reply: [],
    candidates: [],
    assumptions: [],
    warnings: [],
    principles: [],
  };
}
