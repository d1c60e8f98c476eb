// Answers: why do the policies let the packet through, or not? All policies that isolate the pod, the rule that decides, and
// every rule that was looked at with its effect, each with its lines.
import type { FindingView, PolicyLineView, PolicyView } from '../../src/features/traceViewShape';
import { h, type Child } from '../h';
import { links, type Reveal } from './links';

export function policyDetails(policy: PolicyView, open: boolean, reveal: Reveal): Child {
  const { deciding, isolating, leftOpenBy, findings, notes } = policy;
  return [
    deciding === undefined
      ? undefined
      : h('p', { class: 'policy-line' }, h('span', { class: 'term' }, 'Decided by '), line(deciding, reveal)),
    policies('Isolated by ', isolating, reveal),
    policies('Left open by ', leftOpenBy, reveal),
    findings.length === 0
      ? undefined
      : h(
          'details',
          { class: 'findings', open },
          h(
            'summary',
            {},
            findings.length === 1 ? '1 rule was looked at' : `${findings.length} rules were looked at`,
          ),
          h(
            'ul',
            {},
            findings.map((finding) => findingItem(finding, reveal)),
          ),
        ),
    notes.map((note) => h('p', { class: 'hint' }, note)),
  ];
}

function policies(term: string, views: readonly PolicyLineView[], reveal: Reveal): Child {
  if (views.length === 0) return undefined;
  return h(
    'p',
    { class: 'policy-line' },
    h('span', { class: 'term' }, term),
    views.map((each, index) => [index === 0 ? undefined : '; ', line(each, reveal)]),
  );
}

function findingItem(finding: FindingView, reveal: Reveal): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: `effect effect-${finding.effect.replaceAll(' ', '-')}` }, finding.effect),
    ' ',
    line(finding, reveal),
    `: ${finding.reason}`,
  );
}

function line(view: PolicyLineView, reveal: Reveal): Child {
  return [view.label, links(view.links, reveal)];
}
