// Answers: what else should the reader know? The four principles with their status in words, what the verdict takes for
// granted, warnings, and the profile of the network that was walked.
import type {
  CheckView,
  EvidenceView,
  PrincipleView,
  ProfileView,
  TraceView,
  WarningView,
} from '../../src/features/traceViewShape';
import type { IconName } from '../../src/diagram/icons';
import { h, type Child } from '../h';
import { icon } from '../icons';
import { evidence, link, type Reveal } from './links';

const statusIcons: Readonly<Record<PrincipleView['status'], IconName>> = {
  holds: 'pass',
  violated: 'error',
  'not-applicable': 'skip',
};

export function principles(views: readonly PrincipleView[], reveal: Reveal): HTMLElement {
  return h(
    'section',
    { class: 'panel principles', 'aria-labelledby': 'principles-title' },
    h('h3', { id: 'principles-title' }, 'The pod network’s four principles'),
    h(
      'ul',
      {},
      views.map((view) =>
        h(
          'li',
          { class: `principle status-${view.status}` },
          icon(statusIcons[view.status], 16),
          h(
            'div',
            {},
            h(
              'p',
              {},
              h('strong', {}, view.statement),
              ' ',
              h('span', { class: 'status' }, view.statusWords),
            ),
            h('p', { class: 'reason' }, view.reason),
            evidence(view.evidence, reveal),
          ),
        ),
      ),
    ),
  );
}

export function remarks(view: TraceView, reveal: Reveal): HTMLElement {
  return h(
    'section',
    { class: 'panel remarks', 'aria-labelledby': 'remarks-title' },
    h('h3', { id: 'remarks-title' }, 'What this rests on'),
    warnings(view.warnings, reveal),
    assumptions(view.assumptions),
    profile(view.profile, reveal),
  );

  function assumptions(views: readonly EvidenceView[]): Child {
    if (views.length === 0) return undefined;
    return [h('h4', {}, 'Assumptions'), evidence(views, reveal)];
  }
}

function profile({ evidence: views }: ProfileView, reveal: Reveal): Child {
  return [h('h4', {}, 'Network profile'), evidence(views, reveal)];
}

/** undefined: the trace already says what stops the connection. */
export function checks(views: readonly CheckView[]): HTMLElement | undefined {
  if (views.length === 0) return undefined;
  return h(
    'section',
    { class: 'panel checks', 'aria-labelledby': 'checks-title' },
    h('h3', { id: 'checks-title' }, 'If it fails all the same, look at'),
    h(
      'ul',
      {},
      views.map(({ text, command, where }) =>
        h(
          'li',
          {},
          h('p', {}, text),
          h('p', {}, h('code', {}, command), h('span', { class: 'reason' }, ` ${where}`)),
        ),
      ),
    ),
  );
}

function warnings(views: readonly WarningView[], reveal: Reveal): Child {
  if (views.length === 0) return undefined;
  return [
    h('h4', {}, 'Warnings'),
    h(
      'ul',
      { class: 'warnings' },
      views.map((view) =>
        h(
          'li',
          {},
          icon('warning', 16),
          h('span', {}, view.text, view.link === undefined ? undefined : [' ', link(view.link, reveal)]),
        ),
      ),
    ),
  ];
}
