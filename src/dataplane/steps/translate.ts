// Answers: which endpoint does the Service's address become? kube-proxy rewrites the destination where the packet enters
// the node (PREROUTING) or leaves a node process (OUTPUT), one endpoint per connection, each with probability 1/n (spec D1-D3).
import type { Ip } from '../../model/address';
import type { ObjectRef } from '../../model/objects';
import type { Evidence } from '../../model/source';
import { socketText, type Packet } from '../packet';
import type { StepBase } from '../step';

export interface TranslateStep extends StepBase {
  readonly kind: 'translate';
  readonly service: ObjectRef;
  /** How many endpoints could have been chosen, this one included. */
  readonly candidates: number;
}

export interface ChosenEndpoint {
  readonly address: Ip;
  readonly port: number;
  readonly owner: string;
}

export function translate(
  packet: Packet,
  service: ObjectRef,
  chosen: ChosenEndpoint,
  candidates: number,
  evidence: readonly Evidence[],
): TranslateStep {
  const after = { ...packet, destination: chosen.address, destinationPort: chosen.port };
  const choice = candidates === 1 ? 'its only endpoint' : `one of ${candidates} endpoints`;
  const reason =
    `kube-proxy rewrites the destination ${socketText(packet.destination, packet.destinationPort)} of Service ` +
    `${service.namespace}/${service.name} to ${choice}, ${chosen.owner} at ${socketText(chosen.address, chosen.port)} (DNAT).`;
  return {
    kind: 'translate',
    outcome: 'ok',
    before: packet,
    after,
    causesDrop: false,
    service,
    candidates,
    reason,
    evidence,
  };
}
