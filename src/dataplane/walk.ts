// Answers: how does one packet travel? The one walker for every profile and flow: it follows routes from namespace to
// namespace and runs the node's rules in the kernel's order (spec C0, R1-R6):
//   sent here:      OUTPUT, route, POSTROUTING;   passing: PREROUTING, route, FORWARD, POSTROUTING;   for here: PREROUTING, INPUT.
// Nothing in here knows a flow by name. TTL, device names and rewritten addresses follow from the namespaces walked.
import { isLoopback, parseIp, type Ip } from '../model/address';
import { keyOf } from '../model/objects';
import type { Direction } from '../model/policy';
import type { Pod } from '../model/pod';
import type { Ruling } from '../model/ruling';
import { noConntrack, remember, restoreDestination, restoreSource, type Conntrack } from './conntrack';
import type {
  BridgeDevice,
  BridgePort,
  Dataplane,
  Device,
  NetNamespace,
  NextHop,
  Picker,
  Route,
  Translation,
} from './network';
import { initialTtl, type Packet } from './packet';
import type { Hop, Place, Step } from './step';
import { deliver } from './steps/deliver';
import { drop, noRoute, nobodyAnswers, refuse } from './steps/fail';
import { leave } from './steps/leave';
import { masquerade, masqueradeSkipped } from './steps/masquerade';
import { applyPolicy } from './steps/policy';
import { restore } from './steps/restore';
import { chooseRoute, forward, stayLocal } from './steps/route';
import { send } from './steps/send';
import { switchTo } from './steps/switch';
import { translate } from './steps/translate';
import { listenersIn } from './listeners';

/** Asks for the policies of `pod`; called where the packet passes the pod's node. */
export type Filter = (direction: Direction, pod: Pod, packet: Packet) => Ruling;

/** A finished walk. `receiver` is undefined when the packet was not delivered to a namespace of the cluster. */
export interface Walk {
  readonly hops: readonly Hop[];
  readonly receiver: NetNamespace | undefined;
  /** What the namespaces remember, for walking the reply. */
  readonly conntrack: Conntrack;
}

export interface Request {
  readonly from: NetNamespace;
  /** A hostNetwork pod that sends from its node's namespace. */
  readonly sender?: Pod | undefined;
  readonly destination: Ip;
  readonly destinationPort: number;
  readonly sourcePort: number;
  readonly protocol: Packet['protocol'];
  /** Which endpoint a Service's address becomes. */
  readonly pick: Picker;
}

/** Walks the first packet of a connection. */
export function walkRequest(dataplane: Dataplane, request: Request, filter: Filter): Walk {
  const walker = startWalk(dataplane, noConntrack, { filter, pick: request.pick });
  walker.sendNew(request);
  return walker.finish();
}

/** Walks the answer from the namespace that received, over the same conntrack. `answer` has the ends as the server sees them. */
export function walkReply(
  dataplane: Dataplane,
  from: NetNamespace,
  answer: Packet,
  conntrack: Conntrack,
): Walk {
  const walker = startWalk(dataplane, conntrack, undefined);
  walker.sendAnswer(from, answer);
  return walker.finish();
}

/** One visit of a packet to a namespace. */
interface Visit {
  readonly netns: NetNamespace;
  /** The header as it came into this namespace, or as it was sent here. */
  readonly entered: Packet;
  readonly packet: Packet;
  readonly mark?: string | undefined;
  /** kube-proxy lets the packet into the node and refuses it where it is filtered, in FORWARD or INPUT. */
  readonly refusal?: Extract<Translation, { kind: 'refuse' }> | undefined;
  /** The pod whose veth the packet came in by. */
  readonly fromPod?: Pod | undefined;
  /** Made by a process of this namespace: it passes OUTPUT instead of FORWARD. */
  readonly sentHere?: boolean | undefined;
}

/** Hops as they are made. `fresh` is undefined for replies: no policy judges them (rule E7), conntrack restores them. */
function startWalk(
  dataplane: Dataplane,
  knownConntrack: Conntrack,
  fresh: { filter: Filter; pick: Picker } | undefined,
) {
  const hops: { place: Place; device: string; movement: Hop['movement']; packet: Packet; steps: Step[] }[] =
    [];
  let conntrack = knownConntrack;
  let receiver: NetNamespace | undefined;
  const filter = fresh?.filter;
  const isReply = fresh === undefined;

  const arrive = (place: Place, device: string, movement: Hop['movement'], packet: Packet): void => {
    hops.push({ place, device, movement, packet, steps: [] });
  };
  /** Adds the step to the hop where the packet is, and returns the packet as it goes on. */
  const take = (step: Step): Packet => {
    hops.at(-1)?.steps.push(step);
    return step.after;
  };

  function sendNew({ from, sender, destination, destinationPort, sourcePort, protocol }: Request): void {
    const who =
      sender === undefined ? from.label : `${sender.namespace}/${sender.name} (on ${from.label}'s network)`;
    const route = from.isLocal(destination) ? undefined : from.routeTo(destination);
    const source =
      route === undefined ? ownSource(from, destination) : from.sourceFor(route.device, destination.family);
    if (source === undefined) {
      const stuck: Packet = {
        source: destination,
        sourcePort,
        destination,
        destinationPort,
        protocol,
        ttl: initialTtl,
      };
      arrive(from.place, route?.device.name ?? 'lo', 'out', stuck);
      take(drop(stuck, 'no-route', `${who} has no IPv${destination.family} address to send from.`));
      return;
    }
    const packet: Packet = { source, sourcePort, destination, destinationPort, protocol, ttl: initialTtl };
    const via = route === undefined ? ', an address of its own' : `, its address on ${route.device.name}`;
    const first: Step[] = [send(packet, who, via, [])];
    if (sender !== undefined && filter !== undefined)
      first.push(applyPolicy(packet, filter('egress', sender, packet)));
    const translated = from.rules === undefined ? undefined : translateNew(from, packet);
    if (translated !== undefined) first.push(translated.step);
    emit(
      {
        netns: from,
        entered: packet,
        packet: translated?.step.after ?? packet,
        mark: translated?.mark,
        sentHere: true,
      },
      first,
    );
  }

  function sendAnswer(from: NetNamespace, answer: Packet): void {
    const first: Step[] = [send(answer, from.label, ' to answer', [])];
    const restored = restoreDestination(conntrack, from.id, answer);
    if (restored !== answer) first.push(restore(answer, restored, 'destination'));
    emit({ netns: from, entered: answer, packet: restored, sentHere: true }, first);
  }

  /** A packet made in this namespace goes out, or stays when it is addressed to the namespace itself. */
  function emit(visit: Visit, first: readonly Step[]): void {
    const { netns, packet } = visit;
    const failed = first.some((step) => step.causesDrop);
    if (netns.isLocal(packet.destination) || failed) {
      arrive(netns.place, failed ? outgoingName(netns, packet) : 'lo', failed ? 'out' : 'through', packet);
      for (const step of first) take(step);
      if (failed) return;
      take(stayLocal(packet, netns.label));
      const ruling = netns.pod === undefined ? undefined : filter?.('egress', netns.pod, packet);
      if (ruling !== undefined && ends(applyPolicy(packet, ruling))) return;
      const sent = leaveBy(visit, loopback);
      reshow(sent);
      receive({ ...visit, packet: sent });
      return;
    }
    const route = netns.routeTo(packet.destination);
    if (route === undefined) {
      arrive(netns.place, 'lo', 'out', packet);
      for (const step of first) take(step);
      take(noRoute(packet, netns.label));
      return;
    }
    transmit(visit, route, [...first, chooseRoute(packet, netns.label, route)]);
  }

  /** FORWARD was passed, or OUTPUT: the packet leaves by the route's device. `steps` belong to that device. */
  function transmit(visit: Visit, route: Route, steps: readonly Step[]): void {
    const { device } = route;
    arrive(visit.netns.place, device.name, 'out', visit.packet);
    for (const step of steps) take(step);
    if (device.kind === 'bridge') {
      const port = device.portOf(route.nextHop);
      if (port !== undefined && visit.sentHere === true && filter !== undefined) {
        if (ends(applyPolicy(visit.packet, filter('ingress', port.pod, visit.packet)))) return;
      }
      const packet = leaveBy(visit, device);
      if (port === undefined) {
        take(nobodyAnswers(packet, visit.netns.label, device.name));
        return;
      }
      reshow(packet);
      arrive(visit.netns.place, port.name, 'out', packet);
      take(switchTo(packet, device.name, port.name, keyOf(port.pod)));
      enterPod(port, packet);
    } else if (device.kind === 'uplink') {
      const packet = leaveBy(visit, device);
      reshow(packet);
      crossFabric(packet, route.nextHop, visit.netns.label);
    } else {
      const { bridge } = device;
      if (!bridge.owns(route.nextHop) && bridge.portOf(route.nextHop) === undefined) {
        take(nobodyAnswers(visit.packet, visit.netns.label, device.name));
        return;
      }
      enterBridge(device.port, bridge, visit.packet, route.nextHop);
    }
  }

  function crossFabric(packet: Packet, nextHop: NextHop, owner: string): void {
    const target = nextHop === 'gateway' ? undefined : dataplane.nodeAt(nextHop);
    if (target !== undefined) {
      arrive({ kind: 'fabric' }, 'wire', 'through', packet);
      arrive(target.place, 'eth0', 'in', packet);
      const visit = prerouting({ netns: target, entered: packet, packet });
      if (visit !== undefined) decide(visit);
    } else if (nextHop === 'gateway') {
      arrive({ kind: 'outside' }, 'gateway', 'in', packet);
      const stray = dataplane.strayReason(packet);
      take(stray === undefined ? leave(packet) : drop(packet, stray.cause, stray.reason));
    } else take(nobodyAnswers(packet, owner, 'eth0'));
  }

  /** A frame from a pod comes in at its port: for the node itself, or to be switched to another port. */
  function enterBridge(port: BridgePort, bridge: BridgeDevice, packet: Packet, nextHop: NextHop): void {
    const netns = port.pod.node === undefined ? undefined : dataplane.ofNode(port.pod.node.value);
    if (netns === undefined) return;
    arrive(netns.place, port.name, 'in', packet);
    const entering: Visit = { netns, entered: packet, packet, fromPod: port.pod };
    const visit = bridge.netfilter ? prerouting(entering) : entering;
    if (visit === undefined) return;
    const rerouted = sameDestination(visit.packet, packet)
      ? undefined
      : netns.routeTo(visit.packet.destination);
    const staysOnBridge = rerouted?.device.kind === 'bridge' && !netns.isLocal(visit.packet.destination);
    // A translated frame whose new destination is on the same bridge is switched, not routed: no TTL is taken (F10d).
    if (staysOnBridge) switchFrame(visit, port, bridge, rerouted.nextHop);
    else if (!bridge.owns(nextHop)) switchFrame(visit, port, bridge, nextHop);
    else {
      arrive(netns.place, bridge.name, 'in', visit.packet);
      const up = bridge.netfilter ? visit : prerouting(visit);
      if (up !== undefined) decide(up);
    }
  }

  function switchFrame(visit: Visit, from: BridgePort, bridge: BridgeDevice, nextHop: NextHop): void {
    const to = bridge.portOf(nextHop);
    if (to === undefined) {
      take(nobodyAnswers(visit.packet, visit.netns.label, bridge.name));
      return;
    }
    if (bridge.netfilter && judge(visit, to.pod)) return;
    if (to.name === from.name && !bridge.hairpin) {
      take(
        drop(
          visit.packet,
          'hairpin-off',
          `${bridge.name} does not send a frame back out of ${to.name}: hairpin mode is off.`,
        ),
      );
      return;
    }
    arrive(visit.netns.place, to.name, 'out', visit.packet);
    take(switchTo(visit.packet, bridge.name, to.name, keyOf(to.pod)));
    const packet = bridge.netfilter ? leaveBy(visit, bridge) : visit.packet;
    reshow(packet);
    enterPod(to, packet);
  }

  /** PREROUTING. undefined: the packet ended here. */
  function prerouting(visit: Visit): Visit | undefined {
    const { netns, packet } = visit;
    if (netns.rules === undefined) return visit;
    if (isReply) {
      const restored = restoreDestination(conntrack, netns.id, packet);
      return restored === packet
        ? visit
        : { ...visit, packet: take(restore(packet, restored, 'destination')) };
    }
    const decision = netns.rules.translate(packet, fresh.pick);
    if (decision === undefined) return visit;
    if (decision.kind === 'refuse' && decision.how !== 'not-modelled') return { ...visit, refusal: decision };
    const { step, mark } = translationStep(packet, decision);
    const after = take(step);
    return step.causesDrop ? undefined : { ...visit, packet: after, mark };
  }

  /** @returns whether kube-proxy refused the packet here, in its filter chains. */
  function refused({ refusal, packet }: Visit): boolean {
    return refusal !== undefined && ends(translationStep(packet, refusal).step);
  }

  /** The routing decision for a packet that came in: for this namespace, or to be passed on. */
  function decide(visit: Visit): void {
    const { netns, packet } = visit;
    if (netns.isLocal(packet.destination)) {
      if (refused(visit)) return;
      if (visit.fromPod !== undefined && filter !== undefined) {
        if (ends(applyPolicy(packet, filter('egress', visit.fromPod, packet)))) return;
      }
      if (!isReply) conntrack = remember(conntrack, netns.id, visit.entered, packet);
      receive({ ...visit, packet: restoredSource(visit) });
      return;
    }
    const route = netns.routeTo(packet.destination);
    if (route === undefined) {
      take(noRoute(packet, netns.label));
      return;
    }
    if (packet.ttl <= 1) {
      take(drop(packet, 'ttl-expired', `TTL is used up at ${netns.label}.`));
      return;
    }
    const passed = {
      ...visit,
      packet: take(forward(packet, netns.label, route)),
    };
    if (refused(passed)) return;
    const to = route.device.kind === 'bridge' ? route.device.portOf(route.nextHop)?.pod : undefined;
    if (!judge(passed, to)) transmit(passed, route, []);
  }

  /** FORWARD: egress of the pod it comes from, ingress of the pod it goes to. @returns whether a policy dropped it. */
  function judge(visit: Visit, to: Pod | undefined): boolean {
    if (filter === undefined) return false;
    const { fromPod, packet } = visit;
    if (fromPod !== undefined && ends(applyPolicy(packet, filter('egress', fromPod, packet)))) return true;
    return to !== undefined && ends(applyPolicy(packet, filter('ingress', to, packet)));
  }

  /** Takes a step that leaves the packet as it is. @returns whether the packet ended with it. */
  function ends(step: Step): boolean {
    take(step);
    return step.causesDrop;
  }

  /** POSTROUTING, and what conntrack remembers of this visit. @returns the packet as it leaves. */
  function leaveBy(visit: Visit, device: Device): Packet {
    const { netns, packet, mark } = visit;
    if (netns.rules === undefined) return packet;
    if (isReply) return restoredSource(visit);
    const decision = netns.rules.masquerade(packet, device, mark);
    if (decision === undefined) {
      conntrack = remember(conntrack, netns.id, visit.entered, packet);
      return packet;
    }
    const step =
      decision.kind === 'rewrite'
        ? masquerade(packet, decision.address, newPort(packet.sourcePort), decision.rule, [])
        : masqueradeSkipped(packet, decision.rule, []);
    conntrack = remember(conntrack, netns.id, visit.entered, step.after);
    return take(step);
  }

  function restoredSource(visit: Visit): Packet {
    const { netns, packet, entered } = visit;
    if (!isReply || netns.rules === undefined) return packet;
    const restored = restoreSource(conntrack, netns.id, entered, packet);
    return restored === packet ? packet : take(restore(packet, restored, 'source'));
  }

  function translateNew(
    netns: NetNamespace,
    packet: Packet,
  ): { step: Step; mark: string | undefined } | undefined {
    const decision = fresh && netns.rules?.translate(packet, fresh.pick);
    return decision && translationStep(packet, decision);
  }

  function translationStep(
    packet: Packet,
    decision: Translation,
  ): { readonly step: Step; readonly mark: string | undefined } {
    if (decision.kind === 'rewrite') {
      const { service, chosen, candidates, evidence, mark } = decision;
      return { step: translate(packet, service, chosen, candidates, evidence), mark };
    }
    const { how, cause, reason, evidence } = decision;
    return { step: refuse(packet, how, cause, reason, evidence), mark: undefined };
  }

  function enterPod(port: BridgePort, packet: Packet): void {
    const netns = dataplane.ofPod(port.pod);
    if (netns === undefined) return;
    arrive(netns.place, 'eth0', 'in', packet);
    receive({ netns, entered: packet, packet });
  }

  /** INPUT: the packet is for this namespace. */
  function receive(visit: Visit): void {
    const { netns, packet } = visit;
    if (!netns.isLocal(packet.destination)) {
      take(
        drop(packet, 'no-route', `${netns.label} does not forward packets for ${packet.destination.text}.`),
      );
      return;
    }
    const listening = listenersIn(netns, packet, dataplane.nodeNetworkPods);
    if (netns.pod === undefined && filter !== undefined) {
      for (const pod of listening.pods) if (ends(applyPolicy(packet, filter('ingress', pod, packet)))) return;
    }
    take(deliver(packet, netns.label, listening.names, isReply ? '' : listening.words, listening.evidence));
    receiver = netns;
  }

  /** The capture on an outgoing device, loopback too, shows the packet after POSTROUTING. */
  function reshow(packet: Packet): void {
    const hop = hops.at(-1);
    if (hop !== undefined) hop.packet = packet;
  }

  return { sendNew, sendAnswer, finish: (): Walk => ({ hops, receiver, conntrack }) };
}

/** What POSTROUTING sees as the outgoing device of a packet that stays in its namespace. */
const loopback: Device = { kind: 'uplink', name: 'lo' };

/** A namespace that sends to itself uses the very address, and loopback for loopback (spec R1). */
function ownSource(netns: NetNamespace, destination: Ip): Ip | undefined {
  if (isLoopback(destination)) return parseIp(destination.family === 4 ? '127.0.0.1' : '::1');
  return netns.isLocal(destination) ? destination : undefined;
}

function outgoingName(netns: NetNamespace, packet: Packet): string {
  return netns.routeTo(packet.destination)?.device.name ?? 'lo';
}

function sameDestination(a: Packet, b: Packet): boolean {
  return a.destination.text === b.destination.text && a.destinationPort === b.destinationPort;
}

/** Stands for the port the kernel would pick at random: another one, the same on every run. */
function newPort(port: number): number {
  return 1024 + ((port * 7919) % 31_744);
}
