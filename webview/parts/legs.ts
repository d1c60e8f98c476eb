// Answers: how does the packet travel, and how does the answer come back? Two tabs; each shows the diagram, the list of
// steps and the headers, tied together by the step that is selected.
import type { LegView, ProfileView, WayView } from '../../src/features/traceViewShape';
import { diagram } from '../diagram';
import { h } from '../h';
import { headerTable } from './headers';
import { legend } from './legend';
import type { Reveal } from './links';
import { stepList } from './steps';

export interface Legs {
  readonly element: HTMLElement;
  dispose(): void;
}

export type LegKind = LegView['kind'];

/** @param onChoose told the tab that the user chose, so that the next view opens it again. */
export function legs(
  way: WayView,
  { inferred }: ProfileView,
  shown: LegKind,
  reveal: Reveal,
  onChoose: (kind: LegKind) => void,
): Legs {
  const { request, reply, about, mtu } = way;
  const panels = (reply === undefined ? [request] : [request, reply]).map((leg) =>
    panelOf(leg, mtu, inferred, reveal),
  );
  const tabs = panels.map(({ kind, count }) =>
    h(
      'button',
      { type: 'button', role: 'tab', class: 'tab', id: `tab-${kind}`, 'aria-controls': `panel-${kind}` },
      kind === 'request' ? 'Request' : 'Reply',
      h('span', { class: 'count' }, ` ${count} ${count === 1 ? 'hop' : 'hops'}`),
    ),
  );
  const choose = (index: number, focus: boolean): void => {
    for (const [at, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
      const panel = panels[at];
      if (panel !== undefined) panel.element.hidden = at !== index;
    }
    const panel = panels[index];
    if (panel !== undefined) onChoose(panel.kind);
    if (focus) tabs[index]?.focus();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(index, true));
    tab.addEventListener('keydown', ({ key }) => {
      if (key === 'ArrowLeft' || key === 'ArrowRight') choose((index + 1) % tabs.length, true);
    });
  }
  choose(shown === 'reply' && reply !== undefined ? 1 : 0, false);
  const element = h(
    'section',
    { class: 'legs', 'aria-label': 'The way of the packet' },
    h(
      'div',
      { class: 'tabs' },
      h('div', { role: 'tablist', 'aria-label': 'Direction', class: 'tablist' }, tabs),
      reply === undefined ? h('span', { class: 'hint' }, noReply(way)) : undefined,
    ),
    about === undefined ? undefined : h('p', { class: 'about' }, about),
    panels.map((panel) => panel.element),
  );
  return { element, dispose: () => panels.forEach((panel) => panel.dispose()) };
}

function noReply({ banner }: WayView): string {
  return banner.final === 'Forward'
    ? 'The reply is not traced: it would come from outside the cluster.'
    : 'There is no reply: nothing was delivered that could be answered.';
}

function panelOf(leg: LegView, mtu: string | undefined, inferred: string | undefined, reveal: Reveal) {
  const drawn = diagram(leg, select);
  const list = stepList(leg, reveal, select);
  const table = headerTable(leg, inferred !== undefined, select);
  function select(step: number): void {
    drawn.highlight(step);
    table.highlight(leg.steps[step]?.hop);
    list.mark(step);
  }
  if (leg.droppedAt !== undefined) {
    drawn.highlight(leg.droppedAt);
    table.highlight(leg.steps[leg.droppedAt]?.hop);
  }
  const element = h(
    'div',
    { role: 'tabpanel', id: `panel-${leg.kind}`, 'aria-labelledby': `tab-${leg.kind}`, class: 'leg' },
    h('div', { class: 'picture' }, drawn.element, legend(leg, inferred)),
    h(
      'div',
      { class: 'details' },
      h('div', { class: 'panel' }, h('h3', {}, 'Step by step'), list.element),
      h(
        'div',
        { class: 'panel' },
        h('h3', {}, 'Header at each hop'),
        table.element,
        mtu === undefined || leg.kind === 'reply'
          ? undefined
          : h('p', { class: 'mtu' }, h('span', { class: 'term' }, 'Path MTU: '), mtu),
      ),
    ),
  );
  return { element, kind: leg.kind, count: leg.hops.length, dispose: () => drawn.dispose() };
}
