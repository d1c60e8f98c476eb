// Answers: which boxes does a way pass, and what stands in them? Consecutive hops at one place are one lane; a destination
// that was not reached gets a lane of its own, so that the reader sees what is missing, and so does a host outside that is not
// traced. A proxy has a lane in both of its connections. A pod's box shows the pause container and the containers around the
// one network namespace that they share (spec A1).
import type { Hop, Place } from '../dataplane/step';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf, type ObjectKey } from '../model/objects';
import type { Container, Pod } from '../model/pod';
import { sandboxOf } from '../model/sandbox';
import type { ResolvedEnd } from '../trace/trace';
import { endsConnection, openingWords } from './traceSteps';
import type { ContainerView, LaneView, LegView, PodBoxView } from './traceViewShape';
import { addressProvenance, hopPlaceWords, isGateway, linkOf, placeWords } from './traceWords';

export interface LaneEnds {
  /** The pod that sends this leg; undefined: a node process, or somebody outside. */
  readonly sender: ObjectKey | undefined;
  /** The address of a client outside, which a load balancer may stand in for. */
  readonly client: string | undefined;
  /** Where this leg should end; undefined: at whoever it reaches. */
  readonly destination: ResolvedEnd | undefined;
  /** The last hop is not the destination, although nothing dropped the packet: a proxy had nowhere to go on to. */
  readonly endsShort: boolean;
}

/** The lanes in the order of travel. */
export function lanesOf(
  hops: readonly Hop[],
  kind: LegView['kind'],
  cluster: Cluster,
  ends: LaneEnds,
): readonly LaneView[] {
  const lanes: LaneView[] = [];
  let key: string | undefined;
  let connection = 0;
  for (const [index, hop] of hops.entries()) {
    const before = hops[index - 1];
    const opens = before !== undefined && endsConnection(before);
    if (opens) connection++;
    const here = hopPlaceWords(hop);
    const last = lanes.at(-1);
    if (last !== undefined && here === key && !opens) {
      lanes[lanes.length - 1] = { ...last, hops: [...last.hops, index] };
      continue;
    }
    const lane = laneAt(hop, cluster, `lane-${lanes.length}`, ends.client);
    lanes.push({
      ...lane,
      ...(opens ? { subtitle: openingWords[kind], pods: [] } : {}),
      hops: [index],
      connection,
    });
    key = here;
  }
  const id = `lane-${lanes.length}`;
  const more = missedLane(hops, cluster, ends, id) ?? beyondLane(hops, id, ends.client);
  const seated = seatHostPods(lanes, hops, cluster, ends);
  return more === undefined ? seated : [...seated, { ...more, connection }];
}

function laneAt(hop: Hop, cluster: Cluster, id: string, client: string | undefined): LaneView {
  const { place } = hop;
  if (isGateway(hop)) return gatewayLane(id);
  if (place.kind === 'outside') return hostLane(id, hop.packet.source.text, client);
  return insideLane(place, hop, cluster, id);
}

function insideLane(
  place: Exclude<Place, { kind: 'outside' }>,
  { outer }: Pick<Hop, 'outer'>,
  cluster: Cluster,
  id: string,
): LaneView {
  const base = { id, title: placeWords(place), pods: [], hops: [], reached: true, connection: 0 };
  switch (place.kind) {
    case 'pod': {
      const pod = lookupOf(cluster).pod(`${place.namespace}/${place.name}`);
      return {
        ...base,
        kind: 'pod',
        subtitle: `on ${place.node}`,
        pods: pod === undefined ? [] : [podBox(pod, [])],
        link: linkOf(pod?.nameAt ?? pod?.at),
      };
    }
    case 'node': {
      const node = lookupOf(cluster).node(place.name);
      const address = node?.addresses[0];
      return {
        ...base,
        kind: 'node',
        subtitle: address?.value.text,
        provenance: address && addressProvenance(address.provenance),
        link: linkOf(node?.nameAt ?? node?.at),
      };
    }
    case 'fabric':
      return {
        ...base,
        kind: 'wire',
        title: outer === undefined ? 'wire' : `${outer.encapsulation.kind} tunnel`,
      };
  }
}

function gatewayLane(id: string): LaneView {
  const subtitle = 'stands for all routers on the way';
  return { ...emptyLane, id, kind: 'gateway', title: 'gateway', subtitle };
}

function hostLane(id: string, address: string, client: string | undefined): LaneView {
  const standsIn = client !== undefined && client !== address;
  const subtitle = standsIn ? `load balancer, in place of ${client}` : 'outside the cluster';
  return { ...emptyLane, id, kind: 'outside', title: address, subtitle };
}

const emptyLane = { pods: [], hops: [], reached: true, connection: 0 } as const;

/** The host that a packet leaves for: nobody knows what happens there, but the reader sees where it is meant to go. */
function beyondLane(hops: readonly Hop[], id: string, client: string | undefined): LaneView | undefined {
  const last = hops.at(-1)?.steps.at(-1);
  if (last?.kind !== 'leave') return undefined;
  return hostLane(id, last.after.destination.text, client);
}

/** hostNetwork pods live in their node's namespace: each stands in the lanes where it sends or receives. */
function seatHostPods(
  lanes: readonly LaneView[],
  hops: readonly Hop[],
  cluster: Cluster,
  ends: LaneEnds,
): readonly LaneView[] {
  const lookup = lookupOf(cluster);
  let senders: readonly ObjectKey[] = ends.sender === undefined ? [] : [ends.sender];
  return lanes.map((lane, index): LaneView => {
    const own = lane.hops.flatMap((hop) => hops[hop]?.steps ?? []);
    const delivered = own.find((step) => step.kind === 'deliver');
    const listeners = delivered?.listeners ?? [];
    if (lane.kind === 'pod') {
      const pod = lane.pods[0] && lookup.pod(lane.pods[0].key);
      return pod === undefined || delivered === undefined
        ? lane
        : { ...lane, pods: [podBox(pod, listeners)] };
    }
    if (lane.kind !== 'node') return lane;
    const receivers =
      delivered === undefined
        ? []
        : [
            ...(index === lanes.length - 1 && ends.destination?.pod !== undefined
              ? [ends.destination.pod]
              : []),
            ...listeners.flatMap((name) =>
              name.includes('/') ? [name.split('/').slice(0, 2).join('/')] : [],
            ),
          ];
    const sends = own.some((step) => step.kind === 'send');
    const keys = [...(sends ? senders : []), ...receivers];
    if (receivers.length > 0) senders = receivers;
    const pods = [...new Set(keys)].flatMap((key) => {
      const pod = lookup.pod(key);
      return pod?.spec.hostNetwork === true ? [podBox(pod, listeners)] : [];
    });
    return { ...lane, pods };
  });
}

/** A lane for the destination that the packet never came to; undefined when the way ends there, or outside. */
function missedLane(
  hops: readonly Hop[],
  cluster: Cluster,
  { destination, endsShort }: LaneEnds,
  id: string,
): LaneView | undefined {
  const last = hops.at(-1);
  const stopped = last?.steps.at(-1)?.causesDrop === true || endsShort;
  if (last === undefined || !stopped || destination === undefined) return undefined;
  const missed = { ...emptyLane, id, reached: false };
  const pod = destination.pod === undefined ? undefined : lookupOf(cluster).pod(destination.pod);
  if (pod !== undefined && !pod.spec.hostNetwork) {
    if (last.place.kind === 'pod' && keyOf(last.place) === keyOf(pod)) return undefined;
    return {
      ...missed,
      kind: 'pod',
      title: `pod ${keyOf(pod)}`,
      subtitle: pod.node === undefined ? undefined : `on ${pod.node.value}`,
      pods: [podBox(pod, [])],
      link: linkOf(pod.nameAt ?? pod.at),
    };
  }
  const node = pod?.node?.value ?? destination.node;
  if (node !== undefined) {
    if (last.place.kind === 'node' && last.place.name === node) return undefined;
    return {
      ...insideLane({ kind: 'node', name: node }, {}, cluster, id),
      pods: pod === undefined ? [] : [podBox(pod, [])],
      reached: false,
    };
  }
  const isService = destination.label.startsWith('Service ');
  return {
    ...missed,
    kind: isService ? 'service' : 'outside',
    title: destination.label,
    subtitle: destination.address === destination.label ? undefined : destination.address,
    link: linkOf(destination.at),
  };
}

/** @param listeners names of the containers that declare the port; on a node `namespace/pod/container`. */
function podBox(pod: Pod, listeners: readonly string[]): PodBoxView {
  const address = pod.addresses[0];
  const { hostNetwork } = pod.spec;
  const sandbox = sandboxOf(pod.spec);
  const held = sandbox.heldByPause.length === 0 ? 'holds nothing' : `holds ${sandbox.heldByPause.join(', ')}`;
  return {
    key: keyOf(pod),
    address: address?.value.text,
    provenance: address && addressProvenance(address.provenance),
    netns: hostNetwork ? 'the node’s network namespace' : 'one network namespace',
    hostNetwork,
    pause: sandbox.pauseReaps ? `${held}; PID 1 of the pod` : held,
    containers: [...pod.spec.containers]
      .sort((a, b) => roleOrder[a.role] - roleOrder[b.role])
      .map((container) => containerView(pod, container, listeners)),
    link: linkOf(pod.nameAt ?? pod.at),
  };
}

const roleOrder: Readonly<Record<Container['role'], number>> = { app: 0, sidecar: 1, init: 2, ephemeral: 3 };

function containerView(pod: Pod, container: Container, listeners: readonly string[]): ContainerView {
  const names = pod.spec.hostNetwork ? `${keyOf(pod)}/${container.name}` : container.name;
  return {
    name: container.name,
    role: container.role,
    ports: container.ports.map((port) => `${port.protocol} ${port.containerPort}`),
    listens: listeners.includes(names),
  };
}
