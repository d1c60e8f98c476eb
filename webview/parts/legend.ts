// Answers: what do the signs of the diagram mean? Only those that this diagram has.
import type { IconName } from '../../src/diagram/icons';
import { shieldIcons } from '../../src/diagram/rows';
import type { LegView, ShieldState, StepView } from '../../src/features/traceViewShape';
import { h, type Child } from '../h';
import { icon } from '../icons';

const shields: Readonly<Record<ShieldState, string>> = {
  admitted: 'policy admits',
  'not isolated': 'no policy isolates, or exempt',
  exempt: 'no policy isolates, or exempt',
  denied: 'policy denies',
  ambiguous: 'policies of one priority disagree',
  undetermined: 'policy cannot be told',
};

/** @param inferred why TTL and devices are not certain; undefined: they were measured. */
export function legend(leg: LegView, inferred: string | undefined): HTMLElement {
  const { steps, lanes, hops } = leg;
  const has = (wanted: (step: StepView) => boolean): boolean => steps.some(wanted);
  const states = new Set(steps.flatMap(({ policy }) => policy?.state ?? []));
  if (states.has('exempt')) states.delete('not isolated');
  const changes = hops.some(
    ({ header: { source, destination, ttlChanged } }) =>
      ttlChanged ||
      source.addressChanged ||
      source.portChanged ||
      destination.addressChanged ||
      destination.portChanged,
  );
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Legend of the diagram' },
    sign('dot', 'device'),
    has(({ nat }) => nat !== undefined) ? sign('rewrite', 'address rewritten') : undefined,
    [...states].map((state) => sign(shieldIcons[state], shields[state])),
    has(({ drops }) => drops) ? sign('cross', 'dropped') : undefined,
    has(({ kind }) => kind === 'encapsulate')
      ? h('li', {}, h('span', { class: 'swatch double', 'aria-hidden': 'true' }), 'tunnel')
      : undefined,
    has(({ kind }) => kind === 'proxy') ? sign('proxy', 'proxy') : undefined,
    lanes.some(({ pods }) => pods.length > 0) ? sign('pause', 'pause container') : undefined,
    lanes.some(({ kind }) => kind === 'pod')
      ? h('li', {}, h('span', { class: 'swatch', 'aria-hidden': 'true' }), 'network namespace')
      : undefined,
    changes ? h('li', {}, h('strong', {}, '10.0.0.1'), ' changed on the way') : undefined,
    inferred === undefined ? undefined : h('li', { class: 'inferred' }, inferred),
  );
}

function sign(name: IconName, words: string): Child {
  return h('li', {}, icon(name, 14), words);
}
