// Answers: which edits are between the two clusters? A numbered list, each with what differs, where it stands on either side, and how
// many of the changes it could be responsible for.
import type { DiffView, EditView } from '../../src/features/diffView';
import type { Location } from '../../src/model/source';
import { h, type Child } from '../h';
import type { Reveal } from './links';

/** Edits listed before the rest is counted. */
const mostEdits = 300;

export function editList(view: DiffView, reveal: Reveal): Child {
  const { edits } = view;
  if (edits.length === 0) return undefined;
  const more = edits.length - mostEdits;
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'diff-edits' },
    h('h3', { id: 'diff-edits' }, edits.length === 1 ? 'The edit' : `The ${edits.length} edits`),
    h(
      'ol',
      { class: 'diff-edits' },
      edits.slice(0, mostEdits).map((edit) => editItem(edit, reveal)),
    ),
    more > 0 ? h('p', { class: 'hint' }, `${more} more are not listed.`) : undefined,
  );
}

function editItem(edit: EditView, reveal: Reveal): HTMLElement {
  const effects =
    edit.effects === 0
      ? 'no effect on connections'
      : edit.effects === 1
        ? 'could be responsible for 1 change'
        : `could be responsible for ${edit.effects} changes`;
  return h(
    'li',
    { id: `edit-${edit.number}`, tabindex: -1 },
    h('span', { class: 'diff-number', 'aria-hidden': 'true' }, String(edit.number)),
    h(
      'div',
      {},
      h('strong', {}, edit.name),
      ` ${edit.change}`,
      h('span', { class: 'hint' }, ` · ${effects}`),
      places(edit, reveal),
      edit.differences.length === 0
        ? undefined
        : h(
            'ul',
            { class: 'diff-differences' },
            edit.differences.map((difference) => h('li', {}, difference)),
          ),
    ),
  );
}

function places({ before, after, name }: EditView, reveal: Reveal): Child {
  const link = (label: string, at: Location | undefined): Child =>
    at === undefined
      ? undefined
      : [
          ' ',
          h(
            'button',
            {
              type: 'button',
              class: 'link',
              'aria-label': `Open ${name} ${label}`,
              title: `${at.file}:${at.line + 1}`,
              onclick: () => reveal(at),
            },
            label,
          ),
        ];
  return [link('before', before), link('after', after)];
}
