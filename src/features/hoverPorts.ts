// Answers: who listens on this port, which Services lead there, and who may connect? For ports of Services, containers and probes;
// those of policies are in hoverPolicyPorts.ts. containerPort is information only: what is not declared may still listen, and what
// is declared may not (core/v1 ContainerPort). A probe is sent by the kubelet of the pod's own node, which policies let through
// (rule E50).
import { readTemplate } from '../load/pods';
import { readService } from '../load/services';
import { nodeAt, stringOf, type SyntaxNode } from '../load/syntax';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Container, type ContainerPort, type Pod } from '../model/pod';
import type { End } from '../trace/query';
import { callersSaid, type PortOfPod } from './callers';
import { provenanceOf } from './hoverLabels';
import { isAt, objectAt, pathInTemplate, restOf, subjectAt, templateField } from './hoverPlace';
import type { Place, ShownCluster } from './hoverPlace';
import { podLines, rivalsSaid } from './hoverPod';
import { servicePortAnswer, type ServicePortField } from './hoverService';
import type { HoverAnswer, Said } from './hoverShape';
import { portsLeadingTo } from './podServices';
import { weakest } from './provenance';
import { assumedProfileSaid, reachOfHostPort } from './reach';
import { count, listed } from './words';

export function portHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  return servicePortHover(shown, place) ?? backendHover(shown, place) ?? containerHover(shown, place);
}

const serviceFields: ReadonlyMap<string, ServicePortField> = new Map([
  ['port', 'port'],
  ['name', 'port'],
  ['protocol', 'port'],
  ['targetPort', 'targetPort'],
  ['nodePort', 'nodePort'],
]);

function servicePortHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const [field, ...deeper] = restOf(place.path, ['spec', 'ports', '*']) ?? [];
  const asked = typeof field === 'string' ? serviceFields.get(field) : undefined;
  if (place.kind !== 'Service' || place.group !== '' || asked === undefined || deeper.length > 0)
    return undefined;
  const service = objectAt(place, (key) => lookupOf(cluster).service(key), cluster.services);
  const port = readService(place.root.source, place.metadata).ports.find(({ at }) =>
    isAt(place, place.path.slice(0, 3), at),
  );
  if (service === undefined || port === undefined) return undefined;
  // The cluster knows the nodePort that is not written.
  const known = service.ports.find(
    ({ name, port: number, protocol }) =>
      name === port.name && number === port.port && protocol === port.protocol,
  );
  return servicePortAnswer(cluster, service, known ?? port, asked);
}

/** The port of a Service that an Ingress sends to: by number or name (networking/v1 ServiceBackendPort). */
function backendHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const { path, root, node, kind, group, metadata } = place;
  const [service, port, field] = path.slice(-3);
  const isBackend = service === 'service' && port === 'port' && (field === 'number' || field === 'name');
  if (kind !== 'Ingress' || group !== 'networking.k8s.io' || !isBackend || node.kind !== 'scalar')
    return undefined;
  const name = stringOf(nodeAt(root.node, [...path.slice(0, -2), 'name']));
  const found = name === undefined ? undefined : lookupOf(cluster).service(keyOf({ ...metadata, name }));
  const asked = found?.ports.find((each) => each.port === node.value || each.name === node.value);
  return found && asked && servicePortAnswer(cluster, found, asked, 'port');
}

const containerLists = new Set<unknown>(['containers', 'initContainers', 'ephemeralContainers']);
const probes = new Set<unknown>(['livenessProbe', 'readinessProbe', 'startupProbe']);

function containerHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const inTemplate = pathInTemplate(place);
  const container = containerAt(place);
  const subject = subjectAt(shown, place);
  if (inTemplate?.length !== 6 || container === undefined || subject === undefined) return undefined;
  const [, , , list, index, field] = inTemplate;
  if (subject.pods.length === 0) return undefined;
  if (list === 'ports' && typeof index === 'number') {
    const port = container.ports.find(({ at }) => isAt(place, place.path.slice(0, -1), at));
    if (port === undefined) return undefined;
    const asked: AskedPort = { cluster: shown.cluster, container, port, ...subject };
    return field === 'hostPort' || field === 'hostIP' ? hostPortAnswer(asked) : containerPortAnswer(asked);
  }
  return probes.has(list) && field === 'port' ? probeAnswer(container, subject.pods, place.node) : undefined;
}

/** The container that the place is in, as its text says. */
export function containerAt(place: Place): Container | undefined {
  const template = templateField(place);
  const inTemplate = pathInTemplate(place);
  if (template === undefined || inTemplate === undefined || !containerLists.has(inTemplate[1]))
    return undefined;
  const path = place.path.slice(0, place.path.length - inTemplate.length + 3);
  return readTemplate(template).spec.containers.find(({ at }) => isAt(place, path, at));
}

interface AskedPort {
  readonly cluster: Cluster;
  readonly container: Container;
  readonly port: ContainerPort;
  readonly pods: readonly Pod[];
  readonly end: End;
}

function containerPortAnswer({ cluster, container, port, pods, end }: AskedPort): HoverAnswer {
  const { name, protocol, containerPort } = port;
  const targets = pods.map((pod) => ({ pod, protocol, port: containerPort }));
  const text = `${protocol} ${containerPort}${name === undefined ? '' : ` (${name})`}`;
  return {
    answer: {
      text: `Container ${container.name} declares ${text} in ${count(pods.length, 'pod')}.`,
      provenance: provenanceOf(pods),
    },
    facts: [
      ...leadingSaid(cluster, targets),
      ...callersSaid(cluster, targets),
      ...podLines(pods, 2),
      ...rivalsSaid(pods[0], container.name),
      { text: 'A declaration only: nothing checks that a process listens.', provenance: 'inferred' },
    ],
    to: { end, port: containerPort },
  };
}

/** hostPort: the portmap plugin translates on the pod's own node only (spec C4). */
function hostPortAnswer({ cluster, container, port, pods }: AskedPort): HoverAnswer {
  const { protocol, containerPort, hostPort = containerPort, hostIp } = port;
  const nodes = [...new Set(pods.flatMap(({ node }) => (node === undefined ? [] : [node.value])))];
  const addresses = nodes.flatMap((name) => {
    const facts = lookupOf(cluster).node(name)?.addresses ?? [];
    return facts.map(({ value, provenance }) => ({ text: `${name} ${value.text}`, provenance }));
  });
  const where = hostIp === undefined ? '' : `, address ${hostIp}`;
  const placed = pods.find((pod) => isLive(pod) && pod.node !== undefined && pod.addresses.length > 0);
  return {
    answer: {
      text: `${protocol} ${hostPort} on the node of the pod${where} leads to ${protocol} ${containerPort} of container ${container.name}.`,
      provenance: 'declared',
    },
    facts: [
      ...(addresses.length === 0
        ? []
        : [
            {
              text: `Only there: ${listed(addresses.map(({ text }) => text))}. Other nodes refuse.`,
              provenance: weakest(addresses.map(({ provenance }) => provenance)),
            },
          ]),
      ...(placed === undefined
        ? []
        : [...reachOfHostPort(cluster, placed, hostPort, protocol), ...assumedProfileSaid(cluster)]),
      {
        text: 'One pod with this port fits on a node; the scheduler keeps others away.',
        provenance: 'inferred',
      },
      ...callersSaid(
        cluster,
        pods.map((pod) => ({ pod, protocol, port: containerPort })),
      ),
    ],
  };
}

function probeAnswer(container: Container, pods: readonly Pod[], node: SyntaxNode): HoverAnswer | undefined {
  const asked = node.kind === 'scalar' ? node.value : undefined;
  const declared = container.ports.find(
    ({ name, containerPort, protocol }) => protocol === 'TCP' && (name === asked || containerPort === asked),
  );
  const number = declared?.containerPort ?? asked;
  if (typeof number !== 'number')
    return {
      answer: {
        text: `The container declares no TCP port named ${String(asked)}: the probe fails.`,
        provenance: 'declared',
      },
      facts: [],
    };
  return {
    answer: {
      text: `The kubelet of its node probes TCP ${number} of container ${container.name} in ${count(pods.length, 'pod')}.`,
      provenance: 'inferred',
    },
    facts: [
      ...(declared === undefined
        ? [
            {
              text: 'The container does not declare this port, which it need not.',
              provenance: 'declared' as const,
            },
          ]
        : []),
      {
        text: 'No policy stops it: traffic from the node of a pod is always let in.',
        provenance: 'inferred',
      },
      ...podLines(pods, 2),
    ],
  };
}

/** The Services that end at these ports of pods. */
export function leadingSaid(cluster: Cluster, targets: readonly PortOfPod[]): readonly Said[] {
  const found = new Map<string, Said>();
  for (const { pod, protocol, port } of targets) {
    for (const { service, port: of } of portsLeadingTo(cluster, keyOf(pod), protocol, port)) {
      const name = `${keyOf(service)}, ${of.protocol} ${of.port}`;
      found.set(name, { text: name, provenance: service.provenance, at: of.at });
    }
  }
  const all = [...found.values()];
  if (all.length === 0) return [{ text: 'No Service has it as an endpoint.', provenance: 'declared' }];
  return [
    {
      text: `${all.length === 1 ? 'Service' : 'Services'} leading here: ${listed(
        all.map(({ text }) => text),
        3,
      )}.`,
      provenance: weakest(all.flatMap(({ provenance }) => provenance ?? [])),
      at: all.length === 1 ? all[0]?.at : undefined,
    },
  ];
}
