// Answers: what does the name or kind of an object stand for in the cluster? Names of the object itself, and names by which it points
// to others: nodeName, serviceName, owners, targets of endpoints, backends of an Ingress, its namespace. Objects are those of the
// shown cluster; a name that nothing has is said to be so.
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import type { Namespace, Node } from '../model/node';
import { keyOf } from '../model/objects';
import { offsetIp } from '../model/address';
import { containerAt } from './hoverPorts';
import { objectAt, pathInTemplate, restOf, subjectAt, type Place, type ShownCluster } from './hoverPlace';
import { containerAnswer, podAnswer, workloadAnswer } from './hoverPod';
import { adminObjectAnswer } from './hoverAdmin';
import { policyAnswer, unjudgedAnswer } from './hoverPolicy';
import { isNetworkPolicy } from './hoverSelector';
import { serviceAnswer } from './hoverService';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { count, listed } from './words';

export function objectHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  if (place.state !== 'sound') return undefined;
  const { path } = place;
  const [first, second] = path;
  const isName = first === 'metadata' && (second === 'name' || second === 'generateName');
  if ((path.length === 1 && first === 'kind') || (path.length === 2 && isName))
    return ownAnswer(shown, place);
  // An address was answered before: this is `None`, or nothing yet.
  if (place.kind === 'Service' && first === 'spec' && (second === 'clusterIP' || second === 'clusterIPs'))
    return ownAnswer(shown, place);
  const container = pathInTemplate(place);
  if (container?.length === 4 && container[3] === 'name') {
    const found = containerAt(place);
    return found && containerAnswer(found, subjectAt(shown, place)?.pods ?? []);
  }
  return referenceAnswer(shown.cluster, place);
}

/** The object that the place is in. */
function ownAnswer(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const { cluster } = shown;
  const lookup = lookupOf(cluster);
  const subject = subjectAt(shown, place);
  if (subject?.workload !== undefined) return workloadAnswer(cluster, subject.workload);
  const [pod] = subject?.pods ?? [];
  if (pod !== undefined) return podAnswer(cluster, pod);
  if (isNetworkPolicy(place)) {
    const policy = objectAt(
      place,
      (key) => cluster.policies.find((each) => keyOf(each) === key),
      cluster.policies,
    );
    return policy && policyAnswer(cluster, policy);
  }
  switch (`${place.group}/${place.kind}`) {
    case '/Service': {
      const service = objectAt(place, (key) => lookup.service(key), cluster.services);
      return service && serviceAnswer(cluster, service);
    }
    case '/Node': {
      const node = objectAt(place, (key) => lookup.node(key), cluster.nodes);
      return node && nodeAnswer(cluster, node);
    }
    case '/Namespace': {
      const namespace = lookup.namespace(place.metadata.name);
      return namespace && namespaceAnswer(cluster, namespace);
    }
    default: {
      const policy = objectAt(
        place,
        (key) => cluster.vendorPolicies.find((each) => each.kind === place.kind && keyOf(each) === key),
        cluster.vendorPolicies,
      );
      if (policy === undefined) return adminObjectAnswer(cluster, place);
      return unjudgedAnswer(
        cluster.vendorPolicies.filter((each) => each.kind === policy.kind && keyOf(each) === keyOf(policy)),
      );
    }
  }
}

/** Paths at whose end stands the name of another object, and its kind. */
const references: readonly { readonly path: readonly string[]; readonly kind: 'Service' | 'Pod' }[] = [
  { path: ['spec', 'serviceName'], kind: 'Service' },
  { path: ['endpoints', '*', 'targetRef', 'name'], kind: 'Pod' },
  { path: ['subsets', '*', 'addresses', '*', 'targetRef', 'name'], kind: 'Pod' },
  { path: ['spec', 'defaultBackend', 'service', 'name'], kind: 'Service' },
  { path: ['spec', 'rules', '*', 'http', 'paths', '*', 'backend', 'service', 'name'], kind: 'Service' },
];

function referenceAnswer(cluster: Cluster, place: Place): HoverAnswer | undefined {
  const { node, path, metadata } = place;
  const lookup = lookupOf(cluster);
  if (node.kind !== 'scalar' || node.text === '') return undefined;
  const ends = (wanted: readonly string[]): boolean => restOf(path, wanted)?.length === 0;
  const inTemplate = pathInTemplate(place);
  if (inTemplate?.length === 2 && inTemplate[0] === 'spec' && inTemplate[1] === 'nodeName') {
    const found = lookup.node(node.text);
    return found === undefined ? missing('node', node.text) : nodeAnswer(cluster, found);
  }
  if (ends(['metadata', 'namespace'])) {
    const found = lookup.namespace(node.text);
    return found && namespaceAnswer(cluster, found);
  }
  const key = keyOf({ namespace: metadata.namespace, name: node.text });
  if (ends(['metadata', 'ownerReferences', '*', 'name'])) {
    const [, list, index] = path;
    const owner = list === 'ownerReferences' && index === 0 ? metadata.controller : undefined;
    const found = owner && lookup.workload(owner.kind, key);
    return found && workloadAnswer(cluster, found);
  }
  const reference = references.find((each) => ends(each.path));
  if (reference?.kind === 'Pod') {
    const found = lookup.pod(key);
    return found === undefined ? missing('pod', key) : podAnswer(cluster, found);
  }
  if (reference?.kind !== 'Service') return undefined;
  const found = lookup.service(key);
  return found === undefined ? missing('Service', key) : serviceAnswer(cluster, found);
}

function missing(kind: string, name: string): HoverAnswer {
  return {
    answer: { text: `The shown cluster has no ${kind} ${name}.`, provenance: 'declared' },
    facts: [],
  };
}

function nodeAnswer(cluster: Cluster, node: Node): HoverAnswer {
  const pods = lookupOf(cluster).podsOn(node.name);
  const shared = pods.filter((pod) => pod.spec.hostNetwork);
  const addresses = node.addresses.map(({ value }) => value.text).join(', ');
  const known = weakest(node.addresses.map(({ provenance }) => provenance));
  const gateways = node.podCidrs.flatMap(({ value }) => offsetIp(value.first, 1)?.text ?? []);
  const end = { kind: 'node', name: node.name } as const;
  const taints = node.taints.map(({ key, effect }) => `${key}:${effect}`);
  return {
    answer: {
      text:
        addresses === ''
          ? `Node ${node.name}; its address is not known.`
          : `Node ${node.name} has ${addresses}.`,
      provenance: addresses === '' ? node.provenance : known,
    },
    facts: [
      ...(node.ready.value
        ? []
        : [{ text: 'NotReady: the way to its pods may be down.', provenance: node.ready.provenance }]),
      ...(node.podCidrs.length === 0
        ? []
        : [
            {
              text: `Its pods get addresses of ${node.podCidrs.map(({ value }) => value.text).join(', ')}.`,
              provenance: weakest(node.podCidrs.map(({ provenance }) => provenance)),
            },
            {
              text: `Their gateway is ${gateways.join(', ')}, the address of its bridge.`,
              provenance: 'inferred' as const,
            },
          ]),
      {
        text: `${count(pods.length, 'pod')}${shared.length === 0 ? '' : `, ${shared.length} on its own network`}${pods.length === 0 ? '' : `: ${listed(pods.map(keyOf), 3)}`}.`,
        provenance: weakest(pods.map((pod) => pod.node?.provenance ?? 'declared')),
      },
      ...(taints.length === 0
        ? []
        : [
            {
              text: `Keeps pods away that do not tolerate ${listed(taints, 3)}.`,
              provenance: node.provenance,
            },
          ]),
    ],
    from: end,
    to: { end },
  };
}

function namespaceAnswer(cluster: Cluster, { name, labels, provenance, nameAt, at }: Namespace): HoverAnswer {
  const pods = lookupOf(cluster).podsIn(name);
  const services = cluster.services.filter(({ namespace }) => namespace === name);
  const policies = cluster.policies.filter(({ namespace }) => namespace === name);
  const known = weakest([provenance, ...pods.map((pod) => pod.provenance)]);
  const facts: Said[] = [
    {
      text: `Labels, which a namespaceSelector can choose by: ${listed(
        Object.entries(labels).map(([key, value]) => `${key}=${value}`),
        3,
      )}.`,
      provenance,
      at: nameAt ?? at,
    },
  ];
  if (policies.length > 0)
    facts.push({ text: `Policies: ${listed(policies.map((each) => each.name))}.`, provenance: 'declared' });
  return {
    answer: {
      text: `Namespace ${name} has ${count(pods.length, 'pod')}, ${count(services.length, 'Service')} and ${count(policies.length, 'NetworkPolicy', 'NetworkPolicies')}.`,
      provenance: known,
    },
    facts,
  };
}
