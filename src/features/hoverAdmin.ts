// Answers: what does a policy of the admin or the baseline tier do, here under the mouse? AdminNetworkPolicy,
// BaselineAdminNetworkPolicy and ClusterNetworkPolicy: the policy, its tier and priority, its subject, a rule with its action, a
// peer, a port. The first rule that matches decides; what none matches goes to the next tier (spec E2). What is written is read
// from the text, whom it concerns from the cluster.
import { generationOf, type AdminKind } from '../load/adminGeneration';
import { readAdminPolicy } from '../load/adminpolicy';
import { stringOf, entryOf } from '../load/syntax';
import type { Cluster } from '../model/cluster';
import type { AdminPolicy, Direction, PolicyRule } from '../model/policy';
import { matches, type LabelSelector } from '../model/selector';
import { peerText } from '../policy/peers';
import { portText } from '../policy/rulePorts';
import { policiesOf } from '../trace/policyReading';
import { isAt, objectAt, type Place, type ShownCluster } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import { askedBefore, ruleCounts, samePriority } from './policyWords';
import { weakest } from './provenance';
import { count, listed, podsText } from './words';

/** Rules of a direction that are spoken of. */
const mostRules = 3;

const group = 'policy.networking.k8s.io';

/** The policy as its text says now; undefined: none, or of a version or a subject that is not judged. */
function adminAt({ group: written, kind, root, metadata }: Place): AdminPolicy | undefined {
  if (written !== group) return undefined;
  const kinds: readonly AdminKind[] = [
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
    'ClusterNetworkPolicy',
  ];
  const known = kinds.find((each) => each === kind);
  const apiVersion = stringOf(entryOf(root.node, 'apiVersion')?.value) ?? '';
  const generation = known && generationOf(apiVersion.slice(group.length + 1), known);
  return generation && readAdminPolicy(root.source, metadata, generation);
}

interface WrittenRule {
  readonly policy: AdminPolicy;
  readonly direction: Direction;
  readonly rule: PolicyRule;
}

export function adminHover({ cluster }: ShownCluster, place: Place): HoverAnswer | undefined {
  const [spec, key, index, field] = place.path;
  if (place.group !== group || spec !== 'spec') return undefined;
  const policy = adminAt(place);
  if (policy === undefined) return undefined;
  if (key === 'priority' || key === 'tier') return priorityAnswer(cluster, policy);
  if (key === 'subject') return subjectAnswer(cluster, policy);
  if (key !== 'ingress' && key !== 'egress') return undefined;
  if (index === undefined) return { answer: directionSaid(cluster, policy, key), facts: [] };
  const rule = policy[key].find((each) => each.index === index);
  if (rule === undefined) return undefined;
  const written: WrittenRule = { policy, direction: key, rule };
  if (field === 'from' || field === 'to') return peerAnswer(cluster, written, place);
  if (field === 'ports' || field === 'protocols') return portAnswer(cluster, written, place);
  return ruleAnswer(cluster, written);
}

/** The policy under its name or kind, as the cluster has it. */
export function adminObjectAnswer(cluster: Cluster, place: Place): HoverAnswer | undefined {
  if (place.group !== group) return undefined;
  const ofKind = cluster.adminPolicies.filter(({ kind }) => kind === place.kind);
  const policy = objectAt(place, (name) => ofKind.find((each) => each.name === name), ofKind);
  if (policy === undefined) return undefined;
  const answer = subjectSaid(cluster, policy, `${policy.kind} ${policy.name} is about`);
  return {
    answer,
    facts: [
      ...orderSaid(cluster, policy),
      ...(['ingress', 'egress'] as const).map((direction) => directionSaid(cluster, policy, direction)),
    ],
  };
}

/** What a range of `networks` is for; nothing elsewhere. */
export function adminNetworkFacts(cluster: Cluster, place: Place): readonly Said[] {
  const [spec, key, index, to, , networks] = place.path;
  if (place.group !== group || spec !== 'spec' || key !== 'egress' || to !== 'to' || networks !== 'networks')
    return [];
  const policy = adminAt(place);
  const rule = policy?.egress.find((each) => each.index === index);
  if (policy === undefined || rule === undefined) return [];
  return [
    ruleSaid(cluster, { policy, direction: 'egress', rule }),
    { text: 'A network matches pods and nodes with such an address, too.', provenance: 'inferred' },
  ];
}

function priorityAnswer(cluster: Cluster, policy: AdminPolicy): HoverAnswer {
  const [first, ...others] = orderSaid(cluster, policy);
  return { answer: first ?? tierSaid(policy), facts: others };
}

function subjectAnswer(cluster: Cluster, policy: AdminPolicy): HoverAnswer {
  const inNodes: Said = {
    text: 'Pods on the network of their node are never subject to it.',
    provenance: 'inferred',
  };
  return {
    answer: subjectSaid(cluster, policy, 'Is about'),
    facts: [...orderSaid(cluster, policy), inNodes],
  };
}

function subjectSaid(cluster: Cluster, policy: AdminPolicy, start: string): Said {
  const pods = policiesOf(cluster).selectedBy(policy);
  const text =
    pods.length === 0 ? `${start} no pod now.` : `${start} ${count(pods.length, 'pod')}: ${podsText(pods)}.`;
  return { text, provenance: weakest(pods.map(({ provenance }) => provenance)) };
}

function tierSaid({ tier }: AdminPolicy): Said {
  const text =
    tier === 'admin'
      ? 'Of the admin tier: asked before NetworkPolicy, which cannot change what it allows or denies.'
      : 'Of the baseline tier: asked only for pods that no NetworkPolicy isolates.';
  return { text, provenance: 'declared' };
}

/** Its tier, who is asked before it, and with whom it shares its priority. */
function orderSaid(cluster: Cluster, policy: AdminPolicy): readonly Said[] {
  if (policy.kind === 'BaselineAdminNetworkPolicy') return [tierSaid(policy)];
  const before = askedBefore(cluster, policy).length;
  const ties = samePriority(cluster, policy);
  const tier = `the ${policy.tier} tier`;
  const place: Said = {
    text:
      before === 0
        ? `Priority ${policy.priority}: no policy of ${tier} is asked before it.`
        : `Priority ${policy.priority}: after ${count(before, 'policy', 'policies')} of ${tier}.`,
    provenance: 'declared',
  };
  const tied: Said = {
    text: `Shares its priority with ${listed(
      ties.map(({ kind, name }) => `${kind} ${name}`),
      3,
    )}: their order is undefined.`,
    provenance: 'declared',
    at: ties[0]?.priorityAt ?? ties[0]?.at,
  };
  return [place, ...(ties.length === 0 ? [] : [tied]), tierSaid(policy)];
}

function directionSaid(cluster: Cluster, policy: AdminPolicy, direction: Direction): Said {
  const rules = policy[direction];
  const [first] = rules;
  if (first === undefined)
    return { text: `Says nothing of ${direction}: the next tier decides.`, provenance: 'declared' };
  const said = rules.slice(0, mostRules).map((rule) => ruleCounts(cluster, policy, direction, rule));
  const more = rules.length > mostRules ? `; and ${rules.length - mostRules} more rules` : '';
  const text = `${direction === 'ingress' ? 'Ingress' : 'Egress'}, the first that matches: ${said.join('; ')}${more}.`;
  return { text, provenance: 'declared', at: first.at };
}

/** `Ingress rule 2 denies from 3 of 14 pods on TCP 80, for 2 pods.` */
function ruleSaid(cluster: Cluster, { policy, direction, rule }: WrittenRule): Said {
  const pods = policiesOf(cluster).selectedBy(policy);
  const side = direction === 'ingress' ? 'Ingress' : 'Egress';
  const whom = pods.length === 0 ? 'no pod' : podsText(pods, 3);
  const text = `${side} rule ${rule.index + 1} ${ruleCounts(cluster, policy, direction, rule)}; it is about ${whom}.`;
  return { text, provenance: weakest(pods.map(({ provenance }) => provenance)) };
}

function ruleAnswer(cluster: Cluster, written: WrittenRule): HoverAnswer {
  return {
    answer: ruleSaid(cluster, written),
    facts: [
      actionSaid(written.rule),
      ...earlierSaid(written),
      ...orderSaid(cluster, written.policy).slice(0, 2),
    ],
  };
}

function actionSaid({ action }: PolicyRule): Said {
  const texts = {
    Allow: 'What it matches is allowed: no other rule or tier of this direction is asked.',
    Deny: 'What it matches is dropped: no other rule or tier of this direction is asked.',
    Pass: 'What it matches skips the other policies of the tier, and goes to the next one.',
  };
  return { text: texts[action], provenance: 'declared' };
}

function earlierSaid({ policy, direction, rule }: WrittenRule): readonly Said[] {
  if (rule.index === 0) return [];
  const earlier = policy[direction].filter(({ index }) => index < rule.index);
  const text = `Asked after ${count(earlier.length, 'rule')} of the policy: what they match does not come here.`;
  return [{ text, provenance: 'declared' }];
}

function peerAnswer(cluster: Cluster, written: WrittenRule, place: Place): HoverAnswer {
  const { policy, rule } = written;
  const peer = rule.peers.find(({ at }) => isAt(place, place.path.slice(0, 5), at));
  if (peer === undefined) return ruleAnswer(cluster, written);
  const text = peerText(policy, peer);
  if (peer.kind === 'unknown') {
    const effect = rule.action === 'Allow' ? 'nobody' : 'everybody, and denies';
    return {
      answer: { text: `Not known to this version of the API: it matches ${effect}.`, provenance: 'inferred' },
      facts: [ruleSaid(cluster, written)],
    };
  }
  const pods = policiesOf(cluster).peerPods(policy, peer);
  const selects = pods.length === 0 ? 'no pod now' : `${count(pods.length, 'pod')}: ${podsText(pods)}`;
  const answer: Said =
    peer.kind === 'pods' || pods.length > 0
      ? { text: `Selects ${selects}.`, provenance: weakest(pods.map(({ provenance }) => provenance)) }
      : peer.kind === 'nodes'
        ? nodesSaid(cluster, peer.selector)
        : { text: `Addresses outside: ${text}.`, provenance: 'declared' };
  const names: Said = {
    text: 'Which addresses a name has is only known when it is looked up.',
    provenance: 'inferred',
  };
  return { answer, facts: [ruleSaid(cluster, written), ...(peer.kind === 'domainNames' ? [names] : [])] };
}

function nodesSaid({ nodes }: Cluster, selector: LabelSelector): Said {
  const found = nodes.filter(({ labels }) => matches(selector, labels));
  const names = listed(
    found.map(({ name }) => name),
    5,
  );
  return {
    text:
      found.length === 0
        ? 'Selects no node now.'
        : `Selects ${count(found.length, 'node')} by their addresses: ${names}.`,
    provenance: weakest(found.map(({ provenance }) => provenance)),
  };
}

function portAnswer(cluster: Cluster, written: WrittenRule, place: Place): HoverAnswer {
  const port = written.rule.ports.find(({ at }) => isAt(place, place.path.slice(0, 5), at));
  if (port === undefined) return ruleAnswer(cluster, written);
  const named: Said = {
    text: 'A name is looked up in the containers of the pod that is connected to, whatever its protocol.',
    provenance: 'declared',
  };
  return {
    answer: { text: `Concerns ${portText(port)} of the pod that is connected to.`, provenance: 'declared' },
    facts: [ruleSaid(cluster, written), ...(typeof port.port === 'string' ? [named] : [])],
  };
}
