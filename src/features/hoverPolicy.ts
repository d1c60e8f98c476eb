// Answers: what does a NetworkPolicy do: which pods does it select, what does it isolate, and what does each rule admit? A policy
// without a rule for a direction that it isolates admits nothing by itself; others may (networking/v1; rules E4-E20, E30, E53).
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Direction, NetworkPolicy, PolicyRule, VendorPolicy } from '../model/policy';
import { matches } from '../model/selector';
import { policiesOf } from '../trace/policyReading';
import { peerText } from '../policy/peers';
import { portText } from '../policy/rulePorts';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { effectWords, vendorSubjectText } from './policyWords';
import { count, listed, podsText } from './words';

/** Rules of a direction, and peers of a rule, that are spoken of. */
const mostRules = 3;
const mostPeers = 3;

export const directions: readonly Direction[] = ['ingress', 'egress'];

export function policyAnswer(cluster: Cluster, policy: NetworkPolicy): HoverAnswer {
  return selectionAnswer(cluster, policy, `NetworkPolicy ${keyOf(policy)} selects`);
}

/** @param start `Selects`, or with the name of the policy. */
export function selectionAnswer(cluster: Cluster, policy: NetworkPolicy, start: string): HoverAnswer {
  const pods = policiesOf(cluster).selectedBy(policy);
  const text =
    pods.length === 0
      ? `${start} no pod: it isolates nothing now.`
      : `${start} ${count(pods.length, 'pod')}: ${podsText(pods)}.`;
  return {
    answer: { text, provenance: weakest(pods.map(({ provenance }) => provenance)) },
    facts: [
      ...directions.map((direction) => directionSaid(policy, direction)),
      ...onNodeNetworkSaid(cluster, policy),
    ],
  };
}

/** @param parts of one object: it may speak of several subjects. */
export function unjudgedAnswer(parts: readonly VendorPolicy[]): HoverAnswer | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const { kind, namespace, name, vendor } = first;
  const changing = parts.filter(({ effect }) => effect.ingress !== undefined || effect.egress !== undefined);
  const facts = changing.slice(0, 4).map((part): Said => ({
    text: `It ${effectWords(part)} of ${vendorSubjectText(part)}: such verdicts stay undetermined.`,
    provenance: 'inferred',
  }));
  const idle: Said = {
    text: `No verdict depends on it: a policy of ${vendor} like this changes nothing.`,
    provenance: 'inferred',
  };
  return {
    answer: {
      text: `${kind} ${keyOf({ namespace, name })} is a policy of ${vendor}: recognised, and not judged.`,
      provenance: 'declared',
    },
    facts: facts.length === 0 ? [idle] : facts,
  };
}

/** Whether the direction is isolated, and what its rules admit, in one sentence. */
export function directionSaid(policy: NetworkPolicy, direction: Direction): Said {
  const rules = policy[direction];
  const at = rules[0]?.at;
  if (!policy.isolates[direction])
    return rules.length === 0
      ? { text: `Leaves ${direction} as it is.`, provenance: 'declared' }
      : {
          text: `Its ${direction} rules do nothing: policyTypes leaves ${direction} out.`,
          provenance: 'declared',
          at,
        };
  if (rules.length === 0)
    return { text: `Isolates ${direction} and admits nothing itself.`, provenance: 'declared' };
  const admits = rules.slice(0, mostRules).map((rule) => ruleText(policy, direction, rule));
  const more = rules.length > mostRules ? `; and ${rules.length - mostRules} more rules` : '';
  return {
    text: `Isolates ${direction}; admits ${admits.join('; ')}${more}.`,
    provenance: 'declared',
    at,
  };
}

/** `from podSelector app=web in namespace shop on TCP 5432` */
function ruleText(policy: NetworkPolicy, direction: Direction, { peers, ports }: PolicyRule): string {
  const who =
    peers.length === 0
      ? 'anybody'
      : listed(
          peers.map((peer) => peerText(policy, peer)),
          mostPeers,
        );
  return `${direction === 'ingress' ? 'from' : 'to'} ${who} on ${portsOfRuleText(ports)}`;
}

export function portsOfRuleText(ports: PolicyRule['ports']): string {
  return ports.length === 0 ? 'every port' : listed(ports.map(portText), 4);
}

/** Labels match, but policies do not reach pods on their node's network. */
function onNodeNetworkSaid(cluster: Cluster, { namespace, podSelector }: NetworkPolicy): readonly Said[] {
  const pods = lookupOf(cluster)
    .podsIn(namespace)
    .filter((pod) => pod.spec.hostNetwork && matches(podSelector, pod.labels));
  if (pods.length === 0) return [];
  return [
    {
      text: `Not isolated though selected, as they are on the network of their nodes: ${podsText(pods)}.`,
      provenance: 'inferred',
    },
  ];
}
