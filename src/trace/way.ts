// Answers: how does one connection to one address go, there and back? Walks the request, then the answer over the same
// connection tracking, and reads the outcome off the last step. The answer is walked, not assumed.
import type { Dataplane, NetNamespace } from '../dataplane/network';
import { answerTo, sameEnds, type Packet } from '../dataplane/packet';
import type { Step } from '../dataplane/step';
import { walkReply, walkRequest, type Filter, type Walk } from '../dataplane/walk';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { containersWanting } from '../model/portConflict';
import type { PacketProtocol } from '../dataplane/packet';
import { resolvedNode, resolvedPod, type Origin, type Target } from './ends';
import { grammarError } from './grammar';
import { aborted, outcomeOfLastStep, replyLost, undetermined, type Outcome } from './outcome';
import { principlesOf } from './principles';
import type { ResolvedEnd, Way } from './trace';

/** The client's port, as the kernel might pick one from its ephemeral range. */
const clientPort = 40_000;

export interface WalkedWay {
  readonly way: Way;
  /** How many endpoints the Service could have chosen from; 1 when no Service was met. */
  readonly candidates: number;
  readonly receiver: NetNamespace | undefined;
}

/** @param choice which of the Service's endpoints this connection gets, from 0. */
export function walkWay(
  cluster: Cluster,
  dataplane: Dataplane,
  origin: Origin,
  target: Target,
  protocol: PacketProtocol,
  choice: number,
  filter: Filter,
): WalkedWay {
  const sender = origin.pod?.spec.hostNetwork === true ? origin.pod : undefined;
  const client = clientOf(dataplane, origin, target);
  const request = walkRequest(
    dataplane,
    {
      from: client,
      sender,
      destination: target.address,
      destinationPort: target.port,
      sourcePort: clientPort,
      protocol,
      pick: () => choice,
    },
    filter,
  );
  const steps = request.hops.flatMap((hop) => hop.steps);
  const last = steps.at(-1);
  const sent = steps.find((step) => step.kind === 'send')?.after;
  const answered = request.receiver !== undefined && (last?.kind === 'deliver' || last?.kind === 'leave');
  const reply = answered
    ? walkReply(dataplane, request.receiver, answerTo(last.after), request.conntrack)
    : undefined;
  const unroutable = reply !== undefined && lostOutside(reply, client);
  const outcome = unroutable
    ? wayBackUnknown(client)
    : outcomeOf(request, reply, steps, client, sent, protocol);
  const chosen = steps.find((step) => step.kind === 'translate');
  const candidates = chosen?.candidates ?? 1;
  const way: Omit<Way, 'principles'> = {
    destination: chosen === undefined ? target.resolved : endpointEnd(cluster, chosen.after),
    port: chosen?.after.destinationPort ?? target.port,
    probability: target.probability / candidates,
    ...outcome,
    hops: request.hops,
    reply: reply?.hops ?? [],
  };
  return {
    way: { ...way, principles: principlesOf(origin, request.receiver, way) },
    candidates,
    receiver: request.receiver,
  };
}

function outcomeOf(
  request: Walk,
  reply: Walk | undefined,
  steps: readonly Step[],
  client: NetNamespace,
  sent: Packet | undefined,
  protocol: PacketProtocol,
): Outcome {
  const broken = grammarError(request.hops) ?? (reply && grammarError(reply.hops));
  const last = steps.at(-1);
  if (broken !== undefined || last === undefined) {
    return aborted(
      'Undetermined',
      'unknown',
      `This is a defect of Pod Network Explorer, please report it: the trace is malformed, ${broken ?? 'it is empty'}.`,
    );
  }
  const atSender = request.hops.length === 1 && request.hops[0]?.movement === 'out';
  const outcome = outcomeOfLastStep(last, protocol, atSender);
  if (outcome.result !== 'Reachable') return outcome;
  const unclear = steps.find((step) => step.kind === 'policy' && step.outcome === 'unknown');
  if (unclear?.kind === 'policy') return undetermined(unclear.ruling);
  if (reply !== undefined && (sent === undefined || !comesBack(reply, client, sent)))
    return replyLost(protocol, reply);
  return reservations(request.receiver, last.after, client) ?? outcome;
}

/** Who really opens the connection: a load balancer in place of the client, or the client by way of a given node. */
function clientOf(
  dataplane: Dataplane,
  { netns, outside }: Origin,
  { entry, proxiedBy }: Target,
): NetNamespace {
  if (outside === undefined || (entry === undefined && proxiedBy === undefined)) return netns;
  const node = entry === undefined ? undefined : dataplane.ofNode(entry)?.node;
  return dataplane.outside(proxiedBy ?? outside, node);
}

/** The answer is for the pod's own address, which nothing masqueraded, and the network outside may or may not know it. */
function lostOutside(reply: Walk, client: NetNamespace): boolean {
  const last = reply.hops.at(-1);
  const to = last?.packet.destination.text;
  return (
    last?.place.kind === 'outside' && client.pod?.addresses.some(({ value }) => value.text === to) === true
  );
}

function wayBackUnknown({ label }: NetNamespace): Outcome {
  const words = `The packet leaves the cluster with the address of ${label}, as nothing masquerades it. Whether the network outside knows the way back to pod addresses is not in the input.`;
  return { ...aborted('Undetermined', 'unknown', words), final: 'Forward' };
}

/** The client takes an answer for its own only when it comes from the very address and port that it sent to. */
function comesBack(reply: Walk, client: NetNamespace, sent: Packet): boolean {
  const received = reply.hops.at(-1)?.steps.at(-1)?.after;
  return reply.receiver?.id === client.id && received !== undefined && sameEnds(received, answerTo(sent));
}

/** Facts about the ends that make a delivered packet's verdict uncertain. */
function reservations(
  receiver: NetNamespace | undefined,
  packet: Packet,
  client: NetNamespace,
): Outcome | undefined {
  for (const node of [client.node, receiver?.node]) {
    if (node !== undefined && !node.ready.value && node.ready.provenance !== 'simulated') {
      return {
        ...aborted('Undetermined', 'node-not-ready', `Node ${node.name} is NotReady: the way may be down.`),
        final: 'Deliver',
      };
    }
  }
  const pod: Pod | undefined = receiver?.pod;
  const rivals =
    pod === undefined || packet.protocol === 'ICMP'
      ? []
      : containersWanting(pod, packet.protocol, packet.destinationPort);
  if (pod === undefined || rivals.length < 2) return undefined;
  const names = rivals.map(({ container }) => container.name).join(' and ');
  const words = `Delivered to pod ${keyOf(pod)}, but two containers of the pod want ${packet.protocol}/${packet.destinationPort} (${names}): they share one network namespace, one of them fails with EADDRINUSE, and which one answers is not known.`;
  return {
    ...aborted(
      'Undetermined',
      'port-conflict',
      words,
      'one container answers, the other restarts over and over',
    ),
    final: 'Deliver',
  };
}

/** The endpoint that a Service chose, whether or not the packet got there. */
function endpointEnd(cluster: Cluster, packet: Packet): ResolvedEnd {
  const address = packet.destination.text;
  const owner = lookupOf(cluster).owners(packet.destination)[0];
  if (owner?.kind === 'pod') return { ...resolvedPod(owner.pod), address };
  if (owner?.kind === 'node') return resolvedNode(owner.node.name, packet.destination);
  return { label: address, address };
}
