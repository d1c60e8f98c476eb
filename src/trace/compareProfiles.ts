// Answers: does it matter which CNI plugin and kube-proxy mode a cluster runs? Traces one question under every profile and each
// mode that means something beside it, and puts together those that agree in all that is compared.
import { settingsFor } from '../dataplane/detect';
import type { CniProfile, CniProfileId, KubeProxyMode } from '../dataplane/profile';
import { profileOf, profiles as allProfiles } from '../dataplane/profiles/profiles';
import type { Step } from '../dataplane/step';
import type { Cluster } from '../model/cluster';
import { finish } from '../model/steps';
import type { TraceQuery } from './query';
import type { Trace, TraceResult, Verdict, Way } from './trace';
import { traceConnectivity } from './traceConnectivity';

/** What is compared, in the order that matters to people. */
export type ComparedAspect = 'verdict' | 'peer' | 'ttl' | 'nat' | 'devices';

export interface ProfileVariant {
  readonly cni: CniProfileId;
  readonly kubeProxy: KubeProxyMode;
  /** What this cluster itself runs, as far as is known. */
  readonly own: boolean;
}

/** `DNAT`: the destination is rewritten on the way; `connect`: before there is a packet; `masquerade`: the source is rewritten. */
export type ComparedNat = 'DNAT' | 'connect' | 'masquerade';

/** Lists have one member for each different value among the ways of the trace: one, unless endpoints differ. */
export interface ComparedRow {
  readonly profiles: readonly ProfileVariant[];
  readonly result: TraceResult;
  /** In the words of the first of the profiles. */
  readonly verdict: Verdict;
  /** Source addresses that receivers see; empty when nothing arrives. */
  readonly peers: readonly string[];
  /** TTL that arrives; `inferred` where no kernel was measured. */
  readonly ttl: readonly (number | 'inferred')[];
  readonly nat: readonly (readonly ComparedNat[])[];
  /** How many devices of pods and nodes the request passes. */
  readonly devices: readonly number[];
}

export interface ProfileComparison {
  readonly query: TraceQuery;
  /** How many profiles were traced, modes not counted. */
  readonly profiles: number;
  /** No more endpoints than these were compared; undefined: all were. */
  readonly limit?: number | undefined;
  /** In what the rows differ; empty when all agree. */
  readonly differs: readonly ComparedAspect[];
  /** The row of this cluster's own profile first, then those with its result, then the others. */
  readonly rows: readonly ComparedRow[];
}

/** @param mostWays how many endpoints are compared under each profile. */
export function compareProfiles(cluster: Cluster, query: TraceQuery, mostWays = Infinity): ProfileComparison {
  return finish(compareInSteps(cluster, query, mostWays));
}

/** The same in steps, one trace each. */
export function* compareInSteps(
  cluster: Cluster,
  query: TraceQuery,
  mostWays = Infinity,
): Generator<undefined, ProfileComparison, void> {
  const { settings } = settingsFor(cluster);
  const byKey = new Map<string, ComparedRow>();
  let limit: number | undefined;
  for (const profile of allProfiles) {
    for (const kubeProxy of modesBeside(profile)) {
      const own = settings.cni.id === profile.id && settings.kubeProxy === kubeProxy;
      const trace = traceConnectivity(cluster, query, { cni: profile.id, kubeProxy }, mostWays);
      if (trace.candidates.length >= mostWays) limit = mostWays;
      const row = compared(trace);
      const { verdict, ...rest } = row;
      // Verdicts name who refuses, which differs from profile to profile.
      const key = JSON.stringify([verdict.id, rest]);
      const variant: ProfileVariant = { cni: profile.id, kubeProxy, own };
      const known = byKey.get(key) ?? { ...row, profiles: [] };
      byKey.set(key, { ...known, profiles: [...known.profiles, variant] });
      yield;
    }
  }
  const isOwn = ({ profiles }: ComparedRow): boolean => profiles.some(({ own }) => own);
  const made = [...byKey.values()];
  const ownResult = made.find(isOwn)?.result;
  // What shares the cluster's own result stands next to it.
  const rank = (row: ComparedRow): number => (isOwn(row) ? 0 : row.result === ownResult ? 1 : 2);
  const rows = made.sort((a, b) => rank(a) - rank(b));
  const differs = aspects.filter((each) => differ(rows, each));
  return { query, profiles: allProfiles.length, limit, differs, rows };
}

/** Modes that a cluster with this plugin may run: those that replace kube-proxy may also leave Services to it. */
export function modesBeside({ services }: Pick<CniProfile, 'services'>): readonly KubeProxyMode[] {
  switch (services) {
    case 'kube-proxy':
      return ['iptables', 'nftables', 'ipvs'];
    case 'cilium':
    case 'antrea':
      return ['none', 'iptables', 'nftables', 'ipvs'];
    case 'ovn':
      return ['none'];
  }
}

const aspects: readonly ComparedAspect[] = ['verdict', 'peer', 'ttl', 'nat', 'devices'];

/** Rows where nothing arrives, and TTLs that were not measured, contradict nobody. */
function differ(rows: readonly ComparedRow[], aspect: ComparedAspect): boolean {
  const values = rows.flatMap(({ result, verdict, peers, ttl, nat, devices }): readonly unknown[] => {
    switch (aspect) {
      case 'verdict':
        return [[result, verdict.id]];
      case 'peer':
        return peers.length === 0 ? [] : [peers];
      case 'ttl':
        return ttl.length === 0 || ttl.includes('inferred') ? [] : [ttl];
      case 'nat':
        return [nat];
      case 'devices':
        return [devices];
    }
  });
  return new Set(values.map((value) => JSON.stringify(value))).size > 1;
}

function compared({ result, verdict, candidates, profile }: Trace): Omit<ComparedRow, 'profiles'> {
  const arrivals = candidates.flatMap((way) => arrivalOf(way) ?? []);
  const nat = distinct(candidates.map(natOf));
  // IPVS was not measured, but means nothing for a way that meets no Service.
  const measured =
    profile.known === 'measured' ||
    (profileOf(profile.cniId).known === 'measured' && !nat.some((kinds) => kinds.includes('DNAT')));
  return {
    result,
    verdict,
    peers: distinct(arrivals.map(({ after }) => after.source.text)),
    ttl: distinct(arrivals.map(({ after }) => (measured ? after.ttl : 'inferred'))),
    nat,
    devices: distinct(candidates.map(devicesOf)),
  };
}

/** The last step, where the packet arrived at somebody. */
function arrivalOf({ hops }: Way): Step | undefined {
  const last = hops.at(-1)?.steps.at(-1);
  return last?.kind === 'deliver' || last?.kind === 'leave' ? last : undefined;
}

function natOf({ hops }: Way): readonly ComparedNat[] {
  const kinds = hops
    .flatMap(({ steps }) => steps)
    .flatMap((step): readonly ComparedNat[] => {
      if (step.kind === 'translate') return [step.atSocket ? 'connect' : 'DNAT'];
      const rewritten = step.kind === 'masquerade' && step.before.source.text !== step.after.source.text;
      return rewritten ? ['masquerade'] : [];
    });
  return distinct(kinds);
}

function devicesOf({ hops }: Way): number {
  const names = hops.flatMap(({ place, device }) =>
    place.kind === 'pod' || place.kind === 'node' ? [`${place.kind} ${place.name} ${device}`] : [],
  );
  return new Set(names).size;
}

/** In the order of first appearance. */
function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
