// Answers: what do a Pod and a pod template say? (core/v1 Pod, PodSpec, PodStatus) Pods with a status or a uid were
// observed in a cluster; what a manifest leaves out stays open for `simulate/`: phase Unknown, not ready, no address.
import type {
  Container,
  ContainerPort,
  ContainerRole,
  ContainerStatus,
  Pod,
  PodPhase,
  PodSpec,
  PodTemplate,
} from '../model/pod';
import type { Fact, Location } from '../model/source';
import type { Field, ObjectSource } from './field';
import {
  at,
  below,
  child,
  entryAt,
  flag,
  integer,
  invalid,
  isWritten,
  items,
  oneOf,
  rootField,
  stringMap,
  text,
  writtenAt,
} from './field';
import type { Metadata } from './metadata';
import { annotation } from './metadata';
import { nodeAffinity, tolerations } from './placement';
import { addressFact, checkPortName, onePerFamily, portNumber, protocol } from './values';

const phases: readonly PodPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

export function readPod(source: ObjectSource, metadata: Metadata): Pod {
  const root = rootField(source);
  const status = child(root, 'status');
  const seen = metadata.provenance === 'observed' || isWritten(child(status, 'phase'));
  const spec = readPodSpec(child(root, 'spec'), seen);
  return {
    kind: 'Pod',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels,
    provenance: seen ? 'observed' : 'declared',
    spec,
    node: spec.nodeName,
    unscheduled: seen && spec.nodeName === undefined ? unscheduledReason(status) : undefined,
    addresses: addressesOf(status, 'podIPs', 'podIP'),
    hostAddresses: addressesOf(status, 'hostIPs', 'hostIP'),
    phase: phaseOf(status, seen),
    ready: readyOf(status, seen),
    terminating: metadata.terminating,
    containerStatuses: ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap(
      (key) => items(child(status, key)).map(containerStatus),
    ),
    sandboxId: annotation(source, 'cni.projectcalico.org/containerID'),
    at: metadata.at,
    nameAt: metadata.nameAt,
  };
}

/** The template below `field` (`spec.template`). */
export function readTemplate(field: Field): PodTemplate {
  return {
    labels: stringMap(below(field, 'metadata', 'labels')),
    spec: readPodSpec(child(field, 'spec'), false),
    at: writtenAt(field),
  };
}

function readPodSpec(spec: Field, seen: boolean): PodSpec {
  const nodeName = text(child(spec, 'nodeName')) ?? '';
  const hostPid = flag(child(spec, 'hostPID')) ?? false;
  const shared = child(spec, 'shareProcessNamespace');
  const shareProcessNamespace = flag(shared) ?? false;
  if (shareProcessNamespace && hostPid)
    invalid(shared, 'ShareProcessNamespace and HostPID cannot both be enabled');
  return {
    containers: [
      ...items(child(spec, 'containers')).map((field) => readContainer(field, 'app')),
      ...items(child(spec, 'initContainers')).map((field) =>
        readContainer(field, text(child(field, 'restartPolicy')) === 'Always' ? 'sidecar' : 'init'),
      ),
      ...items(child(spec, 'ephemeralContainers')).map((field) => readContainer(field, 'ephemeral')),
    ],
    nodeName:
      nodeName === ''
        ? undefined
        : {
            value: nodeName,
            provenance: seen ? 'observed' : 'declared',
            at: writtenAt(child(spec, 'nodeName')),
          },
    nodeSelector: stringMap(child(spec, 'nodeSelector')),
    requiredNodeAffinity: nodeAffinity(child(spec, 'affinity')),
    tolerations: tolerations(child(spec, 'tolerations')),
    hostNetwork: flag(child(spec, 'hostNetwork')) ?? false,
    hostPid,
    hostIpc: flag(child(spec, 'hostIPC')) ?? false,
    shareProcessNamespace,
    hostUsers: flag(child(spec, 'hostUsers')),
    hostname: text(child(spec, 'hostname')),
    subdomain: text(child(spec, 'subdomain')),
    dnsPolicy: text(child(spec, 'dnsPolicy')),
    switchesAt: switchesAt(spec),
    at: writtenAt(spec),
  };
}

function switchesAt(spec: Field): PodSpec['switchesAt'] {
  const found: [string, Location][] = [];
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']) {
    const location = entryAt(child(spec, key));
    if (location !== undefined) found.push([key, location]);
  }
  return Object.fromEntries(found);
}

function readContainer(field: Field, role: ContainerRole): Container {
  return {
    name: text(child(field, 'name')) ?? '',
    role,
    image: text(child(field, 'image')) ?? '',
    ports: items(child(field, 'ports')).flatMap(containerPort),
    ...(role === 'ephemeral' ? { targetContainer: targetContainer(field) } : {}),
    at: at(field),
  };
}

function targetContainer(field: Field): string | undefined {
  const name = text(child(field, 'targetContainerName')) ?? '';
  return name === '' ? undefined : name;
}

function containerPort(field: Field): readonly ContainerPort[] {
  const name = text(child(field, 'name')) ?? '';
  if (name !== '') checkPortName(child(field, 'name'), name);
  const port = portNumber(child(field, 'containerPort'));
  const hostPort = child(field, 'hostPort');
  if (port === undefined) {
    if (!isWritten(child(field, 'containerPort')))
      invalid(child(field, 'containerPort'), 'must be between 1 and 65535, inclusive');
    return [];
  }
  const hostIp = text(child(field, 'hostIP')) ?? '';
  return [
    {
      name: name === '' ? undefined : name,
      containerPort: port,
      protocol: protocol(child(field, 'protocol')),
      // Zero means none, as in the API's defaults.
      hostPort: integer(hostPort) === 0 ? undefined : portNumber(hostPort),
      hostIp: hostIp === '' ? undefined : hostIp,
      at: at(field),
    },
  ];
}

/** Addresses of a status: the plural field, or the singular one of older servers. */
function addressesOf(status: Field, plural: string, singular: string): Pod['addresses'] {
  const facts = items(child(status, plural)).flatMap((item) => addressFact(child(item, 'ip'), 'observed'));
  return onePerFamily(
    facts.length > 0 ? facts : addressFact(child(status, singular), 'observed'),
    (ip) => ip.family,
  );
}

function phaseOf(status: Field, seen: boolean): Fact<PodPhase> {
  const field = child(status, 'phase');
  const value = oneOf(field, phases, seen ? 'Pending' : 'Unknown');
  return { value, provenance: seen ? 'observed' : 'declared', at: writtenAt(field) };
}

function readyOf(status: Field, seen: boolean): Fact<boolean> {
  const condition = items(child(status, 'conditions')).find((item) => text(child(item, 'type')) === 'Ready');
  const value = condition !== undefined && text(child(condition, 'status')) === 'True';
  return { value, provenance: seen ? 'observed' : 'declared', at: condition && writtenAt(condition) };
}

/** What the scheduler reported of a pod that has no node. */
function unscheduledReason(status: Field): string {
  const condition = items(child(status, 'conditions')).find(
    (item) => text(child(item, 'type')) === 'PodScheduled',
  );
  return (condition && text(child(condition, 'message'))) ?? 'The pod has no node yet.';
}

function containerStatus(field: Field): ContainerStatus {
  const state = child(field, 'state');
  const known = (['waiting', 'running', 'terminated'] as const).find((name) => isWritten(child(state, name)));
  const id = text(child(field, 'containerID')) ?? '';
  return {
    name: text(child(field, 'name')) ?? '',
    id: id === '' ? undefined : id,
    ready: flag(child(field, 'ready')) ?? false,
    restarts: integer(child(field, 'restartCount')) ?? 0,
    state: known ?? 'unknown',
  };
}
