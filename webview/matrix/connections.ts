// Answers: how does the matrix read as a list? The connections of the workload in focus, both ways; each opens its trace.
import type { FocusList, FocusView } from '../../src/features/matrixShape';
import { h, type Child } from '../h';

export interface ConnectionActions {
  readonly openTrace: (source: string, destination: string) => void;
  readonly close: () => void;
}

export function connections(
  focus: FocusView | null,
  problems: readonly string[],
  actions: ConnectionActions,
): Child {
  return [
    focus === null
      ? h(
          'p',
          { class: 'hint' },
          'Choose the name of a workload, or press Enter on it, to list its connections here.',
        )
      : [
          h(
            'div',
            { class: 'list-title' },
            h('h2', {}, focus.name),
            h('button', { class: 'link', type: 'button', onclick: actions.close }, 'Close list'),
          ),
          list('May connect to', focus.sends, focus, (other) => actions.openTrace(focus.id, other)),
          list('May be connected from', focus.receives, focus, (other) => actions.openTrace(other, focus.id)),
        ],
    problems.length === 0
      ? undefined
      : [
          h('h3', {}, 'What could change this'),
          h(
            'ul',
            {},
            problems.map((problem) => h('li', { class: 'hint' }, problem)),
          ),
        ],
  ];
}

function list(
  title: string,
  { listed, more }: FocusList,
  focus: FocusView,
  open: (other: string) => void,
): Child {
  return h(
    'section',
    { 'aria-label': `${focus.name}: ${title.toLowerCase()}` },
    h('h3', {}, title),
    listed.length === 0
      ? h('p', { class: 'hint' }, 'nobody')
      : h(
          'ul',
          {},
          listed.map(({ id, name, ports }) =>
            h(
              'li',
              { class: 'connection' },
              h('button', { class: 'link', type: 'button', onclick: () => open(id) }, name),
              h('span', { class: 'connection-ports' }, ` ${ports}`),
            ),
          ),
        ),
    more === 0 ? undefined : h('p', { class: 'hint' }, `and ${more} more`),
  );
}
