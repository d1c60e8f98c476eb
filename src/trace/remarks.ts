// Answers: what does the verdict take for granted? Assumptions never change it; what the reader should know besides is in
// `warnings.ts` (spec table F).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Evidence } from '../model/source';
import type { Destination, Origin } from './ends';
import type { TraceProfile, Way } from './trace';

export function assumptionsOf(
  cluster: Cluster,
  profile: TraceProfile,
  origin: Origin,
  destination: Destination,
  ways: readonly Way[],
): readonly Evidence[] {
  const pods = podsOn(cluster, origin, ways);
  const made = pods.filter((pod) => pod.addresses.some(({ provenance }) => provenance === 'simulated'));
  const simulatedAddresses: readonly Evidence[] =
    made.length === 0
      ? []
      : [
          {
            text: `${made.map((pod) => keyOf(pod)).join(', ')}: addresses and nodes are simulated; a real cluster will choose others.`,
            provenance: 'simulated',
          },
        ];
  const listening: readonly Evidence[] = ways.some(
    (way) => way.final === 'Deliver' && way.hops[0]?.packet.protocol !== 'ICMP',
  )
    ? [{ text: 'A process listens on the port: declared at best, never verified.', provenance: 'declared' }]
    : [];
  return [
    ...origin.assumptions,
    ...destination.assumptions,
    ...listening,
    ...simulatedAddresses,
    ...profileRemarks(profile),
  ];
}

/** Which network was walked, how that is known, and what its configuration says that is not followed. */
export function profileRemarks(profile: TraceProfile): readonly Evidence[] {
  const { cni, kubeProxy, known } = profile;
  const told = [
    because(`CNI: ${cni}`, profile.how, profile.evidence),
    because(
      kubeProxy === 'none' ? 'No kube-proxy' : `kube-proxy in ${kubeProxy} mode`,
      profile.kubeProxyHow,
      profile.kubeProxyEvidence,
    ),
    ...profile.remarks,
  ];
  if (known === 'measured') return told;
  const text = `${cni} was not held against a kernel: TTL and the devices inside nodes are inferred from its documentation and code.`;
  return [...told, { text, provenance: 'inferred' }];
}

/** `CNI: kindnet (detected: DaemonSet kube-system/kindnet).` */
function because(what: string, how: TraceProfile['how'], [decided]: readonly Evidence[]): Evidence {
  return {
    text: `${what} (${how}${decided === undefined ? '' : `: ${decided.text}`}).`,
    provenance: 'inferred',
    at: decided?.at,
  };
}

function podsOn(cluster: Cluster, origin: Origin, ways: readonly Way[]): readonly Pod[] {
  const keys = new Set(ways.map((way) => way.destination.pod).filter((key) => key !== undefined));
  const receivers = [...keys].map((key) => lookupOf(cluster).pod(key)).filter((pod) => pod !== undefined);
  const sender = origin.pod === undefined || keys.has(keyOf(origin.pod)) ? [] : [origin.pod];
  return [...sender, ...receivers];
}
