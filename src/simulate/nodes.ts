// Answers: which nodes has the cluster, with which addresses and which share of the pod network? Nodes of the input win
// (Node objects, cluster configurations, nodes seen through running pods); without any, the settings make some. A node
// that only a manifest's `nodeName` names is taken to exist for that pod; as nothing is known of its labels and taints,
// the scheduler does not use it, and so a pod that is bound to it moves no other. Shares are handed out in order, as the controller manager's
// range allocator does (pkg/controller/nodeipam); labels are those that the kubelet sets.
import type { Cidr, Family, Ip } from '../model/address';
import { cidr, offsetIp, overlaps } from '../model/address';
import type { Cluster } from '../model/cluster';
import { keptList, keptValue } from '../model/kept';
import type { Node, Taint } from '../model/node';
import { compareText } from '../model/objects';
import type { Problem } from '../model/problem';
import type { Fact } from '../model/source';
import { simulated } from '../model/source';
import type { NetworkPlan } from './network';
import type { ByFamily, SimulationSettings } from './settings';

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';
const controlPlaneTaint: Taint = { key: controlPlaneLabel, value: '', effect: 'NoSchedule' };

/**
 * All nodes by name, and a warning for each pod that names a node which the input does not have.
 * @param previous nodes of the last result; one that is as it was is the very same object.
 */
export function simulateNodes(
  cluster: Cluster,
  plan: NetworkPlan,
  settings: SimulationSettings,
  previous: readonly Node[],
): { readonly nodes: readonly Node[]; readonly problems: readonly Problem[] } {
  const told = toldNodes(cluster) ? [] : settingsNodes(settings);
  const known = new Map(told.map((node) => [node.name, node]));
  for (const node of cluster.nodes) known.set(node.name, merge(node, known.get(node.name)));
  const problems: Problem[] = [];
  for (const { value: name, provenance, at } of namedNodes(cluster)) {
    if (known.has(name)) continue;
    known.set(name, bareNode(name, provenance === 'observed' ? 'observed' : 'inferred'));
    if (told.length === 0 && provenance !== 'observed' && at !== undefined)
      problems.push({
        code: 'node.unknown',
        severity: 'warning',
        message: `No file has the node "${name}". It is taken to exist because a pod is bound to it.`,
        at,
      });
  }
  const nodes = withPodCidrs(withAddresses([...known.values()], cluster, plan, settings), plan, settings);
  const before = new Map(previous.map((node) => [node.name, node]));
  const kept = nodes
    .map((node) => keptValue(before.get(node.name), node))
    .sort((a, b) => compareText(a.name, b.name));
  return { nodes: keptList(previous, kept), problems };
}

/** @returns whether the scheduler and DaemonSets know the node; not so when only a `nodeName` names it. */
export function takesPods(node: Node): boolean {
  return node.provenance !== 'inferred';
}

/** @returns whether the node runs the control plane, by its role label (`master` before Kubernetes 1.24). */
export function isControlPlane(node: Node): boolean {
  return (
    Object.hasOwn(node.labels, controlPlaneLabel) ||
    Object.hasOwn(node.labels, 'node-role.kubernetes.io/master')
  );
}

/** Whether the input tells the nodes: it has Node objects or a cluster configuration, or running pods are on nodes. */
function toldNodes(cluster: Cluster): boolean {
  return (
    cluster.nodes.some((node) => node.provenance === 'observed' || node.provenance === 'declared') ||
    cluster.pods.some((pod) => pod.provenance === 'observed' && pod.node !== undefined)
  );
}

function settingsNodes(settings: SimulationSettings): readonly Node[] {
  const names = (count: number, nameOf: (index: number) => string): readonly string[] =>
    Array.from({ length: count }, (_, index) => nameOf(index + 1));
  const controlPlanes = names(settings.controlPlanes, (index) =>
    index === 1 ? 'control-plane' : `control-plane-${index}`,
  );
  const workers = names(settings.workers, (index) => `worker-${index}`);
  return [
    ...controlPlanes.map((name): Node => {
      const node = bareNode(name, 'simulated');
      // As kind does: alone, the control plane takes pods too.
      return {
        ...node,
        labels: { ...node.labels, [controlPlaneLabel]: '' },
        taints: settings.workers === 0 ? [] : [controlPlaneTaint],
      };
    }),
    ...workers.map((name) => bareNode(name, 'simulated')),
  ];
}

function bareNode(name: string, provenance: 'simulated' | 'inferred' | 'observed'): Node {
  return {
    kind: 'Node',
    name,
    provenance,
    labels: kubeletLabels(name),
    taints: [],
    unschedulable: false,
    addresses: [],
    externalAddresses: [],
    podCidrs: [],
    ready: simulated(true, 'taken to be ready: no file has the node'),
  };
}

function kubeletLabels(name: string): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** The node of the input with the labels that its kubelet would set; role and taints of a namesake among the settings. */
function merge(node: Node, made: Node | undefined): Node {
  return {
    ...node,
    labels: { ...(made?.labels ?? kubeletLabels(node.name)), ...node.labels },
    taints: node.taints.length > 0 ? node.taints : (made?.taints ?? []),
  };
}

/** Nodes that pods are bound to, each once; observed bindings first, as they say more. */
function namedNodes(cluster: Cluster): readonly Fact<string>[] {
  const seen = (fact: Fact<string>): number => (fact.provenance === 'observed' ? 0 : 1);
  const first = new Map<string, Fact<string>>();
  const add = (fact: Fact<string> | undefined): void => {
    if (fact === undefined) return;
    const known = first.get(fact.value);
    if (known === undefined || seen(fact) < seen(known)) first.set(fact.value, fact);
  };
  for (const pod of cluster.pods) add(pod.node ?? pod.spec.nodeName);
  for (const workload of cluster.workloads) add(workload.template.spec.nodeName);
  return [...first.values()].sort((a, b) => seen(a) - seen(b) || compareText(a.value, b.value));
}

/** Gives addresses to nodes that have none at all, from the second of the range on, in order. */
function withAddresses(
  nodes: readonly Node[],
  cluster: Cluster,
  plan: NetworkPlan,
  settings: SimulationSettings,
): readonly Node[] {
  if (nodes.every((node) => node.addresses.length > 0)) return nodes;
  const taken = new Set([
    ...nodes.flatMap((node) => [...node.addresses, ...node.externalAddresses].map((ip) => ip.value.text)),
    ...cluster.pods.flatMap((pod) => pod.hostAddresses.map((ip) => ip.value.text)),
  ]);
  const next: Record<Family, number> = { 4: 2, 6: 2 };
  const draw = (family: Family): Ip | undefined => {
    for (;;) {
      const ip = offsetIp(settings.nodeNetwork[family].first, next[family]++);
      if (ip === undefined || !taken.has(ip.text)) return ip;
    }
  };
  return nodes.map((node) => {
    if (node.addresses.length > 0) return node;
    const addresses = plan.families.flatMap((family) => {
      const ip = draw(family);
      const why = `the next address of the simulated node network ${settings.nodeNetwork[family].text}`;
      return ip === undefined ? [] : [simulated(ip, why)];
    });
    return { ...node, addresses };
  });
}

/** Gives each node without one a share of every range that is divided among nodes; the last ones get none when it is used up. */
function withPodCidrs(
  nodes: readonly Node[],
  plan: NetworkPlan,
  settings: SimulationSettings,
): readonly Node[] {
  const known = nodes.flatMap((node) => node.podCidrs.map((range) => range.value));
  const shares: ByFamily<() => Cidr | undefined> = {
    4: shareOut(plan.podRanges[4].shares, settings.nodePrefix[4], known),
    6: shareOut(plan.podRanges[6].shares, settings.nodePrefix[6], known),
  };
  return nodes.map((node) => {
    const made = plan.families.flatMap((family) => {
      if (node.podCidrs.some((range) => range.value.first.family === family)) return [];
      const share = shares[family]();
      const why = `the next free /${settings.nodePrefix[family]} of the pod network ${plan.podRanges[family].cluster.value.text}`;
      return share === undefined ? [] : [simulated(share, why)];
    });
    return made.length === 0 ? node : { ...node, podCidrs: [...node.podCidrs, ...made] };
  });
}

function shareOut(whole: Cidr | undefined, prefix: number, known: readonly Cidr[]): () => Cidr | undefined {
  if (whole === undefined || whole.prefix > prefix) return () => undefined;
  const count = 2 ** Math.min(prefix - whole.prefix, 16);
  let index = 0;
  return () => {
    while (index < count) {
      const share = subnet(whole, prefix, index++);
      if (share !== undefined && !known.some((range) => overlaps(range, share))) return share;
    }
    return undefined;
  };
}

/** The subnet number `index` of that prefix length. */
function subnet(whole: Cidr, prefix: number, index: number): Cidr | undefined {
  const hostBits = (whole.first.family === 4 ? 32 : 128) - prefix;
  // Steps of more than 52 bits are exact as well: they are powers of two times a small number.
  const first = offsetIp(whole.first, index * 2 ** hostBits);
  return first === undefined ? undefined : cidr(first, prefix);
}
