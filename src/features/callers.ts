// Answers: who may connect to this port of a pod, as far as policies go? Both sides count: a rule at the pod must admit the
// sender, and the sender's own policies must let it out (networking/v1; rules E5, E6). Senders are looked for only where rules
// point, so the cost grows with the rules of the pod and not with the cluster; with policies of the admin tiers callersOfTiers.ts asks.
import type { Cluster } from '../model/cluster';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import type { NetworkPolicy, PolicyRule } from '../model/policy';
import { hasPort, type Protocol } from '../model/ports';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { namedPorts, portsOfRule } from '../policy/rulePorts';
import { callersOfTiers, hasTiers } from './callersOfTiers';
import type { Said } from './hoverShape';
import { weakest } from './provenance';
import { listed, podsText } from './words';

/** Different kinds of pods behind one port that are spoken of. */
const mostKinds = 2;

/** A port of a pod, as the pod has it: not a Service's. */
export interface PortOfPod {
  readonly pod: Pod;
  readonly protocol: Protocol;
  readonly port: number;
}

/** What policies say of connections to the ports. Pods of one workload are alike: the first speaks for them. */
export function callersSaid(cluster: Cluster, targets: readonly PortOfPod[]): readonly Said[] {
  const kinds = new Map<string, PortOfPod>();
  for (const target of targets) {
    const { pod, port } = target;
    const kind = `${pod.owner === undefined ? keyOf(pod) : `${pod.owner.kind} ${keyOf(pod.owner)}`} ${port}`;
    if (!kinds.has(kind)) kinds.set(kind, target);
  }
  const first = [...kinds.values()].slice(0, mostKinds);
  return first.flatMap((target) =>
    callersOfPod(cluster, target).map((said) =>
      first.length === 1 ? said : { ...said, text: `At ${keyOf(target.pod)}: ${said.text}` },
    ),
  );
}

function callersOfPod(cluster: Cluster, target: PortOfPod): readonly Said[] {
  const { pod, protocol, port } = target;
  const judge = policiesOf(cluster);
  if (pod.spec.hostNetwork)
    return [{ text: "NetworkPolicy does not apply on the node's network.", provenance: 'inferred' }];
  const unjudged = judge.unjudgedFor(pod).filter(({ effect }) => effect.ingress !== undefined);
  if (unjudged.length > 0) {
    const names = listed(
      unjudged.map((policy) => `${policy.kind} ${keyOf(policy)}`),
      2,
    );
    const text = `Who may connect cannot be told: not judged: ${names}.`;
    return [{ text, provenance: 'declared', at: unjudged[0]?.at }];
  }
  if (hasTiers(cluster)) return callersOfTiers(cluster, pod, protocol, port);
  const isolating = judge.isolating('ingress', pod);
  if (isolating.length === 0)
    return [{ text: 'No policy isolates its ingress: who can send may connect.', provenance: 'declared' }];
  const admitting = isolating.flatMap((policy) =>
    policy.ingress
      .filter((rule) => hasPort(portsOfRule(rule, pod), protocol, port))
      .map((rule) => ({ policy, rule })),
  );
  if (admitting.length > 0) return admittedSaid(cluster, target, admitting);
  const open = isolating.find(({ ingress }) => ingress.some((rule) => namesSidecarPort(rule, target)));
  if (open !== undefined) {
    const text = `Who may connect cannot be told: ${keyOf(open)} names a port that only a sidecar declares; plugins differ.`;
    return [{ text, provenance: 'declared', at: open.nameAt }];
  }
  const text = `Nobody but its own node may connect: no rule of ${listed(isolating.map(keyOf), 3)} admits ${protocol} ${port}.`;
  return [{ text, provenance: 'declared', at: isolating[0]?.nameAt }];
}

/** Plugins differ in whether a name is looked up in sidecars (rule E43). */
function namesSidecarPort({ ports }: PolicyRule, { pod, protocol, port: number }: PortOfPod): boolean {
  return ports.some(
    ({ port, protocol: of }) =>
      typeof port === 'string' &&
      namedPorts(pod, port, of, ['sidecar']).some(
        (found) => found.protocol === protocol && found.containerPort === number,
      ),
  );
}

function admittedSaid(
  cluster: Cluster,
  { pod, protocol, port }: PortOfPod,
  admitting: readonly { readonly policy: NetworkPolicy; readonly rule: PolicyRule }[],
): readonly Said[] {
  const judge = policiesOf(cluster);
  const open = admitting.find(({ rule }) => rule.peers.length === 0);
  if (open !== undefined) {
    const text = `Anybody who can send may connect: ${keyOf(open.policy)} admits every peer.`;
    return [{ text, provenance: 'declared', at: open.rule.at }];
  }
  const peers = admitting.flatMap(({ policy, rule }) => rule.peers.map((peer) => ({ policy, peer })));
  const blocks = peers
    .filter(({ peer }) => peer.kind === 'ipBlock')
    .map(({ policy, peer }) => peerText(policy, peer));
  const admitted = new Set(
    peers
      .filter(({ peer }) => peer.kind === 'pods')
      .flatMap(({ policy, peer }) => judge.peerPods(policy, peer))
      .filter((sender) => sender !== pod),
  );
  const [may, kept]: [Pod[], Pod[]] = [[], []];
  for (const sender of admitted) {
    const free =
      judge.isolating('egress', sender).length === 0 ||
      hasPort(judge.permittedPorts('egress', sender, pod), protocol, port);
    (free ? may : kept).push(sender);
  }
  const at = admitting[0]?.rule.at;
  const who = [...(may.length === 0 ? [] : [podsText(may)]), ...blocks];
  const answer: Said =
    who.length === 0
      ? {
          text: 'Nobody but its own node may connect: of those that rules admit, none is there.',
          provenance: 'declared',
          at,
        }
      : { text: `May connect: ${listed(who, 3)}.`, provenance: provenanceOf(may), at };
  if (kept.length === 0) return [answer];
  const text = `Admitted here, but kept in by their own egress policies: ${podsText(kept)}.`;
  return [answer, { text, provenance: provenanceOf(kept) }];
}

function provenanceOf(pods: readonly Pod[]): Said['provenance'] {
  return weakest(pods.map(({ provenance }) => provenance));
}
