// Answers: can A talk to B on this port, which way, and what decides? The one entry to the engine: resolve the ends, walk every
// way that the connection may take, judge policies on the way, walk the answers, check the principles. Total: whatever is
// asked, there is a Trace, and what cannot be told is a verdict with its reason.
import type { ProfileChoice } from '../dataplane/choice';
import { settingsFor, type DetectedSettings } from '../dataplane/detect';
import { dataplaneOf } from '../dataplane/wiring/wire';
import type { Cluster } from '../model/cluster';
import { lookUp } from './dnsLookup';
import { policyFilter } from './judgeFilter';
import type { Outcome } from './outcome';
import type { TraceQuery } from './query';
import { assumptionsOf } from './remarks';
import { resolveDestination } from './resolveDestination';
import { resolveSource } from './resolveSource';
import type { ResolvedEnd, Trace, TraceProfile, Verdict, Way } from './trace';
import { walkTarget } from './walkTarget';
import { warningsOf } from './warnings';

/**
 * @param choice the CNI profile and kube-proxy mode that the user chose; what is left out is detected.
 * @param mostWays how many endpoints of each address are walked: all, unless somebody only samples.
 */
export function traceConnectivity(
  cluster: Cluster,
  query: TraceQuery,
  choice: ProfileChoice = {},
  mostWays = Infinity,
): Trace {
  const known = settingsFor(cluster, choice);
  const dataplane = dataplaneOf(cluster, known.settings);
  const profile = profileOf(known);
  const source = resolveSource(cluster, dataplane, query.from);
  if (source.kind === 'failed') return unsent(query, profile, source.outcome, source.resolved, undefined);
  const origin = source.value;
  const destination = resolveDestination(cluster, dataplane, query, origin);
  if (destination.kind === 'failed')
    return unsent(query, profile, destination.outcome, origin.resolved, destination.resolved);

  const filter = policyFilter(cluster, dataplane, known.settings.cni.policies);
  const lookup = lookUp(cluster, dataplane, query, origin, filter);
  if (lookup.failed !== undefined)
    return {
      ...unsent(query, profile, lookup.failed.outcome, origin.resolved, destination.value.resolved),
      ...lookup.failed.shown,
    };
  const walked = destination.value.targets.flatMap((target) =>
    walkTarget(cluster, dataplane, origin, target, query.protocol, filter, mostWays),
  );
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
    assumptions: [...lookup.assumptions, ...assumptionsOf(cluster, profile, origin, destination.value, ways)],
    warnings: [
      ...lookup.warnings,
      ...warningsOf({
        cluster,
        origin,
        destination: destination.value,
        ways,
        receiver: walked[0]?.receiver,
      }),
    ],
    principles: shown.principles,
  };
}

function profileOf({ settings, cni, kubeProxy, remarks }: DetectedSettings): TraceProfile {
  return {
    cniId: settings.cni.id,
    cni: settings.cni.name,
    kubeProxy: settings.kubeProxy,
    known:
      settings.cni.known === 'measured' && settings.kubeProxy === 'ipvs' ? 'sources' : settings.cni.known,
    how: cni.how,
    evidence: cni.evidence,
    kubeProxyHow: kubeProxy.how,
    kubeProxyEvidence: kubeProxy.evidence,
    remarks,
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
  const words = `It depends on ${choiceOf(ways)}: of ${ways.length} ways, ${parts.join(', ')}.`;
  return {
    result: 'Ambiguous',
    final: shown.final,
    verdict: { id: 'ambiguous', words, symptom: 'some connections work, others fail' },
  };
}

function forAll(ways: readonly Way[], verdict: Verdict): Verdict {
  const what = choiceOf(ways) === 'the endpoint' ? 'endpoints' : 'ways';
  return { ...verdict, words: `All ${ways.length} ${what} come out alike. The first: ${verdict.words}` };
}

/** What tells the ways apart: the endpoint, or for clients outside the node by which they come in. */
function choiceOf(ways: readonly Way[]): string {
  const entries = new Set(
    ways.map(({ hops }) => {
      const node = hops[0]?.place.kind === 'outside' && hops.find(({ place }) => place.kind === 'node');
      return node ? JSON.stringify(node.place) : '';
    }),
  );
  const endpoints = new Set(ways.map(({ destination }) => destination.address));
  if (entries.size < 2) return 'the endpoint';
  return entries.size === ways.length || endpoints.size < 2
    ? 'the node that it comes in by'
    : 'the node that it comes in by, and the endpoint';
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
