// Answers: which pods have these labels, and which one line of a selector? All requirements of a selector must hold; an empty one
// chooses everything (apimachinery LabelSelector; rules E14-E16). What the selector is for, its own hover says.
import type { Field } from '../load/field';
import { stringMap } from '../load/field';
import type { PathSegment, SyntaxNode } from '../load/syntax';
import { nodeAt } from '../load/syntax';
import { labelSelector } from '../load/values';
import type { Cluster } from '../model/cluster';
import { lookupOf } from '../model/lookup';
import { isLive, type Pod } from '../model/pod';
import { everything, matches, selectorFromLabels, selectorText } from '../model/selector';
import type { Labels, LabelSelector } from '../model/selector';
import { fieldAt, restOf, type Place, type ShownCluster } from './hoverPlace';
import type { HoverAnswer, Said } from './hoverShape';
import { weakest } from './provenance';
import { count, listed, podsText } from './words';

/** A selector in the text. */
export interface WrittenSelector {
  readonly field: Field;
  /** From the selector to the place: nothing, `matchLabels`, or on to one line of it. */
  readonly rest: readonly PathSegment[];
  /** `plain`: a map of labels, as Services have it. */
  readonly form: 'plain' | 'labelSelector';
}

/** The selector at `prefix`, when the place is in it. */
export function selectorIn(
  { path, root }: Place,
  prefix: readonly string[],
  form: WrittenSelector['form'],
): WrittenSelector | undefined {
  const rest = restOf(path, prefix);
  return rest && { field: fieldAt(root, path.slice(0, prefix.length)), rest, form };
}

/** The selector as it is written now; what is no selector is read as far as it goes. */
export function readSelector({ field, form }: WrittenSelector): LabelSelector {
  return (form === 'plain' ? selectorFromLabels(stringMap(field)) : labelSelector(field)) ?? everything;
}

/**
 * Speaks of the line alone where the selector has others besides, or is not in the cluster; else `whole` says what the
 * selector is for.
 */
export function selectorAnswer(
  { cluster }: ShownCluster,
  place: Place,
  written: WrittenSelector,
  whole: (selector: LabelSelector) => HoverAnswer,
): HoverAnswer | undefined {
  const line = lineOf(written);
  const selector = readSelector(written);
  const scope = scopeOf(cluster, place.namespace);
  if (place.state === 'sound') {
    if (line === undefined || selector.requirements.length < 2) return whole(selector);
    const pods = scope.pods.filter((pod) => matches(selector, pod.labels));
    const all = `All of ${selectorText(selector)}: ${pods.length === 0 ? 'no pod' : podsText(pods)}.`;
    return labelsAnswer(scope, line.selector, [{ text: all, provenance: provenanceOf(pods) }]);
  }
  // Of a template or a guess only what stands there in full is spoken of, and not what the object would do.
  if (line !== undefined) return place.literal(line.node) ? labelsAnswer(scope, line.selector) : undefined;
  const isWhole = written.field.node !== undefined && place.literal(written.field.node);
  return isWhole && selector.requirements.length > 0 ? labelsAnswer(scope, selector) : undefined;
}

/** The requirement on the line of the place alone; undefined: the place is the selector or a list of it. */
function lineOf({
  field,
  rest,
  form,
}: WrittenSelector): { readonly selector: LabelSelector; readonly node: SyntaxNode } | undefined {
  const list = form === 'plain' ? 'matchLabels' : rest[0];
  const member = form === 'plain' ? rest[0] : rest[1];
  if (list === undefined || member === undefined) return undefined;
  const node = nodeAt(field.node, form === 'plain' ? [member] : [list, member]);
  if (node === undefined) return undefined;
  if (list === 'matchLabels' && typeof member === 'string') {
    const value = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
    return { node, selector: selectorFromLabels({ [member]: value }) };
  }
  if (list !== 'matchExpressions' || typeof member !== 'number') return undefined;
  const { start, end } = node;
  const value: SyntaxNode = { kind: 'sequence', start, end, items: [node] };
  const alone: SyntaxNode = {
    kind: 'map',
    start,
    end,
    entries: [{ key: list, keyStart: start, keyEnd: start, value }],
  };
  const selector = labelSelector({ ...field, node: alone }) ?? everything;
  return selector.requirements.length === 0 ? undefined : { node, selector };
}

interface Scope {
  readonly pods: readonly Pod[];
  readonly words: string;
}

/** Live pods of a namespace; of all when only rendering a template will tell which. */
function scopeOf(cluster: Cluster, namespace: string | undefined): Scope {
  return namespace === undefined
    ? { pods: cluster.pods.filter(isLive), words: 'of the shown cluster' }
    : { pods: lookupOf(cluster).podsIn(namespace).filter(isLive), words: `in namespace ${namespace}` };
}

/** `app=db is on 3 pods in namespace shop: ...` */
function labelsAnswer(
  { pods, words }: Scope,
  selector: LabelSelector,
  facts: readonly Said[] = [],
): HoverAnswer {
  const chosen = pods.filter((pod) => matches(selector, pod.labels));
  const text = selectorText(selector);
  return {
    answer: {
      text:
        chosen.length === 0
          ? `${text} fits no pod ${words}.`
          : `${text} fits ${count(chosen.length, 'pod')} ${words}: ${podsText(chosen)}.`,
      provenance: provenanceOf(chosen.length === 0 ? pods : chosen),
    },
    facts: [...(chosen.length === 0 ? valuesSaid(selector, pods, `pods ${words}`) : []), ...facts],
  };
}

/** Where nothing is chosen: what the labels that are asked for have instead, as the reason is often a slip of the pen. */
export function valuesSaid(
  { requirements }: LabelSelector,
  candidates: readonly { readonly labels: Labels }[],
  who: string,
): readonly Said[] {
  const asked = requirements.find(
    ({ key, operator, values }) =>
      operator === 'In' && !candidates.some(({ labels }) => values.includes(valueOf(labels, key) ?? '')),
  );
  if (asked === undefined) return [];
  const values = new Set(candidates.flatMap(({ labels }) => valueOf(labels, asked.key) ?? []));
  return [
    {
      text:
        values.size === 0
          ? `None of the ${who} has the label ${asked.key}.`
          : `Values of ${asked.key} on ${who}: ${listed([...values].sort())}.`,
      provenance: 'declared',
    },
  ];
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

export function provenanceOf(pods: readonly Pod[]): Said['provenance'] {
  return weakest(pods.map(({ provenance }) => provenance));
}
