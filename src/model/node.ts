// Answers: which machine is this, which addresses does it own, and which pods may it take? (core/v1 Node)
import type { Cidr, Ip } from './address';
import type { Labels } from './selector';
import type { Fact, Location, Provenance } from './source';

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Node {
  readonly kind: 'Node';
  readonly name: string;
  readonly provenance: Provenance;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** InternalIP, at most one per family, in the order of status.addresses. */
  readonly addresses: readonly Fact<Ip>[];
  readonly externalAddresses: readonly Fact<Ip>[];
  /** At most one per family. Empty when the CNI does not use node.spec.podCIDRs and nothing else told. */
  readonly podCidrs: readonly Fact<Cidr>[];
  readonly ready: Fact<boolean>;
  /** Annotations by which CNI plugins tell addresses and modes (spec C6); others are not kept. */
  readonly annotations?: Labels | undefined;
  /** spec.providerID, e.g. `kind://docker/kind/kind-worker`. */
  readonly providerId?: string | undefined;
  /** nodeInfo.containerRuntimeVersion, e.g. `containerd://2.1.4`. */
  readonly runtime?: string | undefined;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}

export interface Namespace {
  readonly kind: 'Namespace';
  readonly name: string;
  /** Always has `kubernetes.io/metadata.name`, which the control plane sets (rule E28). */
  readonly labels: Labels;
  /** `inferred`: no Namespace object, but some object lives in it. */
  readonly provenance: Provenance;
  readonly at?: Location | undefined;
  readonly nameAt?: Location | undefined;
}
