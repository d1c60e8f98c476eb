// Answers: does the source get an answer when it looks a name up? A pod asks the cluster's DNS Service by UDP 53 before it
// connects, so a policy that forgets DNS fails there, before the target is tried (rule E64, spec D5). Processes on a node's
// network ask the node's own resolver, which does not know the cluster's names (dnsPolicy Default, and ClusterFirst there).
import type { Dataplane } from '../dataplane/network';
import type { Filter } from '../dataplane/walk';
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Service } from '../model/service';
import type { Evidence } from '../model/source';
import { policyJudgeOf } from '../policy/judge';
import { asksClusterDns } from './dnsNames';
import type { Origin } from './ends';
import type { Outcome } from './outcome';
import type { TraceQuery } from './query';
import { resolveDestination } from './resolveDestination';
import type { Trace, Warning } from './trace';
import { walkTarget } from './walkTarget';

/** The Service that pods have in their resolv.conf; undefined: the input has none. */
export function dnsServiceOf(cluster: Cluster): Service | undefined {
  return cluster.services.find(
    (service) =>
      service.namespace === 'kube-system' &&
      service.ports.some(({ port, protocol }) => port === 53 && protocol === 'UDP') &&
      (service.name === 'kube-dns' ||
        service.labels['k8s-app'] === 'kube-dns' ||
        service.labels['app.kubernetes.io/name'] === 'coredns'),
  );
}

export interface Lookup {
  readonly assumptions: readonly Evidence[];
  readonly warnings: readonly Warning[];
  /** The name is not answered: how that ended, and the way of the question. */
  readonly failed?: { readonly outcome: Outcome; readonly shown: Partial<Trace> } | undefined;
}

/** Walks the question for a name of the cluster to its DNS Service, before the target is tried (rule E64). */
export function lookUp(
  cluster: Cluster,
  dataplane: Dataplane,
  query: TraceQuery,
  origin: Origin,
  filter: Filter,
): Lookup {
  if (query.to.kind !== 'name' || query.to.name === 'localhost' || !asksClusterDns(origin))
    return { assumptions: [], warnings: [] };
  const dns = dnsServiceOf(cluster);
  const asked: TraceQuery = { ...query, to: query.from, port: 53, protocol: 'UDP' };
  const target =
    dns &&
    resolveDestination(
      cluster,
      dataplane,
      { ...asked, to: { kind: 'service', namespace: dns.namespace, name: dns.name } },
      origin,
    );
  if (dns === undefined || target?.kind !== 'found') return untracedLookup(cluster, origin.pod);
  const walked = target.value.targets.flatMap((each) =>
    walkTarget(cluster, dataplane, origin, each, 'UDP', filter),
  );
  const ways = walked.map(({ way }) => way);
  const [first] = ways;
  if (first !== undefined && ways.every(({ result }) => result === 'Unreachable')) {
    const words = `${query.to.name} cannot be looked up, so nothing is sent to it: the question to Service ${keyOf(dns)} fails. ${first.verdict.words}`;
    const symptom = 'name resolution fails after a time-out (temporary failure in name resolution)';
    return {
      assumptions: [],
      warnings: [],
      failed: {
        outcome: { result: 'Unreachable', final: first.final, verdict: { id: 'dns-failed', words, symptom } },
        shown: { hops: first.hops, reply: first.reply, candidates: ways, principles: first.principles },
      },
    };
  }
  const doubtful = ways.find(({ result }) => result !== 'Reachable');
  return {
    assumptions: [
      {
        text: `The name is looked up at Service ${keyOf(dns)} by UDP 53${doubtful === undefined ? ', which is reached' : ''}.`,
        provenance: 'inferred',
        at: dns.nameAt ?? dns.at,
      },
    ],
    warnings:
      doubtful === undefined
        ? []
        : [
            {
              code: 'dns.doubtful',
              text: `The name lookup is not certain: ${doubtful.verdict.words}`,
              at: dns.at,
            },
          ],
  };
}

/** What can be said of the lookup when there is no DNS Service to trace it to. */
function untracedLookup(
  cluster: Cluster,
  pod: Pod | undefined,
): { readonly assumptions: readonly Evidence[]; readonly warnings: readonly Warning[] } {
  const assumptions: readonly Evidence[] = [
    {
      text: 'The name lookup itself is not traced: the input has no DNS Service in kube-system.',
      provenance: 'inferred',
    },
  ];
  const isolating = pod === undefined ? [] : policyJudgeOf(cluster).isolating('egress', pod);
  const [first] = isolating;
  if (pod === undefined || first === undefined) return { assumptions, warnings: [] };
  const names = isolating.map((policy) => keyOf(policy)).join(', ');
  return {
    assumptions,
    warnings: [
      {
        code: 'dns.egress-isolated',
        text: `${keyOf(pod)} is isolated for egress by ${names}: they must admit UDP and TCP 53 to the DNS pods, else the name does not resolve.`,
        at: first.nameAt ?? first.at,
      },
    ],
  };
}
