// Answers: what would a real cluster fill in where the input is silent? Ranges, nodes, pods of workloads, their nodes and
// addresses, ClusterIPs, node ports and endpoint slices, in this order. What the input states or a cluster reported always
// wins; everything made here is marked simulated (or inferred) and says why.
// Deterministic: the same input gives the same cluster. Stable: a pod's node depends on its own workload and the nodes
// only (draw.ts and scheduling.ts state the two exceptions: equal draws and equal host ports), and with `previous` given
// not even these move a bystander.
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import { keptList, keptObject, keptValue, sameValue } from '../model/kept';
import { lookupOf } from '../model/lookup';
import type { Node } from '../model/node';
import { byNamespaceAndName, keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Problem } from '../model/problem';
import type { Service } from '../model/service';
import type { Fact } from '../model/source';
import { simulated } from '../model/source';
import { finish, sortInSteps } from '../model/steps';
import { tableOf } from '../model/tables';
import { withApiServer } from './apiServer';
import { withSlices } from './endpointSlices';
import { planNetwork } from './network';
import { simulateNodes, takesPods } from './nodes';
import { drawPodAddresses, takenAddresses } from './podAddresses';
import type { Placement } from './scheduling';
import { schedule } from './scheduling';
import { withServiceAddresses } from './serviceAddresses';
import type { SimulationSettings } from './settings';
import type { PodPlan } from './workloads';
import { planOfPod, podsOfWorkloads } from './workloads';

export interface Simulation {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
}

/**
 * The cluster with everything filled in. Total: never throws.
 * @param previous the last result for the same source, if any: simulated pods and Services keep what it gave them, and
 * whatever is the same as there is the very same object: pods, nodes, Services, slices, whole lists.
 */
export function simulate(cluster: Cluster, settings: SimulationSettings, previous?: Cluster): Simulation {
  return finish(simulateInSteps(cluster, settings, previous));
}

/** The same in steps of a few milliseconds; abandoning it leaves nothing behind. */
export function* simulateInSteps(
  cluster: Cluster,
  settings: SimulationSettings,
  previous?: Cluster,
): Generator<void, Simulation, void> {
  const same = previous && unchanged(cluster, settings, previous);
  if (same !== undefined) return same;
  const network = planNetwork(cluster, settings);
  yield;
  const { nodes, problems: nodeProblems } = simulateNodes(cluster, network, settings, previous?.nodes ?? []);
  yield;
  const observed = cluster.pods.filter((pod) => pod.provenance === 'observed');
  const written = cluster.pods.filter((pod) => pod.provenance !== 'observed');
  const open = openNodes(nodes);
  const made = yield* podsOfWorkloads(cluster, open);
  const plans = [...written.map(planOfPod), ...made.plans];
  yield;
  const earlier = earlierPods(previous);
  yield;

  const placements = yield* schedule(plans, observed, open, (plan) => earlier(plan)?.node?.value);
  const nodeNamed = new Map(nodes.map((node) => [node.name, node]));
  const nodeOf = (plan: PodPlan): Node | undefined => nodeNamed.get(placements.get(plan)?.node?.value ?? '');
  const addresses = yield* drawPodAddresses(
    plans,
    nodeOf,
    network,
    () => takenAddresses(cluster.pods, nodes),
    (plan) => earlier(plan)?.addresses ?? [],
  );
  const filled = [...observed];
  for (const [index, plan] of plans.entries()) {
    if (index % podsPerStep === podsPerStep - 1) yield;
    filled.push(fillIn(plan, placements.get(plan), addresses.get(plan), nodeOf(plan), earlier(plan)));
  }
  yield;
  const pods = keptList(previous?.pods, yield* sortInSteps(filled, byNamespaceAndName));
  yield;

  const { services: known, namespaces } = withApiServer(cluster, nodes);
  const services = yield* withServiceAddresses(known, network, earlierServices(previous));
  const complete: Cluster = {
    ...cluster,
    network: keptValue(previous?.network, network.network),
    nodes,
    namespaces: keptList(previous?.namespaces, namespaces),
    pods,
    services: keptList(previous?.services, services.services),
  };
  const slices = keptList(previous?.slices, yield* withSlices(complete, network));
  const simulation = {
    cluster: keptObject(previous, { ...complete, slices }),
    problems: [...nodeProblems, ...made.problems, ...addressProblems(pods), ...services.problems],
  };
  origins.set(simulation.cluster, { input: cluster, settings, problems: simulation.problems });
  return simulation;
}

interface Origin {
  readonly input: Cluster;
  readonly settings: SimulationSettings;
  readonly problems: readonly Problem[];
}

/** What a result was made from. */
const origins = new WeakMap<Cluster, Origin>();

/** What is filled in follows from these lists, and from the ranges of the network. */
const read = ['network', 'nodes', 'namespaces', 'workloads', 'pods', 'services', 'slices'] as const;

/** The result where nothing that is read here differs from what the previous one was made from, as when a policy is edited. */
function unchanged(
  cluster: Cluster,
  settings: SimulationSettings,
  previous: Cluster,
): Simulation | undefined {
  const origin = origins.get(previous);
  if (origin === undefined || !sameValue(origin.settings, settings)) return undefined;
  if (read.some((list) => origin.input[list] !== cluster[list])) return undefined;
  const { network, nodes, namespaces, pods, services, slices } = previous;
  const made = { ...cluster, network, nodes, namespaces, pods, services, slices };
  const simulation = { cluster: keptObject(previous, made), problems: origin.problems };
  origins.set(simulation.cluster, { input: cluster, settings, problems: origin.problems });
  return simulation;
}

/** A step over so many pods takes a few milliseconds. */
const podsPerStep = 1000;

/** The nodes that the scheduler uses: the same list as long as the nodes are. */
const openNodes = tableOf((nodes: readonly Node[]) => nodes.filter(takesPods));

/** The simulated pod of the previous result that the plan is for. A pod that changed its owner is another pod. */
function earlierPods(previous: Cluster | undefined): (plan: PodPlan) => Pod | undefined {
  if (previous === undefined) return () => undefined;
  const before = lookupOf(previous);
  return ({ pod, key }) => {
    const same = before.pod(key);
    return same !== undefined &&
      same.provenance !== 'observed' &&
      same.owner?.kind === pod.owner?.kind &&
      same.owner?.name === pod.owner?.name
      ? same
      : undefined;
  };
}

function earlierServices(previous: Cluster | undefined): (service: Service) => Service | undefined {
  if (previous === undefined) return () => undefined;
  const before = lookupOf(previous);
  return (service) => before.service(keyOf(service));
}

const running = simulated('Running' as const, 'taken to run: it is scheduled and no cluster says otherwise');
const nextRun = simulated('Running' as const, 'taken to run: as the next run of its CronJob would make it');
const isReady = simulated(true, 'taken to be ready: it is scheduled and no cluster says otherwise');
const deleted = simulated(false, 'it is being deleted');
const notScheduled = simulated(false, 'it is not scheduled');

/** The pod that a filled one was made from. */
const unfilled = new WeakMap<Pod, Pod>();

/** The pod with its node, addresses and state; what its manifest states of them stays. `before` when that is the same. */
function fillIn(
  { pod }: PodPlan,
  placement: Placement | undefined,
  drawn: readonly Fact<Ip>[] | undefined,
  node: Node | undefined,
  before: Pod | undefined,
): Pod {
  const addresses = pod.addresses.length > 0 ? pod.addresses : (drawn ?? []);
  const filled = {
    ...stateOf(pod, placement, addresses.length > 0),
    node: placement?.node,
    unscheduled: placement?.unscheduled,
    addresses,
    hostAddresses: pod.hostAddresses.length > 0 ? pod.hostAddresses : (node?.addresses ?? []),
  };
  if (before !== undefined && unfilled.get(before) === pod && sameFilled(before, filled)) return before;
  const made: Pod = { ...pod, ...filled };
  unfilled.set(made, pod);
  return made;
}

type Filled = Pick<Pod, 'phase' | 'ready' | 'node' | 'unscheduled' | 'addresses' | 'hostAddresses'>;

/** Most of it is the very same object, so that few words are compared. */
function sameFilled(a: Filled, b: Filled): boolean {
  return (
    sameValue(a.phase, b.phase) &&
    sameValue(a.ready, b.ready) &&
    sameValue(a.node, b.node) &&
    a.unscheduled === b.unscheduled &&
    sameValue(a.addresses, b.addresses) &&
    sameValue(a.hostAddresses, b.hostAddresses)
  );
}

/** A scheduled pod with an address is taken to run and be ready. */
function stateOf(
  pod: Pod,
  placement: Placement | undefined,
  addressed: boolean,
): Pick<Pod, 'phase' | 'ready'> {
  if (pod.phase.provenance === 'observed') return { phase: pod.phase, ready: pod.ready };
  if (placement?.node === undefined)
    return { phase: simulated('Pending', placement?.unscheduled), ready: notScheduled };
  if (!addressed) {
    const why = `node ${placement.node.value} has no address for it`;
    return { phase: simulated('Pending', why), ready: simulated(false, why) };
  }
  const phase = pod.owner?.kind === 'CronJob' ? nextRun : running;
  return { phase, ready: pod.terminating ? deleted : isReady };
}

/** One warning for each place in the files, however many pods come from it. */
function addressProblems(pods: readonly Pod[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const pod of pods) {
    if (pod.provenance === 'observed' || pod.node === undefined || pod.addresses.length > 0) continue;
    if (pod.nameAt === undefined || !isLive(pod)) continue;
    const message = `Pod ${pod.name} gets no address: the pod CIDR of node ${pod.node.value} is missing or used up.`;
    const place = `${pod.nameAt.file} ${pod.nameAt.document} ${pod.nameAt.line}`;
    if (!problems.has(place))
      problems.set(place, { code: 'pod.address', severity: 'warning', message, at: pod.nameAt });
  }
  return [...problems.values()];
}
