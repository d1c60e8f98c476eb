// Answers: which endpoint does a Service's address, a node port or a host port become? kube-proxy rewrites the destination where
// the packet enters the node (PREROUTING) or leaves a node process (OUTPUT); socket-level load balancing does it at connect(),
// before there is a packet. One endpoint per connection, each with probability 1/n (spec D1-D3).
import type { Ip } from '../../model/address';
import type { ObjectRef } from '../../model/objects';
import type { Evidence } from '../../model/source';
import { socketText, type Packet } from '../packet';
import type { StepBase } from '../step';

/** Who translates, and by which mechanism: `kube-proxy`, `DNAT`; `Cilium`, `at connect()`. */
export interface Translator {
  readonly who: string;
  readonly how: string;
}

export interface TranslateStep extends StepBase {
  readonly kind: 'translate';
  /** The Service, or the Pod whose host port it is. */
  readonly service: ObjectRef;
  readonly by: Translator;
  /** No packet carries the Service's address: the socket itself was pointed at the endpoint. */
  readonly atSocket: boolean;
  /** How many endpoints could have been chosen, this one included. */
  readonly candidates: number;
}

export interface ChosenEndpoint {
  readonly address: Ip;
  readonly port: number;
  readonly owner: string;
}

export interface Rewrite {
  readonly by: Translator;
  readonly service: ObjectRef;
  readonly chosen: ChosenEndpoint;
  readonly candidates: number;
  readonly evidence: readonly Evidence[];
  readonly note?: string | undefined;
}

/** @param before the packet with the Service's address; at a socket, the packet that would have been. */
export function translate(before: Packet, after: Packet, rewrite: Rewrite, atSocket: boolean): TranslateStep {
  const { by, service, chosen, candidates, evidence, note } = rewrite;
  const choice =
    service.kind === 'Pod'
      ? 'the pod'
      : candidates === 1
        ? 'its only endpoint'
        : `one of ${candidates} endpoints`;
  const name = `${service.kind === 'Pod' ? 'pod' : service.kind} ${service.namespace}/${service.name}`;
  const reason =
    `${by.who} rewrites the destination ${socketText(before.destination, before.destinationPort)} of ${name} to ` +
    `${choice}, ${chosen.owner} at ${socketText(chosen.address, chosen.port)} (${by.how}).${note === undefined ? '' : ` ${note}`}`;
  return {
    kind: 'translate',
    outcome: 'ok',
    before,
    after,
    causesDrop: false,
    service,
    by,
    atSocket,
    candidates,
    reason,
    evidence,
  };
}

/** The packet with the endpoint as its destination. */
export function towards(packet: Packet, { address, port }: ChosenEndpoint): Packet {
  return { ...packet, destination: address, destinationPort: port };
}
