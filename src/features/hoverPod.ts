// Answers: what is behind the name of a pod, a workload or a container? Addresses and node, what the pause container holds and who
// shares it, which Services lead there and which policies isolate it. The API hides the pause container, so what it holds follows
// from the spec (spec A1, A2, A6).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf, type ObjectRef } from '../model/objects';
import { isLive, type Container, type Pod, type Workload } from '../model/pod';
import { portRivals } from '../model/portConflict';
import { sandboxOf } from '../model/sandbox';
import { policiesOf } from '../trace/policyReading';
import type { HoverAnswer, Said } from './hoverShape';
import { reachSaid, tiersSaid } from './callersOfTiers';
import { namespaceRows, namespacesSummary } from './namespaces';
import { ownPods, workloadEnd } from './ownPods';
import { servicesOf } from './podServices';
import { weakest } from './provenance';
import { count, listed } from './words';

/** Pods of a workload that get a line each. */
const mostPods = 4;

export function podAnswer(cluster: Cluster, pod: Pod): HoverAnswer {
  const end = { kind: 'pod', namespace: pod.namespace, name: pod.name } as const;
  return {
    answer: { text: `Pod ${keyOf(pod)} ${whereText(pod)}.`, provenance: placeProvenance(pod) },
    facts: [
      ...(pod.owner === undefined ? [] : [ownerSaid(pod.owner, pod.provenance)]),
      ...namespacesSaid(pod),
      ...servicesSaid(cluster, pod),
      ...isolationSaid(cluster, pod),
      ...rivalsSaid(pod),
    ],
    from: end,
    to: { end },
  };
}

export function workloadAnswer(cluster: Cluster, workload: Workload): HoverAnswer {
  const { kind, replicas, owner } = workload;
  const pods = ownPods(cluster, workload);
  const [first] = pods;
  const made = owner === undefined ? [] : [ownerSaid(owner, 'declared')];
  if (first === undefined) {
    const wanted = replicas.why ?? `It wants ${count(replicas.value, 'pod')}.`;
    return {
      answer: { text: `${kind} ${keyOf(workload)} has no pod.`, provenance: replicas.provenance },
      facts: [...made, { text: wanted, provenance: replicas.provenance }],
    };
  }
  const end = workloadEnd(cluster, workload);
  return {
    answer: {
      text: `${kind} ${keyOf(workload)} has ${count(pods.length, 'pod')}${nodesText(pods)}.`,
      provenance: weakest(pods.map(({ provenance }) => provenance)),
    },
    facts: [
      ...made,
      ...podLines(pods),
      ...namespacesSaid(first).slice(0, 1),
      ...servicesSaid(cluster, first),
      ...isolationSaid(cluster, first),
      ...rivalsSaid(first),
    ],
    from: end,
    to: { end },
  };
}

function ownerSaid(owner: ObjectRef, provenance: Said['provenance']): Said {
  return { text: `Made by ${owner.kind} ${keyOf(owner)}.`, provenance, at: owner.at };
}

/** A container of the pods: all that a manifest writes of it, and what it shares. */
export function containerAnswer(container: Container, pods: readonly Pod[]): HoverAnswer | undefined {
  const [pod] = pods;
  if (pod === undefined) return undefined;
  const { name, role, ports } = container;
  const others = pod.spec.containers.filter((each) => each.name !== name).map((each) => each.name);
  const own = pod.spec.hostNetwork;
  const roles = {
    app: 'Container',
    init: 'Init container',
    sidecar: 'Sidecar container',
    ephemeral: 'Ephemeral container',
  } as const;
  const declared = ports.map(
    ({ protocol, containerPort, name: port }) =>
      `${protocol} ${containerPort}${port === undefined ? '' : ` (${port})`}`,
  );
  const end = { kind: 'pod', namespace: pod.namespace, name: pod.name, container: name } as const;
  return {
    answer: {
      text: `${roles[role]} ${name} ${declared.length === 0 ? 'declares no port' : `declares ${listed(declared)}`}.`,
      provenance: 'declared',
    },
    facts: [
      {
        text: own
          ? "It runs in the network namespace of the node: the node's localhost and ports are its own."
          : others.length === 0
            ? 'Only it and the pause container are in the network namespace of the pod.'
            : `It shares network namespace, address and localhost with pause, ${listed(others)}.`,
        provenance: 'inferred',
      },
      ...processesSaid(pod),
      ...(role === 'init'
        ? [{ text: 'It ends before the other containers start.', provenance: 'inferred' as const }]
        : []),
      ...podLines(pods),
      ...rivalsSaid(pod, name),
    ],
    from: end,
    to: { end },
  };
}

/** `has 10.244.1.7 on worker-1`, or why it has no address. */
function whereText(pod: Pod): string {
  const addresses = pod.addresses.map(({ value }) => value.text).join(', ');
  if (!isLive(pod)) return `is ${pod.phase.value}: it has given its address back`;
  if (pod.node === undefined)
    return `is not scheduled: ${(pod.unscheduled ?? 'no node yet').replace(/\.$/, '')}`;
  if (addresses === '') return `is on ${pod.node.value} and has no address yet`;
  return pod.spec.hostNetwork
    ? `shares ${addresses} with its node ${pod.node.value}`
    : `has ${addresses} on ${pod.node.value}`;
}

function placeProvenance(pod: Pod): Said['provenance'] {
  const facts = [...pod.addresses, ...(pod.node === undefined ? [] : [pod.node])];
  return facts.length === 0 ? pod.phase.provenance : weakest(facts.map(({ provenance }) => provenance));
}

/** A line for each of the first pods that have a node, the number of the others, and one line for all that have none. */
export function podLines(pods: readonly Pod[], most = mostPods): readonly Said[] {
  const placed = pods.filter(({ node }) => node !== undefined);
  const lines = placed
    .slice(0, most)
    .map((pod): Said => ({ text: `${keyOf(pod)} ${whereText(pod)}.`, provenance: placeProvenance(pod) }));
  const more = placed.length - lines.length;
  const rest: readonly Said[] =
    more === 0
      ? []
      : [{ text: `And ${more} more.`, provenance: weakest(placed.map((pod) => pod.provenance)) }];
  const [waiting, ...others] = pods.filter(({ node }) => node === undefined);
  if (waiting === undefined) return [...lines, ...rest];
  const why = (waiting.unscheduled ?? 'no node yet').replace(/\.$/, '');
  const who = others.length === 0 ? `${keyOf(waiting)} is` : `${others.length + 1} pods are`;
  return [...lines, ...rest, { text: `${who} not scheduled: ${why}.`, provenance: waiting.phase.provenance }];
}

function nodesText(pods: readonly Pod[]): string {
  const nodes = new Set(pods.flatMap(({ node }) => (node === undefined ? [] : [node.value])));
  return nodes.size > 1 ? ` on ${count(nodes.size, 'node')}` : '';
}

/** What pause holds and for whom, then whose processes see each other. */
function namespacesSaid(pod: Pod): readonly Said[] {
  return [{ text: heldText(pod), provenance: 'inferred' }, ...processesSaid(pod)];
}

function heldText(pod: Pod): string {
  if (!isLive(pod) || pod.node === undefined) return 'It has no sandbox now, and so no pause container.';
  const containers = pod.spec.containers.map(({ name }) => name);
  const held = sandboxOf(pod.spec).heldByPause.join(', ');
  if (held === '') return namespacesSummary(pod);
  const who = listed(containers);
  if (containers.length === 0) return `The pause container holds ${held}.`;
  return containers.length === 1
    ? `The pause container holds ${held} for ${who}.`
    : `The pause container holds ${held}; ${who} share what it holds.`;
}

function processesSaid(pod: Pod): readonly Said[] {
  const row = namespaceRows(pod).find(({ name }) => name === 'pid');
  return row === undefined ? [] : [{ text: row.meaning, provenance: 'inferred' }];
}

function servicesSaid(cluster: Cluster, pod: Pod): readonly Said[] {
  const services = servicesOf(cluster, keyOf(pod));
  if (services.length === 0) return [];
  const names = services.map(
    (service) =>
      `${keyOf(service)} (${service.ports.map(({ protocol, port }) => `${protocol} ${port}`).join(', ')})`,
  );
  const [only] = services;
  const slices = services.flatMap((service) => lookupOf(cluster).slicesOf(keyOf(service)));
  return [
    {
      text: `Behind ${services.length === 1 ? 'Service' : 'Services'} ${listed(names, 3)}.`,
      provenance: weakest([...slices.map(({ provenance }) => provenance)]),
      at: services.length === 1 ? (only?.nameAt ?? only?.at) : undefined,
    },
  ];
}

/** Which policies isolate the pod in which direction; policies that are not judged are named. */
export function isolationSaid(cluster: Cluster, pod: Pod): readonly Said[] {
  if (pod.spec.hostNetwork)
    return [
      {
        text: "NetworkPolicy does not isolate it: it is on its node's network.",
        provenance: 'inferred',
      },
    ];
  const judge = policiesOf(cluster);
  const tiers = tiersSaid(cluster, pod);
  const sides = (['ingress', 'egress'] as const).map((direction) => {
    const policies = judge.isolating(direction, pod);
    return policies.length === 0
      ? `${direction} is ${tiers.length === 0 ? 'open' : 'not isolated by NetworkPolicy'}`
      : `${direction} is isolated by ${listed(policies.map(keyOf), 3)}`;
  });
  const [first] = [...judge.isolating('ingress', pod), ...judge.isolating('egress', pod)];
  const text = sides.join('; ');
  const isolation: Said = {
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    provenance: 'declared',
    at: first?.nameAt ?? first?.at,
  };
  const known = [isolation, ...tiers, ...reachSaid(cluster, pod)];
  const unjudged = judge.unjudgedFor(pod);
  if (unjudged.length === 0) return known;
  const names = listed(
    unjudged.map((policy) => `${policy.kind} ${keyOf(policy)}`),
    3,
  );
  return [
    ...known,
    { text: `Not judged, and may change that: ${names}.`, provenance: 'declared', at: unjudged[0]?.at },
  ];
}

/** Ports that two containers of the pod want. @param name only those that this container wants. */
export function rivalsSaid(pod: Pod | undefined, name?: string): readonly Said[] {
  if (pod === undefined) return [];
  return portRivals(pod)
    .map(({ protocol, port, claims }) => ({
      names: claims.map(({ container }) => container.name),
      port: `${protocol} ${port}`,
      at: claims[1]?.port.at,
    }))
    .filter(({ names }) => name === undefined || names.includes(name))
    .map(({ names, port, at }) => ({
      text: `Conflict: ${names.join(' and ')} want ${port}; the second to start finds it taken.`,
      provenance: 'declared',
      at,
    }));
}
