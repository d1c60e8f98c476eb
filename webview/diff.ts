// Answers: how does the page of a comparison come to life? It opens the channel, asks for the state, and shows every newer one:
// the headline, the edits, and the changes in groups, with a filter; a row tells on request how it comes out on either side.
import type { DiffTrace } from '../src/features/diffView';
import { openDiffPage } from '../src/protocol/diffEnds';
import type { DiffState } from '../src/protocol/diffMessages';
import './diff.css';
import { h, type Child } from './h';
import { changeGroups, type ChangeActions } from './parts/diffChanges';
import { editList } from './parts/diffEdits';
import { button, registerToolkit, textField } from './toolkit';
import { connectHost } from './vscodeApi';
import { keepPlace } from './place';

registerToolkit();

const root = document.getElementById('app');
if (root !== null) start(root);

function start(element: HTMLElement): void {
  // Nothing is kept: the host has the answer as long as the page is there.
  const host = connectHost((value): value is never => value === undefined);
  const channel = openDiffPage(host.port, { stateChanged: show });
  let revision = -1;
  let state: DiffState | undefined;
  let filter = '';
  let shown = '';

  const actions: ChangeActions = {
    explain: (trace: DiffTrace) => channel.request('explain', trace),
    trace: (trace) => tell(channel.request('trace', trace)),
    reveal: (location) => tell(channel.request('reveal', location)),
    complain,
  };
  const sides = h('p', { class: 'sides' });
  const headline = h('h2', { id: 'diff-title' });
  const progress = h('p', { class: 'hint', hidden: true });
  const stop = button('Stop', 'secondary', () => {
    channel.request('cancel').then(show, complain);
  });
  const live = h('p', { class: 'visually-hidden', role: 'status' });
  const complaint = h('p', { class: 'complaint', role: 'alert', hidden: true });
  const answer = h('div', { class: 'answer-parts' });
  const find = textField('Filter changes', 'part of a name', (text) => {
    filter = text.trim().toLowerCase();
    shown = '';
    if (state !== undefined) show(state);
  });
  const tools = h(
    'div',
    { class: 'diff-tools' },
    find.element,
    button('Copy as Markdown', 'secondary', () => tell(channel.request('copy', 'markdown'))),
    button('Copy as CSV', 'secondary', () => tell(channel.request('copy', 'csv'))),
    button('Copy as JSON', 'secondary', () => tell(channel.request('copy', 'json'))),
  );
  const busy = h('div', { class: 'busy', hidden: true, 'aria-hidden': 'true' });
  element.replaceChildren(
    h('h1', { class: 'visually-hidden' }, 'Compare connectivity'),
    h(
      'header',
      { class: 'diff-head' },
      headline,
      sides,
      h('div', { class: 'diff-progress' }, progress, stop),
    ),
    busy,
    live,
    complaint,
    tools,
    answer,
  );

  /** Answers may overtake each other; an older state never replaces a newer one. */
  function show(next: DiffState): void {
    if (next.revision < revision) return;
    revision = next.revision;
    state = next;
    const isBusy = next.progress !== undefined;
    busy.hidden = !isBusy;
    stop.hidden = !isBusy;
    progress.hidden = !isBusy;
    progress.textContent = progressText(next.progress);
    element.setAttribute('aria-busy', String(isBusy));
    complaint.hidden = next.problem === undefined;
    complaint.textContent = next.problem ?? '';
    sides.replaceChildren(...sidesOf(next));
    const { view } = next;
    headline.textContent = view?.headline ?? (isBusy ? 'Comparing…' : 'Nothing was compared.');
    tools.hidden = view === undefined;
    const wanted = JSON.stringify([view, filter]);
    if (wanted === shown) return;
    shown = wanted;
    const top = document.documentElement.scrollTop;
    const putBack = keepPlace(answer);
    const content: Child =
      view === undefined
        ? undefined
        : [
            view.remarks.map((remark) => h('p', {}, remark)),
            editList(view, actions.reveal),
            changeGroups(view, filter, actions),
            view.problems.length === 0
              ? undefined
              : h(
                  'section',
                  { class: 'panel', 'aria-labelledby': 'diff-problems' },
                  h('h3', { id: 'diff-problems' }, 'What could change this answer'),
                  h(
                    'ul',
                    {},
                    view.problems.map((problem) => h('li', {}, problem)),
                  ),
                ),
          ];
    answer.replaceChildren(h('div', { class: 'answer-parts' }, content));
    document.documentElement.scrollTop = top;
    putBack();
    live.textContent = next.problem ?? view?.headline ?? '';
  }

  function tell(asked: Promise<void>): void {
    asked.then(() => {
      if (state?.problem === undefined) complaint.hidden = true;
    }, complain);
  }

  function complain(error: unknown): void {
    complaint.hidden = false;
    complaint.textContent = error instanceof Error ? error.message : String(error);
  }

  channel.request('ready').then(show, complain);
}

function sidesOf({ before, after }: DiffState): readonly (Node | string)[] {
  if (before === '' && after === '') return [];
  return [
    h('span', { class: 'term' }, 'From '),
    h('strong', {}, before),
    h('span', { class: 'term' }, ' to '),
    h('strong', {}, after),
  ];
}

function progressText(progress: DiffState['progress']): string {
  if (progress === undefined) return '';
  return progress.all === 0
    ? 'Reading both clusters…'
    : `Compared ${progress.done} of ${progress.all} workloads…`;
}
