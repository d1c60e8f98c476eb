// Answers: what is a pod, and which of its facts are known how? Containers of every role share the pod's network
// namespace and its addresses (Kubernetes docs "Pods: networking"; API types core/v1 PodSpec and PodStatus).
import type { Ip } from './address';
import type { ObjectRef, WorkloadKind } from './objects';
import type { Protocol } from './ports';
import type { Labels, LabelSelector } from './selector';
import type { Fact, Location, Provenance } from './source';

/** `sidecar` is an init container with `restartPolicy: Always`. */
export type ContainerRole = 'app' | 'init' | 'sidecar' | 'ephemeral';

export interface ContainerPort {
  readonly name?: string | undefined;
  readonly containerPort: number;
  readonly protocol: Protocol;
  readonly hostPort?: number | undefined;
  readonly hostIp?: string | undefined;
  readonly at?: Location | undefined;
}

export interface Container {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image: string;
  readonly ports: readonly ContainerPort[];
  /** `targetContainerName` of an ephemeral container: whose processes it is to see. */
  readonly targetContainer?: string | undefined;
  readonly at?: Location | undefined;
}

/** `effect` undefined tolerates every effect; `key` undefined with Exists tolerates every taint. */
export interface Toleration {
  readonly key?: string | undefined;
  readonly operator: 'Equal' | 'Exists';
  readonly value?: string | undefined;
  readonly effect?: string | undefined;
}

/** One term of required node affinity: label requirements (with Gt and Lt left to the scheduler) and a name match. */
export interface NodeSelectorTerm {
  readonly labels: readonly NodeRequirement[];
  readonly fields: readonly NodeRequirement[];
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Fields of a pod spec that change the network or the namespaces. One object is shared by all pods of a template. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly nodeName?: Fact<string> | undefined;
  readonly nodeSelector: Labels;
  /** Terms are ORed. undefined: no required node affinity. An empty list matches no node. */
  readonly requiredNodeAffinity?: readonly NodeSelectorTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly shareProcessNamespace: boolean;
  /** undefined: not written, which means true. */
  readonly hostUsers?: boolean | undefined;
  readonly hostname?: string | undefined;
  readonly subdomain?: string | undefined;
  readonly dnsPolicy?: string | undefined;
  /** Where the switches above are written; a key is missing when the manifest does not write it. */
  readonly switchesAt: Readonly<
    Partial<Record<'hostNetwork' | 'hostPID' | 'hostIPC' | 'shareProcessNamespace' | 'hostUsers', Location>>
  >;
  readonly at?: Location | undefined;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** What a cluster reported of one container. `id` is e.g. `containerd://<64 hex>`. */
export interface ContainerStatus {
  readonly name: string;
  readonly id?: string | undefined;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
}

export interface Pod {
  readonly kind: 'Pod';
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly labels: Labels;
  /** How we know that this pod exists: `observed` (it has a status), `declared` (a Pod manifest), `simulated` (made from a workload). */
  readonly provenance: Provenance;
  /** The top owner that the input names, e.g. the Deployment; undefined for a bare pod. */
  readonly owner?: ObjectRef | undefined;
  readonly spec: PodSpec;
  /** undefined: not scheduled; then `unscheduled` says why. */
  readonly node?: Fact<string> | undefined;
  readonly unscheduled?: string | undefined;
  /** In the order of status.podIPs, at most one per family; hostNetwork pods have their node's. Empty until the sandbox is up. */
  readonly addresses: readonly Fact<Ip>[];
  /** status.hostIPs as observed; empty when the node is to be asked. */
  readonly hostAddresses: readonly Fact<Ip>[];
  readonly phase: Fact<PodPhase>;
  readonly ready: Fact<boolean>;
  /** deletionTimestamp is set. */
  readonly terminating: boolean;
  readonly containerStatuses: readonly ContainerStatus[];
  /** Sandbox id when an annotation of the CNI told it (`cni.projectcalico.org/containerID`). */
  readonly sandboxId?: string | undefined;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

export interface PodTemplate {
  readonly labels: Labels;
  readonly spec: PodSpec;
  readonly at?: Location | undefined;
}

/** An owner of pods. `replicas` counts the pods it wants; a DaemonSet wants one per eligible node and ignores it. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly replicas: Fact<number>;
  readonly selector?: LabelSelector | undefined;
  readonly template: PodTemplate;
  /** ownerReferences with `controller: true`, when the input has it (a ReplicaSet of a Deployment). */
  readonly owner?: ObjectRef | undefined;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

/** @returns whether the pod may send and receive: it has an address and is neither finished nor unscheduled. */
export function isLive(pod: Pod): boolean {
  return pod.phase.value !== 'Succeeded' && pod.phase.value !== 'Failed';
}

/** @returns whether it lives, and not on its node's network: policies are about such pods alone (rule E54). */
export function isOnPodNetwork(pod: Pod): boolean {
  return isLive(pod) && !pod.spec.hostNetwork;
}
