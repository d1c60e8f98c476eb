// Answers: which connections differ? A table for each of appears, disappears and changes, the word first, so that nothing is said by
// colour alone. A row opens to tell how it comes out on either side; its edits are buttons that lead to them.
import type { DiffExplanation } from '../../src/features/diffExplain';
import type { ChangeView, DiffTrace, DiffView } from '../../src/features/diffView';
import type { BannerView } from '../../src/features/traceViewShape';
import { h, type Child } from '../h';
import { icon } from '../icons';
import { links, type Reveal } from './links';

export interface ChangeActions {
  readonly explain: (trace: DiffTrace) => Promise<DiffExplanation>;
  readonly trace: (trace: DiffTrace) => void;
  readonly reveal: Reveal;
  readonly complain: (error: unknown) => void;
}

const signs: Readonly<Record<ChangeView['change'], string>> = { added: '+', removed: '−', changed: '~' };

const columns: readonly string[] = ['From', 'To', 'Ports', 'Edits', 'Actions'];

/** @param filter lower case; part of the name of an end. */
export function changeGroups(view: DiffView, filter: string, actions: ChangeActions): Child {
  return view.groups.map(({ change, title, changes, more }) => {
    const rows = changes.filter(
      ({ source, destination }) =>
        source.toLowerCase().includes(filter) || destination.toLowerCase().includes(filter),
    );
    const left = changes.length - rows.length;
    return h(
      'section',
      { class: `panel diff-group diff-${change}`, 'aria-labelledby': `diff-${change}` },
      h(
        'h3',
        { id: `diff-${change}` },
        h('span', { class: 'diff-sign', 'aria-hidden': 'true' }, signs[change]),
        title,
      ),
      rows.length === 0
        ? undefined
        : h(
            'div',
            {
              class: 'table-scroll',
              tabindex: 0,
              role: 'group',
              'aria-label': `Table of ends and ports: ${title}`,
            },
            h(
              'table',
              {},
              h(
                'thead',
                {},
                h(
                  'tr',
                  {},
                  columns.map((column) => h('th', { scope: 'col' }, column)),
                ),
              ),
              rows.map((row) => changeRows(row, actions)),
            ),
          ),
      left > 0 ? h('p', { class: 'hint' }, `The filter leaves out ${left}.`) : undefined,
      more > 0 ? h('p', { class: 'hint' }, `${more} more are not listed.`) : undefined,
    );
  });
}

function changeRows(each: ChangeView, actions: ChangeActions): HTMLElement {
  const { source, destination } = each;
  const cell = h('td', { colspan: columns.length });
  const details = h('tr', { hidden: true }, cell);
  const why = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-expanded': 'false',
      'aria-label': `Why, ${source} to ${destination}`,
      onclick: () => {
        const open = details.hidden;
        details.hidden = !open;
        why.setAttribute('aria-expanded', String(open));
        if (open && cell.childElementCount === 0) fill();
      },
    },
    'Why',
  );
  const fill = (): void => {
    cell.replaceChildren(h('p', { class: 'hint' }, 'Tracing on both sides…'));
    actions.explain(each.trace).then((found) => {
      cell.replaceChildren(
        h(
          'dl',
          { class: 'diff-why' },
          side('Before', found.before, actions.reveal),
          side('After', found.after, actions.reveal),
        ),
      );
    }, actions.complain);
  };
  return h(
    'tbody',
    {},
    h(
      'tr',
      {},
      h('td', {}, breakable(source)),
      h('td', {}, breakable(destination)),
      h('td', {}, ports(each)),
      h('td', { class: 'diff-because' }, each.because.map(editButton)),
      h(
        'td',
        { class: 'diff-actions' },
        why,
        ' ',
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            'aria-label': `Trace ${source} to ${destination} in the cluster that is shown`,
            title: 'In the cluster that is shown',
            onclick: () => actions.trace(each.trace),
          },
          'Trace',
        ),
      ),
    ),
    details,
  );
}

/** A name that may be broken behind its namespace, before its kind, and in the middle of a range. */
function breakable(name: string): Child {
  return name.split(/(?<=[/-])|(?=\[)/).map((part) => [part, h('wbr')]);
}

function ports({ change, before, after, difference, peerNote }: ChangeView): Child {
  const words = change === 'added' ? after : change === 'removed' ? before : `${before} → ${after}`;
  return [
    words,
    difference === '' ? undefined : h('div', { class: 'hint' }, difference),
    peerNote === undefined ? undefined : h('div', { class: 'hint' }, peerNote),
  ];
}

function editButton(number: number): Child {
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'link',
        'aria-label': `Go to edit ${number}`,
        onclick: () => {
          const edit = document.getElementById(`edit-${number}`);
          edit?.scrollIntoView({ block: 'center' });
          edit?.focus({ preventScroll: true });
        },
      },
      String(number),
    ),
    ' ',
  ];
}

function side(name: string, banner: BannerView | undefined, reveal: Reveal): Child {
  const words: Child =
    banner === undefined
      ? 'cannot be traced'
      : [
          h('strong', {}, banner.title),
          `. ${banner.words}`,
          banner.links.length === 0 ? undefined : [` ${banner.linksTitle}`, links(banner.links, reveal)],
        ];
  return h(
    'div',
    { class: `tone-${banner?.tone ?? 'unknown'}` },
    h('dt', {}, name),
    h('dd', {}, banner === undefined ? undefined : icon(banner.icon, 16), h('span', {}, words)),
  );
}
