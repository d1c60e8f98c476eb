// Answers: what would a real cluster fill in where the input is silent? Ranges, nodes, pods of workloads, their nodes and
// addresses, ClusterIPs, node ports and endpoint slices, in this order. What the input states or a cluster reported always
// wins; everything made here is marked simulated (or inferred) and says why.
// Deterministic: the same input gives the same cluster. Stable: a pod's node depends on its own workload and the nodes
// only (draw.ts and scheduling.ts state the two exceptions: equal draws and equal host ports), and with `previous` given
// not even these move a bystander.
import type { Ip } from '../model/address';
import type { Cluster } from '../model/cluster';
import type { Node } from '../model/node';
import { byNamespaceAndName, keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import { isLive } from '../model/pod';
import type { Problem } from '../model/problem';
import type { Service } from '../model/service';
import type { Fact } from '../model/source';
import { simulated } from '../model/source';
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
 * @param previous the last result for the same source, if any: simulated pods and Services keep what it gave them.
 */
export function simulate(cluster: Cluster, settings: SimulationSettings, previous?: Cluster): Simulation {
  const network = planNetwork(cluster, settings);
  const { nodes, problems: nodeProblems } = simulateNodes(cluster, network, settings);
  const observed = cluster.pods.filter((pod) => pod.provenance === 'observed');
  const written = cluster.pods.filter((pod) => pod.provenance !== 'observed');
  const open = nodes.filter(takesPods);
  const made = podsOfWorkloads(cluster, open);
  const plans = [...written.map(planOfPod), ...made.plans];
  const earlier = earlierPods(previous, plans);

  const placements = schedule(plans, observed, open, (identity) => earlier(identity)?.node?.value);
  const nodeNamed = new Map(nodes.map((node) => [node.name, node]));
  const nodeOf = ({ identity }: PodPlan): Node | undefined =>
    nodeNamed.get(placements.get(identity)?.node?.value ?? '');
  const addresses = drawPodAddresses(
    plans,
    nodeOf,
    network,
    () => takenAddresses(cluster.pods, nodes),
    (identity) => earlier(identity)?.addresses ?? [],
  );
  const filled = plans.map((plan) =>
    fillIn(plan.pod, placements.get(plan.identity), addresses.get(plan.identity), nodeOf(plan)),
  );
  const pods = [...observed, ...filled].sort(byNamespaceAndName);

  const { services: known, namespaces } = withApiServer(cluster, nodes);
  const services = withServiceAddresses(known, network, earlierServices(previous));
  const complete: Cluster = {
    ...cluster,
    network: network.network,
    nodes,
    namespaces,
    pods,
    services: services.services,
  };
  return {
    cluster: { ...complete, slices: withSlices(complete, network) },
    problems: [...nodeProblems, ...made.problems, ...addressProblems(pods), ...services.problems],
  };
}

/** The simulated pods of the previous result, by today's identities. A pod that changed its owner is another pod. */
function earlierPods(
  previous: Cluster | undefined,
  plans: readonly PodPlan[],
): (identity: string) => Pod | undefined {
  if (previous === undefined) return () => undefined;
  const before = new Map(
    previous.pods.filter((pod) => pod.provenance !== 'observed').map((pod) => [keyOf(pod), pod]),
  );
  const byIdentity = new Map<string, Pod>();
  for (const { pod, identity } of plans) {
    const same = before.get(keyOf(pod));
    if (same !== undefined && same.owner?.kind === pod.owner?.kind && same.owner?.name === pod.owner?.name)
      byIdentity.set(identity, same);
  }
  return (identity) => byIdentity.get(identity);
}

function earlierServices(previous: Cluster | undefined): (service: Service) => Service | undefined {
  const before = new Map(previous?.services.map((service) => [keyOf(service), service]));
  return (service) => before.get(keyOf(service));
}

const running = simulated('Running' as const, 'taken to run: it is scheduled and no cluster says otherwise');
const nextRun = simulated('Running' as const, 'taken to run: as the next run of its CronJob would make it');
const isReady = simulated(true, 'taken to be ready: it is scheduled and no cluster says otherwise');
const deleted = simulated(false, 'it is being deleted');
const notScheduled = simulated(false, 'it is not scheduled');

/** The pod with its node, addresses and state; what its manifest states of them stays. */
function fillIn(
  pod: Pod,
  placement: Placement | undefined,
  drawn: readonly Fact<Ip>[] | undefined,
  node: Node | undefined,
): Pod {
  const addresses = pod.addresses.length > 0 ? pod.addresses : (drawn ?? []);
  const { phase, ready } = stateOf(pod, placement, addresses.length > 0);
  return {
    ...pod,
    phase,
    ready,
    node: placement?.node,
    unscheduled: placement?.unscheduled,
    addresses,
    hostAddresses: pod.hostAddresses.length > 0 ? pod.hostAddresses : (node?.addresses ?? []),
  };
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
