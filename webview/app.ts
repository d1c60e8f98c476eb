// Answers: what does the page show for this state? The form on top, then the answer: verdict, ways, the packet's way and
// back, principles, and what it rests on; or what to do when there is nothing to show yet.
import type { TraceView } from '../src/features/traceViewShape';
import type { PanelState } from '../src/protocol/messages';
import { h, type Child } from './h';
import { icon } from './icons';
import { form, type FormActions } from './parts/form';
import { legs, type LegKind, type Legs } from './parts/legs';
import type { Reveal } from './parts/links';
import { profiles, type ProfileActions } from './parts/profiles';
import { checks, principles, remarks } from './parts/notes';
import { verdict, ways } from './parts/verdict';
import { keepPlace } from './place';

export interface AppActions extends FormActions, ProfileActions {
  readonly reveal: Reveal;
  readonly chooseWay: (index: number) => void;
  /** Propose a change of policies that lets the connection through. */
  readonly allow: () => void;
}

export interface App {
  show(state: PanelState): void;
  /** A request failed; undefined: all is well again. */
  complain(problem: string | undefined): void;
}

export function mountApp(root: HTMLElement, actions: AppActions): App {
  const question = form(actions);
  const busy = h('div', { class: 'busy', hidden: true, 'aria-hidden': 'true' });
  const live = h('p', { class: 'visually-hidden', role: 'status' });
  const complaint = h('p', { class: 'complaint', role: 'alert', hidden: true });
  const answer = h('div', { class: 'answer' });
  root.replaceChildren(
    h('h1', { class: 'visually-hidden' }, 'Trace connectivity'),
    question.element,
    busy,
    live,
    complaint,
    answer,
  );

  let legKind: LegKind = 'request';
  let shownLegs: Legs | undefined;
  let shown = '';

  function showAnswer(state: PanelState): void {
    const { view, problem, from, to, busy: isBusy, comparison, picks } = state;
    const picked = { from: from !== undefined, to: to !== undefined };
    // Comparing the text is cheap beside drawing, and leaves scroll, focus and selection alone when nothing changed.
    const asked = [picks.compare, picks.profile, comparison];
    const wanted = JSON.stringify([view, problem, picked, asked, view === undefined && isBusy]);
    if (wanted === shown) return;
    shown = wanted;
    shownLegs?.dispose();
    shownLegs = undefined;
    const content =
      problem !== undefined
        ? problemCard(problem)
        : view !== undefined
          ? traceParts(view, state)
          : emptyCard(picked, isBusy);
    const top = document.documentElement.scrollTop;
    const putBack = keepPlace(answer);
    answer.replaceChildren(h('div', { class: 'answer-parts' }, content));
    document.documentElement.scrollTop = top;
    putBack();
    live.textContent =
      problem ??
      [view && `${view.banner.title}. ${view.banner.words}`, comparison?.headline].filter(Boolean).join(' ');
  }

  function traceParts(view: TraceView, { comparison, picks }: PanelState): Child {
    const { way } = view;
    if (way !== undefined) {
      shownLegs = legs(way, view.profile, legKind, actions.reveal, (kind) => {
        legKind = kind;
      });
    }
    return [
      verdict(view, actions.reveal, actions.allow),
      profiles(view, comparison, picks, actions),
      ways(view.ways, way?.index, actions.chooseWay),
      shownLegs?.element,
      way === undefined && view.assumptions.length === 0 && view.warnings.length === 0
        ? undefined
        : h(
            'div',
            { class: 'details' },
            way === undefined || way.principles.length === 0
              ? undefined
              : principles(way.principles, actions.reveal),
            h('div', { class: 'column' }, remarks(view, actions.reveal), checks(view.checks)),
          ),
    ];
  }

  return {
    show(state) {
      question.show(state);
      busy.hidden = !state.busy;
      root.setAttribute('aria-busy', String(state.busy));
      showAnswer(state);
    },
    complain(problem) {
      complaint.hidden = problem === undefined;
      complaint.textContent = problem ?? '';
    },
  };
}

function problemCard(problem: string): Child {
  return h(
    'section',
    { class: 'verdict tone-unknown' },
    icon('warning', 24),
    h('div', { class: 'verdict-words' }, h('p', { class: 'verdict-sentence' }, problem)),
  );
}

function emptyCard(picked: { readonly from: boolean; readonly to: boolean }, isBusy: boolean): Child {
  if (isBusy) return h('p', { class: 'empty' }, 'Reading the cluster…');
  const words =
    picked.from && picked.to
      ? 'Choose Trace to see whether the source reaches the destination, and which way the packet takes.'
      : 'Pick a source and a destination above: a pod, a workload, a Service, a node or an address. The trace shows whether they can talk, which way the packet takes, and which line of which manifest decides.';
  return h('p', { class: 'empty' }, words);
}
