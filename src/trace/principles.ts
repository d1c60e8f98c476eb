// Answers: do the four promises of the pod network hold on this way? Pod to pod and node to pod without NAT, a pod sees
// itself as others see it, and the containers of a pod share one network namespace, ports included.
// Source: kubernetes.io "Cluster Networking", "The Kubernetes network model" (spec part G).
import type { NetNamespace } from '../dataplane/network';
import type { Packet } from '../dataplane/packet';
import type { Step } from '../dataplane/step';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { portRivals } from '../model/portConflict';
import type { Evidence } from '../model/source';
import type { Origin } from './ends';
import type { Principle, Way } from './trace';

type Finding = Pick<Principle, 'status' | 'reason'> & { readonly evidence?: readonly Evidence[] };

/** The four principles in order; those that promise nothing about this way are `not-applicable`, and say why. */
export function principlesOf(
  origin: Origin,
  receiver: NetNamespace | undefined,
  way: Pick<Way, 'hops' | 'reply'>,
): readonly Principle[] {
  const request = way.hops.flatMap((hop) => hop.steps);
  const steps = [...request, ...way.reply.flatMap((hop) => hop.steps)];
  const seen = request.at(-1)?.kind === 'deliver' ? request.at(-1)?.after : undefined;
  const sender = origin.pod?.spec.hostNetwork === true ? undefined : origin.pod;
  const viaService = request.find((step) => step.kind === 'translate');
  const flow: Flow = {
    origin,
    sender,
    receiver,
    steps,
    sent: request[0]?.before,
    seen,
    viaService:
      viaService?.kind === 'translate'
        ? `${viaService.service.namespace}/${viaService.service.name}`
        : undefined,
  };
  return [
    principle('G1', 'Pods reach other pods without NAT.', podToPod(flow)),
    principle('G2', 'Nodes reach pods without NAT.', nodeToPod(flow)),
    principle('G3', 'A pod sees itself with the address that others see.', selfView(flow)),
    principle(
      'G4',
      'The containers of a pod share one network namespace, and with it its ports.',
      sharing(flow),
    ),
  ];
}

interface Flow {
  readonly origin: Origin;
  /** The sending pod with a network namespace of its own. */
  readonly sender: Pod | undefined;
  readonly receiver: NetNamespace | undefined;
  /** Of the request and of the reply. */
  readonly steps: readonly Step[];
  readonly sent: Packet | undefined;
  /** What the receiver got; undefined when nothing arrived. */
  readonly seen: Packet | undefined;
  /** Key of the Service whose address was translated. */
  readonly viaService: string | undefined;
}

function podToPod({ sender, receiver, steps, sent, seen, viaService }: Flow): Finding {
  if (sender === undefined || receiver?.pod === undefined)
    return none('Not both ends are pods of the pod network that the packet reached.');
  if (viaService !== undefined)
    return none(
      `The client asked for Service ${viaService}; translating its address is outside this promise.`,
    );
  const change = steps.find(isTranslation);
  if (change !== undefined) return violated(change.reason, change.evidence);
  if (sent === undefined || seen === undefined) return none('Nothing arrived.');
  return holds(
    `${sent.source.text} and ${sent.destination.text} stay the same from the first hop to the last, and back.`,
  );
}

function nodeToPod({ sender, origin, receiver, steps, sent, seen, viaService }: Flow): Finding {
  if (sender !== undefined) {
    return none(
      receiver !== undefined && receiver.pod === undefined
        ? 'From a pod to a node: this promise is about the other direction.'
        : 'The sender is not a node.',
    );
  }
  if (origin.outside !== undefined) return none('The sender is outside the cluster.');
  if (receiver?.pod === undefined || sent === undefined || seen === undefined)
    return none('No pod received the packet.');
  if (viaService !== undefined)
    return none(`The node asked for Service ${viaService}; translating its address is outside this promise.`);
  if (seen.destination.text !== sent.destination.text)
    return violated(`The destination changed from ${sent.destination.text} to ${seen.destination.text}.`);
  if (!origin.netns.isLocal(seen.source))
    return violated(`The pod sees ${seen.source.text}, which is no address of ${origin.netns.label}.`);
  const repicked = steps.some((step) => step.kind === 'masquerade' && step.outcome === 'ok');
  const note = repicked ? ' Only the source port is picked anew.' : '';
  return holds(`The pod sees ${seen.source.text}, an address of ${origin.netns.label}.${note}`);
}

function selfView({ sender, receiver, seen, steps }: Flow): Finding {
  if (sender === undefined) return none('The sender is not a pod with an address of its own.');
  if (seen === undefined) return none('Nobody of the cluster received the packet.');
  const own = sender.addresses.find(({ value }) => value.family === seen.source.family);
  const evidence: readonly Evidence[] =
    own === undefined
      ? []
      : [
          {
            text: `pod ${keyOf(sender)} has the address ${own.value.text}`,
            provenance: own.provenance,
            at: own.at,
          },
        ];
  if (own?.value.text === seen.source.text)
    return {
      ...holds(`${receiver?.label ?? 'The receiver'} sees ${own.value.text}, the pod's own address.`),
      evidence,
    };
  if (receiver?.pod !== undefined && keyOf(receiver.pod) === keyOf(sender))
    return none(
      `The pod reaches itself and sees ${seen.source.text} as its peer; that is not a view from outside.`,
    );
  if (receiver?.pod === undefined)
    return none(
      `A node sees ${seen.source.text}: what pods send to other nodes may be masqueraded, the promise is between pods.`,
    );
  const change = steps.find(isTranslation);
  return {
    ...violated(
      `The receiver sees ${seen.source.text}, the pod itself has ${own?.value.text ?? 'another address'}. ${change?.reason ?? ''}`.trim(),
    ),
    evidence,
  };
}

function sharing({ sender, receiver }: Flow): Finding {
  const pods = [sender, receiver?.pod].filter((pod) => pod !== undefined);
  const rivals = pods.flatMap((pod) => portRivals(pod));
  const first = rivals[0];
  if (first !== undefined) {
    const evidence = rivals.flatMap(({ claims }) =>
      claims.map(({ container, port }): Evidence => ({
        text: `container ${container.name} wants ${port.protocol}/${port.containerPort}`,
        provenance: 'declared',
        at: port.at,
      })),
    );
    const names = first.claims.map(({ container }) => container.name).join(' and ');
    return {
      ...violated(
        `${names} cannot both have ${first.protocol}/${first.port}: they share one network namespace.`,
      ),
      evidence,
    };
  }
  const named = pods[0];
  if (named === undefined) return none('No pod with a network namespace of its own takes part.');
  const several = pods.find((pod) => sideBySide(pod) > 1);
  if (several === undefined)
    return holds(
      'Each pod on the way has one container, beside its pause container in the same network namespace.',
    );
  return holds(
    `The ${sideBySide(several)} containers of ${keyOf(several)} share one address and want different ports.`,
  );
}

/** Containers that run at the same time: init containers have finished before. */
function sideBySide(pod: Pod): number {
  return pod.spec.containers.filter(({ role }) => role !== 'init').length;
}

/** A step that changed an address or port for somebody who did not ask for a Service. */
function isTranslation(step: Step): boolean {
  return (
    step.kind === 'translate' ||
    step.kind === 'restore' ||
    (step.kind === 'masquerade' && step.outcome === 'ok')
  );
}

function principle(id: Principle['id'], statement: string, finding: Finding): Principle {
  return { id, statement, evidence: [], ...finding };
}

function holds(reason: string): Finding {
  return { status: 'holds', reason };
}

function violated(reason: string, evidence: readonly Evidence[] = []): Finding {
  return { status: 'violated', reason, evidence };
}

function none(reason: string): Finding {
  return { status: 'not-applicable', reason };
}
