// Answers: what does this switch of a pod spec change? hostNetwork, hostPID, hostIPC, shareProcessNamespace and hostUsers say whose
// namespaces the containers use; what pause holds and whether it reaps follows (pkg/kubelet/kuberuntime/util/util.go, spec A1, A2,
// C4). Written `false` they say what is so anyway. The words hold for every pod, so they stand in templates too.
import { readTemplate } from '../load/pods';
import type { Pod, PodSpec } from '../model/pod';
import { sandboxOf, type SharedNamespaces } from '../model/sandbox';
import { pathInTemplate, subjectAt, templateField, type Place, type ShownCluster } from './hoverPlace';
import { podLines } from './hoverPod';
import type { HoverAnswer, Said } from './hoverShape';
import { namespaceRows } from './namespaces';
import { listed } from './words';

interface Switch {
  readonly namespace: keyof SharedNamespaces;
  readonly on: string;
  readonly off: string;
}

const switches: ReadonlyMap<string, Switch> = new Map([
  [
    'hostNetwork',
    {
      namespace: 'net',
      on: "puts the pod on its node's network: the node's addresses, devices and ports",
      off: 'gives the pod a network of its own: one address for all its containers',
    },
  ],
  [
    'shareProcessNamespace',
    {
      namespace: 'pid',
      on: 'lets containers see the processes of each other; pause is PID 1 and reaps zombies',
      off: 'leaves each container its own processes; its application is PID 1, and pause reaps nothing',
    },
  ],
  [
    'hostPID',
    {
      namespace: 'pid',
      on: 'lets containers see every process of the node',
      off: 'keeps the processes of the node out of sight',
    },
  ],
  [
    'hostIPC',
    {
      namespace: 'ipc',
      on: 'lets containers use the shared memory and semaphores of the node',
      off: 'keeps shared memory and semaphores within the pod',
    },
  ],
  [
    'hostUsers',
    {
      namespace: 'user',
      on: 'takes user numbers as the node has them: root in the pod is root there',
      off: 'gives the pod users of its own: root in it is nobody on the node',
    },
  ],
]);

export function switchHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const [spec, name, ...deeper] = pathInTemplate(place) ?? [];
  const found = typeof name === 'string' ? switches.get(name) : undefined;
  const { node } = place;
  const template = templateField(place);
  if (spec !== 'spec' || found === undefined || deeper.length > 0 || template === undefined) return undefined;
  if (node.kind !== 'scalar' || typeof node.value !== 'boolean' || !place.literal(node)) return undefined;
  const written = readTemplate(template).spec;
  const pods = subjectAt(shown, place)?.pods ?? [];
  return {
    answer: { text: `${name}: ${node.value} ${node.value ? found.on : found.off}.`, provenance: 'inferred' },
    facts: [
      ...(name === 'hostNetwork' ? networkSaid(written, node.value, pods) : []),
      ...(name === 'shareProcessNamespace' || name === 'hostPID' ? clashSaid(written) : []),
      ...(place.state === 'sound' && name !== 'hostNetwork'
        ? sharedSaid(written, pods[0], found.namespace)
        : []),
      heldSaid(written),
    ],
  };
}

function networkSaid(spec: PodSpec, on: boolean, pods: readonly Pod[]): readonly Said[] {
  const lines = podLines(pods, 2);
  if (!on) return lines;
  const ports = spec.containers.flatMap(({ ports: own }) =>
    own.map(({ protocol, containerPort }) => `${protocol} ${containerPort}`),
  );
  const taken: readonly Said[] =
    ports.length === 0
      ? []
      : [
          {
            text: `It takes ${listed(ports)} on the node itself.`,
            provenance: 'declared',
          },
        ];
  const dns: readonly Said[] =
    spec.dnsPolicy === undefined || spec.dnsPolicy === 'ClusterFirst'
      ? [
          {
            text: 'Service names do not resolve in it without dnsPolicy ClusterFirstWithHostNet.',
            provenance: 'inferred',
          },
        ]
      : [];
  return [
    ...lines,
    ...taken,
    {
      text: "NetworkPolicy does not isolate it; rules of others know it by its node's address only.",
      provenance: 'inferred',
    },
    ...dns,
  ];
}

function clashSaid({ hostPid, shareProcessNamespace }: PodSpec): readonly Said[] {
  return hostPid && shareProcessNamespace
    ? [
        {
          text: 'hostPID and shareProcessNamespace exclude each other: the API server rejects the pod.',
          provenance: 'declared',
        },
      ]
    : [];
}

/** Who shares the namespace: `Network (net): one for the pod: pause, web.` */
function sharedSaid(spec: PodSpec, pod: Pod | undefined, namespace: keyof SharedNamespaces): readonly Said[] {
  const row = namespaceRows({ spec, node: pod?.node }).find(({ name }) => name === namespace);
  return row === undefined
    ? []
    : [{ text: `${row.title} (${row.name}): ${row.shared}.`, provenance: 'inferred' }];
}

function heldSaid(spec: PodSpec): Said {
  const { heldByPause, pauseReaps } = sandboxOf(spec);
  const text =
    heldByPause.length === 0
      ? 'The pause container holds nothing for the pod.'
      : `The pause container holds ${heldByPause.join(', ')}${pauseReaps ? ' and is PID 1 of the pod' : ''}.`;
  return { text, provenance: 'inferred' };
}
