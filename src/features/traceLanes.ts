// Answers: which boxes does a way pass, and what stands in them? Consecutive hops at one place are one lane; a destination
// that was not reached gets a lane of its own, so that the reader sees what is missing. A pod's box shows the pause
// container and the containers around the one network namespace that they share (spec A1).
import type { Hop, Place } from '../dataplane/step';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf, type ObjectKey } from '../model/objects';
import type { Container, Pod } from '../model/pod';
import { sandboxOf } from '../model/sandbox';
import type { ResolvedEnd } from '../trace/trace';
import type { ContainerView, LaneView, PodBoxView } from './traceViewShape';
import { addressProvenance, linkOf, placeWords } from './traceWords';

export interface LaneEnds {
  /** The pod that sends this leg; undefined: a node process. */
  readonly sender: ObjectKey | undefined;
  /** Where this leg should end; undefined: at whoever it reaches. */
  readonly destination: ResolvedEnd | undefined;
}

/** The lanes in the order of travel. */
export function lanesOf(hops: readonly Hop[], cluster: Cluster, ends: LaneEnds): readonly LaneView[] {
  const lanes: LaneView[] = [];
  let places: Place[] = [];
  for (const [index, hop] of hops.entries()) {
    const last = lanes.at(-1);
    const place = places.at(-1);
    if (last !== undefined && place !== undefined && samePlace(place, hop.place)) {
      lanes[lanes.length - 1] = { ...last, hops: [...last.hops, index] };
    } else {
      places = [...places, hop.place];
      lanes.push({ ...laneAt(hop.place, cluster, `lane-${lanes.length}`), hops: [index] });
    }
  }
  const seated = seatHostPods(lanes, hops, cluster, ends);
  const missing = missedLane(hops, cluster, ends.destination, `lane-${lanes.length}`);
  return missing === undefined ? seated : [...seated, missing];
}

function laneAt(place: Place, cluster: Cluster, id: string): LaneView {
  const base = { id, title: placeWords(place), pods: [], hops: [], reached: true };
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
      return { ...base, kind: 'wire', title: 'wire' };
    case 'outside':
      return { ...base, kind: 'outside', title: 'outside', subtitle: 'beyond the gateway' };
  }
}

/** hostNetwork pods live in their node's namespace: the first node lane may send for one, the last receive for some. */
function seatHostPods(
  lanes: readonly LaneView[],
  hops: readonly Hop[],
  cluster: Cluster,
  ends: LaneEnds,
): readonly LaneView[] {
  const lookup = lookupOf(cluster);
  const listeners = listenersOf(hops);
  const receivers = new Set([
    ...(ends.destination?.pod === undefined ? [] : [ends.destination.pod]),
    ...listeners.flatMap((name) => (name.includes('/') ? [name.split('/').slice(0, 2).join('/')] : [])),
  ]);
  const delivered = hops.at(-1)?.steps.at(-1)?.kind === 'deliver';
  return lanes.map((lane, index): LaneView => {
    if (lane.kind === 'pod' && delivered && index === lanes.length - 1) {
      const pod = lane.pods[0] && lookup.pod(lane.pods[0].key);
      return pod === undefined ? lane : { ...lane, pods: [podBox(pod, listeners)] };
    }
    if (lane.kind !== 'node') return lane;
    const keys = [
      ...(index === 0 && ends.sender !== undefined ? [ends.sender] : []),
      ...(index === lanes.length - 1 && delivered ? receivers : []),
    ];
    const pods = [...new Set(keys)].flatMap((key) => {
      const pod = lookup.pod(key);
      return pod?.spec.hostNetwork === true ? [podBox(pod, listeners)] : [];
    });
    return { ...lane, pods };
  });
}

function listenersOf(hops: readonly Hop[]): readonly string[] {
  const last = hops.at(-1)?.steps.at(-1);
  return last?.kind === 'deliver' ? last.listeners : [];
}

/** A lane for the destination that a dropped packet never came to; undefined when the way ends there, or outside. */
function missedLane(
  hops: readonly Hop[],
  cluster: Cluster,
  destination: ResolvedEnd | undefined,
  id: string,
): LaneView | undefined {
  const last = hops.at(-1);
  const stopped = last?.steps.at(-1)?.causesDrop === true;
  if (last === undefined || !stopped || destination === undefined) return undefined;
  const missed = { id, pods: [], hops: [], reached: false };
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
      ...laneAt({ kind: 'node', name: node }, cluster, id),
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

function samePlace(a: Place, b: Place): boolean {
  return placeWords(a) === placeWords(b);
}
