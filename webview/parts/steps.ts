// Answers: what happens to the packet, in order? The twin of the diagram for reading, keyboard and screen reader: one stop
// for Tab, arrow keys from step to step, and the step in focus is marked in the diagram.
import type { LegView, NatView, StepView } from '../../src/features/traceViewShape';
import { shieldIcons } from '../../src/diagram/rows';
import type { IconName } from '../../src/diagram/icons';
import { h, type Child } from '../h';
import { icon } from '../icons';
import { evidence, type Reveal } from './links';
import { policyDetails } from './policy';

export interface StepList {
  readonly element: HTMLElement;
  /** Marks the step and brings it into view; the keyboard stays where it is. */
  mark(step: number): void;
}

export function stepList(leg: LegView, reveal: Reveal, onSelect: (step: number) => void): StepList {
  const items = leg.steps.map((step) => stepItem(step, leg, reveal));
  const element = h('ol', { class: 'steps', role: 'list', 'aria-label': `Steps of the ${leg.kind}` }, items);
  element.addEventListener('click', ({ target }) => {
    const index = items.findIndex((item) => target instanceof Node && item.contains(target));
    if (index >= 0) onSelect(index);
  });
  element.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === event.target);
    const to = at < 0 ? undefined : destinationOf(event.key, at, items.length);
    if (to === undefined) return;
    event.preventDefault();
    onSelect(to);
    items[to]?.focus();
  });
  const first = items[leg.droppedAt ?? 0];
  if (first !== undefined) first.tabIndex = 0;
  return {
    element,
    mark(step) {
      for (const [index, item] of items.entries()) {
        item.tabIndex = index === step ? 0 : -1;
        if (index === step) item.setAttribute('aria-current', 'step');
        else item.removeAttribute('aria-current');
      }
      items[step]?.scrollIntoView({ block: 'nearest' });
    },
  };
}

/** Where the key leads from step `at`; undefined: it is not ours. */
function destinationOf(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function stepItem(step: StepView, leg: LegView, reveal: Reveal): HTMLElement {
  const hop = leg.hops[step.hop];
  const isFirstOfHop = hop?.steps[0] === step.index;
  const where = hop === undefined ? '' : `${hop.place}, ${hop.movement} ${hop.device}`;
  return h(
    'li',
    { class: `step outcome-${step.outcome}${step.drops ? ' drops' : ''}`, tabindex: -1 },
    h('span', { class: 'step-number', 'aria-hidden': 'true' }, String(step.index + 1)),
    h('span', { class: 'step-icon' }, icon(iconOf(step), 16)),
    h(
      'div',
      { class: 'step-body' },
      h(
        'p',
        { class: 'step-head' },
        h('span', { class: 'step-title' }, step.title),
        step.outcome === 'ok' ? undefined : h('span', { class: 'step-outcome' }, step.outcomeWords),
        h('span', { class: isFirstOfHop ? 'step-where' : 'step-where same' }, where),
      ),
      h('p', { class: 'step-words' }, step.words),
      step.nat === undefined ? undefined : natLine(step.nat),
      step.policy === undefined
        ? evidence(step.evidence, reveal)
        : policyDetails(step.policy, step.drops || step.outcome === 'unknown', reveal),
    ),
  );
}

function natLine({ label, from, to }: NatView): Child {
  return h(
    'p',
    { class: 'nat' },
    `${label} `,
    h('code', { class: 'old' }, from),
    h('span', { class: 'visually-hidden' }, ' becomes '),
    h('span', { 'aria-hidden': 'true' }, ' → '),
    h('code', {}, to),
  );
}

const icons: Readonly<Record<StepView['kind'], IconName>> = {
  send: 'send',
  route: 'route',
  switch: 'bridge',
  encapsulate: 'wrap',
  decapsulate: 'unwrap',
  proxy: 'proxy',
  translate: 'rewrite',
  policy: 'shield',
  masquerade: 'rewrite',
  restore: 'rewrite',
  deliver: 'deliver',
  leave: 'leave',
  fail: 'cross',
};

function iconOf(step: StepView): IconName {
  if (step.policy !== undefined) return shieldIcons[step.policy.state];
  if (step.kind === 'fail' && step.outcome === 'unknown') return 'question';
  return step.kind === 'masquerade' && step.outcome === 'skipped' ? 'skip' : icons[step.kind];
}
