// Answers: who in the cluster knows this port, when the file's own objects are not in it? For templates, which only rendering makes
// objects of, and documents with a syntax error: the number or name is looked up in what is in the cluster.
import { entryOf, nodeAt, type SyntaxNode } from '../load/syntax';

import { keyOf } from '../model/objects';
import { isLive } from '../model/pod';
import { protocols, type Protocol } from '../model/ports';
import type { Service } from '../model/service';
import { provenanceOf } from './hoverLabels';
import type { Place, ShownCluster } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { count, listed, podsText } from './words';

const fields = new Set<unknown>(['port', 'targetPort', 'containerPort', 'nodePort', 'hostPort']);

export function portNumberHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const { node, path, root, literal } = place;
  if (!fields.has(path.at(-1)) || node.kind !== 'scalar' || !literal(node)) return undefined;
  const written = entryOf(nodeAt(root.node, path.slice(0, -1)), 'protocol')?.value;
  const protocol = protocolOf(written);
  if (protocol === undefined || (written !== undefined && !literal(written))) return undefined;
  const asked = node.value;
  if (typeof asked !== 'number' && (typeof asked !== 'string' || asked === '')) return undefined;
  const pods = cluster.pods.filter(
    (pod) =>
      isLive(pod) &&
      pod.spec.containers.some(
        ({ role, ports }) =>
          role !== 'init' &&
          ports.some(
            (each) => each.protocol === protocol && (each.containerPort === asked || each.name === asked),
          ),
      ),
  );
  const services = cluster.services.filter((service) => knows(service, protocol, asked));
  if (pods.length === 0 && services.length === 0) return undefined;
  const declared =
    pods.length === 0
      ? 'is declared by no pod'
      : `is declared by ${count(pods.length, 'pod')}: ${podsText(pods)}`;
  const facts: Said[] =
    services.length === 0
      ? []
      : [
          {
            text: `${services.length === 1 ? 'Service' : 'Services'} with it: ${listed(services.map(keyOf), 3)}.`,
            provenance: weakest(services.map(({ provenance }) => provenance)),
          },
        ];
  return {
    answer: { text: `${protocol} ${asked} ${declared}.`, provenance: provenanceOf(pods) },
    facts,
  };
}

function protocolOf(node: SyntaxNode | undefined): Protocol | undefined {
  if (node === undefined) return 'TCP';
  return node.kind === 'scalar' ? protocols.find((each) => each === node.value) : undefined;
}

function knows({ ports }: Service, protocol: Protocol, asked: number | string): boolean {
  return ports.some(
    (port) => port.protocol === protocol && [port.port, port.targetPort, port.nodePort].includes(asked),
  );
}
