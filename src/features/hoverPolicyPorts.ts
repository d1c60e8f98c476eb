// Answers: whom does a port of a policy rule let connect to whom? It is the port of the pod, never that of the Service; a name is
// looked up at the pods that are connected to; no protocol means TCP (networking/v1; rules E20, E37-E44).
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { PolicyPort } from '../model/policy';
import { containersWanting } from '../model/portConflict';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { namedPorts, portText } from '../policy/rulePorts';
import { callersSaid, type PortOfPod } from './callers';
import { provenanceOf } from './hoverLabels';
import { countsSaid, ruleAt, type WrittenRule } from './hoverPeer';
import { isAt, type Place, type ShownCluster } from './hoverPlace';
import { leadingSaid } from './hoverPorts';
import type { HoverAnswer, Said } from './hoverShape';
import { servicesOf } from './podServices';
import { count, listed, podsText } from './words';

const fields = new Set<unknown>(['port', 'endPort', 'protocol']);

export function policyPortHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const written = ruleAt(place);
  const [list, , field, ...deeper] = written?.rest ?? [];
  if (written === undefined || list !== 'ports' || !fields.has(field) || deeper.length > 0) return undefined;
  const entry = written.rule.ports.find(({ at }) => isAt(place, place.path.slice(0, -1), at));
  return entry && portAnswer(cluster, written, entry);
}

function portAnswer(cluster: Cluster, written: WrittenRule, entry: PolicyPort): HoverAnswer {
  const { policy, direction, rule } = written;
  const judge = policiesOf(cluster);
  const subjects = judge.selectedBy(policy);
  const byLabel = rule.peers.filter(({ kind }) => kind === 'pods');
  const peers = [...new Set(byLabel.flatMap((peer) => judge.peerPods(policy, peer)))];
  const others = othersText(written, peers);
  const selected = subjects.length === 0 ? 'no pod' : podsText(subjects, few);
  const [senders, receivers] = direction === 'ingress' ? [others, selected] : [selected, others];
  const targets = direction === 'ingress' ? subjects : peers;
  const side = direction === 'ingress' ? 'Ingress' : 'Egress';
  const known = targets.flatMap((pod) => portsAt(pod, entry));
  const idle: Said = {
    text: `It does nothing: policyTypes leaves ${direction} out.`,
    provenance: 'declared',
  };
  return {
    answer: {
      text: `${side} rule ${rule.index + 1} lets ${senders} connect to ${portText(entry)} of ${receivers}.`,
      provenance: provenanceOf([...subjects, ...peers]),
    },
    facts: [
      ...(policy.isolates[direction] ? [countsSaid(cluster, written)] : [idle]),
      ...(targets.length === 0 ? [] : listenersSaid(targets, entry)),
      ...(known.length === 0 ? [] : reachedSaid(cluster, known, entry)),
      ...(direction === 'ingress' ? callersSaid(cluster, known) : []),
    ],
  };
}

/** Groups of pods that are named in the answer itself. */
const few = 3;

/** The other side of the rule: anybody, pods by label, blocks of addresses. */
function othersText({ policy, rule }: WrittenRule, pods: readonly Pod[]): string {
  if (rule.peers.length === 0) return 'anybody';
  const blocks = rule.peers.filter(({ kind }) => kind === 'ipBlock').map((peer) => peerText(policy, peer));
  const named = [...(pods.length === 0 ? [] : [podsText(pods, few)]), ...blocks];
  return named.length === 0 ? 'no pod' : listed(named, few);
}

/** The port numbers that the entry means at the pod: of a range, or of all ports, those that containers declare. */
function portsAt(pod: Pod, { port, endPort, protocol }: PolicyPort): readonly PortOfPod[] {
  if (typeof port === 'number' && endPort === undefined)
    return protocol === undefined ? [] : [{ pod, protocol, port }];
  const declared =
    typeof port === 'string'
      ? namedPorts(pod, port, protocol, ['app'])
      : pod.spec.containers
          .filter(({ role }) => role !== 'init')
          .flatMap((container) => container.ports)
          .filter((each) => each.protocol === protocol && covers(port, endPort, each.containerPort));
  const distinct = new Map(declared.map((each) => [`${each.protocol} ${each.containerPort}`, each]));
  return [...distinct.values()].map((each) => ({ pod, protocol: each.protocol, port: each.containerPort }));
}

function covers(first: number | undefined, last: number | undefined, number: number): boolean {
  return first === undefined || (first <= number && number <= (last ?? first));
}

/** Which containers declare the port, and which pods do not know its name. */
function listenersSaid(targets: readonly Pod[], entry: PolicyPort): readonly Said[] {
  const found = new Map<string, Pod[]>();
  const without: Pod[] = [];
  for (const pod of targets) {
    const names = portsAt(pod, entry).flatMap(({ protocol, port }) =>
      containersWanting(pod, protocol, port).map(
        ({ container }) => `container ${container.name} on ${protocol} ${port}`,
      ),
    );
    if (names.length === 0) without.push(pod);
    for (const name of names) found.set(name, [...(found.get(name) ?? []), pod]);
  }
  const listens = [...found].map(([name, of]) => `${name} (${count(of.length, 'pod')})`);
  const declared: readonly Said[] =
    listens.length === 0
      ? []
      : [{ text: `Declared there by ${listed(listens, 3)}.`, provenance: provenanceOf(targets) }];
  if (without.length === 0) return declared;
  const { port, protocol } = entry;
  if (typeof port !== 'string') {
    const text = `Not declared by ${podsText(without)}; whether something listens is not known.`;
    return [...declared, { text, provenance: provenanceOf(without) }];
  }
  const sidecars = without.filter((pod) => namedPorts(pod, port, protocol, ['sidecar']).length > 0);
  const text =
    sidecars.length === without.length
      ? `Only a sidecar has a ${protocol} port of that name; plugins differ in whether that counts: ${podsText(without)}.`
      : `No ${protocol} port of that name, so the rule does not count: ${podsText(without)}.`;
  return [...declared, { text, provenance: provenanceOf(without) }];
}

/** Services that lead there; or, as is the usual mistake, one that has this number and leads elsewhere. */
function reachedSaid(
  cluster: Cluster,
  known: readonly PortOfPod[],
  { port, protocol }: PolicyPort,
): readonly Said[] {
  for (const { pod } of known) {
    for (const service of servicesOf(cluster, keyOf(pod))) {
      const same = service.ports.find(
        (each) => each.port === port && each.protocol === protocol && each.targetPort !== port,
      );
      if (same !== undefined)
        return [
          {
            text: `${port ?? ''} is the port of Service ${keyOf(service)}; policies count the port of the pod, which is ${same.targetPort}.`,
            provenance: 'declared',
            at: same.at,
          },
        ];
    }
  }
  return leadingSaid(cluster, known);
}
