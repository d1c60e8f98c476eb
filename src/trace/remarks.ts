// Answers: what does the verdict take for granted, and what should the reader know besides? Assumptions and warnings never
// change a verdict (spec table F, "Warnings").
import type { NetNamespace } from '../dataplane/network';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { parseIp } from '../model/address';
import type { Evidence } from '../model/source';
import type { Destination, Origin } from './ends';
import type { TraceProfile, Warning, Way } from './trace';

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
  const listening: readonly Evidence[] = ways.some((way) => way.final === 'Deliver')
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

function profileRemarks(profile: TraceProfile): readonly Evidence[] {
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

export function warningsOf(
  cluster: Cluster,
  destination: Destination,
  ways: readonly Way[],
  receivers: readonly (NetNamespace | undefined)[],
): readonly Warning[] {
  const warnings: Warning[] = [];
  const { service, servicePort } = destination;
  const last = ways[0]?.hops.at(-1)?.steps.at(-1);
  if (last?.kind === 'deliver' && last.listeners.length === 0) {
    const at = receivers[0]?.pod?.at;
    warnings.push({
      code: 'port.undeclared',
      text: `No container declares ${last.after.protocol} ${last.after.destinationPort}; that is information only, the port may still be open.`,
      at,
    });
  }
  if (
    service?.headless === true &&
    servicePort !== undefined &&
    typeof servicePort.targetPort === 'number' &&
    servicePort.targetPort !== servicePort.port
  ) {
    warnings.push({
      code: 'service.headless-port',
      text: `Service ${keyOf(service)} is headless: its port ${servicePort.port} is not translated, clients must use ${servicePort.targetPort}.`,
      at: servicePort.at,
    });
  }
  if (
    service !== undefined &&
    service.selector !== undefined &&
    !selectsAny(cluster, service.namespace, service.selector)
  ) {
    warnings.push({
      code: 'service.selects-nothing',
      text: `The selector of Service ${keyOf(service)} matches no pod.`,
      at: service.selectorAt ?? service.at,
    });
  }
  const policies =
    ways[0]?.hops
      .flatMap((hop) => hop.steps)
      .flatMap((step) => (step.kind === 'policy' ? step.ruling.notes : [])) ?? [];
  for (const text of new Set(policies)) warnings.push({ code: 'policy.note', text });
  return [...warnings, ...sharedAddresses(cluster, ways)];
}

/** Two live pods with one address: whoever answers is a matter of luck (principle G1 of the model). */
function sharedAddresses(cluster: Cluster, ways: readonly Way[]): readonly Warning[] {
  const texts = new Set(ways.map((way) => way.destination.address).filter((text) => text !== undefined));
  return [...texts].flatMap((text): readonly Warning[] => {
    const ip = parseIp(text);
    const pods =
      ip === undefined
        ? []
        : lookupOf(cluster)
            .owners(ip)
            .flatMap((owner) => (owner.kind === 'pod' ? [owner.pod] : []));
    if (pods.length < 2) return [];
    return [
      {
        code: 'address.duplicate',
        text: `${text} is claimed by ${pods.map((pod) => keyOf(pod)).join(' and ')}; the trace goes to the first.`,
        at: pods[1]?.at,
      },
    ];
  });
}

function selectsAny(
  cluster: Cluster,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return lookupOf(cluster)
    .podsIn(namespace)
    .some((pod) => wanted.every(([key, value]) => pod.labels[key] === value));
}

function podsOn(cluster: Cluster, origin: Origin, ways: readonly Way[]): readonly Pod[] {
  const keys = new Set(ways.map((way) => way.destination.pod).filter((key) => key !== undefined));
  const receivers = [...keys].map((key) => lookupOf(cluster).pod(key)).filter((pod) => pod !== undefined);
  const sender = origin.pod === undefined || keys.has(keyOf(origin.pod)) ? [] : [origin.pod];
  return [...sender, ...receivers];
}
