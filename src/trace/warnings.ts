// Answers: what should the reader know besides the verdict? Warnings never change it; each is a fact of the objects on the way
// that surprises people (spec table F, "Warnings"). One function a warning, all asked for the way that is shown.
import type { NetNamespace } from '../dataplane/network';
import type { Step } from '../dataplane/step';
import { parseIp } from '../model/address';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { Destination, Origin } from './ends';
import type { Warning, Way } from './trace';

export interface Traced {
  readonly cluster: Cluster;
  readonly origin: Origin;
  readonly destination: Destination;
  readonly ways: readonly Way[];
  /** Who received the way that is shown. */
  readonly receiver: NetNamespace | undefined;
  /** Steps of the way that is shown. */
  readonly steps: readonly Step[];
}

type Check = (traced: Traced) => readonly Warning[];

export function warningsOf(traced: Omit<Traced, 'steps'>): readonly Warning[] {
  const steps = traced.ways[0]?.hops.flatMap((hop) => hop.steps) ?? [];
  return checks.flatMap((check) => check({ ...traced, steps }));
}

const undeclaredPort: Check = ({ steps, receiver }) => {
  const last = steps.at(-1);
  if (last?.kind !== 'deliver' || last.listeners.length > 0 || last.after.protocol === 'ICMP') return [];
  const text = `No container declares ${last.after.protocol} ${last.after.destinationPort}; that is information only, the port may still be open.`;
  return [{ code: 'port.undeclared', text, at: receiver?.pod?.at }];
};

const headlessPort: Check = ({ destination: { service, servicePort } }) => {
  if (service?.headless !== true || servicePort === undefined) return [];
  const { port, targetPort } = servicePort;
  if (typeof targetPort !== 'number' || targetPort === port) return [];
  const text = `Service ${keyOf(service)} is headless: its port ${port} is not translated, clients must use ${targetPort}.`;
  return [{ code: 'service.headless-port', text, at: servicePort.at }];
};

const selectsNothing: Check = ({ cluster, destination: { service } }) => {
  if (service?.selector === undefined || selectedBy(cluster, service.namespace, service.selector).length > 0)
    return [];
  const text = `The selector of Service ${keyOf(service)} matches no pod.`;
  return [{ code: 'service.selects-nothing', text, at: service.selectorAt ?? service.at }];
};

/** A named target port is looked up in each pod; pods without it are no endpoints of that port (spec D2). */
const namedPortMissing: Check = ({ cluster, destination: { service, servicePort } }) => {
  if (service?.selector === undefined || typeof servicePort?.targetPort !== 'string') return [];
  const name = servicePort.targetPort;
  const selected = selectedBy(cluster, service.namespace, service.selector);
  const without = selected.filter(
    (pod) =>
      !pod.spec.containers.some(({ ports }) =>
        ports.some((port) => port.name === name && port.protocol === servicePort.protocol),
      ),
  );
  if (without.length === 0) return [];
  const text = `Target port ${name} of Service ${keyOf(service)} is declared by ${selected.length - without.length} of ${selected.length} pods that it selects; the others get no connections: ${shortList(without)}.`;
  return [{ code: 'service.named-port-missing', text, at: servicePort.at }];
};

/** What logs and address blocks see is not the client (spec D4, C3). */
const sourceRewritten: Check = ({ steps, receiver }) => {
  const change = steps.find(
    (step) => step.kind === 'masquerade' && step.before.source.text !== step.after.source.text,
  );
  const last = steps.at(-1);
  if (change === undefined || last?.kind !== 'deliver' || receiver === undefined) return [];
  const text = `${receiver.label} sees ${last.after.source.text} instead of the client ${change.before.source.text}: so do its logs, and policies behind that point.`;
  return [{ code: 'source.rewritten', text }];
};

const terminating: Check = ({ origin, receiver }) =>
  [origin.pod, receiver?.pod].flatMap((pod): readonly Warning[] =>
    pod?.terminating === true
      ? [
          {
            code: 'pod.terminating',
            text: `Pod ${keyOf(pod)} is being deleted: it answers until its containers end.`,
            at: pod.at,
          },
        ]
      : [],
  );

const meshProxies = new Set(['istio-proxy', 'linkerd-proxy']);

/** A sidecar of a mesh redirects the pod's traffic inside the pod, before anything that is traced here. */
const serviceMesh: Check = ({ origin, receiver }) =>
  [origin.pod, receiver?.pod].flatMap((pod): readonly Warning[] => {
    const sidecar = pod?.spec.containers.find(({ name }) => meshProxies.has(name));
    if (pod === undefined || sidecar === undefined) return [];
    const text = `${sidecar.name} in pod ${keyOf(pod)} redirects the pod's connections inside its network namespace; what the mesh does with them is not traced.`;
    return [{ code: 'mesh.sidecar', text, at: sidecar.at ?? pod.at }];
  });

/** A socket bound to every address answers from the address of the way back; UDP clients do not take that for an answer. */
const udpAnswer: Check = ({ steps, receiver }) => {
  const last = steps.at(-1);
  if (
    last?.kind !== 'deliver' ||
    last.after.protocol !== 'UDP' ||
    receiver?.node === undefined ||
    receiver.pod !== undefined
  )
    return [];
  const { source, destination } = last.after;
  const back = receiver.isLocal(source) ? undefined : receiver.routeTo(source);
  const from = back && receiver.sourceFor(back.device, destination.family);
  if (from === undefined || from.text === destination.text) return [];
  const text = `${receiver.label} answers UDP from ${from.text}, the address on the way back, when the server listens on all addresses: a client that asked ${destination.text} does not take that for the answer. A server that binds ${destination.text} is not affected.`;
  return [{ code: 'udp.reply-address', text }];
};

const policyNotes: Check = ({ steps }) => {
  const notes = steps.flatMap((step) => (step.kind === 'policy' ? step.ruling.notes : []));
  return [...new Set(notes)].map((text) => ({ code: 'policy.note', text }));
};

/** Two live pods with one address: whoever answers is a matter of luck (principle G1 of the model). */
const sharedAddresses: Check = ({ cluster, ways }) => {
  const texts = new Set(ways.map((way) => way.destination.address).filter((text) => text !== undefined));
  return [...texts].flatMap((text): readonly Warning[] => {
    const ip = parseIp(text);
    const owners = ip === undefined ? [] : lookupOf(cluster).owners(ip);
    const pods = owners.flatMap((owner) => (owner.kind === 'pod' ? [owner.pod] : []));
    if (pods.length < 2) return [];
    return [
      {
        code: 'address.duplicate',
        text: `${text} is claimed by ${pods.map((pod) => keyOf(pod)).join(' and ')}; the trace goes to the first.`,
        at: pods[1]?.at,
      },
    ];
  });
};

const checks: readonly Check[] = [
  undeclaredPort,
  headlessPort,
  selectsNothing,
  namedPortMissing,
  sourceRewritten,
  terminating,
  serviceMesh,
  udpAnswer,
  policyNotes,
  sharedAddresses,
];

function selectedBy(
  cluster: Cluster,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): readonly Pod[] {
  const wanted = Object.entries(selector);
  return lookupOf(cluster)
    .podsIn(namespace)
    .filter((pod) => wanted.every(([key, value]) => pod.labels[key] === value));
}

function shortList(pods: readonly Pod[]): string {
  const shown = pods.slice(0, 5).map((pod) => keyOf(pod));
  return pods.length > shown.length
    ? `${shown.join(', ')} and ${pods.length - shown.length} more`
    : shown.join(', ');
}
