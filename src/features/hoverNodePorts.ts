// Answers: what is behind the range that node ports come from? Which of them Services have, which lie outside, and who reaches one.
// For the API server's --service-node-port-range where it is written: static pods, kubeadm (kube-apiserver flags).
import { entryOf, nodeAt } from '../load/syntax';
import { keyOf } from '../model/objects';
import type { Place, ShownCluster } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { assumedProfileSaid, reachOfNodePort } from './reach';
import { listed } from './words';

/** `--service-node-port-range=30000-32767` among arguments, or the range alone behind that name (kubeadm). */
const rangeArgument = /^(?:--?)?(?:service-node-port-range=)?(\d{1,5})-(\d{1,5})$/;
const rangeName = 'service-node-port-range';

/** On the range that node ports come from: which are taken, which lie outside, and who reaches one of them. */
export function nodePortRangeHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const { node } = place;
  const [, first, last] = (node.kind === 'scalar' && rangeArgument.exec(node.text)) || [];
  if (first === undefined || last === undefined || !namesRange(place)) return undefined;
  const taken = cluster.services.flatMap((service) =>
    service.ports.flatMap((port) => (port.nodePort === undefined ? [] : [{ service, port }])),
  );
  const isInside = ({ port: { nodePort = 0 } }: (typeof taken)[number]): boolean =>
    Number(first) <= nodePort && nodePort <= Number(last);
  const inside = taken.filter(isInside);
  const outside = taken.filter((each) => !isInside(each));
  const words = (list: typeof taken): string =>
    listed(
      list.map(({ service, port }) => `${port.protocol} ${port.nodePort ?? 0} (${keyOf(service)})`),
      3,
    );
  const [example] = inside;
  return {
    answer: {
      text: `Node ports come from ${first} to ${last}; every node takes those that Services have: ${inside.length === 0 ? 'none' : words(inside)}.`,
      provenance: weakest(inside.map(({ port, service }) => port.nodePortProvenance ?? service.provenance)),
    },
    facts: [
      ...(outside.length === 0
        ? []
        : [
            {
              text: `Outside the range, so the API server refuses: ${words(outside)}.`,
              provenance: weakest(outside.map(({ service }) => service.provenance)),
            },
          ]),
      ...(example === undefined
        ? []
        : [
            ...reachOfNodePort(cluster, example.service, example.port).map((said): Said => ({
              ...said,
              text: `${example.port.nodePort ?? 0}: ${said.text}`,
            })),
            ...assumedProfileSaid(cluster),
          ]),
    ],
  };
}

/** By the text itself, by the key, or by the `name` beside a `value`. */
function namesRange({ node, path, root }: Place): boolean {
  if (node.kind === 'scalar' && node.text.includes(rangeName)) return true;
  if (path.at(-1) === rangeName) return true;
  const beside = entryOf(nodeAt(root.node, path.slice(0, -1)), 'name')?.value;
  return path.at(-1) === 'value' && beside?.kind === 'scalar' && beside.text === rangeName;
}
