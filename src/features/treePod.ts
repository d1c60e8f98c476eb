// Answers: what does the Cluster view say of one pod? Its state in words, the pause container and what it holds, the device that
// carries its address, its containers. Ids and images of the sandbox are shown only when a cluster told them: the API hides
// the pause container (spec A2, A6).
import { settingsFor } from '../dataplane/detect';
import type { CniProfile } from '../dataplane/profile';
import { vethName } from '../dataplane/wiring/addresses';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import { isLive, type Container, type Pod } from '../model/pod';
import { portRivals } from '../model/portConflict';
import { processGroups, sandboxOf } from '../model/sandbox';
import type { Fact } from '../model/source';
import { pauseEndWords } from './namespaces';
import { factsLine, factsText, marked, provenanceSentence } from './provenance';
import type { TreeRow } from './tree';

/** @param group kind of the group row it stands in, so that the description need not repeat it. */
export function podRow(pod: Pod, group: string): TreeRow {
  const key = keyOf(pod);
  const state = stateOf(pod);
  const addresses = factsText(pod.addresses, ({ text }) => text);
  const node = group === 'node' || pod.node === undefined ? [] : [asText(pod.node)];
  const { texts, mark } = factsLine(pod.addresses, node);
  // What a narrow row must not cut off stands first; the scheduler's reason is long, and stands last.
  const waits = pod.node === undefined;
  const description = [
    texts[0],
    ...(waits ? [] : state.words),
    pod.spec.hostNetwork ? "node's network" : '',
    group === 'namespace' ? '' : pod.namespace,
    texts[1],
    ...(waits ? state.words : []),
    mark,
  ]
    .filter(Boolean)
    .join(' · ');
  const address = pod.addresses[0]?.value.text;
  const at = pod.nameAt ?? pod.at;
  return {
    id: `pod:${key}`,
    kind: 'pod',
    label: pod.name,
    description,
    icon: state.icon,
    problem: state.problem,
    tooltip: [
      ['Pod', key],
      ['State', [state.phase, ...state.words].join(', ')],
      ['Address', addresses || 'none'],
      ['Node', pod.node === undefined ? 'none' : marked(pod.node.value, pod.node.provenance)],
      ...(pod.owner === undefined ? [] : [['Owner', `${pod.owner.kind} ${pod.owner.name}`] as const]),
      ['Network namespace', networkNamespace(pod)],
      ['Known', provenanceSentence(pod.provenance)],
    ],
    accessibleName: `pod ${pod.name} in namespace ${pod.namespace}, ${[state.phase, ...state.words, addresses && `address ${addresses}`].filter(Boolean).join(', ')}`,
    expandable: true,
    flags: [
      'pod',
      'canTrace',
      ...(address === undefined ? [] : ['hasIp']),
      ...(at === undefined ? [] : ['hasManifest']),
    ],
    end: { kind: 'pod', namespace: pod.namespace, name: pod.name },
    address,
    at,
  };
}

function networkNamespace(pod: Pod): string {
  if (pod.node === undefined) return 'none before a node takes the pod';
  if (!isLive(pod)) return 'none any more, the sandbox is gone';
  return pod.spec.hostNetwork ? `that of node ${pod.node.value}` : 'its own, held by the pause container';
}

function asText({ value, provenance }: Fact<string>): Fact<{ readonly text: string }> {
  return { value: { text: value }, provenance };
}

/** The rows below a pod: pause container, device, containers in the order that they start. */
export function podParts(cluster: Cluster, pod: Pod): readonly TreeRow[] {
  const device = deviceRow(cluster, pod);
  return [
    pauseRow(pod),
    ...(device === undefined ? [] : [device]),
    ...containersInOrder(pod).map((container) => containerRow(pod, container)),
  ];
}

interface PodState {
  readonly phase: string;
  readonly icon: string;
  readonly problem: boolean;
  /** What is remarkable, in words; empty for a pod that simply runs. */
  readonly words: readonly string[];
}

function stateOf(pod: Pod): PodState {
  const phase = pod.phase.value;
  if (phase === 'Succeeded')
    return { phase, icon: 'check', problem: false, words: ['completed, address given back'] };
  if (phase === 'Failed')
    return { phase, icon: 'error', problem: true, words: ['failed, address given back'] };
  if (pod.node === undefined)
    return { phase, icon: 'circle-slash', problem: true, words: [pod.unscheduled ?? 'not scheduled'] };
  const rivals = portRivals(pod).map(({ protocol, port }) => `two containers want ${protocol} ${port}`);
  const words = [
    ...(pod.terminating ? ['terminating'] : []),
    ...(phase === 'Pending' || phase === 'Unknown' ? [phase.toLowerCase()] : []),
    ...(phase === 'Running' && !pod.ready.value ? ['not ready'] : []),
    ...rivals,
  ];
  if (words.length > 0)
    return {
      phase,
      icon: rivals.length > 0 || !pod.ready.value ? 'warning' : 'circle-large-outline',
      problem: true,
      words,
    };
  return { phase, icon: 'pass', problem: false, words };
}

function pauseRow(pod: Pod): TreeRow {
  const sandbox = sandboxOf(pod.spec);
  const held = sandbox.heldByPause;
  const holds = held.length === 0 ? 'holds no namespace of the pod' : `holds ${held.join(', ')}`;
  const reaps = sandbox.pauseReaps ? 'PID 1, reaps zombies' : 'not PID 1 of the containers';
  const { net, ipc, uts, pid, user } = sandbox.namespaces;
  const gone = !isLive(pod) || pod.node === undefined;
  const description = gone ? 'no sandbox now' : `${holds} · ${reaps}`;
  const owners = { container: 'one per container', pod: 'shared in the pod', node: "the node's" } as const;
  return {
    id: `pause:${keyOf(pod)}`,
    kind: 'pause',
    label: 'pause',
    description,
    icon: 'debug-pause',
    problem: false,
    tooltip: [
      [
        'Pause container',
        'keeps the namespaces of the pod open, and does nothing else; it carries no packets',
      ],
      ['Network (net)', owners[net]],
      ['Shared memory (ipc)', owners[ipc]],
      ['Host name (uts)', owners[uts]],
      [
        'Processes (pid)',
        `${owners[pid]}; ${sandbox.pauseReaps ? 'pause is PID 1 and reaps zombies' : pid === 'node' ? "the node's init is PID 1" : 'each app is its own PID 1, pause reaps nothing'}`,
      ],
      ['Users (user)', owners[user]],
      ['If it ends', pauseEndWords(pod)],
      ['Sandbox id', pod.sandboxId ?? 'not told by the API'],
      ['Image', 'not told by the API; the container runtime chooses it'],
      ['Known', 'inferred from the pod spec; CRI-O leaves the process out and pins the namespaces instead'],
    ],
    accessibleName: `pause container of ${pod.name}, ${description}`,
    expandable: false,
    flags: ['pause', ...(pod.at === undefined ? [] : ['hasManifest'])],
    at: pod.spec.switchesAt.shareProcessNamespace ?? pod.at,
  };
}

/** undefined: the pod has no device now. */
function deviceRow(cluster: Cluster, pod: Pod): TreeRow | undefined {
  if (!isLive(pod) || pod.node === undefined || pod.addresses.length === 0) return undefined;
  const addresses = factsText(pod.addresses, ({ text }) => text);
  const node = lookupOf(cluster).node(pod.node.value);
  const own = !pod.spec.hostNetwork;
  const { cni } = settingsFor(cluster).settings;
  const veth = vethName(cni, pod);
  const label = own ? 'eth0' : `node ${pod.node.value}`;
  const description = own
    ? `${addresses} · other end ${veth} on ${pod.node.value} (inferred)`
    : `${addresses} · no device of its own`;
  return {
    id: `device:${keyOf(pod)}`,
    kind: 'device',
    label,
    description,
    icon: 'plug',
    problem: false,
    tooltip: own
      ? [
          ['Device', 'eth0, in the network namespace of the pod'],
          ['Address', addresses],
          [
            'Other end',
            `${veth}, ${attachmentWords(cni)} on ${pod.node.value}; the name is inferred, no API tells it`,
          ],
        ]
      : [
          ['Device', `hostNetwork: the pod uses the devices of node ${pod.node.value}`],
          ['Address', factsText(node?.addresses ?? [], ({ text }) => text) || addresses],
        ],
    accessibleName: own
      ? `device eth0 of ${pod.name}, ${description}`
      : `${pod.name} uses the network of ${label}`,
    expandable: false,
    flags: ['device', 'hasIp'],
    address: pod.addresses[0]?.value.text,
  };
}

function attachmentWords({ attachment }: CniProfile): string {
  switch (attachment.kind) {
    case 'bridge':
      return `a port of bridge ${attachment.bridge}`;
    case 'routed':
      return 'which the node routes to by itself';
    case 'switch':
      return `a port of the virtual switch ${attachment.bridge}`;
  }
}

const startOrder = ['init', 'sidecar', 'app', 'ephemeral'] as const;

function containersInOrder(pod: Pod): readonly Container[] {
  return startOrder.flatMap((role) => pod.spec.containers.filter((container) => container.role === role));
}

function containerRow(pod: Pod, container: Container): TreeRow {
  const status = pod.containerStatuses.find(({ name }) => name === container.name);
  const ports = container.ports.map(
    ({ protocol, containerPort, name, hostPort }) =>
      `${protocol} ${containerPort}${name === undefined ? '' : ` ${name}`}${hostPort === undefined ? '' : `, host port ${hostPort}`}`,
  );
  const role = container.role === 'app' ? '' : container.role;
  const state = status === undefined || status.state === 'running' ? '' : status.state;
  const restarts = status !== undefined && status.restarts > 0 ? `${status.restarts} restarts` : '';
  const clashes = portRivals(pod).filter(({ claims }) =>
    claims.some((claim) => claim.container === container),
  );
  const clash = clashes.map(
    ({ protocol, port, claims }) =>
      `${protocol} ${port} is also wanted by ${claims
        .filter((claim) => claim.container !== container)
        .map((claim) => claim.container.name)
        .join(', ')}`,
  );
  const description = [role, ports.join(', '), state, restarts, ...clash].filter(Boolean).join(' · ');
  return {
    id: `container:${keyOf(pod)}/${container.name}`,
    kind: 'container',
    label: container.name,
    description,
    icon: clash.length > 0 ? 'warning' : 'package',
    problem: clash.length > 0,
    tooltip: [
      ['Container', container.name],
      [
        'Role',
        {
          app: 'app container',
          init: 'init container, finished before the apps start',
          sidecar: 'sidecar: an init container that keeps running',
          ephemeral: `ephemeral container${ownerOfProcesses(pod, container)}`,
        }[container.role],
      ],
      ['Image', container.image || 'not written'],
      [
        'Ports',
        ports.length === 0
          ? 'declares none; it may listen all the same'
          : `${ports.join(', ')} (declared, not verified)`,
      ],
      ...clash.map(
        (text) =>
          [
            'Conflict',
            `${text}: on one address the second to bind fails with EADDRINUSE; 0.0.0.0 is every address`,
          ] as const,
      ),
      ...(status?.id === undefined ? [] : [['Id', status.id] as const]),
    ],
    accessibleName: `container ${container.name} of ${pod.name}, ${description || 'no ports declared'}`,
    expandable: false,
    flags: ['container', 'canTrace', ...(container.at === undefined ? [] : ['hasManifest'])],
    end: { kind: 'pod', namespace: pod.namespace, name: pod.name, container: container.name },
    at: container.at,
  };
}

/** `, in the process namespace of web` for one that has a target there. */
function ownerOfProcesses({ spec }: Pod, { name }: Container): string {
  if (sandboxOf(spec).namespaces.pid !== 'container') return '';
  const owner = processGroups(spec).find(([, ...others]) => others.includes(name))?.[0];
  return owner === undefined ? '' : `, in the process namespace of ${owner}`;
}
