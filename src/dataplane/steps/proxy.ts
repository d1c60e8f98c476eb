// Answers: where does one connection end and another begin? A proxy (an Ingress controller, a load balancer that is not
// transparent) takes the client's connection for itself and opens its own to a backend: the client's address does not travel on.
import type { Evidence } from '../../model/source';
import type { Packet } from '../packet';
import type { StepBase } from '../step';

export interface ProxyStep extends StepBase {
  readonly kind: 'proxy';
  /** Who proxies: `Ingress controller ingress-nginx/controller-0`. */
  readonly proxy: string;
}

/** The step that ends the first connection; the next step is the proxy's own `send`. */
export function proxy(packet: Packet, by: string, reason: string, evidence: readonly Evidence[]): ProxyStep {
  return {
    kind: 'proxy',
    outcome: 'assumed',
    before: packet,
    after: packet,
    causesDrop: false,
    proxy: by,
    reason,
    evidence,
  };
}
