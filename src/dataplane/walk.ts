// Answers: how does one packet travel? The one walker for every profile and flow: it follows routes from namespace to
// namespace and runs each namespace's rules in the kernel's order (spec C0, R1-R6):
//   sent here:      OUTPUT, route, POSTROUTING;   passing: PREROUTING, route, FORWARD, POSTROUTING;   for here: PREROUTING, INPUT.
// Nothing in here knows a flow or a CNI by name. TTL, device names and rewritten addresses follow from the namespaces walked.
import { isLoopback, parseIp, type Ip } from '../model/address';
import { keyOf } from '../model/objects';
import type { Direction } from '../model/policy';
import type { Pod } from '../model/pod';
import type { Ruling } from '../model/ruling';
import { noConntrack, remember, restoreDestination, restoreSource, type Conntrack } from './conntrack';
import { listenersIn } from './listeners';
import type {
  BridgeDevice,
  BridgePort,
  BridgedVeth,
  Dataplane,
  Device,
  Mark,
  Masquerading,
  NetNamespace,
  NextHop,
  Picker,
  Route,
  Translation,
  TunnelDevice,
  VethDevice,
} from './network';
import { initialTtl, type OuterPacket, type Packet } from './packet';
import type { Hop, Place, Step } from './step';
import { deliver } from './steps/deliver';
import { decapsulate, encapsulate } from './steps/encapsulate';
import { discarded, drop, noRoute, nobodyAnswers, refuse } from './steps/fail';
import { leave } from './steps/leave';
import { masquerade, masqueradeSkipped } from './steps/masquerade';
import { applyPolicy } from './steps/policy';
import { restore } from './steps/restore';
import { chooseRoute, forward, stayLocal } from './steps/route';
import { send } from './steps/send';
import { switchTo } from './steps/switch';
import { towards, translate } from './steps/translate';

/** Asks for the policies of `pod`; called where the packet passes the pod's node. */
export type Filter = (direction: Direction, pod: Pod, packet: Packet) => Ruling;

/** A finished walk. `receiver` is undefined when the packet was delivered to nobody; a host outside is taken to get what leaves. */
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
  readonly mark?: Mark | undefined;
  /** What FORWARD or INPUT will refuse the packet by. */
  readonly refusal?: (Translation & { kind: 'refuse' }) | undefined;
  /** The pod whose veth the packet came in by. */
  readonly fromPod?: Pod | undefined;
  /** Made by a process of this namespace: it passes OUTPUT instead of FORWARD. */
  readonly sentHere?: boolean | undefined;
}

interface HopInTheMaking {
  readonly place: Place;
  readonly device: string;
  readonly movement: Hop['movement'];
  packet: Packet;
  readonly outer?: OuterPacket | undefined;
  readonly mtu?: number | undefined;
  readonly steps: Step[];
}

/** Hops as they are made. `fresh` is undefined for replies: no policy judges them (rule E7), conntrack restores them. */
function startWalk(
  dataplane: Dataplane,
  knownConntrack: Conntrack,
  fresh: { readonly filter: Filter; readonly pick: Picker } | undefined,
) {
  const hops: HopInTheMaking[] = [];
  let conntrack = knownConntrack;
  let receiver: NetNamespace | undefined;
  const filter = fresh?.filter;
  const isReply = fresh === undefined;

  const arrive = (
    place: Place,
    device: string,
    movement: Hop['movement'],
    packet: Packet,
    more: { readonly outer?: OuterPacket; readonly mtu?: number | undefined } = {},
  ): void => {
    hops.push({ place, device, movement, packet, ...more, steps: [] });
  };
  /** Adds the step to the hop where the packet is, and returns the packet as it goes on. */
  const take = (step: Step): Packet => {
    hops.at(-1)?.steps.push(step);
    return step.after;
  };
  /** Takes a step that leaves the packet as it is. @returns whether the packet ended with it. */
  const ends = (step: Step): boolean => {
    take(step);
    return step.causesDrop;
  };
  /** The capture on an outgoing device, loopback too, shows the packet after POSTROUTING. */
  const reshow = (packet: Packet): void => {
    const hop = hops.at(-1);
    if (hop !== undefined) hop.packet = packet;
  };

  function sendNew(request: Request): void {
    const { from, sender, destination, destinationPort } = request;
    const who =
      sender === undefined ? from.label : `${sender.namespace}/${sender.name} (on ${from.label}'s network)`;
    const wanted = headerOf(request, destination, destinationPort);
    const asked = fresh && from.connect?.({ packet: wanted.packet, sentHere: true }, fresh.pick);
    if (asked?.kind === 'refuse') {
      arrive(from.place, 'lo', 'through', wanted.packet);
      take(refusal(wanted.packet, asked));
      return;
    }
    const header = asked === undefined ? wanted : headerOf(request, asked.chosen.address, asked.chosen.port);
    const { packet, route } = header;
    if (!header.hasSource) {
      arrive(from.place, route?.device.name ?? 'lo', 'out', packet);
      const reason = `${who} has no IPv${packet.destination.family} address to send from.`;
      take(route === undefined ? noRoute(packet, from.label) : drop(packet, 'no-route', reason));
      return;
    }
    if (route?.discards === true) {
      arrive(from.place, 'lo', 'out', packet);
      take(discarded(packet, from.label, route.text));
      return;
    }
    const first: Step[] = [];
    if (asked !== undefined)
      first.push(translate({ ...packet, destination, destinationPort }, packet, asked, true));
    const via = route === undefined ? ', an address of its own' : `, its address on ${route.device.name}`;
    first.push(send(packet, who, via, []));
    if (sender !== undefined && filter !== undefined)
      first.push(applyPolicy(packet, filter('egress', sender, packet)));
    const made = { netns: from, entered: packet, packet, sentHere: true };
    const translated = asked === undefined ? translateNew(made) : undefined;
    if (translated?.step !== undefined) first.push(translated.step);
    const { mark, refusal: later } = translated ?? {};
    emit({ ...made, packet: translated?.step?.after ?? packet, mark, refusal: later }, first);
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
      const sent = { ...visit, packet: leaveBy(visit, loopback) };
      reshow(sent.packet);
      if (!refused(sent)) receive(sent);
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
    const { device, nextHop } = route;
    arrive(visit.netns.place, device.name, 'out', visit.packet, { mtu: device.mtu });
    for (const step of steps) take(step);
    switch (device.kind) {
      case 'bridge': {
        leaveByBridge(visit, device, nextHop);
        return;
      }
      case 'veth': {
        leaveByVeth(visit, device, nextHop);
        return;
      }
      case 'bridged-veth': {
        leaveByBridgedVeth(visit, device, nextHop);
        return;
      }
      case 'uplink': {
        const packet = leaveBy(visit, device);
        reshow(packet);
        crossWire(packet, nextHop, visit.netns.label);
        return;
      }
      case 'tunnel': {
        leaveByTunnel(visit, device, nextHop);
        return;
      }
    }
  }

  function leaveByBridge(visit: Visit, device: BridgeDevice, nextHop: NextHop): void {
    const port = device.portOf(nextHop);
    if (port !== undefined && stoppedOnOutput(visit, port.pod)) return;
    const packet = leaveBy(visit, device);
    if (port === undefined) {
      take(nobodyAnswers(packet, visit.netns.label, device.name));
      return;
    }
    reshow(packet);
    arrive(visit.netns.place, port.name, 'out', packet);
    take(switchTo(packet, device.name, port.name, `the veth of ${keyOf(port.pod)}`));
    enterPod(port.pod, packet);
  }

  function leaveByVeth(visit: Visit, device: VethDevice, nextHop: NextHop): void {
    if (device.pod !== undefined && stoppedOnOutput(visit, device.pod)) return;
    const packet = leaveBy(visit, device);
    const far = device.answersFor(nextHop) ? device.peer() : undefined;
    if (far === undefined) {
      take(nobodyAnswers(packet, visit.netns.label, device.name));
      return;
    }
    reshow(packet);
    arrive(far.netns.place, far.device, 'in', packet);
    enter({ netns: far.netns, entered: packet, packet, fromPod: visit.netns.pod });
  }

  function leaveByBridgedVeth(visit: Visit, { bridge, port, name }: BridgedVeth, nextHop: NextHop): void {
    if (!bridge.owns(nextHop) && bridge.portOf(nextHop) === undefined)
      take(nobodyAnswers(visit.packet, visit.netns.label, name));
    else enterBridge(port, bridge, visit.packet, nextHop);
  }

  function leaveByTunnel(visit: Visit, device: TunnelDevice, nextHop: NextHop): void {
    const packet = leaveBy(visit, device);
    reshow(packet);
    const way = device.far(nextHop);
    if (way === undefined) {
      take(nobodyAnswers(packet, visit.netns.label, device.name));
      return;
    }
    const { near, far, exit } = way;
    const { encapsulation } = device;
    const outer: OuterPacket = {
      encapsulation,
      source: near.address,
      destination: far.address,
      ttl: initialTtl,
    };
    take(encapsulate(packet, device.name, outer));
    const uplink = near.node.routeTo(far.address)?.device;
    arrive(near.node.place, uplink?.name ?? 'eth0', 'out', packet, { outer, mtu: uplink?.mtu });
    arrive({ kind: 'fabric' }, 'wire', 'through', packet, { outer });
    arrive(far.node.place, uplink?.name ?? 'eth0', 'in', packet, { outer });
    take(decapsulate(packet, exit.device, outer));
    arrive(exit.netns.place, exit.device, 'in', packet);
    enter({ netns: exit.netns, entered: packet, packet });
  }

  function crossWire(packet: Packet, nextHop: NextHop, owner: string): void {
    const answer = dataplane.wire(packet, nextHop);
    if (answer.kind === 'node') {
      arrive({ kind: 'fabric' }, 'wire', 'through', packet);
      arrive(answer.netns.place, 'eth0', 'in', packet);
      enter({ netns: answer.netns, entered: packet, packet });
    } else if (answer.kind === 'gateway') {
      arrive({ kind: 'outside' }, 'gateway', 'in', packet);
      const stray = dataplane.strayReason(packet);
      if (stray !== undefined) {
        take(drop(packet, stray.cause, stray.reason));
        return;
      }
      take(leave(packet));
      receiver = dataplane.outside(packet.destination);
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
    take(switchTo(visit.packet, bridge.name, to.name, `the veth of ${keyOf(to.pod)}`));
    const packet = bridge.netfilter ? leaveBy(visit, bridge) : visit.packet;
    reshow(packet);
    enterPod(to.pod, packet);
  }

  function enterPod(pod: Pod, packet: Packet): void {
    const netns = dataplane.ofPod(pod);
    if (netns === undefined) return;
    arrive(netns.place, 'eth0', 'in', packet);
    receive({ netns, entered: packet, packet });
  }

  /** The packet came in by a device of a namespace, whose hop is already there. */
  function enter(visit: Visit): void {
    if (visit.netns.rules === undefined) {
      receive(visit);
      return;
    }
    const passed = prerouting(visit);
    if (passed !== undefined) decide(passed);
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
    const translated = translateNew(visit);
    if (translated === undefined) return visit;
    const { step, mark, refusal: later } = translated;
    if (step === undefined) return { ...visit, refusal: later };
    const after = take(step);
    return step.causesDrop ? undefined : { ...visit, packet: after, mark };
  }

  /** @returns whether kube-proxy's filter chains refused the packet. */
  function refused({ packet, refusal: by }: Visit): boolean {
    return by !== undefined && ends(refusal(packet, by));
  }

  /** The routing decision for a packet that came in: for this namespace, or to be passed on. */
  function decide(visit: Visit): void {
    const { netns, packet } = visit;
    if (netns.isLocal(packet.destination)) {
      const virtual = fresh === undefined ? undefined : netns.rules?.input?.(arrivalOf(visit), fresh.pick);
      if (virtual === undefined) {
        input(visit);
        return;
      }
      if (virtual.kind === 'refuse') {
        take(refusal(packet, virtual));
        return;
      }
      const after = take(translate(packet, towards(packet, virtual.chosen), virtual, false));
      pass({ ...visit, packet: after, mark: virtual.mark });
      return;
    }
    pass(visit);
  }

  /** INPUT: a packet that came in is for this namespace itself. */
  function input(visit: Visit): void {
    const { netns, packet, fromPod } = visit;
    if (refused(visit)) return;
    if (fromPod !== undefined && filter !== undefined) {
      if (ends(applyPolicy(packet, filter('egress', fromPod, packet)))) return;
    }
    if (!isReply) conntrack = remember(conntrack, netns.id, visit.entered, packet);
    receive({ ...visit, packet: restoredSource(visit) });
  }

  /** The packet goes on to another namespace, by FORWARD. */
  function pass(visit: Visit): void {
    const { netns, packet } = visit;
    const route = netns.routeTo(packet.destination);
    if (route === undefined) {
      take(noRoute(packet, netns.label));
      return;
    }
    if (route.discards === true) {
      take(discarded(packet, netns.label, route.text));
      return;
    }
    if (!netns.forwards) {
      const reason = `${netns.label} does not pass packets on: net.ipv4.ip_forward is 0.`;
      take(drop(packet, 'not-forwarding', reason));
      return;
    }
    if (packet.ttl <= 1) {
      take(drop(packet, 'ttl-expired', `TTL is used up at ${netns.label}.`));
      return;
    }
    const { device } = route;
    const whose =
      device.kind === 'veth' && device.pod !== undefined ? `the port of ${keyOf(device.pod)}` : 'its port';
    const step =
      route.switched === true
        ? switchTo(packet, netns.label, device.name, whose)
        : forward(packet, netns.label, route);
    const passed = { ...visit, packet: take(step) };
    if (refused(passed)) return;
    if (!judge(passed, podBehind(route))) transmit(passed, route, []);
  }

  /** FORWARD: egress of the pod it comes from, ingress of the pod it goes to. @returns whether a policy dropped it. */
  function judge(visit: Visit, to: Pod | undefined): boolean {
    if (filter === undefined) return false;
    const { fromPod, packet } = visit;
    if (fromPod !== undefined && ends(applyPolicy(packet, filter('egress', fromPod, packet)))) return true;
    return to !== undefined && ends(applyPolicy(packet, filter('ingress', to, packet)));
  }

  /** A process of the node sends to a pod of its own: FORWARD is not passed, the ingress policies are asked all the same. */
  function stoppedOnOutput({ sentHere, packet }: Visit, to: Pod): boolean {
    return (
      sentHere === true && filter !== undefined && ends(applyPolicy(packet, filter('ingress', to, packet)))
    );
  }

  /** POSTROUTING, and what conntrack remembers of this visit. @returns the packet as it leaves. */
  function leaveBy(visit: Visit, device: Device): Packet {
    const { netns, packet, mark } = visit;
    if (netns.rules === undefined) return packet;
    if (isReply) return restoredSource(visit);
    const decision = netns.rules.masquerade(packet, device, mark);
    const step = decision && masqueradeStep(packet, decision, netns.sourceFor(device, packet.source.family));
    const left = step?.after ?? packet;
    conntrack = remember(conntrack, netns.id, visit.entered, left);
    return step === undefined ? left : take(step);
  }

  function restoredSource(visit: Visit): Packet {
    const { netns, packet, entered } = visit;
    if (!isReply || netns.rules === undefined) return packet;
    const restored = restoreSource(conntrack, netns.id, entered, packet);
    return restored === packet ? packet : take(restore(packet, restored, 'source'));
  }

  function translateNew(visit: Visit): Translated | undefined {
    const { netns, packet } = visit;
    const decision = fresh && netns.rules?.translate(arrivalOf(visit), fresh.pick);
    if (decision === undefined) return undefined;
    if (decision.kind === 'refuse')
      return decision.where === 'filter' ? { refusal: decision } : { step: refusal(packet, decision) };
    const step = translate(packet, towards(packet, decision.chosen), decision, false);
    return { step, mark: decision.mark };
  }

  /** The packet reached a namespace that it is for, or that does not forward. */
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

  return { sendNew, sendAnswer, finish: (): Walk => ({ hops, receiver, conntrack }) };
}

/** What POSTROUTING sees as the outgoing device of a packet that stays in its namespace. */
const loopback: Device = { kind: 'uplink', name: 'lo' };

function arrivalOf({ packet, sentHere }: Visit): { readonly packet: Packet; readonly sentHere: boolean } {
  return { packet, sentHere: sentHere === true };
}

/** What the rules do at once, and what they will do to the packet later. */
interface Translated {
  readonly step?: Step;
  readonly mark?: Mark | undefined;
  readonly refusal?: Visit['refusal'];
}

function refusal(packet: Packet, { how, cause, reason, evidence }: Translation & { kind: 'refuse' }): Step {
  return refuse(packet, how, cause, reason, evidence);
}

/** The header that `from` would send to this destination; without a source where it has no address of the family. */
function headerOf(
  { from, sourcePort, protocol }: Request,
  destination: Ip,
  destinationPort: number,
): { readonly packet: Packet; readonly route: Route | undefined; readonly hasSource: boolean } {
  const route = from.isLocal(destination) ? undefined : from.routeTo(destination);
  const source =
    route === undefined ? ownSource(from, destination) : from.sourceFor(route.device, destination.family);
  const packet: Packet = {
    source: source ?? destination,
    sourcePort: protocol === 'ICMP' ? 0 : sourcePort,
    destination,
    destinationPort,
    protocol,
    ttl: initialTtl,
  };
  return { packet, route, hasSource: source !== undefined };
}

/** A namespace that sends to itself uses the very address, and loopback for loopback (spec R1). */
function ownSource(netns: NetNamespace, destination: Ip): Ip | undefined {
  if (isLoopback(destination)) return parseIp(destination.family === 4 ? '127.0.0.1' : '::1');
  return netns.isLocal(destination) ? destination : undefined;
}

function outgoingName(netns: NetNamespace, packet: Packet): string {
  return netns.routeTo(packet.destination)?.device.name ?? 'lo';
}

/** The pod that the route leads to at once, on this very node. */
function podBehind({ device, nextHop }: Route): Pod | undefined {
  if (device.kind === 'bridge') return device.portOf(nextHop)?.pod;
  return device.kind === 'veth' ? device.pod : undefined;
}

function sameDestination(a: Packet, b: Packet): boolean {
  return a.destination.text === b.destination.text && a.destinationPort === b.destinationPort;
}

/** @param own the address of the outgoing device; undefined: there is none to masquerade by, the packet stays as it is. */
function masqueradeStep(packet: Packet, decision: Masquerading, own: Ip | undefined): Step | undefined {
  if (decision.kind === 'spare') return masqueradeSkipped(packet, decision.rule, []);
  const address = decision.address ?? own;
  return address && masquerade(packet, address, portAfter(decision, packet), decision.rule, []);
}

/** The port the kernel would pick at random is stood for by another one, the same on every run. ICMP has none. */
function portAfter({ keepsPort }: Masquerading & { kind: 'rewrite' }, { sourcePort }: Packet): number {
  return keepsPort === true || sourcePort === 0 ? sourcePort : 1024 + ((sourcePort * 7919) % 31_744);
}
