// Answers: whom does this selector choose, and what for? Of Services and workloads, podSelector of policies, nodeSelector; peers of
// policy rules are in hoverPeer.ts. A Service's selector makes its endpoints, a policy's isolates pods, a workload's claims them
// (core/v1, apps/v1, networking/v1).
import { stringMap } from '../load/field';
import { readNetworkPolicy } from '../load/networkpolicy';
import { readTemplate } from '../load/pods';
import { lookupOf } from '../model/lookup';
import { isLive } from '../model/pod';
import type { NetworkPolicy } from '../model/policy';
import { matches, selectorFromLabels, selectorText, type LabelSelector } from '../model/selector';
import { provenanceOf, selectorAnswer, selectorIn, valuesSaid } from './hoverLabels';
import { fieldAt, objectAt, pathInTemplate, subjectAt, templateField } from './hoverPlace';
import type { Place, ShownCluster } from './hoverPlace';
import { directions, directionSaid, selectionAnswer } from './hoverPolicy';
import { podLines } from './hoverPod';
import { portsSaid } from './hoverService';
import type { HoverAnswer, Said } from './hoverShape';
import { count, listed, podsText } from './words';

export function selectorHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  if (isNetworkPolicy(place)) return policyHover(shown, place);
  if (place.kind === 'Service' && place.group === '') {
    const written = selectorIn(place, ['spec', 'selector'], 'plain');
    return (
      written && selectorAnswer(shown, place, written, (selector) => serviceAnswer(shown, place, selector))
    );
  }
  return nodeSelectorHover(shown, place) ?? workloadHover(shown, place);
}

export function isNetworkPolicy({ group, kind }: Place): boolean {
  return kind === 'NetworkPolicy' && (group === 'networking.k8s.io' || group === 'extensions');
}

/** The policy as its text says now; what the API server would refuse is left out. */
export function policyAt({ root, metadata }: Place): NetworkPolicy {
  return readNetworkPolicy(root.source, metadata);
}

function policyHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const written = selectorIn(place, ['spec', 'podSelector'], 'labelSelector');
  if (written === undefined) {
    const [spec, key] = place.path;
    const direction = directions.find((each) => spec === 'spec' && key === each && place.path.length === 2);
    if (direction === undefined || place.state !== 'sound') return undefined;
    return { answer: directionSaid(policyAt(place), direction), facts: [] };
  }
  return selectorAnswer(shown, place, written, (selector) => {
    const answer = selectionAnswer(shown.cluster, policyAt(place), 'Selects');
    const pods = lookupOf(shown.cluster).podsIn(place.metadata.namespace);
    const none = pods.some((pod) => matches(selector, pod.labels))
      ? []
      : valuesSaid(selector, pods, `pods in namespace ${place.metadata.namespace}`);
    return { ...answer, facts: [...none, ...answer.facts] };
  });
}

function serviceAnswer({ cluster }: ShownCluster, place: Place, selector: LabelSelector): HoverAnswer {
  const { namespace } = place.metadata;
  const candidates = lookupOf(cluster).podsIn(namespace).filter(isLive);
  const pods =
    selector.requirements.length === 0 ? [] : candidates.filter((pod) => matches(selector, pod.labels));
  const service = objectAt(place, (key) => lookupOf(cluster).service(key), cluster.services);
  const text =
    pods.length === 0 ? 'Selects no pod.' : `Selects ${count(pods.length, 'pod')}: ${podsText(pods)}.`;
  return {
    answer: { text, provenance: provenanceOf(pods) },
    facts: [
      ...(pods.length === 0 ? valuesSaid(selector, candidates, `pods in namespace ${namespace}`) : []),
      ...(service === undefined ? [] : portsSaid(cluster, service)),
    ],
    to: service && { end: { kind: 'service', namespace, name: service.name } },
  };
}

function workloadHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const { kind } = place;
  const template = templateField(place);
  if (template === undefined || kind === 'Pod') return undefined;
  const where = kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'selector'] : ['spec', 'selector'];
  const written = selectorIn(place, where, kind === 'ReplicationController' ? 'plain' : 'labelSelector');
  return (
    written &&
    selectorAnswer(shown, place, written, (selector) => {
      const { namespace, name } = place.metadata;
      const pods = lookupOf(shown.cluster)
        .podsIn(namespace)
        .filter((pod) => isLive(pod) && matches(selector, pod.labels));
      const own = new Set(subjectAt(shown, place)?.pods);
      const others = pods.filter((pod) => !own.has(pod));
      const facts: Said[] = [];
      if (!matches(selector, readTemplate(template).labels))
        facts.push({
          text: 'The labels of its template do not match: the API server rejects that.',
          provenance: 'declared',
        });
      if (others.length > 0)
        facts.push({
          text: `Not made by ${kind} ${namespace}/${name}: ${podsText(others)}.`,
          provenance: provenanceOf(others),
        });
      const text =
        pods.length === 0 ? 'Selects no pod.' : `Selects ${count(pods.length, 'pod')}: ${podsText(pods)}.`;
      return { answer: { text, provenance: provenanceOf(pods) }, facts };
    })
  );
}

/** Nodes that have all the labels, or the one of the line; and where the pods went. */
function nodeSelectorHover(shown: ShownCluster, place: Place): HoverAnswer | undefined {
  const template = templateField(place);
  const [spec, key, label] = pathInTemplate(place) ?? [];
  if (template === undefined || spec !== 'spec' || key !== 'nodeSelector') return undefined;
  const field = fieldAt(template, ['spec', 'nodeSelector']);
  const labels = stringMap(field);
  const asked = typeof label === 'string' ? { [label]: labels[label] ?? '' } : labels;
  if (field.node === undefined || (label === undefined && !place.literal(field.node))) return undefined;
  const selector = selectorFromLabels(asked);
  const { nodes } = shown.cluster;
  const fitting = nodes.filter((node) => matches(selector, node.labels)).map(({ name }) => name);
  return {
    answer: {
      text: `${selectorText(selector)} is on ${fitting.length === 0 ? 'no node' : `${count(fitting.length, 'node')}: ${listed(fitting)}`}.`,
      provenance: 'declared',
    },
    facts: [
      ...(fitting.length === 0 ? valuesSaid(selector, nodes, 'nodes') : []),
      ...podLines(subjectAt(shown, place)?.pods ?? []),
    ],
  };
}
