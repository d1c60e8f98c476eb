// Answers: how does a rule name exactly these pods, or this address? By the labels that their workload selects by, when these choose
// nobody else; addresses as a block of one. What cannot be named narrowly, or would be written from a simulated fact, is refused in
// words (rules E22 to E32, E54).
import { onPodNetwork, type CheckContext, type Member } from '../analysis/checks/context';
import type { FieldValue } from '../analysis/checks/finding';
import { bitsOf, type Ip } from '../model/address';
import { lookupOf } from '../model/lookup';
import { keyOf } from '../model/objects';
import type { Pod } from '../model/pod';
import {
  matches,
  selectorFromLabels,
  selectorText,
  type Labels,
  type LabelSelector,
} from '../model/selector';
import type { NoProposal } from './allowConnection';
import { listed } from './words';

export interface Chosen {
  readonly kind: 'chosen';
  /** The selector, or the whole peer. */
  readonly value: FieldValue;
  /** `app=web of namespace shop`, `203.0.113.7/32` */
  readonly words: string;
  /** For the name of a policy: `web`. */
  readonly name: string;
  /** As the connectivity list names it. */
  readonly id: string;
  readonly notes: readonly string[];
}

/** Labels that controllers put on pods, other for each pod or each rollout. */
const volatile: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'pod-template-generation',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/** An entry of `from` or `to` for whoever has the address, in a policy of `namespace`. */
export function peerFor(context: CheckContext, address: Ip, namespace: string): Chosen | NoProposal {
  const [owner] = lookupOf(context.cluster).owners(address);
  if (owner?.kind === 'pod') {
    const chosen = selectorFor(context, owner.pod);
    if (chosen.kind === 'refused' || owner.pod.namespace === namespace)
      return chosen.kind === 'refused' ? chosen : { ...chosen, value: { podSelector: chosen.value } };
    return {
      ...chosen,
      value: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': owner.pod.namespace } },
        podSelector: chosen.value,
      },
      words: `${chosen.words} of namespace ${owner.pod.namespace}`,
    };
  }
  return blockFor(context, address);
}

function blockFor({ cluster }: CheckContext, address: Ip): Chosen | NoProposal {
  const lookup = lookupOf(cluster);
  const [owner] = lookup.owners(address);
  const range = lookup.rangeOf(address);
  const node = owner?.kind === 'node' ? owner.node : range?.kind === 'node-pod-cidr' ? range.node : undefined;
  const fact = node?.addresses.find(({ value }) => value.text === address.text);
  if (node !== undefined && (fact ?? range?.cidr)?.provenance === 'simulated')
    return refused(
      `The other end is ${address.text}, an address of node ${node.name} that is only simulated. Selectors do not match nodes or pods on their network; write an ipBlock with the addresses that your nodes really have.`,
    );
  const cidr = `${address.text}/${bitsOf(address.family)}`;
  return {
    kind: 'chosen',
    value: { ipBlock: { cidr } },
    words: cidr,
    name: address.text.replace(/[.:]+/g, '-'),
    // The block cuts the ranges of the list at exactly this address.
    id: `${address.text}-${address.text}`,
    notes:
      node === undefined
        ? []
        : [`${address.text} is an address of node ${node.name}: the rule is for everything on its network.`],
  };
}

/** A selector for the pod's workload and nobody else in its namespace. */
export function selectorFor(context: CheckContext, pod: Pod): Chosen | NoProposal {
  const { owner, namespace } = pod;
  const who = owner === undefined ? `Pod ${keyOf(pod)}` : `${owner.kind} ${keyOf(owner)}`;
  const others = onPodNetwork(context.membersIn(namespace)).filter((member) => member.owner !== who);
  const tried: LabelSelector[] = [];
  for (const selector of candidates(context, pod)) {
    if (selector.requirements.length === 0) continue;
    tried.push(selector);
    if (!matches(selector, pod.labels) || others.some(({ labels }) => matches(selector, labels))) continue;
    const name = owner?.name ?? pod.name;
    const id = owner === undefined ? `${keyOf(pod)}[Pod]` : `${keyOf(owner)}[${owner.kind}]`;
    const words = selectorText(selector);
    return { kind: 'chosen', value: selectorValue(selector), words, name, id, notes: [] };
  }
  const best = tried.at(-1);
  if (best === undefined)
    return refused(`${who} has no labels, so no rule can name it. Give its pods a label of their own.`);
  return refused(
    `The labels of ${who} do not single it out: ${selectorText(best)} also chooses ${alike(others, best)}. Give its pods a label of their own.`,
  );
}

function alike(others: readonly Member[], selector: LabelSelector): string {
  const found = others.filter(({ labels }) => matches(selector, labels)).map(({ owner }) => owner);
  return listed([...new Set(found)]);
}

/** What the workload itself selects by, then all labels of its template. */
function candidates({ cluster }: CheckContext, pod: Pod): readonly LabelSelector[] {
  const workload = pod.owner && lookupOf(cluster).workload(pod.owner.kind, keyOf(pod.owner));
  const labels = selectorFromLabels(lasting(workload?.template.labels ?? pod.labels));
  const own = workload?.selector;
  const lasts = own?.requirements.every(({ key }) => !volatile.has(key)) === true;
  return own !== undefined && lasts ? [own, labels] : [labels];
}

function lasting(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !volatile.has(key)));
}

function selectorValue({ requirements }: LabelSelector): FieldValue {
  const single = requirements.filter(({ operator, values }) => operator === 'In' && values.length === 1);
  const repeated = new Set(single.map(({ key }) => key)).size < single.length;
  const labels = repeated ? [] : single;
  const rest = requirements.filter((each) => !labels.includes(each));
  return {
    ...(labels.length === 0
      ? {}
      : { matchLabels: Object.fromEntries(labels.map(({ key, values }) => [key, values[0] ?? ''])) }),
    ...(rest.length === 0
      ? {}
      : {
          matchExpressions: rest.map(({ key, operator, values }) =>
            values.length === 0 ? { key, operator } : { key, operator, values },
          ),
        }),
  };
}

function refused(reason: string): NoProposal {
  return { kind: 'refused', reason };
}
